"""A law of pushes: whatever stands in a sheet, it becomes what a plain reading of the mode says, and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tabular.errors import KeysUnclear, TableDiffers
from tests.api.push.pushing import Pushing
from tests.google.standin import StandIn
from tests.steps import step

HEADER = ["Key", "waitDuration"]
TEXTS = ["+39", "0432", "432", "=1", "x"]
BEGAN = datetime(2026, 11, 22, 8)
ROWS = [step(BEGAN - timedelta(minutes=i), 0, i, cli=text, waitDuration=i or None) for i, text in enumerate(TEXTS)]
ROWS.append(step(BEGAN - timedelta(hours=1), 0, 9, cli="x", waitDuration=9))
VALUES: list[list[Any]] = [[row["cli"], row["waitDuration"]] for row in ROWS]

cell = st.sampled_from([None, None, *TEXTS, 432, 39.5, True])
lines = st.lists(st.tuples(cell, cell).map(list), max_size=7)


@dataclass
class Sheet:
    """A table of two columns as a person would keep it; `noted` are the rows that the last push has left."""

    rows: list[list[Any]] = field(default_factory=list)
    noted: int | None = None

    def push(self, mode: str, new: list[list[Any]]) -> None:
        """What a push makes of it. Raises what it refuses."""
        end = max((place + 1 for place, row in enumerate(self.rows) if any(v is not None for v in row)), default=0)
        if mode == "replace":
            blank = next((place for place, row in enumerate(self.rows) if row == [None, None]), len(self.rows))
            before = blank if self.noted is None else self.noted
            table = [HEADER, *new]
            emptied: list[list[Any]] = [[None, None]] * max(0, before - len(table))
            self.rows = table + emptied + self.rows[len(table) + len(emptied) :]
            self.noted = len(table)
            return
        if end and self.noted is None:
            there = list(self.rows[0])
            while there and there[-1] is None:
                there.pop()
            if ["" if value is None else str(value) for value in there] != HEADER:
                raise TableDiffers("", "", "")
        if not end:
            self.rows = [HEADER, *new, *self.rows[len(new) + 1 :]]
            self.noted = len(new) + 1
            return
        if not new:
            return
        if mode == "append":
            self.rows = self.rows[:end] + new
        else:
            self._merge(end, new)
        self.noted = len(self.rows)

    def _merge(self, end: int, new: list[list[Any]]) -> None:
        keys = [_key(row) for row in self.rows[1:end] if row[0] is not None]
        if len(set(keys)) < len(keys) or len({_key(row) for row in new}) < len(new):
            raise KeysUnclear("")
        merged = [list(row) for row in self.rows[:end]]
        for row in new:
            places = [place for place in range(1, end) if _key(merged[place]) == _key(row)]
            if places:
                merged[places[0]] = row
            else:
                merged.append(row)
        self.rows = merged


def _key(row: list[Any]) -> tuple[str, Any]:
    return type(row[0]).__name__, row[0]


@pytest.fixture(scope="module")
def pushed(google: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pushing]:
    """A service over ROWS."""
    made = Pushing(tmp_path_factory.mktemp("laws"), google)
    made.fill(ROWS)
    yield made
    made.close()


@pytest.mark.law
@settings(max_examples=(settings.default or settings()).max_examples // 4, phases=(Phase.explicit, Phase.generate))
@given(
    old=lines,
    has_header=st.booleans(),
    turns=st.lists(
        st.tuples(st.sampled_from(["replace", "append", "merge"]), st.integers(0, 6), st.integers(0, 5), lines),
        min_size=1,
        max_size=3,
    ),
    place=st.tuples(st.integers(0, 2), st.integers(0, 2)),
)
def test_a_sheet_becomes_what_the_mode_says(
    pushed: Pushing,
    old: list[list[Any]],
    has_header: bool,
    turns: list[tuple[str, int, int, list[list[Any]]]],
    place: tuple[int, int],
) -> None:
    google, (top, left) = pushed.google, place
    size = {"row_count": 12, "column_count": 5}
    book = pushed.book = google.spreadsheet("Law", sheets=[{"id": 0, "title": "Calls", **size}])
    beside = [["note", place] for place in range(12)]
    google.put(book, "Calls", [[one] for one, _ in beside], top=0, left=4)
    sheet = Sheet([HEADER, *old] if has_header else list(old))
    google.put(book, "Calls", sheet.rows, top, left)
    anchor = f"{'ABC'[left]}{top + 1}"
    for mode, limit, offset, edits in turns:
        asked = {"last": "2d", "columns": "cli as Key,waitDuration", "sort": "-startTime"}
        asked |= {"limit": str(limit), "offset": str(offset)}
        keys = ("Key",) if mode == "merge" else ()
        wanted = pushed.wanted(mode, asked=asked, keys=keys, anchor=anchor, book=book)
        before = (list(sheet.rows), sheet.noted)
        try:
            sheet.push(mode, [list(row) for row in VALUES[offset : offset + limit]])
            refusal: type[Exception] | None = None
        except (KeysUnclear, TableDiffers) as failure:
            refusal = type(failure)
            sheet.rows, sheet.noted = before
        if refusal is None:
            pushed.ran(wanted)
        else:
            with pytest.raises(refusal):
                pushed.ran(wanted)
        assert _cells(google, book, top, left) == _trimmed(sheet.rows), mode
        assert google.titles(book) == ["Calls"]
        at = max(1, len(_trimmed(sheet.rows)) - 1)
        if edits and top + at + len(edits) <= size["row_count"]:
            # A person writes below it, or over its end.
            google.put(book, "Calls", edits, top + at, left)
            sheet.rows += [[None, None]] * max(0, at + len(edits) - len(sheet.rows))
            sheet.rows[at : at + len(edits)] = [list(row) for row in edits]
    assert [row[4] for row in google.rows(book, "Calls")[:12]] == ["note"] * 12


def _cells(google: StandIn, book: str, top: int, left: int) -> list[list[Any]]:
    found = [(row + [None] * 5)[left : left + 2] for row in google.rows(book, "Calls")[top:]]
    return _trimmed(found)


def _trimmed(rows: list[list[Any]]) -> list[list[Any]]:
    rows = [list(row) for row in rows]
    while rows and rows[-1] == [None, None]:
        rows.pop()
    return rows
