"""What a format is: Arrow batches in, bytes out; it knows no request, no page and no source."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa

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


@dataclass(frozen=True, slots=True)
class Style:
    """How values are written."""

    times: Times
    header: Header = Header.NAMES


Encode = Callable[[tuple[Heading, ...], Iterable[pa.RecordBatch], Style], Iterator[bytes]]
"""Batches whose times carry the zone to write them in → the answer's bytes, in pieces of a batch each."""


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write rows; `times` is how it writes instants unless told, `rank` its place in lists."""

    name: str
    media_type: str
    description: str
    times: Times
    rank: int
    encode: Encode
