"""Rows on their way into the store: Arrow batches under a name that SQL knows."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pyarrow as pa

INCOMING = "incoming"
STAGED = "staged"


@contextmanager
def incoming(
    connection: duckdb.DuckDBPyConnection, schema: pa.Schema, batches: Iterator[pa.RecordBatch]
) -> Iterator[str]:
    """Batches as the name of a table that can be read once; what their maker raises comes out unchanged."""
    failed: list[BaseException] = []

    def watched() -> Iterator[pa.RecordBatch]:
        try:
            yield from batches
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


@contextmanager
def staged(
    connection: duckdb.DuckDBPyConnection, schema: pa.Schema, batches: Iterator[pa.RecordBatch]
) -> Iterator[str]:
    """Batches as the name of a temporary table, for what has to look at them more than once."""
    with incoming(connection, schema, batches) as name:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {STAGED} AS SELECT * FROM {name}")
    yield STAGED
    connection.execute(f"DROP TABLE {STAGED}")
