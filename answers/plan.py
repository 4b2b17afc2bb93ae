"""Planning: which partitions can hold an answer, and which of them lie wholly in the window."""

from collections.abc import Sequence
from datetime import datetime

from store.plan import Part, Plan
from store.store import Store
from tabular.errors import SnapshotGone
from tabular.filter.clock import range_of
from tabular.month import Month
from tabular.partition import Partition
from tabular.query import Query, Window


def plan(query: Query, store: Store, history: int, now: datetime, version: int | None = None) -> Plan:
    """What `query` reads of the store as it is now, or as it was at a version.

    With a window, the partitions whose clock's extent meets it, so that what straddles months is found; without one,
    the partitions of the last `history` months of the centre's zone. What a filter asks of the clock is a window
    too, but for its rows all tested. Reads nothing. Raises SnapshotGone.
    """
    newest = store.version
    if version is not None and version > newest:
        raise SnapshotGone(version)  # of another store, or of one that was put back
    version = newest if version is None else version
    held = store.holding(query.table, version)
    window = window_of(query, store.zone.key)
    if window is None:
        since = Month.of(now.astimezone(store.zone)) - (history - 1)
        recent = [p for p in held if p.month is None or p.month >= since]
        return Plan(query, version, tuple(Part(partition, whole=True) for partition in recent if partition.rows)).cut()
    return Plan(query, version, _met(held, window, query.table.clock or "")).cut()


def window_of(query: Query, centre: str) -> Window | None:
    """The window of a query: what it names, and what its filter says of the clock, whose days are those of the zone
    `centre`."""
    clock = query.table.clock_column
    named = None if query.filter is None or clock is None else range_of(query.filter, clock, centre)
    if query.window is None or named is None:
        return query.window or named
    return query.window.meeting(named)


def _met(held: Sequence[Partition], window: Window, clock: str) -> tuple[Part, ...]:
    met = []
    for partition in held:
        extent = partition.extents[clock]
        if extent.earliest is None or extent.latest is None:
            continue
        before = window.since is not None and extent.latest < window.since
        after = window.until is not None and extent.earliest >= window.until
        if not before and not after:
            whole = not extent.nulls and window.covers(extent.earliest) and window.covers(extent.latest)
            met.append(Part(partition, whole))
    return tuple(met)
