"""Path → tree: the segments behind the service's root, read one by one."""

import re
from dataclasses import replace

from odata.address.pieces import Piece, pieces
from odata.address.tree import (
    Address,
    Alias,
    All,
    Bare,
    Batch,
    Cast,
    Crossjoin,
    Ending,
    EntityById,
    Filtered,
    Metadata,
    Named,
    Parentheses,
    Resource,
    Segment,
    ServiceDocument,
    Value,
)
from tabular import filter as filters
from tabular.errors import AddressWrong, FilterWrong, nearest, shown
from tabular.filter.tree import Arguments, Call, Key, Literal, Name, Node, Path

_IDENTIFIER = r"[^\W\d]\w{0,127}"
_NAME = re.compile(rf"(?P<name>{_IDENTIFIER}(?:\.{_IDENTIFIER})*+)(?P<rest>\(.*)?", re.DOTALL)
_CROSSJOIN = re.compile(rf"\$crossjoin\({_IDENTIFIER}(?:,{_IDENTIFIER})*+\)")
_FILTER = re.compile(r"\$filter\((.*)\)", re.DOTALL | re.IGNORECASE)

_ALONE: dict[str, Address] = {"$metadata": Metadata(), "$batch": Batch()}
_SYSTEM = ("$metadata", "$batch", "$entity", "$all", "$crossjoin", "$filter", "$query", *Ending)
_KEYS = "A key looks like this: (123), ('a''b') or (id='x',step=0)."


def parse(path: str) -> Address:
    """What a path addresses: it begins behind the service's root and its slash, and is still percent-encoded.

    A Named segment without parentheses may be a key instead (key-as-segment): only who knows the names can tell.
    Raises AddressWrong with the place in the path, and FilterWrong where the condition of a `$filter(…)` is wrong.

    >>> parse("$metadata")
    Metadata()
    >>> parse("calls/$count").ending
    <Ending.COUNT: '$count'>
    """
    found = list(pieces(path))
    if not found:
        return ServiceDocument()
    first = found[0].text
    if first in _ALONE:
        _refuse_more(found, 1, first)
        return _ALONE[first]
    if first in ("$entity", "$all"):
        _refuse_more(found, 2, first)
        cast = _cast(found[1]) if len(found) > 1 else None
        return EntityById(cast) if first == "$entity" else All(cast)
    by_post = len(found) > 1 and found[-1].text == "$query"
    if by_post:
        found.pop()
    if first.startswith("$crossjoin"):
        _refuse_more(found, 1, "$crossjoin(…)")
        if _CROSSJOIN.fullmatch(first) is None:
            raise _wrong(
                found[0], 0, f'"{shown(first)}" joins nothing', "It looks like this: $crossjoin(calls,queues)."
            )
        return Crossjoin(tuple(first[len("$crossjoin(") : -1].split(",")), by_post)
    return _resource(found, by_post)


def _resource(found: list[Piece], by_post: bool) -> Resource:
    segments: list[Segment] = []
    for place, piece in enumerate(found):
        if piece.text in list(Ending):
            if not segments:
                raise _wrong(piece, 0, f"{piece.text} stands before anything it could be of", "Name a table first.")
            ending = Ending(piece.text)
            most = place + 2 if ending is Ending.EACH else place + 1
            _refuse_more(found, most, ending)
            applied = _cast(found[-1]) if len(found) > place + 1 else None
            return Resource(tuple(segments), ending, applied, by_post)
        segments.append(_segment(piece, segments))
    return Resource(tuple(segments), by_post=by_post)


def _segment(piece: Piece, before: list[Segment]) -> Segment:
    """A segment that others may follow; `before` are those that stand in front of it."""
    text, is_first = piece.text, not before
    if text.startswith("$"):
        condition = _FILTER.fullmatch(text)
        if condition is None or is_first:
            raise _unknown(piece, is_first)
        return Filtered(filters.parse(condition[1]), piece.span())
    match = _NAME.fullmatch(text)
    if match is None:
        if is_first:
            raise _wrong(piece, 0, f'"{shown(text)}" is no name', "A path begins with the name of a table.")
        return Bare(text, piece.span())
    name, rest = match["name"], match["rest"]
    if rest is not None:
        return Named(name, _parentheses(piece, len(name), rest), piece.span())
    if "." not in name:
        return Named(name, (), piece.span())
    if is_first:
        problem = f'"{shown(name)}" is qualified and stands first'
        raise _wrong(piece, 0, problem, "A path begins with the name of a table, without a namespace.")
    if isinstance(before[-1], Cast) and before[-1].name == name:
        raise _wrong(piece, 0, f'"{shown(name)}" is said twice', "Once is enough.")
    return Cast(name, piece.span())


def _parentheses(piece: Piece, begun: int, rest: str) -> tuple[Parentheses, ...]:
    """The parentheses behind a name, which end the segment; they begin at `begun`."""
    # The filter's own reader reads them, behind a name that means nothing to it.
    shift = begun - 1
    try:
        node = filters.parse(f"k{rest}")
    except FilterWrong as wrong:
        at = min(max(wrong.offset + shift, 0), len(piece.text))
        # Behind a filter's operand an operator may stand; behind a key nothing does.
        problem = wrong.problem.replace("an operator such as eq or and", "the end of the segment")
        raise _wrong(piece, at, problem, _KEYS) from wrong
    if not isinstance(node, Path):
        raise _wrong(piece, begun, f'"{shown(rest)}" is more than a key', _KEYS)
    found: list[Parentheses] = []
    for segment in node.segments:
        if not isinstance(segment, Call | Key):
            raise _wrong(piece, segment.span.start + shift, "something stands behind the parentheses", _KEYS)
        start = begun if isinstance(segment, Call) else segment.span.start + shift
        found.append(_given(piece, segment.arguments, start, segment.span.end + shift, shift))
    return tuple(found)


def _given(piece: Piece, arguments: Arguments, start: int, end: int, shift: int) -> Parentheses:
    if arguments.pairs or len(arguments.values) > 1 or (arguments.values and arguments.named):
        raise _wrong(piece, start, "values of several parts stand without their names", _KEYS)
    names = [name for name, _ in arguments.named]
    if len(set(names)) < len(names):
        raise _wrong(piece, start, "a name stands in the parentheses twice", _KEYS)
    value = _value(piece, arguments.values[0], shift) if arguments.values else None
    named = tuple((name, _value(piece, node, shift)) for name, node in arguments.named)
    return Parentheses(value, named, piece.span(start, end))


def _value(piece: Piece, node: Node, shift: int) -> Value:
    """A value in parentheses, with its place in the path."""
    span = piece.span(node.span.start + shift, node.span.end + shift)
    match node:
        case Literal():
            return replace(node, span=span)
        case Path((Name(text),)) if text.startswith("@"):
            return Alias(text[1:], span)
    found = piece.text[node.span.start + shift : node.span.end + shift]
    advice = f"Text stands in single quotes: '{shown(found)}'." if found.isalnum() else _KEYS
    raise _wrong(piece, node.span.start + shift, f'"{shown(found)}" is no literal', advice)


def _cast(piece: Piece) -> str:
    match = _NAME.fullmatch(piece.text)
    if match is None or match["rest"] is not None or "." not in match["name"]:
        raise _wrong(piece, 0, f'"{shown(piece.text)}" is no qualified name', "It looks like this: Namespace.Name.")
    return piece.text


def _refuse_more(found: list[Piece], most: int, last: str) -> None:
    if len(found) > most:
        raise _wrong(found[most], 0, f'"{shown(found[most].text)}" stands behind {last}', "Leave it out.")


def _unknown(piece: Piece, is_first: bool) -> AddressWrong:
    word = piece.text.partition("(")[0]
    if is_first and word in ("$filter", "$query"):
        return _wrong(piece, 0, f"{word} stands before anything it could be of", "Name a table first.")
    near = nearest(word, _SYSTEM)
    advice = f'Did you mean "{near}"?' if near and near != piece.text else f"There are {', '.join(_SYSTEM)}."
    return _wrong(piece, 0, f'"{shown(piece.text)}" means nothing here', advice)


def _wrong(piece: Piece, at: int, problem: str, advice: str) -> AddressWrong:
    return AddressWrong(piece.places[at], problem, advice)
