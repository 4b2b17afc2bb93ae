"""Batches and `/$query` over HTTP: several questions in one request, each answered as if it had come by itself."""

import json
from collections.abc import Sequence
from email.parser import BytesParser
from email.policy import HTTP

import httpx
import pytest

from tests.api.odata.test_documents import DATA, once
from tests.serving import Served

BATCH = "/odata/$batch"
TOP = "inboundCalls?$top=2&$select=id,cli"
COUNT = "inboundCalls/$count"
WRONG = "inboundCalls?$filter=usr%20eq%20'x'"
QUERY = "/odata/inboundCalls/$query"
CONTINUE = {"Prefer": "continue-on-error"}

Part = tuple[int, dict[str, str], str]
"""Status, headers by their names in small letters, and body of an answer in a batch."""


def multipart(*requests: str) -> dict[str, object]:
    """A batch as Power BI sends one whose address is too long."""
    parts = "".join(
        f"--b\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: {number}\r\n\r\n"
        f"{request} HTTP/1.1\r\nAccept: application/json;q=1.0,text/plain;q=0.7\r\n\r\n\r\n"
        for number, request in enumerate(requests, 1)
    )
    return {"content": f"{parts}--b--\r\n".encode(), "headers": {"Content-Type": "multipart/mixed; boundary=b"}}


def of_multipart(answer: httpx.Response) -> list[Part]:
    """The answers in a multipart one, read by Python's own reader of mail."""
    assert answer.status_code == 200, answer.text
    kind = f"Content-Type: {once(answer, 'Content-Type')}\r\n\r\n".encode()
    whole = BytesParser(policy=HTTP).parsebytes(kind + answer.content)
    assert whole.is_multipart()
    assert not whole.defects
    found = []
    for part in whole.iter_parts():
        assert part.get_content_type() == "application/http"
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        head, _, body = content.decode().partition("\r\n\r\n")
        line, *lines = head.split("\r\n")
        headers = {name.lower(): value for name, _, value in (one.partition(": ") for one in lines)}
        headers["content-id"] = part["Content-ID"]
        assert len(headers) == len(lines) + 1, "each header once"
        assert int(headers["content-length"]) == len(body.encode())
        found.append((int(line.split()[1]), headers, body))
    return found


def in_json(*urls: str, **more: Sequence[object]) -> dict[str, object]:
    """A batch as JSON; `more` says for names of members what each request has there, None for nothing."""
    requests: list[dict[str, object]] = [
        {"id": str(number), "method": "GET", "url": url} for number, url in enumerate(urls, 1)
    ]
    for name, values in more.items():
        for request, value in zip(requests, values, strict=True):
            if value is not None:
                request[name] = value
    return {"json": {"requests": requests}}


def posted(served: Served, batch: dict[str, object], address: str = BATCH, **headers: str) -> httpx.Response:
    """The answer to a batch."""
    content = dict(batch)
    content["headers"] = {**dict(content.pop("headers", {})), **headers}  # type: ignore[call-overload]
    return served.client.post(address, **content)  # type: ignore[arg-type]


def of_json(answer: httpx.Response) -> list[dict[str, object]]:
    """The answers in a JSON one."""
    assert answer.status_code == 200, answer.text
    found: list[dict[str, object]] = answer.json()["responses"]
    return found


@pytest.mark.parametrize("form", ["relative", "path", "whole"])
def test_each_part_is_what_the_address_alone_gives(odata: Served, form: str) -> None:
    root = {"relative": "", "path": "/odata/", "whole": f"{odata.address}/odata/"}[form]
    alone = [odata.get(f"/odata/{one}") for one in (TOP, COUNT, "$metadata?$format=json", "")]
    asked = [root + one for one in (TOP, COUNT, "$metadata?$format=json")] + [root or "/odata"]

    answer = posted(odata, multipart(*(f"GET {one}" for one in asked)))
    assert once(answer, "OData-Version") == "4.0"
    assert "Preference-Applied" not in answer.headers
    for number, (part, one) in enumerate(zip(of_multipart(answer), alone, strict=True), 1):
        status, headers, body = part
        assert (status, body, headers["content-id"]) == (200, one.text, str(number))
        assert headers["content-type"] == once(one, "Content-Type")
        assert headers["odata-version"] == "4.0"
        assert headers["etag"] == once(one, "ETag")
        assert "content-encoding" not in headers

    answer = posted(odata, in_json(*asked))
    assert once(answer, "Content-Type").startswith("application/json")
    for number, (said, one) in enumerate(zip(of_json(answer), alone, strict=True), 1):
        is_json = once(one, "Content-Type").startswith("application/json")
        assert (said["id"], said["status"]) == (str(number), 200)
        assert said["body"] == (one.json() if is_json else one.text)


@pytest.mark.parametrize("is_json", [False, True])
def test_an_error_ends_the_batch_unless_it_is_to_go_on(odata: Served, is_json: bool) -> None:
    batch = in_json(COUNT, WRONG, COUNT) if is_json else multipart(f"GET {COUNT}", f"GET {WRONG}", f"GET {COUNT}")

    def statuses(**headers: str) -> list[object]:
        answer = posted(odata, batch, **headers)
        confirmed = answer.headers.get("Preference-Applied")
        assert confirmed == ("continue-on-error" if headers == CONTINUE else None)
        found = of_json(answer) if is_json else of_multipart(answer)
        return [one["status"] if isinstance(one, dict) else one[0] for one in found]

    assert statuses() == [200, 400]
    assert statuses(Prefer="odata.continue-on-error=false") == [200, 400]
    assert statuses(**CONTINUE) == [200, 400, 200]


def test_that_a_batch_goes_on_is_declared(odata: Served) -> None:
    centre = odata.get("/odata/$metadata?$format=json").json()["TVox"]["Centre"]
    assert centre["@Capabilities.BatchContinueOnErrorSupported"] is True
    assert centre["@Capabilities.BatchSupport"]["ContinueOnErrorSupported"] is True


def test_what_is_wrong_with_a_part_is_an_odata_error_in_it(odata: Served) -> None:
    answer = posted(odata, multipart(f"GET {WRONG}", f"POST {TOP}", f"DELETE {TOP}", "GET /tables"), **CONTINUE)
    found = of_multipart(answer)
    assert [part[0] for part in found] == [400, 405, 405, 400]
    codes = [json.loads(body)["error"]["code"] for _, _, body in found]
    assert codes[0] == "TT102"
    assert codes[1] == codes[2] == odata.client.delete("/odata/inboundCalls").json()["error"]["code"]
    assert all(headers["content-type"] == DATA for _, headers, _ in found)
    assert found[1][1]["allow"] == "GET"


def test_what_depends_on_a_failure_fails(odata: Served) -> None:
    batch = in_json(WRONG, COUNT, COUNT, COUNT, dependsOn=[None, ["1"], None, ["3"]])
    first, second, third, fourth = of_json(posted(odata, batch, **CONTINUE))
    assert [one["status"] for one in (first, second, third, fourth)] == [400, 424, 200, 200]
    error = second["body"]["error"]  # type: ignore[index]
    assert (error["code"], '"1"' in error["message"]) == ("TT169", True)


def test_parts_have_headers_of_their_own(odata: Served) -> None:
    etag = odata.get(f"/odata/{TOP}").headers["ETag"]
    headers = [{"If-None-Match": etag}, {"prefer": "odata.maxpagesize=1"}, {"OData-MaxVersion": "4.01"}]
    first, second, third = of_json(posted(odata, in_json(TOP, TOP, TOP, headers=headers)))
    assert (first["status"], "body" in first) == (304, False)
    assert [name for name in second["body"] if "nextLink" in name] == ["@odata.nextLink"]  # type: ignore[attr-defined]
    assert "@context" in third["body"]  # type: ignore[operator]
    link = second["body"]["@odata.nextLink"]  # type: ignore[index]
    assert link.startswith(f"{odata.address}/odata/{TOP}&$skiptoken=")
    (following,) = of_json(posted(odata, in_json(link)))
    assert len(following["body"]["value"]) == 1  # type: ignore[index]


@pytest.mark.parametrize(
    ("batch", "status", "code"),
    [
        (in_json(*["inboundCalls"] * 101), 413, "TT166"),
        (multipart(*["GET inboundCalls"] * 101), 413, "TT166"),
        ({"content": b" " * 1_000_001, "headers": {"Content-Type": "application/json"}}, 413, "TT166"),
        ({"content": b"{", "headers": {"Content-Type": "application/json"}}, 400, "TT165"),
        ({"content": b"--x--", "headers": {"Content-Type": "multipart/mixed; boundary=b"}}, 400, "TT165"),
        ({"content": b"id\n", "headers": {"Content-Type": "text/csv"}}, 415, "TT167"),
        ({**in_json(COUNT), "headers": {"Accept": "text/html"}}, 406, "TT164"),
    ],
)
def test_a_batch_that_is_none_is_refused_as_a_whole(
    odata: Served, batch: dict[str, object], status: int, code: str
) -> None:
    answer = posted(odata, batch)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert once(answer, "Content-Type") == DATA


def test_one_key_opens_all_parts_and_none_opens_nothing(odata: Served) -> None:
    without = posted(odata, in_json(COUNT), **{"X-Telenia-APIKey": ""})
    assert (without.status_code, without.json()["error"]["code"]) == (401, "TT201")
    assert once(without, "WWW-Authenticate").startswith("Basic ")
    smuggled = in_json(f"{COUNT}?api_key={odata.key}", headers=[{"X-Telenia-APIKey": odata.key}])
    assert posted(odata, smuggled, **{"X-Telenia-APIKey": ""}).status_code == 401
    by_address = posted(odata, in_json(COUNT), f"{BATCH}?api_key={odata.key}", **{"X-Telenia-APIKey": ""})
    assert of_json(by_address)[0]["body"] == "72"


def test_each_part_counts_as_a_request_of_the_key(odata: Served) -> None:
    key = {"X-Telenia-APIKey": odata.services.keys.create("three a minute", per_minute=3)}
    found = of_json(posted(odata, in_json(COUNT, COUNT, COUNT, COUNT, COUNT), **key, **CONTINUE))
    assert [one["status"] for one in found] == [200, 200, 200, 429, 429]
    told = {name.lower(): value for name, value in found[3]["headers"].items()}  # type: ignore[attr-defined]
    assert 1 <= int(told["retry-after"]) <= 20
    assert found[3]["body"]["error"]["code"] == "TT204"  # type: ignore[index]
    assert posted(odata, in_json(COUNT), **key).status_code == 429


def test_options_may_stand_in_the_body_of_a_query(odata: Served) -> None:
    options = "$filter=user eq 'zoë.bianchi'&$select=id&$count=true"
    alone = odata.get(f"/odata/inboundCalls?{options}")
    assert alone.json()["@odata.count"] == 18
    for body in (options, options.replace("ë", "%C3%AB").replace(" ", "%20"), f"{options}\r\n"):
        answer = odata.client.post("/odata/inboundCalls/$query", content=body, headers={"Content-Type": "text/plain"})
        assert answer.json() == alone.json()
        assert once(answer, "Content-Type") == DATA
    divided = odata.client.post("/odata/inboundCalls/$query?$select=id", content="$top=3")
    assert [set(row) for row in divided.json()["value"]] == [{"id"}] * 3
    first = odata.client.post("/odata/inboundCalls/$query", content=options, headers={"Prefer": "maxpagesize=10"})
    assert len(first.json()["value"]) == 10
    assert odata.get(first.json()["@odata.nextLink"]).json()["value"] == alone.json()["value"][10:]
    broken = odata.client.post("/odata/inboundCalls/$query", content=options.encode("latin-1"))
    assert (broken.status_code, broken.json()["error"]["code"]) == (400, "TT160")
    long = odata.client.post("/odata/inboundCalls/$query", content=f"$top=1&$select=id&tenant={'x' * 200_000}")
    assert len(long.json()["value"]) == 1, "it is longer than an address may be"
    wrong = odata.client.post("/odata/inboundCalls/$query?$top=1", content="$top=3")
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (400, "TT109")


@pytest.mark.parametrize("taken", ["text/plain; charset=utf-8", "Text/Plain", "application/x-www-form-urlencoded"])
def test_options_in_a_body_are_text(odata: Served, taken: str) -> None:
    answer = odata.client.post(QUERY, content="$top=1&$filter=step+eq+1&$select=step", headers={"Content-Type": taken})
    assert answer.json()["value"] == [{"step": 1}]


@pytest.mark.parametrize("sent", ["application/json", "multipart/mixed; boundary=b", "text/html", "", "text/plainer"])
def test_options_in_a_body_of_another_type_are_refused(odata: Served, sent: str) -> None:
    answer = odata.client.post(QUERY, content="$top=1", headers={"Content-Type": sent})
    assert (answer.status_code, answer.json()["error"]["code"]) == (415, "TT167")
    assert answer.json()["error"]["message"].startswith(f'What is posted here cannot be of the media type "{sent}". ')
    assert answer.json()["error"]["message"].endswith(" options as text/plain.")


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("address", [BATCH, QUERY])
def test_what_takes_post_alone_says_so(odata: Served, method: str, address: str) -> None:
    answer = odata.client.request(method, address)
    assert (answer.status_code, once(answer, "Allow")) == (405, "POST")
    assert (
        method == "HEAD" or answer.json()["error"]["message"] == f'"{address}" does not take {method}. Ask with POST.'
    )


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize(
    "address", ["/odata", "/odata/", "/odata/inboundCalls", "/odata/_requests", "/odata/$metadata"]
)
def test_all_others_say_that_they_are_read(odata: Served, method: str, address: str) -> None:
    answer = odata.client.request(method, address)
    assert (answer.status_code, once(answer, "Allow")) == (405, "GET, HEAD")
    assert answer.json()["error"]["code"] == "TT113"


def test_a_query_by_post_is_no_get_of_a_batch(odata: Served) -> None:
    (found,) = of_json(posted(odata, in_json("inboundCalls/$query?$top=1")))
    assert (found["status"], found["body"]["error"]["code"]) == (405, "TT113")  # type: ignore[index]
