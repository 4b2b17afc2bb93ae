"""Groups and measures over real HTTP, in every kind of format, and what a key may not see of them."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import openpyxl  # type: ignore[import-untyped]  # openpyxl has no types of its own
import pyarrow as pa
import pytest

from formats import formats
from tabular.restriction import Restriction
from tabular.table import Mask, MaskKind
from tests.serving import Served, opened_at
from tests.steps import CALLS, CONTACTS, SUMMARIES, batches, step

# From two hours before clocks go back in Rome (at 01:00 UTC) to two hours after it; calls of SALES wait for longer.
BEGAN = datetime(2026, 10, 24, 23)
ROWS = [
    step(BEGAN + timedelta(minutes=10 * i), 0, i, cli=f"04{i % 4}", waitDuration=i, user=f"user{i % 3}")
    | {"service": "SALES" if i >= 12 else "SUPPORT" if i % 2 else None}
    for i in range(24)
]
OLD = [step(datetime(2020, 5, 1, 8), 0, 1, service="SALES", waitDuration=600)]
PEOPLE: list[dict[str, object]] = [{"uuid": "a", "tel": [{"value": "045", "type": "HOME"}]}]
GROUPED = "group=service,hour(startTime)&measures=count,avg(waitDuration) as Wait,p50(waitDuration),distinct(cli)"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service over ROWS, a call of May 2020, and a contact."""
    services = opened_at(tmp_path_factory.mktemp("groups") / "tvox.duckdb")
    with services.store.writing("test") as writing:
        writing.merge(CALLS, batches([*ROWS, *OLD]), SUMMARIES)
        writing.replace(CONTACTS, None, batches(PEOPLE, CONTACTS))
    running = Served(services)
    yield running
    running.close()
    services.close()


def cells(served: Served, asked: str, table: str = "inboundCalls", **headers: str) -> list[list[str]]:
    """A CSV answer as rows of cells."""
    answer = served.get(f"/tables/{table}.csv?{asked}", headers=headers)
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.text, newline="")))


def test_csv_has_a_row_for_each_group_and_hours_in_the_zone(served: Served) -> None:
    assert cells(served, GROUPED) == [
        ["service", "hour_startTime", "count", "Wait", "p50_waitDuration", "distinct_cli"],
        ["SALES", "2026-10-25 02:00:00", "6", "14.5", "14.5", "4"],
        ["SALES", "2026-10-25 03:00:00", "6", "20.5", "20.5", "4"],
        ["SUPPORT", "2026-10-25 01:00:00", "3", "3", "3", "2"],
        ["SUPPORT", "2026-10-25 02:00:00", "3", "9", "9", "2"],
        ["", "2026-10-25 01:00:00", "3", "2", "2", "2"],
        ["", "2026-10-25 02:00:00", "3", "8", "8", "2"],
    ]


def test_json_says_types_and_tells_the_two_hours_apart(served: Served) -> None:
    body = served.get(f"/tables/inboundCalls.json?{GROUPED}&sort=hour(startTime),service").json()
    assert body["columns"] == [
        {"name": "service", "label": "Service", "type": "text"},
        {"name": "hour_startTime", "label": "Hour start time", "type": "time"},
        {"name": "count", "label": "Count", "type": "integer"},
        {"name": "Wait", "label": "Avg wait duration", "type": "number"},
        {"name": "p50_waitDuration", "label": "P 50 wait duration", "type": "number"},
        {"name": "distinct_cli", "label": "Distinct CLI", "type": "integer"},
    ]
    hours = [row["hour_startTime"] for row in body["rows"]]
    twice = ["2026-10-25T02:00:00+02:00"] * 2 + ["2026-10-25T02:00:00+01:00"]
    assert hours == ["2026-10-25T01:00:00+02:00"] * 2 + twice + ["2026-10-25T03:00:00+01:00"]
    assert body["rows"][4]["service"] == "SALES"


def test_a_workbook_has_real_dates_and_says_what_the_columns_are(served: Served) -> None:
    asked = "group=service,day(startTime)&measures=count,avg(waitDuration),max(endTime)"
    book = openpyxl.load_workbook(io.BytesIO(served.get(f"/tables/inboundCalls.xlsx?{asked}").content))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert rows == [
        ("service", "day_startTime", "count", "avg_waitDuration", "max_endTime"),
        ("SALES", datetime(2026, 10, 25), 12, 17.5, None),
        ("SUPPORT", datetime(2026, 10, 25), 6, 6, None),
        (None, datetime(2026, 10, 25), 6, 5, None),
    ]
    facts = {row[0]: row[1:] for row in book.worksheets[1].iter_rows(values_only=True)}
    assert facts["Rows"][0] == 3
    assert facts["day_startTime"][1:] == ("time", "Europe/Rome")
    assert facts["avg_waitDuration"][1:] == ("number", "s")


@pytest.mark.parametrize("form", list(formats()))
def test_every_format_takes_groups_and_none_at_all(served: Served, form: str) -> None:
    for asked in (GROUPED, GROUPED + "&year=2019", "measures=count,max(startTime)&year=2019", "group=month(endTime)"):
        assert served.get(f"/tables/inboundCalls.{form}?{asked}").status_code == 200


def test_typed_formats_have_the_same_types_whether_there_are_groups_or_none(served: Served) -> None:
    asked = "group=day(startTime),weekday(startTime)&measures=sum(waitDuration),avg(waitDuration),min(cli)"
    found = [
        pa.ipc.open_stream(served.get(f"/tables/inboundCalls.arrow?{asked}&year={year}").content).read_all()
        for year in (2026, 2019)
    ]
    assert found[0].schema.types == found[1].schema.types
    assert [table.num_rows for table in found] == [1, 0]
    first = datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert list(found[0].to_pylist()[0].values()) == [first, 7, sum(range(24)), 11.5, "040"]
    assert b"Monday" in found[0].schema.field("weekday_startTime").metadata[b"description"]


def test_the_zone_says_what_a_day_is(served: Served) -> None:
    asked = "group=day(startTime),weekday(startTime)&measures=count"
    assert cells(served, asked + "&tz=Asia/Kolkata")[1:] == [["2026-10-25 00:00:00", "7", "24"]]
    assert cells(served, asked + "&tz=UTC")[1:] == [
        ["2026-10-24 00:00:00", "6", "6"],
        ["2026-10-25 00:00:00", "7", "18"],
    ]
    assert cells(served, "group=halfhourofday(startTime)&measures=count&tz=Asia/Kolkata&limit=2")[1:] == [
        ["04:30", "3"],
        ["05:00", "3"],
    ]


def test_window_and_filter_come_first_and_pages_count_groups(served: Served) -> None:
    by_month = "group=month(startTime)&measures=count"
    assert cells(served, f"{by_month}&from=2020-01-01")[1:] == [
        ["2020-05-01 00:00:00", "1"],
        ["2026-10-01 00:00:00", "24"],
    ]
    assert cells(served, f"{by_month}&filter=waitDuration lt 5 or service eq 'SALES'")[1:] == [
        ["2026-10-01 00:00:00", "17"]
    ]
    assert cells(served, "group=cli&measures=count&sort=-cli&limit=2&offset=1")[1:] == [["042", "6"], ["041", "6"]]
    assert cells(served, "group=cli&limit=1")[1:] == [["040"]], "keys alone are the different values"
    assert cells(served, "measures=count,sum(waitDuration)&year=2019")[1:] == [["0", ""]]


def test_summaries_and_elements_are_grouped_too(served: Served) -> None:
    assert cells(served, "group=steps&measures=count", "inboundCallSummaries")[1:] == [["1", "24"]]
    assert cells(served, "group=type&measures=count,max(position)", "addressBookContactTels")[1:] == [
        ["HOME", "1", "1"]
    ]


def test_columns_choose_of_the_answer_and_headers_are_labels(served: Served) -> None:
    found = cells(
        served, "group=service&measures=count,avg(waitDuration)&columns=avg(waitDuration),service as S&limit=1"
    )
    assert found == [["avg_waitDuration", "S"], ["17.5", "SALES"]]
    labels = cells(served, "group=day(startTime)&measures=count as Calls,avg(waitDuration)&header=labels&limit=0")
    assert labels == [["Day start time", "Calls", "Avg wait duration"]]


def test_an_answer_without_groups_is_known_to_have_one_row(served: Served) -> None:
    assert served.get("/tables/inboundCalls.csv?measures=count").headers["x-row-count"] == "1"
    assert served.get("/tables/inboundCalls.csv?measures=count&offset=1").headers["x-row-count"] == "0"
    assert "x-row-count" not in served.get("/tables/inboundCalls.csv?group=service").headers


def test_an_etag_covers_the_grouping(served: Served) -> None:
    asked = [
        *("", "group=service", "group=cli", "group=service,cli", "group=service&measures=count", "measures=count"),
        *("measures=p90(waitDuration) as w", "measures=p95(waitDuration) as w", "measures=avg(waitDuration) as w"),
        *("group=day(startTime) as t", "group=month(startTime) as t", "group=month(startTime) as t&tz=UTC"),
        *("group=service&columns=service as count", "group=service&measures=count&columns=count"),
    ]
    tags = [served.get(f"/tables/inboundCalls.csv?{one}").headers["etag"] for one in asked]
    assert len(set(tags)) == len(asked)
    again = served.get(f"/tables/inboundCalls.csv?{asked[4]}", headers={"If-None-Match": tags[4]})
    assert again.status_code == 304


REFUSED = [
    ("group=servic", "TT102", 'Did you mean "service"?'),
    ("group=service,dayy(startTime)", "TT132", 'Did you mean "day"?'),
    ("group=day(service)", "TT132", "day takes a time"),
    ("measures=avg(service)", "TT132", "avg takes numbers"),
    ("measures=count,p101(waitDuration)", "TT132", "character 7"),
    ("group=service&measures=count as service", "TT105", "renames"),
    ("group=service&sort=id", "TT132", "no column"),
    ("group=service&columns=id", "TT132", "no column"),
    ("group=service,", "TT105", "service,day(startTime)"),
    ("group=cli'; DROP TABLE x", "TT102", "DROP TABLE x"),
    ("groups=service", "TT103", 'Did you mean "group"?'),
]


@pytest.mark.parametrize(("asked", "code", "words"), REFUSED, ids=[case[0] for case in REFUSED])
def test_what_cannot_be_answered_is_one_sentence(served: Served, asked: str, code: str, words: str) -> None:
    answer = served.get(f"/tables/inboundCalls.csv?{asked}")
    assert (answer.status_code, answer.text.count("\n")) == (400, 1)
    assert f"[{code}]" in answer.text
    assert words in answer.text


def test_no_group_and_no_measure_sees_what_the_key_may_not(served: Served) -> None:
    masked = (
        ("cli", Mask(MaskKind.LAST, 1)),
        ("waitDuration", Mask(MaskKind.NULL)),
        ("startTime", Mask(MaskKind.NULL)),
    )
    key = {"X-Telenia-APIKey": served.services.keys.create("groups", restriction=Restriction(None, ("user",), masked))}
    for asked in ("group=user", "measures=distinct(user)", "group=service&measures=max(user)"):
        answer = served.get(f"/tables/inboundCalls.csv?{asked}", headers=key)
        assert (answer.status_code, "[TT102]" in answer.text) == (400, True), asked
    found = cells(served, "group=cli&measures=count,min(cli),distinct(cli)&limit=1", **key)
    assert found[1:] == [["**0", "6", "**0", "1"]]
    nothing = "measures=count,count(waitDuration),sum(waitDuration),p99(waitDuration),distinct(startTime)"
    assert cells(served, f"group=day(startTime),hourofday(startTime)&{nothing}", **key)[1:] == [
        ["", "", "24", "0", "", "", "0"]
    ]
    assert cells(served, "group=service&measures=count&sort=service&limit=1", **key)[1:] == [["SALES", "12"]]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("group=service,day(startTime)&measures=count", "each service and each day_startTime"),
        ("measures=count", "all of them together"),
        ("limit=1", None),
    ],
)
def test_the_workbook_says_what_a_row_is(served: Served, asked: str, said: str | None) -> None:
    book = openpyxl.load_workbook(io.BytesIO(served.get(f"/tables/inboundCalls.xlsx?{asked}").content))
    facts = dict(book.worksheets[1].iter_rows(4, 12, max_col=2, values_only=True))
    assert facts.get("One row for") == said
