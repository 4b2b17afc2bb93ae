"""Where a table lies in a sheet: its first cell, and what was noted of it when it was last written."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from connectors.google.facts import Facts, Mark, SheetFacts, letters

MARK = "tvox-push"
"""The key of the developer metadata in which the last run on a table says what it wrote."""

_CELL = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,7})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """The first cell of a table; both count from 0."""

    row: int
    column: int

    @classmethod
    def parse(cls, text: str) -> "Place":
        """The place of a cell as spreadsheets name it; ValueError if it is none.

        >>> Place.parse("A1"), Place.parse("$ab$10")
        (Place(row=0, column=0), Place(row=9, column=27))
        """
        match = _CELL.fullmatch(text.strip().upper())
        if match is None:
            raise ValueError(text)
        column = 0
        for letter in match[1]:
            column = column * 26 + ord(letter) - 64
        return cls(int(match[2]) - 1, column - 1)

    def __str__(self) -> str:
        return f"{letters(self.column)}{self.row + 1}"


@dataclass(frozen=True, slots=True)
class Noted:
    """What a run says of the table that it wrote: its first cell, its size with its header, and its columns' names and
    types as a hash."""

    run: str
    at: str
    rows: int
    columns: int
    layout: str

    def spelt(self) -> str:
        """The same as the text of a mark."""
        facts = {"run": self.run, "at": self.at, "rows": self.rows, "columns": self.columns, "layout": self.layout}
        return json.dumps(facts, separators=(",", ":"))


def noted_in(mark: Mark) -> Noted | None:
    """What a mark says; None for one that no push has made.

    >>> noted_in(Mark(1, MARK, Noted("r", "A1", 3, 2, "x").spelt()))
    Noted(run='r', at='A1', rows=3, columns=2, layout='x')
    >>> noted_in(Mark(1, MARK, "{}"))
    """
    if mark.key != MARK:
        return None
    try:
        found = json.loads(mark.value)
        return Noted(str(found["run"]), str(found["at"]), int(found["rows"]), int(found["columns"]), found["layout"])
    except (ValueError, TypeError, KeyError):
        return None


def marks_at(sheet: SheetFacts, place: Place) -> Iterator[tuple[Mark, Noted]]:
    """What was noted of the table at a place of a sheet."""
    for mark in sheet.marks:
        written = noted_in(mark)
        if written is not None and written.at == str(place):
            yield mark, written


def is_written(facts: Facts, run: str) -> bool:
    """Whether a run has written its table, as the spreadsheet tells."""
    return any(
        written is not None and written.run == run for sheet in facts.sheets for written in map(noted_in, sheet.marks)
    )
