"""Parquet: a compressed file of typed columns, to keep and to ask with other tools."""

from collections.abc import Iterable, Iterator

import pyarrow as pa
from pyarrow import parquet

from formats.format import About, Format, Heading, Style, Times
from formats.sink import Sink
from formats.typed import INSTANTS, schema_of, typed

_GROUP_ROWS, _GROUP_BYTES = 120_000, 64_000_000
"""A row group is that of DuckDB, or less where rows are wide: it is what has to be held at once."""


def encode(
    headings: tuple[Heading, ...], batches: Iterable[pa.RecordBatch], style: Style, about: About
) -> Iterator[bytes]:
    """Row groups of a few batches each, compressed with zstd; the columns' descriptions are their fields' metadata."""
    schema = schema_of(headings, style.header, about)
    sink = Sink()
    with parquet.ParquetWriter(sink, schema, compression="zstd") as writer:
        for group in _groups(typed(batch, schema) for batch in batches):
            writer.write_table(pa.Table.from_batches(group, schema), row_group_size=_GROUP_ROWS * 2)
            yield sink.take()
    yield sink.take()


def _groups(batches: Iterable[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    waiting: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        waiting.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows >= _GROUP_ROWS or size >= _GROUP_BYTES:
            yield waiting
            waiting, rows, size = [], 0, 0
    if waiting:
        yield waiting


FORMAT = Format(
    name="parquet",
    media_type="application/vnd.apache.parquet",
    description="A Parquet file: typed columns, compressed, for DuckDB, pandas, Power BI and data lakes.",
    times=Times.ISO,
    rank=8,
    encode=encode,
    instants=INSTANTS,
    packed=True,
    saved=True,
)
