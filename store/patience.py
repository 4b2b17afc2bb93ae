"""Patience: how long somebody waits for an answer; when it ends, the engine stops working on it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from tabular.errors import TookTooLong


class Patience:
    """Ended from any thread, by a deadline or by a client that left; what works for it then raises TookTooLong.

    `seconds` is the deadline that the refusal names.
    """

    def __init__(self, seconds: float = float("inf")) -> None:
        self.seconds = seconds
        self._guard = threading.Lock()
        self._working: set[duckdb.DuckDBPyConnection] = set()
        self._ended = False

    def end(self) -> None:
        """Stop what works for it now and refuse what would begin; to be called again while work goes on, since an
        engine that is about to begin does not hear it."""
        with self._guard:
            self._ended = True
            for cursor in self._working:
                cursor.interrupt()

    def check(self) -> None:
        """Raise TookTooLong if it has ended."""
        if self._ended:
            raise TookTooLong(self.seconds)

    @contextmanager
    def lent_to(self, cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """While a cursor works for it, it can be interrupted. Raises TookTooLong."""
        with self._guard:
            self._working.add(cursor)
        try:
            self.check()
            yield
        except duckdb.InterruptException as failure:
            raise TookTooLong(self.seconds) from failure
        finally:
            with self._guard:
                self._working.discard(cursor)
