"""Rows on their way out of the store: Arrow batches as the engine makes them, stopped when nobody wants more."""

import threading
from collections.abc import Iterator

import duckdb
import pyarrow as pa

from store.failures import translated
from store.statements import Statement

BATCH_ROWS = 20_000
"""Rows of a batch: enough that work per batch does not count, few enough that the first comes soon."""


class Rows:
    """The answer of one statement, read once; the first batch is made at once, so that what fails fails here.

    The cursor and its transaction end with it.
    """

    def __init__(self, cursor: duckdb.DuckDBPyConnection, statement: Statement, path: str) -> None:
        self._cursor = cursor
        self._path = path
        self._open = threading.Lock()
        try:
            with translated(path):
                reader = cursor.execute(statement.sql, dict(statement.literals) or None).to_arrow_reader(BATCH_ROWS)
                self._first: pa.RecordBatch | None = next(reader, None)
        except BaseException:
            cursor.close()
            raise
        self._reader: pa.RecordBatchReader = reader
        self.schema: pa.Schema = reader.schema

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        if self._first is not None:
            yield self._first
            with translated(self._path):
                yield from self._reader

    def close(self) -> None:
        """Stop the engine's work on this answer and give its resources back; more than once is no harm."""
        if self._open.acquire(blocking=False):
            self._cursor.interrupt()
            self._cursor.close()
