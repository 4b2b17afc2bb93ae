"""What goes wrong on the way is tried again, slower each time, and not for ever."""

import gzip
import socket
import threading
from datetime import datetime, timedelta
from typing import Any

import pytest

from connectors.tvox.circuit import Position
from tabular.errors import UpstreamBusy, UpstreamUnreachable
from tabular.upstream import Urgency
from tests.connectors.tvox.peers import (
    BODY,
    DATA,
    KEY,
    NOBODY,
    SOMEBODY,
    Asking,
    Peer,
    Reply,
    Talk,
    Waits,
    answer,
    cut,
    head,
    nobody,
    raw,
    stalls,
)

WHOLE = {"Content-Type": "application/json", "Content-Length": str(len(DATA))}
PACKED = gzip.compress(DATA)

BROKEN: dict[str, tuple[Reply, str]] = {
    "cut in the body": (cut(head(200, WHOLE) + DATA[:5]), "its answer broke off or was no HTTP"),
    "cut in the head": (cut(b"HTTP/1.1 200 OK\r\nContent-"), "its answer broke off or was no HTTP"),
    "hung up": (cut(b""), "its answer broke off or was no HTTP"),
    "no HTTP": (cut(b"220 mail.example ESMTP\r\n"), "its answer broke off or was no HTTP"),
    "no length": (raw(head(200, WHOLE | {"Content-Length": "many"})), "its answer broke off or was no HTTP"),
    "badly packed": (answer(Content_Encoding="gzip"), "its answer cannot be unpacked"),
    "packed as nobody asked": (answer(Content_Encoding="br"), "its answer cannot be unpacked"),
    "500": (answer(500, b"{}"), "status 500 Internal Server Error"),
    "502": (answer(502, b"<html>", "text/html"), "status 502 Bad Gateway"),
    "599": (answer(599, b""), "status 599"),
    "408": (answer(408, b""), "status 408 Request Timeout"),
    "cut in the body of an error": (cut(head(500, WHOLE) + DATA[:5]), "status 500 Internal Server Error"),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_what_broke_is_tried_again(broken: str) -> None:
    reply, reason = BROKEN[broken]
    with Peer(reply, reply, answer()) as peer, Asking(peer.address) as asking:
        assert asking.send() == DATA
        assert asking.waits == [0.5, 1]
        assert asking.turns.begun == len(peer.asked) == 3
        state = asking.client.state()
        assert (state.sent, state.retries) == (3, 2)
        assert (state.addresses[0].error, state.addresses[0].circuit) == (reason, Position.CLOSED)
        assert {one.body for one in peer.asked} == {BODY}


@pytest.mark.parametrize("sent", [b"", head(200, WHOLE), head(200, WHOLE) + DATA[:5]])
def test_silence_is_given_up_and_its_connection_with_it(sent: bytes) -> None:
    with Peer(stalls(sent)) as peer, Asking(peer.address, seconds=0.05) as asking:
        with pytest.raises(UpstreamUnreachable, match="it was silent for too long"):
            asking.send()
        assert asking.turns.begun == 3
        assert all(peer.accepted.acquire(timeout=60) for _ in range(3))


def test_an_answer_that_drips_is_given_up() -> None:
    asking: Asking

    def drips(talk: Talk) -> None:
        talk.end.sendall(head(200, WHOLE) + DATA[:1])
        asking.clock.seconds = 50.5
        talk.end.sendall(DATA[1:2])
        talk.released.wait()

    with Peer(drips, answer()) as peer, Asking(peer.address, seconds=5.0) as asking:
        assert asking.send() == DATA
        assert asking.client.state().addresses[0].error == "it was silent for too long"


def test_waits_grow_and_three_failures_open_the_circuit() -> None:
    with Peer(answer(500)) as peer, Asking(peer.address) as asking:
        with pytest.raises(UpstreamUnreachable) as refusal:
            asking.send(NOBODY)
        assert (refusal.value.address, refusal.value.seconds) == (peer.address, 10)
        assert refusal.value.reason == "status 500 Internal Server Error"
        assert asking.waits == [0.5, 1]
        asking.clock.seconds = 4
        with pytest.raises(UpstreamUnreachable) as refusal:
            asking.send()
        assert (refusal.value.reason, refusal.value.seconds) == ("status 500 Internal Server Error", 6)
        assert asking.turns.begun == len(peer.asked) == 3
        address = asking.client.state().addresses[0]
        assert address.circuit is Position.OPEN
        assert address.until == asking.clock.now() + timedelta(seconds=6)
        assert address.failed == asking.clock.now() - timedelta(seconds=4)


def test_one_request_tries_an_open_circuit_and_closes_it() -> None:
    with Peer(*[answer(500)] * 4, answer()) as peer, Asking(peer.address) as asking:
        with pytest.raises(UpstreamUnreachable):
            asking.send()
        asking.clock.seconds += 10
        with pytest.raises(UpstreamUnreachable) as refusal:
            asking.send()
        assert refusal.value.seconds == 20
        assert len(peer.asked) == 4
        asking.clock.seconds += 20
        assert asking.client.state().addresses[0].circuit is Position.HALF_OPEN
        assert asking.send() == DATA
        assert asking.client.state().addresses[0].circuit is Position.CLOSED


def test_a_trial_that_shows_nothing_lets_the_next_one_try() -> None:
    interrupts: list[int] = []

    def now() -> datetime:
        if interrupts:
            interrupts.pop()
            raise KeyboardInterrupt
        return asking.clock.now()

    with Peer(*[answer(500)] * 3, answer()) as peer, Asking(peer.address, now=now) as asking:
        with pytest.raises(UpstreamUnreachable):
            asking.send()
        asking.clock.seconds += 10
        interrupts.append(1)
        with pytest.raises(KeyboardInterrupt):
            asking.send()
        assert asking.send() == DATA


def test_only_some_attempts_are_made_between_the_answers_of_others() -> None:
    """Answers to others keep the circuit closed; the one request still ends."""
    with Peer(answer(500), answer(), answer(500), answer(), answer(500)) as peer:
        others: list[float] = []

        def wait(seconds: float) -> None:
            others.append(seconds)
            assert asking.send() == DATA

        with Asking(peer.address, wait=wait) as asking:
            with pytest.raises(UpstreamUnreachable) as refusal:
                asking.send()
            assert (others, refusal.value.seconds) == ([0.5, 1], 1)
            assert asking.client.state().addresses[0].circuit is Position.CLOSED


@pytest.mark.parametrize(("waits", "attempts"), [(SOMEBODY, 3), (NOBODY, 5)])
def test_who_is_told_to_wait_lets_everybody_pause(waits: Waits, attempts: int) -> None:
    with Peer(answer(429)) as peer, Asking(peer.address) as asking:
        with pytest.raises(UpstreamBusy) as refusal:
            asking.send(waits)
        assert asking.turns.pauses == [4, 8, 16, 30, 30][:attempts]
        assert refusal.value.seconds == asking.turns.pauses[-1]
        assert asking.turns.begun == len(peer.asked) == attempts
        assert asking.waits == []
        assert asking.client.state().addresses[0].circuit is Position.CLOSED


def test_the_urgency_counts_that_it_has_now() -> None:
    risen = Waits([Urgency.BACKGROUND, Urgency.INTERACTIVE])
    with Peer(answer(429)) as peer, Asking(peer.address) as asking:
        with pytest.raises(UpstreamBusy):
            asking.send(risen)
        assert len(peer.asked) == 3


@pytest.mark.parametrize(
    ("said", "seconds"), [("7", 7), ("0", 1), ("Fri, 01 May 2020 00:01:30 GMT", 90), ("1.5", 1.5), ("soon", 4)]
)
def test_retry_after_is_obeyed(said: str, seconds: float) -> None:
    with Peer(answer(429, Retry_After=said), answer()) as peer, Asking(peer.address) as asking:
        assert asking.send() == DATA
        assert (asking.turns.pauses, asking.waits) == ([seconds], [])


def test_a_long_pause_is_not_waited_for() -> None:
    with Peer(answer(429, Retry_After="86400"), answer()) as peer, Asking(peer.address) as asking:
        with pytest.raises(UpstreamBusy) as refusal:
            asking.send(NOBODY)
        assert (asking.turns.pauses, refusal.value.seconds) == ([3600], 120)


@pytest.mark.parametrize("status", [500, 503])
def test_retry_after_is_obeyed_with_other_statuses_too(status: int) -> None:
    with Peer(answer(status, Retry_After="20"), answer()) as peer, Asking(peer.address) as asking:
        assert asking.send() == DATA
        assert (asking.turns.pauses, asking.waits) == ([20], [])


def test_a_long_retry_after_opens_the_circuit_for_so_long() -> None:
    with Peer(answer(503, Retry_After="200"), answer()) as peer, Asking(peer.address) as asking:
        with pytest.raises(UpstreamUnreachable) as refusal:
            asking.send()
        assert (refusal.value.seconds, asking.turns.pauses) == (200, [])
        asking.clock.seconds += 200
        assert asking.send() == DATA


def test_a_single_address_that_refuses_is_tried_again() -> None:
    with nobody() as gone, Asking(gone) as asking:
        with pytest.raises(UpstreamUnreachable) as refusal:
            asking.send()
        assert (refusal.value.address, refusal.value.reason) == (gone, "it refuses the connection")
        assert (asking.turns.begun, asking.waits) == (3, [0.5, 1])


def test_closing_ends_what_is_on_its_way() -> None:
    stalled = threading.Event()
    refusals: list[str] = []

    def ask() -> None:
        with pytest.raises(UpstreamUnreachable) as refusal:
            asking.send()
        refusals.append(refusal.value.reason)

    with Peer(stalls(then=stalled.set)) as peer:
        asking = Asking(peer.address, seconds=600)
        thread = threading.Thread(target=ask)
        thread.start()
        stalled.wait()
        asking.client.close()
        thread.join()
        assert refusals == ["this service is ending"]
        ask()
        assert asking.turns.begun == 1
        assert asking.client.state().addresses[0].error is None


def test_closing_ends_what_is_about_to_connect(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.create_connection

    def closed_meanwhile(*given: Any, **more: Any) -> socket.socket:
        connection = connect(*given, **more)
        asking.client.close()
        return connection

    with Peer(stalls()) as peer:
        asking = Asking(peer.address, seconds=600)
        monkeypatch.setattr(socket, "create_connection", closed_meanwhile)
        with pytest.raises(UpstreamUnreachable, match="this service is ending"):
            asking.send()


def test_closing_ends_the_wait_between_attempts() -> None:
    with Peer(answer(500)) as peer:

        def most(low: float, high: float) -> float:
            closing = threading.Thread(target=asking.client.close)
            closing.start()
            closing.join()
            return 1e6

        asking = Asking(peer.address, draw=most, wait=None)
        with pytest.raises(UpstreamUnreachable, match="this service is ending"):
            asking.send()


def test_the_log_tells_failures_and_changes(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "tvox.upstream")
    with Peer(*[answer(500)] * 3, answer()) as peer, Asking(peer.address) as asking:
        with pytest.raises(UpstreamUnreachable):
            asking.send()
        asking.clock.seconds += 10
        asking.send()
        asking.send()
    told = [(one.levelname, one.getMessage()) for one in caplog.records if one.name == "tvox.upstream"]
    at = f"The TVox at {peer.address}"
    assert told == [
        *[("WARNING", f"{at}: status 500 Internal Server Error.")] * 3,
        ("INFO", f"{at} is left in peace for 10 seconds."),
        ("INFO", f"{at} is asked again."),
        ("INFO", f"{at} answers."),
    ]
    assert KEY not in caplog.text
