"""Refreshing months that are held: what changed since they were last seen, and whether they are settled by that."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import pyarrow as pa

from answers.mirror.fetching import OVERLAP
from answers.mirror.flights import Flight
from answers.mirror.places import Place
from answers.mirror.rules import ORIGIN, Rules
from datamodel.catalogue import Catalogue
from store.store import Store
from store.writing import Writing
from tabular.month import Month
from tabular.partition import Partition
from tabular.upstream import Upstream, Urgent

UPDATED = "lastUpdateTime"
"""The time column that says when a row was last changed."""

RESOLUTION = timedelta(seconds=1)
"""How finely a TVox tells times."""


class _DoesNotAddUp(Exception):
    """What is held and what changed do not make what the upstream counts: something vanished there."""


def held_of(store: Store, place: Place) -> Partition | None:
    """What is held of a place."""
    return partitions_of(store, place.table.name).get(place.month)


def partitions_of(store: Store, table: str) -> dict[Month | None, Partition]:
    """What is held of a table, by month."""
    return {partition.month: partition for partition in store.partitions(table)}


def since_of(known: Partition) -> datetime:
    """From when on changes of a month matter: its last look or, where its TVox's clock is behind ours, its last
    update; and some minutes earlier."""
    latest = known.extents[UPDATED].latest if UPDATED in known.extents else None
    return min(known.fetched, latest or known.fetched) - OVERLAP


def newer_than(known: Partition) -> datetime:
    """From when on an update shows that a month changed: just after the last one that is held, but some minutes before
    its last look at the latest. Its own last update is no sign, and so a quiet month can be seen to be quiet."""
    latest = known.extents[UPDATED].latest if UPDATED in known.extents else None
    before = known.fetched - OVERLAP
    return before if latest is None else min(before, latest + RESOLUTION)


def refresh(place: Place, upstream: Upstream, store: Store, catalogue: Catalogue, rules: Rules, flight: Flight) -> bool:
    """Put what changed of a month in its place: one request where nothing did. False if the month has to be fetched
    whole, because that does not make what the upstream counts. Raises UpstreamFailed."""
    known = held_of(store, place)
    if known is None or place.month is None:
        return False
    page = upstream.changes(place.table, place.month, since_of(known), flight)
    with suppress(_DoesNotAddUp), store.writing(ORIGIN) as writing:
        summary = catalogue.summary_of(place.table)
        if page.changed is not None and page.changed.num_rows:
            writing.renew(place.table, place.month, [page.changed], summary, page.sent)
        if not _adds_up(place, writing, catalogue, page.held):
            raise _DoesNotAddUp
        now_held = writing.held(place.table, place.month)
        unchanged = now_held is not None and now_held.version == known.version
        if unchanged:
            confirm(place, writing, catalogue, page.sent, rules.may_settle(place.table, place.month, page.sent))
        return True
    return False


def check(
    places: Sequence[Place], upstream: Upstream, store: Store, catalogue: Catalogue, rules: Rules, urgent: Urgent
) -> dict[Place, int | None]:
    """Ask at once what several months hold and what changed in them; those found unchanged are confirmed, and settled
    if they may be, and months that hold nothing are stored as such. Which are left to be fetched or refreshed, with
    what the upstream counts in them.

    One request for many months. Raises UpstreamFailed.
    """
    known = [held_of(store, place) for place in places]
    asked = [
        (place.table, place.month, newer_than(one) if one is not None and upstream.knows_changes(place.table) else None)
        for place, one in zip(places, known, strict=True)
    ]
    left: dict[Place, int | None] = {}
    tallies = upstream.tallies(asked, urgent)
    with store.writing(ORIGIN) as writing:
        for place, one, tally in zip(places, known, tallies, strict=True):
            if one is None and tally.held == 0:
                none: list[pa.RecordBatch] = []
                writing.replace(place.table, place.month, none, catalogue.summary_of(place.table), tally.sent)
            elif one is not None and tally.changed == 0 and _adds_up(place, writing, catalogue, tally.held):
                confirm(place, writing, catalogue, tally.sent, rules.may_settle(place.table, place.month, tally.sent))
            else:
                left[place] = tally.held
    return left


def confirm(place: Place, writing: Writing, catalogue: Catalogue, at: datetime, settled: bool) -> None:
    """Record that a month, and with it its summary, was found unchanged."""
    summary = catalogue.summary_of(place.table)
    for table in (place.table, *([summary] if summary is not None else [])):
        writing.confirm(table, place.month, at, settled)


def _adds_up(place: Place, writing: Writing, catalogue: Catalogue, held: int | None) -> bool:
    """Whether the upstream counts what a month holds; it counts interactions or, where each step is one, rows."""
    if held is None:
        return True
    summary = catalogue.summary_of(place.table)
    counted = [writing.held(table, place.month) for table in (place.table, summary) if table is not None]
    return held in [partition.rows for partition in counted if partition is not None]
