"""`main.py push run` killed at any moment: the next one goes on, and the table has exactly the rows, once."""

import random
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.api.push.pushing import ASKED, HEADER, Pushing, cells
from tests.commands import environment
from tests.forked import begun, run
from tests.google.standin import StandIn
from tests.steps import NOW, step

OLD: list[list[Any]] = [HEADER, ["old", 1, 2.5, "x", "y", 3]]
COUNT = 300


class Killed:
    """A store with a push in it, whose commands are killed."""

    def __init__(self, folder: Path, google: StandIn, mode: str) -> None:
        self.google, self.mode = google, mode
        self.pushing = Pushing(folder, google)
        chance = random.Random(5)  # noqa: S311  # the same rows in every run of the test
        began = [NOW.replace(tzinfo=None, hour=1, minute=i // 60, second=i % 60) for i in range(COUNT)]
        rows = [step(at, 0, i, user="u" * chance.randrange(1, 9), cli=f"+39{i}") for i, at in enumerate(began)]
        self.pushing.fill(rows)
        self.table = [cells({"waitDuration": None, **row}) for row in rows]
        self.given = environment() | {
            "TVOX_GOOGLE_CREDENTIALS": str(self.pushing.account),
            "TVOX_SHEETS_URL": google.address,
            "TVOX_SHEETS_RATE": "0",
        }
        self.store = self.pushing.path
        self.pushing.close()
        # A window without a word for now: each command has a clock of its own.
        asked = {"from": "2026-11-22", "to": "2026-11-22"} | {one: ASKED[one] for one in ("columns", "sort")}
        words = [f"{name}={value}" for name, value in asked.items()]
        place = ("--table", "inboundCalls", "--spreadsheet", self.pushing.book, "--sheet", "Calls", "--mode", mode)
        run(self.store, "push", "add", "morning", *words, "--key", "tests", *place, given=self.given)
        google.put(self.pushing.book, "Other", OLD)

    def again(self) -> None:
        """A spreadsheet as it was at first."""
        self.google.reset()
        self.google.limit(None)
        self.google.put(self._new(), "Calls", OLD)

    def _new(self) -> str:
        self.google._books -= 1  # the id that the push has
        return self.google.spreadsheet("Reports", sheets=[{"id": 0, "title": "Calls"}])

    def kill(self, at: int, after: bool) -> bool:
        """Kill the command while its request of that number is on its way; whether it had one."""
        before = self._struck()
        self.google.fault("stall", at=at, after=after)
        process = begun(self.store, "push", "run", "morning", given=self.given)
        while process.is_alive() and self._struck() == before:
            process.join(0.005)
        met = process.is_alive()
        process.kill()
        process.join()
        # What was on its way arrives all the same, perhaps when nobody asks any more.
        self.google.release()
        return met

    def _struck(self) -> int:
        return sum(bool(one.fault) for one in self.google.log())

    def expected(self) -> list[list[Any]]:
        """The table after one run."""
        return [HEADER, *self.table] if self.mode == "replace" else [*OLD, *self.table]

    def check(self) -> None:
        """Look at the table before and after the run that goes on."""
        before = self.google.rows(self.pushing.book, "Calls")
        assert _short(before) in (_short(OLD), _short(self.expected()))
        said = run(self.store, "push", "run", "morning", given=self.given)
        assert f"morning: {COUNT} rows of inboundCalls" in said
        assert _short(self.google.rows(self.pushing.book, "Calls")) == _short(self.expected())
        assert self.google.titles(self.pushing.book) == ["Calls"]


def _short(rows: list[list[Any]]) -> list[list[Any]]:
    """Rows without the empty cells at their ends; days to the hundredth of a second."""
    found = []
    for row in rows:
        plain = [round(value, 7) if isinstance(value, float) else value for value in row]
        while plain and plain[-1] is None:
            plain.pop()
        found.append(plain)
    return found


@pytest.fixture(scope="module")
def google() -> Iterator[StandIn]:
    """The stand-in: it goes on when what asks it is killed."""
    with StandIn() as running:
        yield running


def test_an_appending_push_is_killed(tmp_path: Path, google: StandIn) -> None:
    killed = Killed(tmp_path, google, "append")
    # While the hidden sheet is made, while rows are gathered, and while they are swapped.
    for at, after in ((3, True), (4, False), (7, True)):
        killed.again()
        assert killed.kill(at, after)
        killed.check()


@pytest.mark.prove
@pytest.mark.parametrize("mode", ["replace", "append", "merge"])
@pytest.mark.parametrize("after", [False, True])
def test_a_push_is_killed_at_every_request(tmp_path: Path, google: StandIn, mode: str, after: bool) -> None:
    killed = Killed(tmp_path, google, mode)
    for at in count(1):
        killed.again()
        if not killed.kill(at, after):
            assert _short(google.rows(killed.pushing.book, "Calls")) == _short(killed.expected())
            break
        killed.check()
    assert at > 6


@pytest.mark.prove
@pytest.mark.parametrize("mode", ["replace", "append", "merge"])
def test_a_push_is_killed_again_and_again(tmp_path: Path, google: StandIn, mode: str) -> None:
    killed = Killed(tmp_path, google, mode)
    for seed in range(6):
        chance = random.Random(seed)  # noqa: S311  # the same moments in every run of the test
        killed.again()
        # A run that has less left to do than that ends: what it has done is looked at.
        if all(killed.kill(chance.randrange(1, 5), chance.random() < 0.5) for _ in range(4)):
            killed.check()
        else:
            assert _short(google.rows(killed.pushing.book, "Calls")) == _short(killed.expected())
