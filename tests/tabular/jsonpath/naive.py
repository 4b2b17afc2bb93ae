"""Paths and columns followed in the plainest way: each node is the tuple of keys that leads to it from the document."""

import json
from dataclasses import dataclass
from typing import Any

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Selector:
    """One alternative in brackets: a name, an index, a slice, `*`, or a comparison of a member with a literal."""

    text: str
    name: str | None = None
    index: int | None = None
    bounds: tuple[int | None, int | None, int | None] | None = None
    compared: tuple[str, str, Any] | None = None

    def of(self, value: Any) -> list[str | int]:
        """The keys that it takes of a value."""
        keys = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
        if self.name is not None:
            return [key for key in keys if isinstance(value, dict) and key == self.name]
        if self.index is not None:
            wanted = self.index + len(keys) if self.index < 0 else self.index
            return [key for key in keys if isinstance(value, list) and key == wanted]
        if self.bounds is not None:
            start, stop, step = self.bounds
            return [] if step == 0 or not isinstance(value, list) else keys[start:stop:step]
        if self.compared is not None:
            return [key for key in keys if _passes(value[key], *self.compared)]
        return keys


def _passes(value: Any, name: str, operator: str, literal: Any) -> bool:
    missing = not isinstance(value, dict) or name not in value
    same = not missing and json.dumps(value[name]) == json.dumps(literal)
    if operator == "!=":
        return not same
    ordered = not missing and _are_ordered(value[name], literal)
    return same or (operator == "<=" and ordered and value[name] < literal)


def _are_ordered(one: Any, other: Any) -> bool:
    both = type(one), type(other)
    return both in ((int, int), (str, str))


@dataclass(frozen=True)
class Part:
    """A segment: alternatives, of the nodes or of all below them as well."""

    selectors: tuple[Selector, ...]
    descends: bool

    @property
    def text(self) -> str:
        return f"{'..' if self.descends else ''}[{','.join(selector.text for selector in self.selectors)}]"


def at(document: Any, place: Place) -> Any:
    """The value at a place."""
    for key in place:
        document = document[key]
    return document


def found(document: Any, parts: tuple[Part, ...]) -> list[Place]:
    """The places that a path finds."""
    places: list[Place] = [()]
    for part in parts:
        starts = [each for place in places for each in (_below(document, place) if part.descends else [place])]
        places = [
            (*place, key) for place in starts for selector in part.selectors for key in selector.of(at(document, place))
        ]
    return places


def _below(document: Any, place: Place) -> list[Place]:
    value = at(document, place)
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [place, *(below for key in keys for below in _below(document, (*place, key)))]


def cell(document: Any, place: Place, ups: int, names: tuple[str, ...], key: bool) -> Any:
    """What a column finds from a row: so many levels up, names down, and perhaps the name of what is found."""
    place = place[: max(len(place) - ups, 0)]
    for name in names:
        value = at(document, place)
        if not isinstance(value, dict) or name not in value:
            return None
        place = (*place, name)
    value = at(document, place)
    if key:
        return None if value is None or not place else place[-1]
    return _written(value)


def _written(value: Any) -> Any:
    if not isinstance(value, list | dict):
        return value
    if isinstance(value, list) and not any(isinstance(each, list | dict) for each in value):
        return ",".join(each if isinstance(each, str) else json.dumps(each) for each in value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
