"""What tests of jobs have in common: answers that take their time, and questions about jobs."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from answers.answer import Answer
from api.jobs import Jobs, Spool
from store import store as stores
from store.patience import Patience
from store.statements import Statement
from tabular.errors import TookTooLong
from tests.api.linking import Clock
from tests.serving import Served
from tests.steps import NOW, moment, step

LARGE = "/tables/inboundCalls.ndjson?month=2026-11"
SMALL = "/tables/inboundCalls.csv?month=2026-11&columns=id,user&limit=20"
ENDLESS = 'SELECT CAST(sum(sqrt(a.range * b.range)) AS VARCHAR) AS "id" FROM range(1000000) a, range(1000000) b'
BEGAN = moment("2026-11-03T08:00")
ROWS = [step(BEGAN + timedelta(minutes=i), 0, i, user=f"user{i % 3}") for i in range(600)]
IDENTITY = {"Accept-Encoding": "identity"}
CLOCK = Clock(NOW)
DROPPED = threading.Condition()
"""Told whenever somebody lets go of a result."""


class Slow:
    """Answers that stop in their middle until they may go on, and perhaps fail then."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made = 0
        self.halfway, self.may_go = threading.Event(), threading.Event()
        self.over = threading.Semaphore(0)
        self.fails: Exception | None = None
        whole = Answer.pieces

        def pieces(answer: Answer, patience: Patience | None = None) -> Iterator[bytes]:
            self.made += 1
            try:
                body = b"".join(whole(answer, patience))
                yield body[: len(body) // 2]
                self.halfway.set()
                assert self.may_go.wait(30)
                if patience is not None:
                    patience.check()
                if self.fails is not None:
                    raise self.fails
                yield body[len(body) // 2 :]
            finally:
                self.over.release()

        monkeypatch.setattr(Answer, "pieces", pieces)


class Endless:
    """An engine whose work does not end by itself; hears when it begins and when it is stopped."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.began, self.stopped = threading.Semaphore(0), threading.Semaphore(0)
        whole: Callable[..., Iterator[bytes]] = Answer.pieces

        def asked(*_: Any) -> Statement:
            self.began.release()
            return Statement(ENDLESS, {})

        def pieces(*given: Any) -> Iterator[bytes]:
            try:
                yield from whole(*given)
            except TookTooLong:
                self.stopped.release()
                raise

        monkeypatch.setattr(stores, "rows_statement", asked)
        monkeypatch.setattr(Answer, "pieces", pieces)


def jobs_of(served: Served) -> Jobs:
    found: Jobs = served.app.state.jobs
    return found


def spool(served: Served) -> Spool:
    return jobs_of(served)._spool


def files(served: Served) -> list[Path]:
    folder = spool(served).folder
    return sorted(folder.iterdir()) if folder.exists() else []


def assert_empty(served: Served) -> None:
    """No result is left, once the last who was sent one has let go of it."""

    with DROPPED:
        assert DROPPED.wait_for(lambda: not files(served), 30)
    assert (files(served), spool(served).bytes) == ([], 0)


def settled(served: Served, ending: bool = False) -> None:
    """Wait until nothing is done for any job; with `ending`, all are ended before."""
    jobs = jobs_of(served)

    async def settle() -> None:
        for job in list(jobs._jobs.values()) if ending else ():
            jobs.end(job)
        await asyncio.gather(*jobs._tasks, return_exceptions=True)

    for job in list(jobs._jobs.values())[:1]:
        assert job.task is not None
        asyncio.run_coroutine_threadsafe(settle(), job.task.get_loop()).result(30)


def ready(served: Served, address: str = LARGE) -> str:
    """The address of a job that is ready."""
    job = told(served, address)
    assert over(served, job)["state"] == "ready"
    return job


def told(served: Served, address: str = LARGE, **headers: str) -> str:
    """The address of the job of a question that takes longer than it waits."""
    answer = served.get(f"{address}&wait=0", headers=IDENTITY | headers)
    assert answer.status_code == 202, answer.text
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.headers["Location"]


def over(served: Served, job: str) -> dict[str, Any]:
    """Its status, once it is over."""
    found: dict[str, Any] = served.get(f"{job}?wait=30").json()
    assert "seconds" not in found, found
    return found


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]
