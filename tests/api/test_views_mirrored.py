"""Views in front of a TVox: their months are brought as the reader wishes, and a column that it has not is told of."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from store.store import Store
from tabular.month import Month
from tests.api.viewing import keep, refused, rows
from tests.mirrored import Mirroring
from tests.serving import Served, opened_at
from tests.steps import CALLS, CONTACTS, SUMMARIES, batches, step
from tests.upstream.later import LaterTvox

JANUARY, FEBRUARY = Month(2026, 1), Month(2026, 2)


def called(month: Month, day: int, serial: int) -> dict[str, object]:
    """A call of one step."""
    at = datetime(month.year, month.month, day, 8)
    return step(at, 0, serial, multiChannel_type="CALL", status="HANGUP", lastUpdateTime=at, waitDuration=serial)


@pytest.fixture(scope="module")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """What the TVox holds."""
    with Store(tmp_path_factory.mktemp("later") / "own.duckdb") as store:
        with store.writing("test") as writing:
            for month in (JANUARY, FEBRUARY):
                writing.replace(CALLS, month, batches([called(month, 5, n) for n in range(4)]), SUMMARIES)
            writing.replace(CONTACTS, None, batches([], CONTACTS))
        yield store


@pytest.fixture(scope="module")
def tvox(upstream: Store) -> Iterator[LaterTvox]:
    """A TVox that knows of each call whether the knowledge base was used, which the documented Data Model does not."""
    with LaterTvox(upstream) as later:
        yield later


def test_a_column_that_has_vanished_upstream_is_one_sentence(tvox: LaterTvox, tmp_path: Path) -> None:
    path = tmp_path / "tvox.duckdb"
    with Mirroring(path, tvox.address, tvox.key) as mirror:
        assert keep(mirror, "used", table="inboundCalls", columns="id,knowledgeBaseUse as used").status_code == 201
        assert keep(mirror, "whole", table="inboundCalls", month="2026-01").status_code == 201
        assert keep(mirror, "those", table="inboundCalls", filter="knowledgeBaseUse", columns="id").status_code == 201
        query = "{ inboundCalls(search: {year: 2026, month: 1}) { id knowledgeBaseUse } }"
        refused(keep(mirror, "asked", query=query), 400, "TT117", "knowledgeBaseUse")  # only the TVox answers it
        assert keep(mirror, "tickets2", table="tickets", columns="id").status_code == 201
        assert len(rows(mirror, "whole")) == 4
    alone = Served(opened_at(path), "alone")
    for name in ("used", "those", "whole"):
        needs = f'The view "{name}" needs the column "knowledgeBaseUse" of inboundCalls, which is no longer there.'
        refused(alone.get(f"/tables/{name}.json"), 409, "TT194", needs)
        refused(alone.get(f"/odata/{name}"), 409, "TT194", needs)
    # The table of that name that is documented has other types.
    refused(alone.get("/tables/tickets2.json"), 409, "TT194", '"tickets2" was kept with the column "id" as text')
    assert all("problem" in one for one in alone.get("/views").json()["views"])
    assert "used" not in {one["name"] for one in alone.get("/odata/").json()["value"]}
    assert keep(alone, "used", table="inboundCalls", columns="id").status_code == 200
    assert alone.get("/tables/used.json").status_code == 200
    alone.close()
    alone.services.close()


@pytest.fixture(scope="module")
def mirror(tvox: LaterTvox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service in front of it."""
    with Mirroring(tmp_path_factory.mktemp("mirror") / "tvox.duckdb", tvox.address, tvox.key) as running:
        yield running


def test_months_are_brought_as_the_reader_wishes(mirror: Served, upstream: Store) -> None:
    keep(mirror, "february", table="inboundCalls", month="2026-02", columns="id,step,waitDuration")
    keep(mirror, "longest", table="february", sort="-waitDuration", limit=2)
    keep(mirror, "counted", query="{ inboundCalls(search: {year: 2026, month: 2}) { id waitDuration } }")
    for name in ("longest", "counted"):
        missing = mirror.get(f"/tables/{name}.csv?fresh=cached")
        assert (missing.status_code, "[TT406]" in missing.text) == (409, True)
        lacking = mirror.get(f"/tables/{name}.csv?fresh=cached&partial=allow")
        assert (lacking.status_code, lacking.text.count("\n"), lacking.headers["X-Data-Lacking"]) == (200, 1, "2026-02")
    assert mirror.get("/odata/longest?fresh=cached").status_code == 409
    assert [row["waitDuration"] for row in rows(mirror, "longest")] == [3, 2]
    assert mirror.get("/odata/february/$count").text == "4"
    assert len(rows(mirror, "counted", fresh="cached")) == 4
    with upstream.writing("test") as writing:
        new = called(FEBRUARY, 6, 9) | {"lastUpdateTime": datetime.now() + timedelta(minutes=1)}  # noqa: DTZ005
        writing.merge(CALLS, batches([new]), SUMMARIES)
    assert [row["waitDuration"] for row in rows(mirror, "longest", fresh="cached")] == [3, 2]
    assert [row["waitDuration"] for row in rows(mirror, "longest", fresh="live")] == [9, 3]
    assert mirror.get("/odata/february/$count?fresh=cached").text == "5"


def test_a_view_whose_months_take_their_time_is_a_job(mirror: Served) -> None:
    keep(mirror, "january", table="inboundCalls", month="2026-01", columns="id,waitDuration")
    keep(mirror, "least", table="january", sort="waitDuration", limit=1, columns="waitDuration")
    answer = mirror.get("/tables/least.csv?wait=0")
    if answer.status_code == 202:  # else the months were there at once
        answer = mirror.get(mirror.get(f"{answer.headers['Location']}?wait=30").json()["result"])
    assert (answer.status_code, answer.text) == (200, "row,waitDuration\r\n1,0\r\n")
