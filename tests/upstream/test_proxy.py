"""The proxy against a plain client: it passes on, writes down, limits, remembers, and goes down and up."""

import json
import ssl
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.upstream.arrivals import Arrival, Limit, asked_by
from tests.upstream.certificates import Authority, Pair
from tests.upstream.plain_upstream import QUERY, ROWS, Upstream, ask, data
from tests.upstream.proxy import ROOT, Proxy, most_in_a_minute

# ---- passing on ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["", "/chunks", "/end"])
def test_it_passes_on_what_came_and_what_comes_back(
    proxy: Proxy, client: httpx.Client, upstream: Upstream, way: str
) -> None:
    for offset in (1, 2):
        answer = client.post(
            QUERY + way, json={"query": "{ me { name } }", "variables": offset}, headers={"X-Telenia-APIKey": "k"}
        )
        assert data(answer) == {"held": 5, "rows": ROWS, "offset": offset}
        assert answer.headers["Content-Encoding"] == "gzip"
    assert [heard["x-telenia-apikey"] for heard in upstream.heard] == ["k", "k"]
    assert {heard["host"] for heard in upstream.heard} == {upstream.address.removeprefix("http://")}


def test_it_writes_down_what_arrived(proxy: Proxy, client: httpx.Client) -> None:
    began = monotonic()
    ask(client, 7)
    client.post(QUERY, json={"query": "query A { me { name } }"}, headers={"X-Telenia-APIKey": "k"})
    client.post(QUERY + "/lost", content=b"[]")
    first, second, third = proxy.log()
    assert (first.method, first.target, json.loads(first.body)["variables"]) == ("POST", QUERY, 7)
    assert first.asked == (("rows", "calls"), ("held", "callsCount"))
    assert (second.asked, second.keyed, first.keyed, third.asked) == ((("me", "me"),), True, False, ())
    assert began < first.at < second.at < monotonic()
    assert [each.status for each in (first, second)] == [200, 200]
    assert (third.status, third.fault) == (502, None)
    assert proxy.counts()["statuses"] == {"200": 2, "502": 1}


def test_what_is_asked_is_read_off_any_document() -> None:
    queries = {
        '{ a: calls(search: {id: {operator: EQUAL, value: ["{x}"]}}) { id } }': [("a", "calls")],
        'query Q($n: Int = 1, $s: S = {a: 1}) @x(y: "}") { calls { id } # {\n held: count }': [
            ("calls", "calls"),
            ("held", "count"),
        ],
        "{ calls @include(if: true) { id } ...Rest ... on Query { me { name } } }": [("calls", "calls")],
        '{ calls(text: """a " } \\""" {""") { id } me { name } }': [("calls", "calls"), ("me", "me")],
    }
    for query, asked in queries.items():
        assert asked_by(json.dumps({"query": query}).encode()) == tuple(asked), query


# ---- the limit -----------------------------------------------------------------------------------------------


def test_the_limit_holds_and_says_when_there_is_room(proxy: Proxy, client: httpx.Client) -> None:
    proxy.limit(3)
    with ThreadPoolExecutor(5) as several:
        answers = list(several.map(lambda _: ask(client), range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 429, 429]
    log = proxy.log()
    for refused in log[3:]:
        assert (refused.status, refused.fault) == (429, "limit")
    told = [int(answer.headers["Retry-After"]) for answer in answers if answer.status_code == 429]
    waits = [log[0].at + 60 - refused.at for refused in log[3:]]
    assert all(0 <= seconds - wait < 1 for seconds, wait in zip(sorted(told), sorted(waits), strict=True))
    assert most_in_a_minute(log) == 5
    proxy.limit(None)
    assert ask(client).status_code == 200


# Sums of sixty-fourths are exact: what is said of a second is said of a second, not of its rounding.
moments = st.lists(st.integers(0, 300 * 64).map(lambda part: part / 64), min_size=1, max_size=60).map(sorted)


def arrivals(moments: list[float]) -> list[Arrival]:
    return [Arrival(at, "POST", QUERY, "", (), keyed=True) for at in moments]


@pytest.mark.law
@given(moments, st.integers(1, 10))
def test_no_minute_has_more_than_the_limit_and_none_is_wasted(moments: list[float], most: int) -> None:
    limit, passed = Limit(most), []
    for now in moments:
        seconds = limit.spend(now)
        if seconds is None:
            passed.append(now)
            continue
        held = [at for at in passed if at + 60 > now]
        assert len(held) == most, "there was no room"
        assert sum(at + 60 > now + seconds for at in held) < most, "there is room when it says so"
        assert seconds == 1 or sum(at + 60 > now + seconds - 1 for at in held) == most, "and not a second before"
    assert most_in_a_minute(arrivals(passed)) <= most
    assert most_in_a_minute(arrivals(moments)) == max(sum(at <= each < at + 60 for each in moments) for at in moments)


def test_a_minute_is_half_open() -> None:
    assert most_in_a_minute(arrivals([0, 30, 59.9])) == 3
    assert most_in_a_minute(arrivals([0, 30, 60])) == 2
    assert most_in_a_minute([]) == 0


# ---- the rest ------------------------------------------------------------------------------------------------


def test_latency_is_added_to_each_request(proxy: Proxy, client: httpx.Client) -> None:
    proxy.latency(20)
    with ThreadPoolExecutor(4) as several:
        list(several.map(lambda _: ask(client), range(4)))
    log = proxy.log()
    assert all(each.answered and each.answered - each.at >= 0.02 for each in log)


def test_it_goes_down_and_comes_up_at_the_same_address(proxy: Proxy, client: httpx.Client) -> None:
    assert ask(client).status_code == 200
    proxy.fault("stall")
    with ThreadPoolExecutor(1) as another:
        waiting = another.submit(ask, client)
        proxy.arrived(2)
        proxy.down()
        assert isinstance(waiting.exception(), httpx.TransportError)
    for _ in range(2):
        with pytest.raises(httpx.ConnectError):
            ask(client)
    proxy.up()
    assert data(ask(client))["rows"] == ROWS
    assert len(proxy.log()) == 3


def test_it_answers_from_memory(proxy: Proxy, client: httpx.Client, upstream: Upstream) -> None:
    proxy.mode("record")
    first = [ask(client, offset) for offset in (1, 2, 1)]
    assert len(upstream.heard) == 3
    proxy.mode("replay")
    again = [ask(client, offset) for offset in (2, 1, 2)]
    assert [answer.content for answer in again] == [first[number].content for number in (1, 2, 1)]
    assert len(upstream.heard) == 3
    assert data(ask(client, 3))["offset"] == 3
    assert data(ask(client, 3))["offset"] == 3
    assert len(upstream.heard) == 4, "what it does not remember it asks for once"
    proxy.fault("shrink", rows=4)
    assert [len(data(ask(client, 1))["rows"]) for _ in range(2)] == [1, 5], "faults spoil what comes from memory, too"
    assert [each.remembered for each in proxy.log()] == [*[False] * 3, *[True] * 3, False, True, False, True]
    proxy.forget()
    ask(client, 1)
    assert not proxy.log()[-1].remembered


def test_an_upstream_that_is_not_there_is_a_bad_gateway(upstream: Upstream) -> None:
    with Proxy("http://127.0.0.1:9", limit=1, mode="replay") as alone:
        address = alone.address + QUERY
        statuses = [httpx.post(address, json={}, trust_env=False, timeout=60).status_code for _ in range(2)]
        assert statuses == [502, 429], "settings of the command line hold"


def test_it_ends_with_its_parent(upstream: Upstream) -> None:
    words = [sys.executable, "-m", "tests.upstream.proxy", "--upstream", upstream.address, "--attached"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as running:
        assert running.stdout is not None
        assert running.stdin is not None
        assert len(running.stdout.readline().split()) == 2
        running.stdin.close()
        assert running.wait(20) == 0


# ---- TLS -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority for this module."""
    return Authority(tmp_path_factory.mktemp("certificates"))


@pytest.mark.parametrize(
    ("pair", "complaint"), [("good", None), ("expired", "expired"), ("of_another", "IP address mismatch")]
)
def test_it_speaks_tls(authority: Authority, upstream: Upstream, pair: str, complaint: str | None) -> None:
    made: Pair = getattr(authority, pair)()
    trust = ssl.create_default_context(cafile=str(authority.certificate))
    with (
        Proxy(upstream.address, certificate=made.certificate, key=made.key) as proxy,
        httpx.Client(verify=trust, trust_env=False, timeout=60, base_url=proxy.address) as client,
    ):
        if complaint is None:
            assert data(ask(client))["rows"] == ROWS
            proxy.down()
            proxy.up()
            assert data(ask(client))["rows"] == ROWS
            with (
                httpx.Client(trust_env=False, timeout=60, base_url=proxy.address) as stranger,
                pytest.raises(httpx.ConnectError, match=r"self-signed|unable to get local issuer"),
            ):
                ask(stranger)
        else:
            with pytest.raises(httpx.ConnectError, match=complaint):
                ask(client)
            assert proxy.log() == []
