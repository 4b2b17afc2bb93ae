"""Windows: however cut, in whatever zone, they hold the rows that a plain reading of the clock gives."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answers.plan import plan
from api.windows import window_of
from store.store import Store
from tabular.query import Query, Window
from tests.steps import CALLS, NOW, SUMMARIES, batches, read, selected, step

pytestmark = pytest.mark.law

# Around month ends, around both clock changes of Rome, and with steps that lie in another month than their call.
_BEGINNINGS = [
    *(datetime(2020, 2, 28) + timedelta(hours=5 * n, seconds=n) for n in range(30)),
    *(datetime(2020, 3, 29) - timedelta(hours=3) + timedelta(minutes=20 * n) for n in range(24)),
    *(datetime(2020, 10, 24, 20) + timedelta(minutes=25 * n) for n in range(30)),
    *(datetime(2020, 10, 31, 12) + timedelta(hours=n) for n in range(30)),
]
ROWS = [
    step(began, number, serial)
    | {"startTime": None if serial % 17 == 0 else began + timedelta(days=serial % 9 == 0, minutes=10 * (1 - number))}
    for serial, began in enumerate(_BEGINNINGS, 1)
    for number in (0, 1)
]
_ZONES = st.sampled_from(["Europe/Rome", "UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia", "Africa/Cairo"])
_moments = st.datetimes(datetime(2020, 2, 25), datetime(2020, 11, 5)).map(lambda m: m.replace(tzinfo=UTC))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with ROWS in it."""
    path: Path = tmp_path_factory.mktemp("windows") / "tvox.duckdb"
    with Store(path) as opened:
        with opened.writing("test") as writing:
            writing.merge(CALLS, batches(ROWS), SUMMARIES)
        yield opened


def keys(store: Store, window: Window | None) -> list[tuple[object, object]]:
    """The keys of the rows in a window."""
    return [(row["id"], row["step"]) for row in read(store, CALLS, "id", "step", window=window)]


@given(cuts=st.lists(_moments, min_size=2, max_size=7))
def test_any_cut_of_a_window_gives_the_same_rows(filled: Store, cuts: list[datetime]) -> None:
    cuts = sorted(cuts)
    whole = keys(filled, Window(cuts[0], cuts[-1]))
    parts = [key for since, until in pairwise(cuts) for key in keys(filled, Window(since, until))]
    assert sorted(parts) == sorted(whole)
    assert len(set(parts)) == len(parts)


@given(zone=_ZONES, first=st.dates(date(2020, 2, 25), date(2020, 11, 3)), days=st.integers(0, 40))
def test_days_of_any_zone_are_what_python_reads_off_the_clock(filled: Store, zone: str, first: date, days: int) -> None:
    last = first + timedelta(days=days)
    window = window_of({"from": first.isoformat(), "to": last.isoformat()}, ZoneInfo(zone), NOW)
    expected = [
        (row["id"], row["step"])
        for row in ROWS
        if isinstance(row["startTime"], datetime)
        and first <= row["startTime"].replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date() <= last
    ]
    assert sorted(keys(filled, window)) == sorted(expected)


@given(since=st.none() | _moments, until=st.none() | _moments)
def test_date_times_are_half_open(filled: Store, since: datetime | None, until: datetime | None) -> None:
    window = Window(since, until)
    expected = [
        (row["id"], row["step"])
        for row in ROWS
        if window.covers(row["startTime"].replace(tzinfo=UTC) if isinstance(row["startTime"], datetime) else None)
    ]
    assert sorted(keys(filled, window)) == sorted(expected)


def test_without_a_window_every_row_of_the_stored_months_is_there(filled: Store) -> None:
    assert len(keys(filled, None)) == len(ROWS)


@given(size=st.integers(1, 300), windowed=st.booleans())
def test_pages_of_any_size_make_the_whole(filled: Store, size: int, windowed: bool) -> None:
    window = Window(datetime(2020, 3, 1, tzinfo=UTC), None) if windowed else None
    whole = keys(filled, window)
    pages: list[tuple[object, object]] = []
    for offset in range(0, len(whole) + size, size):
        query = Query(CALLS, selected(CALLS, "id", "step"), window, limit=size, offset=offset)
        planned = plan(query, filled, 10_000, NOW)
        page = [(row["id"], row["step"]) for batch in filled.read(planned) for row in batch.to_pylist()]
        assert planned.row_count in (None, len(page))
        pages += page
    assert pages == whole
