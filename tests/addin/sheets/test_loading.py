"""Answers whose months a TVox has to bring first: the cell says how far they are, and the table takes its place."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from answers.mirror import Mirror, Rules
from tabular.errors import UpstreamBusy
from tests.addin.sheets.host import Host
from tests.addin.sheets.sheet import asked, sheet_before
from tests.answers.mirror.shelf import Clock, Shelf
from tests.answers.mirror.test_mirror import LAST, NOW, OLD, OPEN, calls
from tests.api.jobs.test_mirrored import Gate
from tests.serving import Served, opened_at
from tests.steps import CALLS

FORMULA = '=TVOX("inboundCalls";"2026-10-01";"2026-11-30";"id,step";;"wait=0";TVOX_STAMP)'


@pytest.fixture
def gate() -> Gate:
    """What lets the TVox answer."""
    return Gate()


@pytest.fixture
def mirrored(gate: Gate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A service with a TVox behind it."""
    shelf = Shelf(Clock(NOW - timedelta(days=1)), limit=10)
    for month, count in ((OLD, 25), (LAST, 7), (OPEN, 12)):
        shelf.put(CALLS, month, calls(month, count))
    shelf.clock.time = NOW
    shelf.before = gate
    opened = opened_at(tmp_path / "tvox.duckdb")
    mirror = Mirror(shelf, opened.store, Rules(opened.store.zone), shelf.clock)
    monkeypatch.setattr("api.jobs.waiting.MOMENT", 600.0)
    running = Served(replace(opened, mirror=mirror, now=shelf.clock))
    yield running
    gate.opened.set()
    running.close()
    mirror.stop()
    mirror.drain()
    opened.close()


def over(served: Served, host: Host) -> str:
    """The state of the job that the sheet waits for, once it is over."""
    (job,) = served.app.state.jobs._jobs
    token = json.loads(host.state()["properties"]["document"]["tvox.session"])["token"]
    found = served.client.get(f"/jobs/{job}?wait=30", headers={"X-Telenia-APIKey": token}).json()
    return str(found["state"])


def test_the_table_takes_the_place_of_its_progress(mirrored: Served, gate: Gate) -> None:
    with sheet_before(mirrored) as host:
        host.type("Sheet1!A1", FORMULA)
        said = str(host.value("Sheet1!A1"))
        assert said.startswith("loading, 0 of "), said
        assert said.endswith(" months …")
        host.advance(61)
        host.settle()
        assert host.value("Sheet1!A1") == said, "the stamp stays while nothing is there"
        jobs = mirrored.app.state.jobs
        assert len(jobs._jobs) == 1
        gate.opened.set()
        assert over(mirrored, host) == "ready"
        asked(host)
        host.advance(61)
        host.settle()
        rows = host.values("Sheet1!A1:B60")
        assert rows[0] == ["id", "step"]
        assert len([row for row in rows if row[0]]) > 15
        assert [str(one["url"]).split("/")[3].split("?")[0] for one in asked(host, "/")][-1] == "jobs"
        assert len(jobs._jobs) == 1, "no second job began"
        assert not [name for name in host.state()["properties"]["document"] if name.startswith("tvox.loading.")]
        host.advance(120)
        assert [one["function"] for one in host.state()["triggers"]] == ["tvoxPulse"]


def test_a_formula_without_a_stamp_says_what_it_lacks(mirrored: Served, gate: Gate) -> None:
    with sheet_before(mirrored) as host:
        said = host.custom("TVOX", "inboundCalls", "2026-10", "", "id", "", "wait=0")
        assert said.endswith("(with TVOX_STAMP as the last argument the table comes by itself)")
        asked(host)
        again = host.custom("TVOX", "inboundCalls", "2026-10", "", "id", "", "wait=0")
        assert again == said
        assert not asked(host), "who asks the same at once hears the same"


def test_what_fails_says_why(mirrored: Served, gate: Gate) -> None:
    with sheet_before(mirrored) as host:
        host.type("Sheet1!A1", FORMULA)
        gate.fails = UpstreamBusy(5)
        gate.opened.set()
        assert over(mirrored, host) == "failed"
        host.advance(61)
        host.settle()
        assert "TVox" in str(host.error("Sheet1!A1")), host.read("Sheet1!A1")


def test_a_pinned_table_waits_for_its_months(mirrored: Served, gate: Gate) -> None:
    with sheet_before(mirrored) as host:
        asked_for = {"table": "inboundCalls", "from": "2026-10", "columns": "id,step", "options": "wait=0"}
        pin = host.sidebar("tvoxSavePin", {"asked": asked_for, "cell": "Sheet1!A1", "every": "manual"})[0]
        standing = host.sidebar("tvoxRefreshPin", pin["id"])[0]["standing"]
        assert standing["said"].startswith("loading, 0 of "), standing
        assert standing["isGood"]
        assert host.sidebar("tvoxLog") == []
        gate.opened.set()
        assert over(mirrored, host) == "ready"
        host.advance(60)
        standing = host.sidebar("tvoxPins")[0]["standing"]
        assert (standing["isGood"], standing["said"], standing["rows"]) == (True, "", 14), standing
        assert len({tuple(row) for row in host.values("Sheet1!A2:B15")}) == 14
        assert host.value("Sheet1!A16") == ""
