"""The workbook around the rows, made with openpyxl: styles, table, widths, and the sheet that says what it all is."""

import io
import re
import zipfile

from openpyxl import Workbook  # type: ignore[import-untyped]  # openpyxl has no types of its own
from openpyxl.styles import Alignment  # type: ignore[import-untyped]
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]
from openpyxl.worksheet.filters import AutoFilter  # type: ignore[import-untyped]
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo  # type: ignore[import-untyped]
from openpyxl.worksheet.worksheet import Worksheet  # type: ignore[import-untyped]

from formats.format import About, Header, Heading, titles
from formats.sheet import Looks, Place
from formats.telling import HEADER_FILL, HEADER_FONT, TIME_FORMAT, TITLE, print_wide, tell
from formats.xmltext import word_in_workbook
from tabular.release import RELEASE
from tabular.table import Type

ROWS_SHEET = "xl/worksheets/sheet1.xml"
LONGEST_TITLE = 255
"""What a column of an Excel table may be called: a longer name is cut, as it is no value."""

FRACTION_FORMAT = f"{TIME_FORMAT}.000"
DAY_FORMAT = "yyyy-mm-dd"
SECONDS_FORMAT = '#,##0" s"'
"""Durations stay numbers of seconds, which formulas add and average as they are; hours would have to be fractions of
a day, and no format shows seconds as hours."""

_SHEET_DATA = re.compile(rb"<sheetData\s*/>|<sheetData>.*</sheetData>", re.DOTALL)
_DIMENSION = re.compile(rb"<dimension[^>]*/>")


class Shell:
    """A workbook of two sheets without the rows of the first."""

    def __init__(self, headings: tuple[Heading, ...], header: Header, about: About, widths: list[int]) -> None:
        self._has_header = header is not Header.NONE
        self._about = about
        self._book = Workbook()
        self._book.properties.creator = self._book.properties.lastModifiedBy = f"TVox Tables {RELEASE}"
        self._book.properties.title = word_in_workbook(about.title)
        names = titles(headings, header, fold=True, longest=LONGEST_TITLE)
        self.places = tuple(
            Place(get_column_letter(number), name, heading.column.type, heading.column.unit)
            for number, (name, heading) in enumerate(zip(names, headings, strict=True), 1)
        )
        self._rows = self._rows_sheet(widths)
        self.looks = self._looks()
        self._told = self._book.create_sheet(TITLE)
        self._count = tell(self._told, headings, names, about)

    def start(self) -> tuple[bytes, bytes]:
        """The content types, which come first in the file, and the first sheet up to its rows."""
        parts = self._parts(self._about.rows or 0)
        opening = _SHEET_DATA.split(parts[ROWS_SHEET])[0] + b"<sheetData>"
        size = b"" if self._about.rows is None else f'<dimension ref="{self._reference(self._about.rows)}"/>'.encode()
        return parts["[Content_Types].xml"], _DIMENSION.sub(size, opening)

    def end(self, rows: int) -> tuple[bytes, dict[str, bytes]]:
        """The first sheet after its rows, and every other part of the file, now that the rows are counted."""
        parts = self._parts(rows)
        closing = b"</sheetData>" + _SHEET_DATA.split(parts.pop(ROWS_SHEET))[1]
        texts = " ".join(f"{p.letter}1:{p.letter}{rows + 1}" for p in self.places if p.type in (Type.TEXT, Type.JSON))
        if texts:
            # Numbers that are text on purpose need no green corners.
            ignored = f'<ignoredErrors><ignoredError sqref="{texts}" numberStoredAsText="1"/></ignoredErrors>'
            closing = closing.replace(b"<tableParts", ignored.encode() + b"<tableParts", 1)
        del parts["[Content_Types].xml"]
        return closing, parts

    def _parts(self, rows: int) -> dict[str, bytes]:
        """The files of the workbook as openpyxl writes them, the table as large as its rows."""
        reference = self._reference(rows)
        table = next(iter(self._rows.tables.values()))
        table.ref = reference
        if table.autoFilter is not None:
            table.autoFilter.ref = reference
        self._count.value = rows
        file = io.BytesIO()
        self._book.save(file)
        with zipfile.ZipFile(file) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def _reference(self, rows: int) -> str:
        # A table has a row below its header, even if there is nothing in it.
        return f"A1:{self.places[-1].letter}{max(rows, 1) + self._has_header}"

    def _rows_sheet(self, widths: list[int]) -> Worksheet:
        sheet = self._book.active
        sheet.title = _sheet_title(self._about.table)
        for place, width in zip(self.places, widths, strict=True):
            sheet.column_dimensions[place.letter].width = width
        if self._has_header:
            sheet.freeze_panes = "A2"
            sheet.print_title_rows = "1:1"
        print_wide(sheet)
        reference = self._reference(0)
        table = Table(displayName=_table_name(self._about.table), ref=reference)
        # In a table's part a line break is spelt as a control character is in a cell.
        table.tableColumns = [
            TableColumn(id=number, name=word_in_workbook(place.title).replace("\n", "_x000A_").replace("\t", "_x0009_"))
            for number, place in enumerate(self.places, 1)
        ]
        table.tableStyleInfo = TableStyleInfo(name="TableStyleLight9", showRowStripes=True)
        if self._has_header:
            table.autoFilter = AutoFilter(ref=reference)
        else:
            table.headerRowCount = 0
        sheet.add_table(table)
        return sheet

    def _looks(self) -> Looks:
        """The styles, each of them on a cell of the sheet's that gives way to the rows."""
        formats = ("@", "0", SECONDS_FORMAT, "General", TIME_FORMAT, FRACTION_FORMAT, DAY_FORMAT)
        cells = [self._rows.cell(2 + number, 1) for number in range(len(formats))]
        for cell, number_format in zip(cells, formats, strict=True):
            cell.number_format = number_format
        header = self._rows.cell(1, 1)
        header.font = HEADER_FONT
        header.fill = HEADER_FILL
        header.alignment = Alignment(vertical="center")
        return Looks(header.style_id, *(cell.style_id for cell in cells))


def _sheet_title(name: str) -> str:
    """A name as a sheet may be called.

    >>> _sheet_title("calls/2020 [all]"), _sheet_title("history")
    ('calls_2020 _all_', 'history_')
    """
    title = re.sub(r"[\[\]:*?/\\\x00-\x1f]", "_", name)[:30].strip("'") or "rows"
    return f"{title}_" if title.casefold() in ("history", TITLE.casefold()) else title


def _table_name(name: str) -> str:
    """A name as a table may be called: letters, digits and underscores, and nothing that reads as a cell.

    >>> _table_name("inboundCalls"), _table_name("AB12"), _table_name("my view"), _table_name("r")
    ('inboundCalls', '_AB12', 'my_view', '_r')
    """
    plain = re.sub(r"\W", "_", name)[:200]
    reads_as_cell = re.fullmatch(r"[A-Za-z]{1,3}\d+|[RrCc]|[Rr]\d*[Cc]\d*", plain)
    return f"_{plain}" if reads_as_cell or not re.match(r"[^\W\d]", plain) else plain
