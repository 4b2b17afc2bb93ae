"""What a request of a batch is about: a sheet by its id, and cells within its grid."""

from typing import Any

from tests.google.book import Book, Rect, Refused, Sheet


def sheet_of(book: Book, number: int, what: str = "grid") -> Sheet:
    for sheet in book.sheets:
        if sheet.id == number:
            return sheet
    raise Refused(f"No {what} with id: {number}")


def rect_of(book: Book, grid: Any, email: str | None = None) -> tuple[Sheet, Rect]:
    """A GridRange: its sheet, and its cells within the grid. With an e-mail: which may be changed by it."""
    sheet = sheet_of(book, grid.get("sheetId", 0))
    rect = Rect(
        grid.get("startRowIndex", 0),
        grid.get("startColumnIndex", 0),
        grid.get("endRowIndex", sheet.row_count),
        grid.get("endColumnIndex", sheet.column_count),
    )
    if rect.bottom > sheet.row_count or rect.right > sheet.column_count:
        sheet.beyond(rect)
    if rect.top >= rect.bottom or rect.left >= rect.right:
        raise Refused("GridRange is empty.")
    if email is not None:
        sheet.check_editable(rect, email)
    return sheet, rect
