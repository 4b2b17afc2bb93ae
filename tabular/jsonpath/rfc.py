"""RFC 9535: the parse tree of jsonpath-rfc9535 as segments."""

from functools import lru_cache

from jsonpath_rfc9535 import JSONPathEnvironment, JSONPathError
from jsonpath_rfc9535 import filter_expressions as tree
from jsonpath_rfc9535.function_extensions import ExpressionType, FilterFunction
from jsonpath_rfc9535.query import JSONPathQuery
from jsonpath_rfc9535.segments import JSONPathRecursiveDescentSegment, JSONPathSegment
from jsonpath_rfc9535.selectors import (
    FilterSelector,
    IndexSelector,
    JSONPathSelector,
    NameSelector,
    SliceSelector,
    WildcardSelector,
)

from tabular.errors import PathTooLong, PathUnsupported, PathWrong, shown
from tabular.jsonpath.ir import (
    Both,
    Call,
    Child,
    Compare,
    Descend,
    Dialect,
    Either,
    Exists,
    Filter,
    Function,
    Index,
    Literal,
    Matches,
    Name,
    Never,
    Operand,
    Path,
    Place,
    Segment,
    Selector,
    Slice,
    Test,
    Truthy,
    Wild,
)
from tabular.jsonpath.limits import MOST_NESTED, check_text

PLACES = {"key_of_this": Place.KEY, "key_of_parent": Place.PARENT_KEY}
"""Functions that stand for what JSONPath-Plus spells @property and @parentProperty; no dialect of ours shows them."""


class _Given(FilterFunction):
    """A function without arguments that is only ever parsed."""

    arg_types = ()  # type: ignore[assignment]  # a list in the base class
    return_type = ExpressionType.VALUE

    def __call__(self, *_: object) -> object:
        raise NotImplementedError


@lru_cache(2)
def _environment(dialect: Dialect) -> JSONPathEnvironment:
    environment = JSONPathEnvironment()
    if dialect is Dialect.PLUS:
        environment.function_extensions |= dict.fromkeys(PLACES, _Given())
    return environment


def parse(text: str, dialect: Dialect = Dialect.RFC9535) -> Path:
    """The path of a text; in PLUS a filter asks for what JavaScript takes for true, and lists have a length.

    Raises PathWrong and PathTooLong.
    """
    check_text(text)
    try:
        query = _environment(dialect).compile(text)
        return _Reading(dialect is Dialect.PLUS).path(query)
    except JSONPathError as refused:
        token = refused.token
        index = token.index if token is not None and 0 <= token.index <= len(text) else len(text)
        raise PathWrong(dialect, index, _problem(refused)) from None
    except RecursionError:
        raise PathTooLong("brackets inside each other", MOST_NESTED) from None


def _problem(refused: JSONPathError) -> str:
    said = str(refused.args[0]) if refused.args else "it cannot be read"
    return shown(said.replace("bald descendant segment", "nothing follows the two dots"))


class _Reading:
    def __init__(self, script: bool) -> None:
        self._script = script

    def path(self, query: JSONPathQuery, absolute: bool = True) -> Path:
        return Path(tuple(map(self._segment, query.segments)), absolute)

    def _segment(self, segment: JSONPathSegment) -> Segment:
        selectors = tuple(map(self._selector, segment.selectors))
        return Descend(selectors) if isinstance(segment, JSONPathRecursiveDescentSegment) else Child(selectors)

    def _selector(self, selector: JSONPathSelector) -> Selector:
        match selector:
            case NameSelector(name=name):
                return Name(name, self._script and name == "length")
            case IndexSelector(index=index):
                return Index(index)
            case SliceSelector(slice=found):
                return Slice(found.start, found.stop, found.step)
            case WildcardSelector():
                return Wild()
            case FilterSelector(expression=expression):
                return Filter(self._test(expression.expression))
        raise PathUnsupported(Dialect.RFC9535, str(selector))

    def _test(self, node: tree.Expression) -> Test:
        match node:
            case tree.LogicalExpression(left=left, operator=operator, right=right):
                tests = self._test(left), self._test(right)
                return Both(tests) if operator == "&&" else Either(tests)
            case tree.PrefixExpression(right=right):
                return Never(self._test(right))
            case tree.ComparisonExpression(left=left, operator=operator, right=right):
                return Compare(self._operand(left), operator, self._operand(right))
            case tree.FilterQuery():
                found = self._query(node)
                return Truthy(found) if self._script and found.singular else Exists(found)
            case tree.FunctionExtension(name=name, args=(text, pattern)) if name in ("match", "search"):
                return Matches(self._operand(text), self._operand(pattern), name == "match")
            case tree.FilterExpression(expression=expression):
                return self._test(expression)
        raise PathUnsupported(Dialect.RFC9535, str(node))

    def _query(self, node: tree.FilterQuery) -> Path:
        return self.path(node.query, isinstance(node, tree.RootFilterQuery))

    def _operand(self, node: tree.Expression) -> Operand:
        match node:
            case tree.FilterExpressionLiteral(value=value):
                return Literal(value)
            case tree.FilterQuery():
                return self._query(node)
            case tree.FunctionExtension(name=name) if name in PLACES:
                return PLACES[name]
            case tree.FunctionExtension(name=name, args=(argument,)):
                return Call(Function(name), self._operand(argument))
        raise PathUnsupported(Dialect.RFC9535, str(node))
