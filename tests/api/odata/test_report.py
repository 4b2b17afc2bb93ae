"""The fold report: what a key's clients asked lately, for programs and as a page."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import lxml.html  # type: ignore[import-untyped]  # it has no types of its own
import pytest

from answers.kept import KeptAnswers
from api.odata.report import AFTER, KEPT, KEYS, Report, Seen
from tests.api.markup import Markup, assert_sound
from tests.api.odata.rows import filled
from tests.api.odata.test_documents import POWER_QUERY, once
from tests.serving import Served, opened_at
from tests.steps import NOW

REPORT = "/odata/_requests"
CALLS = "/odata/inboundCalls"
PAGE = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
EVIL = '<script>alert(1)</script> & "you" {{ key }} ü'

NONE = "\N{EN DASH}"
"""What the page shows of a figure that there is not."""

Told = dict[str, Any]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service of which nobody else asks."""
    services = opened_at(tmp_path_factory.mktemp("report") / "tvox.duckdb")
    filled(services)
    running = Served(services)
    yield running
    running.close()
    services.close()


@pytest.fixture
def own(fresh: Served) -> Mapping[str, str]:
    """The headers of a key that has asked for nothing yet."""
    names = {key.name for key in fresh.services.keys.all()}
    return {"X-Telenia-APIKey": fresh.services.keys.create(f"Ünsere <b>{len(names)}</b>")}


def told(served: Served, own: Mapping[str, str]) -> list[Told]:
    """What the report tells a program."""
    found: list[Told] = served.get(REPORT, headers=own).json()["requests"]
    return found


def page(served: Served, own: Mapping[str, str]) -> httpx.Response:
    """What the report shows somebody with a browser."""
    return served.get(REPORT, headers={**own, **PAGE})


def test_each_request_is_told_with_what_was_done_for_it(fresh: Served, own: Mapping[str, str]) -> None:
    asking = {**own, **POWER_QUERY}
    window = "startTime ge 2026-09-01T00:00:00Z and startTime lt 2026-10-01T00:00:00Z and step eq 0"
    assert told(fresh, own) == []
    fresh.get("/odata/$metadata", headers=asking)
    fresh.get(f"{CALLS}?$filter={window}&$select=id%2Cuser&%24top=1000&tenant=x", headers=asking)
    fresh.get(f"{CALLS}?$filter=usr eq 'x'", headers=asking)
    wrong, rows, metadata = told(fresh, own)
    assert all(one.pop("milliseconds") > 0 for one in (wrong, rows, metadata))
    common: Told = {"time": "2026-11-22T12:00:00.000Z", "client": POWER_QUERY["User-Agent"], "flag": None}
    nothing: Told = {"months": None, "rowsRead": None, "rowsGiven": None, "upstreamRequests": 0}
    asked = {"request": "GET /odata/inboundCalls"}
    assert rows == common | asked | {
        "options": ["$filter", "$select", "$top"],
        "status": 200,
        "refusal": None,
        "months": "2026-09",
        "rowsRead": 24,
        "rowsGiven": 12,
        "upstreamRequests": 0,
    }
    refusal = 'There is no column "usr" in inboundCalls. Did you mean "user"? [TT102]'
    assert wrong == common | asked | nothing | {"options": ["$filter"], "status": 400, "refusal": refusal}
    assert metadata == common | nothing | {
        "request": "GET /odata/$metadata",
        "options": [],
        "status": 200,
        "refusal": None,
    }


@pytest.mark.parametrize("question", ["$filter=step eq 0&$select=id", "$apply=groupby((user))", "$top=3&$skip=70"])
def test_a_kept_answer_has_the_rows_of_the_first(fresh: Served, own: Mapping[str, str], question: str) -> None:
    answers = [fresh.get(f"{CALLS}?{question}", headers=own) for _ in range(3)]
    assert ["kept" in one.headers["Server-Timing"] for one in answers] == [False, True, True]
    rows = len(answers[0].json()["value"])
    assert rows > 0
    assert [one["rowsGiven"] for one in told(fresh, own)] == [rows] * 3
    unchanged = fresh.get(f"{CALLS}?{question}", headers={**own, "If-None-Match": answers[0].headers["ETag"]})
    assert unchanged.status_code == 304
    assert told(fresh, own)[0]["rowsGiven"] is None, "an answer without a body has none"


def test_rows_are_known_as_long_as_the_answer_is_kept() -> None:
    kept = KeptAnswers(16 * 2_000)
    kept.put("large", b"x" * 3_000, 7)
    kept.put("unsaid", b"x")
    for number in range(60):
        kept.put(str(number), b"x" * 400, number)
    here = [name for name in map(str, range(60)) if kept.get(name) is not None]
    assert 0 < len(here) < 60
    assert [kept.rows(str(number)) for number in range(60)] == [n if str(n) in here else None for n in range(60)]
    assert (kept.rows("large"), kept.rows("unsaid"), kept.rows("nobody")) == (None, None, None)


def test_each_key_reads_of_its_own_requests_alone(fresh: Served, own: Mapping[str, str]) -> None:
    before = len(told(fresh, {}))
    fresh.get(f"{CALLS}?$top=1", headers=own)
    fresh.client.post(
        "/odata/$batch", json={"requests": [{"id": "1", "method": "GET", "url": "inboundCalls/$count"}]}, headers=own
    )
    assert [one["request"] for one in told(fresh, own)] == [
        "GET /odata/inboundCalls/$count",
        "GET /odata/inboundCalls",
    ]
    assert len(told(fresh, {})) == before
    assert fresh.get(REPORT, headers={"X-Telenia-APIKey": ""}).status_code == 401


def test_a_whole_table_after_a_refused_filter_is_flagged(fresh: Served, own: Mapping[str, str]) -> None:
    asking = {**own, **POWER_QUERY}
    wrong = f"{CALLS}?$filter=usr eq 'x'&$select=id"
    fresh.get(CALLS, headers=asking)
    fresh.get(wrong, headers=asking)
    for other in (f"{CALLS}?$select=id", "/odata/outboundCalls"):
        fresh.get(other, headers={**own, "User-Agent": "somebody else"})
    fresh.get("/odata/$metadata", headers=asking)
    fresh.get(f"{CALLS}?$select=id", headers=asking)
    fresh.get(f"{CALLS}?$select=id", headers=asking)
    again, flagged, *others = told(fresh, own)
    assert flagged["flag"].startswith("The whole table, right after a filter of it was refused: ")
    assert 'no column "usr"' in flagged["flag"]
    assert [one["flag"] for one in (again, *others)] == [None] * 6
    fresh.get(wrong, headers=asking)
    fresh.get(f"{CALLS}?$filter=user eq 'x'", headers=asking)
    fresh.get(wrong, headers=asking)
    fresh.get(f"{CALLS}?$top=5", headers=asking)
    fresh.get(CALLS, headers=asking)
    assert [one["flag"] for one in told(fresh, own)[:5]] == [None] * 5


def test_no_more_is_kept_than_is_told() -> None:
    report = Report()
    refused = Seen(NOW, "reader", "GET", "calls", ("$filter",), status=501)
    for number in range(KEPT + 5):
        report.note("one", replace(refused, path=str(number)))
    paths = [one.path for one in report.of("one")]
    assert paths == [str(number) for number in reversed(range(5, KEPT + 5))]
    for number in range(KEYS):
        report.note(f"key {number}", replace(refused))
    assert (report.of("one"), len(report.of("key 0"))) == ((), 1)

    for late, is_flagged in ((timedelta(), True), (AFTER, True), (AFTER + timedelta(seconds=1), False)):
        report.note("key 0", replace(refused))
        whole = Seen(NOW + late, "reader", "GET", "calls", ("$select",), status=200, rows_read=9)
        report.note("key 0", whole)
        assert (whole.flag is not None) is is_flagged, late


def test_the_page_shows_every_figure(fresh: Served, own: Mapping[str, str]) -> None:
    assert "Nothing yet" in page(fresh, own).text
    asking = {**own, "User-Agent": EVIL.encode("latin-1")}
    fresh.get(f"{CALLS}?$select=id&$filter=step eq 0&$orderby=id", headers=asking)
    fresh.get(f"{CALLS}?$apply=groupby((<b>))", headers=asking)
    fresh.get(f"{CALLS}?$select=id", headers=asking)
    assert told(fresh, own)[0]["client"] == EVIL
    answer = page(fresh, own)
    assert once(answer, "Content-Type") == "text/html; charset=utf-8"
    assert once(answer, "Cache-Control") == "no-store"
    assert set(once(answer, "Vary").split(", ")) == {"Accept", "Accept-Encoding"}
    assert "default-src 'none'; style-src 'self'" in once(answer, "Content-Security-Policy")
    assert_sound(Markup(answer.text))
    html = lxml.html.document_fromstring(answer.content)
    assert html.xpath("//script | //style | //*[@style] | //b | //main//a | //form") == []

    shown = told(fresh, own)
    assert [one["flag"] is None for one in shown] == [False, True, True]
    bodies = html.xpath("//table/tbody")
    assert len(bodies) == len(shown)
    for body, one in zip(bodies, shown, strict=True):
        cells = [" ".join(cell.text_content().split()) for cell in body.xpath("./tr[1]/td")]
        assert body.xpath(".//time/@datetime") == [one["time"]]
        date, _, clock = one["time"].removesuffix("Z").partition("T")
        assert cells == [
            date + clock,
            f"{one['request']}{' '.join(one['client'].split())}",
            " ".join(one["options"]) or NONE,
            str(one["status"]),
            *(NONE if one[name] is None else str(one[name]) for name in ("months", "rowsRead", "rowsGiven")),
            str(one["upstreamRequests"]),
            str(one["milliseconds"]),
        ]
        remarks = [cell.text_content() for cell in body.xpath("./tr[position() > 1]/td[2]")]
        assert remarks == [text for text in (one["flag"], one["refusal"]) if text]
    sums = [(one.findtext("dt"), one.findtext("dd")) for one in html.xpath("//dl/div")]
    assert sums == [("requests", "3"), ("refused", "1"), ("whole tables after a refusal", "1")]


def test_the_links_of_the_page_lead_somewhere(fresh: Served, own: Mapping[str, str]) -> None:
    html = lxml.html.document_fromstring(page(fresh, own).content)
    html.make_links_absolute(f"{fresh.address}{REPORT}")
    links = {link for _, _, link, _ in html.iterlinks() if not link.startswith(("data:", f"{fresh.address}{REPORT}#"))}
    assert len(links) >= 6
    for link in links:
        assert httpx.get(link, trust_env=False).status_code == 200, link
