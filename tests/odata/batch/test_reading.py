"""Batches as clients write them, and what is said of those that cannot be read."""

import json
from email import policy
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odata.batch import LARGEST, PartRequest, read, refusal_of
from tabular.errors import BatchTooLarge, BatchWrong, BodyNotBatch, TablesError
from tests.conftest import SHARED

ROOT = "/odata"
MIXED = "multipart/mixed;boundary=b_1"


def multipart(*parts: str, boundary: str = "b_1") -> bytes:
    """Parts of application/http, as a client writes them."""
    whole = "".join(f"--{boundary}\r\nContent-Type: application/http\r\n{part}\r\n" for part in parts)
    return f"{whole}--{boundary}--\r\n".encode()


def of_json(*requests: dict[str, object]) -> tuple[PartRequest, ...]:
    return read("application/json", json.dumps({"requests": requests}).encode(), ROOT).parts


def get(own_id: str, url: str, **more: object) -> dict[str, object]:
    return {"id": own_id, "method": "get", "url": url, **more}


POWER_QUERY = (
    "--batch_36522ad7\r\n"
    "Content-Type: application/http\r\n"
    "Content-Transfer-Encoding: binary\r\n"
    "\r\n"
    "GET https://t.example/odata/calls?$select=id%2Ccli&$top=1000 HTTP/1.1\r\n"
    "Accept: application/json;odata.metadata=minimal\r\n"
    "Host: t.example\r\n"
    "\r\n"
    "\r\n"
    "--batch_36522ad7--\r\n"
)


def test_a_long_address_comes_as_a_batch() -> None:
    found = read("multipart/mixed; boundary=batch_36522ad7", POWER_QUERY.encode(), ROOT)
    assert found.media_type == "multipart/mixed"
    headers = (("Accept", "application/json;odata.metadata=minimal"), ("Host", "t.example"))
    assert found.parts == (PartRequest("", "GET", "calls", "$select=id%2Ccli&$top=1000", headers),)


@pytest.mark.parametrize(
    ("url", "path", "query"),
    [
        ("calls?$top=5", "calls", "$top=5"),
        ("calls('a%2Fb')/steps", "calls('a%2Fb')/steps", ""),
        ("/odata/calls?a=b?c", "calls", "a=b?c"),
        ("/odata", "", ""),
        ("/odata/", "", ""),
        ("https://anywhere:8443/odata/$metadata#x", "$metadata", ""),
        ("calls('https://x')", "calls('https://x')", ""),
    ],
)
def test_addresses_come_in_three_forms(url: str, path: str, query: str) -> None:
    (of_multipart,) = read(MIXED, multipart(f"\r\nGET {url} HTTP/1.1\r\n\r\n"), ROOT).parts
    (of_objects,) = of_json(get("1", url))
    for found in (of_multipart, of_objects):
        assert (found.path, found.query, found.refusal) == (path, query, None)


@pytest.mark.parametrize(
    ("method", "url", "status", "said"),
    [
        ("POST", "calls", 405, "does not take POST. Ask with GET."),
        ("DELETE", "calls(1)", 405, "does not take DELETE"),
        ("GET", "/other/calls", 400, "its address is none of this service"),
        ("GET", "https://t/odatas/calls", 400, "its address is none of this service"),
        ("GET", "$1/steps", 501, "the answer of another request"),
        ("GET", "$batch", 501, "A batch in a batch"),
    ],
)
def test_one_part_is_refused_alone(method: str, url: str, status: int, said: str) -> None:
    first = "Content-ID: 1\r\n\r\nGET calls HTTP/1.1\r\n\r\n"
    parts = read(MIXED, multipart(first, f"\r\n{method} {url} HTTP/1.1\r\n\r\n"), ROOT).parts
    for good, bad in (parts, of_json(get("1", "calls"), get("2", url) | {"method": method})):
        assert good.refusal is None
        assert bad.refusal is not None
        assert bad.refusal.status == status
        assert said in str(bad.refusal)
        assert refusal_of(bad, {"1": 200}) is bad.refusal


def test_a_changeset_is_refused_alone() -> None:
    changeset = "--b_1\r\nContent-Type: multipart/mixed;boundary=c\r\n\r\n--c\r\n\r\n--c--\r\n"
    body = changeset.encode() + multipart("\r\nGET calls HTTP/1.1\r\n\r\n")
    refused, good = read(MIXED, body, ROOT).parts
    assert refused.refusal is not None
    assert (refused.refusal.status, good.refusal) == (501, None)


def test_atomicity_groups_and_conditions_are_refused_alone() -> None:
    found = of_json(
        get("1", "calls", atomicityGroup="g"),
        get("2", "calls", dependsOn=["g", "1"]),
        {"id": "3", "method": "get", "url": "calls", "if": "$1/count gt 3"},
    )
    assert [part.refusal.status if part.refusal else None for part in found] == [501, None, 501]
    assert found[0].group == "g"
    assert found[1].depends_on == ("g", "1")


def test_a_part_needs_those_that_it_depends_on() -> None:
    _, second = of_json(get("1", "calls"), get("2", "calls", dependsOn=["1"]))
    assert refusal_of(second, {"1": 200}) is None
    for statuses in ({"1": 404}, {}):
        refusal = refusal_of(second, statuses)
        assert refusal is not None
        assert (refusal.status, refusal.code) == (424, "TT169")


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("\r\nGET\r\n\r\n", "request line"),
        ("\r\nGET calls HTTP/1.1 x\r\n\r\n", "request line"),
        ("\r\nGET calls HTTP/1.1\r\nno header\r\n\r\n", "headers of its request"),
        ("no header\r\n\r\nGET calls HTTP/1.1\r\n\r\n", "headers cannot be read"),
        ("Content-ID: a\rb\r\n\r\nGET calls HTTP/1.1\r\n\r\n", "headers cannot be read"),
        ("Content-Type: text/plain\r\n\r\nGET calls HTTP/1.1\r\n\r\n", "it is no request"),
    ],
)
def test_a_part_that_cannot_be_read_is_refused_alone(part: str, said: str) -> None:
    bad, good = read(MIXED, multipart(part, "\r\nGET calls HTTP/1.1\r\n\r\n"), ROOT).parts
    assert isinstance(bad.refusal, BatchWrong)
    assert said in bad.refusal.message
    assert good.refusal is None


@pytest.mark.parametrize(
    ("content_type", "body", "kind", "said"),
    [
        ("text/plain", b"", BodyNotBatch, "text/plain"),
        ("", b"", BodyNotBatch, "cannot be of the media type"),
        ("multipart/mixed", b"", BodyNotBatch, "with a boundary"),
        (MIXED, b"", BatchWrong, "nowhere"),
        (MIXED, multipart("x", boundary="b_12"), BatchWrong, "nowhere"),
        (MIXED, multipart("x")[:-6], BatchWrong, "last boundary is missing"),
        (MIXED, multipart(*["Content-ID: 1\r\n\r\nGET calls HTTP/1.1\r\n\r\n"] * 2), BatchWrong, "two parts"),
        (MIXED, multipart(*["x"] * 101), BatchTooLarge, "more than 100 requests"),
        (MIXED, b" " * (LARGEST + 1), BatchTooLarge, "more than 1 MB"),
        ("application/json", b"{", BatchWrong, "no JSON"),
        ("application/json", b"[" * 100_000, BatchWrong, "no JSON"),
        ("application/json", b"\xff", BatchWrong, "no JSON"),
        ("application/json", b"[]", BatchWrong, 'no list "requests"'),
        ("application/json", b'{"requests":{}}', BatchWrong, 'no list "requests"'),
        ("application/json", b'{"requests":[1]}', BatchWrong, "request 1: it is no object"),
        ("application/json", b'{"requests":[' + b"0," * 100 + b"0]}", BatchTooLarge, "100"),
    ],
)
def test_a_batch_that_is_none_is_refused_whole(content_type: str, body: bytes, kind: type, said: str) -> None:
    with pytest.raises(kind) as refused:
        read(content_type, body, ROOT)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ({"method": "get", "url": "calls"}, '"id" is no text'),
        (get("a b", "calls"), "its id is none"),
        (get("1", "calls"), 'the id "1" is that of another one'),
        (get("2", ""), '"url" is no text'),
        ({"id": "2", "method": 1, "url": "calls"}, '"method" is no text'),
        (get("2", "calls", headers=[]), "headers"),
        (get("2", "calls", headers={"a": 1}), "headers"),
        (get("2", "calls", dependsOn=["3"]), "depends on"),
        (get("2", "calls", dependsOn=[{}]), "depends on"),
        (get("2", "calls", dependsOn="1"), "depends on"),
        (get("2", "calls", atomicityGroup=""), '"atomicityGroup" is no text'),
    ],
)
def test_a_wrong_request_of_a_json_batch_refuses_it_whole(request_: dict[str, object], said: str) -> None:
    with pytest.raises(BatchWrong) as refused:
        of_json(get("1", "calls"), request_)
    assert "request 2" in refused.value.message
    assert said in refused.value.message


CASES = SHARED / "cases" / "odata-abnf" / "odata-abnf-testcases.json"


@pytest.mark.skipif(not CASES.exists(), reason="the shared cases are not here")
def test_the_standards_request_ids_are_ids() -> None:
    ids = [case["Input"] for case in json.loads(CASES.read_text())["TestCases"] if case["Rule"] == "request-id"]
    assert len(ids) == 2
    assert [part.id for part in of_json(*(get(one, "calls") for one in ids))] == ids


NAMES = st.text("Xx-y", min_size=1, max_size=4).filter(lambda name: name[0] != "-")
VALUES = st.text('!~;:=a1"', min_size=1, max_size=6)
URLS = st.sampled_from(["calls", "calls(1)", "calls('%2F')/steps", "$metadata"])
QUERIES = st.text("$ab=&%?", max_size=6)
REQUESTS = st.lists(
    st.tuples(URLS, QUERIES, st.dictionaries(NAMES, VALUES, max_size=2)),
    min_size=1,
    max_size=3,
)


@pytest.mark.law
@given(REQUESTS, st.sampled_from(["b", "x'y", "b b", "-"]), st.booleans())
def test_what_another_writer_wrote_is_read(
    requests: list[tuple[str, str, dict[str, str]]], boundary: str, with_cr: bool
) -> None:
    whole = MIMEMultipart("mixed", boundary=boundary)
    for number, (path, query, headers) in enumerate(requests):
        part = MIMENonMultipart("application", "http")
        part["Content-ID"] = str(number)
        lines = [f"GET {path}{'?' if query else ''}{query} HTTP/1.1", *(f"{name}: {headers[name]}" for name in headers)]
        part.set_payload("\n".join([*lines, "", ""]))
        whole.attach(part)
    chosen = policy.HTTP if with_cr else policy.HTTP.clone(linesep="\n")
    _, _, body = whole.as_bytes(policy=chosen).partition(b"\r\n\r\n" if with_cr else b"\n\n")
    found = read(f'multipart/mixed; boundary="{boundary}"', body, ROOT)
    expected = [
        PartRequest(str(number), "GET", path, query, tuple(headers.items()))
        for number, (path, query, headers) in enumerate(requests)
    ]
    assert list(found.parts) == expected


@pytest.mark.law
@given(st.binary(max_size=60) | st.text(st.sampled_from('-b_1\r\n:{}[]"requestsid GET/'), max_size=60))
def test_any_body_is_read_or_refused(body: bytes | str) -> None:
    for content_type in (MIXED, "application/json"):
        refused: TablesError | None = None
        try:
            read(content_type, body.encode() if isinstance(body, str) else body, ROOT)
        except TablesError as found:
            refused = found
        assert refused is None or refused.status in (400, 413)
