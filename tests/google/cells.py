"""Requests of a batch that change cells: their values and number formats."""

from typing import Any

from tests.google.book import Book, Cell, Formula, Rect, Refused, Sheet
from tests.google.finding import rect_of, sheet_of


def update_cells(book: Book, given: Any, email: str) -> None:
    """UpdateCells: what `fields` names and no row gives is cleared in the range."""
    names = given.get("fields", "")
    if not names:
        raise Refused("At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)")
    rows = [row.get("values", []) for row in given.get("rows", [])]
    if "range" in given:
        sheet, rect = rect_of(book, given["range"], email)
    else:
        start = given["start"]
        top, left = start.get("rowIndex", 0), start.get("columnIndex", 0)
        corners = {"startRowIndex": top, "startColumnIndex": left, "endRowIndex": top + len(rows)}
        width = max(map(len, rows), default=1) or 1
        sheet, rect = rect_of(
            book, {"sheetId": start.get("sheetId", 0), **corners, "endColumnIndex": left + width}, email
        )
    if len(rows) > rect.bottom - rect.top or max(map(len, rows), default=0) > rect.right - rect.left:
        raise Refused("Attempting to write beyond the requested range.")
    _write_cells(sheet, rect, rows, names)


def append_cells(book: Book, given: Any, email: str) -> None:
    sheet = sheet_of(book, given.get("sheetId", 0))
    rows = [row.get("values", []) for row in given.get("rows", [])]
    top, width = sheet.last_row, max(map(len, rows), default=0)
    if width > sheet.column_count:
        last = sheet.column_count - 1
        raise Refused(f"Attempting to write column: {last + 1}, beyond the last requested column of: {last}")
    if (missing := top + len(rows) - sheet.row_count) > 0:
        sheet.row_count += missing
        book.check_cells()
    rect = Rect(top, 0, top + len(rows), width)
    sheet.check_editable(rect, email)
    _write_cells(sheet, rect, rows, given.get("fields", ""))


def _write_cells(sheet: Sheet, rect: Rect, rows: list[list[Any]], names: str) -> None:
    everything = "*" in names
    width = rect.right - rect.left
    if everything or "userEnteredValue" in names:
        there = [number for number in sheet.rows if rect.top <= number < rect.bottom]
        for number in {*there, *range(rect.top, rect.top + len(rows))}:
            cells = rows[number - rect.top] if number - rect.top < len(rows) else []
            given = [_value(cell.get("userEnteredValue")) for cell in cells]
            sheet.put(number, rect.left, given + [None] * (width - len(given)))
    if everything or "userEnteredFormat" in names:
        sheet.formats.append((rect, ""))
        for down, cells in enumerate(rows):
            for right, cell in enumerate(cells):
                if pattern := _pattern(cell):
                    top, left = rect.top + down, rect.left + right
                    sheet.formats.append((Rect(top, left, top + 1, left + 1), pattern))


def _value(given: Any) -> Cell:
    """An ExtendedValue."""
    if not given:
        return None
    kind, value = next(iter(given.items()))
    if kind == "formulaValue":
        return Formula(value)
    if kind not in {"stringValue", "numberValue", "boolValue"}:
        raise Refused(f"Unknown value {kind}.")
    return None if isinstance(value, str) and value == "" else value


def _pattern(cell: Any) -> str:
    """The number format of CellData: its pattern, or its type where it has none."""
    given = cell.get("userEnteredFormat", {}).get("numberFormat", {})
    return str(given.get("pattern") or given.get("type") or "")


def repeat_cell(book: Book, given: Any, email: str) -> None:
    sheet, rect = rect_of(book, given["range"], email)
    names, cell = given.get("fields", ""), given.get("cell", {})
    if not names:
        raise Refused("At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)")
    if "*" in names or "userEnteredFormat" in names:
        sheet.formats.append((rect, _pattern(cell)))
    if "*" in names or "userEnteredValue" in names:
        value = _value(cell.get("userEnteredValue"))
        for number in range(rect.top, rect.bottom):
            sheet.put(number, rect.left, [value] * (rect.right - rect.left))


def copy_paste(book: Book, given: Any, email: str) -> None:
    """CopyPaste: repeated to fill a destination that is a multiple, whole beyond one that is smaller."""
    source, taken = rect_of(book, given["source"])
    kind = given.get("pasteType", "PASTE_NORMAL")
    if kind not in {"PASTE_NORMAL", "PASTE_VALUES", "PASTE_FORMAT"}:
        raise Refused(f"the stand-in does not paste {kind}", 501, "UNIMPLEMENTED")
    height, width = taken.bottom - taken.top, taken.right - taken.left
    asked = given["destination"]
    target, into = rect_of(book, asked)
    down = (into.bottom - into.top) // height if (into.bottom - into.top) % height == 0 else 1
    right = (into.right - into.left) // width if (into.right - into.left) % width == 0 else 1
    whole = Rect(into.top, into.left, into.top + height * down, into.left + width * right)
    if whole.bottom > target.row_count or whole.right > target.column_count:
        target.beyond(whole)
    target.check_editable(whole, email)
    rows = [list(source.rows.get(number, ())[taken.left : taken.right]) for number in range(taken.top, taken.bottom)]
    formats = [(rect, pattern) for rect, pattern in source.formats if rect.meets(taken)]
    if kind != "PASTE_FORMAT":
        for number in range(whole.top, whole.bottom):
            cells = rows[(number - whole.top) % height]
            target.put(number, whole.left, (cells + [None] * (width - len(cells))) * right)
    if kind != "PASTE_VALUES":
        target.formats.append((whole, ""))
        for rect, pattern in formats:
            for top in range(whole.top, whole.bottom, height):
                for left in range(whole.left, whole.right, width):
                    moved = (top - taken.top, left - taken.left)
                    target.formats.append((_clipped(rect, taken, moved), pattern))


def _clipped(rect: Rect, within: Rect, moved: tuple[int, int]) -> Rect:
    down, right = moved
    return Rect(
        max(rect.top, within.top) + down,
        max(rect.left, within.left) + right,
        min(rect.bottom, within.bottom) + down,
        min(rect.right, within.right) + right,
    )
