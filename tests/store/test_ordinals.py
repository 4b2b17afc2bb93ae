"""Ordinals: whether rows come in the order of their key, and each interaction's place in it, however they are cut."""

import pyarrow as pa
import pytest

from store.ordinals import Ordinals
from tabular.table import Table
from tests.steps import CALLS, CONTACTS, Row, moment, step
from tests.steps import batches as batched

Rows = list[tuple[str | None, int | None]]


def passed(batches: list[Rows]) -> tuple[list[int], bool]:
    """The ordinals of batches of rows of a key of two columns, and whether they came in order."""
    schema = pa.schema([("id", pa.string()), ("step", pa.int64())])
    ordinals = Ordinals(("id", "step"))
    rows = [
        pa.RecordBatch.from_pylist([{"id": id_, "step": number} for id_, number in batch], schema) for batch in batches
    ]
    return [place for batch in ordinals.through(rows) for place in batch.column("_ordinal").to_pylist()], (
        ordinals.in_order
    )


@pytest.mark.parametrize(
    ("batches", "places"),
    [
        ([[("a", 0)]], [0]),
        ([[("a", 0)], [("b", 0)]], [0, 1]),
        ([[("a", 0)], [("a", 1)], [("b", 0)]], [0, 0, 1]),
        ([[("a", 0), ("a", 1), ("b", 0)], [], [("b", 2)]], [0, 0, 1, 1]),
        ([], []),
    ],
)
def test_rows_in_order_are_numbered_however_they_are_cut(batches: list[Rows], places: list[int]) -> None:
    assert passed(batches) == (places, True)


@pytest.mark.parametrize(
    "batches",
    [
        [[("b", 0)], [("a", 0)]],
        [[("a", 1)], [("a", 0)]],
        [[("a", 0)], [("a", 0)]],
        [[("a", 0), ("c", 0), ("b", 0)]],
        [[("b", 0)], [("a", 0)], [("c", 0)]],
        [[(None, 0)]],
        [[("a", None)]],
        [[("a", 0)], [(None, 0)]],
    ],
)
def test_what_is_not_in_order_is_seen_in_single_rows_too(batches: list[Rows]) -> None:
    assert not passed(batches)[1]


@pytest.mark.parametrize(
    ("table", "row"), [(CALLS, step(moment("2020-05-01T08:00"))), (CONTACTS, {"uuid": "c1"})], ids=["two", "one"]
)
def test_a_partition_of_one_row_is_in_order_whatever_its_key(table: Table, row: Row) -> None:
    ordinals = Ordinals(table.key)
    assert [batch.column("_ordinal").to_pylist() for batch in ordinals.through(batched([row], table))] == [[0]]
    assert ordinals.in_order
