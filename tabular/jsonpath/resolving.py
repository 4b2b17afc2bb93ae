"""`$..name` as an exact path, where the shape of the document is known: an answer of GraphQL follows its selection.

A walk looks at every value; an exact path only at those on the way. Where the shape leaves a doubt the walk stays.
"""

from dataclasses import dataclass
from enum import StrEnum

from tabular.jsonpath.ir import Child, Descend, Filter, Index, Keep, Name, Path, Segment, Slice, Wild


class Contents(StrEnum):
    """What a field holds: an object of known members, one value, or whatever JSON there is."""

    OBJECT = "object"
    SCALAR = "scalar"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Shape:
    """A field of an answer, under the name that it has there, in so many lists; the document's own name says nothing.

    Any of them may be null, and an object may lack members.
    """

    name: str
    children: tuple["Shape", ...] = ()
    lists: int = 0
    contents: Contents = Contents.OBJECT


@dataclass(frozen=True, slots=True)
class _Spot:
    """A field of the shape, within so many of its lists still to go into."""

    shape: Shape
    lists: int


def resolve(path: Path, shape: Shape | None) -> Path:
    """The path with every `..name` made exact that has one way alone through the shape: it finds the same nodes in the
    same order, in every document of this shape."""
    return Path(_resolved(path, shape)[0], path.absolute)


def leaves(path: Path, shape: Shape | None) -> tuple[str, ...]:
    """A column for each leaf of the rows that a path finds; `@` alone where their shape is not known."""
    spot = _resolved(path, shape)[1]
    if spot is None or spot.lists or spot.shape.contents is not Contents.OBJECT:
        return ("@",)
    return tuple(_leaves(spot.shape, ""))


def _leaves(shape: Shape, before: str) -> list[str]:
    found = []
    for child in shape.children:
        if child.contents is Contents.OBJECT:
            found += _leaves(child, f"{before}{child.name}{'[*]' * child.lists}.")
        else:
            found.append(before + child.name)
    return found


def _resolved(path: Path, shape: Shape | None) -> tuple[tuple[Segment, ...], _Spot | None]:
    spot = None if shape is None else _Spot(shape, shape.lists)
    found: list[Segment] = []
    for segment in path.segments:
        match segment:
            case Descend((Name(name, False),)) if spot is not None:
                ways = _ways(spot, name)
                if ways is not None and len(ways) == 1:
                    way, spot = ways[0]
                    found += way
                    continue
                if ways is not None and not ways:
                    return (*found, Child(())), None
                spot = None
            case Child((selector,)) if spot is not None:
                spot = _below(spot, selector)
            case Keep():
                pass
            case _:
                spot = None
        found.append(segment)
    return tuple(found), spot


def _below(spot: _Spot, selector: object) -> _Spot | None:
    if spot.lists:
        return _Spot(spot.shape, spot.lists - 1) if isinstance(selector, Wild | Index | Slice | Filter) else None
    if isinstance(selector, Name) and spot.shape.contents is Contents.OBJECT:
        return next((_Spot(child, child.lists) for child in spot.shape.children if child.name == selector.name), None)
    return None


def _ways(spot: _Spot, name: str) -> list[tuple[tuple[Segment, ...], _Spot]] | None:
    """The ways from a field to those below it that have the name; None where there may be others."""
    shape, way = spot.shape, (Child((Wild(),)),) * spot.lists
    if shape.contents is Contents.JSON:
        return None
    found: list[tuple[tuple[Segment, ...], _Spot]] = []
    for child in shape.children:
        below = _Spot(child, child.lists)
        to_child: tuple[Segment, ...] = (*way, Child((Name(child.name),)))
        if child.name == name:
            found.append((to_child, below))
        deeper = _ways(below, name)
        if deeper is None:
            return None
        found += [((*to_child, *rest), last) for rest, last in deeper]
    return found
