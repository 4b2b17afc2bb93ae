"""The workbook's second sheet: what the table is, what was asked for, and what each column means."""

from datetime import datetime
from zoneinfo import ZoneInfo

from openpyxl.cell.cell import Cell  # type: ignore[import-untyped]  # openpyxl has no types of its own
from openpyxl.styles import Alignment, Font, PatternFill  # type: ignore[import-untyped]
from openpyxl.worksheet.properties import PageSetupProperties  # type: ignore[import-untyped]
from openpyxl.worksheet.worksheet import Worksheet  # type: ignore[import-untyped]

from formats.format import About, Heading
from formats.xmltext import word_in_workbook
from tabular.release import RELEASE
from tabular.table import Type

TITLE = "About this table"
TIME_FORMAT = "yyyy-mm-dd hh:mm:ss"

_FONT, _BLUE = "Calibri", "1F4E78"
HEADER_FONT = Font(name=_FONT, bold=True, size=11, color="FFFFFF")
HEADER_FILL = PatternFill("solid", fgColor=_BLUE)


def print_wide(sheet: Worksheet) -> None:
    """Every column on one page, whose paper lies on its side; as many pages as the rows need."""
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def tell(sheet: Worksheet, headings: tuple[Heading, ...], names: list[str], about: About) -> Cell:
    """Fill the second sheet; returns the cell that the number of rows belongs in."""
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 28, 90
    sheet.column_dimensions["C"].width, sheet.column_dimensions["D"].width = 12, 18
    print_wide(sheet)
    _put(sheet, 1, about.title).font = Font(name=_FONT, bold=True, size=14, color=_BLUE)
    _put(sheet, 2, _plain(about.description))
    facts: list[tuple[str, object]] = [
        ("Table", about.table),
        ("Rows", 0),
        ("Window", _window(about)),
        ("Filter", about.filter or "none"),
        ("Time zone of all times", about.zone),
        ("As of", _local(about.as_of, about.zone) if about.as_of else "nothing is held"),
        ("Made by", f"TVox Tables {RELEASE}"),
    ]
    if about.groups is not None:
        each = " and ".join(f"each {name}" for name in about.groups)
        facts.insert(4, ("One row for", each or "all of them together"))
    for row, (name, value) in enumerate(facts, 4):
        _put(sheet, row, name).font = Font(name=_FONT, bold=True, size=11)
        cell = _put(sheet, row, value, 2)
        cell.number_format = TIME_FORMAT if isinstance(value, datetime) else "#,##0" if value == 0 else "@"
        cell.alignment = Alignment(horizontal="left", vertical="top", wrap_text=True)
    row = 4 + len(facts) + 1
    for place, word in enumerate(("Column", "What it is", "Type", "Unit"), 1):
        cell = _put(sheet, row, word, place)
        cell.font, cell.fill = HEADER_FONT, HEADER_FILL
    for number, (name, heading) in enumerate(zip(names, headings, strict=True), row + 1):
        column = heading.column
        unit = about.zone if column.type is Type.TIME else column.unit or ""
        for place, text in enumerate((name, _plain(column.description), column.type.value, unit), 1):
            cell = _put(sheet, number, text, place)
            cell.number_format = "@"
            cell.alignment = Alignment(vertical="top", wrap_text=True)
    return sheet.cell(5, 2)


def _put(sheet: Worksheet, row: int, value: object, column: int = 1) -> Cell:
    """A value into a cell; text stays text, whatever it begins with."""
    cell = sheet.cell(row, column)
    cell.value = word_in_workbook(value) if isinstance(value, str) else value
    if isinstance(value, str):
        cell.data_type = "s"
    return cell


def _plain(prose: str) -> str:
    """A description in one paragraph, without the signs that mark its code."""
    return " ".join(prose.replace("`", "").split())


def _window(about: About) -> str:
    """The window in words.

    >>> _window(About("t", "T", "", "startTime", "UTC", months=("2026-09", "2026-10")))
    'none asked for: what is held of the last months, 2026-09 to 2026-10'
    """
    if about.clock is None:
        return "none: the rows have no time of their own"
    if about.window is None:
        held = "".join(f", {month}" for month in about.months[:1])
        held += f" to {about.months[-1]}" if len(about.months) > 1 else ""
        return f"none asked for: what is held of the last months{held}"
    since, until = about.window.since, about.window.until
    words = [f"from {_local(since, about.zone)}"] if since else []
    words += [f"before {_local(until, about.zone)}"] if until else []
    return f"{about.clock} {' and '.join(words)}"


def _local(moment: datetime, zone: str) -> datetime | str:
    """A moment as the zone's clocks show it; as UTC where it is past the last year that they know."""
    try:
        return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, microsecond=0)
    except OverflowError:
        return moment.isoformat()
