"""The template's second sheet: what the table is, how Excel fills it, and what each column means."""

from math import ceil

from openpyxl.cell.cell import Cell  # type: ignore[import-untyped]  # openpyxl has no types of its own
from openpyxl.styles import Alignment, Font, PatternFill  # type: ignore[import-untyped]
from openpyxl.worksheet.worksheet import Worksheet  # type: ignore[import-untyped]

from addin.excel.names import spelt
from addin.place import Place
from tabular.release import RELEASE
from tabular.table import Column, Table, Type

TITLE = "About"
LONGEST_TEXT = 32_000
"""Excel takes a little more in a cell, and cuts the rest without a word."""

_WIDTH, _LETTERS, _LINE = 90, 86, 15.0
"""How wide the widest column is, how many letters of a sentence fit in it for sure, and how many points a line is."""

_FONT, _BLUE = "Calibri", "1F4E78"
HEADER_FONT = Font(name=_FONT, bold=True, size=11, color="FFFFFF")
HEADER_FILL = PatternFill("solid", fgColor=_BLUE)
_BOLD = Font(name=_FONT, bold=True, size=11)


def tell(sheet: Worksheet, table: Table, place: Place, query: str, headings: list[str]) -> None:
    """Fill the sheet; `query` is the query's name."""
    for letter, width in zip("ABCD", (28, _WIDTH, 12, 18), strict=True):
        sheet.column_dimensions[letter].width = width
    _put(sheet, 1, 1, table.title).font = Font(name=_FONT, bold=True, size=14, color=_BLUE)
    _put(sheet, 2, 1, _plain(table.description))
    pairs = [
        *((f"{number}.", step) for number, step in enumerate(_steps(query), 1)),
        ("", ""),
        ("Table", table.name),
        ("Service", place.address),
        ("Query", query),
        ("Time zone of all times", place.zone),
        ("Made by", f"TVox Tables {RELEASE}"),
    ]
    _put(sheet, 4, 1, "How to fill it").font = _BOLD
    for row, (name, value) in enumerate(pairs, 5):
        _put(sheet, row, 1, name).font = _BOLD
        _tall(sheet, row, _put(sheet, row, 2, value))
    row = 5 + len(pairs) + 1
    for place_of, word in enumerate(("Column", "What it is", "Type", "Unit"), 1):
        cell = _put(sheet, row, place_of, word)
        cell.font, cell.fill = HEADER_FONT, HEADER_FILL
    for number, (heading, column) in enumerate(zip(headings, table.columns, strict=True), row + 1):
        texts = (heading, _plain(column.description), column.type.value, _unit(column, place))
        cells = [_put(sheet, number, place_of, text) for place_of, text in enumerate(texts, 1)]
        _tall(sheet, number, cells[1])


def _steps(query: str) -> tuple[str, ...]:
    return (
        "If Excel shows a yellow bar above the sheet, choose Enable Editing and Enable Content.",
        "Choose Data > Refresh All. Opening the file asks the service for nothing.",
        "The first time, Excel asks how to connect. Choose Web API, paste your key and choose Connect. Excel keeps the "
        "key in your own settings: it is not in this file, and whoever gets the file needs a key of their own.",
        f"For other days, columns or rows, choose Data > Queries & Connections, right-click {query} and choose Edit, "
        "then Advanced Editor: the first lines of the query say what it brings, and how to change that.",
    )


def _unit(column: Column, place: Place) -> str:
    return place.zone if column.type is Type.TIME else column.unit or ""


def _put(sheet: Worksheet, row: int, column: int, text: str) -> Cell:
    """Text into a cell, which stays text whatever it begins with."""
    cell = sheet.cell(row, column)
    cell.value = spelt(text[:LONGEST_TEXT])
    cell.data_type = "s"
    cell.number_format = "@"
    cell.alignment = Alignment(vertical="top", horizontal="left", wrap_text=column == 2)
    return cell


def _tall(sheet: Worksheet, row: int, cell: Cell) -> None:
    """Make a row as high as its text: not every program does it by itself."""
    lines = ceil(len(cell.value) / _LETTERS)
    if lines > 1:
        sheet.row_dimensions[row].height = _LINE * lines


def _plain(prose: str) -> str:
    """A description in one paragraph, without the signs that mark its code."""
    return " ".join(prose.replace("`", "").split())
