"""What a store holds, in full, so that two of them can be compared."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from datamodel.catalogue import documented
from store.plan import Part, Plan
from store.store import Store
from tabular.partition import Partition
from tabular.query import Query
from tabular.table import Grain, Table
from tests.copies import unwritten
from tests.steps import columns, selected

State = dict[tuple[str, str], pa.Table]
"""Of each partition, by the names of its table and its month: every cell, its rows in their order."""


def state(path: Path) -> State:
    """What every partition holds; whatever is recorded of it is checked on the way."""
    with Store(path) as store:
        unwritten(store)  # what comes next finds what a kill has left, not what this look has put in order
        found: State = {}
        for table in documented():
            if table.grain is Grain.ELEMENT or table.of:  # what others hold
                continue
            partitions = store.partitions(table.name)
            for partition in partitions:
                found[table.name, str(partition.month)] = rows = _whole(store, table, partition)
                assert rows.num_rows == partition.rows, f"{table.name} {partition.month}: what is recorded is there"
            held = sum(partition.rows for partition in partitions)
            assert len(columns(store, table, table.key[0])) == held, f"{table.name}: what is recorded is there"
        for table in documented():
            summary = documented().summary_of(table)
            if summary is None:
                continue
            steps, summaries = columns(store, table, "id"), columns(store, summary, "id", "steps")
            assert _ids(summaries) == _ids(steps), f"{summary.name} is of its steps"
            assert (pc.sum(summaries.column("steps")).as_py() or 0) == len(steps)
    with closing(sqlite3.connect(path.with_name(f"{path.name}.control.sqlite"))) as control:
        assert control.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert control.execute("SELECT count(*) FROM secrets").fetchall() == [(1,)]
    return found


def _whole(store: Store, table: Table, partition: Partition) -> pa.Table:
    planned = Plan(Query(table, selected(table)), store.version, (Part(partition, whole=True),))
    with closing(store.read(planned)) as rows:
        return pa.Table.from_batches(rows, rows.schema)


def _ids(rows: pa.Table) -> set[str]:
    return set(rows.column("id").unique().to_pylist())
