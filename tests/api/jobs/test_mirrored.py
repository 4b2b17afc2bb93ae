"""Jobs with a TVox behind: the months that an answer needs come first, and the answer is made without being asked
for again."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from answers.answer import Answer
from answers.mirror import Mirror, Rules
from api.services import Services
from tabular.errors import UpstreamBusy
from tests.answers.mirror.shelf import Clock, Shelf
from tests.answers.mirror.test_mirror import LAST, NOW, OLD, OPEN, calls
from tests.api.jobs.working import settled
from tests.serving import Served, opened_at
from tests.steps import CALLS

MONTH = "/tables/inboundCalls.json?month=2026-11&columns=id,step"
ALL = "/tables/inboundCalls.json?from=2026-10-01&to=2026-12-01&columns=id,step"


class Gate:
    """Lets the upstream answer, or not yet."""

    def __init__(self) -> None:
        self.asked = threading.Semaphore(0)
        self.opened = threading.Event()
        self.fails: Exception | None = None

    def __call__(self, what: str) -> None:
        """Called before each request."""
        self.asked.release()
        assert self.opened.wait(30)
        if self.fails is not None:
            raise self.fails


@pytest.fixture
def shelf() -> Shelf:
    """An upstream with calls in three months, ten in a page."""
    made = Shelf(Clock(NOW - timedelta(days=1)), limit=10)
    for month, count in ((OLD, 25), (LAST, 7), (OPEN, 12)):
        made.put(CALLS, month, calls(month, count))
    made.clock.time = NOW
    return made


@pytest.fixture
def gate(shelf: Shelf) -> Iterator[Gate]:
    """The gate before it; open at the end."""
    made = Gate()
    shelf.before = made
    yield made
    made.opened.set()


@pytest.fixture
def served(shelf: Shelf, gate: Gate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A service that mirrors it, and waits for rows as long as for ever, once their months are there."""
    opened = opened_at(tmp_path / "tvox.duckdb")
    mirror = Mirror(shelf, opened.store, Rules(opened.store.zone), shelf.clock)
    services: Services = replace(
        opened,
        mirror=mirror,
        now=shelf.clock,
        settings=opened.settings.model_copy(update={"history": 3}),
    )
    monkeypatch.setattr("api.jobs.waiting.MOMENT", 600.0)
    running = Served(services)
    yield running
    gate.opened.set()
    running.close()
    mirror.stop()
    mirror.drain()
    opened.close()


def over(served: Served, job: str) -> dict[str, Any]:
    found: dict[str, Any] = served.get(f"{job}?wait=30").json()
    assert "seconds" not in found, found
    return found


def test_the_months_come_and_then_the_answer(served: Served, gate: Gate, shelf: Shelf) -> None:
    answer = served.get(f"{ALL}&wait=0")
    assert answer.status_code == 202
    assert answer.json()["state"] == "coming"
    job = answer.headers["Location"]
    assert gate.asked.acquire(timeout=30)
    status = served.get(job).json()
    assert (status["state"], status["progress"], status["row_count"]) == ("coming", None, None)
    assert status["months"]["there"] < status["months"]["wanted"]
    assert status["seconds"] >= 1
    gate.opened.set()
    status = over(served, job)
    assert (status["state"], status["months"]["there"]) == ("ready", status["months"]["wanted"])
    assert status["pages"] == status["of"] >= 3
    spent = shelf.count()
    result = served.get(status["result"])
    assert len(result.json()["rows"]) == 2 * (7 + 12)
    assert "X-Data-As-Of" in result.headers
    assert shelf.count() == spent, "nothing was asked again"
    assert result.json() == served.get(status["rows"]).json()


def test_months_and_rows_have_the_seconds_that_were_asked_for(served: Served, gate: Gate) -> None:
    gate.opened.set()
    answer = served.get(f"{ALL}&wait=60")
    assert (answer.status_code, len(answer.json()["rows"])) == (200, 38)
    assert served.get("/jobs").json() == {"jobs": []}


def test_an_upstream_that_fails_fails_the_job(served: Served, gate: Gate) -> None:
    gate.fails = UpstreamBusy(20)
    job = served.get(f"{MONTH}&wait=0").headers["Location"]
    gate.opened.set()
    status = over(served, job)
    assert (status["state"], status["error"]["code"]) == ("failed", "TT402")
    result = served.get(f"{job}/result")
    assert (result.status_code, result.json()["code"], result.headers["Retry-After"]) == (503, "TT402", "20")


def test_cancelling_ends_the_job_and_the_months_come_all_the_same(served: Served, gate: Gate, shelf: Shelf) -> None:
    job = served.get(f"{MONTH}&wait=0").headers["Location"]
    assert gate.asked.acquire(timeout=30)
    assert served.client.delete(job).status_code == 204
    assert over(served, job)["state"] == "cancelled"
    assert served.get(f"{job}/result").status_code == 410
    gate.opened.set()
    assert len(served.get(MONTH).json()["rows"]) == 24
    assert shelf.count("page inboundCalls 2026-11 0") == 1


def test_a_month_that_is_old_is_shown_rather_than_waited_for(served: Served, gate: Gate, shelf: Shelf) -> None:
    gate.opened.set()
    fresh = served.get(MONTH)
    gate.opened.clear()
    shelf.clock.on(hours=1)
    old = served.get(f"{MONTH}&wait=0")
    assert (old.status_code, old.json()) == (200, fresh.json())
    assert old.headers["X-Data-Stale"] == "true"
    live = served.get(f"{MONTH}&wait=0&fresh=live")
    assert live.status_code == 202, "who wants nothing older than now waits for it"
    gate.opened.set()
    assert over(served, live.headers["Location"])["state"] == "ready"


def test_the_first_rows_of_a_missing_month_are_a_job_too(served: Served, gate: Gate, shelf: Shelf) -> None:
    answer = served.get(f"{MONTH}&limit=4&wait=0")
    assert answer.status_code == 202
    gate.opened.set()
    status = over(served, answer.headers["Location"])
    assert len(served.get(status["result"]).json()["rows"]) == 4


def test_what_has_no_rows_of_its_own_is_asked_again_when_its_months_are_there(served: Served, gate: Gate) -> None:
    answer = served.get("/tables/inboundCalls/pages?month=2026-11&wait=0")
    assert answer.status_code == 202
    gate.opened.set()
    status = over(served, answer.headers["Location"])
    assert (status["state"], status["result"]) == ("ready", None)
    assert served.get(f"{answer.headers['Location']}/result").status_code == 404
    assert served.get(status["rows"]).json()["pages"]


def test_nothing_is_made_for_a_key_that_was_revoked_while_months_came(
    served: Served, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Answer] = []

    def pieces(answer: Answer, _: object = None) -> Iterator[bytes]:
        made.append(answer)
        return iter(())

    monkeypatch.setattr(Answer, "pieces", pieces)
    assert served.get(f"{MONTH}&wait=0").status_code == 202
    served.services.keys.revoke("tests")
    gate.opened.set()
    settled(served)
    assert made == []


def test_an_end_of_the_service_ends_jobs_whose_months_are_coming(served: Served, gate: Gate) -> None:
    other = Served(served.services, "other")
    assert other.get(f"{MONTH}&wait=0").status_code == 202
    assert gate.asked.acquire(timeout=30)
    other.close()
    assert not other.app.state.jobs._tasks
