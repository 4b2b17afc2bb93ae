"""A workbook whose table Excel fills from the service: openpyxl makes the sheets, the rest is added to its file.

What binds the table to its query, each part naming the next: the sheet's table (of type queryTable), its query table,
the connection, and the query in the mashup; a hidden name says where the rows lie. Excel removes all of it from a
workbook in which one of them is missing.
"""

import io
import re
import zipfile
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import quoteattr

from openpyxl import Workbook  # type: ignore[import-untyped]  # openpyxl has no types of its own
from openpyxl.styles import Alignment  # type: ignore[import-untyped]
from openpyxl.styles.differential import DifferentialStyle  # type: ignore[import-untyped]
from openpyxl.styles.numbers import NumberFormat  # type: ignore[import-untyped]
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]
from openpyxl.workbook.defined_name import DefinedName  # type: ignore[import-untyped]
from openpyxl.worksheet.filters import AutoFilter  # type: ignore[import-untyped]
from openpyxl.worksheet.table import Table as SheetTable  # type: ignore[import-untyped]
from openpyxl.worksheet.table import TableColumn, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet  # type: ignore[import-untyped]

from addin.excel.about import HEADER_FILL, HEADER_FONT, TITLE, tell
from addin.excel.connection import command, connection_string
from addin.excel.mashup import Fill, item_of, mashup_of, zip_of
from addin.excel.names import headings_of, query_name, sheet_name, spelt
from addin.place import Place
from addin.powerquery import Variant, query_text
from tabular.release import RELEASE
from tabular.table import Column, Table, Type

MOST_COLUMNS = 16_384

_LAST_ROW = 1_048_576
_TEXTS = (Type.TEXT, Type.JSON)
_RANGE_NAME = "ExternalData_1"
"""Excel's own word for the range that a query fills; the query table has the same name."""

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CUSTOM = "http://schemas.openxmlformats.org/officeDocument/2006/customXml"
_SHEET_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'

_TIMES_OF_DAY = re.compile(rb"<dcterms:(created|modified)\b[^>]*>[^<]*</dcterms:\1>")
_FIRST_OWN_FORMAT = 164
_KNOWN_FORMATS = {"@": 30, "0": 1}
"""The numbers that Excel gives these formats in the style of a table's column."""


def template_file(table: Table, place: Place, query: str | None = None) -> bytes:
    """The workbook of a table. `query` is an M expression in the place of the table's own, with the same columns.

    Raises ValueError for more columns than a sheet has. Opening it sends nothing: a file that is looked at, archived
    or passed on keeps its rows and asks nobody for a key; Refresh All is one click.
    """
    if not 0 < len(table.columns) <= MOST_COLUMNS:
        raise ValueError(f"a sheet holds 1 to {MOST_COLUMNS} columns, not {len(table.columns)}")
    name = query_name(table.name)
    columns = tuple(column.name for column in table.columns)
    parts = _sheets(table, place, name)
    mashup = mashup_of({name: query or query_text(table, place, Variant.ROWS)}, {name: Fill(name, columns)})
    parts["xl/connections.xml"] = _connections(name)
    parts["xl/queryTables/queryTable1.xml"] = _query_table(columns)
    parts["xl/tables/_rels/table1.xml.rels"] = _relations("queryTable", "../queryTables/queryTable1.xml")
    parts["customXml/item1.xml"] = item_of(mashup)
    parts["customXml/itemProps1.xml"] = _item_properties(f"{place.address}/{table.name}")
    parts["customXml/_rels/item1.xml.rels"] = _relations("customXmlProps", "itemProps1.xml")
    _add(parts, "xl/_rels/workbook.xml.rels", _relation("rIdQueries", "connections", "connections.xml"))
    _add(parts, "xl/_rels/workbook.xml.rels", _relation("rIdMashup", "customXml", "../customXml/item1.xml"))
    for part, kind in (
        ("xl/connections.xml", f"{_SHEET_TYPES}.connections+xml"),
        ("xl/queryTables/queryTable1.xml", f"{_SHEET_TYPES}.queryTable+xml"),
        ("customXml/itemProps1.xml", "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"),
    ):
        _add(parts, "[Content_Types].xml", f'<Override PartName="/{part}" ContentType="{kind}"/>')
    return zip_of({"[Content_Types].xml": parts.pop("[Content_Types].xml"), **parts})


def _sheets(table: Table, place: Place, name: str) -> dict[str, bytes]:
    """The parts of a workbook of two sheets: the table with its one empty row, and what it is."""
    book = Workbook()
    book.properties.creator = book.properties.lastModifiedBy = f"TVox Tables {RELEASE}"
    book.properties.title = spelt(table.title)
    headings = headings_of(tuple(column.name for column in table.columns))
    sheet = book.active
    sheet.title = sheet_name(name, TITLE)
    _head(sheet, headings, table.columns)
    _bind(book, sheet, name, headings, table.columns)
    about = book.create_sheet(TITLE)
    tell(about, table, place, name, headings)
    # An empty table tells nobody what to do. Two sheets that are both selected would be changed together.
    book.active = about
    sheet.sheet_view.tabSelected, about.sheet_view.tabSelected = False, True
    file = io.BytesIO()
    book.save(file)
    with zipfile.ZipFile(file) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    parts["docProps/core.xml"] = _TIMES_OF_DAY.sub(b"", parts["docProps/core.xml"])
    texts = [get_column_letter(number) for number, one in enumerate(table.columns, 1) if one.type in _TEXTS]
    if texts:
        # Phone numbers are text on purpose and need no green corners.
        where = " ".join(f"{letter}2:{letter}{_LAST_ROW}" for letter in texts)
        ignored = f'<ignoredErrors><ignoredError sqref="{where}" numberStoredAsText="1"/></ignoredErrors>'
        first = "xl/worksheets/sheet1.xml"
        parts[first] = parts[first].replace(b"<tableParts", ignored.encode() + b"<tableParts", 1)
    return parts


def _head(sheet: Worksheet, headings: list[str], columns: tuple[Column, ...]) -> None:
    """The headings, and below them an empty row whose formats the rows will have."""
    sheet.freeze_panes = "A2"
    for number, (heading, column) in enumerate(zip(headings, columns, strict=True), 1):
        cell = sheet.cell(1, number)
        cell.value, cell.data_type = spelt(heading), "s"
        cell.font, cell.fill, cell.alignment = HEADER_FONT, HEADER_FILL, Alignment(vertical="center")
        look = number_format(column)
        sheet.cell(2, number).number_format = look
        dimension = sheet.column_dimensions[get_column_letter(number)]
        dimension.number_format = look
        dimension.width = min(60, max(len(heading) + 4, 12 if look == "General" else len(look) + 2, 10))


def _bind(book: Workbook, sheet: Worksheet, name: str, headings: list[str], columns: tuple[Column, ...]) -> None:
    """The table over the headings and the empty row, and the hidden name of the range."""
    last = get_column_letter(len(columns))
    bound = SheetTable(displayName=name, name=name, ref=f"A1:{last}2", tableType="queryTable", totalsRowShown=False)
    bound.tableColumns = [
        TableColumn(
            id=number, uniqueName=str(number), name=heading, queryTableFieldId=number, dataDxfId=_style(book, column)
        )
        for number, (heading, column) in enumerate(zip(headings, columns, strict=True), 1)
    ]
    bound.autoFilter = AutoFilter(ref=bound.ref)
    bound.tableStyleInfo = TableStyleInfo(name="TableStyleLight9", showRowStripes=True)
    sheet.add_table(bound)
    quoted = sheet.title.replace("'", "''")
    where = f"'{quoted}'!$A$1:${last}$2"
    sheet.defined_names.add(DefinedName(_RANGE_NAME, localSheetId=0, hidden=True, attr_text=where))


def number_format(column: Column) -> str:
    """How Excel shows a column. Durations stay numbers of seconds, which formulas add and average as they are."""
    if column.type in _TEXTS:
        return "@"
    if column.unit == "s":
        return '#,##0" s"'
    formats = {Type.INTEGER: "0", Type.TIME: "yyyy-mm-dd hh:mm:ss", Type.DATE: "yyyy-mm-dd"}
    return formats.get(column.type, "General")


def _style(book: Workbook, column: Column) -> int | None:
    """Where the workbook keeps the style of a table column: Excel gives it to the rows that a refresh adds."""
    look = number_format(column)
    if look == "General":
        return None
    # The list of formats holds it already: a cell of the empty row has it.
    number = _KNOWN_FORMATS.get(look) or _FIRST_OWN_FORMAT + book._number_formats.index(look)
    return int(book._differential_styles.add(DifferentialStyle(numFmt=NumberFormat(number, look))))


def _connections(name: str) -> bytes:
    """The connection (ECMA-376-1, 18.13): OLE DB (5) to the mashup engine, as Excel writes it for a loaded query."""
    return (
        f'{_XML}<connections xmlns="{_MAIN}"><connection id="1" keepAlive="1" name="Query - {name}" '
        f"description=\"Connection to the '{name}' query in the workbook.\" "
        'type="5" refreshedVersion="8" background="1" saveData="1">'
        f"<dbPr connection={_attribute(connection_string(name))} command={_attribute(command(name))}/>"
        "</connection></connections>"
    ).encode()


def _query_table(columns: tuple[str, ...]) -> bytes:
    """The query table (18.12): a field for each column of the table. Widths stay as they are."""
    fields = "".join(
        f'<queryTableField id="{number}" name={_attribute(spelt(column))} tableColumnId="{number}"/>'
        for number, column in enumerate(columns, 1)
    )
    applied = "".join(
        f' apply{what}Formats="0"' for what in ("Number", "Border", "Font", "Pattern", "Alignment", "WidthHeight")
    )
    return (
        f'{_XML}<queryTable xmlns="{_MAIN}" name="{_RANGE_NAME}" adjustColumnWidth="0" connectionId="1" '
        f'autoFormatId="16"{applied}><queryTableRefresh nextId="{len(columns) + 1}">'
        f'<queryTableFields count="{len(columns)}">{fields}</queryTableFields></queryTableRefresh></queryTable>'
    ).encode()


def _item_properties(source: str) -> bytes:
    """What the custom part is (ECMA-376-1, 22.5): its own number, and the schema by which Excel finds it."""
    number = str(uuid5(NAMESPACE_URL, source)).upper()
    return (
        f'{_XML}<ds:datastoreItem ds:itemID="{{{number}}}" xmlns:ds="{_CUSTOM}"><ds:schemaRefs>'
        '<ds:schemaRef ds:uri="http://schemas.microsoft.com/DataMashup"/></ds:schemaRefs></ds:datastoreItem>'
    ).encode()


def _relations(kind: str, target: str) -> bytes:
    one = _relation("rId1", kind, target)
    return f'{_XML}<Relationships xmlns="{_RELATIONS}">{one}</Relationships>'.encode()


def _relation(number: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{number}" Type="{_RELATION}/{kind}" Target="{target}"/>'


def _add(parts: dict[str, bytes], part: str, element: str) -> None:
    """Put an element at the end of a part's list."""
    before, end, after = parts[part].rpartition(b"</")
    parts[part] = before + element.encode() + end + after


def _attribute(value: str) -> str:
    return quoteattr(value, {'"': "&quot;"})
