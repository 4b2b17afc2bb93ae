"""jsonpath-ng's dialect: its parse tree as segments."""

from collections.abc import Iterator
from typing import Any
from typing import Never as Nothing

from jsonpath_ng import jsonpath as tree
from jsonpath_ng._ply_types import _Token
from jsonpath_ng.exceptions import JSONPathError, JsonPathLexerError
from jsonpath_ng.ext import filter as filters
from jsonpath_ng.ext import iterable
from jsonpath_ng.ext.parser import ExtendedJsonPathLexer, ExtendedJsonPathParser

from tabular.errors import PathTooLong, PathUnsupported, PathWrong, shown
from tabular.jsonpath.ir import (
    Both,
    Child,
    CompareAny,
    Count,
    Descend,
    Dialect,
    Either,
    Exists,
    Filter,
    Index,
    Keep,
    Keys,
    Literal,
    Name,
    Never,
    Path,
    Segment,
    Selector,
    Slice,
    Test,
    Up,
    Wild,
)
from tabular.jsonpath.limits import MOST_NESTED, check_text

_ADVICE = {
    "=~": "Its patterns can take forever: match(@.cli, '.*45') and search() are RFC 9535's, with dialect=rfc9535.",
    "|": "jsonpath-ng 2.0 takes it out; several names are ['a','b'].",
}
_REFUSED_OPERATORS = ("sub(", "split(", "str(", "path", "sorted")


class _Wrong(Exception):
    def __init__(self, offset: int, problem: str) -> None:
        super().__init__(problem)
        self.offset, self.problem = offset, problem


class _Lexer(ExtendedJsonPathLexer):
    """The words of a path, those refused that no parser should act on.

    Bare words after an operator are marked as quoted and `&` is spelt `&&`: both mean the same, and jsonpath-ng would
    otherwise warn of what its next version will refuse.
    """

    def tokenize(self, string: str) -> Iterator[_Token]:
        after_operator = False
        for token in super().tokenize(string):
            found: Any = token
            if found.value == "=~" or found.type == "|":
                raise PathUnsupported(Dialect.NG, found.value, _ADVICE[found.value])
            if found.type == "NAMED_OPERATOR" and str(found.value).startswith(_REFUSED_OPERATORS):
                raise PathUnsupported(Dialect.NG, f"`{found.value}`")
            if found.type == "&":
                found.type = "AND"
            if after_operator and found.type == "ID":
                found.quoted = True
            after_operator = found.type == "FILTER_OP"
            yield found


class _Parser(ExtendedJsonPathParser):
    def p_error(self, t: Any) -> Nothing:
        if t is None:
            raise _Wrong(-1, "it ends before it is complete")
        raise _Wrong(t.lexpos, f'"{shown(str(t.value))}" stands where it means nothing')


def parse(text: str) -> Path:
    """The path of a text. Raises PathWrong, PathUnsupported and PathTooLong."""
    check_text(text)
    try:
        found = _Parser(lexer_class=_Lexer).parse(text)
    except _Wrong as wrong:
        raise PathWrong(Dialect.NG, wrong.offset if wrong.offset >= 0 else len(text), wrong.problem) from None
    except (JsonPathLexerError, JSONPathError) as refused:
        raise PathWrong(Dialect.NG, 0, shown(str(refused).strip().rstrip(".!"))) from None
    except RecursionError:
        raise PathTooLong("brackets inside each other", MOST_NESTED) from None
    if found is None:
        raise PathWrong(Dialect.NG, 0, "there is no path")
    return Path(_segments(found, is_first=True))


def _segments(node: Any, is_first: bool = False) -> tuple[Segment, ...]:
    """The segments of a path, or of what stands to the right of a dot."""
    rights: list[Any] = []
    while isinstance(node, tree.Child):
        rights.append(node.right)
        node = node.left
    found = list(_single(node, is_first))
    for right in reversed(rights):
        found += _segments(right)
    return tuple(found)


def _single(node: Any, is_first: bool) -> tuple[Segment, ...]:
    if isinstance(node, tree.Root):
        if not is_first:
            raise PathUnsupported(Dialect.NG, "$ inside a path")
        return ()
    if isinstance(node, tree.Descendants):
        return _segments(node.left, is_first) + _below(_segments(node.right))
    if isinstance(node, tree.Where | tree.WhereNot):
        test: Test = Exists(Path(_segments(node.right), absolute=False))
        keep = Keep(test if type(node) is tree.Where else Never(test))
        return (*_segments(node.left, is_first), keep)
    if type(node) is tree.This:
        return ()
    if isinstance(node, tree.Parent):
        return (Up(),)
    if isinstance(node, iterable.Len):
        return (Count(),)
    if isinstance(node, iterable.Keys):
        return (Keys(),)
    return (Child(_selectors(node)),)


def _below(right: tuple[Segment, ...]) -> tuple[Segment, ...]:
    if not right or not isinstance(right[0], Child):
        raise PathUnsupported(Dialect.NG, ".. before an operator")
    return (Descend(right[0].selectors), *right[1:])


def _selectors(node: Any) -> tuple[Selector, ...]:
    match node:
        case tree.Fields(fields=names):
            return tuple(map(Name, names))
        case tree.Index(indices=indices):
            return tuple(map(Index, indices))
        case tree.Slice(start=start, end=end, step=step):
            return (Slice(start, end, step),)
        case tree.Wildcard():
            return (Wild(),)
        case filters.Filter(expressions=expressions):
            return (Filter(_all(expressions)),)
    raise PathUnsupported(Dialect.NG, str(node))


def _all(expressions: list[Any]) -> Test:
    tests = tuple(map(_test, expressions))
    return tests[0] if len(tests) == 1 else Both(tests)


def _test(node: Any) -> Test:
    match node:
        case filters.And(operands=operands):
            return Both(tuple(map(_test, operands)))
        case filters.Or(operands=operands):
            return Either(tuple(map(_test, operands)))
        case filters.Expression(target=target, op=None):
            return Exists(_query(target))
        case filters.Expression(target=target, op="!"):
            return Never(Exists(_query(target)))
        case filters.Expression(target=target, op=operator, value=value):
            operand = _query(value) if isinstance(value, tree.JSONPath) else Literal(value)
            return CompareAny(_query(target), "==" if operator == "=" else operator, operand)
    raise PathUnsupported(Dialect.NG, str(node))


def _query(node: Any) -> Path:
    first = node
    while isinstance(first, tree.Child | tree.Descendants):
        first = first.left
    return Path(_segments(node, is_first=True), isinstance(first, tree.Root))
