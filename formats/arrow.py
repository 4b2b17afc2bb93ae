"""Arrow: an IPC stream, for programs that take whole columns."""

from collections.abc import Iterable, Iterator

import pyarrow as pa

from formats.format import About, Format, Heading, Style, Times
from formats.sink import Sink
from formats.typed import INSTANTS, schema_of, typed


def encode(
    headings: tuple[Heading, ...], batches: Iterable[pa.RecordBatch], style: Style, about: About
) -> Iterator[bytes]:
    """A schema and a message for each batch; instants are UTC, and say so in their type."""
    schema = schema_of(headings, style.header, about)
    sink = Sink()
    with pa.ipc.new_stream(sink, schema) as stream:
        for batch in typed(batches, schema):
            stream.write_batch(batch)
            yield sink.take()
    yield sink.take()


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
