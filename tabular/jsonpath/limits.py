"""What a path may cost: its text before it is read, and the values that it looks at while it is followed."""

import time
from collections.abc import Callable, Iterable

from tabular.errors import PathTooCostly, PathTooLong, TookTooLong
from tabular.jsonpath.ir import Child, Descend, Path

LONGEST = 1_000
MOST_SEGMENTS, MOST_DESCENTS, MOST_IN_UNION, MOST_NESTED = 32, 2, 64, 24
MOST_COLUMNS = 64

MOST_NODES = 2_400_000
"""Values that a path may look at: a large month of interactions, and a second of work at most."""

_LOOK_AT_CLOCK = 20_000


class Budget:
    """What following a path may cost: so many values, and until a moment of `clock`, in seconds.

    A path, its columns and its filters share one; it is used up for good.
    """

    def __init__(
        self,
        nodes: int = MOST_NODES,
        seconds: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.most = nodes
        self.left = nodes
        self._seconds = seconds
        self._clock = clock
        self._deadline = None if seconds is None else clock() + seconds
        self._look = max(nodes - _LOOK_AT_CLOCK, 0)

    def spend(self, nodes: int) -> None:
        """Take so many values from the budget. Raises PathTooCostly and TookTooLong."""
        self.left -= nodes
        if self.left < self._look:
            self._check()

    def _check(self) -> None:
        if self.left < 0:
            raise PathTooCostly(self.most)
        self._look = max(self.left - _LOOK_AT_CLOCK, 0)
        if self._deadline is not None and self._clock() > self._deadline:
            raise TookTooLong(self._seconds or 0)


def check_text(text: str) -> None:
    """Raises PathTooLong for a text that no parser should see."""
    if len(text) > LONGEST:
        raise PathTooLong("characters", LONGEST)
    depth = deepest = 0
    for letter in text:
        if letter in "([":
            depth += 1
            deepest = max(deepest, depth)
        elif letter in ")]":
            depth -= 1
    if deepest > MOST_NESTED:
        raise PathTooLong("brackets inside each other", MOST_NESTED)


def check_path(path: Path) -> Path:
    """The path itself. Raises PathTooLong."""
    _at_most(len(path.segments), MOST_SEGMENTS, "segments")
    descents = (segment for segment in path.segments if isinstance(segment, Descend))
    _at_most(_length(descents), MOST_DESCENTS, "descents (..)")
    for segment in path.segments:
        if isinstance(segment, Child | Descend):
            _at_most(len(segment.selectors), MOST_IN_UNION, "alternatives in brackets")
    return path


def check_columns(count: int) -> None:
    """Raises PathTooLong."""
    _at_most(count, MOST_COLUMNS, "columns")


def _length(things: Iterable[object]) -> int:
    return sum(1 for _ in things)


def _at_most(count: int, most: int, what: str) -> None:
    if count > most:
        raise PathTooLong(what, most)
