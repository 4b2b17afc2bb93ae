"""The client asks a TVox as it is documented, and returns what is an answer."""

import gzip
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.tvox.circuit import Position
from connectors.tvox.client import Client, Turns
from connectors.tvox.sending import Sends
from store.budget import Budget
from store.control import Control
from tabular.errors import UpstreamKeyRefused, UpstreamWrong
from tests.connectors.tvox.peers import BODY, DATA, KEY, SOMEBODY, Asking, FreeTurns, Peer, answer, raw, stalls


def test_a_request_is_what_the_documentation_says() -> None:
    with Peer() as peer, Asking(peer.address) as asking:
        asking.clock.seconds = 7
        sent = asking.client.send(BODY, SOMEBODY, "me")
        state = asking.client.state()
    assert (sent.body, sent.address, sent.at) == (DATA, peer.address, asking.clock.now())
    asked = peer.asked[0]
    assert asked.line == "POST /datamodel/query HTTP/1.1"
    assert asked.body == BODY
    told = ("x-telenia-apikey", "content-type", "accept", "accept-encoding", "host")
    json = "application/json"
    assert [asked.headers[name] for name in told] == [KEY, json, json, "gzip", f"127.0.0.1:{peer.port}"]
    assert asking.turns.begun == 1
    assert (state.sent, state.retries, state.statuses) == (1, 0, {200: 1})


def test_it_is_a_way_to_a_tvox_and_the_budget_gives_its_turns(tmp_path: Path) -> None:
    control = Control(tmp_path / "tvox.duckdb")
    budget = Budget(control, 100)
    turns: Turns = budget
    with Peer(answer(500), answer()) as peer:
        client = Client([peer.address], KEY, turns, wait=lambda _: None)
        way: Sends = client
        assert way.send(BODY, SOMEBODY, "me").body == DATA
        client.close()
    assert budget.spent == 2
    budget.close()
    control.close()


def test_connections_are_kept() -> None:
    with Peer() as peer, Asking(peer.address) as asking:
        assert [asking.send() for _ in range(5)] == [DATA] * 5
        assert peer.connections == 1


def test_answers_may_be_packed_and_come_in_chunks() -> None:
    packed = gzip.compress(DATA)
    chunked = b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunked += b"%x\r\n%s\r\n0\r\n\r\n" % (len(DATA), DATA)
    with Peer(answer(body=packed, Content_Encoding="gzip"), raw(chunked)) as peer, Asking(peer.address) as asking:
        assert [asking.send(), asking.send()] == [DATA, DATA]


@pytest.mark.parametrize("kind", ["application/json", "application/graphql-response+json; charset=utf-8"])
def test_a_graphql_error_is_returned_with_either_status(kind: str) -> None:
    errors = b'{"errors": [{"message": "no"}]}'
    with Peer(answer(400, errors, kind), answer(200, errors, kind)) as peer, Asking(peer.address) as asking:
        assert [asking.send(), asking.send()] == [errors, errors]
        assert asking.client.state().statuses == {400: 1, 200: 1}


HTML = b"<!doctype html><title>Sorry</title><style>p{color:red}</style><p>Under\n maintenance</p>"


@pytest.mark.parametrize(
    ("status", "body", "kind", "came"),
    [
        (404, HTML, "text/html; charset=utf-8", "status 404 Not Found, text/html: Sorry Under maintenance"),
        (200, HTML, "text/html", "status 200 OK, text/html: Sorry Under maintenance"),
        (400, b"Bad Request", "text/plain", "status 400 Bad Request, text/plain: Bad Request"),
        (200, DATA, "", "status 200 OK, content of no known kind: " + DATA.decode()),
        (204, b"", "application/json", "status 204 No Content, application/json"),
        (206, DATA, "application/json", "status 206 Partial Content, application/json: " + DATA.decode()),
        (499, b"\0\xff\r\n!", 'te"xt', "status 499, content of no known kind: �"),
    ],
)
def test_anything_else_is_wrong_and_not_asked_again(status: int, body: bytes, kind: str, came: str) -> None:
    with Peer(answer(status, body, kind)) as peer, Asking(peer.address) as asking:
        with pytest.raises(UpstreamWrong) as refusal:
            asking.send()
        assert refusal.value.asked == "a page of calls"
        assert refusal.value.came.startswith(came)
        assert len(peer.asked) == asking.turns.begun == 1
        address = asking.client.state().addresses[0]
        assert address.circuit is Position.CLOSED
        assert address.error is not None
        assert came.startswith(address.error)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    with Peer() as other, Peer(answer(status, b"", Location=f"{other.address}/login?{KEY}")) as peer:
        with Asking(peer.address) as asking, pytest.raises(UpstreamWrong) as refusal:
            asking.send()
        assert refusal.value.came.startswith(f"status {status} ")
        assert refusal.value.came.endswith(", a redirect to 127.0.0.1")
        assert not other.connections


@pytest.mark.parametrize(
    ("location", "where"),
    [("", "another page"), ("/login", "another page"), ("https://[", "nowhere"), ("\xff", "another page")],
)
def test_a_redirect_to_nowhere_is_wrong_too(location: str, where: str) -> None:
    with Peer(answer(302, b"", Location=location)) as peer, Asking(peer.address) as asking:
        with pytest.raises(UpstreamWrong) as refusal:
            asking.send()
        assert refusal.value.came == f"status 302 Found, a redirect to {where}"


def test_an_answer_that_is_too_large_is_not_read_on() -> None:
    with Peer(answer(body=b'"' + b"x" * 100_000 + b'"')) as peer, Asking(peer.address, most=1000) as asking:
        with pytest.raises(UpstreamWrong, match="more than 0 MB"):
            asking.send()
        assert asking.turns.begun == 1


def test_a_small_packed_answer_may_be_too_large() -> None:
    bomb = gzip.compress(b" " * (3 << 20))
    with Peer(answer(body=bomb, Content_Encoding="gzip")) as peer, Asking(peer.address, most=1 << 20) as asking:
        with pytest.raises(UpstreamWrong, match="more than"):
            asking.send()
        assert asking.turns.begun == 1


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_not_tried_again_anywhere(status: int) -> None:
    with Peer(answer(status, b"{}")) as peer, Peer() as second, Asking(peer.address, second.address) as asking:
        for _ in range(4):
            with pytest.raises(UpstreamKeyRefused) as refusal:
                asking.send()
        assert refusal.value.address == peer.address
        assert asking.turns.begun == len(peer.asked) == 4
        assert not second.connections


def test_of_a_long_error_only_the_beginning_is_read() -> None:
    endless = b"HTTP/1.1 500 Oh\r\nContent-Type: text/html\r\nContent-Length: 99999999\r\n\r\n" + b"x" * 70_000
    with Peer(stalls(endless), answer()) as peer, Asking(peer.address) as asking:
        assert asking.send() == DATA
        assert peer.connections == 2


@pytest.mark.parametrize("key", ["", "  ", "two words", "line\nbreak", "kéy"])
def test_a_key_that_no_header_may_hold_is_refused_unseen(key: str) -> None:
    with pytest.raises(ValueError, match="the key of the TVox") as refusal:
        Client(["tvox.example"], key, FreeTurns())
    assert not key.strip() or key not in str(refusal.value)


def test_a_tvox_has_an_address() -> None:
    with pytest.raises(ValueError, match="has an address"):
        Client([], KEY, FreeTurns())


def test_the_state_says_when_and_how_fast_an_answer_came() -> None:
    with Peer() as peer, Asking(peer.address) as asking:
        before = asking.client.state()
        assert (before.answers, before.answered, before.seconds, before.statuses) == (None, None, None, {})
        asking.send()
        asking.clock.seconds += 60
        state = asking.client.state()
        assert (state.answers, state.seconds) == (peer.address, 0)
        assert state.answered == state.addresses[0].answered == asking.clock.now() - timedelta(seconds=60)
