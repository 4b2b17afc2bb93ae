"""spreadsheets.values of the stand-in: get, update, append, clear and their batches.

Documented (reference/rest/v4/spreadsheets.values, guides/values): null is skipped when writing and "" empties; RAW is
stored as it is; an answer leaves out empty rows and cells at the end; append adds rows after the last of the table.
Known from reports: what lies outside the grid is refused ("exceeds grid limits"); values that do not fit into their
range are refused, and a range of one cell is the corner of what comes. Decided here: `update` never extends a grid; the
table of `append` is everything above the last row with a cell in the sheet.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import zip_longest
from typing import Any

from tests.google.book import Book, Cell, Formula, Rect, Refused, Sheet, checked, cut
from tests.google.notation import Area, letters, named

_NUMBER = re.compile(r"[-+]?[0-9]+([.,][0-9]+)?")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


def get(book: Book, text: str, options: Mapping[str, str]) -> dict[str, Any]:
    """values.get."""
    sheet, area = book.sheet_at(text)
    rect = sheet.rect(area)
    render = options.get("valueRenderOption", "FORMATTED_VALUE")
    if render not in {"FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA"}:
        raise Refused(f"Invalid value at 'value_render_option', \"{render}\"")
    bottom = min(rect.bottom, sheet.last_row)
    rows = cut(
        [_shown(cell, render) for cell in sheet.rows.get(number, ())[rect.left : rect.right]]
        for number in range(rect.top, bottom)
    )
    found: dict[str, Any] = {"range": named(sheet.title, *rect), "majorDimension": "ROWS"}
    return found | ({"values": rows} if rows else {})


def _shown(cell: Cell, render: str) -> Any:
    if isinstance(cell, Formula):
        return cell.text
    if cell is None or render != "FORMATTED_VALUE":
        return cell
    return str(cell).upper() if isinstance(cell, bool) else str(cell)


def update(book: Book, text: str, body: Any, option: str, email: str) -> dict[str, Any]:
    """values.update: UpdateValuesResponse."""
    given = body.get("range", text)
    if given != text:
        raise Refused(f"Requested range {text} does not match value range {given}")
    sheet, area = book.sheet_at(text)
    rows = _by_rows(body, "data.values")
    return _written(book, sheet, area, _entered(rows, option), email)


def batch_update(book: Book, body: Any, email: str) -> dict[str, Any]:
    """values.batchUpdate: every range or none, for the caller gives a copy of the spreadsheet."""
    responses = []
    for number, each in enumerate(body.get("data", ())):
        sheet, area = book.sheet_at(each.get("range", ""))
        rows = _by_rows(each, f"data[{number}].values")
        responses.append(_written(book, sheet, area, _entered(rows, body.get("valueInputOption", "")), email))
    return {
        "spreadsheetId": book.id,
        "totalUpdatedRows": sum(each.get("updatedRows", 0) for each in responses),
        "totalUpdatedColumns": sum(each.get("updatedColumns", 0) for each in responses),
        "totalUpdatedCells": sum(each.get("updatedCells", 0) for each in responses),
        "totalUpdatedSheets": len({each["updatedRange"].rpartition("!")[0] for each in responses}),
        "responses": responses,
    }


def append(book: Book, text: str, body: Any, options: Mapping[str, str], email: str) -> dict[str, Any]:
    """values.append: after the last row, with more rows in the grid where they are needed, never more columns."""
    sheet, area = book.sheet_at(text)
    rows = _entered(_by_rows(body, "data.values"), options.get("valueInputOption", ""))
    top = sheet.last_row
    missing = top + len(rows) - sheet.row_count
    if options.get("insertDataOption") == "INSERT_ROWS":
        missing = len(rows)
    if missing > 0:
        sheet.row_count += missing
        book.check_cells()
    into = Area(sheet.title, top, area.left, top + 1, area.left + 1, single=True)
    written = _written(book, sheet, into, rows, email)
    table = {"tableRange": named(sheet.title, 0, 0, top, max(map(len, sheet.rows.values())))} if top else {}
    return {"spreadsheetId": book.id} | table | {"updates": written}


def clear(book: Book, texts: Sequence[str], email: str) -> list[str]:
    """values.clear and batchClear: the ranges that were cleared; formats stay."""
    cleared = []
    for text in texts:
        sheet, area = book.sheet_at(text)
        rect = sheet.rect(area)
        sheet.check_editable(rect, email)
        for number in [number for number in sheet.rows if rect.top <= number < rect.bottom]:
            sheet.put(number, rect.left, [None] * (min(rect.right, len(sheet.rows[number])) - rect.left))
        cleared.append(named(sheet.title, *rect))
    return cleared


def _by_rows(body: Any, at: str) -> list[list[Any]]:
    rows = checked(body.get("values", []), at)
    if body.get("majorDimension") == "COLUMNS":
        return [list(row) for row in zip_longest(*rows)]
    return rows


def _written(book: Book, sheet: Sheet, area: Area, rows: list[list[Cell]], email: str) -> dict[str, Any]:
    height, width = len(rows), max(map(len, rows), default=0)
    bottom = area.top + height if area.single or area.bottom is None else area.bottom
    right = area.left + width if area.single or area.right is None else area.right
    asked = named(sheet.title, area.top, area.left, max(bottom, area.top + 1), max(right, area.left + 1))
    if height > bottom - area.top:
        raise Refused(f"Requested writing within range [{asked}], but tried writing to row [{bottom + 1}]")
    if width > right - area.left:
        raise Refused(f"Requested writing within range [{asked}], but tried writing to column [{letters(right)}]")
    if bottom > sheet.row_count or right > sheet.column_count:
        sheet.beyond(Rect(area.top, area.left, bottom, right))
    if height and width:
        sheet.check_editable(Rect(area.top, area.left, area.top + height, area.left + width), email)
    cells = 0
    for number, row in enumerate(rows, area.top):
        if None in row:
            before = sheet.rows.get(number, ())[area.left : area.left + len(row)]
            kept = [*before, *[None] * (len(row) - len(before))]
            cells += sum(cell is not None for cell in row)
            row = [old if cell is None else cell for cell, old in zip(row, kept, strict=True)]
        else:
            cells += len(row)
        sheet.put(number, area.left, [None if isinstance(cell, str) and cell == "" else cell for cell in row])
    found: dict[str, Any] = {"spreadsheetId": book.id, "updatedRange": asked}
    more = {"updatedRows": height, "updatedColumns": width, "updatedCells": cells}
    return found | {key: value for key, value in more.items() if value}


def _entered(rows: list[list[Any]], option: str) -> list[list[Cell]]:
    """Cells as RAW or USER_ENTERED has them."""
    if option == "RAW":
        return rows
    if option != "USER_ENTERED":
        raise Refused(f"'valueInputOption' is required but not specified{f': {option}' if option else ''}")
    return [[_typed(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]


def _typed(text: str) -> Cell:
    """What typing a text into a cell makes of it: the part of it that spoils telephone numbers and formulas.

    >>> _typed("0432"), _typed("+39045"), _typed("=1+1"), _typed("2020-05-01"), _typed("'0432"), _typed("TRUE")
    (432, 39045, Formula(text='=1+1'), 43952, '0432', True)
    """
    if text.startswith("'"):
        return text[1:]
    if text.startswith("="):
        return Formula(text)
    if text.upper() in {"TRUE", "FALSE"}:
        return text.upper() == "TRUE"
    if _NUMBER.fullmatch(text):
        return float(text.replace(",", ".")) if re.search("[.,]", text) else int(text)
    if found := _DATE.fullmatch(text):
        return (date(*map(int, found.groups())) - date(1899, 12, 30)).days
    return text
