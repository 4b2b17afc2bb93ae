"""A sync that is killed at any moment has lost nothing: what it wrote is whole, and the next one goes on from there."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from answers.filling import fill
from datamodel.catalogue import documented
from datamodel.demo import DemoCentre
from tests.commands import environment
from tests.forked import begun, run
from tests.serving import Served, opened_at
from tests.states import State, state
from tests.steps import NOW
from tests.upstream.proxy import Proxy

SYNC = ("sync", "--from", "2026-10", "--to", "2026-11")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Two months of a centre, six pages of calls and one or two of everything else in each."""
    opened = opened_at(tmp_path_factory.mktemp("own") / "tvox.duckdb", datamodel_rate=0)
    fill(DemoCentre(5500, 1, "Europe/Rome", now=NOW, months=2), opened.store, documented())
    running = Served(opened)
    yield running
    running.close()
    opened.close()


def mirroring(proxy: Proxy, own: Served) -> dict[str, str]:
    """The environment of a command that mirrors."""
    upstream = {"TVOX_UPSTREAM_URL": proxy.address, "TVOX_UPSTREAM_API_KEY": own.key, "TVOX_UPSTREAM_RATE": "0"}
    # Nothing settles and nothing gets old: what a run asks for is what the runs before it did not bring.
    return environment() | upstream | {"TVOX_FRESH_SECONDS": "99999", "TVOX_SETTLE_DAYS": "99999"}


def pages(proxy: Proxy) -> list[str]:
    """The pages that were asked for and answered, each as its request."""
    return [arrival.body for arrival in proxy.log() if "rows" in dict(arrival.asked) and arrival.status == 200]


def survives(own: Served, folder: Path, kills: int) -> None:
    """Kill a sync again and again on the same store, each time when some more requests have arrived."""
    chance = random.Random(kills)  # noqa: S311  # the same moments in every run of the test
    with Proxy(own.address) as proxy:
        given = mirroring(proxy, own)
        reference = folder / "reference.duckdb"
        said = run(reference, *SYNC, given=given)
        assert "The TVox was asked" in said
        expected, whole = state(reference), pages(proxy)
        assert len(set(whole)) == len(whole), "no page is asked for twice"
        killed, path = 0, folder / "0.duckdb"
        found: State = {}
        asked: list[str] = []
        while killed < kills:
            proxy.reset()
            proxy.latency(chance.uniform(0, 40))
            process = begun(path, *SYNC, given=given)
            proxy.arrived(chance.randint(1, 7))
            process.kill()
            process.join()
            killed += 1
            asked += pages(proxy)
            found = state(path)
            for place, held in found.items():
                assert held == expected[place], f"{place} is there whole, or not at all"
            if found.keys() == expected.keys():
                path = folder / f"{killed}.duckdb"
                asked.clear()
                found = {}
        proxy.reset()
        run(path, *SYNC, given=given)
        assert state(path) == expected, "the resumed sync is the uninterrupted one"
        asked += pages(proxy)
        again = len(asked) - len(set(asked))
        print(f"{kills} kills; {len(set(asked))} pages, of which {again} were asked for again")
        assert again <= 4 * kills, "at most what was on its way when it was killed"
        drafts = path.with_name(f"{path.name}.drafts")
        left = {kept.name for kept in drafts.glob("*")}
        # A kill may come after a month was written and before its pages were removed.
        assert left <= {f"{table}@{month}".replace("@None", "@all") for table, month in found}
        assert left or not drafts.exists()


def test_a_sync_killed(own: Served, tmp_path: Path) -> None:
    survives(own, tmp_path, 3)


@pytest.mark.prove
def test_a_sync_killed_often(own: Served, tmp_path: Path) -> None:
    survives(own, tmp_path, 50)
