"""What a path reaches: the spots of a selection that its segments can lead to, whatever the values are.

So the types of columns are known before anything is asked, and a path that can lead nowhere is refused.
"""

from collections.abc import Iterable, Iterator, Sequence

from answers.importing.selection import Kind, Spot
from tabular.jsonpath.ir import (
    Child,
    Count,
    Descend,
    Filter,
    Index,
    Keep,
    Key,
    Keys,
    Name,
    Segment,
    Selector,
    Slice,
    Up,
    Wild,
)
from tabular.table import Type


def reached(segments: Iterable[Segment], begin: Iterable[Spot]) -> list[Spot]:
    """The spots to which segments can lead from any of those, each once.

    None that they lead to is left out; some may be there to which they do not, since filters are taken to pass.
    """
    spots = list(begin)
    for segment in segments:
        if isinstance(segment, Descend):
            spots, segment = _all(spots), Child(segment.selectors)  # a descent is a walk and a child
        spots = list(dict.fromkeys(found for spot in spots for found in _followed(segment, spot)))
    return spots


def _all(spots: Iterable[Spot]) -> list[Spot]:
    """Some spots and all below them, each once."""
    found: dict[Spot, None] = {}
    for spot in spots:
        if spot not in found:
            found |= dict.fromkeys(spot.all())
    return list(found)


def is_one(segments: Sequence[Segment]) -> bool:
    """Whether segments lead from a node to one node at most."""
    return not any(
        isinstance(segment, Descend | Keys)
        or (
            isinstance(segment, Child)
            and (len(segment.selectors) != 1 or isinstance(segment.selectors[0], Wild | Slice | Filter))
        )
        for segment in segments
    )


def _followed(segment: Segment, spot: Spot) -> Iterator[Spot]:
    match segment:
        case Child(selectors):
            yield from _taken(selectors, spot)
        case Up(stays):
            if spot.kind is Kind.JSON:
                yield spot
            if spot.above is not None:
                yield spot.above
            elif stays:
                yield spot
        case Key():
            yield spot.made(Type.INTEGER if _is_element(spot) else Type.TEXT)
        case Keys() if spot.kind in (Kind.OBJECT, Kind.JSON):
            yield spot.made(Type.TEXT)
        case Count() if _has_length(spot) or spot.kind is Kind.OBJECT:
            yield spot.made(Type.INTEGER)
        case Keep():
            yield spot


def _taken(selectors: Sequence[Selector], spot: Spot) -> Iterator[Spot]:
    if spot.kind is Kind.JSON:
        yield spot
        return
    for selector in selectors:
        match selector:
            case Name(name, script):
                member = spot.member(name) if spot.kind is Kind.OBJECT else None
                if member is not None:
                    yield member
                elif script and _has_length(spot):
                    yield spot.made(Type.INTEGER)
            case Index() | Slice() if spot.kind is Kind.LIST:
                yield from spot.below
            case Wild() | Filter():
                yield from spot.below


def _has_length(spot: Spot) -> bool:
    return spot.kind in (Kind.LIST, Kind.JSON) or (spot.kind is Kind.VALUE and spot.type in (Type.TEXT, Type.TIME))


def _is_element(spot: Spot) -> bool:
    return spot.above is not None and spot.above.kind is Kind.LIST


def type_of_all(spots: Iterable[Spot]) -> Type:
    """What a cell holds that shows one of these: their type where they have one, else text. Objects are JSON; lists
    are not, since a cell shows their scalars with commas between them."""
    types = {_type(spot) for spot in spots}
    if types == {Type.INTEGER, Type.NUMBER}:
        return Type.NUMBER
    return types.pop() if len(types) == 1 else Type.TEXT


def _type(spot: Spot) -> Type:
    if spot.kind is Kind.OBJECT:
        return Type.JSON
    return spot.type if spot.kind is Kind.VALUE else Type.TEXT


def leaves_of(rows: Sequence[Spot]) -> tuple[str, ...]:
    """A column for each leaf below the rows, as the language of columns spells it; `@` where the rows are values."""
    found: dict[str, None] = {}
    for row in rows:
        found |= dict.fromkeys(_leaves(row, ""))
    return tuple(found)


def _leaves(spot: Spot, way: str) -> Iterator[str]:
    if spot.kind is Kind.OBJECT:
        for member in spot.below:
            yield from _leaves(member, f"{way}.{member.name}" if way else member.name)
    elif spot.kind is Kind.LIST and spot.below[0].kind in (Kind.OBJECT, Kind.LIST):
        yield from _leaves(spot.below[0], f"{way}[*]")
    else:
        yield way or "@"
