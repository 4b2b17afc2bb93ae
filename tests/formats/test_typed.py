"""Arrow and Parquet hold every value exactly, in the types that the columns declare."""

import io
from datetime import UTC, datetime

import polars
import pyarrow as pa
import pytest
from hypothesis import given
from pyarrow import parquet

from formats.format import Header, Heading
from tabular.table import Type
from tests.formats.drawn import KINDS, Drawn, batch_of, encoded, heading, tables

pytestmark = pytest.mark.law

EDGES = [datetime(1, 1, 1), datetime(1899, 12, 31), datetime(1900, 3, 1), datetime(9999, 12, 31, 23, 59, 59, 999999)]


def in_utc(rows: list[list[object]]) -> list[list[object]]:
    return [[v.replace(tzinfo=UTC) if isinstance(v, datetime) else v for v in row] for row in rows]


def by_pyarrow(form: str, data: bytes) -> pa.Table:
    return pa.ipc.open_stream(data).read_all() if form == "arrow" else parquet.read_table(io.BytesIO(data))


def by_polars(form: str, data: bytes) -> polars.DataFrame:
    return polars.read_ipc_stream(data) if form == "arrow" else polars.read_parquet(io.BytesIO(data))


@pytest.mark.parametrize("form", ["arrow", "parquet"])
@given(drawn=tables())
def test_columns_are_read_back_as_they_were(form: str, drawn: Drawn) -> None:
    headings, rows, batches = drawn
    data = encoded(form, headings, batches)
    expected = in_utc(rows)
    table = by_pyarrow(form, data)
    assert table.column_names == [heading.name for heading in headings]
    assert [list(row) for row in zip(*(column.to_pylist() for column in table), strict=True)] == expected
    frame = by_polars(form, data)
    assert [list(row) for row in frame.rows()] == expected


@pytest.mark.parametrize("form", ["arrow", "parquet"])
def test_times_are_utc_whatever_zone_was_asked_for(form: str) -> None:
    headings = (heading("t", Type.TIME),)
    data = encoded(form, headings, [batch_of([[edge] for edge in EDGES], [Type.TIME], "America/New_York")])
    table = by_pyarrow(form, data)
    assert table.schema.field("t").type == pa.timestamp("us", "UTC")
    assert table.column("t").to_pylist() == [edge.replace(tzinfo=UTC) for edge in EDGES]


@pytest.mark.parametrize("form", ["arrow", "parquet"])
def test_an_answer_without_rows_has_the_same_types(form: str) -> None:
    headings = tuple(heading(kind.value, kind) for kind in KINDS)
    schemas = [
        by_pyarrow(form, encoded(form, headings, batches)).schema
        for batches in ([], [batch_of([], list(KINDS))], [batch_of([[None] * 5], list(KINDS))])
    ]
    assert schemas[0].equals(schemas[1], check_metadata=True)
    assert schemas[0].equals(schemas[2], check_metadata=True)


@pytest.mark.parametrize("form", ["arrow", "parquet"])
def test_columns_say_what_they_are(form: str) -> None:
    waited = heading("waited", Type.INTEGER, "waitDuration", description="Seconds until the answer.", unit="s")
    schema = by_pyarrow(form, encoded(form, (waited,), [])).schema
    described = schema.field("waited").metadata
    assert described[b"description"] == b"Seconds until the answer."
    assert (described[b"unit"], described[b"label"]) == (b"s", b"Wait duration")
    assert schema.metadata[b"table"] == b"inboundCalls"
    assert schema.metadata[b"as_of"] == b"2026-11-22T12:00:00+00:00"


def test_labels_that_meet_are_kept_apart() -> None:
    headings: tuple[Heading, ...] = (heading("waitDuration", Type.TEXT), heading("wait_duration", Type.TEXT))
    data = encoded("arrow", headings, [], header=Header.LABELS)
    assert by_polars("arrow", data).columns == ["Wait duration", "Wait duration 2"]


def test_row_groups_are_several_batches() -> None:
    batch = batch_of([[number] for number in range(50_000)], [Type.INTEGER])
    data = encoded("parquet", (heading("n", Type.INTEGER),), [batch] * 6)
    found = parquet.ParquetFile(io.BytesIO(data)).metadata
    assert [found.row_group(n).num_rows for n in range(found.num_row_groups)] == [150_000, 150_000]
    assert found.row_group(0).column(0).compression == "ZSTD"
