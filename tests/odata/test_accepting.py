"""What an answer is written in: what Power Query sends, what the standard says, and what is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odata.accepting import Amount, Kind, MediaType, Version, answer_type, version_of
from tabular.errors import TypeNotOffered, VersionRefused
from tests.conftest import SHARED

POWER_QUERY = (
    "application/json;odata.metadata=minimal;q=1.0,application/json;odata=minimalmetadata;q=0.9,"
    "application/atomsvc+xml;q=0.8,application/atom+xml;q=0.8,application/xml;q=0.7,text/plain;q=0.7"
)
EXACTLY = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Kind.DATA, EXACTLY),
        (Kind.METADATA, "application/xml"),
        (Kind.VALUE, "text/plain;charset=utf-8"),
        (Kind.COUNT, "text/plain;charset=utf-8"),
        (Kind.BATCH, "multipart/mixed"),
        (Kind.ERROR, EXACTLY),
    ],
)
def test_power_query_gets_what_it_reads(kind: Kind, expected: str) -> None:
    assert answer_type(POWER_QUERY, None, kind).content_type() == expected
    assert answer_type(None, None, kind).content_type() == expected
    assert answer_type("*/*", None, kind).content_type() == expected


def test_a_raw_count_is_text_whatever_the_client_takes() -> None:
    # python-odata says `Accept: application/json` of all it asks.
    assert answer_type("application/json", None, Kind.COUNT) == MediaType("text/plain")
    with pytest.raises(TypeNotOffered):
        answer_type("text/plain", "json", Kind.COUNT)


@pytest.mark.parametrize(
    ("accept", "amount", "streaming", "exact"),
    [
        ("application/json", "minimal", True, False),
        ("application/*", "minimal", True, False),
        ("APPLICATION/JSON;ODATA.METADATA=FULL", "full", True, False),
        ("application/json;metadata=none", "none", True, False),
        ("application/json;odata=fullmetadata", "full", True, False),
        ("application/json;odata=nometadata", "none", True, False),
        ("application/json;IEEE754Compatible=true", "minimal", True, True),
        ("application/json;odata.streaming=false", "minimal", False, False),
        ("application/json;streaming=true;profile=x", "minimal", True, False),
        ('application/json;odata.metadata="full";charset=UTF-8', "full", True, False),
        ("application/json;odata.metadata=full;q=0.5,application/json;odata.metadata=none;q=0.8", "none", True, False),
        ("application/json;odata.metadata=full,*/*", "full", True, False),
        ("application/json;odata=verbose,application/json", "minimal", True, False),
        ("text/csv, application/json;q=0.001", "minimal", True, False),
        (BROWSER, "minimal", True, False),
        ("application/json;q=0.1,*/*;q=0.9", "minimal", True, False),
    ],
)
def test_parameters_of_json_are_understood(accept: str, amount: str, streaming: bool, exact: bool) -> None:
    expected = MediaType("application/json", Amount(amount), streaming, exact)
    assert answer_type(accept, None, Kind.DATA) == expected


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/atom+xml", Kind.DATA),
        ("application/xml", Kind.DATA),
        ("application/json;odata=verbose", Kind.DATA),
        ("application/json;odata.metadata=some", Kind.DATA),
        ("application/json;charset=iso-8859-1", Kind.DATA),
        ("application/json;q=0, */*", Kind.DATA),
        ("application/json;q=2", Kind.DATA),
        ("json", Kind.DATA),
        ("text/html", Kind.METADATA),
        ("image/png", Kind.VALUE),
        ("text/html", Kind.BATCH),
    ],
)
def test_what_does_not_fit_is_refused(accept: str, kind: Kind) -> None:
    with pytest.raises(TypeNotOffered) as refused:
        answer_type(accept, None, kind)
    assert refused.value.status == 406
    assert refused.value.source == "Accept"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("application/json", "application/json"),
        ("application/json;odata.metadata=minimal, application/json;q=0.1", "application/json"),
        ("application/json, text/plain", "application/json"),
        ("application/xml;q=0, application/json, */*", "application/json"),
        ("application/json, text/plain, */*", "application/xml"),
        ("application/json, application/xml;q=0.1", "application/xml"),
        (BROWSER, "application/xml"),
    ],
)
def test_metadata_is_xml_for_all_who_take_it(accept: str, expected: str) -> None:
    assert answer_type(accept, None, Kind.METADATA).content_type() == expected


@pytest.mark.parametrize(
    ("asked_in", "accept", "expected"),
    [
        ("multipart/mixed", None, "multipart/mixed"),
        ("multipart/mixed", POWER_QUERY, "multipart/mixed"),
        ("multipart/mixed", "application/json", "application/json"),
        ("application/json", None, "application/json"),
        ("application/json", "*/*", "application/json"),
        ("application/json", "multipart/mixed", "multipart/mixed"),
        ("application/json", POWER_QUERY, "application/json"),
    ],
)
def test_a_batch_is_answered_as_it_is_written(asked_in: str, accept: str | None, expected: str) -> None:
    assert answer_type(accept, None, Kind.BATCH, asked_in).content_type() == expected


@pytest.mark.parametrize(
    ("option", "kind", "expected"),
    [
        ("json", Kind.DATA, EXACTLY),
        ("JSON", Kind.METADATA, "application/json"),
        ("xml", Kind.METADATA, "application/xml"),
        ("application/xml", Kind.METADATA, "application/xml"),
        ("application/json;odata.metadata=full", Kind.DATA, EXACTLY.replace("minimal", "full")),
        ("application/json;IEEE754Compatible=true", Kind.DATA, EXACTLY.replace("=false", "=true")),
        ("json", Kind.BATCH, "application/json"),
        ("multipart/mixed", Kind.BATCH, "multipart/mixed"),
        ("", Kind.DATA, EXACTLY),
    ],
)
def test_format_outdoes_accept(option: str, kind: Kind, expected: str) -> None:
    assert answer_type("*/*" if not option else "image/png", option, kind).content_type() == expected


@pytest.mark.parametrize("option", ["atom", "xml", "text/html", "csv", "application/json;odata.metadata=x"])
def test_a_format_that_rows_do_not_have_is_refused(option: str) -> None:
    with pytest.raises(TypeNotOffered, match=r"\$format asks for .* It answers in application/json\. \[TT164\]"):
        answer_type(POWER_QUERY, option, Kind.DATA)


def test_an_error_is_json_whatever_is_asked_for() -> None:
    assert answer_type("image/png", "atom", Kind.ERROR).content_type() == EXACTLY


def test_401_leaves_the_prefix_out() -> None:
    written = answer_type("application/json;metadata=full", None, Kind.DATA).content_type("4.01")
    assert written == "application/json;metadata=full;streaming=true;IEEE754Compatible=false;charset=utf-8"


@pytest.mark.parametrize(
    ("most", "version", "expected"),
    [
        (None, None, "4.0"),
        ("4.0", None, "4.0"),
        ("4.01", None, "4.01"),
        ("4.01", "4.0", "4.01"),
        (" 4.0 ", "4.0", "4.0"),
        ("06.2831852000", None, "4.01"),
        ("4.1", None, "4.01"),
        (None, "4.01", "4.0"),
    ],
)
def test_the_version_is_40_unless_more_is_asked_for(most: str | None, version: str | None, expected: Version) -> None:
    assert version_of(most, version) == expected


@pytest.mark.parametrize(
    ("most", "version", "header"),
    [
        ("3.0", None, "OData-MaxVersion"),
        ("four", None, "OData-MaxVersion"),
        ("4.0,4.0", None, "OData-MaxVersion"),
        ("٤.0", None, "OData-MaxVersion"),
        ("4.0", "3.0", "OData-Version"),
        ("4.01", "4.02", "OData-Version"),
    ],
)
def test_other_versions_are_refused(most: str, version: str | None, header: str) -> None:
    with pytest.raises(VersionRefused) as refused:
        version_of(most, version)
    assert refused.value.header == header


CASES = SHARED / "cases" / "odata-abnf" / "odata-abnf-testcases.json"


@pytest.mark.skipif(not CASES.exists(), reason="the shared cases are not here")
def test_the_headers_of_the_standards_cases_are_read() -> None:
    found = [
        case["Input"].partition(":")[2]
        for case in json.loads(CASES.read_text())["TestCases"]
        if case["Rule"] == "header" and case["Input"].lower().startswith(("odata-maxversion", "odata-version"))
    ]
    assert len(found) == 5
    assert [version_of(value, None) for value in found] == ["4.0", "4.01", "4.01", "4.0", "4.01"]


@pytest.mark.law
@given(st.lists(st.sampled_from([*'*/;,=q0.15 "', "application", "json", "odata.metadata", "full", "text"])))
def test_any_accept_is_answered_or_refused(words: list[str]) -> None:
    accept = "".join(words)
    for kind in Kind:
        try:
            assert answer_type(accept, None, kind).content_type()
        except TypeNotOffered:
            assert kind is not Kind.ERROR
