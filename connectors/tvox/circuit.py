"""A circuit: whether an address is asked at all, so that one that does not answer is left in peace."""

import threading
from collections.abc import Callable
from enum import StrEnum

FAILURES = 3
"""Consecutive failures that open a circuit."""
SHORTEST = 10.0
LONGEST = 300.0
"""Seconds that a circuit stays open: the shortest at first, doubled each time that the trial fails."""


class Position(StrEnum):
    """Closed: requests go through. Open: none does. Half-open: one may try, and closes or opens it."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class Circuit:
    """The circuit of one address, used by many threads.

    A request enters with `enter` and says what came of it with `succeeded`, `failed` or `leave`. It names the era it
    entered in: each change of the circuit begins an era, and what requests of earlier ones say no longer counts.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._guard = threading.Lock()
        self._era = 0
        self._failures = 0
        self._openings = 0
        self._until: float | None = None
        self._trying = False

    @property
    def position(self) -> Position:
        """How it stands; half-open as soon as one may try."""
        with self._guard:
            if self._until is None:
                return Position.CLOSED
            return Position.HALF_OPEN if self._trying or self._clock() >= self._until else Position.OPEN

    @property
    def opens_in(self) -> float:
        """Seconds until a request may be sent, 0 if one may now, as far as time decides it."""
        with self._guard:
            return 0.0 if self._until is None else max(0.0, self._until - self._clock())

    @property
    def lets(self) -> bool:
        """Whether a request might enter now."""
        with self._guard:
            return self._lets()

    def _lets(self) -> bool:
        return self._until is None or (not self._trying and self._clock() >= self._until)

    def enter(self) -> int | None:
        """The era in which a request enters, None if it may not."""
        with self._guard:
            if not self._lets():
                return None
            if self._until is not None:
                self._trying = True
                self._era += 1
            return self._era

    def leave(self, era: int) -> None:
        """A request ends without having shown anything; nothing happens if it has said what came of it."""
        with self._guard:
            if era == self._era and self._trying:
                self._trying = False
                self._era += 1

    def succeeded(self, era: int) -> bool:
        """The address answers; whether that closed the circuit."""
        with self._guard:
            if era != self._era:
                return False
            closes = self._until is not None
            self._failures = self._openings = 0
            self._until, self._trying = None, False
            self._era += closes
            return closes

    def failed(self, era: int, at_once: bool = False, seconds: float | None = None) -> float | None:
        """The address does not answer; the seconds for which that opened the circuit, None if it did not.

        `at_once` opens it whatever was before, `seconds` too, and for that long.
        """
        with self._guard:
            if era != self._era:
                return None
            self._failures += 1
            if not (at_once or seconds is not None or self._trying or self._failures >= FAILURES):
                return None
            if seconds is None:
                seconds = min(LONGEST, SHORTEST * 2.0 ** min(self._openings, 10))
                self._openings += 1
            self._failures = 0
            self._until, self._trying = self._clock() + seconds, False
            self._era += 1
            return seconds
