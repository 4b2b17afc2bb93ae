"""A job: one answer on its way, and how far it is."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from math import inf
from secrets import token_urlsafe

from starlette.types import Message

from answers.mirror import Fresh, Wanted
from answers.mirror.flights import Flight
from api.answering import Asked
from api.jobs.spool import Result
from tabular.errors import JobOver, TablesError
from tabular.month import Month

Flights = dict[tuple[str, Month | None], Flight]

_SHARE_OF_MONTHS = 0.9
"""What of the progress the months are, where any have to come: a TVox is asked page by page."""

SECONDS = 2
"""Seconds after which a client is told to ask again while rows are made."""


class State(StrEnum):
    """How far a job is: its months are coming, its answer is being made, or how it ended."""

    COMING = "coming"
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"
    FORGOTTEN = "forgotten"


class Job:
    """An answer for the key of that name. All that changes it runs in the loop of the app.

    `question` is what makes two requests of a key one job, `rows` the address of the same without a key. `is_told`:
    somebody has its address; without that it ends when the last of those who are `waiting` has left. `planned` is the
    time of the loop at which its months were there.
    """

    def __init__(self, owner: str, question: str, rows: str, fresh: Fresh, made: datetime) -> None:
        self.id = token_urlsafe(12)
        self.owner = owner
        self.question = question
        self.rows = rows
        self.made = made
        self.state = State.COMING
        self.is_told = False
        self.waiting = 0
        self.asked: Asked | None = None
        self.body: bytes | None = None
        self.result: Result | None = None
        self.failure: TablesError | None = None
        self.reason = ""
        self.expires: datetime | None = None
        self.task: asyncio.Task[None] | None = None
        self.changed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.planned = inf
        self.is_working = True
        self._fresh = fresh
        self._per_minute = 0
        self._flights: Flights = {}
        self._needed: Flights = {}
        self._left = asyncio.Event()

    @property
    def is_over(self) -> bool:
        """Whether nothing is done for it any more."""
        return self.state not in (State.COMING, State.MAKING)

    @property
    def is_coming(self) -> bool:
        """Whether it waits for months that it cannot do without."""
        return self.state is State.COMING and any(not flight.future.done() for flight in self._needed.values())

    @property
    def seconds_left(self) -> int:
        """Seconds after which asking again makes sense."""
        return Wanted(flights=self._flights, per_minute=self._per_minute).seconds_left if self.is_coming else SECONDS

    def hear(self, wanted: Wanted) -> None:
        """Months are waited for."""
        missing = {place.name for place in wanted.missing}
        is_live = self._fresh is Fresh.LIVE
        self._flights.update(wanted.flights)
        self._needed |= {name: flight for name, flight in wanted.flights.items() if is_live or name in missing}
        self._per_minute = wanted.per_minute or self._per_minute
        self._tell()

    def plan(self, asked: Asked) -> None:
        """The months are there, and what is made is known."""
        if not self.is_over:
            self.state, self.asked, self.planned = State.MAKING, asked, asyncio.get_running_loop().time()
            self._tell()

    def end(self, state: State, failure: TablesError | None = None) -> None:
        """It is over; once only."""
        if not self.is_over:
            self.state, self.failure = state, failure
            self._tell()

    def cancel(self) -> None:
        """Stop the work, whatever it is at."""
        coming = self.state is State.COMING
        self.reason = "was cancelled"
        self.end(State.CANCELLED)
        self._left.set()
        # What is being made stops by itself: others may wait for it, too.
        if coming and self.task is not None:
            self.task.cancel()

    def forget(self, reason: str) -> None:
        """Have its result no more."""
        if self.state is State.READY:
            self.state, self.reason = State.FORGOTTEN, reason
        self.drop()

    def drop(self) -> None:
        """Give back what it holds, unless it is being written to: then that is done when the work has stopped."""
        if self.is_working:
            return
        self.body = None
        if self.result is not None:
            result, self.result = self.result, None
            result.drop()

    async def receive(self) -> Message:
        """As a client of the answer that is made: it disconnects when the job is cancelled."""
        await self._left.wait()
        return {"type": "http.disconnect"}

    def refusal(self) -> TablesError | None:
        """Why it has no result although it is over, or None."""
        return JobOver(self.reason) if self.state in (State.CANCELLED, State.FORGOTTEN) else self.failure

    def told(self, address: str) -> Mapping[str, object]:
        """What its status says, below the public address of the service."""
        flights = self._flights.values()
        pages, of = sum(flight.done for flight in flights), sum(flight.of for flight in flights)
        answer = None if self.asked is None else self.asked.answer
        count = None if answer is None else answer.row_count
        size = self.result.bytes if self.result is not None else len(self.body or b"")
        there = sum(map(_has_come, flights))
        made = getattr(answer, "rows_made", 0) or (count if self.state is State.READY else None)
        told: dict[str, object] = {
            "id": self.id,
            "state": self.state.value,
            "made": _instant(self.made),
            "months": {"wanted": len(flights), "there": there},
            "pages": pages,
            "of": of or None,
            "row_count": count,
            "rows_made": made,
            "bytes": size,
            "progress": self._progress(pages, of, made, count),
            "rows": f"{address}{self.rows}",
            "result": None,
        }
        if not self.is_over:
            told["seconds"] = self.seconds_left
        if self.state is State.READY and self.asked is not None:
            told["result"] = f"{address}/jobs/{self.id}/result"
        if self.expires is not None:
            told["expires"] = _instant(self.expires)
        if self.failure is not None:
            told["error"] = {"code": self.failure.code, "title": self.failure.message, "hint": self.failure.hint}
        return told

    def _progress(self, pages: int, of: int, made: int | None, count: int | None) -> float | None:
        """From 0 to 1; None where it is not known."""
        if self.is_over:
            return 1.0 if self.state is State.READY else None
        share = _SHARE_OF_MONTHS if self._flights else 0.0
        if self.state is State.COMING:
            return round(share * min(pages / of, 1), 3) if of else None
        if not count:
            return share or None
        return round(share + (1 - share) * min((made or 0) / count, 1), 3)

    def _tell(self) -> None:
        changed, self.changed = self.changed, asyncio.get_running_loop().create_future()
        changed.set_result(None)


def _has_come(flight: Flight) -> bool:
    future = flight.future
    return future.done() and not future.cancelled() and future.exception() is None


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
