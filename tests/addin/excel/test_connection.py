"""The connection file: a page with islands of XML, one of which holds the query."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html  # type: ignore[import-untyped]  # lxml has no types of its own

from addin.excel import connection_text, query_name
from addin.place import Place
from addin.powerquery import Variant, query_text
from tests.addin.excel.reading import Element, parsed
from tests.addin.excel.tables import CALLS, PLACE, QUERY, column_of, table_of

_HTML = "{http://www.w3.org/TR/REC-html40}"
_ODC = "{urn:schemas-microsoft-com:office:odc}"
_MASHUP = "{http://schemas.microsoft.com/DataMashup}"
NASTY = st.text(st.sampled_from("""aé☎"'&<>];[]{}/ #_x0041_"""), min_size=1, max_size=20)


def connection_in(text: str) -> Element:
    (island,) = (one for one in parsed(text.encode()).iter(f"{_HTML}xml") if one.get("id") == "msodc")
    (found,) = island
    assert found.tag == f"{_ODC}OfficeDataConnection"
    return found


def query_in(text: str) -> tuple[str | None, str | None]:
    """The name and the formula of the one query."""
    written = connection_in(text).findtext(f"{_ODC}PowerQueryMashupData")
    assert written is not None
    mashup = parsed(written.encode())
    assert [one.tag.removeprefix(_MASHUP) for one in mashup] == [
        *("Client", "Version", "MinVersion", "Culture", "SafeCombine", "Items")
    ]
    (query,) = mashup.iterfind(f"{_MASHUP}Items/{_MASHUP}Query")
    return query.get("Name"), query.findtext(f"{_MASHUP}Formula")


def test_it_holds_the_query_and_how_to_reach_it() -> None:
    text = connection_text(CALLS, PLACE, QUERY)
    assert query_in(text) == ("calls", QUERY)
    found = connection_in(text)
    assert [one.tag.removeprefix(_ODC) for one in found] == ["PowerQueryConnection", "PowerQueryMashupData"]
    assert [(one.tag.removeprefix(_ODC), one.text) for one in found[0]] == [
        (
            "ConnectionString",
            'Provider=Microsoft.Mashup.OleDb.1;Data Source=$Workbook$;Location=calls;Extended Properties=""',
        ),
        ("CommandType", "SQL"),
        ("CommandText", "SELECT * FROM [calls]"),
    ]
    assert dict(found[0].attrib) == {f"{_ODC}Type": "OLEDB"}


def test_a_table_has_its_own_query() -> None:
    assert query_in(connection_text(CALLS, PLACE)) == ("calls", query_text(CALLS, PLACE, Variant.ROWS).strip())


def test_a_reader_of_html_finds_the_same() -> None:
    page = html.document_fromstring(connection_text(CALLS, PLACE, QUERY).encode())
    named = {one.get("name"): one.get("content") for one in page.iter("meta")}
    assert named["ProgId"] == "ODC.Database"
    assert named["SourceType"] == "OLEDB"
    assert page.findtext(".//title") == "Query - calls"
    (island,) = (one for one in page.iter("xml") if one.get("id") == "msodc")
    (data,) = (one for one in island.iter() if str(one.tag).endswith("powerquerymashupdata"))
    assert f"<![CDATA[{QUERY.replace(']]>', ']]]]><![CDATA[>')}]]>" in (data.text or "")


@pytest.mark.law
@given(NASTY, NASTY, NASTY)
def test_no_name_title_or_address_breaks_it(name: str, title: str, query: str) -> None:
    table = table_of(name, (column_of("id"),), title)
    text = connection_text(table, Place(f"https://example.com/{title}", "api_key", "Europe/Rome"), query)
    assert query_in(text) == (query_name(name), query.strip())
