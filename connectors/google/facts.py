"""What a spreadsheet says of itself: its sheets, their sizes, and the marks that were left on them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MASK = (
    "spreadsheetId,properties(title,locale,timeZone),developerMetadata(metadataId,metadataKey,metadataValue),"
    "sheets(properties(sheetId,title,index,sheetType,hidden,gridProperties(rowCount,columnCount)),"
    "developerMetadata(metadataId,metadataKey,metadataValue))"
)
"""What is asked of a spreadsheet: never its cells."""

_IN_AN_ADDRESS = re.compile(r"/spreadsheets/(?:u/[0-9]+/)?d/([A-Za-z0-9_-]+)")
_ID = re.compile(r"[A-Za-z0-9_-]{10,200}")


@dataclass(frozen=True, slots=True)
class Mark:
    """Developer metadata: seen by programs only, and kept with a spreadsheet or a sheet, copies and renamings too."""

    id: int
    key: str
    value: str


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """A sheet; `rows` and `columns` are the size of its grid, 0 for a chart. `index` is its place among the tabs."""

    id: int
    title: str
    index: int
    hidden: bool
    rows: int
    columns: int
    marks: tuple[Mark, ...] = ()

    def mark(self, key: str) -> Mark | None:
        """The first mark of that key."""
        return next((mark for mark in self.marks if mark.key == key), None)


@dataclass(frozen=True, slots=True)
class Facts:
    """A spreadsheet: `zone` is an IANA name mostly, `locale` as `it_IT`; `marks` are those on the whole of it."""

    id: str
    title: str
    zone: str
    locale: str
    sheets: tuple[SheetFacts, ...]
    marks: tuple[Mark, ...] = field(default=())

    def sheet(self, title: str) -> SheetFacts | None:
        """The sheet of that title; Google tells titles apart without regard to case."""
        return next((sheet for sheet in self.sheets if sheet.title.casefold() == title.casefold()), None)

    def mark(self, key: str) -> Mark | None:
        """The first mark of that key on the spreadsheet itself."""
        return next((mark for mark in self.marks if mark.key == key), None)

    @property
    def cells(self) -> int:
        """All cells of all grids, empty ones too: what the limit of a spreadsheet counts."""
        return sum(sheet.rows * sheet.columns for sheet in self.sheets)


def facts_of(answer: Mapping[str, Any]) -> Facts:
    """The facts in an answer of spreadsheets.get. Raises KeyError, TypeError, ValueError, AttributeError for any other.

    Google leaves out what is false, 0 or empty.
    """
    properties = answer["properties"]
    return Facts(
        id=str(answer["spreadsheetId"]),
        title=str(properties.get("title", "")),
        zone=str(properties.get("timeZone", "")),
        locale=str(properties.get("locale", "")),
        sheets=tuple(_sheet(each) for each in answer.get("sheets", ())),
        marks=_marks(answer),
    )


def _sheet(given: Mapping[str, Any]) -> SheetFacts:
    properties = given["properties"]
    grid = properties.get("gridProperties", {})
    return SheetFacts(
        id=int(properties.get("sheetId", 0)),
        title=str(properties["title"]),
        index=int(properties.get("index", 0)),
        hidden=properties.get("hidden") is True,
        rows=int(grid.get("rowCount", 0)),
        columns=int(grid.get("columnCount", 0)),
        marks=_marks(given),
    )


def _marks(given: Mapping[str, Any]) -> tuple[Mark, ...]:
    return tuple(
        Mark(int(each["metadataId"]), str(each.get("metadataKey", "")), str(each.get("metadataValue", "")))
        for each in given.get("developerMetadata", ())
    )


def spreadsheet_id(written: str) -> str | None:
    """The id of a spreadsheet, written as it is or as an address copied from a browser; None for anything else.

    >>> spreadsheet_id("https://docs.google.com/spreadsheets/d/1qsPaQqiMKLuU3Ksr9NmkKQ8rR/edit#gid=0")
    '1qsPaQqiMKLuU3Ksr9NmkKQ8rR'
    >>> spreadsheet_id(" 1qsPaQqiMKLuU3Ksr9NmkKQ8rR ")
    '1qsPaQqiMKLuU3Ksr9NmkKQ8rR'
    >>> spreadsheet_id("https://example.org/")
    """
    text = written.strip()
    if found := _IN_AN_ADDRESS.search(text):
        return found[1]
    return text if _ID.fullmatch(text) else None


def area(title: str, row: int, column: int, rows: int, columns: int) -> str:
    """Cells of a sheet in A1 notation; `row` and `column` of the first one begin with 0.

    >>> area("Calls", 0, 0, 5000, 12)
    "'Calls'!A1:L5000"
    >>> area("Anna's", 9, 26, 1, 1)
    "'Anna''s'!AA10:AA10"
    """
    quoted = title.replace("'", "''")
    return f"'{quoted}'!{letters(column)}{row + 1}:{letters(column + columns - 1)}{row + rows}"


def letters(column: int) -> str:
    """The letters of a column, the first being 0.

    >>> [letters(column) for column in (0, 25, 26, 701, 702)]
    ['A', 'Z', 'AA', 'ZZ', 'AAA']
    """
    found = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found
