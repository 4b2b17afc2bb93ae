"""Pushes of views, and in front of a TVox: what is missing is brought first, and what is not there is refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.store import Store
from tabular.month import Month
from tests.api.push.pushing import ASKED, TABLE, Pushing
from tests.api.push.test_face import asked
from tests.google.standin import StandIn
from tests.mirrored import Mirroring
from tests.serving import Served
from tests.steps import CALLS, CONTACTS, SUMMARIES, batches, moment, step
from tests.upstream.later import LaterTvox

JANUARY = Month(2026, 1)


@pytest.fixture(scope="module")
def tvox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LaterTvox]:
    """A TVox with four calls in January."""
    at = moment("2026-01-05T08:00")
    calls = [step(at, 0, n, multiChannel_type="CALL", status="HANGUP", lastUpdateTime=at) for n in range(4)]
    with Store(tmp_path_factory.mktemp("later") / "own.duckdb") as store:
        with store.writing("test") as writing:
            writing.replace(CALLS, JANUARY, batches(calls), SUMMARIES)
            writing.replace(CONTACTS, None, batches([], CONTACTS))
        with LaterTvox(store) as later:
            yield later


def test_the_months_of_a_push_are_brought(tvox: LaterTvox, tmp_path: Path, google: StandIn) -> None:
    settings = {"google_credentials": google.account(tmp_path), "sheets_url": google.address, "sheets_rate": 0}
    book = google.spreadsheet("Mirrored", sheets=[{"id": 0, "title": "Calls"}])
    given = {"table": "inboundCalls", "month": "2026-01", "columns": "id", "spreadsheet": book, "sheet": "Calls"}
    with Mirroring(tmp_path / "tvox.duckdb", tvox.address, tvox.key, **settings) as mirror:
        refused = asked(mirror.client.post("/push?wait=30", json=given | {"fresh": "cached"}))
        assert (refused["state"], refused["error"]["code"]) == ("failed", "TT406")
        assert google.rows(book, "Calls") == []
        told = asked(mirror.client.post("/push?wait=30", json=given))
        assert (told["state"], told["rows"]) == ("done", 4), told
        assert len(google.rows(book, "Calls")) == 5


def test_a_view_is_pushed_as_its_reader_sees_it(pushing: Pushing, google: StandIn) -> None:
    served = Served(pushing.services, "served")
    try:
        view = {"table": "inboundCalls", "last": "30d", "columns": ASKED["columns"]}
        assert served.client.put("/views/mine", json=view).status_code == 201
        given = {
            "table": "mine",
            "sort": "id",
            "spreadsheet": pushing.book,
            "sheet": "Calls",
            "columns": ASKED["columns"],
        }
        assert asked(served.client.post("/push?wait=30", json=given))["state"] == "done"
        assert pushing.rows() == TABLE
        refused = served.client.post("/push", json=given | {"mode": "merge"})
        assert asked(refused, 400)["code"] == "TT105"
        assert (
            asked(served.client.post("/push?wait=30", json=given | {"mode": "merge", "keys": "id,step"}))["rows"] == 6
        )
        assert pushing.rows() == TABLE
    finally:
        served.close()
