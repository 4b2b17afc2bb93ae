"""Criteria: what a search of the Data Model asks of the columns of one row."""

from dataclasses import dataclass
from enum import StrEnum

from tabular.table import Column


@dataclass(frozen=True, slots=True)
class Null:
    """The value is null (or, not `wanted`, is not)."""

    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Empty:
    """The value is null or has no characters (or, not `wanted`, has some)."""

    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Among:
    """The value is one of `values` (or, not `wanted`, is not null and none of them); only enums are not folded."""

    values: tuple[str | int | bool, ...]
    wanted: bool = True


class Place(StrEnum):
    """Where in a text another one is looked for."""

    ANYWHERE = "anywhere"
    START = "start"
    END = "end"


@dataclass(frozen=True, slots=True)
class Holding:
    """The text, or the digits of the number, has one of `values` in that place; folded."""

    values: tuple[str, ...]
    at: Place = Place.ANYWHERE


@dataclass(frozen=True, slots=True)
class Matching:
    """The regular expression (RE2) matches somewhere in the text, without regard to case and accents."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Within:
    """The value lies from `least` to `most` (None is open); each end is included or not. Times are UTC."""

    least: object | None = None
    most: object | None = None
    with_least: bool = True
    with_most: bool = True


@dataclass(frozen=True, slots=True)
class Nothing:
    """No value meets this: a list of values that is empty."""


Test = Null | Empty | Among | Holding | Matching | Within | Nothing
"""What can be asked of a value. Folded texts are compared without regard to case and accents; only Null and Empty can
be true of null."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """A test of a column of the row."""

    column: Column
    test: Test


@dataclass(frozen=True, slots=True)
class Elements:
    """A list of a record as a key sees it: each item of an element by the column that stands for it and its mask."""

    field: str
    items: tuple[tuple[str, Column], ...]


@dataclass(frozen=True, slots=True)
class AnyElement:
    """One element of the list meets all criteria; each names the item by its column in `elements`."""

    elements: Elements
    criteria: tuple[Criterion, ...]


Criteria = tuple[Criterion | AnyElement, ...]
"""All of them must be met by the same row."""
