"""Paging: a question for many rows as questions for some of them each, month by month, all of one moment."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime

from answers.moment import Moment
from answers.plan import plan, window_of
from store.plan import Plan
from store.store import Store
from tabular.month import Month
from tabular.query import Query, Window


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a question: those in `window`, of these `limit` behind the first `offset`; None is all."""

    window: Window | None
    limit: int | None = None
    offset: int = 0


def pages_of(query: Query, store: Store, history: int, moment: Moment, size: int) -> Iterator[Page]:
    """The pages of a query: together they have each of its rows once, however it is spelled.

    Rows in a window come by months of the centre's zone, which later questions share; a page has at most `size` rows.
    What is sorted or grouped is one page, and so is what is filtered without a window. No page at all where there are
    no rows. Raises SnapshotGone, StoreOutOfMemory.
    """
    if query.sort or query.grouping is not None:
        yield Page(query.window)
    elif query.window is not None:
        for window in _months_of(query, store, history, moment):
            asked = replace(query, window=window)
            planned = plan(asked, store, history, moment.time, moment.version)
            if planned.parts:
                yield from _cut(asked, planned, store, size)
    else:
        planned = plan(query, store, history, moment.time, moment.version)
        whole = planned.row_count is not None or query.table.element
        yield from _cut(query, planned, store, size) if whole else [Page(None)]


def _months_of(query: Query, store: Store, history: int, moment: Moment) -> Iterator[Window]:
    """The window of a query, month by month, as far as there are rows in it."""
    window = window_of(query, store.zone.key)
    assert window is not None
    held = plan(query, store, history, moment.time, moment.version).parts
    extents = [part.partition.extents[query.table.clock or ""] for part in held]
    earliest = min((extent.earliest for extent in extents if extent.earliest is not None), default=None)
    latest = max((extent.latest for extent in extents if extent.latest is not None), default=None)
    if earliest is None or latest is None:
        return
    since = earliest if window.since is None else max(earliest, window.since)
    until = latest if window.until is None else min(latest, window.until)
    for month in _month_of(since, store).until(_month_of(until, store)):
        within = window.meeting(Window(month.begins(store.zone), month.ends(store.zone)))
        if within.since is not None and within.until is not None and within.since < within.until:
            yield within


def _month_of(moment: datetime, store: Store) -> Month:
    return Month.of(moment.astimezone(store.zone))


def _cut(query: Query, planned: Plan, store: Store, size: int) -> Iterator[Page]:
    """The pages of one stretch of rows: one, unless there may be more rows in it than a page has."""
    held = sum(part.partition.rows for part in planned.parts)
    if held <= size and not query.table.element:
        if held:
            yield Page(query.window)
        return
    rows = planned.row_count
    rows = _counted(planned, store) if rows is None else rows
    if rows <= size:
        if rows:
            yield Page(query.window)
        return
    for offset in range(0, rows, size):
        yield Page(query.window, size, offset)


def _counted(planned: Plan, store: Store) -> int:
    with closing(store.read(replace(planned, query=planned.query.narrowed()))) as rows:
        return sum(batch.num_rows for batch in rows)
