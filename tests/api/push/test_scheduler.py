"""The scheduler, by a clock that a test moves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.push.scheduler import Scheduler
from store.pushes import Push, State
from tests.api.push.pushing import ASKED, BEGAN, KEY, TABLE, Pushing, cells
from tests.google.standin import StandIn
from tests.serving import Served
from tests.steps import NOW, step


def kept(pushing: Pushing, schedule: str, due: datetime, **more: Any) -> None:
    """A push of the name morning."""
    wanted = pushing.wanted("append", asked=ASKED)
    push = Push("morning", KEY, wanted, schedule, False, NOW, NOW, due)
    pushing.services.pusher.journal.put(replace(push, **more))


def ticked(scheduler: Scheduler, pushing: Pushing, now: datetime) -> None:
    """The scheduler looks, and what it begins ends."""
    pushing.clock.now = now
    scheduler.tick()
    settle(pushing)


def settle(pushing: Pushing) -> None:
    """Wait for what is at work."""
    for run in pushing.services.pusher.journal.runs():
        task = pushing.services.pusher.task(run.id)
        if task is not None:
            task.future.exception(60)


def runs(pushing: Pushing) -> list[tuple[str, str]]:
    """The runs so far, oldest first: origin, state."""
    return [(run.origin, run.state.value) for run in reversed(pushing.services.pusher.journal.runs())]


def test_a_push_runs_when_it_is_due_and_not_before(pushing: Pushing) -> None:
    due = datetime(2026, 11, 23, 6, tzinfo=UTC)
    kept(pushing, "0 7 * * *", due)
    scheduler = Scheduler(pushing.services)
    ticked(scheduler, pushing, due - timedelta(seconds=1))
    assert (runs(pushing), scheduler.seconds()) == ([], 1)
    ticked(scheduler, pushing, due)
    ticked(scheduler, pushing, due + timedelta(seconds=1))
    assert runs(pushing) == [("schedule", "done")]
    assert pushing.services.pusher.journal.find("morning").due == due + timedelta(days=1)


def test_what_was_missed_runs_once(pushing: Pushing) -> None:
    kept(pushing, "*/10 * * * *", NOW - timedelta(days=3))
    scheduler = Scheduler(pushing.services)
    for _ in range(3):
        ticked(scheduler, pushing, NOW)
    assert runs(pushing) == [("schedule", "done")]
    assert pushing.services.pusher.journal.find("morning").due == NOW + timedelta(minutes=10)


def test_a_paused_push_does_not_run(pushing: Pushing) -> None:
    kept(pushing, "* * * * *", NOW, paused=True)
    ticked(Scheduler(pushing.services), pushing, NOW + timedelta(days=1))
    assert runs(pushing) == []


def test_a_push_at_work_is_not_begun_again(pushing: Pushing, google: StandIn) -> None:
    kept(pushing, "* * * * *", NOW)
    scheduler = Scheduler(pushing.services)
    google.fault("stall", asked="PUT")
    scheduler.tick()
    google.arrived(4)
    pushing.clock.now = NOW + timedelta(minutes=3)
    Scheduler(pushing.services).tick()
    scheduler.tick()
    assert len(runs(pushing)) == 1
    google.release()
    settle(pushing)
    assert runs(pushing) == [("schedule", "done")]


def test_what_is_cancelled_waits_for_its_next_time(pushing: Pushing, google: StandIn) -> None:
    kept(pushing, "0 7 * * *", NOW)
    scheduler = Scheduler(pushing.services)
    google.fault("stall", asked="PUT")
    scheduler.tick()
    google.arrived(4)
    pushing.services.pusher.cancel(pushing.services.pusher.journal.runs()[0].id)
    google.release()
    settle(pushing)
    ticked(scheduler, pushing, NOW + timedelta(minutes=1))
    assert runs(pushing) == [("schedule", "cancelled")]
    assert pushing.services.pusher.journal.find("morning").due == NOW + timedelta(hours=18)
    assert google.titles(pushing.book) == ["Other"]


def test_failures_rest_longer_each_time_and_are_told(pushing: Pushing, google: StandIn) -> None:
    kept(pushing, "0 7 * * *", NOW)
    scheduler, journal = Scheduler(pushing.services), pushing.services.pusher.journal
    google.fault("503", times=None, asked="/v4/")
    now = NOW
    for failures, minutes in ((1, 1), (2, 2), (3, 4)):
        ticked(scheduler, pushing, now)
        push = journal.find("morning")
        assert (push.failures, push.due) == (failures, now + timedelta(minutes=minutes))
        now += timedelta(minutes=minutes)
    assert runs(pushing) == [("schedule", "failed"), ("retry", "failed"), ("retry", "failed")]
    google.reset()
    google.limit(None)
    google._books -= 1
    google.spreadsheet("Reports", sheets=[{"id": 0, "title": "Other"}])
    ticked(scheduler, pushing, now)
    assert (runs(pushing)[-1], journal.find("morning").failures) == (("retry", "done"), 0)
    assert pushing.rows() == TABLE


def test_a_retry_of_an_append_whose_outcome_was_unknown_adds_nothing_twice(pushing: Pushing, google: StandIn) -> None:
    kept(pushing, "0 7 * * *", NOW)
    # The change is made, and then nothing can be learnt for as long as the run waits.
    google.fault("cut", asked="copyPaste", after=True)
    google.fault("503", times=16, asked="GET", at=3)
    scheduler = Scheduler(pushing.services)
    ticked(scheduler, pushing, NOW)
    assert runs(pushing) == [("schedule", "failed")]
    assert pushing.rows() == TABLE
    now = NOW
    while runs(pushing)[-1][1] != "done":
        now += timedelta(hours=1)
        ticked(scheduler, pushing, now)
    assert pushing.rows() == TABLE
    assert runs(pushing) == [("schedule", "done"), ("retry", "done")]


@pytest.mark.parametrize("is_gone", [False, True])
def test_a_service_that_begins_goes_on_with_what_another_one_left(
    pushing: Pushing, google: StandIn, is_gone: bool
) -> None:
    google.fault("stall", asked="PUT")
    pushing.begun(pushing.wanted("append"))
    google.arrived(4)
    pushing.restart()
    google.release()
    assert runs(pushing) == [("test", "running")]
    new = step(BEGAN + timedelta(hours=1), 0, 7, user="new", cli="0432", waitDuration=1)
    pushing.fill([new])
    if is_gone:
        pushing.services.store.sweep(timedelta(0), lambda: datetime.now(UTC) + timedelta(days=2))
    served = Served(pushing.services, "served")
    try:
        run = pushing.services.pusher.journal.runs()[0]
        told = served.get(f"/push/{run.id}?wait=30", headers={"X-Telenia-APIKey": pushing.key}).json()
        while told["state"] != "done":
            told = served.get(f"/push/{run.id}?wait=30", headers={"X-Telenia-APIKey": pushing.key}).json()
    finally:
        served.close()
    # The rows are those of the moment at which the run began, or of now where that moment is gone.
    assert pushing.rows() == ([*TABLE, cells(new)] if is_gone else TABLE)
    assert google.titles(pushing.book) == ["Other", "Calls"]
    assert pushing.services.pusher.journal.runs()[0].state is State.DONE
