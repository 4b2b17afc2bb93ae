"""The rows of views are kept in a bounded memory."""

from answers.views import KeptViews, Rows
from store.store import Store
from tests.steps import CALLS, SUMMARIES


def rows(store: Store, version: int, size: int = 40) -> Rows:
    return Rows(CALLS, store, version, size)


def test_what_was_not_asked_for_longest_goes_first(store: Store) -> None:
    kept = KeptViews(100)
    for version in (1, 2):
        kept.put(rows(store, version))
    assert kept.get(1, CALLS) is not None
    kept.put(rows(store, 3))
    assert [kept.get(version, CALLS) is not None for version in (1, 2, 3)] == [True, False, True]
    assert kept.bytes == 80


def test_the_same_rows_made_twice_count_once(store: Store) -> None:
    kept = KeptViews(100)
    for _ in range(3):
        kept.put(rows(store, 1))
    assert (len(kept), kept.bytes) == (1, 40)


def test_rows_are_given_only_as_the_table_that_they_are(store: Store) -> None:
    kept = KeptViews(100)
    kept.put(rows(store, 1))
    assert kept.get(1, SUMMARIES) is None


def test_the_last_rows_stay_however_large_they_are(store: Store) -> None:
    kept = KeptViews(100)
    kept.put(rows(store, 1))
    kept.put(rows(store, 2, 100))
    assert (len(kept), kept.bytes) == (1, 100)
