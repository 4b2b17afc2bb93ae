"""Kept answers: the bytes of small answers, given again while what they were made of is unchanged."""

import threading
from collections import OrderedDict

SHARE = 16
"""No answer takes more than one part in so many of the memory: one large one shall not drive out all others."""

_BESIDE = 500
"""Bytes that an answer takes besides its name and its body."""


class KeptAnswers:
    """Whole answers by their names, in a bounded memory; what was not asked for longest goes first.

    A name says all that the bytes depend on, as `Answer.name` does: so nothing here ever becomes wrong, and what a
    later version replaces is never asked for again. For any number of threads.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.largest = most // SHARE
        self.bytes = 0
        self.hits = 0
        self.misses = 0
        self._bodies: OrderedDict[str, bytes] = OrderedDict()
        self._rows: dict[str, int] = {}
        self._guard = threading.Lock()

    def __len__(self) -> int:
        return len(self._bodies)

    def get(self, name: str) -> bytes | None:
        """The answer of that name, None where it is not kept."""
        with self._guard:
            body = self._bodies.get(name)
            if body is None:
                self.misses += 1
            else:
                self.hits += 1
                self._bodies.move_to_end(name)
            return body

    def rows(self, name: str) -> int | None:
        """How many rows that answer has, None where it is not kept, or nobody said."""
        with self._guard:
            return self._rows.get(name)

    def put(self, name: str, body: bytes, rows: int | None = None) -> None:
        """Keep an answer, unless it is too large; others go where it needs their room."""
        taken = _taken(name, body)
        if taken > self.largest:
            return
        with self._guard:
            before = self._bodies.pop(name, None)
            if before is not None:
                self.bytes -= _taken(name, before)
            self._bodies[name] = body
            if rows is not None:
                self._rows[name] = rows
            self.bytes += taken
            while self.bytes > self.most:
                oldest, dropped = self._bodies.popitem(last=False)
                self._rows.pop(oldest, None)
                self.bytes -= _taken(oldest, dropped)


def _taken(name: str, body: bytes) -> int:
    return len(name) + len(body) + _BESIDE
