"""Rows on their way out of the store: Arrow batches as the engine makes them, stopped when nobody wants more."""

import threading
from collections.abc import Iterator, Sequence

import duckdb
import pyarrow as pa

from store.failures import translated
from store.patience import Patience
from store.statements import Statement

BATCH_ROWS, BATCH_LETTERS = 20_000, 40_000_000
"""Rows of a batch: enough that work per batch does not count, few enough that the first comes soon; and fewer where
their columns, each taken for some 24 letters beside its name, would be more letters than that."""


class Rows:
    """The answer of one statement, read once; the first batch is made at once, so that what fails fails here.

    The cursor and its transaction end with it. Raises TookTooLong, here and on the way, once the patience has ended.
    """

    def __init__(
        self, cursor: duckdb.DuckDBPyConnection, statement: Statement, path: str, patience: Patience | None = None
    ) -> None:
        self._cursor = cursor
        self._path = path
        self._patience = patience or Patience()
        self._open = threading.Lock()
        try:
            with translated(path), self._patience.lent_to(cursor):
                executed = cursor.execute(statement.sql, dict(statement.literals) or None)
                reader = executed.to_arrow_reader(_rows_of(statement))
                self._first: pa.RecordBatch | None = next(reader, None)
        except BaseException:
            cursor.close()
            raise
        self._reader: pa.RecordBatchReader = reader
        self.schema: pa.Schema = _named(reader.schema, statement.names)

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        batch = self._first
        while batch is not None:
            yield pa.RecordBatch.from_arrays(batch.columns, schema=self.schema)
            batch = self._next()

    def _next(self) -> pa.RecordBatch | None:
        with translated(self._path), self._patience.lent_to(self._cursor):
            try:
                return next(self._reader, None)
            except OSError:
                # As such Arrow tells that the engine was interrupted.
                self._patience.check()
                raise

    def close(self) -> None:
        """Stop the engine's work on this answer and give its resources back; more than once is no harm."""
        if self._open.acquire(blocking=False):
            self._cursor.interrupt()
            self._cursor.close()


def _rows_of(statement: Statement) -> int:
    """How many rows a batch has."""
    letters = sum(24 + len(name) for name in statement.names)
    return min(BATCH_ROWS, BATCH_LETTERS // max(letters, 1))


def _named(schema: pa.Schema, names: Sequence[str]) -> pa.Schema:
    if not names:
        return schema
    return pa.schema([field.with_name(name) for field, name in zip(schema, names, strict=True)])
