"""The workbook that fills itself: its parts, how they name each other, and what its sheets say."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook  # type: ignore[import-untyped]  # openpyxl has no types of its own
from openpyxl.utils import get_column_letter, range_boundaries  # type: ignore[import-untyped]
from openpyxl.utils.escape import unescape  # type: ignore[import-untyped]

from addin.excel import query_name, template_file
from addin.place import Place
from addin.powerquery import Variant, query_text
from datamodel.catalogue import documented
from tabular.table import Table, Type
from tests.addin.excel.reading import MAIN, Package, mashup_in, parsed, read_mashup
from tests.addin.excel.tables import CALLS, KINDS, PLACE, QUERY, column_of, table_of

_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_TYPES = {
    "/xl/connections.xml": f"{_SHEET}.connections+xml",
    "/xl/tables/table1.xml": f"{_SHEET}.table+xml",
    "/xl/queryTables/queryTable1.xml": f"{_SHEET}.queryTable+xml",
    "/customXml/item1.xml": "application/xml",
    "/customXml/itemProps1.xml": "application/vnd.openxmlformats-officedocument.customXmlProperties+xml",
}

ATTRIBUTES = {
    "connection": "id keepAlive name description type refreshedVersion background saveData refreshOnLoad",
    "dbPr": "connection command commandType",
    "queryTable": "name adjustColumnWidth connectionId refreshOnLoad autoFormatId applyNumberFormats "
    "applyBorderFormats applyFontFormats applyPatternFormats applyAlignmentFormats applyWidthHeightFormats",
    "queryTableRefresh": "nextId",
    "queryTableFields": "count",
    "queryTableField": "id name tableColumnId",
    "table": "id name displayName ref tableType headerRowCount totalsRowShown",
    "tableColumn": "id uniqueName name queryTableFieldId dataDxfId",
}
"""What ECMA-376 part 1 lets stand at these elements, as far as Excel writes it there."""

NASTY = st.text(st.sampled_from("""aé☎"'&<>];[]{}/ #_x0041_="""), min_size=1, max_size=20)


@pytest.fixture(scope="module")
def package() -> Package:
    """The template of CALLS."""
    return Package(template_file(CALLS, PLACE, QUERY))


def book_of(table: Table, place: Place = PLACE) -> Workbook:
    """A table's template as another program reads it."""
    return load_workbook(io.BytesIO(template_file(table, place, QUERY)))


def test_every_part_is_reached_and_has_a_type(package: Package) -> None:
    relations = {part for part in package.parts if part.endswith(".rels")}
    assert package.reached() == package.parts.keys() - relations
    assert {part: package.content_type(part) for part in _TYPES} == _TYPES
    assert package.times == {(1980, 1, 1, 0, 0, 0)}


def test_the_sheet_leads_to_the_table_to_the_query_table_to_the_connection(package: Package) -> None:
    book = package.only("/", "officeDocument")
    sheet = next(one.target for one in package.relations(book).values() if one.target.endswith("sheet1.xml"))
    table_part = package.only(sheet, "table")
    table = parsed(package.parts[table_part])
    query_table = parsed(package.parts[package.only(table_part, "queryTable")])
    (connection,) = parsed(package.parts[package.only(book, "connections")])
    assert (table.get("tableType"), table.get("name")) == ("queryTable", "calls")
    assert query_table.get("connectionId") == connection.get("id") == "1"
    assert {"5"} == {connection.get("type")}
    (source,) = connection
    assert source.get("command") == "SELECT * FROM [calls]"
    words = dict(word.split("=", 1) for word in str(source.get("connection")).split(";"))
    assert words == {
        "Provider": "Microsoft.Mashup.OleDb.1",
        "Data Source": "$Workbook$",
        "Location": "calls",
        "Extended Properties": '""',
    }
    columns, fields = list(table.iter(f"{MAIN}tableColumn")), list(query_table.iter(f"{MAIN}queryTableField"))
    assert [one.get("name") for one in fields] == [name for name, _, _ in KINDS]
    assert [one.get("id") for one in fields] == [one.get("queryTableFieldId") for one in columns]
    assert [one.get("tableColumnId") for one in fields] == [one.get("id") for one in columns]
    assert len({one.get("id") for one in columns}) == len(columns) == len({one.get("uniqueName") for one in columns})
    (refresh,) = query_table
    assert int(str(refresh.get("nextId"))) > max(int(str(one.get("id"))) for one in fields)
    assert {int(str(one.get("count"))) for one in (*table, *refresh) if one.get("count")} == {len(KINDS)}


def test_a_hidden_name_says_where_the_rows_lie(package: Package) -> None:
    book = parsed(package.parts["/xl/workbook.xml"])
    (name,) = book.iter(f"{MAIN}definedName")
    query_table = parsed(package.parts["/xl/queryTables/queryTable1.xml"])
    assert name.get("name") == query_table.get("name") == "ExternalData_1"
    assert (name.get("localSheetId"), name.get("hidden")) == ("0", "1")
    table = parsed(package.parts["/xl/tables/table1.xml"])
    assert str(name.text).replace("$", "") == f"'calls'!{table.get('ref')}"
    (filters,) = table.iter(f"{MAIN}autoFilter")
    assert filters.get("ref") == table.get("ref") == f"A1:{get_column_letter(len(KINDS))}2"


def test_elements_have_only_what_the_standard_gives_them(package: Package) -> None:
    for part in ("/xl/connections.xml", "/xl/queryTables/queryTable1.xml", "/xl/tables/table1.xml"):
        for one in parsed(package.parts[part]).iter():
            name = str(one.tag).removeprefix(MAIN)
            if name in ATTRIBUTES:
                assert set(one.attrib) <= set(ATTRIBUTES[name].split()), name


def test_the_parts_of_a_sheet_stand_in_their_order(package: Package) -> None:
    order = ["sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetProtection"]
    order += ["autoFilter", "pageMargins", "pageSetup", "headerFooter", "ignoredErrors", "tableParts"]
    for part in ("/xl/worksheets/sheet1.xml", "/xl/worksheets/sheet2.xml"):
        names = [str(one.tag).removeprefix(MAIN) for one in parsed(package.parts[part])]
        assert names == [name for name in order if name in names]


def test_the_mashup_holds_the_query_and_fills_the_table(package: Package) -> None:
    book = package.only("/", "officeDocument")
    item = package.only(book, "customXml")
    read = read_mashup(mashup_in(package.parts[item]))
    assert read.queries == {"calls": QUERY}
    assert read.entries["Formula", "Section1/calls"]["FillTarget"] == "scalls"
    properties = parsed(package.parts[package.only(item, "customXmlProps")])
    (schema,) = properties.iter("{*}schemaRef")
    assert list(schema.attrib.values()) == ["http://schemas.microsoft.com/DataMashup"]
    (number,) = properties.attrib.values()
    assert re.fullmatch(r"\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}", number)


def test_columns_look_as_their_types_do(package: Package) -> None:
    expected = ["@", "0", "yyyy-mm-dd hh:mm:ss", '#,##0" s"', "General", "General", "yyyy-mm-dd", "@"]
    sheet = book_of(CALLS)["calls"]
    assert [sheet.cell(2, number).number_format for number in range(1, len(KINDS) + 1)] == expected
    letters = [get_column_letter(number) for number in range(1, len(KINDS) + 1)]
    assert [sheet.column_dimensions[letter].number_format for letter in letters] == expected
    assert [cell.value for cell in sheet[1]] == [name for name, _, _ in KINDS]
    assert {cell.value for cell in sheet[2]} == {None}
    styles = parsed(package.parts["/xl/styles.xml"])
    looks = [one.get("formatCode") for one in styles.iterfind(f"{MAIN}dxfs/{MAIN}dxf/{MAIN}numFmt")]
    columns = parsed(package.parts["/xl/tables/table1.xml"]).iter(f"{MAIN}tableColumn")
    given_styles = [one.get("dataDxfId") for one in columns]
    assert ["General" if one is None else looks[int(one)] for one in given_styles] == expected
    numbers = {one.get("formatCode"): one.get("numFmtId") for one in styles.iterfind(f"{MAIN}numFmts/{MAIN}numFmt")}
    for one in styles.iterfind(f"{MAIN}dxfs/{MAIN}dxf/{MAIN}numFmt"):
        assert one.get("numFmtId") == numbers.get(one.get("formatCode"), one.get("numFmtId"))
    (ignored,) = parsed(package.parts["/xl/worksheets/sheet1.xml"]).iter(f"{MAIN}ignoredError")
    assert str(ignored.get("sqref")).split() == ["A2:A1048576", "H2:H1048576"]


def test_it_opens_at_the_sheet_that_says_how_to_fill_it(package: Package) -> None:
    views = [
        parsed(package.parts[f"/xl/worksheets/sheet{number}.xml"]).find(f"{MAIN}sheetViews/{MAIN}sheetView")
        for number in (1, 2)
    ]
    # Two sheets selected together would be changed together.
    assert [view.get("tabSelected") for view in views if view is not None] == ["0", "1"]
    book = book_of(CALLS)
    assert book.active.title == "About"
    said = "\n".join(str(cell) for row in book["About"].iter_rows(values_only=True) for cell in row if cell)
    for words in ("Calls", "All calls.", "Refresh All", "Web API", PLACE.address, PLACE.zone, "Advanced Editor"):
        assert words in said
    rows = list(book["About"].iter_rows(values_only=True))
    start = rows.index(("Column", "What it is", "Type", "Unit"))
    assert rows[start + 1 :] == [
        (name, f"What {name} is.", kind.value, PLACE.zone if kind is Type.TIME else unit) for name, kind, unit in KINDS
    ]


def test_nothing_is_asked_before_the_user_does(package: Package) -> None:
    for part in ("/xl/connections.xml", "/xl/queryTables/queryTable1.xml"):
        assert all(one.get("refreshOnLoad", "0") == "0" for one in parsed(package.parts[part]).iter())


def test_the_same_table_is_the_same_bytes() -> None:
    made = template_file(CALLS, PLACE, QUERY)
    assert template_file(CALLS, PLACE, QUERY) == made
    other = Place("https://other.example.com", PLACE.key_parameter, PLACE.zone)
    assert template_file(CALLS, other, QUERY) != made


@pytest.mark.parametrize("table", tuple(documented()), ids=lambda table: table.name)
def test_every_documented_table_has_its_own_query(table: Table) -> None:
    query = query_text(table, PLACE, Variant.ROWS)
    package = Package(template_file(table, PLACE))
    assert read_mashup(mashup_in(package.parts["/customXml/item1.xml"])).queries == {table.name: query.strip()}
    assert template_file(table, PLACE, query) == template_file(table, PLACE)
    fields = parsed(package.parts["/xl/queryTables/queryTable1.xml"]).iter(f"{MAIN}queryTableField")
    assert [one.get("name") for one in fields] == [column.name for column in table.columns]


def test_a_table_wider_than_a_sheet_is_refused() -> None:
    with pytest.raises(ValueError, match="16384 columns"):
        template_file(table_of("wide", tuple(column_of(f"c{number}") for number in range(16_385))), PLACE, QUERY)


def test_what_is_told_stays_text() -> None:
    described = "=1+1 \x01_x0041_ " + "long " * 8_000
    column = replace(column_of("=1+1"), description=described)
    package = Package(template_file(table_of("odd", (column,), "=2", "=3"), PLACE, QUERY))
    assert not list(parsed(package.parts["/xl/worksheets/sheet1.xml"]).iter(f"{MAIN}f"))
    sheet = "/xl/worksheets/sheet2.xml"
    assert not list(parsed(package.parts[sheet]).iter(f"{MAIN}f"))
    assert list(texts_of(package, "/xl/worksheets/sheet1.xml", 1)) == ["=1+1"]
    assert [text for row in (1, 2) for text in texts_of(package, sheet, row) if text] == ["=2", "=3"]
    said = max((text for row in range(1, 30) for text in texts_of(package, sheet, row)), key=len)
    assert said == " ".join(described.split())[:32_000]


def texts_of(package: Package, part: str, row: int) -> Iterator[str]:
    """The texts of a row of a sheet, which stand in their cells."""
    for cell in parsed(package.parts[part]).iterfind(f"{MAIN}sheetData/{MAIN}row[@r='{row}']/{MAIN}c"):
        yield unescape("".join(cell.itertext()))


@pytest.mark.law
@given(NASTY, NASTY, st.lists(NASTY, min_size=1, max_size=4, unique=True))
def test_no_name_title_or_address_breaks_it(name: str, title: str, columns: list[str]) -> None:
    table = table_of(name, tuple(map(column_of, columns)), title, title)
    package = Package(template_file(table, Place(f"https://example.com/{title}", "api_key", "Europe/Rome"), QUERY))
    assert package.reached()
    assert read_mashup(mashup_in(package.parts["/customXml/item1.xml"])).queries == {query_name(name): QUERY}
    found = parsed(package.parts["/xl/tables/table1.xml"])
    assert re.fullmatch(r"[^\W\d]\w*", str(found.get("displayName")))
    assert range_boundaries(found.get("ref")) == (1, 1, len(columns), 2)
    headings = [unescape(str(one.get("name"))) for one in found.iter(f"{MAIN}tableColumn")]
    assert headings == list(texts_of(package, "/xl/worksheets/sheet1.xml", 1))
    assert len({heading.casefold() for heading in headings}) == len(headings)
    fields = parsed(package.parts["/xl/queryTables/queryTable1.xml"]).iter(f"{MAIN}queryTableField")
    assert [unescape(str(one.get("name"))) for one in fields] == columns
