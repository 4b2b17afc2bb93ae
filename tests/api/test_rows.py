"""Rows over real HTTP: the common path, and every parameter."""

import csv
import gzip
import io
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
import zstandard

from tests.serving import Served, opened_at
from tests.steps import CALLS, SUMMARIES, batches, step

BEGAN = datetime(2026, 11, 21, 22, 30)
ROWS = [
    step(
        BEGAN + timedelta(minutes=i), number, i, user=f"user{i % 3}", cli=f"0432{i}", dnis="0452224600", waitDuration=i
    )
    | {"status": "HANGUP" if i % 2 else None, "contact_value": 'a,"b"' if i == 4 else None}
    for i in range(120)
    for number in (0, 1)
]
OLD = [step(datetime(2020, 5, 1, 8), 0, 1, cli="old")]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service over ROWS and OLD."""
    path: Path = tmp_path_factory.mktemp("rows") / "tvox.duckdb"
    services = opened_at(path)
    with services.store.writing("test") as writing:
        writing.merge(CALLS, batches([*ROWS, *OLD]), SUMMARIES)
    running = Served(services)
    yield running
    running.close()
    services.close()


def cells(answer: httpx.Response) -> list[list[str]]:
    """A CSV answer as rows of cells."""
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.text, newline="")))


def test_the_documents_four_columns_one_row_per_step(served: Served) -> None:
    found = cells(served.get("/tables/inboundCalls.csv?from=2026-11-21&to=2026-11-21&columns=id,step,cli,dnis"))
    expected = [r for r in ROWS if r["startTime"] < datetime(2026, 11, 21, 23)]  # type: ignore[operator]
    assert found[0] == ["id", "step", "cli", "dnis"]
    assert found[1:] == [[str(r[name]) for name in ("id", "step", "cli", "dnis")] for r in expected]


def test_every_table_answers_in_every_format(served: Served) -> None:
    listed = served.get("/tables").json()["tables"]
    assert len(listed) == 30
    for table in listed:
        for form in ("csv", "json", "ndjson", "grid"):
            answer = served.get(table["links"][form] + "?limit=3")
            assert answer.status_code == 200
            assert answer.headers["etag"]
        described = served.get(table["links"]["self"]).json()
        assert described["name"] == table["name"]
        assert len(described["columns"]) == table["columns"]


def test_a_description_says_columns_and_months(served: Served) -> None:
    described = served.get("/tables/inboundCalls").json()
    assert {"name", "label", "path", "type", "description", "nullable"} <= set(described["columns"][0])
    assert [(m["month"], m["rows"], m["settled"]) for m in described["months"]] == [
        ("2020-05", 1, False),
        ("2026-11", 240, False),
    ]
    assert described["key"] == ["id", "step"]


@pytest.mark.parametrize(
    ("asked", "rows"),
    [
        ("", 240),
        ("?month=2026-11", 240),
        ("?year=2020", 1),
        ("?year=2019", 0),
        ("?from=2020-01-01", 241),
        ("?to=2020-12-31", 1),
        ("?last=1d", 180),
        ("?last=7d", 240),
        ("?last=1m", 240),
        ("?last=2w", 240),
        ("?today", 180),
        ("?yesterday", 60),
        ("?yesterday&tz=UTC", 180),
        ("?from=2026-11-21T23:30:00%2B01:00&to=2026-11-21T22:40Z", 20),
        ("?from=2026-11-21T23:30:00+01:00&to=2026-11-21 23:40", 20),
        ("?from=2026-11-21T23:30&to=2026-11-21T23:30", 0),
        ("?limit=0", 0),
        ("?limit=7&offset=236", 4),
    ],
)
def test_windows_and_pages(served: Served, asked: str, rows: int) -> None:
    assert len(cells(served.get("/tables/inboundCalls.csv" + asked))) == rows + 1


def test_columns_are_named_in_every_spelling_and_renamed(served: Served) -> None:
    address = "/tables/inboundCalls.csv?limit=1&columns=id as Call,contact.value,$.contact.type,cli as 'Caller, number'"
    assert cells(served.get(address))[0] == ["Call", "contact_value", "contact_type", "Caller, number"]
    assert len(cells(served.get("/tables/inboundCalls.csv?limit=1&columns=*"))[0]) == 62
    labels = cells(served.get("/tables/inboundCalls.csv?limit=0&columns=waitDuration,cli as X&header=labels"))
    assert labels == [["Wait duration", "X"]]
    assert cells(served.get("/tables/inboundCalls.csv?limit=1&columns=dnis&header=none")) == [["0452224600"]]


def test_sorting(served: Served) -> None:
    found = cells(served.get("/tables/inboundCalls.csv?columns=user,startTime,step&sort=-user,startTime,-step&limit=3"))
    assert [row[0] for row in found[1:]] == ["user2"] * 3
    assert found[1][1:] == ["2026-11-21 23:32:00", "1"]


def test_times_in_every_spelling(served: Served) -> None:
    address = "/tables/inboundCalls.{}?limit=1&columns=startTime&times={}&tz={}"
    found = [
        served.get(address.format("csv", "local", "Europe/Rome")).text,
        served.get(address.format("csv", "iso", "America/New_York")).text,
        served.get(address.format("csv", "serial", "UTC")).text,
    ]
    assert [text.split("\r\n")[1] for text in found] == [
        "2026-11-21 23:30:00",
        "2026-11-21T17:30:00-05:00",
        "46347.9375",
    ]
    assert served.get(address.format("json", "iso", "UTC")).json()["rows"] == [{"startTime": "2026-11-21T22:30:00Z"}]
    assert served.get("/tables/inboundCalls.grid?limit=1&columns=startTime").json()[1] == ["2026-11-21T23:30:00+01:00"]


def test_a_summary_is_one_row_an_interaction(served: Served) -> None:
    rows = served.get("/tables/inboundCallSummaries.json?columns=id,steps,waitDuration,users&limit=2").json()["rows"]
    assert [(row["steps"], row["waitDuration"], row["users"]) for row in rows] == [(2, 0, "user0"), (2, 2, "user1")]


def test_an_unchanged_answer_is_not_sent_again(served: Served) -> None:
    address = "/tables/inboundCalls.csv?month=2026-11"
    first = served.get(address)
    again = served.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    others = [address + "&columns=id", address + "&tz=UTC", address.replace("csv", "json"), address + "&limit=5"]
    assert len({served.get(other).headers["etag"] for other in [address, *others]}) == 5
    assert served.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


def test_an_etag_changes_with_the_months_it_reads_and_no_others(tmp_path: Path) -> None:
    services = opened_at(tmp_path / "tvox.duckdb")
    served = Served(services)

    def tags() -> list[str]:
        return [served.get(f"/tables/inboundCalls.csv?month={m}").headers["etag"] for m in ("2020-05", "2026-11")]

    def load(rows: list[dict[str, object]]) -> None:
        with services.store.writing("test") as writing:
            writing.merge(CALLS, batches(rows), SUMMARIES)

    load([*ROWS, *OLD])
    before = tags()
    load([OLD[0] | {"cli": "new"}])
    after = tags()
    assert before[0] != after[0]
    assert before[1] == after[1]
    load(OLD)
    load(OLD)
    assert tags()[0] not in (before[0], after[0]), "the same rows again are another version"
    served.close()
    services.close()


def test_head_says_what_get_would(served: Served) -> None:
    address = "/tables/inboundCalls.csv?month=2026-11"
    got, head = served.get(address), served.client.head(address)
    assert head.content == b""
    for name in ("etag", "content-type", "x-row-count", "x-data-as-of", "last-modified"):
        assert head.headers[name] == got.headers[name]
    assert got.headers["x-row-count"] == "240"
    assert "content-length" not in head.headers


@pytest.mark.parametrize(
    ("accepted", "encoding"), [("gzip", "gzip"), ("zstd", "zstd"), ("identity", None), ("br", None)]
)
def test_answers_are_compressed_as_asked(served: Served, accepted: str, encoding: str | None) -> None:
    plain = served.get("/tables/inboundCalls.csv", headers={"Accept-Encoding": "identity"}).content
    with served.client.stream("GET", "/tables/inboundCalls.csv", headers={"Accept-Encoding": accepted}) as answer:
        raw = b"".join(answer.iter_raw())
        assert answer.headers.get("content-encoding") == encoding
        assert "Accept-Encoding" in answer.headers["vary"]
    if encoding == "gzip":
        raw = gzip.decompress(raw)
    elif encoding == "zstd":
        raw = zstandard.ZstdDecompressor().decompressobj().decompress(raw)
    assert raw == plain


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "application/json"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("application/x-ndjson;q=0.5, text/csv;q=0.9", "text/csv; charset=utf-8"),
        ("image/png, application/json;q=0.1", "application/json"),
    ],
)
def test_the_format_by_accept(served: Served, accept: str, kind: str) -> None:
    answer = served.get("/tables/inboundCalls/rows?limit=1", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)


def test_what_is_asked_is_timed(served: Served) -> None:
    assert "plan;dur=" in served.get("/tables/inboundCalls.csv?limit=1").headers["server-timing"]


def test_awkward_text_survives(served: Served) -> None:
    address = "/tables/inboundCalls.{}?columns=contact_value&sort=contact_value&limit=1"
    assert served.get(address.format("csv")).text == 'contact_value\r\n"a,""b"""\r\n'
    assert json.loads(served.get(address.format("ndjson")).text) == {"contact_value": 'a,"b"'}
