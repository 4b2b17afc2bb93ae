"""Pages found by number are those that counting rows would find, whatever has happened to the months before."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from answers.plan import plan
from store import store as stores
from store.plan import Plan
from store.statements import Statement, rows_statement
from store.store import Store
from tabular.filter import bind, parse
from tabular.month import Month
from tabular.query import Query, SortKey, Window
from tests.copies import copied
from tests.steps import CALLS, CONTACTS, NOW, SUMMARIES, batches, selected, step

MAY, JUNE, JULY = (Month(2020, month) for month in (5, 6, 7))
SIZES = {MAY: 30, JUNE: 1, JULY: 50}
MOMENTS = [
    datetime(month.year, month.month, 4, 8, tzinfo=UTC) + timedelta(minutes=i)
    for month in SIZES
    for i in range(SIZES[month])
]
EVERYTHING = sum(SIZES.values()) * 2


def calls(month: Month, user: str = "anna", count: int = 0) -> list[dict[str, object]]:
    """So many calls of two steps each, one every minute."""
    began = datetime(month.year, month.month, 4, 8)
    return [
        step(began + timedelta(minutes=i), number, i, user=user)
        for i in range(count or SIZES[month])
        for number in (0, 1)
    ]


def put(store: Store, month: Month, rows: list[dict[str, object]]) -> None:
    with store.writing("test") as writing:
        writing.replace(CALLS, month, batches(rows), SUMMARIES)


@pytest.fixture(scope="module")
def three_months(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with three months of steps."""
    path = tmp_path_factory.mktemp("pages") / "tvox.duckdb"
    with Store(path) as store:
        for month in SIZES:
            put(store, month, calls(month))
    return path


@pytest.fixture
def filled(three_months: Path, tmp_path: Path) -> Iterator[Store]:
    """A copy of it, which a test may change."""
    with Store(copied(three_months, tmp_path)) as store:
        yield store


def query(**more: Any) -> Query:
    return Query(CALLS, selected(CALLS, "id", "step", "user"), **more)


def rows_of(store: Store, planned: Plan) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for batch in store.read(planned) for row in batch.to_pylist()]


def asked(store: Store, **more: Any) -> list[tuple[object, ...]]:
    return rows_of(store, plan(query(**more), store, 10_000, NOW))


def statement(store: Store, **more: Any) -> Statement:
    """What the store asks its engine."""
    planned = plan(query(**more), store, 10_000, NOW)
    return rows_statement(planned, b"secret", store._known)


PAGES = [
    (limit, offset)
    for limit in (0, 1, 7, 59, 60, 61, 100, 1_000, None)
    for offset in (0, 1, 58, 59, 60, 61, 62, 63, 161, 162, 163, 10**9)
]


def assert_pages_are_slices(store: Store) -> None:
    whole = asked(store)
    for limit, offset in PAGES:
        ends = None if limit is None else offset + limit
        assert asked(store, limit=limit, offset=offset) == whole[offset:ends], (limit, offset)


def test_pages_are_slices_of_the_whole(filled: Store) -> None:
    assert len(asked(filled)) == EVERYTHING
    assert_pages_are_slices(filled)


def test_a_page_is_found_by_number_and_nothing_is_skipped(filled: Store) -> None:
    page = statement(filled, limit=10, offset=55)
    assert page.sql == (
        'SELECT "id" AS c0, "step" AS c1, "user" AS c2 FROM kept."inboundCalls@2020-05" WHERE rowid >= $v0'
        ' UNION ALL SELECT "id" AS c0, "step" AS c1, "user" AS c2 FROM kept."inboundCalls@2020-06"'
        ' UNION ALL SELECT "id" AS c0, "step" AS c1, "user" AS c2 FROM kept."inboundCalls@2020-07"'
        " WHERE rowid < $v1"
    )
    assert page.literals == {"v0": 55, "v1": 3}


@pytest.mark.parametrize(
    "more",
    [
        {"sort": (SortKey(CALLS.column("user")),)},
        {"filter": bind(parse("user eq 'anna'"), CALLS)},
    ],
)
def test_what_is_looked_into_is_not_found_by_number(filled: Store, more: dict[str, Any]) -> None:
    assert "rowid" not in statement(filled, limit=10, offset=5, **more).sql
    whole = asked(filled, **more)
    assert asked(filled, limit=10, offset=5, **more) == whole[5:15]


WINDOWS = [
    Window(datetime(2020, 5, 4, 8, 5, tzinfo=UTC), None),
    Window(None, datetime(2020, 7, 4, 8, 7, tzinfo=UTC)),
    Window(datetime(2020, 5, 4, 8, 28, tzinfo=UTC), datetime(2020, 7, 4, 8, 2, tzinfo=UTC)),
    Window(datetime(2020, 5, 4, 8, 10, tzinfo=UTC), datetime(2020, 5, 4, 8, 20, tzinfo=UTC)),
]


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("most", [10_000, 30, 0])
def test_what_a_window_cuts_off_is_counted_too(
    filled: Store, window: Window, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.numbers.MOST_ODD", most)
    monkeypatch.setattr("store.known.MOST_ODD", most)
    whole = asked(filled, window=window)
    assert len(whole) == sum(window.covers(moment) for moment in MOMENTS) * 2
    if most == 10_000:
        assert "rowid" in statement(filled, window=window, limit=3, offset=1).sql
    for limit, offset in PAGES:
        ends = None if limit is None else offset + limit
        assert asked(filled, window=window, limit=limit, offset=offset) == whole[offset:ends], (limit, offset)


def test_a_month_that_changes_is_counted_from_then_on(filled: Store) -> None:
    before = plan(query(limit=100, offset=40), filled, 10_000, NOW)
    page = rows_of(filled, before)
    put(filled, MAY, calls(MAY)[:40] + calls(MAY, "bruno")[40:])
    assert "rowid" not in statement(filled, limit=10).sql
    assert_pages_are_slices(filled)
    assert rows_of(filled, before) == page, "the version that was planned"


def test_numbers_with_a_gap_are_not_counted_on(tmp_path: Path) -> None:
    """What was swept leaves gaps in the numbers, and a later process knows no more of it."""
    path = tmp_path / "tvox.duckdb"
    with Store(path) as store:
        put(store, MAY, calls(MAY))
        # So much comes later that the month is laid out anew: old versions lie between the new ones.
        put(store, MAY, calls(MAY, "bruno", 31))
        assert store.sweep(timedelta(0), lambda: datetime.now(NOW.tzinfo) + timedelta(hours=1))
        assert store.partitions("inboundCalls")[0].tidy
    with Store(path) as again:
        assert again._known.is_unchanged(again.partitions("inboundCalls")[0])
        assert {row[2] for row in asked(again)} == {"bruno"}
        whole = asked(again)
        assert len(whole) == 62
        for offset in range(0, 62, 7):
            assert asked(again, limit=7, offset=offset) == whole[offset : offset + 7]


def test_records_and_summaries_are_found_by_number_too(store: Store) -> None:
    with store.writing("test") as writing:
        writing.replace(CALLS, MAY, batches(calls(MAY)), SUMMARIES)
        writing.replace(CONTACTS, None, batches([{CONTACTS.key[0]: f"{i:03}"} for i in range(40)], CONTACTS))
    for table in (SUMMARIES, CONTACTS):
        chosen = selected(table, table.key[0])
        whole = rows_of(store, plan(Query(table, chosen), store, 10_000, NOW))
        page = plan(Query(table, chosen, limit=5, offset=20), store, 10_000, NOW)
        assert "rowid" in rows_statement(page, b"", store._known).sql
        assert rows_of(store, page) == whole[20:25]


@pytest.fixture
def meanwhile(filled: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Statement]]:
    """The first statement is made, and before it is asked somebody writes a version."""
    made: list[Statement] = []

    def late(*given: Any) -> Statement:
        made.append(rows_statement(*given))
        if len(made) == 1:
            put(filled, MAY, calls(MAY, "bruno", 40))
        return made[-1]

    monkeypatch.setattr(stores, "rows_statement", late)
    yield made
    assert len(made) == 2, "asked again, of the version that was planned"


@pytest.mark.parametrize("more", [{"limit": 1_000}, {}, {"sort": (SortKey(CALLS.column("id"), True),)}])
def test_a_version_that_comes_before_the_engine_looks_is_not_seen(
    filled: Store, meanwhile: list[Statement], more: dict[str, Any]
) -> None:
    planned = plan(query(**more), filled, 10_000, NOW)
    found = rows_of(filled, planned)
    assert len(found) == EVERYTHING
    assert {row[2] for row in found} == {"anna"}
