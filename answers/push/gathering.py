"""Gathering: the rows of a push at a moment, as batches whose values are what a spreadsheet keeps."""

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b

import pyarrow as pa
import pyarrow.compute as pc

from answers.answer import Question, answer
from answers.moment import Moment
from answers.push.swapping import Look
from formats import grid
from formats.format import About, Format, Header, Heading, Style, Times, titles
from store.patience import Patience
from store.store import Store
from tabular.errors import TextTooLongForSheets
from tabular.table import Type

LONGEST_TEXT = 50_000
"""Characters that a cell of Google Sheets takes, in UTF-16 units."""

_SECOND, _DAY = 1_000_000, 86_400_000_000
_LOOKS = {Type.TIME: Look.TIME, Type.DATE: Look.DAY, Type.TEXT: Look.TEXT}

_EPOCH_DAY = 25569
"""1970-01-01 as a spreadsheet day number."""


@dataclass(frozen=True, slots=True)
class Measured:
    """How many rows there are, and how each column is to look."""

    rows: int
    looks: tuple[Look, ...]


@dataclass(frozen=True)
class Gathered:
    """The rows of a question at a moment of a store: the same, in the same order, as often as they are read.

    `keys` are the places of the columns that tell them apart; reading stops when the `patience` ends.
    """

    question: Question
    store: Store
    history: int
    moment: Moment
    keys: tuple[int, ...] = ()
    patience: Patience = field(default_factory=Patience)

    @cached_property
    def headings(self) -> tuple[Heading, ...]:
        """The columns; what is JSON is text in a cell."""
        return tuple(
            Heading(one.name, replace(one.column, type=Type.TEXT) if one.column.type is Type.JSON else one.column)
            for one in self.question.query.columns
        )

    @cached_property
    def titles(self) -> list[str]:
        """The header; empty where none is written."""
        header = self.question.style.header
        return [] if header is Header.NONE else titles(self.headings, header)

    @cached_property
    def layout(self) -> str:
        """A hash of the columns' names and types, and of whether a header stands above them."""
        told = [bool(self.titles), *((one.name, one.column.type.value) for one in self.headings)]
        return blake2b(repr(told).encode(), digest_size=8).hexdigest()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows, days as the numbers that spreadsheets count them by. Raises SnapshotGone, TookTooLong,
        StoreOutOfMemory."""
        come: deque[pa.RecordBatch] = deque()

        def kept(_: tuple[Heading, ...], rows: Iterable[pa.RecordBatch], style: Style, about: About) -> Iterator[bytes]:
            for batch in rows:
                come.append(batch)
                yield b""

        form = Format("push", "", "", Times.SERIAL, 0, kept)
        asked = replace(self.question, form=form)
        found = answer(asked, self.store, self.history, self.moment.time, self.moment.version)
        with closing(found.pieces(self.patience)) as pieces:  # type: ignore[type-var]  # it is a generator
            for _ in pieces:
                yield _days_as_numbers(come.popleft())

    def measured(self) -> Measured:
        """Look at all rows before any is written. Raises TextTooLongForSheets, and what `batches` raises."""
        rows = 0
        looks = [_LOOKS.get(heading.column.type, Look.OTHER) for heading in self.headings]
        if self.question.query.grouping is not None:
            # What groups call a time is mostly a day: it has no clock then.
            looks = [Look.DAY if look is Look.TIME else look for look in looks]
        for batch in self.batches():
            for place, values in enumerate(batch.columns):
                if pa.types.is_string(values.type):
                    _refuse_too_long(values, self.headings[place].name, rows)
                elif pa.types.is_timestamp(values.type) and looks[place] is not Look.FRACTION:
                    if looks[place] is Look.DAY and not _are_multiples(values, _DAY):
                        looks[place] = Look.TIME
                    if not _are_multiples(values, _SECOND):
                        looks[place] = Look.FRACTION
            rows += batch.num_rows
        return Measured(rows, tuple(looks))

    def grid(self, batches: Iterable[pa.RecordBatch], skip: int = 0, with_header: bool = True) -> Iterator[bytes]:
        """Rows, below the header if there is to be one, but for the first `skip` of all of these, as a JSON array of
        arrays; times are day numbers."""
        header = self.question.style.header if with_header else Header.NONE
        above = int(header is not Header.NONE)
        style = Style(Times.SERIAL, Header.NONE if skip >= above else header)
        about = About("", "", "", None, self.question.zone)
        return grid.encode(self.headings, _behind(batches, max(0, skip - above)), style, about)

    def key_values(self, batches: Iterable[pa.RecordBatch], places: tuple[int, ...]) -> Iterator[bytes]:
        """The values of some columns, as `grid` writes them."""
        headings = tuple(self.headings[place] for place in places)
        names = [str(place) for place in range(len(places))]
        chosen = (pa.RecordBatch.from_arrays([batch.column(p) for p in places], names=names) for batch in batches)
        style = Style(Times.SERIAL, Header.NONE)
        return grid.encode(headings, chosen, style, About("", "", "", None, self.question.zone))


def _behind(batches: Iterable[pa.RecordBatch], skip: int) -> Iterator[pa.RecordBatch]:
    """The batches without their first rows.

    >>> rows = [pa.record_batch({"a": [1, 2]}), pa.record_batch({"a": [3, 4]})]
    >>> [batch.column(0).to_pylist() for batch in _behind(rows, 3)]
    [[4]]
    """
    for batch in batches:
        if skip < batch.num_rows:
            yield batch.slice(skip)
        skip = max(0, skip - batch.num_rows)


def _days_as_numbers(batch: pa.RecordBatch) -> pa.RecordBatch:
    if not any(pa.types.is_date(column.type) for column in batch.columns):
        return batch
    columns = [
        pc.add(column.cast(pa.date32()).cast(pa.int32()), _EPOCH_DAY) if pa.types.is_date(column.type) else column
        for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _are_multiples(values: pa.Array, microseconds: int) -> bool:
    """Whether clocks on the wall showed nothing but whole seconds, or days, at these instants."""
    local = pc.local_timestamp(values).cast(pa.int64())
    return bool(pc.all(pc.equal(pc.multiply(pc.divide(local, microseconds), microseconds), local)).as_py() is not False)


def _refuse_too_long(text: pa.Array, column: str, above: int) -> None:
    """Raise TextTooLongForSheets for the first text that a cell does not take."""
    for row in pc.indices_nonzero(pc.greater(pc.binary_length(text), LONGEST_TEXT)).to_pylist():
        length = len(text[row].as_py().encode("utf-16-le")) // 2
        if length > LONGEST_TEXT:
            raise TextTooLongForSheets(above + row + 1, column, length, LONGEST_TEXT)
