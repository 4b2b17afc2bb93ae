"""The mirror: what it asks for, how often, and that what it holds is what the upstream has."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from answers.mirror import Fresh, Mirror, Rules
from answers.mirror.places import Place
from store.store import Store
from tabular.errors import MonthsMissing, StoreOfOthers, UpstreamBusy, UpstreamWrong
from tabular.month import Month
from tabular.query import Query, Window
from tests.answers.mirror.shelf import Clock, Shelf
from tests.steps import CALLS, CONTACTS, SUMMARIES, Row, batches, read, selected, step

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OPEN, LAST, OLD = Month(2026, 11), Month(2026, 10), Month(2026, 6)


def calls(month: Month, count: int, steps: int = 2, **more: object) -> list[Row]:
    """Calls of a month, one a minute, with the most recent step first."""
    began = datetime(month.year, month.month, 2)
    return [
        step(began + timedelta(minutes=number), place, number, cli=f"+39{number}", **more)
        for number in range(count)
        for place in range(steps)
    ]


@pytest.fixture
def shelf() -> Shelf:
    """An upstream with some calls in three months, and contacts."""
    made = Shelf(Clock(NOW - timedelta(days=1)), limit=10)
    for month, count in ((OLD, 25), (LAST, 7), (OPEN, 12)):
        made.put(CALLS, month, calls(month, count))
    made.put(CONTACTS, None, [{"uuid": f"u{number:02}", "name": "Anna"} for number in range(15)])
    made.clock.time = NOW
    return made


@pytest.fixture
def mirror(shelf: Shelf, store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    """Its mirror in an empty store."""
    monkeypatch.setattr("answers.mirror.fetching.PAGE", 10)
    made = Mirror(shelf, store, Rules(store.zone), shelf.clock)
    yield made
    made.stop()
    made.drain()


def bring(mirror: Mirror, *places: Place, fresh: Fresh = Fresh.AUTO, again: bool = False) -> None:
    """Have places brought, as a question would."""
    wanted = mirror.want(places, fresh, again=again)
    for flight in wanted.flights.values():
        flight.future.exception(timeout=30)
    wanted.standing(fresh, partial=False)


def held(store: Store, month: Month | None) -> list[tuple[object, object, object]]:
    """The rows held of a month of calls."""
    return sorted(
        (row["id"], row["step"], row["cli"])
        for row in read(store, CALLS, "id", "step", "cli")
        if Month.of_id(str(row["id"]), store.zone) == month
    )


def there(shelf: Shelf, month: Month) -> list[tuple[object, object, object]]:
    """The rows that the upstream has."""
    return sorted(
        (row["id"], row["step"], row["cli"]) for rows in shelf.rows["inboundCalls", month].values() for row in rows
    )


def test_a_missing_month_costs_its_pages_and_then_nothing(mirror: Mirror, shelf: Shelf, store: Store) -> None:
    bring(mirror, Place(CALLS, OLD))
    assert held(store, OLD) == there(shelf, OLD)
    assert shelf.asked == [
        "page inboundCalls 2026-06 0",
        "page inboundCalls 2026-06 10",
        "page inboundCalls 2026-06 20",
    ]
    bring(mirror, Place(CALLS, OLD))
    assert shelf.count() == 3, "a minute has not passed"
    assert {row["id"] for row in read(store, SUMMARIES, "id")} == {row[0] for row in there(shelf, OLD)}


def test_a_month_that_is_over_settles_at_a_later_look_and_is_never_asked_for_again(
    mirror: Mirror, shelf: Shelf, store: Store
) -> None:
    bring(mirror, Place(CALLS, OLD))
    shelf.clock.on(minutes=2)
    bring(mirror, Place(CALLS, OLD))
    assert [partition.settled for partition in store.partitions("inboundCalls")] == [True]
    spent = shelf.count()
    shelf.clock.on(days=40)
    bring(mirror, Place(CALLS, OLD), fresh=Fresh.LIVE)
    assert shelf.count() == spent == 4
    bring(mirror, Place(CALLS, OLD), again=True)
    assert shelf.count("page") == 6, "unless told"


def test_a_month_does_not_settle_while_it_may_still_be_worked_on(mirror: Mirror, shelf: Shelf, store: Store) -> None:
    shelf.clock.time = datetime(2026, 11, 1, 6, tzinfo=UTC)
    bring(mirror, Place(CALLS, LAST))
    shelf.clock.on(minutes=2)
    bring(mirror, Place(CALLS, LAST))
    assert [partition.settled for partition in store.partitions("inboundCalls")] == [False]
    shelf.clock.on(days=3)
    bring(mirror, Place(CALLS, LAST))
    assert [partition.settled for partition in store.partitions("inboundCalls")] == [True]


def test_an_open_month_is_asked_for_what_changed_once_a_minute(mirror: Mirror, shelf: Shelf, store: Store) -> None:
    bring(mirror, Place(CALLS, OPEN))
    shelf.asked.clear()
    for _ in range(5):
        bring(mirror, Place(CALLS, OPEN))
    assert shelf.asked == []
    shelf.clock.on(minutes=1)
    version = store.version
    bring(mirror, Place(CALLS, OPEN))
    assert shelf.asked == ["changes inboundCalls 2026-11"]
    assert store.version == version, "nothing changed"


def test_interactions_that_changed_are_replaced_whole(mirror: Mirror, shelf: Shelf, store: Store) -> None:
    bring(mirror, Place(CALLS, OPEN))
    shelf.clock.on(minutes=10)
    changed = calls(OPEN, 3, steps=1, user="anna")
    shelf.put(CALLS, OPEN, changed)  # the second step of three calls is gone
    shelf.put(CALLS, OPEN, calls(OPEN, 14)[-4:])  # and there are two calls more
    shelf.asked.clear()
    bring(mirror, Place(CALLS, OPEN))
    assert held(store, OPEN) == there(shelf, OPEN)
    assert shelf.count() == 1


def test_an_interaction_that_vanished_is_noticed(mirror: Mirror, shelf: Shelf, store: Store) -> None:
    bring(mirror, Place(CALLS, OPEN))
    shelf.clock.on(minutes=10)
    shelf.remove(CALLS, OPEN, str(calls(OPEN, 3)[-1]["id"]))
    bring(mirror, Place(CALLS, OPEN))
    assert held(store, OPEN) == there(shelf, OPEN)


def test_many_months_are_counted_at_once_and_empty_ones_not_asked_for(
    mirror: Mirror, shelf: Shelf, store: Store
) -> None:
    months = list(Month(2025, 12).until(OPEN))
    bring(mirror, *(Place(CALLS, month) for month in months))
    assert shelf.count("tallies") == 1
    assert shelf.count("page") == 3 + 1 + 2
    assert all(held(store, month) == there(shelf, month) for month in (OLD, LAST, OPEN))
    assert len(store.partitions("inboundCalls")) == 12
    shelf.clock.on(minutes=5)
    shelf.asked.clear()
    bring(mirror, *(Place(CALLS, month) for month in months))
    assert sorted(shelf.asked) == ["changes inboundCalls 2026-11", "tallies 11"]
    assert [partition.month for partition in store.partitions("inboundCalls") if not partition.settled] == [OPEN]


def test_a_month_that_is_over_and_changed_is_seen_by_counting(mirror: Mirror, shelf: Shelf, store: Store) -> None:
    bring(mirror, Place(CALLS, OLD), Place(CALLS, LAST))
    shelf.clock.on(minutes=5)
    shelf.put(CALLS, OLD, [{**calls(OLD, 1)[0], "cli": "tagged"}])
    shelf.asked.clear()
    bring(mirror, Place(CALLS, OLD), Place(CALLS, LAST))
    assert sorted(shelf.asked) == ["changes inboundCalls 2026-06", "tallies 2"]
    assert held(store, OLD) == there(shelf, OLD)
    settled = {partition.month: partition.settled for partition in store.partitions("inboundCalls")}
    assert settled == {OLD: False, LAST: True}


def test_what_comes_and_changes_while_the_pages_are_read_is_there(mirror: Mirror, shelf: Shelf, store: Store) -> None:
    late = calls(OPEN, 40)

    def before(what: str) -> None:
        if what.endswith(" 10"):
            # A long call ends: its id lies on the page that has been read, and moves every later one down.
            began = datetime(2026, 11, 2, 0, 0, 30)
            shelf.put(CALLS, OPEN, [step(began, 0, 999, cli="late")])
            shelf.put(CALLS, OPEN, late[-2:])
            shelf.put(CALLS, OPEN, [{**late[0], "cli": "changed"}])

    shelf.before = before
    bring(mirror, Place(CALLS, OPEN))
    assert held(store, OPEN) == there(shelf, OPEN)


def test_contacts_have_a_freshness_of_their_own(mirror: Mirror, shelf: Shelf, store: Store) -> None:
    bring(mirror, Place(CONTACTS, None))
    shelf.clock.on(minutes=30)
    bring(mirror, Place(CONTACTS, None))
    assert shelf.count() == 2
    shelf.clock.on(minutes=31)
    shelf.put(CONTACTS, None, [{"uuid": "u00", "name": "Bruna"}])
    bring(mirror, Place(CONTACTS, None))
    assert shelf.count() == 4
    assert read(store, CONTACTS, "name")[0]["name"] == "Bruna"


def test_cached_asks_for_nothing(mirror: Mirror, shelf: Shelf) -> None:
    wanted = mirror.want([Place(CALLS, OPEN)], Fresh.CACHED)
    assert wanted.standing(Fresh.CACHED, partial=True).lacking == "2026-11"
    with pytest.raises(MonthsMissing):
        wanted.standing(Fresh.CACHED, partial=False)
    assert shelf.count() == 0


def test_a_failure_keeps_what_is_held_and_is_told_to_who_asks_soon(mirror: Mirror, shelf: Shelf, store: Store) -> None:
    bring(mirror, Place(CALLS, OPEN))
    shelf.clock.on(minutes=2)

    def before(_: str) -> None:
        raise UpstreamBusy(20)

    shelf.before = before
    for _ in range(3):
        wanted = mirror.want([Place(CALLS, OPEN)])
        for flight in wanted.flights.values():
            assert isinstance(flight.future.exception(timeout=30), UpstreamBusy)
        assert wanted.standing(Fresh.AUTO, partial=False).is_stale
    assert shelf.count("changes") == 1, "one failure answers who asks in the next seconds"
    with pytest.raises(UpstreamBusy):
        bring(mirror, Place(CALLS, OPEN), fresh=Fresh.LIVE)
    with pytest.raises(UpstreamBusy):
        bring(mirror, Place(CALLS, LAST))
    assert held(store, OPEN) == there(shelf, OPEN)


def test_a_month_that_does_not_add_up_is_not_written(mirror: Mirror, shelf: Shelf, store: Store) -> None:
    elements = shelf._elements
    shelf._elements = lambda table, month: elements(table, month)[:-1]  # type: ignore[method-assign]
    shelf._held = lambda table, month: len(elements(table, month))  # type: ignore[method-assign]
    with pytest.raises(UpstreamWrong, match="counts 25 of them and gave 24"):
        bring(mirror, Place(CALLS, OLD))
    assert store.partitions("inboundCalls") == []


def test_the_same_page_twice_is_an_error(mirror: Mirror, shelf: Shelf, store: Store) -> None:
    page = shelf.page
    shelf.page = lambda table, month, offset, urgent, changed_since=None: page(table, month, 0, urgent, changed_since)  # type: ignore[method-assign]
    with pytest.raises(UpstreamWrong, match="page 2 is page 1 again"):
        bring(mirror, Place(CALLS, OLD))
    assert store.partitions("inboundCalls") == []


def test_flat_pages_cut_interactions_and_make_the_same_month(mirror: Mirror, shelf: Shelf, store: Store) -> None:
    shelf.flat = True
    shelf.limit = 9
    bring(mirror, Place(CALLS, OLD))
    assert held(store, OLD) == there(shelf, OLD)
    shelf.clock.on(minutes=10)
    bring(mirror, Place(CALLS, OLD))
    assert [partition.settled for partition in store.partitions("inboundCalls")] == [True]


def test_a_fetch_that_was_cut_off_goes_on_where_it_was(mirror: Mirror, shelf: Shelf, store: Store) -> None:
    def before(what: str) -> None:
        if what.endswith(" 20"):
            raise UpstreamBusy(1)

    shelf.before = before
    with pytest.raises(UpstreamBusy):
        bring(mirror, Place(CALLS, OLD))
    shelf.before = lambda _: None
    shelf.asked.clear()
    mirror.stop()
    mirror.drain()
    again = Mirror(shelf, store, Rules(store.zone), shelf.clock)
    shelf.put(CALLS, OLD, [{**calls(OLD, 1)[0], "cli": "changed meanwhile"}])
    bring(again, Place(CALLS, OLD))
    assert shelf.asked == ["page inboundCalls 2026-06 20"]
    assert held(store, OLD) == there(shelf, OLD)


def test_pages_that_were_all_there_before_an_end_are_completed_by_what_changed_since(
    mirror: Mirror, shelf: Shelf, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ends(*_: object) -> None:
        raise UpstreamBusy(1)

    with monkeypatch.context() as patch:
        patch.setattr("answers.mirror.fetching._write", ends)
        with pytest.raises(UpstreamBusy):
            bring(mirror, Place(CALLS, OLD))
    shelf.asked.clear()
    shelf.put(CALLS, OLD, [{**calls(OLD, 1)[0], "cli": "changed meanwhile"}])
    again = Mirror(shelf, store, Rules(store.zone), shelf.clock)
    bring(again, Place(CALLS, OLD))
    assert shelf.asked == ["changes inboundCalls 2026-06"]
    assert held(store, OLD) == there(shelf, OLD)


def test_a_window_that_begins_with_a_month_finds_what_began_before_it(
    mirror: Mirror, shelf: Shelf, store: Store
) -> None:
    shelf.clock.time = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
    began = datetime(2026, 10, 31, 22, 50)  # 23:50 in Rome
    long = [step(began, 1, 5), step(began, 0, 5)]
    long[1]["startTime"] = datetime(2026, 10, 31, 23, 5)  # 00:05 of November
    shelf.put(CALLS, LAST, long)
    shelf.clock.time = NOW
    window = Window(OPEN.begins(store.zone), OPEN.ends(store.zone))
    query = Query(CALLS, selected(CALLS, "id"), window)
    places, (edge,) = mirror.needs(query, 13)
    assert [place.month for place in places] == [OPEN]
    edge.future.result(timeout=30)
    places, edges = mirror.needs(query, 13)
    assert [place.month for place in places] == [LAST, OPEN]
    assert not edges
    assert shelf.asked == ["changes inboundCalls 2026-10"]
    later = Query(CALLS, selected(CALLS, "id"), Window(LAST.begins(store.zone), None))
    _, (edge,) = mirror.needs(later, 13)
    edge.future.result(timeout=30)
    places, _ = mirror.needs(later, 13)
    assert [place.month for place in places] == [LAST, OPEN], "nothing of September went on in October"


def test_a_store_of_others_is_refused(shelf: Shelf, store: Store) -> None:
    with store.writing("demo of 5 calls") as writing:
        writing.replace(CALLS, OLD, batches(calls(OLD, 1)))
    with pytest.raises(StoreOfOthers):
        Mirror(shelf, store, Rules(store.zone), shelf.clock)


def test_a_month_fetched_before_is_a_mirror_after_a_restart(
    mirror: Mirror, shelf: Shelf, tmp_path: Path, store: Store
) -> None:
    bring(mirror, Place(CALLS, OPEN))
    mirror.stop()
    mirror.drain()
    store.close()
    spent = shelf.count()
    with Store(tmp_path / "tvox.duckdb") as opened:
        again = Mirror(shelf, opened, Rules(opened.zone), shelf.clock)
        bring(again, Place(CALLS, OPEN))
        assert shelf.count() == spent
        again.stop()
        again.drain()
