"""Syncing: what a command brings ahead of anybody's asking, how it tells of it, and that it asks for nothing twice."""

import pytest

from answers.filling import Progress
from answers.jobs import SyncUpstream, Workplace, as_message, from_message
from answers.mirror import Mirror
from answers.mirror.syncing import places_between, sync
from datamodel.catalogue import documented
from store.store import Store
from tabular.errors import NoUpstream, StoreOfOthers, UnknownTable, UpstreamBusy
from tests.answers.mirror.shelf import Shelf
from tests.answers.mirror.test_mirror import LAST, OLD, OPEN, held, mirror, shelf, there

__all__ = ["mirror", "shelf"]  # the fixtures


def told(_: Progress) -> None:
    """Nobody looks."""


def test_a_sync_brings_the_newest_months_first_and_settles_what_is_over(
    mirror: Mirror, shelf: Shelf, store: Store
) -> None:
    places = places_between(mirror, ["inboundCallSummaries"], OLD, OPEN)
    assert [place.month for place in places][:2] == [OPEN, LAST]
    seen: list[Progress] = []
    said = sync(mirror, places, False, seen.append)
    assert said[0].startswith("Of 6 table months 6 were missing and 0 old: 88 rows")
    assert said[1] == "5 are settled: they are not asked for again."
    assert all(held(store, month) == there(shelf, month) for month in (OLD, LAST, OPEN))
    assert seen[-1].done == seen[-1].of
    assert shelf.count("page") == 3 + 1 + 2
    assert shelf.count("tallies") == 2, "once for what there is, once for what settles"
    assert shelf.count("changes") == 1, "whether May goes on in June"
    shelf.asked.clear()
    sync(mirror, places, False, told)
    assert shelf.asked == []


def test_a_sync_of_everything_takes_tables_without_months_too(mirror: Mirror, store: Store) -> None:
    places = places_between(mirror, [], OPEN, OPEN)
    assert {place.table.name for place in places if place.month is None} == {"addressBookContacts"}
    assert len(places) == 5
    sync(mirror, places, False, told)
    assert sum(partition.rows for partition in store.partitions("addressBookContacts")) == 15


def test_settled_months_are_fetched_again_when_told(mirror: Mirror, shelf: Shelf) -> None:
    places = places_between(mirror, ["inboundCalls"], OLD, OLD)
    sync(mirror, places, False, told)
    shelf.asked.clear()
    sync(mirror, places, True, told)
    assert shelf.count("page") == 3


def test_a_failure_ends_it_and_what_came_is_kept(mirror: Mirror, shelf: Shelf, store: Store) -> None:
    def before(what: str) -> None:
        if what.startswith("page inboundCalls 2026-06"):
            raise UpstreamBusy(20)

    shelf.before = before
    with pytest.raises(UpstreamBusy):
        sync(mirror, places_between(mirror, ["inboundCalls"], OLD, OPEN), False, told)
    assert held(store, LAST) == there(shelf, LAST)


def test_the_job_travels_to_the_service_that_holds_the_store(mirror: Mirror, store: Store) -> None:
    job = SyncUpstream(("inboundCalls",), "2026-10", "2026-11", again=False)
    again = from_message(as_message(job) | {"tables": ["inboundCalls"]})
    said = again.run(Workplace(store, documented(), b"", mirror), told)
    assert said[0].startswith("Of 2 table months 2 were missing")


def test_a_sync_needs_a_tvox_and_known_tables(mirror: Mirror, store: Store) -> None:
    with pytest.raises(NoUpstream):
        SyncUpstream((), "2026-10", "2026-11", again=False).run(Workplace(store, documented(), b""), told)
    with pytest.raises(UnknownTable):
        places_between(mirror, ["inboundCals"], OLD, OPEN)


def test_a_mirror_takes_no_rows_of_others(mirror: Mirror, store: Store) -> None:
    with pytest.raises(StoreOfOthers):
        Workplace(store, documented(), b"", mirror).refuse_mirrored("a file")
