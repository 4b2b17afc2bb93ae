"""What a format is: Arrow batches in, bytes out; it knows no request, no page and no source."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import pyarrow as pa

from tabular.query import Window
from tabular.table import Column


class Times(StrEnum):
    """How instants are written: in the zone without offset, as RFC 3339 with offset, as spreadsheet day numbers."""

    LOCAL = "local"
    ISO = "iso"
    SERIAL = "serial"


class Header(StrEnum):
    """The first row: the columns' names, their labels, or none."""

    NAMES = "names"
    LABELS = "labels"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of an answer: the name it was asked under, and what it is."""

    name: str
    column: Column

    def title(self, header: Header) -> str:
        """What stands above the column; a name that the caller gave stays as given."""
        return self.column.label if header is Header.LABELS and self.name == self.column.name else self.name


def titles(headings: tuple[Heading, ...], header: Header, fold: bool = False, longest: int | None = None) -> list[str]:
    """What stands above each column, each once: one that is there already gets a number.

    With `fold`, names that differ only in case count as the same; `longest` is how many characters a name may have.
    """
    taken: set[str] = set()
    chosen: list[str] = []
    for heading in headings:
        title, number = heading.title(header), 2
        name = title[:longest]
        while (name.casefold() if fold else name) in taken:
            end = f" {number}"
            name, number = title[: None if longest is None else longest - len(end)] + end, number + 1
        taken.add(name.casefold() if fold else name)
        chosen.append(name)
    return chosen


@dataclass(frozen=True, slots=True)
class Excel:
    """The signs of a CSV that Excel opens by a double click: those of its language."""

    sep: str = ";"
    decimal: str = ","


@dataclass(frozen=True, slots=True)
class Style:
    """How values are written; `excel` says that a CSV is one for Excel."""

    times: Times
    header: Header = Header.NAMES
    excel: Excel | None = None


@dataclass(frozen=True, slots=True)
class About:
    """What an answer is, for formats that can say so beside the rows.

    `window` is the one that was asked for, `months` those that are read, `zone` the one that times are written in,
    `as_of` when the oldest month that can still change was brought in, `rows` how many there are where that is known
    before they are read, `groups` the names of the columns of which each combination is a row, None without groups.
    """

    table: str
    title: str
    description: str
    clock: str | None
    zone: str
    window: Window | None = None
    months: tuple[str, ...] = ()
    filter: str = ""
    as_of: datetime | None = None
    rows: int | None = None
    groups: tuple[str, ...] | None = None


def types_of(headings: Iterable[Heading]) -> str:
    """What the columns hold, as a header says it: `text,integer,time`."""
    return ",".join(heading.column.type.value for heading in headings)


Encode = Callable[[tuple[Heading, ...], Iterable[pa.RecordBatch], Style, About], Iterator[bytes]]
"""Batches whose times carry the zone to write them in → the answer's bytes, in pieces of a batch each."""


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write rows; `times` is how it writes instants unless told, `rank` its place in lists.

    `instants` says what times are where they are no text and nothing changes them, `packed` that the bytes are
    compressed already, `saved` that a browser keeps them as a file, `most_rows` how many rows it can hold,
    `keeps_json` that a value of JSON stays what it is, `types_beside` that a header has to say what its columns are.
    """

    name: str
    media_type: str
    description: str
    times: Times
    rank: int
    encode: Encode
    instants: str | None = None
    packed: bool = False
    saved: bool = False
    most_rows: int | None = None
    keeps_json: bool = False
    types_beside: bool = False
