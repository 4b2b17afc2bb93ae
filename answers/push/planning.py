"""Planning a swap: what the sheet holds now, and so which gathered row goes where."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Any

from answers.push.gathering import Gathered
from answers.push.merging import merge, stretches
from answers.push.swapping import Swap, Table
from connectors.google.facts import area
from store.pushes import Mode
from tabular.errors import RowsScattered, TableDiffers

Read = Callable[[str], list[list[Any]]]
"""The values of cells in A1 notation."""

MOST_STRETCHES = 5_000
"""Separate places of a sheet that one batch replaces: so its body stays within what Google recommends."""

_AT_ONCE = 200_000
"""Cells that are read at once of a table of which nothing is known."""
_LAST = 100
"""Rows at the end of a table in which its last one is looked for first."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A swap, or None where there is nothing to do; `with_header` says that the header is gathered above the rows.

    `taken` are the rows in the order in which they are gathered, None their own; `order` names it.
    """

    swap: Swap | None
    gathered: int
    with_header: bool
    taken: tuple[int, ...] | None = None
    order: str = ""

    @property
    def gathers(self) -> tuple[object, ...]:
        """What is the same where the gathered rows are the same, in the same order."""
        return (self.swap is None, self.gathered, self.with_header, self.order)


class Planner:
    """Plans one run; `read` reads the sheet."""

    def __init__(self, table: Table, rows: Gathered, count: int, read: Read) -> None:
        self._table, self._rows, self._count, self._keys = table, rows, count, rows.keys
        self._read = read
        self._header = int(bool(rows.titles))

    def planned(self, mode: Mode) -> Planned:
        """Raises TableDiffers, KeysUnclear, RowsScattered, and what reading raises."""
        if mode is Mode.REPLACE:
            return self._replace()
        existing = self._extent()
        if existing:
            self._check_columns()
        if not existing or mode is Mode.APPEND:
            return self._append(existing)
        return self._merge(existing)

    def _replace(self) -> Planned:
        noted, gathered = self._table.noted, self._header + self._count
        old = (self._block(), self._table.columns) if noted is None else (noted.rows, noted.columns)
        same = noted is not None and noted.layout == self._rows.layout
        formatted = max(self._header, old[0]) if same else self._header
        return Planned(Swap(((0, 0, gathered),) if gathered else (), gathered, old, True, formatted), gathered, True)

    def _append(self, existing: int) -> Planned:
        gathered = self._count + (0 if existing else self._header)
        if not gathered:
            return Planned(None, 0, False)
        formatted = max(existing, self._header)
        copies = ((0, existing, gathered),)
        return Planned(Swap(copies, existing + gathered, (0, 0), False, formatted), gathered, not existing)

    def _merge(self, existing: int) -> Planned:
        if not self._count:
            return Planned(None, 0, False)
        new = json.loads(b"".join(self._rows.key_values(self._rows.batches(), self._keys)))
        names = ", ".join(self._rows.headings[place].name for place in self._keys)
        old = self._columns(self._header, existing - self._header) if existing > self._header else []
        merged = merge(new, old, names)
        found = stretches(merged.places)
        if len(found) > MOST_STRETCHES:
            raise RowsScattered(len(found), MOST_STRETCHES)
        replaced, added = len(merged.places), self._count - len(merged.places)
        copies = [(source, self._header + place, count) for source, place, count in found]
        copies += [(replaced, existing, added)] if added else []
        swap = Swap(tuple(copies), existing + added, (0, 0), False, existing)
        return Planned(swap, self._count, False, merged.taken, merged.order)

    def _check_columns(self) -> None:
        """Raise TableDiffers if rows below those that are there would stand in wrong columns."""
        table = self._table
        assert table.sheet is not None
        if table.noted is not None:
            if table.noted.layout != self._rows.layout:
                problem = "the question has been changed since they were written"
                raise TableDiffers(table.sheet.title, str(table.place), problem)
        elif self._header:
            found = [str(value) for value in chain(*self._cells(0, 1))]
            for title, there in zip_longest(self._rows.titles, found, fillvalue=""):
                if title != there:
                    problem = f'"{there[:60]}" stands where "{title[:60]}" would have to'
                    raise TableDiffers(table.sheet.title, str(table.place), problem)

    def _cells(self, row: int, count: int, column: int = 0, columns: int | None = None) -> list[list[Any]]:
        """Values of the table's own columns, from a row on that counts from its first one."""
        table = self._table
        count = min(count, table.rows_below - row)
        if table.sheet is None or count <= 0:
            return []
        first = table.place.column + column
        wide = min(table.columns if columns is None else columns, table.sheet.columns - first)
        if wide <= 0:
            return []
        return self._read(area(table.sheet.title, table.place.row + row, first, count, wide))

    def _columns(self, row: int, count: int) -> list[list[Any]]:
        """The values of the key columns."""
        read = [self._cells(row, count, place, 1) for place in self._keys]
        columns = [[values[0] if values else None for values in column] for column in read]
        return [list(values) for values in zip_longest(*columns)]

    def _extent(self) -> int:
        """How many rows the table has: down to the last one with anything in its own columns."""
        known = 0 if self._table.noted is None else min(self._table.noted.rows, self._table.rows_below)
        below = known + self._last(known, self._table.rows_below - known if known else _AT_ONCE // self._table.columns)
        if below > known or not known:
            return below
        # Rows may have been removed since: its end is looked for upwards.
        count = _LAST
        while known:
            count = min(count, known)
            found = _filled(self._cells(known - count, count))
            if found:
                return known - count + found
            known, count = known - count, count * 10
        return 0

    def _last(self, row: int, at_once: int) -> int:
        """The number of rows behind `row` up to the last one that holds anything."""
        last = 0
        for begins in range(row, self._table.rows_below, max(at_once, 1)):
            found = _filled(self._cells(begins, at_once))
            last = begins - row + found if found else last
        return last

    def _block(self) -> int:
        """How many rows stand together from the first cell on: an empty one ends what may be an older table."""
        at_once, rows = max(_AT_ONCE // self._table.columns, 1), 0
        while rows < self._table.rows_below:
            found = self._cells(rows, at_once)
            ends = next((place for place, values in enumerate(found) if not _has_any(values)), len(found))
            rows += ends
            if ends < at_once:
                break
        return min(rows, self._table.rows_below)


def _filled(rows: Sequence[Sequence[object]]) -> int:
    """The number of rows up to the last one that holds anything."""
    return next((place + 1 for place in range(len(rows) - 1, -1, -1) if _has_any(rows[place])), 0)


def _has_any(values: Sequence[object]) -> bool:
    return any(value not in ("", None) for value in values)
