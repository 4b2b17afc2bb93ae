"""Swapping: the one change of a spreadsheet that puts gathered rows into their table, all of it or nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from answers.push.place import MARK, Noted, Place, marks_at
from connectors.google.facts import SheetFacts

Request = dict[str, Any]


class Look(Enum):
    """The number format of a column: its type and its pattern, as Google has them; None is what Sheets itself gives."""

    TIME = ("DATE_TIME", "yyyy-mm-dd hh:mm:ss")
    FRACTION = ("DATE_TIME", "yyyy-mm-dd hh:mm:ss.000")
    DAY = ("DATE", "yyyy-mm-dd")
    TEXT = ("TEXT", "@")
    OTHER = None


NEW_ROWS, NEW_COLUMNS = 1000, 26
"""The size of a sheet that is made, as Sheets itself makes one; larger where the table is."""


@dataclass(frozen=True, slots=True)
class Table:
    """The place of a table: its sheet (None where it is still to be made), its first cell, the number of its columns,
    and what was noted of it when it was last written."""

    sheet: SheetFacts | None
    place: Place
    columns: int
    noted: Noted | None

    @property
    def rows_below(self) -> int:
        """Rows of the sheet from the first cell on."""
        return 0 if self.sheet is None else max(0, self.sheet.rows - self.place.row)

    def cells_with(self, rows: int) -> int:
        """Cells that the sheet gets more when the table has so many rows."""
        if self.sheet is None:
            return max(NEW_ROWS, self.place.row + rows) * max(NEW_COLUMNS, self.place.column + self.columns)
        needed = max(self.sheet.rows, self.place.row + rows), max(self.sheet.columns, self.place.column + self.columns)
        return needed[0] * needed[1] - self.sheet.rows * self.sheet.columns


@dataclass(frozen=True, slots=True)
class Swap:
    """What changes. Rows count from the first one of the table, its header.

    `copies` are (first gathered row, first row of the table, how many); `rows` is the table's size afterwards and
    `old` what it was, `emptied` says that the old one is removed; `formatted` is the first row whose cells get the
    look of their columns.
    """

    copies: tuple[tuple[int, int, int], ...]
    rows: int
    old: tuple[int, int]
    emptied: bool
    formatted: int


def requests(
    swap: Swap, table: Table, staging: int, made: int, title: str, noted: Noted, looks: Sequence[Look]
) -> list[Request]:
    """The requests of one batch; `staging` is the sheet of the gathered rows, which goes with it, so that the batch
    cannot be done twice. `made` is the number of the table's sheet if it has to be made, `title` its name; `looks`
    are those of the columns."""
    target = made if table.sheet is None else table.sheet.id
    found: list[Request] = [*_room(swap, table, made, title)]
    if swap.emptied:
        found += _emptied(swap, table, target)
    found += _formats(swap, table, target, looks)
    for source, row, count in swap.copies:
        found.append(
            {
                "copyPaste": {
                    "source": _range(staging, source, 0, count, table.columns),
                    "destination": _at(table.place, target, row, 0, count, table.columns),
                    "pasteType": "PASTE_VALUES",
                }
            }
        )
    if table.sheet is not None:
        for mark, _ in marks_at(table.sheet, table.place):
            lookup = {"developerMetadataLookup": {"metadataId": mark.id}}
            found.append({"deleteDeveloperMetadata": {"dataFilter": lookup}})
    mark_made = {
        "metadataKey": MARK,
        "metadataValue": noted.spelt(),
        "location": {"sheetId": target},
        "visibility": "DOCUMENT",
    }
    found.append({"createDeveloperMetadata": {"developerMetadata": mark_made}})
    found.append({"deleteSheet": {"sheetId": staging}})
    return found


def staged(sheet: int, title: str, rows: int, columns: int) -> Request:
    """The request that makes the hidden sheet in which rows are gathered."""
    size = {"rowCount": max(1, rows), "columnCount": columns}
    return {"addSheet": {"properties": {"sheetId": sheet, "title": title, "hidden": True, "gridProperties": size}}}


def _room(swap: Swap, table: Table, made: int, title: str) -> Iterator[Request]:
    """The sheet, and its grid as large as the table needs it."""
    rows, columns = table.place.row + swap.rows, table.place.column + table.columns
    if table.sheet is None:
        size = {"rowCount": max(NEW_ROWS, rows), "columnCount": max(NEW_COLUMNS, columns)}
        yield {"addSheet": {"properties": {"sheetId": made, "title": title, "gridProperties": size}}}
        return
    for dimension, needed, there in (("ROWS", rows, table.sheet.rows), ("COLUMNS", columns, table.sheet.columns)):
        if needed > there:
            given = {"sheetId": table.sheet.id, "dimension": dimension, "length": needed - there}
            yield {"appendDimension": given}


def _emptied(swap: Swap, table: Table, target: int) -> Iterator[Request]:
    """What the old table had and the new one does not: rows below it, columns beside it."""
    if table.sheet is None:
        return
    rows = min(swap.old[0], table.rows_below)
    columns = min(swap.old[1], table.sheet.columns - table.place.column)
    if rows > swap.rows and columns > 0:
        below = _at(table.place, target, swap.rows, 0, rows - swap.rows, columns)
        yield {"updateCells": {"range": below, "fields": "userEnteredValue"}}
    if columns > table.columns and min(rows, swap.rows):
        beside = _at(table.place, target, 0, table.columns, min(rows, swap.rows), columns - table.columns)
        yield {"updateCells": {"range": beside, "fields": "userEnteredValue"}}


def _formats(swap: Swap, table: Table, target: int, looks: Sequence[Look]) -> Iterator[Request]:
    """The look of each column's new cells: a person's own choice for the others stays."""
    count = swap.rows - swap.formatted
    if count <= 0:
        return
    begins = 0
    for place in range(1, len(looks) + 1):
        if place < len(looks) and looks[place] == looks[begins]:
            continue
        form = looks[begins].value
        cell = {} if form is None else {"userEnteredFormat": {"numberFormat": {"type": form[0], "pattern": form[1]}}}
        area = _at(table.place, target, swap.formatted, begins, count, place - begins)
        yield {"repeatCell": {"range": area, "cell": cell, "fields": "userEnteredFormat.numberFormat"}}
        begins = place


def _at(place: Place, sheet: int, row: int, column: int, rows: int, columns: int) -> Request:
    """A range that counts from the first cell of the table."""
    return _range(sheet, place.row + row, place.column + column, rows, columns)


def _range(sheet: int, row: int, column: int, rows: int, columns: int) -> Request:
    return {
        "sheetId": sheet,
        "startRowIndex": row,
        "endRowIndex": row + rows,
        "startColumnIndex": column,
        "endColumnIndex": column + columns,
    }
