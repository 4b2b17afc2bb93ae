"""Pages of rows over real HTTP: all of them together are the rows, whatever is written meanwhile."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.serving import Served, opened_at
from tests.steps import CALLS, SUMMARIES, batches, step

BEGAN = datetime(2026, 9, 1, 6)
ROWS = [
    step(BEGAN + timedelta(hours=3 * i), number, i, user=f"user{i % 3}", waitDuration=i)
    for i in range(600)
    for number in (0, 1)
]
"""From the first of September until the middle of November."""

LATE = step(datetime(2026, 9, 30, 21, 50), 0, 9000) | {"startTime": datetime(2026, 10, 1, 5)}
"""A step of an interaction of September that happened in October."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service over ROWS and LATE."""
    path: Path = tmp_path_factory.mktemp("pages") / "tvox.duckdb"
    services = opened_at(path)
    with services.store.writing("test") as writing:
        writing.merge(CALLS, batches([*ROWS, LATE]), SUMMARIES)
    running = Served(services)
    yield running
    running.close()
    services.close()


def pages(served: Served, table: str = "inboundCalls", **asked: object) -> list[dict[str, str]]:
    """The pages of a question."""
    answer = served.get(f"/tables/{table}/pages", params=asked)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, str]] = answer.json()["pages"]
    assert all(isinstance(value, str) for page in found for value in page.values())
    return found


def cells(answer: httpx.Response) -> list[list[str]]:
    """A CSV answer as rows of cells."""
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.text, newline="")))


def read(served: Served, page: dict[str, Any], table: str = "inboundCalls") -> list[list[str]]:
    """The header and the rows of a page."""
    return cells(served.get(f"/tables/{table}.csv", params=page))


def test_a_page_is_a_month_of_the_centres_zone(served: Served) -> None:
    found = pages(served, **{"from": "2026-09-01", "to": "2026-11-30", "columns": "id,step"})
    at = found[0]["at"]
    assert found == [
        {"from": "2026-08-31T22:00:00Z", "to": "2026-09-30T22:00:00Z", "columns": "id,step", "at": at},
        {"from": "2026-09-30T22:00:00Z", "to": "2026-10-31T23:00:00Z", "columns": "id,step", "at": at},
        {"from": "2026-10-31T23:00:00Z", "to": "2026-11-30T23:00:00Z", "columns": "id,step", "at": at},
    ]
    october = read(served, found[1])
    assert LATE["id"] in [row[0] for row in october]


def test_months_of_many_rows_are_several_pages(served: Served) -> None:
    found = pages(served, year="2026", size=100, columns="id,step")
    read_pages = [read(served, page) for page in found]
    assert [len(rows) - 1 for rows in read_pages[:5]] == [100, 100, 100, 100, 76]
    assert all(len(rows) <= 101 for rows in read_pages)
    rows = [tuple(row) for page in read_pages for row in page[1:]]
    assert sorted(rows) == sorted((str(one["id"]), str(one["step"])) for one in [*ROWS, LATE])


def test_what_is_written_between_two_pages_does_not_show(served: Served, tmp_path: Path) -> None:
    services = opened_at(tmp_path / "tvox.duckdb")
    with services.store.writing("test") as writing:
        writing.merge(CALLS, batches(ROWS), SUMMARIES)
    running = Served(services)
    try:
        whole = cells(running.get("/tables/inboundCalls.csv?year=2026"))
        rows = []
        for number, page in enumerate(pages(running, year="2026", size=250)):
            with services.store.writing("test") as writing:
                changed = ROWS[number * 7] | {"user": "somebody else"}
                new = step(BEGAN + timedelta(days=number), 0, 7000 + number)
                writing.merge(CALLS, batches([changed, new]), SUMMARIES)
            rows += read(running, page)[1:]
        assert sorted(rows) == sorted(whole[1:])
    finally:
        running.close()
        services.close()


def test_an_empty_window_is_one_page_that_says_its_columns(served: Served) -> None:
    (page,) = pages(served, month="2019-01", columns="id,cli")
    assert read(served, page) == [["id", "cli"]]


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"sort": "-startTime"}, 1),
        ({"group": "user", "measures": "count"}, 1),
        ({"filter": "waitDuration gt 100"}, 1),
        ({}, 13),
        ({"table": "inboundCallSummaries"}, 7),
    ],
)
def test_without_a_window(served: Served, asked: dict[str, str], count: int) -> None:
    table = asked.pop("table", "inboundCalls")
    found = pages(served, table, size=100, **asked)
    assert len(found) == count
    rows = [row for page in found for row in read(served, page, table)[1:]]
    assert rows == cells(served.get(f"/tables/{table}.csv", params=asked))[1:]


@pytest.mark.law
@given(
    window=st.sampled_from(["year=2026", "month=2026-10", "last=7d", "from=2026-09-30T23:30&to=2026-11-01T00:10"]),
    condition=st.sampled_from(["", "waitDuration gt 250", "user eq 'user1'", "startTime lt now() and step eq 1"]),
    zone=st.sampled_from(["Europe/Rome", "Asia/Kathmandu", "America/New_York"]),
    size=st.sampled_from([30, 77, 2000]),
)
def test_all_pages_together_are_the_rows(served: Served, window: str, condition: str, zone: str, size: int) -> None:
    asked = dict(part.split("=") for part in window.split("&")) | {"tz": zone, "columns": "id,step,startTime"}
    asked |= {"filter": condition} if condition else {}
    rows = [row for page in pages(served, size=size, **asked) for row in read(served, page)[1:]]
    assert sorted(rows) == sorted(cells(served.get("/tables/inboundCalls.csv", params=asked))[1:])


@pytest.mark.parametrize(
    ("address", "status", "code", "told"),
    [
        ("/tables/inboundCalls/pages?size=0", 400, "TT105", "from 1 to 1,000,000"),
        ("/tables/inboundCalls/pages?size=many", 400, "TT105", "a whole number"),
        ("/tables/inboundCalls/pages?limit=5", 400, "TT103", "limit"),
        ("/tables/inboundCall/pages", 404, "TT101", "inboundCalls"),
        ("/tables/inboundCalls.csv?at=yesterday", 400, "TT105", "at"),
        ("/tables/inboundCalls.csv?at=99999999@2026-11-21T23:30:00Z", 410, "TT114", "no longer kept"),
    ],
)
def test_refusals(served: Served, address: str, status: int, code: str, told: str) -> None:
    answer = served.get(address)
    assert answer.status_code == status, answer.text
    assert code in answer.text
    assert told in answer.text
