"""Rows on their way into the store: Arrow batches under a name that SQL knows."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pyarrow as pa

INCOMING = "incoming"

ROW_GROUP = 122_880
"""Rows that DuckDB keeps together on disk."""


@contextmanager
def incoming(
    connection: duckdb.DuckDBPyConnection, schema: pa.Schema, batches: Iterator[pa.RecordBatch]
) -> Iterator[str]:
    """Batches as the name of a table that can be read once; what their maker raises comes out unchanged."""
    failed: list[BaseException] = []

    def watched() -> Iterator[pa.RecordBatch]:
        try:
            yield from _in_row_groups(batches)
        except BaseException as failure:
            failed.append(failure)
            raise

    connection.register(INCOMING, pa.RecordBatchReader.from_batches(schema, watched()))
    try:
        yield INCOMING
    except duckdb.Error:
        # DuckDB wraps what a source raises; the source's own error says more.
        if failed:
            raise failed[0] from None
        raise
    finally:
        connection.unregister(INCOMING)


def _in_row_groups(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same rows in batches of exactly a row group: the engine writes those once, and others again and again."""
    waiting: list[pa.RecordBatch] = []
    room = ROW_GROUP
    for batch in batches:
        rest = batch
        while rest.num_rows:
            taken = rest.slice(0, room)
            waiting.append(taken)
            rest = rest.slice(taken.num_rows)
            room -= taken.num_rows
            if not room:
                yield _one(waiting)
                waiting, room = [], ROW_GROUP
    if waiting:
        yield _one(waiting)


def _one(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    return batches[0] if len(batches) == 1 else pa.concat_batches(batches)


@contextmanager
def staged(
    connection: duckdb.DuckDBPyConnection, schema: pa.Schema, batches: Iterator[pa.RecordBatch], name: str
) -> Iterator[str]:
    """Batches as a temporary table of that name, for what has to look at them more than once."""
    with incoming(connection, schema, batches) as arriving:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM {arriving}")
    yield name
    connection.execute(f"DROP TABLE {name}")
