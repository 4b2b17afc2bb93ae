"""The budget: how many requests an upstream takes from us in a minute, over restarts, kills and jumps of clocks."""

import sys
import threading
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import count
from math import ceil, inf
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from store.control import PAUSES, REQUESTS, Control
from tabular.errors import UpstreamBusy
from tabular.upstream import Urgency, Urgent

WINDOW = 60.5
"""Seconds for which a request holds its slot after its end: the upstream's minute, and a little because no two clocks
run alike and what a killed process had just sent may still be on its way."""

RESERVE = 0.05
"""The part of the limit that is left to interactive requests; one slot at least where the limit is 10 or more."""

_LONGEST = 120
"""The most seconds that a refusal names: Excel and Power BI hear of no more."""

_CLOSED = 30
"""Seconds after which a service that is closing may be there again."""


class Clock(Protocol):
    """Seconds since a moment that stays the same while the machine runs, however its wall clock is set."""

    @property
    def boot(self) -> str:
        """Whose seconds they are: another name, another beginning."""
        ...

    def now(self) -> float:
        """The seconds."""
        ...

    def condition(self, lock: threading.RLock) -> threading.Condition:
        """A condition of that lock whose timed waits are timed by this clock."""
        ...


class SystemClock:
    """The clock of this machine since it was started, sleep included; this process's own where that is unknown."""

    def __init__(self) -> None:
        try:
            self.boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            self.boot = str(uuid.uuid4())

    def now(self) -> float:
        return time.clock_gettime(time.CLOCK_BOOTTIME) if sys.platform == "linux" else time.monotonic()

    def condition(self, lock: threading.RLock) -> threading.Condition:
        return threading.Condition(lock)


SYSTEM_CLOCK = SystemClock()


class Budget:
    """The requests that an upstream takes in any sliding minute, shared by all threads, the urgent ones first.

    The upstream counts a request when it arrives, which is at some moment between its beginning and its end here. So
    a request holds a slot from before it is sent until a minute after it ended, and one that has not ended always
    does: however late each arrives, no minute of the upstream's own log holds more than `per_minute`.

    What was sent is written into the control database before it is sent. What a killed process left there without an
    end, and what was written by the clock of another boot, counts as ended when the budget is made. Several processes
    may share the database, and then share the slots, too.

    `per_minute` 0: there is no limit, nothing is written, and only a pause is waited for.
    """

    def __init__(self, control: Control, per_minute: int, clock: Clock = SYSTEM_CLOCK) -> None:
        self._clock = clock
        self._limit = per_minute or inf
        self._reserve = max(int(per_minute * RESERVE), int(per_minute >= 10))
        self._guard = threading.RLock()
        self._waiting: dict[int, tuple[Urgent, threading.Condition]] = {}
        self._numbers = count()
        self._ended: dict[int, tuple[float, float]] = {}
        self._spent = 0
        # A connection of its own: its commits need to survive a kill of the process, not a loss of power, so that
        # they need not wait for the disk, which the store keeps busy.
        self._connection = control.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        self._connection.detach()
        with self._connection.begin():
            self._connection.exec_driver_sql("PRAGMA synchronous=NORMAL")
        with self._guard, self._transaction():
            self._adopt()

    @contextmanager
    def turn(self, urgent: Urgent, at_most: float = inf) -> Iterator[None]:
        """Wait until a request may be sent, to be sent and read inside.

        Who is more urgent goes first, then who came first. `urgent.urgency` is read again whenever something changes,
        while nobody else can move: it must wait for nothing. Raises UpstreamBusy, with the seconds after which asking
        again makes sense, if the wait would exceed `at_most` seconds, or has, or the budget is closed.
        """
        request, began = self._begin(urgent, at_most)
        try:
            yield
        finally:
            self._end(request, began)

    def pause(self, seconds: float) -> None:
        """Let nobody send for so long, after a restart either: the upstream said so. A longer pause stays."""
        with self._guard:
            with self._transaction():
                now = self._clock.now()
                row = {"boot": self._clock.boot, "began": now, "until": now + seconds}
                self._connection.execute(sa.insert(PAUSES), row)
            self._wake_all()

    def reconsider(self) -> None:
        """Look again who goes first: to be called when the urgency of what may be waiting has risen."""
        with self._guard:
            self._wake_first()

    @property
    def per_minute(self) -> int:
        """The limit; 0 for none."""
        return 0 if self._limit == inf else int(self._limit)

    @property
    def left(self) -> int | None:
        """The slots that are free now, the reserved ones too; None without a limit. A pause leaves them as they are."""
        with self._guard, self._transaction():
            return None if self._limit == inf else max(0, int(self._limit) - len(self._slots().held_until))

    @property
    def next_in(self) -> float:
        """Seconds until an interactive request could go, behind those that wait now; 0.0 if at once."""
        with self._guard:
            ahead = sum(urgent.urgency == Urgency.INTERACTIVE for urgent, _ in self._waiting.values())
            with self._transaction():
                slots = self._slots()
            return slots.moments([self._limit] * (ahead + 1))[-1] - slots.now

    @property
    def spent(self) -> int:
        """The requests since this object was made."""
        with self._guard:
            return self._spent

    def close(self) -> None:
        """Let go of the control database, and refuse who waits.

        What is on its way now counts as ended when a budget is made again.
        """
        with self._guard:
            self._connection.close()
            self._wake_all()

    def _begin(self, urgent: Urgent, at_most: float) -> tuple[int | None, float]:
        """The request's number in the log (None: it is not logged), and when it began."""
        with self._guard:
            number, woken = next(self._numbers), self._clock.condition(self._guard)
            self._waiting[number] = urgent, woken
            until = self._clock.now() + at_most
            try:
                while True:
                    if self._connection.closed:
                        raise UpstreamBusy(_CLOSED)
                    queue = self._queue()
                    place = next(place for place, (_, came) in enumerate(queue) if came == number)
                    with self._transaction():
                        slots = self._slots()
                        moment = slots.moments(self._most(urgency) for urgency, _ in queue[: place + 1])[-1]
                        goes = place == 0 and moment <= slots.now
                        request = self._write_begin(slots.now) if goes else None
                    if goes:
                        self._spent += 1
                        return request, slots.now
                    if moment > max(until, slots.now):
                        raise UpstreamBusy(min(_LONGEST, max(1, ceil(moment - slots.now))))
                    if place > 0:
                        # The first one looks to the time. It may be first since now, by an urgency that rose unheard.
                        self._wake_first()
                    rest = (until if place > 0 else moment) - slots.now
                    woken.wait(min(rest, threading.TIMEOUT_MAX) if 0 < rest < inf else None)
            finally:
                del self._waiting[number]
                self._wake_first()

    def _end(self, request: int | None, began: float) -> None:
        """Nobody needs to hear of it: a slot that is held becomes free a minute from now at the earliest."""
        ended = self._clock.now()
        if request is None:
            return
        with self._guard:
            self._ended[request] = (began, ended)
            # An end that cannot be written now (the disk is full, or the service closes) is written with what comes
            # next; until then the request counts as on its way.
            with suppress(sa.exc.OperationalError, sa.exc.ResourceClosedError), self._transaction():
                pass

    def _queue(self) -> list[tuple[Urgency, int]]:
        """Those that wait, by urgency and number, the first one first."""
        return sorted((urgent.urgency, number) for number, (urgent, _) in self._waiting.items())

    def _wake_first(self) -> None:
        if self._waiting:
            self._waiting[self._queue()[0][1]][1].notify()

    def _wake_all(self) -> None:
        for _, woken in self._waiting.values():
            woken.notify()

    def _most(self, urgency: Urgency) -> float:
        """How many slots may be held when a request of this urgency has its own."""
        return self._limit - (0 if urgency == Urgency.INTERACTIVE else self._reserve)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """The log, kept from every other process meanwhile; all ends that are known here are in it."""
        with self._connection.begin():
            self._connection.exec_driver_sql("BEGIN IMMEDIATE")
            for request, (began, ended) in self._ended.items():
                # Not an update: another process may have taken it for one without an end, and forgotten it by now.
                row = {"id": request, "boot": self._clock.boot, "began": began, "ended": ended}
                self._connection.execute(_WRITE_END, row)
            yield
        self._ended.clear()

    def _write_begin(self, now: float) -> int | None:
        if self._limit == inf:
            return None
        return self._connection.execute(_WRITE_BEGIN, {"boot": self._clock.boot, "began": now}).lastrowid

    def _slots(self) -> "_Slots":
        """The slots at this moment; what holds none any more leaves the log."""
        now = self._clock.now()
        here = {"here": self._clock.boot, "now": now, "over": now - WINDOW}
        self._connection.execute(_FORGET_REQUESTS, here)
        self._connection.execute(_FORGET_PAUSES, here)
        held = self._connection.execute(_HELD, here).scalars().all()
        paused = self._connection.execute(_PAUSED, here).scalar_one()
        held_until = [(now if ended is None else ended) + WINDOW for ended in held]
        return _Slots(now, held_until, now if paused is None else paused)

    def _adopt(self) -> None:
        """Take over what other processes left in the log.

        A moment that has not come yet was written by a clock that only looked like this one.
        """
        now = self._clock.now()
        here = {"here": self._clock.boot, "now": now}
        rebooted = self._connection.execute(_OF_OTHER_BOOTS, here).scalar_one()
        self._connection.execute(_ADOPT_REQUESTS, here)
        self._connection.execute(_ADOPT_PAUSES, here)
        if rebooted and now < WINDOW:
            # A loss of power may have taken the last lines of the log. They were written before this clock's zero.
            row = {"boot": self._clock.boot, "began": 0.0, "until": WINDOW}
            self._connection.execute(sa.insert(PAUSES), row)


@dataclass(frozen=True, slots=True)
class _Slots:
    """The moments until which slots are held, at the earliest for those on their way, and a pause lasts."""

    now: float
    held_until: list[float]
    paused_until: float

    def moments(self, mosts: Iterable[float]) -> list[float]:
        """When each of those that wait may go, one after the other, if each ends at once and nobody comes between.

        `mosts` says for each how many slots may be held then, its own included.
        """
        held = list(self.held_until)
        heapify(held)
        moment = max(self.now, self.paused_until)
        found = []
        for most in mosts:
            while held and (held[0] <= moment or len(held) >= most):
                moment = max(moment, heappop(held))
            heappush(held, moment + WINDOW)
            found.append(moment)
        return found


_HERE, _NOW = sa.bindparam("here", type_=sa.String), sa.bindparam("now", type_=sa.Float)
_PAUSED_ANEW = _NOW + PAUSES.c.until - PAUSES.c.began

_WRITE_BEGIN = sa.insert(REQUESTS)
_WRITE_END = sa.insert(REQUESTS).prefix_with("OR REPLACE")

# What a process of another boot writes while this one runs cannot be timed: it counts as on its way.
_HELD = sa.select(sa.case((REQUESTS.c.boot == _HERE, REQUESTS.c.ended)))
_PAUSED = sa.select(sa.func.max(sa.case((PAUSES.c.boot == _HERE, PAUSES.c.until), else_=_PAUSED_ANEW)))

_FORGET_REQUESTS = sa.delete(REQUESTS).where(REQUESTS.c.boot == _HERE, REQUESTS.c.ended <= sa.bindparam("over"))
_FORGET_PAUSES = sa.delete(PAUSES).where(PAUSES.c.boot == _HERE, PAUSES.c.until <= _NOW)

_OF_OTHER_BOOTS = sa.select(sa.func.count()).where(REQUESTS.c.boot != _HERE)
_ADOPT_REQUESTS = (
    sa.update(REQUESTS)
    .where(
        sa.or_(REQUESTS.c.boot != _HERE, REQUESTS.c.began > _NOW, REQUESTS.c.ended > _NOW, REQUESTS.c.ended.is_(None))
    )
    .values(boot=_HERE, began=_NOW, ended=_NOW)
)
_ADOPT_PAUSES = (
    sa.update(PAUSES)
    .where(sa.or_(PAUSES.c.boot != _HERE, PAUSES.c.began > _NOW))
    .values(boot=_HERE, began=_NOW, until=_PAUSED_ANEW)
)
