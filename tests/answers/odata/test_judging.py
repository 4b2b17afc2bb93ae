"""What a walk makes of answers: nothing of those that the service sends, and each fault by its name."""

import json
from dataclasses import replace

import pytest

from answers.odata.judging import Fault, behind, of_arrival, of_following, of_metadata, of_page, of_service_document
from connectors.walking import Came

ROOT = "https://tables.example/odata"
SENT = "$select=id&$filter=now()%20gt%202000-01-01T00:00:00%2B01:00"
LINK = f"{ROOT}/calls?{SENT}&$skiptoken=abc"
HEADERS = (("odata-version", "4.0"), ("content-type", "application/json;odata.metadata=minimal"))


def page(link: str | None = LINK, rows: int = 1, context: str = f"{ROOT}/$metadata#calls", **more: object) -> Came:
    """A page as it came."""
    body: dict[str, object] = {"@odata.context": context, "value": [{"id": str(number)} for number in range(rows)]}
    if link is not None:
        body["@odata.nextLink"] = link
    headers = (*HEADERS, ("preference-applied", "odata.maxpagesize=1"))
    return replace(Came(f"{ROOT}/calls", 200, headers, json.dumps(body).encode()), **more)  # type: ignore[arg-type]


def faults(came: Came) -> list[Fault]:
    return [one.fault for one in of_page(came, ROOT, SENT)]


def with_header(name: str, *values: str) -> Came:
    came = page()
    kept = tuple(pair for pair in came.headers if pair[0] != name)
    return replace(came, headers=(*kept, *((name, value) for value in values)))


def test_nothing_is_found_where_nothing_is_wrong() -> None:
    assert faults(page()) == []
    assert faults(page(link=None, rows=0)) == []
    assert (
        of_metadata(Came(ROOT, 200, (("odata-version", "4.0"), ("content-type", "application/xml")), b"<a/>"), ROOT)
        == ()
    )


@pytest.mark.parametrize(
    ("came", "fault"),
    [
        (with_header("odata-version", "4.0", "4.0"), Fault.TWO_VERSIONS),
        (with_header("odata-version", "4.0, 4.0"), Fault.TWO_VERSIONS),
        (with_header("odata-version"), Fault.NO_VERSION),
        (with_header("content-type"), Fault.NO_TYPE),
        (with_header("content-type", "text/html; charset=utf-8"), Fault.OTHER_TYPE),
        (with_header("preference-applied"), Fault.ANSWER_HEADER_LOST),
        (with_header("age", "17"), Fault.OLD),
        (page(link=LINK.replace("https:", "http:")), Fault.HTTP_LINKS),
        (page(context="http://tables.example/odata/$metadata#calls"), Fault.HTTP_LINKS),
        (page(link=LINK.replace("tables.example", "10.0.0.7:8000")), Fault.OTHER_HOST),
        (page(link=LINK.replace("/odata", "/inner/odata")), Fault.OTHER_PATH),
        (page(rows=3), Fault.PREFER_LOST),
        (page(link=LINK.replace("$filter", "%24filter")), Fault.CHANGED_ADDRESS),
        (page(link=LINK.replace("%2B", "+")), Fault.CHANGED_ADDRESS),
        (page(link=LINK.replace("$select=id&", "")), Fault.CHANGED_ADDRESS),
        (page(body=page().body[:-9]), Fault.CUT),
        (page(body=b"[]"), Fault.CUT),
        (page(problem="the connection ended too early"), Fault.CUT),
        (page(status=302, headers=(("location", "https://login.example/"),)), Fault.REDIRECT),
        (page(status=502, body=b"<html>Bad gateway</html>"), Fault.REFUSED),
        (page(status=401, body=b'{"error":{"code":"TT201"}}'), Fault.KEY_LOST),
        (Came(ROOT, problem="nobody answers"), Fault.UNREACHABLE),
    ],
)
def test_each_fault_is_found_alone(came: Came, fault: Fault) -> None:
    [one] = of_page(came, ROOT, SENT)
    assert one.fault is fault
    assert one.sentence.endswith(".")
    assert one.advice.endswith(".")


def test_metadata_that_are_no_xml_are_told() -> None:
    headers = (("odata-version", "4.0"), ("content-type", "application/xml"))
    [cut] = of_metadata(Came(ROOT, 200, headers, b"<a><b></a>"), ROOT)
    assert cut.fault is Fault.CUT
    [lost] = of_metadata(Came(ROOT, 200, HEADERS, b"{}"), ROOT)
    assert lost.fault is Fault.ACCEPT_LOST
    [other] = of_metadata(Came(ROOT, 200, (headers[0], ("content-type", "text/html")), b"<html></html>"), ROOT)
    assert other.fault is Fault.OTHER_TYPE


def test_the_first_page_again_is_no_second_page() -> None:
    [found] = of_following(page(link=None), ROOT, page())
    assert found.fault is Fault.CHANGED_ADDRESS
    assert "$skiptoken" in found.sentence


def test_a_service_document_is_judged_by_its_context() -> None:
    assert of_service_document(page(link=None), ROOT) == ()
    assert [one.fault for one in of_service_document(page(context="http://a/odata/$metadata"), ROOT)] == [
        Fault.OTHER_HOST
    ]


@pytest.mark.parametrize(
    ("headers", "address", "found"),
    [
        ({}, "http://tables.example", []),
        ({"x-forwarded-proto": "https", "x-forwarded-host": "tables.example"}, "https://tables.example", []),
        ({"x-forwarded-proto": "https"}, "http://tables.example", [Fault.HTTP_LINKS]),
        ({"x-forwarded-proto": "HTTPS, http"}, "http://tables.example:80", [Fault.HTTP_LINKS]),
        ({"x-forwarded-host": "public.example"}, "https://inner:8000", [Fault.OTHER_HOST]),
    ],
)
def test_a_request_tells_how_people_come(headers: dict[str, str], address: str, found: list[Fault]) -> None:
    assert [one.fault for one in of_arrival(headers, address)] == found


@pytest.mark.parametrize(
    ("link", "rest"),
    [
        (LINK, f"/calls?{SENT}&$skiptoken=abc"),
        ("https://evil.example/x/odata/calls?a", "/calls?a"),
        ("https://evil.example/calls?a", None),
        ("/odata@evil.example/calls?a", None),
        ("https://tables.example/odata", None),
        ("", None),
    ],
)
def test_only_what_stands_behind_the_root_is_followed(link: str, rest: str | None) -> None:
    assert behind(link, ROOT) == rest
