"""Import in front of a TVox: months that are brought when they are needed, and queries that only the TVox answers."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from store.store import Store
from tabular.month import Month
from tabular.restriction import Restriction
from tests.mirrored import Mirroring
from tests.serving import Served
from tests.steps import CALLS, CONTACTS, SUMMARIES, batches, step
from tests.upstream.later import LaterTvox
from tests.upstream.later_rows import ticket

MONTHS = (Month(2026, 1), Month(2026, 2))
TICKETS = "{ tickets(search: {year: 2026, month: 1}) { id rating createdAt requester { name } tags } }"
SURVEY = '{ surveyReport(surveyId: "s", search: {}) { id mark } }'
CALLS_OF = "{ inboundCalls(search: {year: 2026, month: %d}) { id step } }"


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LaterTvox]:
    with Store(tmp_path_factory.mktemp("later") / "own.duckdb") as store:
        with store.writing("test") as writing:
            for month in MONTHS:
                rows = [
                    step(datetime(month.year, month.month, 5), n, 1, multiChannel_type="CALL", status="HANGUP")
                    | {"lastUpdateTime": datetime(month.year, month.month, 5)}
                    for n in (0, 1)
                ]
                writing.replace(CALLS, month, batches(rows), SUMMARIES)
            writing.replace(CONTACTS, None, batches([], CONTACTS))
        with LaterTvox(store) as running:
            for month in MONTHS:
                opened = datetime(month.year, month.month, 1)
                running.put_tickets(month, [ticket(opened, number) for number in range(1003)])
            yield running


@pytest.fixture(scope="module")
def mirror(later: LaterTvox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Mirroring(tmp_path_factory.mktemp("mirror") / "tvox.duckdb", later.address, later.key) as running:
        yield running


def asked(served: Served, query: str, form: str = "csv", **parameters: str) -> str:
    answer = served.get(f"/import.{form}", params={"query": query, **parameters})
    assert answer.status_code == 200, answer.text
    return answer.text


def test_months_are_brought_when_they_are_needed(later: LaterTvox, tmp_path: Path) -> None:
    with Mirroring(tmp_path / "tvox.duckdb", later.address, later.key) as mirror:
        query = {"query": CALLS_OF % 1}
        missing = mirror.get("/import.csv", params=query | {"fresh": "cached"})
        assert (missing.status_code, "2026-01" in missing.text) == (409, True)
        lacking = mirror.get("/import.csv", params=query | {"fresh": "cached", "partial": "allow"})
        assert (lacking.text, lacking.headers["X-Data-Lacking"]) == ("id,step\r\n", "2026-01")
        assert asked(mirror, CALLS_OF % 1).count("\n") == 3
        both = {"pages": "all", "from": "2026-01-01", "to": "2026-02-28"}
        assert asked(mirror, CALLS_OF % 7, **both).count("\n") == 5
        later_ = mirror.get("/import.csv", params={"query": CALLS_OF % 3, "wait": "0"})
        assert later_.status_code in (200, 202)


def test_what_only_the_tvox_answers_is_typed_by_its_own_schema(mirror: Served) -> None:
    text = asked(mirror, TICKETS, "json", rows="$..tickets[0]")
    assert '{"name":"rating","label":"Rating","type":"number"}' in text
    assert '{"name":"createdAt","label":"Created at","type":"time"}' in text
    assert '"createdAt":"2026-01-01T01:00:00+01:00"' in text
    answer = mirror.get("/import.csv", params={"query": TICKETS})
    assert "ETag" not in answer.headers
    assert answer.text.count("\n") == 1 + 1000


def test_it_is_walked_through_in_its_own_dialect(mirror: Served) -> None:
    january = asked(mirror, TICKETS, columns="id", pages="all").split()
    assert len(january) == len(set(january)) == 1 + 1003
    window = {"from": "2026-01-01", "to": "2026-02-28", "pages": "all"}
    assert len(set(asked(mirror, TICKETS, columns="id", **window).split())) == 1 + 2 * 1003
    found = asked(mirror, SURVEY, **window).split()
    assert (found[0], found[1][:9], found[-1][:9]) == ("id,mark", "s/2026-01", "s/2026-02")


def test_what_the_tvox_says_is_wrong_is_a_sentence(mirror: Served) -> None:
    answer = mirror.get("/import.csv", params={"query": '{ advancedQuery(query: "SELECT 1") }', "rows": "$..*"})
    assert answer.status_code >= 400
    assert answer.text.endswith("]\n")
    missing = mirror.get("/import.csv", params={"query": TICKETS.replace("rating", "raiting")})
    assert (missing.status_code, missing.text.startswith("Cannot query field")) == (400, True)


def test_a_key_with_limits_is_not_passed_on(mirror: Served) -> None:
    key = mirror.services.keys.create("limited", restriction=Restriction(hidden=("cli",)))
    answer = mirror.get("/import.csv", params={"query": SURVEY}, headers={"X-Telenia-APIKey": key})
    assert (answer.status_code, "TT409" in answer.text) == (403, True)
