"""spreadsheets.batchUpdate of the stand-in: every request of a batch, or none.

Documented in reference/rest/v4/spreadsheets/request; messages are known from reports. Decided here: formats are number
formats only; what has no effect on cells, sizes, names and marks (widths, colours, filters) is taken and forgotten.
"""

from collections.abc import Callable
from typing import Any

from tests.google.book import Book, Rect, Refused, Sheet
from tests.google.cells import append_cells, copy_paste, repeat_cell, update_cells
from tests.google.finding import sheet_of
from tests.google.marking import add_protection, create_meta, delete_meta, delete_protection, update_meta
from tests.google.shifting import shifted

Reply = dict[str, Any]


def change(book: Book, body: Any, email: str) -> list[Reply]:
    """Do the requests to a copy of a spreadsheet; a reply to each. Raises Refused for the first that is not valid."""
    requests = body.get("requests")
    if not isinstance(requests, list) or not requests:
        raise Refused("Must specify at least one request.")
    replies: list[Reply] = []
    for number, request in enumerate(requests):
        if not isinstance(request, dict) or len(request) != 1:
            raise Refused(f"Invalid requests[{number}]: No request set.")
        kind, given = next(iter(request.items()))
        if kind in FORGOTTEN:
            replies.append({})
            continue
        if kind not in KINDS:
            raise Refused(
                f"Invalid JSON payload received. Unknown name \"{kind}\" at 'requests[{number}]': Cannot find field."
            )
        try:
            replies.append(KINDS[kind](book, given, email) or {})
        except Refused as refused:
            raise Refused(f"Invalid requests[{number}].{kind}: {refused.message}") from None
        except (KeyError, TypeError, AttributeError) as failure:
            raise Refused(f"Invalid requests[{number}].{kind}: {failure!r}") from failure
    return replies


def _free_title(book: Book, title: str, besides: Sheet | None = None) -> str:
    if any(one.title.casefold() == title.casefold() for one in book.sheets if one is not besides):
        raise Refused(f'A sheet with the name "{title}" already exists. Please enter another name.')
    if not 1 <= len(title) <= 100:
        raise Refused("A sheet name has 1 to 100 characters.")
    return title


def _check_seen(book: Book) -> None:
    if all(one.hidden for one in book.sheets):
        raise Refused("You can't remove all the visible sheets in a document.")


def _add_sheet(book: Book, given: Any, _email: str) -> Reply:
    properties = given.get("properties", {})
    number = properties.get("sheetId", max(one.id for one in book.sheets) + 1_000_003)
    if any(one.id == number for one in book.sheets):
        raise Refused(f"A sheet with id {number} already exists.")
    title = properties.get("title") or f"Sheet{len(book.sheets) + 1}"
    grid = properties.get("gridProperties", {})
    made = Sheet(
        number,
        _free_title(book, title),
        grid.get("rowCount", 1000),
        grid.get("columnCount", 26),
        properties.get("hidden", False),
        grid.get("frozenRowCount", 0),
    )
    book.sheets.insert(properties.get("index", len(book.sheets)), made)
    book.check_cells()
    return {"addSheet": {"properties": book.properties(made)}}


def _delete_sheet(book: Book, given: Any, email: str) -> None:
    sheet = sheet_of(book, given["sheetId"], "sheet")
    sheet.check_editable(None, email)
    book.sheets.remove(sheet)
    _check_seen(book)
    book.metadata = [one for one in book.metadata if one.sheet != sheet.id]


def _duplicate_sheet(book: Book, given: Any, _email: str) -> Reply:
    source = sheet_of(book, given["sourceSheetId"], "sheet")
    made = source.copy()
    made.id = given.get("newSheetId", max(one.id for one in book.sheets) + 1_000_003)
    made.title = _free_title(book, given.get("newSheetName") or f"Copy of {source.title}")
    book.sheets.insert(given.get("insertSheetIndex", 0), made)
    book.check_cells()
    return {"duplicateSheet": {"properties": book.properties(made)}}


def _update_sheet(book: Book, given: Any, email: str) -> None:
    properties = given["properties"]
    sheet = sheet_of(book, properties.get("sheetId", 0), "sheet")
    names = {name.strip() for name in given.get("fields", "").replace("/", ".").split(",") if name.strip()}
    if not names:
        raise Refused("At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)")
    grid = properties.get("gridProperties", {})
    size = {"*", "gridProperties"}
    if names & {"*", "title"}:
        sheet.title = _free_title(book, properties.get("title", ""), sheet)
    if names & {"*", "hidden"}:
        sheet.hidden = properties.get("hidden", False)
        _check_seen(book)
    if names & (size | {"gridProperties.frozenRowCount"}):
        sheet.frozen = grid.get("frozenRowCount", 0)
    if names & {"*", "index"}:
        # Documented: the index is that before the move, so a sheet that moves right lands one further left.
        before, index = book.sheets.index(sheet), properties.get("index", 0)
        book.sheets.remove(sheet)
        book.sheets.insert(index - 1 if index > before else index, sheet)
    for name, now in (("rowCount", sheet.row_count), ("columnCount", sheet.column_count)):
        if names & (size | {f"gridProperties.{name}"}):
            to = grid.get(name, 0)
            if to < 1:
                raise Refused("A sheet has at least one row and one column.")
            dimension = "ROWS" if name == "rowCount" else "COLUMNS"
            if to > now:
                _extend(book, sheet, dimension, to - now)
            elif to < now:
                _shrink(sheet, dimension, to, now, email)


def _extend(book: Book, sheet: Sheet, dimension: str, by: int) -> None:
    if dimension == "ROWS":
        sheet.row_count += by
    else:
        sheet.column_count += by
    book.check_cells()


def _shrink(sheet: Sheet, dimension: str, start: int, end: int, email: str) -> None:
    rows = dimension == "ROWS"
    whole = Rect(start, 0, end, sheet.column_count) if rows else Rect(0, start, sheet.row_count, end)
    sheet.check_editable(whole, email)
    count = sheet.row_count if rows else sheet.column_count
    if end > count or start >= end:
        raise Refused(f"Cannot delete {dimension.lower()} {start} to {end}: there are {count}.")
    if end - start == count:
        raise Refused(f"You can't delete all the {dimension.lower()} on the sheet.")
    shifted(sheet, rows, start, start - end)


def _append_dimension(book: Book, given: Any, _email: str) -> None:
    sheet = sheet_of(book, given.get("sheetId", 0), "sheet")
    _extend(book, sheet, given["dimension"], given["length"])


def _insert_dimension(book: Book, given: Any, _email: str) -> None:
    where = given["range"]
    sheet = sheet_of(book, where.get("sheetId", 0), "sheet")
    start, rows = where.get("startIndex", 0), where["dimension"] == "ROWS"
    if start > (sheet.row_count if rows else sheet.column_count):
        raise Refused("range.startIndex lies beyond the sheet.")
    shifted(sheet, rows, start, where["endIndex"] - start)
    book.check_cells()


def _delete_dimension(book: Book, given: Any, email: str) -> None:
    where = given["range"]
    sheet = sheet_of(book, where.get("sheetId", 0), "sheet")
    end = sheet.row_count if where["dimension"] == "ROWS" else sheet.column_count
    _shrink(sheet, where["dimension"], where.get("startIndex", 0), where.get("endIndex", end), email)


def _update_book(book: Book, given: Any, _email: str) -> None:
    properties, names = given["properties"], given.get("fields", "")
    book.title = properties.get("title", book.title) if "title" in names else book.title
    book.locale = properties.get("locale", book.locale) if "locale" in names else book.locale
    book.zone = properties.get("timeZone", book.zone) if "timeZone" in names else book.zone


KINDS: dict[str, Callable[[Book, Any, str], Reply | None]] = {
    "addSheet": _add_sheet,
    "deleteSheet": _delete_sheet,
    "duplicateSheet": _duplicate_sheet,
    "updateSheetProperties": _update_sheet,
    "appendDimension": _append_dimension,
    "insertDimension": _insert_dimension,
    "deleteDimension": _delete_dimension,
    "updateCells": update_cells,
    "appendCells": append_cells,
    "repeatCell": repeat_cell,
    "copyPaste": copy_paste,
    "updateSpreadsheetProperties": _update_book,
    "addProtectedRange": add_protection,
    "deleteProtectedRange": delete_protection,
    "createDeveloperMetadata": create_meta,
    "updateDeveloperMetadata": update_meta,
    "deleteDeveloperMetadata": delete_meta,
}
FORGOTTEN = frozenset(
    {
        "autoResizeDimensions",
        "updateDimensionProperties",
        "setBasicFilter",
        "clearBasicFilter",
        "updateBorders",
        "addBanding",
        "addNamedRange",
        "updateNamedRange",
        "deleteNamedRange",
    }
)
