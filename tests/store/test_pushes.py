"""Pushes and the journal of their runs, as the control database keeps them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from store import pushes
from store.control import Control
from store.keys import Keys
from store.pushes import Mode, Phase, Push, Pushes, State, Wanted
from tabular.errors import PushesFull, PushUnderWay, UnknownPush, UnknownRun
from tests.steps import NOW

WANTED = Wanted("inboundCalls", {"last": "7d"}, "1qsPaQ", "Calls", "B3", Mode.MERGE, ("id", "step"))
PUSH = Push("morning", "sales", WANTED, "0 7 * * *", False, NOW, NOW, NOW + timedelta(hours=1))


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Pushes]:
    """The journal of an empty store, with two keys."""
    control = Control(tmp_path / "tvox.duckdb")
    for name in ("sales", "other"):
        Keys(control).create(name)
    yield Pushes(control)
    control.close()


def test_what_is_kept_comes_back(journal: Pushes) -> None:
    assert journal.put(PUSH)
    assert journal.find("morning") == PUSH
    changed = replace(PUSH, schedule="", due=None, made=NOW + timedelta(days=1), paused=True)
    assert not journal.put(changed)
    assert journal.all("sales") == [replace(changed, made=NOW)]
    assert journal.all("other") == []
    journal.plan("morning", NOW, 3)
    assert (journal.find("morning").due, journal.find("morning").failures) == (NOW, 3)
    with pytest.raises(UnknownPush):
        journal.find("morning", "other")
    journal.delete("morning")
    with pytest.raises(UnknownPush):
        journal.delete("morning")


def test_there_are_only_so_many(journal: Pushes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pushes, "MOST", 2)
    for name in ("a", "b"):
        journal.put(replace(PUSH, name=name))
    with pytest.raises(PushesFull):
        journal.put(replace(PUSH, name="c"))
    assert not journal.put(replace(PUSH, name="b"))
    assert len(journal.all()) == 2


def test_a_push_has_one_run_at_a_time(journal: Pushes) -> None:
    run = journal.begin(WANTED, "sales", "schedule", "me", NOW, "morning")
    with pytest.raises(PushUnderWay) as refused:
        journal.begin(WANTED, "sales", "request", "me", NOW, "morning")
    assert refused.value.run == run.id
    journal.begin(WANTED, "sales", "request", "me", NOW)
    journal.end(run, State.DONE, NOW, phase=Phase.SETTLED.value, rows=3)
    assert journal.begin(WANTED, "sales", "request", "me", NOW, "morning").id != run.id
    assert journal.run(run.id, "sales").rows == 3
    for name, key in ((run.id, "other"), ("nobody", "sales")):
        with pytest.raises(UnknownRun):
            journal.run(name, key)


def test_what_a_dead_process_has_left_is_found(journal: Pushes) -> None:
    dead = journal.begin(WANTED, "sales", "schedule", "dead", NOW, "morning")
    journal.note(dead.id, state=State.RUNNING.value, phase=Phase.STAGING.value, staging=7, staged=40)
    journal.begin(WANTED, "sales", "request", "me", NOW)
    (left,) = journal.left_by("me")
    assert (left.id, left.staging, left.staged, left.phase) == (dead.id, 7, 40, Phase.STAGING)
    assert not journal.unsettled("1qsPaQ")
    journal.end(left, State.FAILED, NOW, phase=Phase.SWAPPING.value, error="no")
    assert [one.id for one in journal.unsettled("1qsPaQ")] == [dead.id]
    assert not journal.unsettled("another")
    assert not journal.left_by("me")


def test_the_log_is_bounded_but_forgets_nothing_that_is_left_to_do(
    journal: Pushes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pushes, "LOGGED", 3)
    unsettled = journal.begin(WANTED, "sales", "schedule", "me", NOW, "morning")
    journal.end(unsettled, State.FAILED, NOW, phase=Phase.SWAPPING.value)
    for number in range(8):
        run = journal.begin(WANTED, "sales", "schedule", "me", NOW, "morning")
        journal.end(run, State.DONE, NOW, phase=Phase.SETTLED.value, rows=number)
        other = journal.begin(WANTED, "sales", "request", "me", NOW)
        journal.end(other, State.DONE, NOW, phase=Phase.SETTLED.value)
    found = journal.runs("sales", "morning", 100)
    assert [run.rows for run in found] == [7, 6, 5, None]
    assert len(journal.runs("sales", most=100)) == 7
