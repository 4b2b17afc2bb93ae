"""Fixtures of jobs: a service over 600 steps, and answers that take their time."""

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

from api.jobs.spool import Result
from tests.api.jobs.working import CLOCK, DROPPED, ROWS, Endless, Slow, assert_empty, settled
from tests.serving import Served, opened_at
from tests.steps import CALLS, NOW, SUMMARIES, batches


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service over 600 steps, whose clock can be moved, and which keeps no answers in memory."""
    opened = opened_at(tmp_path_factory.mktemp("jobs") / "tvox.duckdb", kept_memory="0", jobs_space="3MB")
    with opened.store.writing("test") as writing:
        writing.merge(CALLS, batches(ROWS), SUMMARIES)
    served = Served(replace(opened, now=lambda: CLOCK.now))
    yield served
    served.close()
    opened.close()


@pytest.fixture
def served(running: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """That service at NOW, without a job, for a key that no other test has; it holds nobody for a moment longer."""
    drop = Result.drop

    def dropped(result: Result) -> None:
        with DROPPED:
            drop(result)
            DROPPED.notify_all()

    monkeypatch.setattr("api.jobs.waiting.MOMENT", 0.0)
    monkeypatch.setattr(Result, "drop", dropped)
    CLOCK.now = NOW
    running.client.headers["X-Telenia-APIKey"] = running.key = running.services.keys.create(os.urandom(6).hex())
    yield running
    CLOCK.now = NOW
    settled(running, ending=True)
    assert_empty(running)


@pytest.fixture
def slow(served: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    """Slow answers; at the end they may all go on."""
    made = Slow(monkeypatch)
    yield made
    made.may_go.set()


@pytest.fixture
def endless(served: Served, monkeypatch: pytest.MonkeyPatch) -> Endless:
    """That engine."""
    return Endless(monkeypatch)
