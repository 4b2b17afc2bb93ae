"""The pace of requests to Google, over virtual time: what a minute and a second hold, and when what is asked again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.google.calls import ATTEMPTS, LONGEST, Call, Calls
from connectors.google.credentials import ServiceAccount
from connectors.google.line import Line, Lost, Reply
from connectors.google.pace import PER_MINUTE, Pace
from tabular.errors import AccountRefused, GoogleBusy, GoogleUnreachable, GoogleWrong, OutcomeUnknown, TablesError
from tests.connectors.google.virtual import (
    BROKEN,
    BUSY,
    OK,
    TOO_MANY,
    UNREACHED,
    VirtualAccount,
    VirtualLine,
    VirtualTime,
    most_in_a_minute,
    replied,
)

PUT = Call("PUT", "https://sheets.example/v4/spreadsheets/a/values/A1", "a", "to write A1", harmless=True, body=b"{}")
BATCH = Call(
    "POST", "https://sheets.example/v4/spreadsheets/a:batchUpdate", "a", "addSheet", harmless=False, body=b"{}"
)


@dataclass
class Asking:
    """Calls in virtual time."""

    time: VirtualTime
    line: VirtualLine
    account: VirtualAccount
    calls: Calls


def asking(
    pace: Pace, time: VirtualTime, answer: Callable[[int], Reply | Lost], seconds: float = 0.0, share: float = 0.0
) -> Asking:
    """Calls to a Google that answers by the number of the request."""
    line, account = VirtualLine(time, answer, seconds, share), VirtualAccount()
    calls = Calls(cast(ServiceAccount, account), pace, cast(Line, line), draw=lambda _, most: most, wait=time.wait)
    return Asking(time, line, account, calls)


@pytest.fixture
def free(tmp_path: Path) -> Iterator[tuple[Pace, VirtualTime]]:
    """A pace without limits."""
    time = VirtualTime()
    pace = Pace(tmp_path / "tvox.duckdb", 0, 0, time, time.wait)
    yield pace, time
    pace.close()


def said(*replies: Reply | Lost) -> Callable[[int], Reply | Lost]:
    """These answers, and then OK."""
    return lambda number: replies[number] if number < len(replies) else OK


# ---- the limits ----------------------------------------------------------------------------------------------


def test_two_hundred_writes_take_three_minutes(tmp_path: Path) -> None:
    time = VirtualTime()
    pace = Pace(tmp_path / "tvox.duckdb", PER_MINUTE, 0, time, time.wait)
    google = asking(pace, time, said())
    for _ in range(200):
        google.calls.ask(PUT)
    assert most_in_a_minute(google.line.arrivals) == PER_MINUTE == 60
    assert 180 < time.moment - 100 < 185
    pace.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Iterator[float]]:
    """A store for many examples, each of which has a day of its own: what was logged the day before counts no more."""
    return tmp_path_factory.mktemp("pace") / "tvox.duckdb", count(86_400.0, 86_400.0)


@pytest.mark.law
@given(
    st.integers(1, 6),
    st.lists(st.tuples(st.sampled_from([0.0, 0.4, 20.0, 61.0]), st.booleans()), min_size=1, max_size=12),
    st.sampled_from([0.0, 0.3, 5.0, 70.0]),
    st.sampled_from([0.0, 0.5, 1.0]),
    st.data(),
)
def test_no_minute_holds_more_than_the_limit(
    shared: tuple[Path, Iterator[float]],
    most: int,
    asks: list[tuple[float, bool]],
    seconds: float,
    share: float,
    data: st.DataObject,
) -> None:
    store, days = shared
    time = VirtualTime(next(days))
    pace = Pace(store, most, 0, time, time.wait)
    answers: st.SearchStrategy[Reply | Lost] = st.sampled_from([OK, OK, TOO_MANY, BUSY, BROKEN])
    google = asking(pace, time, lambda _: data.draw(answers), seconds, share)
    for pause, restarts in asks:
        time.moment += pause
        if restarts:
            pace.close()
            pace = Pace(store, most, 0, time, time.wait)
            google.calls = Calls(
                cast(ServiceAccount, google.account), pace, cast(Line, google.line), lambda _, up: up, wait=time.wait
            )
        try:
            google.calls.ask(PUT)
        except (GoogleBusy, GoogleUnreachable):
            assert len(google.line.arrivals) >= ATTEMPTS
    pace.close()
    assert most_in_a_minute(google.line.arrivals) <= most


def test_one_spreadsheet_is_asked_once_a_second_and_another_at_once(tmp_path: Path) -> None:
    time = VirtualTime()
    pace = Pace(tmp_path / "tvox.duckdb", 0, 1.0, time, time.wait)
    began = []
    for spreadsheet in ("a", "a", "b", "a"):
        with pace.turn(spreadsheet):
            began.append(time.moment - 100)
    assert began == [0, 1, 1, 2]
    time.moment += 60
    with pace.turn("a"):
        assert time.waits == [1, 1]


def test_who_waits_is_refused_when_it_closes(tmp_path: Path) -> None:
    pace = Pace(tmp_path / "tvox.duckdb", 1)
    with pace.turn("a"):
        pace.close()
    with pytest.raises(GoogleUnreachable, match="ending"), pace.turn("b"):
        pass


# ---- asking again --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", [BUSY, BROKEN, UNREACHED, replied(500), replied(200, b"{")])
def test_what_is_harmless_is_asked_again(free: tuple[Pace, VirtualTime], trouble: Reply | Lost) -> None:
    google = asking(*free, said(trouble, trouble, trouble))
    assert google.calls.ask(PUT) == {}
    assert len(google.line.arrivals) == 4
    assert google.time.waits == [2, 3, 5], "twice as long each time, and up to a second by chance"


def test_it_gives_up_after_two_minutes_at_least(free: tuple[Pace, VirtualTime]) -> None:
    google = asking(*free, lambda _: BUSY)
    with pytest.raises(GoogleUnreachable, match="status 503"):
        google.calls.ask(PUT)
    assert len(google.line.arrivals) == ATTEMPTS
    assert sum(google.time.waits) > 120
    assert max(google.time.waits) <= LONGEST
    wrong = asking(*free, lambda _: replied(200, b"[]"))
    with pytest.raises(GoogleWrong):
        wrong.calls.ask(PUT)


@pytest.mark.parametrize("trouble", [BUSY, BROKEN, replied(500), replied(200, b"{")])
def test_what_may_have_happened_is_never_repeated(free: tuple[Pace, VirtualTime], trouble: Reply | Lost) -> None:
    google = asking(*free, said(trouble))
    with pytest.raises(OutcomeUnknown, match="addSheet"):
        google.calls.ask(BATCH)
    assert len(google.line.arrivals) == 1


@pytest.mark.parametrize("trouble", [TOO_MANY, UNREACHED])
def test_what_cannot_have_happened_is(free: tuple[Pace, VirtualTime], trouble: Reply | Lost) -> None:
    google = asking(*free, said(trouble, trouble))
    assert google.calls.ask(BATCH) == {}
    assert len(google.line.arrivals) == 3


def test_google_is_left_in_peace_for_as_long_as_it_says(tmp_path: Path) -> None:
    time = VirtualTime()
    pace = Pace(tmp_path / "tvox.duckdb", 60, 0, time, time.wait)
    google = asking(pace, time, said(replied(429, Retry_After="37")))
    google.calls.ask(PUT)
    first, second = google.line.arrivals
    assert second - first == pytest.approx(37)
    again = asking(pace, time, said(replied(503, Retry_After="9")))
    again.calls.ask(PUT)
    assert again.time.waits == [9]
    long = asking(pace, time, said(replied(429, Retry_After="1800")))
    with pytest.raises(GoogleBusy, match="1800 seconds"):
        long.calls.ask(PUT)
    assert len(long.line.arrivals) == 1
    pace.close()


def test_a_pause_outlives_the_process(tmp_path: Path) -> None:
    time = VirtualTime()
    for seconds in (30, 0):
        pace = Pace(tmp_path / "tvox.duckdb", 60, 0, time, time.wait)
        if seconds:
            pace.pause(seconds)
        else:
            with pace.turn("a"):
                assert time.moment >= 130
        pace.close()


def test_a_limit_may_come_as_403(free: tuple[Pace, VirtualTime]) -> None:
    body = b'{"error":{"code":403,"status":"PERMISSION_DENIED","errors":[{"reason":"userRateLimitExceeded"}]}}'
    google = asking(*free, said(replied(403, body)))
    assert google.calls.ask(BATCH) == {}


def test_a_token_is_taken_anew_once(free: tuple[Pace, VirtualTime]) -> None:
    refused = replied(401, b'{"error":{"code":401,"status":"UNAUTHENTICATED","message":"No."}}')
    google = asking(*free, said(refused))
    google.calls.ask(BATCH)
    assert [token for _, token in google.line.sent] == ["Bearer token 1", "Bearer token 2"]
    assert not google.time.waits
    with pytest.raises(AccountRefused):
        asking(*free, lambda _: refused).calls.ask(BATCH)


def test_nothing_is_asked_of_a_closed_one(free: tuple[Pace, VirtualTime]) -> None:
    google = asking(*free, lambda _: BUSY)
    google.calls.close()
    with pytest.raises(TablesError):
        google.calls.ask(PUT)
