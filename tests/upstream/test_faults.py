"""Each fault does what it says, to the requests that it is for, against a plain client."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.upstream.plain_upstream import QUERY, ROWS, Upstream, ask, data
from tests.upstream.proxy import Proxy

# ---- faults that need no upstream ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "details", "status", "headers"),
    [
        ("429", {}, 429, {"Retry-After": None}),
        ("429", {"retry_after": 7}, 429, {"Retry-After": "7"}),
        ("500", {}, 500, {}),
        ("503", {"retry_after": 2}, 503, {"Retry-After": "2"}),
        ("wrong_key", {}, 401, {}),
        ("redirect", {"location": "http://127.0.0.1:9/"}, 302, {"Location": "http://127.0.0.1:9/"}),
    ],
)
def test_refusals(
    proxy: Proxy,
    client: httpx.Client,
    upstream: Upstream,
    kind: str,
    details: dict[str, Any],
    status: int,
    headers: dict[str, str | None],
) -> None:
    proxy.fault(kind, **details)
    refused = ask(client)
    assert refused.status_code == status
    assert {name: refused.headers.get(name) for name in headers} == headers
    assert not upstream.heard
    assert data(ask(client))["rows"] == ROWS
    assert [(each.status, each.fault) for each in proxy.log()] == [(status, kind), (200, None)]


@pytest.mark.parametrize("form", ["", "truncated", "html", "empty"])
def test_garbage_is_no_json(proxy: Proxy, client: httpx.Client, form: str) -> None:
    proxy.fault("garbage", form=form)
    answer = ask(client)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == ("text/html" if form == "html" else "application/json")
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        answer.json()
    if form == "truncated":
        assert answer.text.startswith('{"data": {"held": 5, "rows": [{')


def test_a_stall_lasts_until_it_is_released_or_the_client_goes(
    proxy: Proxy, client: httpx.Client, upstream: Upstream
) -> None:
    proxy.fault("stall", times=2)
    with ThreadPoolExecutor(1) as another:
        waiting = another.submit(ask, client)
        (stalled,) = proxy.arrived(1)
        assert (stalled.status, stalled.fault) == (None, "stall")
        assert not upstream.heard
        proxy.release()
        assert data(waiting.result())["rows"] == ROWS
    with pytest.raises(httpx.ReadTimeout):
        client.post(QUERY, json={}, timeout=httpx.Timeout(60, read=0.05))
    assert data(ask(client))["rows"] == ROWS
    assert [each.status for each in proxy.log()] == [200, None, 200]
    assert len(upstream.heard) == 2


# ---- faults of true answers ----------------------------------------------------------------------------------


def test_a_cut_breaks_in_the_middle_of_the_body(proxy: Proxy, client: httpx.Client, upstream: Upstream) -> None:
    proxy.fault("cut")
    with client.stream("POST", QUERY, json={}) as answer:
        assert answer.status_code == 200
        size = int(answer.headers["Content-Length"])
        with pytest.raises(httpx.RemoteProtocolError, match=f"received {size // 2} bytes, expected {size}"):
            answer.read()
    assert len(upstream.heard) == 1
    assert data(ask(client))["rows"] == ROWS


def test_errors_stand_beside_the_data(proxy: Proxy, client: httpx.Client) -> None:
    proxy.fault("errors")
    proxy.fault("errors", form="null", field="held")
    whole, part = ask(client).json(), ask(client).json()
    assert (whole["data"]["rows"], whole["errors"][0]["path"]) == (ROWS, ["rows"])
    assert (part["data"]["held"], part["data"]["rows"], part["errors"][0]["path"]) == (None, ROWS, ["held"])


def test_a_page_shrinks_at_its_end(proxy: Proxy, client: httpx.Client) -> None:
    proxy.fault("shrink", rows=2)
    proxy.fault("shrink", field="unknown")
    assert [data(ask(client))["rows"] for _ in range(3)] == [ROWS[:3], ROWS[:4], ROWS]


def test_a_number_becomes_a_text(proxy: Proxy, client: httpx.Client) -> None:
    proxy.fault("wrong_type")
    assert data(ask(client))["rows"] == [ROWS[0] | {"step": "many"}, *ROWS[1:]]
    proxy.fault("wrong_type", column="vip")
    assert data(ask(client))["rows"] == ROWS, "a boolean is no number"
    assert [each.fault for each in proxy.log()] == ["wrong_type", None], "it waits for the next"


def test_the_page_before_comes_again(proxy: Proxy, client: httpx.Client, upstream: Upstream) -> None:
    proxy.fault("repeat")
    assert data(ask(client, 1))["offset"] == 1, "there is none before the first"
    assert data(ask(client, 8, "{ other }"))["offset"] == 8, "nor of other fields"
    assert data(ask(client, 2))["offset"] == 1
    assert data(ask(client, 3))["offset"] == 3
    assert [heard["accept-encoding"] for heard in upstream.heard] == ["identity", "identity", "gzip"]


# ---- which requests ------------------------------------------------------------------------------------------


def test_a_fault_strikes_the_nth_of_those_it_is_for(proxy: Proxy, client: httpx.Client) -> None:
    proxy.fault("500", times=2, at=3, asked="callsCount")
    proxy.fault("503", times=None, asked="{ other }")
    asked = ["{ other }", "{ callsCount }", "{ callsCount }", "{ other }", *["{ callsCount }"] * 3]
    statuses = [ask(client, query=query).status_code for query in asked]
    assert statuses == [503, 200, 200, 503, 500, 500, 200]


def test_chance_is_the_same_every_time(proxy: Proxy, client: httpx.Client) -> None:
    runs = []
    for seed in (1, 1, 2):
        proxy.reset()
        proxy.fault("500", times=None, probability=0.5, seed=seed)
        runs.append([ask(client).status_code for _ in range(30)])
    assert runs[0] == runs[1] != runs[2]
    assert {200, 500} == set(runs[0])


def test_what_is_no_fault_is_refused(proxy: Proxy) -> None:
    with pytest.raises(ValueError, match="flood"):
        proxy.fault("flood")
    with pytest.raises(ValueError, match="no form"):
        proxy.fault("garbage", form="xml")
    with pytest.raises(ValueError, match="sometimes"):
        proxy.mode("sometimes")
