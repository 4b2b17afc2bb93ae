"""Who leaves, or waits too long, stops the work of the engine, at whatever it is."""

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from api.making import Making
from store import store as stores
from store.statements import Statement, rows_statement
from tabular.errors import TookTooLong
from tests.serving import Served
from tests.steps import CALLS, SUMMARIES, batches, moment, step

ROWS = "/tables/inboundCalls.csv?columns=id"
ENDLESS = 'SELECT CAST(sum(sqrt(a.range * b.range)) AS VARCHAR) AS "id" FROM range(1000000) a, range(1000000) b'
"""No first row for hours: a sort or a grouping of very many rows."""
DRYING_UP = (
    'SELECT CAST(range AS VARCHAR) AS "id" FROM range(1000000000000000) WHERE range < 1000000 OR sqrt(range + 2) < 0'
)
"""Some rows at once and none for hours after them: a filter that finds nothing any more."""


class Engine:
    """The engine at work on statements that do not end; hears when it begins and how it is stopped."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.began = threading.Semaphore(0)
        self.stopped = threading.Semaphore(0)
        self.joined = threading.Semaphore(0)
        self.sql = ENDLESS
        join = Making.join

        def asked(*given: Any) -> Statement:
            self.began.release()
            return Statement(self.sql, {}) if self.sql else rows_statement(*given)

        def joining(making: Making) -> None:
            join(making)
            self.joined.release()

        monkeypatch.setattr(stores, "rows_statement", asked)
        monkeypatch.setattr(Making, "join", joining)
        monkeypatch.setattr(Making, "_piece", self._heard(Making._piece))

    def _heard(self, work: Callable[..., Any]) -> Callable[..., Any]:
        def heard(*given: Any) -> Any:
            try:
                return work(*given)
            except TookTooLong:
                self.stopped.release()
                raise

        return heard


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The engine, whose work does not end."""
    return Engine(monkeypatch)


@pytest.fixture
def filled(served: Served) -> Served:
    """A service over one step."""
    with served.services.store.writing("test") as writing:
        writing.merge(CALLS, batches([step(moment("2026-11-03T08:00"))]), SUMMARIES)
    return served


def asking(served: Served, address: str = ROWS) -> socket.socket:
    """A client that has asked."""
    host, port = served.address.removeprefix("http://").split(":")
    client = socket.create_connection((host, int(port)), timeout=60)
    client.sendall(f"GET {address} HTTP/1.1\r\nHost: {host}\r\nX-Telenia-APIKey: {served.key}\r\n\r\n".encode())
    return client


def test_who_leaves_before_the_first_byte_stops_the_engine(filled: Served, engine: Engine) -> None:
    client = asking(filled)
    assert engine.began.acquire(timeout=30)
    client.close()
    assert engine.stopped.acquire(timeout=30)


def test_who_leaves_between_two_pieces_stops_the_engine(filled: Served, engine: Engine) -> None:
    engine.sql = DRYING_UP
    client = asking(filled)
    received = b""
    while len(received) < 300_000:
        received += client.recv(2**16)
    client.close()
    assert engine.stopped.acquire(timeout=30)


def test_the_work_goes_on_while_anybody_waits_for_it(filled: Served, engine: Engine) -> None:
    first = asking(filled)
    assert engine.began.acquire(timeout=30)
    second = asking(filled)
    assert engine.joined.acquire(timeout=30)
    first.close()
    assert not engine.stopped.acquire(timeout=0.2)
    third = asking(filled)
    assert engine.joined.acquire(timeout=30), "still the same work"
    second.close()
    third.close()
    assert engine.stopped.acquire(timeout=30)
    assert not engine.began.acquire(blocking=False)


def test_who_asks_after_all_have_left_is_answered(filled: Served, engine: Engine) -> None:
    client = asking(filled)
    assert engine.began.acquire(timeout=30)
    client.close()
    assert engine.stopped.acquire(timeout=30)
    engine.sql = ""
    assert filled.get(ROWS).text == "id\r\n1793692800.1\r\n"


@pytest.fixture(params=[0.2])
def hurried(filled: Served, request: pytest.FixtureRequest) -> Iterator[Served]:
    """The same store behind a service that gives up after 0.2 seconds, or as many as the test says."""
    settings = filled.services.settings.model_copy(update={"rows_seconds": request.param})
    running = Served(replace(filled.services, settings=settings), "hurried")
    yield running
    running.close()


def test_what_takes_too_long_is_a_status(hurried: Served, engine: Engine) -> None:
    answer = hurried.get(ROWS)
    assert (answer.status_code, answer.text) == (503, f"{TookTooLong(0.2)}\n")
    assert engine.stopped.acquire(timeout=30)
    engine.sql = ""
    assert hurried.get(ROWS).status_code == 200


def test_what_takes_too_long_on_its_way_breaks_the_connection(hurried: Served, engine: Engine) -> None:
    engine.sql = DRYING_UP
    with asking(hurried) as client:
        received = bytearray()
        while some := client.recv(2**16):
            received += some
    assert received.startswith(b"HTTP/1.1 200")
    assert not received.endswith(b"0\r\n\r\n"), "it does not look whole"
    assert engine.stopped.acquire(timeout=30)


@pytest.mark.parametrize("hurried", [1.5], indirect=True)
def test_a_slow_reader_is_not_one_who_waits_too_long(hurried: Served, engine: Engine) -> None:
    """The seconds are those of the work, not those of the way."""
    engine.sql = "SELECT repeat('x', 1000) AS \"id\" FROM range(30000)"
    with asking(hurried) as client:
        assert engine.began.acquire(timeout=30)
        assert not engine.stopped.acquire(timeout=2)
        received = bytearray()
        while not received.endswith(b"0\r\n\r\n"):
            some = client.recv(2**16)
            assert some
            received += some
    assert len(received) > 30_000_000
