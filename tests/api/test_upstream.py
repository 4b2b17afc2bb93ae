"""Rows over HTTP with an upstream behind: waiting, 202, previews, what is old, what is lacking, what is passed on."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from answers.mirror import Mirror, Rules
from api.services import Services
from tabular.errors import UpstreamBusy, UpstreamUnreachable
from tabular.restriction import Restriction
from tests.answers.mirror.shelf import Clock, Shelf
from tests.answers.mirror.test_mirror import LAST, NOW, OLD, OPEN, calls
from tests.copies import unwritten
from tests.serving import Served, opened_at
from tests.steps import CALLS

ROWS = "/tables/inboundCalls.json?month=2026-11&columns=id,step"


@pytest.fixture
def shelf() -> Shelf:
    """An upstream with calls in three months."""
    made = Shelf(Clock(NOW - timedelta(days=1)))
    for month, count in ((OLD, 25), (LAST, 7), (OPEN, 12)):
        made.put(CALLS, month, calls(month, count))
    made.clock.time = NOW
    return made


@pytest.fixture
def mirrored(shelf: Shelf, tmp_path: Path) -> Iterator[Services]:
    """Services that mirror it."""
    opened = opened_at(tmp_path / "tvox.duckdb")
    mirror = Mirror(shelf, opened.store, Rules(opened.store.zone), shelf.clock)
    settings = opened.settings.model_copy(update={"history": 3})
    yield replace(opened, mirror=mirror, now=shelf.clock, settings=settings)
    mirror.stop()
    mirror.drain()
    unwritten(opened.store)
    opened.close()


@pytest.fixture
def served(mirrored: Services) -> Iterator[Served]:
    """A service over them."""
    running = Served(mirrored)
    yield running
    running.close()


def test_a_missing_month_is_brought_while_the_request_waits(served: Served, shelf: Shelf) -> None:
    answer = served.get(ROWS)
    assert answer.status_code == 200
    assert len(answer.json()["rows"]) == 24
    assert "X-Data-Stale" not in answer.headers
    # The page of the month itself, and whether the month before goes on in it.
    assert sorted(shelf.asked) == ["changes inboundCalls 2026-10", "page inboundCalls 2026-11 0"]
    assert served.get(ROWS, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert shelf.count() == 2


def test_every_table_of_steps_is_one_mirror(served: Served, shelf: Shelf) -> None:
    served.get(ROWS)
    spent = shelf.count()
    summaries = served.get("/tables/inboundCallSummaries.json?month=2026-11&columns=id,steps")
    assert [row["steps"] for row in summaries.json()["rows"]] == [2] * 12
    assert shelf.count() == spent


def test_a_question_without_a_window_is_for_the_last_months(served: Served, shelf: Shelf) -> None:
    assert len(served.get("/tables/inboundCalls.json?columns=id").json()["rows"]) == 2 * (7 + 12)
    assert sorted(shelf.asked) == ["page inboundCalls 2026-10 0", "page inboundCalls 2026-11 0", "tallies 3"]


def test_a_preview_of_a_missing_month_costs_one_request_which_begins_the_fill(served: Served, shelf: Shelf) -> None:
    shelf.limit = 10
    answer = served.get("/tables/inboundCalls.json?month=2026-06&columns=id,step&limit=4")
    assert len(answer.json()["rows"]) == 4
    assert shelf.asked == ["page inboundCalls 2026-06 0"]
    assert served.get("/tables/inboundCalls.json?month=2026-06&columns=id,step&limit=7").status_code == 200
    assert shelf.count() == 1, "the page is there already"
    whole = served.get("/tables/inboundCalls.json?month=2026-06&columns=id,step")
    assert len(whole.json()["rows"]) == 50
    assert whole.json()["rows"][:4] == answer.json()["rows"]
    assert [asked for asked in shelf.asked if asked.startswith("page")] == [
        f"page inboundCalls 2026-06 {offset}" for offset in (0, 10, 20)
    ]


def test_a_preview_that_finds_too_few_rows_becomes_the_whole_month(served: Served, shelf: Shelf) -> None:
    shelf.limit = 10
    answer = served.get("/tables/inboundCalls.json?month=2026-06&columns=id&limit=3&filter=cli eq '%2B3920'")
    assert len(answer.json()["rows"]) == 2


def test_who_sends_wait_gets_an_address_to_ask_again(served: Served, shelf: Shelf) -> None:
    may_go = threading.Event()

    def before(what: str) -> None:
        if what.startswith("page"):
            assert may_go.wait(30)

    shelf.before = before
    answer = served.get(f"{ROWS}&wait=0&api_key={served.key}")
    assert answer.status_code == 202
    assert int(answer.headers["Retry-After"]) <= 120
    assert served.key not in answer.text
    status = answer.headers["Location"]
    told = served.get(status).json()
    assert told["state"] == "coming"
    assert served.get(ROWS, headers={"Prefer": "respond-async"}).status_code == 202
    may_go.set()
    served.services.mirror.flights.drain()  # type: ignore[union-attr]
    told = served.get(status).json()
    assert told["state"] == "ready"
    assert len(served.get(told["rows"]).json()["rows"]) == 24
    assert served.client.get(status, headers={"X-Telenia-APIKey": "another"}).status_code == 401
    assert served.get("/jobs/unknown").status_code == 404


def test_others_are_held_and_then_told_when_to_come_again(
    served: Served, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.freshness.HELD", 0.0)
    may_go = threading.Event()
    shelf.before = lambda _: assert_true(may_go.wait(30))
    answer = served.get(ROWS)
    assert answer.status_code == 503
    assert answer.json()["code"] == "TT405"
    assert 1 <= int(answer.headers["Retry-After"]) <= 120
    may_go.set()


def assert_true(value: bool) -> None:
    """For a lambda."""
    assert value


def test_what_is_stored_is_served_when_the_upstream_is_down_and_says_so(served: Served, shelf: Shelf) -> None:
    fresh = served.get(ROWS)

    def before(_: str) -> None:
        raise UpstreamUnreachable("https://tvox.example", "connection refused")

    shelf.before = before
    shelf.clock.on(hours=1)
    old = served.get(ROWS)
    assert old.status_code == 200
    assert old.json() == fresh.json()
    assert old.headers["X-Data-Stale"] == "true"
    assert old.headers["X-Data-As-Of"] == fresh.headers["X-Data-As-Of"]
    live = served.get(f"{ROWS}&fresh=live")
    assert live.status_code == 503
    assert "does not answer: connection refused" in live.json()["title"]
    missing = served.get("/tables/inboundCalls.json?month=2026-06")
    assert missing.status_code == 503
    assert int(missing.headers["Retry-After"]) == 30


def test_months_that_are_lacking_are_an_error_or_are_told(served: Served, shelf: Shelf) -> None:
    served.get(ROWS)
    both = "/tables/inboundCalls.json?from=2026-10-05&to=2026-11-30&columns=id&fresh=cached"
    refused = served.get(both)
    assert refused.status_code == 409
    assert "2026-10 is not stored" in refused.json()["title"]
    allowed = served.get(f"{both}&partial=allow")
    assert len(allowed.json()["rows"]) == 24
    assert allowed.headers["X-Data-Lacking"] == "2026-10"


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [("fresh=now", "auto, live or cached"), ("partial=yes", "refuse or allow"), ("wait=-1", "a number of seconds")],
)
def test_wrong_wishes_are_refused(served: Served, parameter: str, expected: str) -> None:
    answer = served.get(f"{ROWS}&{parameter}")
    assert answer.status_code == 400
    assert expected in answer.text


DOCUMENT = "{ inboundCalls(search: {year: 2026, month: 11, pagination: {limit: 3, offset: 0}}) { id step } }"


def test_the_data_model_answers_from_the_mirror(served: Served, shelf: Shelf) -> None:
    answer = served.post(DOCUMENT)
    assert len(answer.json()["data"]["inboundCalls"]) == 3
    counted = served.post("{ inboundCallsCount(search: {year: 2026, month: 11}) }")
    assert counted.json() == {"data": {"inboundCallsCount": 12}}
    first = answer.json()["data"]["inboundCalls"][0][0]["id"]
    assert served.post(f'{{ inboundCall(id: "{first}") {{ step }} }}').json()["data"]["inboundCall"]
    assert shelf.count() == 1
    assert served.post('{ inboundCall(id: "call-17") { step } }').json() == {"data": {"inboundCall": None}}
    assert served.post("{ inboundCallsCount(search: {year: 2031, month: 1}) }").json()["data"]
    assert shelf.count() == 1, "the future holds nothing"


def test_a_failing_upstream_is_an_error_of_the_data_model(served: Served, shelf: Shelf) -> None:
    def before(_: str) -> None:
        raise UpstreamBusy(20)

    shelf.before = before
    answer = served.post(DOCUMENT)
    assert answer.json()["errors"][0]["extensions"]["code"] == "TT402"
    assert answer.headers["Retry-After"] == "20"


def test_what_the_store_cannot_answer_is_passed_on_and_kept_for_a_moment(served: Served, shelf: Shelf) -> None:
    asked = "query elsewhere($n: Int) { tickets(search: {year: 2026}) { id } }"
    answer = served.post(asked, variables={"n": 1})
    assert json.loads(answer.content) == {"query": asked, "variables": {"n": 1}}
    assert served.post(asked, variables={"n": 1}).content == answer.content
    assert shelf.count("answer") == 1
    served.post(asked, variables={"n": 2})
    assert shelf.count("answer") == 2
    shelf.clock.on(minutes=2)
    served.post(asked, variables={"n": 1})
    assert shelf.count("answer") == 3
    assert served.post("{ nothingOfTheKind }").json()["errors"], "the upstream does not know it either"
    assert shelf.count("answer") == 3


def test_a_key_with_limits_of_its_own_passes_nothing_on(served: Served, shelf: Shelf) -> None:
    limited = served.services.keys.create("limited", restriction=Restriction(hidden=("cli",)))
    answer = served.post("query elsewhere { tickets { id } }", key=limited)
    assert answer.json()["errors"][0]["extensions"]["code"] == "TT409"
    assert shelf.count() == 0


def test_the_administrator_sees_the_months_and_what_failed(served: Served, shelf: Shelf) -> None:
    def before(_: str) -> None:
        raise UpstreamBusy(20)

    served.get(ROWS)
    shelf.before = before
    served.get("/tables/inboundCalls.json?month=2026-06")
    told = served.get("/upstream").json()
    assert told["mirrored"] is True
    assert {(month["table"], month["month"], month["rows"]) for month in told["months"]} >= {
        ("inboundCalls", "2026-11", 24)
    }
    metrics = served.get("/metrics")
    assert 'tvox_rows{table="inboundCalls"} 24' in metrics.text
    assert served.client.get("/metrics", headers={"X-Telenia-APIKey": ""}).status_code == 401


def test_moments_are_written_as_they_were_fetched(served: Served, shelf: Shelf) -> None:
    answer = served.get(ROWS)
    as_of = datetime.fromisoformat(answer.headers["X-Data-As-Of"])
    assert NOW <= as_of <= shelf.clock.time
    assert as_of.tzinfo == UTC
