"""Filling: a source's months become partitions of the store, one transaction a month."""

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from time import perf_counter

import pyarrow as pa

from answers.ahead import ahead
from datamodel.catalogue import Catalogue
from store.store import Store
from tabular.month import Month
from tabular.partition import Partition
from tabular.source import Source
from tabular.table import Table


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a piece of work is: parts done of all, rows so far, seconds since it began, and what is at hand."""

    done: int
    of: int
    rows: int
    seconds: float
    at: str


def fill(
    source: Source,
    store: Store,
    catalogue: Catalogue,
    report: Callable[[Progress], None] = lambda _: None,
) -> Progress:
    """Bring every month that `source` has into the store, earliest first; each month is one transaction.

    A month that is over is settled once a second look finds it unchanged; settled months are left alone. What another
    source had filled is replaced.
    """
    started, rows, done = perf_counter(), 0, 0
    work = _work(source, store, catalogue)
    total = sum(len(tables) for tables in work.values())
    state = Progress(0, total, 0, 0.0, "")
    with closing(_fetched(source, work)) as fetched:
        for month, tables in work.items():
            with store.writing(source.name) as writing:
                for table in tables:
                    look = next(fetched)
                    writing.replace(table, month, look.batches, catalogue.summary_of(table), look.at)
                    rows += sum(batch.num_rows for batch in look.batches)
                    done += 1
                    state = Progress(done, total, rows, perf_counter() - started, str(month or table.title))
                    report(state)
    store.sweep()
    return state


def _work(source: Source, store: Store, catalogue: Catalogue) -> dict[Month | None, list[Table]]:
    """What is missing or may have changed, what has no months first; what did not change is settled by the way."""
    now = datetime.now(UTC)
    this_month = Month.of(now.astimezone(store.zone))
    by_month: dict[Month | None, list[Table]] = {}
    with store.writing(source.name) as writing:
        for table in catalogue:
            held = {partition.month: partition for partition in store.partitions(table.name)}
            for month in source.months(table):
                known = held.get(month)
                if known is None or known.origin != source.name or _may_differ(source, table, known):
                    by_month.setdefault(month, []).append(table)
                elif not known.settled and month is not None and month < this_month:
                    writing.confirm(table, month, now, settled=True)
    return dict(sorted(by_month.items(), key=lambda item: (item[0] is not None, item[0] or Month(1, 1))))


def _may_differ(source: Source, table: Table, known: Partition) -> bool:
    return not known.settled and source.changed(table, known.month, known.fetched)


@dataclass(frozen=True, slots=True)
class _Look:
    """The rows of a month as a source had them at a moment."""

    batches: list[pa.RecordBatch]
    at: datetime


def _fetched(source: Source, work: dict[Month | None, list[Table]]) -> Generator[_Look, None, None]:
    """A look at each table of each month, the next one taken while the last one is written."""

    def look(table: Table, month: Month | None) -> _Look:
        at = datetime.now(UTC)
        return _Look(list(source.fetch(table, month)), at)

    return ahead(partial(look, table, month) for month, tables in work.items() for table in tables)
