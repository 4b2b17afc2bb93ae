"""Rows of a question: read as they are stored, or made of these by its pipeline."""

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

import pyarrow as pa

from answers.odata.planning import planned
from answers.odata.question import Asked
from store.patience import Patience
from store.pipelines import Piped
from store.plan import Plan
from store.store import Store


def plan_of(asked: Asked, store: Store, offset: int = 0, most: int | None = None, version: int | None = None) -> Plan:
    """What a page of a question reads: `most` rows behind the first `offset`. Raises SnapshotGone."""
    query = replace(asked.query, limit=most, offset=offset) if asked.is_plain else asked.query
    return planned(query, store, version, asked.beside)


@contextmanager
def rows_of(
    asked: Asked, plan: Plan, store: Store, patience: Patience | None, offset: int = 0, most: int | None = None
) -> Iterator[Iterable[pa.RecordBatch]]:
    """The rows of that page, while the context lasts. Raises SnapshotGone, TookTooLong, StoreOutOfMemory."""
    if asked.is_plain and plan.row_count == 0:
        yield ()
        return
    if asked.is_plain:
        rows = store.read(plan, patience)
    else:
        pipeline = asked.pipeline.limited(offset, most) if offset or most is not None else asked.pipeline
        rows = store.run(Piped(pipeline, plan), patience)
    with closing(rows):
        yield rows


def counted(asked: Asked, plan: Plan, store: Store, patience: Patience | None) -> int:
    """How many rows all pages have together, without `$top` and `$skip`."""
    if not asked.whole.steps:
        known = replace(plan, query=asked.whole.query).row_count
        if known is not None:
            return known
    with closing(store.run(Piped(asked.whole.counted(), plan), patience)) as rows:
        return int(pa.Table.from_batches(list(rows), rows.schema).column(0)[0].as_py())
