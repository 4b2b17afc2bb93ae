"""The same question again is answered from memory, with the same bytes, and only while nothing has changed."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import httpx
import pyarrow as pa
import pytest

from answers.kept import KeptAnswers
from api.answering import Answering
from api.making import Making
from store.plan import Plan
from store.reading import Rows
from store.store import Store
from tabular.errors import StoreOutOfMemory
from tabular.restriction import Restriction
from tabular.table import Mask, MaskKind
from tests.copies import copied
from tests.serving import Served, opened_at
from tests.steps import CALLS, SUMMARIES, batches, moment, step

PAGE = "/tables/inboundCalls.csv?month=2026-11&columns=id,step,user,startTime&limit=20"
FILTER = "/tables/inboundCalls.json?columns=id,user&filter=user eq 'user1'"
LARGE = "/tables/inboundCalls.ndjson"

BEGAN = moment("2026-11-03T08:00")
ROWS = [step(BEGAN + timedelta(minutes=i), 0, i, user=f"user{i % 3}") for i in range(3_000)]


@pytest.fixture(scope="module")
def one_month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with 3,000 steps of one month."""
    path = tmp_path_factory.mktemp("kept") / "tvox.duckdb"
    with Store(path) as store, store.writing("test") as writing:
        writing.merge(CALLS, batches(ROWS), SUMMARIES)
    return path


@pytest.fixture
def filled(one_month: Path, tmp_path: Path) -> Iterator[Served]:
    """A service over a copy of it."""
    opened = opened_at(copied(one_month, tmp_path))
    running = Served(opened)
    yield running
    running.close()
    opened.close()


def kept_of(served: Served) -> KeptAnswers:
    return cast(Answering, served.app.state.answering).kept


def is_kept(answer: httpx.Response) -> bool:
    assert answer.status_code == 200, answer.text
    return "kept" in answer.headers["Server-Timing"]


@pytest.mark.parametrize("address", [PAGE, FILTER])
@pytest.mark.parametrize("encoding", ["identity", "gzip", "zstd"])
def test_the_same_question_again_has_the_same_bytes_and_headers(filled: Served, address: str, encoding: str) -> None:
    first, again = (filled.get(address, headers={"Accept-Encoding": encoding}) for _ in range(2))
    assert [is_kept(first), is_kept(again)] == [False, True]
    assert first.content == again.content
    other = {"server-timing", "date"}
    assert {k: v for k, v in first.headers.items() if k not in other} == {
        k: v for k, v in again.headers.items() if k not in other
    }
    assert int(again.headers["Content-Length"]) > 0
    assert again.headers.get("Content-Encoding", "identity") == encoding
    assert again.headers.get("X-Row-Count") == ("20" if address == PAGE else None)
    assert not is_kept(filled.get(address, headers={"Accept-Encoding": "identity" if encoding == "gzip" else "gzip"}))


def test_what_is_written_makes_another_answer(filled: Served) -> None:
    before = filled.get(PAGE).text
    with filled.services.store.writing("test") as writing:
        writing.merge(CALLS, batches([ROWS[0] | {"user": "other"}]), SUMMARIES)
    after = filled.get(PAGE)
    assert not is_kept(after)
    assert after.text == before.replace("user0", "other", 1)
    assert is_kept(filled.get(PAGE))


def test_what_is_written_into_another_month_changes_nothing(filled: Served) -> None:
    filled.get(PAGE)
    with filled.services.store.writing("test") as writing:
        writing.merge(CALLS, batches([step(moment("2020-05-01T08:00"))]), SUMMARIES)
    assert is_kept(filled.get(PAGE))


def test_a_key_that_sees_less_never_gets_what_another_was_given(filled: Served) -> None:
    assert "user1" in filled.get(PAGE).text
    masked = Restriction(masked=(("user", Mask(MaskKind.HASH)),))
    key = filled.services.keys.create("masked", None, None, masked)
    for kept in (False, True):
        answer = filled.get(PAGE, headers={"X-Telenia-APIKey": key})
        assert is_kept(answer) is kept
        assert "user1" not in answer.text
    other = filled.services.keys.create("another")
    assert is_kept(filled.get(PAGE, headers={"X-Telenia-APIKey": other})), "what it sees is the same"


def test_a_question_about_now_is_another_one_each_time(filled: Served) -> None:
    address = "/tables/inboundCalls.csv?columns=id&limit=3&filter=startTime lt now()"
    assert not is_kept(filled.get(address))
    services = replace(filled.services, now=lambda: moment("2026-11-22T12:00:01").replace(tzinfo=BEGAN.tzinfo))
    assert services.now() != filled.services.now()


def test_what_fails_is_not_kept(filled: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Rows.__iter__

    def failing(rows: Rows) -> Iterator[pa.RecordBatch]:
        yield from whole(rows)
        raise StoreOutOfMemory("x")

    with monkeypatch.context() as broken:
        broken.setattr(Rows, "__iter__", failing)
        assert filled.get(PAGE).status_code == 503
        assert filled.get(PAGE).status_code == 503
    assert len(kept_of(filled)) == 0
    assert not is_kept(filled.get(PAGE))
    assert is_kept(filled.get(PAGE))


def test_a_large_answer_is_not_kept_and_a_small_memory_keeps_little(filled: Served) -> None:
    kept = kept_of(filled)
    identity = {"Accept-Encoding": "identity"}
    size = len(filled.get(LARGE, headers=identity).content)
    assert is_kept(filled.get(LARGE, headers=identity))
    assert size > 256 * 1024, "of several pieces"
    kept.largest = size // 2
    for _ in range(2):
        answer = filled.get(LARGE + "?offset=1", headers=identity)
        assert not is_kept(answer)
        assert len(answer.content) > size // 2


@pytest.mark.parametrize("memory", ["0", "0MB"])
def test_no_memory_keeps_nothing(filled: Served, memory: str) -> None:
    none = Served(
        replace(filled.services, settings=filled.services.settings.model_copy(update={"kept_memory": memory})), "other"
    )
    try:
        assert [is_kept(none.get(PAGE)) for _ in range(3)] == [False] * 3
        assert kept_of(none).bytes == 0
        assert none.get(LARGE).status_code == 200
    finally:
        none.close()


def test_the_monitor_is_told(filled: Served) -> None:
    for _ in range(3):
        filled.get(PAGE)
    told = dict(line.rsplit(" ", 1) for line in filled.get("/metrics").text.splitlines() if line[:1] != "#")
    assert (told["tvox_kept_hits_total"], told["tvox_kept_misses_total"]) == ("2", "1")
    assert int(told["tvox_kept_bytes"]) == kept_of(filled).bytes > 500


# ---- many at once --------------------------------------------------------------------------------------------


class Gate:
    """Holds the store's reads until it is opened, and counts them and those who ask for what is being made."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reads = 0
        self.reading = threading.Event()
        self.opened = threading.Event()
        self.joined = threading.Semaphore(0)
        self.fails: Exception | None = None
        read: Callable[..., Rows] = Store.read
        join = Making.join

        def held(store: Store, plan: Plan, *more: object) -> Rows:
            self.reads += 1
            self.reading.set()
            assert self.opened.wait(30)
            if self.fails is not None:
                raise self.fails
            return read(store, plan, *more)

        def joining(making: Making) -> None:
            join(making)
            self.joined.release()

        monkeypatch.setattr(Store, "read", held)
        monkeypatch.setattr(Making, "join", joining)

    def storm(self, served: Served, address: str, many: int) -> list[httpx.Response]:
        """So many ask at once: one first, and when it is at work all others."""
        headers = {"X-Telenia-APIKey": served.key, "Accept-Encoding": "identity"}
        with ThreadPoolExecutor(many) as threads:
            asked = [threads.submit(httpx.get, served.address + address, headers=headers, timeout=60)]
            assert self.reading.wait(30)
            asked += [
                threads.submit(httpx.get, served.address + address, headers=headers, timeout=60)
                for _ in range(many - 1)
            ]
            for _ in range(many - 1):
                assert self.joined.acquire(timeout=30)
            self.opened.set()
            return [one.result() for one in asked]


@pytest.fixture
def gate(filled: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """A gate before the store; open at the end, whatever happened."""
    made = Gate(monkeypatch)
    yield made
    made.opened.set()


@pytest.mark.parametrize("address", [PAGE, LARGE])
def test_a_storm_of_the_same_formula_is_answered_once(filled: Served, gate: Gate, address: str) -> None:
    answers = gate.storm(filled, address, 20)
    assert gate.reads == 1
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert len(answers[0].content) > 500
    assert is_kept(filled.get(address, headers={"Accept-Encoding": "identity"}))


def test_a_storm_that_fails_is_refused_once_for_all(filled: Served, gate: Gate) -> None:
    gate.fails = StoreOutOfMemory("x")
    answers = gate.storm(filled, PAGE, 10)
    assert [answer.status_code for answer in answers] == [503] * 10
    assert gate.reads == 1
    gate.fails = None
    assert not is_kept(filled.get(PAGE))


def test_what_is_too_large_to_be_shared_is_made_for_each(filled: Served, gate: Gate) -> None:
    kept_of(filled).largest = 1_000
    answers = gate.storm(filled, LARGE, 5)
    assert gate.reads == 5
    assert len({answer.content for answer in answers}) == 1
