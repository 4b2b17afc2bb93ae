"""The mashup, read by a reader of the specification."""

import json
import struct

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from addin.excel.mashup import Fill, item_of, mashup_of
from tests.addin.excel.reading import mashup_in, parsed, read_mashup
from tests.addin.excel.tables import QUERY

NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


def test_every_part_is_there_and_nothing_else() -> None:
    read = read_mashup(mashup_of({"calls": QUERY, "other": "1"}, {"calls": Fill("calls", ("id", 'a"b'))}))
    assert read.queries == {"calls": QUERY, "other": "1"}
    assert read.permissions == {
        "CanEvaluateFuturePackages": "false",
        "FirewallEnabled": "true",
        "WorkbookGroupType": None,
    }
    assert read.bindings == b""
    assert list(read.entries) == [("AllFormulas", ""), ("Formula", "Section1/calls"), ("Formula", "Section1/other")]
    calls, other = read.entries["Formula", "Section1/calls"], read.entries["Formula", "Section1/other"]
    assert (calls["FillEnabled"], calls["FillObjectType"], calls["FillTarget"]) == ("l1", "sTable", "scalls")
    assert json.loads(calls["FillColumnNames"][1:]) == ["id", 'a"b']
    assert other["FillEnabled"] == "l0"
    assert "FillTarget" not in other
    package = parsed(read.package.parts["/Config/Package.xml"].removeprefix(b"\xef\xbb\xbf"))
    assert [one.tag for one in package] == ["Version", "MinVersion", "Culture"]


def test_it_lies_in_a_part_of_utf_16() -> None:
    mashup = mashup_of({"calls": QUERY})
    assert mashup_in(item_of(mashup)) == mashup


def test_the_same_queries_are_the_same_bytes_of_no_time() -> None:
    mashup = mashup_of({"calls": QUERY})
    assert mashup_of({"calls": QUERY}) == mashup
    assert read_mashup(mashup).package.times == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.law
@given(st.dictionaries(NAMES, st.sampled_from([QUERY, "1", "1 // one", '"a;b"', "/* ; */ 2"]), min_size=1, max_size=3))
@example({'a "b" & <c>': "1", "#(lf)": "2", "each": "3", "città": "4", "a/b%": "5", "x\x0b\u2028y": "6"})
def test_names_of_any_kind_come_back(queries: dict[str, str]) -> None:
    read = read_mashup(mashup_of(queries))
    assert read.queries == queries
    paths = [path for kind, path in read.entries if kind == "Formula"]
    assert paths == [f"Section1/{name}" for name in queries]


@pytest.mark.parametrize(
    "broken",
    [
        lambda data: data + b"\0",
        lambda data: data[:-1],
        lambda data: struct.pack("<I", 1) + data[4:],
        lambda data: data[:4] + struct.pack("<I", len(data)) + data[8:],
    ],
)
def test_the_reader_refuses_what_is_none(broken: object) -> None:
    assert callable(broken)
    with pytest.raises((ValueError, struct.error)):
        read_mashup(broken(mashup_of({"calls": QUERY})))
