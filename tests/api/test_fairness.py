"""Small questions do not wait for exports, nor exports for each other."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from answers.answer import Answer
from api.answering import LONG_ROWS, MANY_ROWS, Asked
from api.making import Making
from api.turns import THREADS, Turn
from store.patience import Patience
from tests.serving import Served
from tests.steps import CALLS, SUMMARIES, batches, moment, step

SMALL = "/tables/inboundCalls.csv?columns=id&limit=1"
EXPORT = "/tables/inboundCalls.csv?columns=id&offset={}"
HEAVY = "/tables/inboundCalls.csv?columns=id&sort=user&limit={}"


@pytest.fixture
def filled(served: Served, monkeypatch: pytest.MonkeyPatch) -> Served:
    """A service over one month, for which a few rows are many."""
    began = moment("2026-11-03T08:00")
    with served.services.store.writing("test") as writing:
        rows = [step(began + timedelta(minutes=i), 0, i) for i in range(100)]
        writing.merge(CALLS, batches(rows), SUMMARIES)
    monkeypatch.setattr("api.answering.LONG_ROWS", 50)
    monkeypatch.setattr("api.answering.MANY_ROWS", 90)
    return served


class Busy:
    """Long work that goes on until it is told to end."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.may_end = threading.Event()
        self.at_work = threading.Semaphore(0)
        pieces = Answer.pieces

        def slow(answer: Answer, patience: Patience | None = None) -> Iterator[bytes]:
            query = answer.plan.query
            if query.limit != 1:
                self.at_work.release()
                assert self.may_end.wait(30)
            yield from pieces(answer, patience)

        monkeypatch.setattr(Answer, "pieces", slow)


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Busy]:
    """Makes every answer but those of one row take until it is told to end."""
    made = Busy(monkeypatch)
    yield made
    made.may_end.set()


@pytest.mark.parametrize(("address", "turn"), [(EXPORT, Turn.PIECE), (HEAVY, Turn.HEAVY)])
def test_a_small_question_passes_any_number_of_long_ones(filled: Served, busy: Busy, address: str, turn: Turn) -> None:
    statuses: list[int] = []

    def ask(number: int) -> None:
        headers = {"X-Telenia-APIKey": filled.key}
        asked = httpx.get(filled.address + address.format(number), headers=headers, timeout=60)
        statuses.append(asked.status_code)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(2, 42)]
    for thread in threads:
        thread.start()
    for _ in range(THREADS[turn]):
        assert busy.at_work.acquire(timeout=30)
    for _ in range(3):
        assert filled.get(SMALL).text == "id\r\n1793692800.0\r\n"
    assert not busy.at_work.acquire(blocking=False), "the others wait for their turn"
    assert not statuses
    busy.may_end.set()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 40


def test_exports_take_turns_piece_by_piece(filled: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two exports at once get their pieces alternately, however many each of them has."""
    order: list[int] = []
    came = threading.Semaphore(0)
    both = threading.Event()
    init = Making.__init__

    def begun(*given: Any) -> None:
        init(*given)
        if came.acquire(blocking=False):
            both.set()
        came.release()

    monkeypatch.setattr(Making, "__init__", begun)

    def made(answer: Answer, patience: Patience | None = None) -> Iterator[bytes]:
        assert both.wait(30)
        for _ in range(20):
            order.append(answer.plan.query.offset)
            yield b"x" * 300_000

    monkeypatch.setattr(Answer, "pieces", made)
    monkeypatch.setattr("api.turns.THREADS", dict.fromkeys(Turn, 1))
    one_at_a_time = Served(replace(filled.services), "turns")

    def read(number: int) -> None:
        headers = {"X-Telenia-APIKey": one_at_a_time.key, "Accept-Encoding": "identity"}
        size = len(httpx.get(one_at_a_time.address + EXPORT.format(number), headers=headers, timeout=60).content)
        assert size == 20 * 300_000

    threads = [threading.Thread(target=read, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    one_at_a_time.close()
    ends = min(len(order) - order[::-1].index(number) for number in (1, 2))
    begins = max(order.index(number) for number in (1, 2))
    assert sorted(order) == [1] * 20 + [2] * 20
    assert ends - begins > 20, "neither waited for the end of the other"


@pytest.mark.parametrize(
    ("rows", "counted", "sorts", "turn"),
    [
        (1_000, 1_000, False, Turn.SMALL),
        (LONG_ROWS + 1, LONG_ROWS + 1, False, Turn.PIECE),
        (LONG_ROWS + 1, LONG_ROWS + 1, True, Turn.SMALL),
        (MANY_ROWS + 1, MANY_ROWS + 1, True, Turn.HEAVY),
        (MANY_ROWS + 1, None, False, Turn.HEAVY),
        (MANY_ROWS, None, False, Turn.SMALL),
    ],
)
def test_whose_turn_it_is(rows: int, counted: int | None, sorts: bool, turn: Turn) -> None:
    class Planned:
        query = type("Query", (), {"sort": ("user",) if sorts else ()})
        rows_read = rows

    class Known:
        plan = Planned
        row_count = counted

    assert Asked(Known, None, {}, "", stays=True).turn is turn  # type: ignore[arg-type]
