"""Arrow: an IPC stream, for programs that take whole columns."""

from collections.abc import Iterable, Iterator

import pyarrow as pa

from formats.format import About, Format, Heading, Style, Times
from formats.spreading import spread
from formats.typed import INSTANTS, schema_of, typed

_END = b"\xff\xff\xff\xff\0\0\0\0"
"""A message of no length, which ends a stream."""


def encode(
    headings: tuple[Heading, ...], batches: Iterable[pa.RecordBatch], style: Style, about: About
) -> Iterator[bytes]:
    """A schema and a message for each batch; instants are UTC, and say so in their type."""
    schema = schema_of(headings, style.header, about)
    yield schema.serialize().to_pybytes()
    yield from spread(batches, lambda batch: typed(batch, schema).serialize().to_pybytes())
    yield _END


FORMAT = Format(
    name="arrow",
    media_type="application/vnd.apache.arrow.stream",
    description="An Arrow IPC stream, for pandas, Polars, DuckDB and R: typed columns, nothing to parse.",
    times=Times.ISO,
    rank=7,
    encode=encode,
    instants=INSTANTS,
    saved=True,
)
