"""Rows for tests: steps of calls, as a store takes them and as a person would write them."""

from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime

import pyarrow as pa

from answers.plan import plan
from datamodel.catalogue import documented
from store.layout import arrow_schema
from store.plan import Part, Plan
from store.store import Store
from tabular.query import Query, Selected, Window
from tabular.table import Table

CALLS = documented().table("inboundCalls")
SUMMARIES = documented().table("inboundCallSummaries")
CONTACTS = documented().table("addressBookContacts")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)

Row = Mapping[str, object]


def moment(text: str) -> datetime:
    """An instant in UTC, as the store's batches hold it: without a zone."""
    return (
        datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
        if "+" in text
        else datetime.fromisoformat(text)
    )


def step(began: datetime, number: int = 0, serial: int = 1, **fields: object) -> dict[str, object]:
    """A step of the call that began at `began` (UTC); every other field as given or null."""
    unix = int(began.replace(tzinfo=UTC).timestamp())
    return {"id": f"{unix}.{serial}", "step": number, "startTime": began, **fields}


def batches(rows: Iterable[Row], table: Table = CALLS) -> list[pa.RecordBatch]:
    """Rows as the batches that fill a table; fields left out are null."""
    listed = list(rows)
    named = {name for row in listed for name in row}
    columns = [
        # Most tests name few of a hundred fields.
        pa.array([row.get(field.name) for row in listed], field.type)
        if field.name in named
        else pa.nulls(len(listed), field.type)
        for field in arrow_schema(table)
    ]
    return [pa.RecordBatch.from_arrays(columns, schema=arrow_schema(table))]


def selected(table: Table, *names: str) -> tuple[Selected, ...]:
    """Columns of a table under their own names; all of them if none is named."""
    return tuple(Selected(table.column(n), n) for n in names or [c.name for c in table.columns])


def columns(
    store: Store, table: Table, *names: str, window: Window | None = None, version: int | None = None
) -> pa.Table:
    """Columns of a table, planned as an answer plans them, or as they were at a version; all if none is named."""
    query = Query(table, selected(table, *names), window)
    if version is None:
        planned = plan(query, store, 10_000, NOW)
    else:
        planned = Plan(query, version, tuple(Part(p, True) for p in store.holding(table, version)))
    with closing(store.read(planned)) as rows:
        return pa.Table.from_batches(rows, rows.schema)


def read(
    store: Store, table: Table, *names: str, window: Window | None = None, version: int | None = None
) -> list[dict[str, object]]:
    """The same, row by row."""
    rows: list[dict[str, object]] = columns(store, table, *names, window=window, version=version).to_pylist()
    return rows
