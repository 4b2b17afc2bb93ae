"""A spreadsheet as the stand-in keeps it: sheets with grids of typed cells, number formats, marks and protections.

Cells are str, int, float, bool, Formula or None (empty). Rows are never changed in place, so that a copy of a
spreadsheet costs little: a batch works on one, which takes the place of the first if all of it was valid.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tests.google.notation import Area, Unparsable, named, parsed

CELLS = 10_000_000
"""Cells of a spreadsheet (support.google.com/drive/answer/37603)."""
CHARACTERS = 50_000
"""Characters of a cell; what Google answers beyond is known from reports."""


class Refused(Exception):
    """A refusal as Google words it."""

    def __init__(self, message: str, code: int = 400, status: str = "INVALID_ARGUMENT") -> None:
        super().__init__(message)
        self.message, self.code, self.status = message, code, status


class Formula(NamedTuple):
    """What USER_ENTERED makes of a text that begins with =; it is not calculated here."""

    text: str


Cell = str | int | float | bool | Formula | None


class Rect(NamedTuple):
    """Cells, zero-based and half-open."""

    top: int
    left: int
    bottom: int
    right: int

    def meets(self, other: "Rect") -> bool:
        """Whether they share a cell."""
        return (
            self.top < other.bottom and other.top < self.bottom and self.left < other.right and other.left < self.right
        )


@dataclass(slots=True)
class Protection:
    """A protected range; None for a whole sheet. `editors` may change it all the same."""

    id: int
    rect: Rect | None
    editors: tuple[str, ...] = ()
    warning: bool = False


@dataclass(slots=True)
class Sheet:
    """A sheet; `rows` holds those that have cells, each as far as its last one; later `formats` hide others."""

    id: int
    title: str
    row_count: int = 1000
    column_count: int = 26
    hidden: bool = False
    frozen: int = 0
    rows: dict[int, Sequence[Cell]] = field(default_factory=dict)
    formats: list[tuple[Rect, str]] = field(default_factory=list)
    protections: list[Protection] = field(default_factory=list)

    def copy(self) -> "Sheet":
        """Another one with the same cells."""
        return Sheet(
            self.id,
            self.title,
            self.row_count,
            self.column_count,
            self.hidden,
            self.frozen,
            dict(self.rows),
            list(self.formats),
            list(self.protections),
        )

    def rect(self, area: Area) -> Rect:
        """An area within the grid. Raises Refused."""
        bottom = self.row_count if area.bottom is None else area.bottom
        right = self.column_count if area.right is None else area.right
        if bottom > self.row_count or right > self.column_count or area.top >= bottom or area.left >= right:
            self.beyond(Rect(area.top, area.left, bottom, right))
        return Rect(area.top, area.left, bottom, right)

    def beyond(self, rect: Rect) -> None:
        """Raise Refused: it does not lie within the grid."""
        where = named(self.title, *rect)
        raise Refused(
            f"Range ({where}) exceeds grid limits. Max rows: {self.row_count}, max columns: {self.column_count}"
        )

    def check_editable(self, rect: Rect | None, email: str) -> None:
        """Raise Refused if a protection forbids to change these cells (None: the sheet itself)."""
        for one in self.protections:
            meets = one.rect is None or rect is None or one.rect.meets(rect)
            if meets and not one.warning and email not in one.editors:
                raise Refused(
                    "You are trying to edit a protected cell or object. "
                    "Please contact the spreadsheet owner to remove protection if you need to edit."
                )

    def cell(self, row: int, column: int) -> Cell:
        """One cell."""
        cells = self.rows.get(row, ())
        return cells[column] if column < len(cells) else None

    def put(self, row: int, left: int, cells: Sequence[Cell]) -> None:
        """Write cells of a row, one beside the other, over what is there."""
        before = list(self.rows.get(row, ()))
        if len(before) < left:
            before += [None] * (left - len(before))
        before[left : left + len(cells)] = cells
        while before and before[-1] is None:
            before.pop()
        if before:
            self.rows[row] = before
        else:
            self.rows.pop(row, None)

    def format_at(self, row: int, column: int) -> str:
        """The pattern of a cell's number format; empty for none."""
        for rect, pattern in reversed(self.formats):
            if rect.top <= row < rect.bottom and rect.left <= column < rect.right:
                return pattern
        return ""

    @property
    def last_row(self) -> int:
        """How many rows there are up to the last one with a cell."""
        return max(self.rows, default=-1) + 1


@dataclass(slots=True)
class Meta:
    """Developer metadata: on the spreadsheet, or on a sheet by its id."""

    id: int
    key: str
    value: str
    sheet: int | None
    visibility: str = "DOCUMENT"

    def shown(self) -> dict[str, Any]:
        """As the API shows it."""
        where = {"locationType": "SPREADSHEET", "spreadsheet": True}
        if self.sheet is not None:
            where = {"locationType": "SHEET", "sheetId": self.sheet}
        found = {"metadataId": self.id, "metadataKey": self.key, "location": where, "visibility": self.visibility}
        return found | ({"metadataValue": self.value} if self.value else {})


@dataclass(slots=True)
class Book:
    """A spreadsheet; `roles` are "writer" or "reader" by e-mail. `office`: it is an Office file on Drive."""

    id: str
    title: str
    locale: str = "it_IT"
    zone: str = "Europe/Rome"
    roles: dict[str, str] = field(default_factory=dict)
    office: bool = False
    sheets: list[Sheet] = field(default_factory=lambda: [Sheet(0, "Sheet1")])
    metadata: list[Meta] = field(default_factory=list)
    names: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)

    def copy(self) -> "Book":
        """Another one with the same cells, to try changes on."""
        return Book(
            self.id,
            self.title,
            self.locale,
            self.zone,
            self.roles,
            self.office,
            [sheet.copy() for sheet in self.sheets],
            [Meta(one.id, one.key, one.value, one.sheet, one.visibility) for one in self.metadata],
            dict(self.names),
        )

    def sheet_at(self, text: str) -> tuple[Sheet, Area]:
        """The sheet and the area of a range; without a sheet the first one. Raises Refused."""
        try:
            area = parsed(text)
        except Unparsable:
            raise Refused(f"Unable to parse range: {text}") from None
        for sheet in self.sheets:
            if area.sheet is None or sheet.title.casefold() == area.sheet.casefold():
                return sheet, area
        raise Refused(f"Unable to parse range: {text}")

    def check_cells(self) -> None:
        """Raise Refused beyond ten million cells."""
        if sum(sheet.row_count * sheet.column_count for sheet in self.sheets) > CELLS:
            raise Refused(
                f"This action would increase the number of cells in the workbook above the limit of {CELLS} cells."
            )

    def shown(self) -> dict[str, Any]:
        """As spreadsheets.get shows it, without cells."""
        found: dict[str, Any] = {
            "spreadsheetId": self.id,
            "properties": {
                "title": self.title,
                "locale": self.locale,
                "autoRecalc": "ON_CHANGE",
                "timeZone": self.zone,
            },
            "sheets": [self.sheet_shown(sheet) for sheet in self.sheets],
            "spreadsheetUrl": f"https://docs.google.com/spreadsheets/d/{self.id}/edit",
        }
        if marks := [one.shown() for one in self.metadata if one.sheet is None]:
            found["developerMetadata"] = marks
        return found

    def sheet_shown(self, sheet: Sheet) -> dict[str, Any]:
        """A sheet as spreadsheets.get shows it."""
        found: dict[str, Any] = {"properties": self.properties(sheet)}
        if marks := [one.shown() for one in self.metadata if one.sheet == sheet.id]:
            found["developerMetadata"] = marks
        return found

    def properties(self, sheet: Sheet) -> dict[str, Any]:
        """SheetProperties; what is false or 0 is left out, but for the id and the index."""
        grid = {"rowCount": sheet.row_count, "columnCount": sheet.column_count}
        found = {
            "sheetId": sheet.id,
            "title": sheet.title,
            "index": self.sheets.index(sheet),
            "sheetType": "GRID",
            "gridProperties": grid | ({"frozenRowCount": sheet.frozen} if sheet.frozen else {}),
        }
        return found | ({"hidden": True} if sheet.hidden else {})


def checked(values: Any, at: str) -> list[list[Any]]:
    """Rows of scalars, as a ValueRange may have them. Raises Refused."""
    if not isinstance(values, list):
        raise Refused(f"Invalid value at '{at}' (type.googleapis.com/google.protobuf.ListValue)")
    for number, row in enumerate(values):
        if not isinstance(row, list):
            raise Refused(f"Invalid value at '{at}[{number}]' (type.googleapis.com/google.protobuf.ListValue)")
        for place, cell in enumerate(row):
            if isinstance(cell, list | dict):
                kind = "list_value" if isinstance(cell, list) else "struct_value"
                raise Refused(f"Invalid {at}[{number}][{place}]: {kind} {json.dumps(cell)[:60]}")
            if isinstance(cell, str) and len(cell) > CHARACTERS:
                raise Refused(f"Your input contains more than the maximum of {CHARACTERS} characters in a single cell.")
    return values


def cut(rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
    """Rows as Google answers them: "" for what is empty, nothing at the ends (guides/values: empty trailing rows and
    columns are omitted)."""
    found = []
    for row in rows:
        cells = ["" if cell is None else cell for cell in row]
        while cells and cells[-1] == "" and isinstance(cells[-1], str):
            cells.pop()
        found.append(cells)
    while found and not found[-1]:
        found.pop()
    return found
