"""Schedules: changes of the clocks, rest after failures."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from answers.push.schedule import checked, due_after, next_after

ROME = ZoneInfo("Europe/Rome")


def times(schedule: str, since: datetime, count: int, zone: ZoneInfo = ROME) -> list[str]:
    """The next times of a schedule, as clocks on the wall show them."""
    found, moment = [], since
    for _ in range(count):
        moment = next_after(schedule, moment, zone)
        found.append(f"{moment.astimezone(zone):%m-%d %H:%M %z}")
    return found


def test_a_time_that_clocks_skip_comes_when_they_go_on() -> None:
    since = datetime(2026, 3, 28, 0, tzinfo=UTC)
    assert times("30 2 * * *", since, 3) == ["03-28 02:30 +0100", "03-29 03:00 +0200", "03-30 02:30 +0200"]


def test_a_time_that_clocks_show_twice_comes_once() -> None:
    since = datetime(2026, 10, 24, 12, tzinfo=UTC)
    assert times("30 2 * * *", since, 2) == ["10-25 02:30 +0200", "10-26 02:30 +0100"]
    # Asked within the second of the two hours.
    for minute in (1, 29, 31, 59):
        assert times("30 2 * * *", datetime(2026, 10, 25, 1, minute, tzinfo=UTC), 1) == ["10-26 02:30 +0100"]


def test_what_comes_every_half_hour_goes_on_doing_so() -> None:
    since = datetime(2026, 10, 24, 23, 50, tzinfo=UTC)
    found = times("*/30 * * * *", since, 5)
    assert found == [
        "10-25 02:00 +0200",
        "10-25 02:30 +0200",
        "10-25 02:00 +0100",
        "10-25 02:30 +0100",
        "10-25 03:00 +0100",
    ]


@pytest.mark.law
def test_the_next_time_lies_ahead_and_times_do_not_come_twice() -> None:
    for schedule in ("0 7 * * mon-fri", "15 */2 * * *", "59 23 L * *", "0 0 1 1 *", "5 2 * 3,10 sun", "* 2 * * *"):
        moment = datetime(2026, 3, 1, tzinfo=UTC)
        for _ in range(400):
            after = next_after(schedule, moment, ROME)
            assert after > moment
            moment = after


@pytest.mark.parametrize(
    "text", ["", "* * * *", "@daily", "61 * * * *", "* * * * * *", "0 0 30 2 *", "x" * 300, "* * * * \n"]
)
def test_what_is_no_schedule_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # it says the text
        checked(text)


def test_what_failed_rests_and_is_tried_again_where_that_may_help() -> None:
    now = datetime(2026, 11, 23, 6, tzinfo=UTC)
    assert due_after("0 7 * * *", now, ROME, 0, may_help=False) == now + timedelta(days=1)
    assert due_after("0 7 * * *", now, ROME, 1, may_help=True) == now + timedelta(minutes=1)
    assert due_after("0 7 * * *", now, ROME, 4, may_help=True) == now + timedelta(minutes=8)
    assert due_after("0 7 * * *", now, ROME, 1, may_help=False) == now + timedelta(days=1)
    assert due_after("* * * * *", now, ROME, 4, may_help=False) == now + timedelta(minutes=9)
    assert due_after("", now, ROME, 4, may_help=True) is None
