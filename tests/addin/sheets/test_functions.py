"""What cells get: every function, windows and zones, types."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.addin.sheets.host import Host, ScriptFailure
from tests.addin.sheets.sheet import asked, calls, host_before, sheet_before
from tests.serving import Served

ITALIAN = datetime(2026, 11, 2, 23, tzinfo=UTC)
"""Midnight of 3 November in Rome, as a cell with that date gives it."""


def parameters(host: Host) -> dict[str, str]:
    """Those of the one request since the last look."""
    (one,) = asked(host)
    return dict(parse_qsl(urlsplit(str(one["url"])).query, keep_blank_values=True))


def test_rows_have_their_types(sheet: Host) -> None:
    sheet.type("Sheet1!A1", '=TVOX("inboundCalls";"2026-11";;"id,step,cli,startTime,waitDuration")')
    found = sheet.read("Sheet1!A1:E31")
    assert found.values[0] == ["id", "step", "cli", "startTime", "waitDuration"]
    rows = [row for row in calls() if getattr(row["startTime"], "month", 0) == 11]
    assert [row[2] for row in found.values[1:]] == [row["cli"] or "" for row in rows]
    assert [row[4] for row in found.values[1:]] == [
        "" if row["waitDuration"] is None else row["waitDuration"] for row in rows
    ]
    assert {kind for row in found.types[1:] for kind in row[:1]} == {"string"}
    assert {row[1] for row in found.types[1:]} == {"number"}
    assert {row[3] for row in found.types[1:]} == {"date"}
    assert found.values[1][3] == ITALIAN.replace(hour=22, minute=30)
    assert found.displayed[1][3] == "02/11/2026 23.30.00", "the wall time of the sheet's zone"


def test_booleans_and_json(sheet: Host) -> None:
    query = "{ addressBookContacts(search: {}) { uuid vip tel { value } } }"
    rows = sheet.custom("TVOX_QUERY", query, "$..addressBookContacts[*]", "uuid,vip,tel")
    assert [row[1] for row in rows[1:4]] == [True, False, None]
    assert rows[1][2] == '[{"value":"0432"}]'


@pytest.mark.parametrize(
    ("since", "until", "means"),
    [
        ("2026-11", "", {"month": "2026-11"}),
        ("2026-1", "", {"month": "2026-01"}),
        (2026, "", {"year": "2026"}),
        ("7d", "", {"last": "7d"}),
        ("TODAY", "", {"today": ""}),
        ("2026-10", "2026-11", {"from": "2026-10-01", "to": "2026-11-30"}),
        ("2026", 2026, {"from": "2026-01-01", "to": "2026-12-31"}),
        ("yesterday", "today", {"from": "2026-11-21", "to": "2026-11-22"}),
        ("", "2026-02", {"to": "2026-02-28"}),
        (ITALIAN, "", {"from": "2026-11-03"}),
        (ITALIAN, ITALIAN.replace(day=3, hour=8), {"from": "2026-11-03", "to": "2026-11-03T09:00:00"}),
        (ITALIAN + timedelta(days=1, milliseconds=-1), "", {"from": "2026-11-04"}),
        (46329, 46329.5, {"from": "2026-11-03", "to": "2026-11-03T12:00:00"}),
        ("2026-11-03T08:00", [["2026-11-04"]], {"from": "2026-11-03T08:00", "to": "2026-11-04"}),
        ("", "", {}),
    ],
)
def test_windows(sheet: Host, since: object, until: object, means: dict[str, str]) -> None:
    asked(sheet)
    sheet.custom("TVOX", "inboundCalls", since, until, "id", "", "limit=1&cache=0")
    found = parameters(sheet)
    names = ("from", "to", "month", "year", "last", "today", "yesterday")
    assert {name: value for name, value in found.items() if name in names} == means
    assert found["tz"] == "Europe/Rome"


@pytest.mark.parametrize(
    ("since", "until", "says"),
    [
        (12, "", "from cannot be 12: give a date"),
        ("", "7d", "7d is a whole window: it belongs into the cell for from."),
        ("7d", "2026-11-01", "7d is a whole window: leave the cell for to empty."),
        ([["2026", "2027"]], "", "from is one cell, not a range of 2."),
        ("01/11/2026", "", 'from cannot be "01/11/2026"'),
    ],
)
def test_windows_that_are_none(sheet: Host, since: object, until: object, says: str) -> None:
    with pytest.raises(ScriptFailure) as told:
        sheet.custom("TVOX", "inboundCalls", since, until, "id")
    assert says in told.value.message


def test_ranges_of_columns_conditions_and_options(sheet: Host) -> None:
    sheet.type(
        "Sheet1!J1", [["id", "filter", "limit", "2"], ["waitDuration as 'Wait, s'", "", "sort", "startTime desc"]]
    )
    sheet.type("Sheet1!K1", [["waitDuration gt 30"], ["status eq 'HANGUP'"]])
    sheet.type("Sheet1!J5", '=TVOX("inboundCalls";"2026-11";"";J1:J2;K1:K2;L1:M2)')
    found = sheet.values("Sheet1!J5:K8")
    assert found[0] == ["id", "Wait, s"]
    assert [row[1] for row in found[1:]] == [413, 406, ""]
    together = sheet.custom(
        "TVOX",
        "inboundCalls",
        "2026-11",
        "",
        "id,waitDuration",
        "(waitDuration gt 30) and (status eq 'HANGUP')",
        "sort=-startTime; limit=2,0\nheader=none",
    )
    assert [row[1] for row in together] == [413, 406]


def test_groups_and_headers(sheet: Host) -> None:
    options = "group=service&measures=count,avg(waitDuration) as wait&header=labels&sort=service"
    rows = sheet.custom("TVOX", "inboundCalls", "2026-11", "", "", "", options)
    assert rows[0][0] == "Service"
    assert [row[0] for row in rows[1:]] == [f"service {place}" for place in range(4)]
    assert all(isinstance(row[2], int | float) for row in rows[1:])


def test_nothing_found_is_a_header_or_an_empty_text(sheet: Host) -> None:
    assert sheet.custom("TVOX", "inboundCalls", "2026-11", "", "id,step", "step eq 99") == [["id", "step"]]
    assert sheet.custom("TVOX", "inboundCalls", "2026-11", "", "id,step", "step eq 99", "header=none") == [[""]]


def test_counts(sheet: Host) -> None:
    assert sheet.custom("TVOX_COUNT", "inboundCalls", "2026-10", "2026-11") == 60
    assert sheet.custom("TVOX_COUNT", "inboundCalls", "2026-11", "", "status eq 'HANGUP'") == 20
    grouped = sheet.custom("TVOX_COUNT", "inboundCalls", "2026-11", "", "", "group=status&sort=status")
    assert grouped == [["status", "count"], ["ANSWERED", 10], ["HANGUP", 20]]


def test_queries(sheet: Host) -> None:
    query = "{ inboundCalls(search: {year: 2026, month: 11}) { id step startTime } }"
    rows = sheet.custom("TVOX_QUERY", query, "$..inboundCalls[*][*]", "id,startTime as Began", "tz=UTC")
    assert rows[0] == ["id", "Began"]
    assert len(rows) == 31
    # UTC's wall time is what the sheet is to show: an hour less than Rome's.
    assert rows[1][1] == ITALIAN.replace(hour=21, minute=30)
    assert sheet.custom("TVOX_QUERY", "{ me { name } }")[0] == ["name"]


def test_tables_and_their_columns(sheet: Host) -> None:
    tables = sheet.custom("TVOX_TABLES")
    assert tables[0] == ["name", "title", "description"]
    assert [row[0] for row in tables if row[0] in ("inboundCalls", "addressBookContacts")] == [
        "inboundCalls",
        "addressBookContacts",
    ]
    columns = sheet.custom("TVOX_COLUMNS", "inboundCalls")
    assert ["startTime", "time"] in [[row[0], row[2]] for row in columns]


def test_another_zone_is_shown_as_its_wall_time(sheet: Host) -> None:
    given = ("inboundCalls", "2026-11-03", "2026-11-03", "startTime", "", "header=none&tz=Asia/Tokyo&limit=1")
    # 2 November 22:30 UTC is 3 November 07:30 in Tokyo: so the sheet in Rome is to show 07:30.
    assert sheet.custom("TVOX", *given) == [[datetime(2026, 11, 3, 6, 30, tzinfo=UTC)]]


def test_times_may_stay_texts(sheet: Host) -> None:
    given = ("inboundCalls", "2026-11", "", "startTime", "", "header=none&times=local&limit=1")
    assert sheet.custom("TVOX", *given) == [["2026-11-02 23:30:00"]]


def test_sheets_of_other_languages_and_zones(served: Served) -> None:
    with sheet_before(served, locale="en_US", zone="America/New_York") as host:
        host.type("Sheet1!A1", '=TVOX("inboundCalls","2026-11-02","2026-11-02","startTime",,"limit=1")')
        assert host.read("Sheet1!A2").displayed == [["11/2/2026 17:30:00"]]
        assert host.sidebar("tvoxFormulaOf", {"table": "inboundCalls", "from": "7d"}).startswith(
            '=TVOX("inboundCalls","7d",,'
        )


def test_the_self_test_says_what_is_missing(served: Served, sheet: Host) -> None:
    assert all(came.startswith(("Good", "There is none yet")) for _, came in sheet.custom("TVOX_SELFTEST"))
    with host_before(served) as stranger:
        said = dict(stranger.custom("TVOX_SELFTEST"))
        assert said["Address"].startswith("Good")
        assert said["Sign-in"] == "No: nobody is signed in. Open TVox > Open the sidebar, and give your key there."
        stranger.answer("OK")
        stranger.call("onOpen", kind="open")
        stranger.item("TVox", "Self-test")
        assert "nobody is signed in" in stranger.ui()["asked"][-1]["text"]
        stranger.configure(routes={})
        told = dict(stranger.custom("TVOX_SELFTEST"))["Address"]
        assert told.startswith("No: Google cannot reach TVox Tables at https://tables.example.com (DNS error")
