"""Rows and columns that are put in or taken out of a sheet, and all that moves with them."""

from tests.google.book import Protection, Rect, Sheet


def shifted(sheet: Sheet, by_rows: bool, start: int, by: int) -> None:
    """Put `by` rows (or columns) in before `start`; take `-by` out from there where it is negative."""
    if by_rows:
        sheet.row_count += by
        moved = {}
        for number, cells in sheet.rows.items():
            to = _place(number, start, by)
            if to is not None:
                moved[to] = cells
        sheet.rows = moved
    else:
        sheet.column_count += by
        for number, cells in list(sheet.rows.items()):
            before, after = list(cells[:start]), list(cells[start:])
            after = [None] * by + after if by > 0 else after[-by:]
            while before and not after and before[-1] is None:
                before.pop()
            if any(cell is not None for cell in (*before, *after)):
                sheet.rows[number] = before + after
            else:
                del sheet.rows[number]
    sheet.formats = [(rect, one[1]) for one in sheet.formats if (rect := _moved(one[0], by_rows, start, by))]
    kept = []
    for each in sheet.protections:
        if each.rect is None:
            kept.append(each)
        elif rect := _moved(each.rect, by_rows, start, by):
            kept.append(Protection(each.id, rect, each.editors, each.warning))
    sheet.protections = kept


def _place(number: int, start: int, by: int) -> int | None:
    """Where a row goes; None for one that is taken out."""
    if number < start:
        return number
    return None if by < 0 and number < start - by else number + by


def _moved(rect: Rect, by_rows: bool, start: int, by: int) -> Rect | None:
    first, last = (rect.top, rect.bottom) if by_rows else (rect.left, rect.right)
    if by > 0:
        first, last = first + by * (first >= start), last + by * (last > start)
    else:
        first, last = (min(each, start) if each < start - by else each + by for each in (first, last))
    if first >= last:
        return None
    return rect._replace(top=first, bottom=last) if by_rows else rect._replace(left=first, right=last)
