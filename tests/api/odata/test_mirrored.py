"""OData with a TVox behind: a mirror answers as the service that it mirrors, and asks for as little as it can."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tabular.month import Month
from tabular.table import Type
from tests.api.odata.test_documents import POWER_QUERY
from tests.datamodel.drawn_rows import Row
from tests.mirrored import Mirroring
from tests.serving import Served, opened_at
from tests.steps import CALLS, CONTACTS, SUMMARIES, batches, moment, step
from tests.test_mirrored import edges
from tests.upstream.arrivals import Arrival
from tests.upstream.proxy import Proxy

MAY, JUNE = Month(2020, 5), Month(2020, 6)
COUNT = 1200
"""Calls of May 2020: more than a page of the Data Model."""

HISTORY = len(list(Month(2026, 1).until(Month.of(datetime.now(UTC)))))
"""Months from the first of the edges on."""

_OF_A_DATA_MODEL: dict[str, object] = {"multiChannel_type": "CALL", "status": "HANGUP"} | {
    column.name: 0 for column in CALLS.columns if column.type is Type.INTEGER and not column.nullable
}


def calls(month: Month, count: int) -> list[Row]:
    """Calls from the second day of a month on, one each half minute, every third from a contact."""
    began = moment(f"{month}-02T08:00")
    return [
        step(
            at,
            0,
            serial,
            **{**_OF_A_DATA_MODEL, "step": 0, "cli": f"+39{serial}", "lastUpdateTime": at},
            **_who(serial),
        )
        for serial in range(count)
        if (at := began + timedelta(seconds=30 * serial))
    ]


def _who(serial: int) -> Row:
    return {"contact_id": f"c{serial % 9}"} if serial % 3 == 0 else {}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service with calls at the edges of months, two months of 2020, and contacts."""
    opened = opened_at(tmp_path_factory.mktemp("own") / "tvox.duckdb", datamodel_rate=0, history=HISTORY)
    people = [{"uuid": f"c{number}", "fullName": f"Person {number}", "vip": False} for number in range(9)]
    with opened.store.writing("demo") as writing:
        writing.merge(CALLS, batches(edges()), SUMMARIES)
        writing.replace(CALLS, MAY, batches(calls(MAY, COUNT)), SUMMARIES)
        writing.replace(CALLS, JUNE, batches(calls(JUNE, 30)), SUMMARIES)
        writing.replace(CONTACTS, None, batches(people, CONTACTS))
    running = Served(opened)
    yield running
    running.close()
    opened.close()


@pytest.fixture(scope="module")
def proxy(own: Served) -> Iterator[Proxy]:
    """What stands between and counts."""
    with Proxy(own.address) as standing:
        yield standing


@pytest.fixture(scope="module")
def filled(proxy: Proxy, own: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A mirror for questions whose cost nobody counts: what one has brought is there for the next."""
    with Mirroring(
        tmp_path_factory.mktemp("mirror") / "tvox.duckdb", proxy.address, own.key, history=HISTORY
    ) as served:
        yield served


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits longer than has to be between two attempts, nor after a failure."""
    monkeypatch.setattr("connectors.tvox.client.backoff", lambda *_: 0.0)
    monkeypatch.setattr("answers.mirror.mirror.FAILED_FOR", timedelta(0))


@pytest.fixture
def mirror(proxy: Proxy, own: Served, tmp_path: Path) -> Iterator[Served]:
    """An empty mirror that has read the schema; nothing has been counted yet."""
    proxy.reset()
    with Mirroring(tmp_path / "tvox.duckdb", proxy.address, own.key, history=HISTORY, upstream_seconds=5) as served:
        proxy.reset()
        yield served


def asked(proxy: Proxy) -> list[Arrival]:
    """What was asked of the TVox since the last time."""
    log = proxy.log()
    proxy.reset()
    return log


def months_of(log: list[Arrival]) -> set[tuple[int, int]]:
    """The years and months that requests name among their values or in their text."""
    found = set()
    for arrival in log:
        texts = arrival.body.replace("\\", "").replace('"', "").replace(" ", "")
        for month in (*Month(2020, 1).until(Month(2020, 12)), *Month(2026, 1).until(Month(2026, 12))):
            if f"year:{month.year},month:{month.month}" in texts.replace("}", ",") + ",":
                found.add((month.year, month.month))
    return found


def alike(own: Served, mirror: Served, answer: httpx.Response) -> str:
    """The bytes of a mirror's answer, as if they came from the service's own address."""
    return answer.text.replace(mirror.address, own.address)


ALL_JUNE = "startTime ge 2020-06-02T00:00:00%2B02:00 and startTime lt 2020-07-01T00:00:00%2B02:00"
"""A window of one month of Rome, in which nobody asks whether the month before goes on."""

FEBRUARY = "$filter=startTime ge 2026-02-01T00:00:00Z and startTime lt 2026-03-01T00:00:00Z"
QUESTIONS = (
    FEBRUARY,
    f"{FEBRUARY}&$count=true&$select=id,step,startTime",
    "$filter=startTime ge 2026-02-01T00:00:00%2B01:00 and startTime lt 2026-03-01T00:00:00%2B01:00",
    "$filter=startTime ge 2026-02-01T00:00:00+01:00 and startTime lt 2026-03-01T00:00:00.000+01:00",
    "$filter=startTime ge 2026-01-31T18:00:00-05:00 and startTime le 2026-02-01T04:59:59-05:00",
    "$filter=date(startTime) eq 2026-02-01&tz=America/New_York",
    "$filter=startTime gt 2026-10-24T22:00:00Z&$orderby=startTime desc,id&$top=3",
    "$filter=startTime lt 2026-04-01T00:00:00Z and startTime ge 2026-01-01T00:00:00Z"
    "&$expand=interaction($select=id,steps)",
    "$filter=startTime ge 2020-05-02T00:00:00Z and startTime lt 2020-06-01T00:00:00Z&$expand=contact($select=fullName)"
    "&$select=id&$skip=1150",
    "$filter=contact/fullName eq 'Person 3' and startTime ge 2020-06-01T00:00:00Z"
    " and startTime lt 2020-07-01T00:00:00Z",
    "$apply=filter(startTime ge 2020-05-01T00:00:00Z and startTime lt 2020-07-01T00:00:00Z)"
    "/groupby((contact_id),aggregate($count as Calls,startTime with min as First))",
    "$filter=id eq '1769899800.0'",
    "$top=0",
)


@pytest.mark.parametrize("query", QUESTIONS)
def test_the_same_bytes_come_from_the_mirror(own: Served, filled: Served, query: str) -> None:
    expected, found = own.get(f"/odata/inboundCalls?{query}"), filled.get(f"/odata/inboundCalls?{query}")
    assert found.status_code == expected.status_code == 200, found.text
    assert alike(own, filled, found) == expected.text
    assert bool(expected.json()["value"]) is (query != "$top=0")
    for name in ("Content-Type", "OData-Version", "X-Row-Count"):
        assert found.headers.get_list(name) == expected.headers.get_list(name)


@pytest.mark.parametrize(
    "path",
    [
        "inboundCalls(id='1769899800.0',step=1)",
        "inboundCalls(id='1769899800.0',step=1)/startTime",
        "inboundCalls(id='1769899800.0',step=1)/startTime/$value",
        "inboundCalls(id='1769899800.0',step=1)/interaction",
        "inboundCallSummaries('1769899800.0')/stepRows",
        "inboundCallSummaries('1769899800.0')?$expand=stepRows($select=step)&$select=id",
        "inboundCalls(id='1588406400.0',step=0)/contact/fullName",
        "addressBookContacts('c3')",
        "addressBookContacts/$count",
        "inboundCalls/$count?$filter=startTime ge 2020-05-01T00:00:00Z and startTime lt 2020-06-01T00:00:00Z",
        "inboundCalls(id='1769899800.0',step=9)",
        "inboundCalls(id='nonsense',step=0)",
    ],
)
def test_single_things_are_the_same(own: Served, filled: Served, path: str) -> None:
    expected, found = own.get(f"/odata/{path}"), filled.get(f"/odata/{path}")
    assert found.status_code == expected.status_code, found.text
    assert expected.status_code == (404 if "step=9" in path or "nonsense" in path else 200), expected.text
    assert alike(own, filled, found) == expected.text


def test_all_pages_are_the_same(own: Served, filled: Served) -> None:
    query = "/odata/inboundCalls?$select=id,step,startTime&$filter=startTime ge 2026-01-01T00:00:00Z"
    walks = []
    for served in (own, filled):
        rows: list[Row] = []
        following: str | None = query
        while following is not None:
            page = served.get(following, headers={"Prefer": "maxpagesize=4"})
            assert page.status_code == 200, page.text
            rows += page.json()["value"]
            following = page.json().get("@odata.nextLink")
        walks.append(rows)
    assert walks[0] == walks[1]
    assert len(walks[0]) == len(edges())


# What it costs


def test_documents_cost_the_tvox_nothing(mirror: Served, proxy: Proxy) -> None:
    for path in ("", "/", "/$metadata", "/$metadata?$format=json", "/_requests", "/inboundCalls?$top=0"):
        assert mirror.get(f"/odata{path}", headers=POWER_QUERY).status_code == 200, path
    assert asked(proxy) == []


def test_only_the_months_that_a_range_names_are_asked_for(mirror: Served, proxy: Proxy) -> None:
    june = f"/odata/inboundCalls?$filter={ALL_JUNE}"
    first = mirror.get(june)
    assert len(first.json()["value"]) == 30
    log = asked(proxy)
    assert (months_of(log), len(log)) == ({(2020, 6)}, 1)
    assert mirror.get(f"{june}&fresh=cached").text == first.text
    assert asked(proxy) == []
    assert mirror.get(f"{june}&fresh=live").text == first.text
    assert len(asked(proxy)) == 1
    told = mirror.get("/odata/_requests").json()["requests"]
    assert [one["upstreamRequests"] for one in told] == [1, 0, 1], "the newest first"


def test_an_interaction_by_its_id_costs_its_month_alone(mirror: Served, proxy: Proxy) -> None:
    assert mirror.get("/odata/inboundCalls(id='1591084830.1',step=0)").json()["cli"] == "+391"
    log = asked(proxy)
    assert (months_of(log), len(log)) == ({(2020, 6)}, 1)
    assert mirror.get("/odata/inboundCallSummaries('1591084830.1')/stepRows").status_code == 200
    assert mirror.get("/odata/inboundCalls(id='9999999999.1',step=0)").status_code == 404, "it is in the future"
    assert asked(proxy) == []


def test_contacts_are_brought_where_a_question_leads_to_them(mirror: Served, proxy: Proxy) -> None:
    when = "startTime ge 2020-06-02T00:00:00Z and startTime lt 2020-07-01T00:00:00Z"
    for more, fields in (("$expand=contact", {"inboundCalls", "addressBookContacts"}), ("$expand=interaction", set())):
        rows = mirror.get(f"/odata/inboundCalls?$filter={when}&$top=7&$select=id&{more}").json()["value"]
        assert len(rows) == 7
        assert {name for arrival in asked(proxy) for _, name in arrival.asked if not name.endswith("Count")} == fields
    assert rows[0]["interaction"]["id"] == rows[0]["id"]


def test_a_preview_costs_what_that_of_a_table_does(own: Served, mirror: Served, proxy: Proxy, tmp_path: Path) -> None:
    when = "startTime ge 2020-05-01T00:00:00Z and startTime lt 2020-06-01T00:00:00Z"
    for top, expected in ((900, 1), (5, 0)):
        question = f"/odata/inboundCalls?$filter={when}&$top={top}&$expand=interaction($select=id)"
        assert alike(own, mirror, mirror.get(question, headers=POWER_QUERY)) == own.get(question).text
        assert len(asked(proxy)) == expected, "the page is kept for the next"
        assert mirror.services.store.partitions("inboundCalls") == [], "the month was not fetched for it"
    with Mirroring(tmp_path / "table.duckdb", proxy.address, own.key) as table:
        proxy.reset()
        assert table.get(f"/tables/inboundCalls.json?filter={when}&limit=900").status_code == 200
        assert len(asked(proxy)) == 1


FEW = "$filter=startTime ge 2026-01-01T00:00:00Z"
"""All edges: a few rows in each month of this year, none of them a page."""


@pytest.mark.parametrize(
    ("address", "query", "requests"),
    [
        ("/odata/inboundCalls", f"{FEW}&$top=1", 2),
        ("/odata/inboundCalls", f"{FEW}&$top=4", 3),
        ("/odata/inboundCalls", f"{FEW} and step eq 0&$top=4", 3),
        ("/odata/inboundCalls", f"{FEW}&$top=2&$skip=2", 3),
        ("/tables/inboundCalls.json", "from=2026-01-01&limit=4", 3),
        ("/tables/inboundCalls.json", "filter=step eq 0&limit=2&offset=1", 3),
    ],
)
def test_a_few_rows_cost_the_months_that_hold_them(
    own: Served, mirror: Served, proxy: Proxy, address: str, query: str, requests: int
) -> None:
    question = f"{address}?{query}"
    assert (
        mirror.get(question).json()["value" if "odata" in address else "rows"]
        == (own.get(question).json()["value" if "odata" in address else "rows"])
    )
    assert len(asked(proxy)) <= requests
    held = [one.month for one in mirror.services.store.partitions("inboundCalls")]
    assert len(held) < HISTORY, "the last months were not asked for"


@pytest.mark.parametrize("more", ["$orderby=startTime desc", "$count=true", "$expand=contact($select=fullName)"])
def test_a_page_of_a_month_is_not_taken_for_all_of_it(own: Served, mirror: Served, more: str) -> None:
    when = "startTime ge 2020-05-02T00:00:00Z and startTime lt 2020-06-01T00:00:00Z"
    question = f"/odata/inboundCalls?$filter={when}&$top=4&{more}"
    assert alike(own, mirror, mirror.get(question)) == own.get(question).text


# A TVox that is away


def test_what_is_stored_is_served_while_the_tvox_is_away(own: Served, proxy: Proxy, tmp_path: Path) -> None:
    proxy.reset()
    june = "/odata/inboundCalls?$filter=startTime ge 2020-06-02T00:00:00Z and startTime lt 2020-07-01T00:00:00Z"
    may = "/odata/inboundCalls?$filter=startTime ge 2020-05-02T00:00:00Z and startTime lt 2020-06-01T00:00:00Z"
    both = "/odata/inboundCalls?$filter=startTime ge 2020-05-02T00:00:00Z and startTime lt 2020-07-01T00:00:00Z"
    with Mirroring(tmp_path / "t.duckdb", proxy.address, own.key, fresh_seconds=0, settle_days=99999) as mirror:
        fresh = mirror.get(june)
        assert "X-Data-Stale" not in fresh.headers
        proxy.down()
        try:
            old = mirror.get(june)
            assert (old.status_code, old.text, old.headers["X-Data-Stale"]) == (200, fresh.text, "true")
            for question in (may, both, f"{may}&$top=5", f"{june}&$expand=contact", f"{june}&fresh=live"):
                away = mirror.get(question, headers={"Prefer": "respond-async,wait=1"})
                assert away.status_code == 503, "never 202"
                assert 0 < int(away.headers["Retry-After"]) <= 120
                assert away.headers["OData-Version"] == "4.0"
                error = away.json()["error"]
                assert error["code"] == "TT401"
                assert "does not answer" in error["message"]
            some = mirror.get(f"{both}&partial=allow")
            assert some.json()["value"] == fresh.json()["value"]
            assert some.headers["X-Data-Lacking"] == "2020-05"
            cached = mirror.get(f"{june}&fresh=cached")
            assert (cached.status_code, cached.text) == (200, fresh.text)
            assert "X-Data-Stale" not in cached.headers
        finally:
            proxy.up()


def test_a_month_that_takes_longer_than_the_request_waits_is_503(mirror: Served, proxy: Proxy) -> None:
    may = "/odata/inboundCalls?$filter=startTime ge 2020-05-02T00:00:00Z and startTime lt 2020-06-01T00:00:00Z"
    proxy.fault("stall", times=None, asked="rows")
    try:
        for question in (f"{may}&wait=0", f"{may}&wait=0&$top=5", f"{may}&wait=0&$count=true"):
            coming = mirror.get(question)
            assert (coming.status_code, coming.json()["error"]["code"]) == (503, "TT405"), coming.text
            assert 0 < int(coming.headers["Retry-After"]) <= 120
            assert "Location" not in coming.headers
        missing = mirror.get(f"{may}&fresh=cached")
        assert (missing.status_code, missing.json()["error"]["code"]) == (409, "TT406")
    finally:
        proxy.release()
        proxy.reset()
