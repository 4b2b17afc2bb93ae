"""Every format over real HTTP: what it is called, how it travels, and which parameters mean something to it."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import openpyxl  # type: ignore[import-untyped]  # openpyxl has no types of its own
import pyarrow as pa
import pytest
from lxml import html  # type: ignore[import-untyped]  # lxml has no types of its own
from pyarrow import parquet

from formats import formats
from tests.serving import Served, opened_at
from tests.steps import CALLS, SUMMARIES, batches, step

BEGAN = datetime(2026, 11, 21, 22, 30)
ROWS = [
    step(BEGAN + timedelta(minutes=i), 0, i, user=f"user{i}", cli=f"+39043200{i:04}", waitDuration=i)
    | {"status": "=1+1" if i == 3 else "HANGUP"}
    for i in range(40)
]
COLUMNS = "columns=id,cli,status,startTime,waitDuration"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service over ROWS."""
    services = opened_at(tmp_path_factory.mktemp("formats") / "tvox.duckdb")
    with services.store.writing("test") as writing:
        writing.merge(CALLS, batches(ROWS), SUMMARIES)
    running = Served(services)
    yield running
    running.close()
    services.close()


def expected() -> list[list[object]]:
    return [[row[name] for name in ("id", "cli", "status", "startTime", "waitDuration")] for row in ROWS]


@pytest.mark.parametrize(
    ("form", "media", "shown", "packed"),
    [
        ("csv", "text/csv; charset=utf-8", "inline", False),
        ("tsv", "text/tab-separated-values; charset=utf-8", "inline", False),
        ("json", "application/json", "inline", False),
        ("ndjson", "application/x-ndjson", "inline", False),
        ("grid", "application/json", "inline", False),
        ("html", "text/html; charset=utf-8", "inline", False),
        ("arrow", "application/vnd.apache.arrow.stream", "attachment", False),
        ("parquet", "application/vnd.apache.parquet", "attachment", True),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "attachment", True),
    ],
)
def test_a_format_travels_as_what_it_is(served: Served, form: str, media: str, shown: str, packed: bool) -> None:
    answer = served.get(f"/tables/inboundCalls.{form}", headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == media
    assert answer.headers["content-disposition"] == f'{shown}; filename="inboundCalls.{form}"'
    assert answer.headers.get("content-encoding") == (None if packed else "gzip")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["etag"]


def test_every_format_is_tested() -> None:
    assert set(formats()) == {"csv", "tsv", "json", "ndjson", "grid", "html", "arrow", "parquet", "xlsx"}


def test_a_workbook_arrives_whole(served: Served) -> None:
    book = openpyxl.load_workbook(io.BytesIO(served.get(f"/tables/inboundCalls.xlsx?month=2026-11&{COLUMNS}").content))
    rows = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)][1:]
    for row in rows:
        row[3] = row[3] - timedelta(hours=1)  # Rome in November
    assert rows == expected()
    facts = {row[0]: row[1] for row in book.worksheets[1].iter_rows(values_only=True)}
    assert facts["Rows"] == 40
    assert facts["Window"] == "startTime from 2026-11-01 00:00:00 and before 2026-12-01 00:00:00"
    assert facts["cli"]


def test_typed_formats_arrive_in_utc_whatever_the_zone(served: Served) -> None:
    asked = f"?{COLUMNS}&tz=America/New_York"
    tables = [
        pa.ipc.open_stream(served.get(f"/tables/inboundCalls.arrow{asked}").content).read_all(),
        parquet.read_table(io.BytesIO(served.get(f"/tables/inboundCalls.parquet{asked}").content)),
    ]
    for table in tables:
        rows = [list(row.values()) for row in table.to_pylist()]
        assert rows == [[*row[:3], row[3].replace(tzinfo=UTC), row[4]] for row in expected()]  # type: ignore[attr-defined]
        assert b"interaction" in table.schema.field("id").metadata[b"description"].lower()


def test_text_formats_arrive_in_the_zone(served: Served) -> None:
    page = html.fromstring(served.get(f"/tables/inboundCalls.html?{COLUMNS}&limit=1&tz=UTC").content)
    assert [cell.text for cell in page.iter("td")] == [str(value) for value in expected()[0]]
    text = served.get(f"/tables/inboundCalls.tsv?{COLUMNS}&limit=1&tz=UTC").text
    assert text.split("\r\n")[1].split("\t") == [str(value) for value in expected()[0]]


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "form"),
    [(form.media_type.partition(";")[0], name) for name, form in formats().items() if name != "grid"]
    + [("*/*", "json"), ("application/*", "json"), (BROWSER, "html")],
)
def test_accept_knows_every_format(served: Served, accept: str, form: str) -> None:
    answer = served.get("/tables/inboundCalls/rows?limit=1", headers={"Accept": accept})
    assert answer.headers["content-type"] == formats()[form].media_type


def test_a_csv_for_excel(served: Served) -> None:
    address = f"/tables/inboundCalls.csv?{COLUMNS}&limit=4&csv=excel"
    answer = served.get(address)
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows[4][1:] == ['="+390432000003"', "'=1+1", "2026-11-21 23:33:00", "3"]
    assert b",,\t" not in served.get(address + "&sep=tab").content
    assert served.get(address + "&sep=tab").content.splitlines()[0].count(b"\t") == 4
    assert served.get(address + "&sep=,").status_code == 200
    tags = {served.get(address + more).headers["etag"] for more in ("", "&sep=,", "&decimal=.")}
    plain = served.get(address.replace("excel", "plain"))
    assert plain.headers["etag"] == served.get(address.replace("&csv=excel", "")).headers["etag"]
    assert len(tags | {plain.headers["etag"]}) == 4
    assert plain.content == served.get(address.replace("&csv=excel", "")).content


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("csv?sep=;", "sep applies only with csv=excel. Leave sep out, or ask for csv=excel. [TT142]"),
        ("csv?decimal=.&csv=plain", "decimal applies only with csv=excel. Leave decimal out, or ask for csv=excel."),
        ("tsv?csv=excel", "csv applies only with the format csv."),
        ("csv?csv=exel", 'csv cannot be "exel". It takes plain or excel. [TT105]'),
        ("csv?csv=excel&sep=x", 'sep cannot be "x". It takes a semicolon, a comma or the word tab. [TT105]'),
        ("csv?csv=excel&decimal=;", 'decimal cannot be ";". It takes a comma or a point. [TT105]'),
        ("csv?csv=excel&sep=,&decimal=,", 'decimal cannot be ",". It takes another sign than sep. [TT105]'),
    ],
)
def test_signs_without_excel_are_refused(served: Served, asked: str, sentence: str) -> None:
    answer = served.get(f"/tables/inboundCalls.{asked}")
    assert answer.status_code == 400
    assert answer.text.startswith(sentence)


@pytest.mark.parametrize("form", ["arrow", "parquet"])
def test_instants_are_not_spelt(served: Served, form: str) -> None:
    answer = served.get(f"/tables/inboundCalls.{form}?times=iso")
    assert (answer.status_code, answer.json()["code"]) == (400, "TT142")


def test_a_text_that_no_cell_takes_is_a_refusal_and_no_broken_file(served: Served) -> None:
    with served.services.store.writing("test") as writing:
        writing.merge(CALLS, batches([*ROWS, step(datetime(2020, 5, 1, 8), service="x" * 40_000)]), SUMMARIES)
    answer = served.get("/tables/inboundCalls.xlsx?month=2020-05&columns=id,service")
    assert answer.status_code == 400
    assert answer.json()["title"].startswith('Row 1 of the answer has 40,000 characters in the column "service"')
    assert zipfile.is_zipfile(io.BytesIO(served.get("/tables/inboundCalls.xlsx?month=2020-05&columns=id").content))
