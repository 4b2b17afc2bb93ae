"""The pace of requests to Google: what it takes of an account in a minute, and of one spreadsheet in a second."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from store.budget import SYSTEM_CLOCK, Budget, Clock
from store.control import Control
from tabular.errors import GoogleUnreachable, UpstreamBusy
from tabular.upstream import Urgency

PER_MINUTE = 60
"""Google takes 60 reads and 60 writes of one account in a minute, and 300 of its project. Reads are few here: to count
both together keeps each limit."""
APART = 1.0
"""Seconds between two requests for the same spreadsheet; Google advises it against errors with status 503."""
_REMEMBERED = 1000
"""Spreadsheets whose last request is remembered."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    urgency: Urgency = Urgency.INTERACTIVE


class Pace:
    """The requests that Google takes of one account, in turns of all threads and processes that use the same `store`.

    They are logged beside the store, in a file of their own, so that a restart or a kill forgets none: no 60 seconds
    ever hold more than `per_minute` requests. With 0 there is no limit, and nothing is kept. Two requests for one
    spreadsheet begin `apart` seconds from each other. `wait` waits for some seconds of the `clock`.
    """

    def __init__(
        self,
        store: Path,
        per_minute: int = PER_MINUTE,
        apart: float = APART,
        clock: Clock = SYSTEM_CLOCK,
        wait: Callable[[float], object] | None = None,
    ) -> None:
        self._control = Control(store.with_name(f"{store.name}.google")) if per_minute else None
        self._budget = Budget(self._control, per_minute, clock) if self._control else None
        self._apart = apart
        self._clock = clock
        self._ended = threading.Event()
        self._wait = wait or self._ended.wait
        self._guard = threading.Lock()
        self._next: dict[str, float] = {}

    @contextmanager
    def turn(self, spreadsheet: str) -> Iterator[None]:
        """Wait until a request may be sent, to be sent and read inside. Raises GoogleUnreachable once it is closed."""
        if self._budget is None:
            self._wait_apart(spreadsheet)
            yield
            return
        slot = self._budget.turn(_Wanted())
        try:
            slot.__enter__()
        except UpstreamBusy:
            raise GoogleUnreachable("this service is ending") from None
        try:
            self._wait_apart(spreadsheet)
            yield
        finally:
            slot.__exit__(None, None, None)

    def pause(self, seconds: float) -> float:
        """Let no turn begin for so long, after a restart either: Google said so.

        The seconds that the caller has to wait by itself: all of them where there is no limit.
        """
        if self._budget is None:
            return seconds
        self._budget.pause(seconds)
        return 0

    def close(self) -> None:
        """Refuse who waits, and let go of the file."""
        self._ended.set()
        if self._budget is not None and self._control is not None:
            self._budget.close()
            self._control.close()

    def _wait_apart(self, spreadsheet: str) -> None:
        with self._guard:
            now = self._clock.now()
            begins = max(now, self._next.pop(spreadsheet, now))
            self._next[spreadsheet] = begins + self._apart
            if len(self._next) > _REMEMBERED:
                del self._next[next(iter(self._next))]
        if begins > now:
            self._wait(begins - now)
        if self._ended.is_set():
            raise GoogleUnreachable("this service is ending")
