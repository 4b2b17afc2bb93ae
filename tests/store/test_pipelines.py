"""Pipelines as SQL: what the plain reading makes of the same rows, and nothing of the question in the text."""

from collections.abc import Iterator, Sequence
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from store.layout import arrow_schema
from store.pipelines import Piped, pipeline_statement
from store.plan import Part, Plan
from tabular.month import Month
from tabular.partition import Partition
from tabular.pipeline import Pipeline
from tests.store import plain_pipelines
from tests.store.drawn_pipelines import NOW, STORED, months, pipelines
from tests.store.test_filtering import extents_of
from tests.store.test_grouping import assert_same

VERSION = 5


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    """An engine as the store opens it, but in memory."""
    with duckdb.connect(":memory:", config={"autoload_known_extensions": "false", "threads": "1"}) as connection:
        connection.execute("CREATE SCHEMA kept")
        yield connection


def planned(
    engine: duckdb.DuckDBPyConnection, pipeline: Pipeline, parts: Sequence[list[dict[str, Any]]], tidy: bool
) -> Plan:
    """The plan that reads months of these rows, among which lie rows of another version."""
    held = []
    schema = arrow_schema(STORED).append(pa.field("_from", pa.int64())).append(pa.field("_until", pa.int64()))
    for number, rows in enumerate(parts, 1):
        living = [row | {"_from": 1, "_until": 2**63 - 1} for row in rows]
        others = [row | {"_from": begun, "_until": end} for row in rows[:1] for begun, end in ((1, 5), (6, 9))]
        laid_out = pa.Table.from_pylist([*others, *(living if tidy else living[::-1])], schema=schema)
        engine.execute(f'CREATE OR REPLACE TABLE kept."drawn@2020-0{number}" AS SELECT * FROM laid_out')
        assert laid_out.num_rows == len(rows) + 2
        partition = Partition(
            "drawn", Month(2020, number), VERSION, NOW, len(rows), True, tidy, "test", extents_of(rows)
        )
        held.append(Part(partition, whole=True))
    return Plan(pipeline.query, VERSION, tuple(held))


def answered(engine: duckdb.DuckDBPyConnection, piped: Piped) -> list[dict[str, Any]]:
    """What the engine makes of a pipeline."""
    statement = pipeline_statement(piped, b"secret")
    found = engine.execute(statement.sql, dict(statement.literals) or None).to_arrow_table()
    rows: list[dict[str, Any]] = found.rename_columns(list(statement.names)).to_pylist()
    return rows


@pytest.mark.law
@settings(max_examples=settings().max_examples // 2)
@given(pipelines(), months(), st.booleans())
def test_the_engine_makes_what_the_plain_reading_makes(
    engine: duckdb.DuckDBPyConnection,
    drawn: tuple[Pipeline, str],
    parts: list[list[dict[str, Any]]],
    tidy: bool,
) -> None:
    pipeline, text = drawn
    note(text)
    expected = plain_pipelines.made(pipeline, [row for rows in parts for row in rows])
    plan = planned(engine, pipeline, parts, tidy)
    assert_same(answered(engine, Piped(pipeline, plan)), expected, 1.0)
