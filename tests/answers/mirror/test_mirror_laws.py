"""The law of the mirror: whatever happens upstream, between and during requests, what was brought is what is there."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answers.mirror import Fresh, Mirror, Rules
from answers.mirror.places import Place
from store.store import Store
from tabular.errors import UpstreamBusy, UpstreamFailed
from tabular.month import Month
from tests.answers.mirror.shelf import Clock, Shelf
from tests.copies import unwritten
from tests.steps import CALLS, SUMMARIES, Row, read, step

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MONTHS = (Month(2026, 10), Month(2026, 11))


def call(month: Month, number: int, steps: int, text: str) -> list[Row]:
    """A call by its number: the same number is the same call."""
    began = datetime(month.year, month.month, 3) + timedelta(minutes=number)
    return [step(began, place, number, cli=f"{text} {place}") for place in range(steps)]


months = st.sampled_from(MONTHS)
writes = st.tuples(st.just("write"), months, st.integers(0, 30), st.integers(1, 3))
removes = st.tuples(st.just("remove"), months, st.integers(0, 30), st.just(0))
changes = st.one_of(writes, writes, writes, removes)
bringing = st.tuples(st.just("bring"), st.sets(months, min_size=1), st.booleans(), st.lists(changes, max_size=3))
waiting = st.tuples(st.just("wait"), st.integers(1, 500), st.just(0), st.just(0))
failing = st.tuples(st.just("fail"), st.integers(1, 4), st.booleans(), st.just(0))
histories = st.lists(st.one_of(changes, changes, bringing, waiting, failing), min_size=3, max_size=14)


class World:
    """A shelf, its mirror, and what a history does to them."""

    def __init__(self, folder: Path, flat: bool) -> None:
        self.shelf = Shelf(Clock(NOW), limit=4, flat=flat)
        # A few rows at a time: more threads would only wait for one another.
        self.store = unwritten(Store(folder / "tvox.duckdb", threads=1))
        self.mirror = self._mirror()
        self.written = 0
        self.during: list[tuple[str, Month, int, int]] = []
        self.fails_in = 0
        self.shelf.before = self._before

    def _mirror(self) -> Mirror:
        # Nothing settles: what is settled is not asked for again, whatever is done to it.
        return Mirror(self.shelf, self.store, Rules(self.store.zone, settling=timedelta(days=9999)), self.shelf.clock)

    def change(self, kind: str, month: Month, number: int, steps: int) -> None:
        """Let a call be another one, or be gone."""
        self.written += 1
        rows = call(month, number, steps or 1, f"version {self.written}")
        if kind == "write":
            self.shelf.put(CALLS, month, rows)
        elif str(rows[0]["id"]) in self.shelf.rows.get((CALLS.name, month), {}):
            self.shelf.remove(CALLS, month, str(rows[0]["id"]))

    def _before(self, _: str) -> None:
        if self.fails_in:
            self.fails_in -= 1
            if not self.fails_in:
                raise UpstreamBusy(1)
        if self.during:
            self.change(*self.during.pop())

    def bring(self, wanted_months: set[Month], live: bool) -> None:
        """Bring months; a failure of the upstream is one that may be asked again."""
        fresh = Fresh.LIVE if live else Fresh.AUTO
        wanted = self.mirror.want([Place(CALLS, month) for month in sorted(wanted_months)], fresh)
        for flight in wanted.flights.values():
            assert isinstance(flight.future.exception(timeout=60), UpstreamFailed | None)

    def restart(self) -> None:
        """Close the mirror and open another one on the same files."""
        self.mirror.stop()
        self.mirror.drain()
        self.mirror = self._mirror()

    def there(self) -> list[tuple[str, int, str]]:
        """What the upstream has."""
        held = (rows for month in MONTHS for rows in self.shelf.rows.get((CALLS.name, month), {}).values())
        return sorted((str(row["id"]), int(str(row["step"])), str(row["cli"])) for rows in held for row in rows)

    def held(self) -> list[tuple[str, int, str]]:
        """What the mirror has."""
        rows = read(self.store, CALLS, "id", "step", "cli")
        return sorted((str(row["id"]), int(str(row["step"])), str(row["cli"])) for row in rows)


@pytest.mark.law
@settings(max_examples=settings().max_examples // 2)
@given(histories, st.booleans())
def test_what_was_brought_is_what_is_there(history: list[tuple[object, ...]], flat: bool) -> None:
    with (
        TemporaryDirectory() as folder,
        patch("answers.mirror.fetching.PAGE", 4),
        patch("answers.mirror.mirror.FAILED_FOR", timedelta(0)),
    ):
        world = World(Path(folder), flat)
        try:
            for event in history:
                match event:
                    case ("write" | "remove" as kind, Month() as month, int() as number, int() as steps):
                        world.change(kind, month, number, steps)
                    case ("bring", set() as wanted, bool() as live, list() as during):
                        world.during = during
                        world.bring(wanted, live)
                        world.during = []
                    case ("wait", int() as seconds, _, _):
                        world.shelf.clock.on(seconds=seconds)
                    case ("fail", int() as requests, bool() as restarts, _):
                        world.fails_in = requests
                        world.bring(set(MONTHS), live=True)
                        world.fails_in = 0
                        if restarts:
                            world.restart()
            world.bring(set(MONTHS), live=True)
            assert world.held() == world.there()
            assert {row["id"] for row in read(world.store, SUMMARIES, "id")} == {row[0] for row in world.there()}
        finally:
            world.mirror.stop()
            world.mirror.drain()
            world.store.close()
