"""Whatever goes wrong on the way to Google: the table has exactly the rows, once, or is as it was."""

from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from connectors.google.spreadsheets import Spreadsheets
from store.pushes import State
from tabular.errors import GoogleFailed
from tests.api.push.pushing import ASKED, BEGAN, ROWS, TABLE, Pushing, cells
from tests.google.book import Rect
from tests.google.standin import StandIn
from tests.steps import step

OLD = [TABLE[0], ["old", 1, 2.5, "x", "y", 3], TABLE[3]]
FAULTS = [
    ("429", False),
    ("503", False),
    ("503", True),
    ("401", False),
    ("cut", False),
    ("cut", True),
    ("half", True),
    ("garbage", True),
    ("html", False),
    ("html", True),
]
MODES = ("replace", "append", "merge")


def expected(mode: str, done: int) -> list[list[Any]]:
    """OLD after so many runs."""
    if not done:
        return OLD
    if mode == "replace":
        return TABLE
    if mode == "append":
        return OLD + TABLE[1:] * done
    return [*OLD, *(row for row in TABLE[1:] if row != TABLE[3])]


def struck(pushing: Pushing, mode: str, **fault: Any) -> bool:
    """Push once with a fault on the way, and look; whether it struck."""
    pushing.book = pushing.google.spreadsheet("Reports", sheets=[{"id": 0, "title": "Calls"}])
    pushing.google.put(pushing.book, "Calls", OLD)
    before = len(pushing.google.log())
    pushing.google.fault(**fault)
    failed = False
    try:
        pushing.ran(pushing.wanted(mode))
    except GoogleFailed:
        failed = True
    hit = any(arrival.fault for arrival in pushing.google.log()[before:])
    found, journal = pushing.rows(), pushing.services.pusher.journal
    run = journal.runs("tests", most=1)[0]
    assert found in (OLD, expected(mode, 1)), found
    if not failed:
        assert found == expected(mode, 1)
        assert pushing.google.titles(pushing.book) == ["Calls"]
    elif found != OLD:
        assert run.phase == "swapping", "only of a change whose outcome is unknown is it not known"
    # The next run finishes what is left, and does its own work once.
    while _is_struck(pushing, mode):
        pass
    done = sum(
        one.state is State.DONE for one in journal.runs("tests", most=50) if one.wanted.spreadsheet == pushing.book
    )
    assert pushing.rows() == expected(mode, done)
    assert pushing.google.titles(pushing.book) == ["Calls"]
    assert not journal.unsettled(pushing.book)
    return hit


def _is_struck(pushing: Pushing, mode: str) -> bool:
    """Whether what is armed still strikes a run."""
    try:
        pushing.ran(pushing.wanted(mode))
    except GoogleFailed:
        return True
    return False


@pytest.mark.parametrize("mode", MODES[:2])
def test_one_fault_at_each_request_is_overcome(pushing: Pushing, mode: str) -> None:
    for at in count(1):
        kind, after = FAULTS[at % len(FAULTS)]
        if not struck(pushing, mode, kind=kind, after=after, at=at):
            break
        disarm(pushing)
    assert at > 6


def disarm(pushing: Pushing) -> None:
    """Forget spreadsheets and faults."""
    pushing.google.reset()
    pushing.google.limit(None)


@pytest.mark.prove
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("kind", "after"), FAULTS)
@pytest.mark.parametrize("times", [1, 2, 9, 30])
def test_every_fault_at_every_request(pushing: Pushing, mode: str, kind: str, after: bool, times: int) -> None:
    for at in count(1):
        if not struck(pushing, mode, kind=kind, after=after, at=at, times=times):
            break
        disarm(pushing)
    assert at > 6


@pytest.mark.parametrize("mode", MODES)
def test_a_change_whose_outcome_is_never_told_is_made_once(pushing: Pushing, mode: str) -> None:
    assert struck(pushing, mode, kind="cut", after=True, asked="copyPaste", times=1)
    disarm(pushing)
    # Nothing can be learnt for as long as the run waits: the next one looks.
    assert struck(pushing, mode, kind="cut", after=True, at=6, times=20)


def test_a_change_that_was_made_counts_though_google_was_silent_for_long(pushing: Pushing) -> None:
    pushing.google.fault("cut", asked="copyPaste", after=True)
    pushing.google.fault("503", times=8, asked="GET", at=3)
    assert pushing.ran(pushing.wanted("append")).state is State.DONE
    assert pushing.rows() == TABLE


def test_a_protected_range_is_a_clean_refusal(pushing: Pushing) -> None:
    pushing.google.put(pushing.book, "Other", OLD)
    pushing.google.protect(pushing.book, "Other", Rect(0, 0, 1, 1))
    with pytest.raises(GoogleFailed, match="protected"):
        pushing.ran(pushing.wanted(sheet="Other"))
    assert pushing.rows("Other") == OLD
    assert pushing.google.titles(pushing.book) == ["Other"]


def test_rows_that_somebody_sorts_meanwhile_are_still_replaced_in_their_place(
    pushing: Pushing, monkeypatch: pytest.MonkeyPatch
) -> None:
    pushing.ran(pushing.wanted("merge"))
    pushing.fill([{**row_of(3), "user": "changed"}])
    turned = [TABLE[0], *reversed(TABLE[1:])]
    put = Spreadsheets.put_values
    moved = iter([True])

    def sorting(self: Spreadsheets, spreadsheet: str, cells_: str, rows: bytes) -> object:
        if next(moved, False):
            pushing.google.put(pushing.book, "Calls", turned)
        return put(self, spreadsheet, cells_, rows)

    monkeypatch.setattr(Spreadsheets, "put_values", sorting)
    pushing.ran(pushing.wanted("merge"))
    changed = cells({**row_of(3), "user": "changed"})
    assert pushing.rows() == [changed if row[0] == changed[0] else row for row in turned]


def row_of(number: int) -> dict[str, Any]:
    """One of the rows that the service holds."""
    return dict(ROWS[number])


def test_a_large_table_goes_in_bodies_that_google_recommends(pushing: Pushing, google: StandIn) -> None:
    text = "è" * 900
    rows = [step(BEGAN - timedelta(minutes=i), 0, i, user=f"{i} {text}") for i in range(4000)]
    pushing.fill(rows)
    asked = ASKED | {"columns": "id,user"}
    before = len(google.log())
    pushing.ran(pushing.wanted(asked=asked))
    found = pushing.rows()
    assert len(found) == 1 + 5 + 4000
    users = {row[1] for row in found[1:]}
    assert {f"{i} {text}" for i in range(4000)} <= users
    sizes = [arrival.bytes for arrival in google.log()[before:]]
    assert 1_000_000 < max(sizes) <= 2_000_000
