"""The jobs of an app: begun, joined, listed, cancelled, and forgotten in time."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from anyio import to_thread

from api.answering import Answering, Asked
from api.errors import failed_as
from api.freshness import Wish
from api.jobs.job import Job, State
from api.jobs.spool import Spool
from tabular.errors import JobsFull, TablesError, UnknownJob

Ask = Callable[[Wish], Awaitable[Asked | None]]
"""Brings the months of a question as the wish says, and plans it; None where there is nothing to be made."""

MOST = 20
"""Jobs that a key may have under way."""

KEPT = 1000
"""Jobs that are remembered: of those that are over, the oldest is forgotten first."""


class Jobs:
    """What goes on although nobody waits for it. A result is kept for `hours`; `now` is the clock of the service.

    Nothing of it outlives the process: what a restart would find is a file that nobody could ask for.
    """

    def __init__(self, answering: Answering, spool: Spool, hours: float, now: Callable[[], datetime]) -> None:
        self.now = now
        self._answering = answering
        self._spool = spool
        self._kept_for = timedelta(hours=hours)
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()
        self._alarms: set[asyncio.TimerHandle] = set()
        spool.clear()

    def taken(self, owner: str, question: str, rows: str, wish: Wish, ask: Ask, check: Callable[[], object]) -> Job:
        """The job of a key for a question: the one under way, or a new one. `check`, called in a thread, raises where
        the key opens nothing any more."""
        same = (job for job in self._jobs.values() if (job.owner, job.question) == (owner, question))
        job = next((job for job in same if not job.is_over), None)
        if job is None:
            job = Job(owner, question, rows, wish.fresh, self.now())
            self._jobs[job.id] = job
            lasting = replace(wish, later=False, lasting=True, hear=job.hear)
            job.task = asyncio.create_task(self._work(job, lambda: ask(lasting), check))
            self._tasks.add(job.task)
            job.task.add_done_callback(self._tasks.discard)
        return job

    def tell(self, job: Job) -> None:
        """Somebody is given its address: it goes on without him. Raises JobsFull."""
        if not job.is_told:
            if sum(not other.is_over for other in self._of(job.owner)) >= MOST:
                raise JobsFull(MOST)
            job.is_told = True
            self._sweep()

    def leave(self, job: Job) -> None:
        """One of those who waited has left: nobody else knows of a job whose address nobody has."""
        job.waiting -= 1
        if not job.waiting and not job.is_told:
            self._jobs.pop(job.id, None)
            if not job.is_over:
                job.cancel()
            job.drop()

    def find(self, owner: str, name: str) -> Job:
        """The job of that name, if it is that key's. Raises UnknownJob."""
        self._sweep()
        job = self._jobs.get(name)
        if job is None or job.owner != owner or not job.is_told:
            raise UnknownJob(name)
        return job

    def all(self, owner: str) -> list[Job]:
        """The jobs of a key that anybody has the address of, oldest first."""
        self._sweep()
        return self._of(owner)

    def end(self, job: Job) -> None:
        """Stop its work, or remove its result."""
        if job.is_over:
            job.forget("was removed")
        else:
            job.cancel()

    async def close(self) -> None:
        """Stop all work and remove all results."""
        for alarm in self._alarms:
            alarm.cancel()
        for job in self._jobs.values():
            if not job.is_over:
                job.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await to_thread.run_sync(self._spool.clear)

    def _of(self, owner: str) -> list[Job]:
        return [job for job in self._jobs.values() if job.owner == owner and job.is_told]

    async def _work(self, job: Job, ask: Callable[[], Awaitable[Asked | None]], check: Callable[[], object]) -> None:
        try:
            asked = await ask()
            await to_thread.run_sync(check)
            if asked is not None:
                job.plan(asked)
                await self._make(job, asked, check)
            self._kept(job)
        except TablesError as failure:
            job.end(State.FAILED, failure)
        except Exception as failure:  # noqa: BLE001  # told to who asks how far it is
            job.end(State.FAILED, failed_as(failure, f"the job {job.id}"))
        finally:
            job.is_working = False
            if job.state is not State.READY:
                job.drop()

    async def _make(self, job: Job, asked: Asked, check: Callable[[], object]) -> None:
        twin = self._twin(job, asked)
        if twin is not None and twin.result is not None:
            job.result = twin.result.hold()
            return
        async with aclosing(self._answering.pieces(asked, job.receive)) as pieces:
            async for piece in pieces:
                if job.is_over:
                    return
                if job.body is None and job.result is None:
                    # One piece that somebody waits for needs no file.
                    job.body = piece
                else:
                    await self._write(job, piece, check)
        if job.is_told:
            await self._write(job, b"", check)
        if job.result is not None:
            await job.result.finish()

    async def _write(self, job: Job, piece: bytes, check: Callable[[], object]) -> None:
        if job.result is None:
            job.result = self._spool.result()
            body, job.body = job.body or b"", None
            await job.result.add(body, check)
        await job.result.add(piece, check)

    def _twin(self, job: Job, asked: Asked) -> Job | None:
        """A job of the same key that is ready with the same bytes."""
        if not asked.stays:
            return None
        ready = (one for one in self._of(job.owner) if one.state is State.READY and one.result is not None)
        return next((one for one in ready if one.asked is not None and one.asked.name == asked.name), None)

    def _kept(self, job: Job) -> None:
        """It is ready, and its result is kept for a while."""
        if job.result is not None and job.is_told and not job.is_over:
            job.expires = self.now() + self._kept_for
            # Also where nobody asks for anything any more, the disk is given back.
            alarm = asyncio.get_running_loop().call_later(self._kept_for.total_seconds() + 1, self._sweep)
            self._alarms.add(alarm)
        job.end(State.READY)

    def _sweep(self) -> None:
        """Forget the results that were kept long enough, and the oldest jobs where there are too many."""
        now = self.now()
        for job in self._jobs.values():
            if job.state is State.READY and job.expires is not None and job.expires <= now:
                job.forget(f"was kept until {job.expires.astimezone(UTC):%Y-%m-%d %H:%M} UTC")
        over = [job for job in self._jobs.values() if job.is_over and job.is_told]
        for job in over[: max(0, len(over) - KEPT)]:
            del self._jobs[job.id]
            job.forget("was removed")
        loop = asyncio.get_running_loop()
        self._alarms = {alarm for alarm in self._alarms if alarm.when() > loop.time()}
