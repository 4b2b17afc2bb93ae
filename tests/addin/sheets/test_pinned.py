"""Pinned tables: written whole or not at all, with their types, and gone on with where an execution ended."""

from collections.abc import Iterator
from typing import Any

import pytest

from tabular.month import Month
from tests.addin.sheets.host import Found, Host, ScriptFailure
from tests.addin.sheets.sheet import TEXTS, asked, calls, renewed, sheet_before
from tests.serving import Served
from tests.steps import CALLS, batches, moment, step

COLUMNS = "id,step,cli,startTime,waitDuration"
ASKED = {"table": "inboundCalls", "from": "2026-11", "columns": COLUMNS}
SMALL = {"const STAGED_ROWS = 5000;": "const STAGED_ROWS = 7;"}
STEPS = {"const RUN_TIME = 270000;": "const RUN_TIME = 0;"}
"""Each execution does one step."""

DYING = {
    "/** Whether a pinned table is on its way. */": """
function die() { properties_().setProperty("dies", "1"); }
function diesHere_() {
  if (properties_().getProperty("dies")) {
    properties_().deleteProperty("dies");
    for (;;) Utilities.sleep(100000);
  }
}
"""
}


@pytest.fixture
def own(served: Served) -> Iterator[Served]:
    """The service, for tests that write into its store; what they wrote goes with them."""
    yield served
    put(served, NOVEMBER)


@pytest.fixture(scope="module")
def first(served: Served) -> Iterator[Host]:
    """A sheet whose pages are small."""
    with sheet_before(served, changed=SMALL) as opened:
        yield opened


@pytest.fixture
def host(first: Host, served: Served) -> Host:
    """The same, as good as new."""
    return renewed(first, served)


NOVEMBER = [row for row in calls() if getattr(row["startTime"], "month", 0) == 11]


def put(served: Served, rows: list[dict[str, object]], month: int = 11) -> None:
    """Other rows of a month."""
    with served.services.store.writing("tests") as writing:
        summary = served.services.catalogue.summary_of(CALLS)
        writing.replace(CALLS, Month(2026, month), batches(rows), summary)


def pinned(host: Host, cell: str, **more: object) -> Any:
    """A pinned table, written."""
    given = {"asked": ASKED, "cell": cell} | more
    pin = host.sidebar("tvoxSavePin", given)[-1]
    return next(one for one in host.sidebar("tvoxRefreshPin", pin["id"]) if one["id"] == pin["id"])


def ids(host: Host, where: str) -> list[object]:
    """The first column of a range, as far as there is something in it."""
    return [row[0] for row in host.values(where) if row[0] != ""]


def test_types_and_texts(host: Host) -> None:
    pin = pinned(host, "Sheet1!B3")
    assert (pin["standing"]["isGood"], pin["standing"]["rows"], pin["place"]) == (True, 30, "Sheet1!B3"), pin
    found = host.read("Sheet1!B3:F33")
    assert found.values[0] == COLUMNS.split(",")
    rows = NOVEMBER
    assert [row[2] for row in found.values[1:]] == [row["cli"] or "" for row in rows]
    assert {text for text in TEXTS if text} <= {row[2] for row in found.values[1:]}
    assert not any(any(row) for row in found.formulas)
    assert [set(kinds) - {"empty"} for kinds in zip(*found.types[1:], strict=True)] == [
        {"string"},
        {"number"},
        {"string"},
        {"date"},
        {"number"},
    ]
    assert found.displayed[1][3] == "2026-11-02 23:30:00"
    assert found.notes[0][0] == "TVox: inboundCalls, 30 rows. Written 2026-11-22 13:00 (replace, hourly)."
    assert host.book()["names"]["TVOX_PIN_1"] == {"sheet": "Sheet1", "row": 3, "column": 2, "rows": 31, "columns": 5}
    assert len([one for one in asked(host) if ".grid" in str(one["url"])]) == 7, "a head, and pages of seven"
    (line,) = host.sidebar("tvoxLog")
    assert line[1:5] + line[6:] == ["inboundCalls", "Sheet1!B3", "replace", "30", "Good."]


def test_what_refers_to_it_stays(host: Host, own: Served) -> None:
    pinned(host, "Sheet1!A1")
    host.type("Sheet1!H1", "=A31")
    last = host.value("Sheet1!H1")
    assert str(last).endswith(".59")
    put(own, NOVEMBER[:4])
    (pin,) = host.sidebar("tvoxRefreshPins")
    assert pin["standing"]["rows"] == 4
    assert len(ids(host, "Sheet1!A1:A40")) == 5, "what is no longer there is not left over"
    assert host.read("Sheet1!H1").formulas == [["=A31"]]
    assert host.value("Sheet1!H1") == ""
    put(own, NOVEMBER)
    host.sidebar("tvoxRefreshPins")
    assert host.value("Sheet1!H1") == last


def test_a_place_that_is_taken_is_not_written_over(host: Host) -> None:
    host.type("Sheet1!C10", "mine")
    pin = pinned(host, "Sheet1!B3")
    assert not pin["standing"]["isGood"]
    assert "The table needs Sheet1!B3:F33, and something stands there" in pin["standing"]["said"]
    assert host.value("Sheet1!C10") == "mine"
    assert host.value("Sheet1!B3") == ""
    assert host.sidebar("tvoxLog")[0][4:] == ["0", "0", pin["standing"]["said"]]
    with pytest.raises(ScriptFailure, match="There is no column"):
        host.sidebar("tvoxSavePin", {"asked": ASKED | {"columns": "clii"}, "cell": "Sheet1!Z1"})


def test_append_and_the_header_stands_once(host: Host, own: Served) -> None:
    pin = pinned(host, "Sheet1!A1", mode="append", asked=ASKED | {"from": "2026-10"})
    again = host.sidebar("tvoxRefreshPin", pin["id"])[0]["standing"]
    assert (again["rows"], again["isGood"]) == (60, True), again
    found = ids(host, "Sheet1!A1:A80")
    assert found.count("id") == 1
    assert len(found) == 61
    assert found[1:31] == found[31:]
    assert host.read("Sheet1!C61").types == [["string"]]
    assert host.read("Sheet1!C33").formats == [["@"]]
    assert [row[4] for row in host.sidebar("tvoxLog")] == ["30", "30"]


def test_update_or_add(host: Host, own: Served) -> None:
    rows = NOVEMBER
    pin = pinned(host, "Sheet1!A1", mode="update")
    assert pin["keys"] == ["id", "step"]
    before = host.values("Sheet1!A1:E31")
    new = step(moment("2026-11-20T08:00:00"), 0, 99, cli="=2+2", waitDuration=5)
    put(own, [*rows[10:20], rows[20] | {"cli": "0099", "waitDuration": 1000}, new])
    standing = host.sidebar("tvoxRefreshPin", pin["id"])[0]["standing"]
    assert (standing["rows"], standing["isGood"]) == (31, True), standing
    after = host.values("Sheet1!A1:E32")
    assert after[:21] == before[:21], "what did not come again stays"
    assert after[21][2] == "0099"
    assert after[21][4] == 1000
    assert after[22:31] == before[22:]
    assert after[31][2] == "=2+2"
    assert host.read("Sheet1!A1:E33").formulas[31] == [""] * 5


def test_other_columns_are_not_mixed_in(host: Host, own: Served) -> None:
    pin = pinned(host, "Sheet1!A1", mode="append")
    changed = pin | {"asked": ASKED | {"columns": "id,cli"}}
    del changed["place"], changed["standing"]
    host.sidebar("tvoxSavePin", changed)
    standing = host.sidebar("tvoxRefreshPin", pin["id"])[0]["standing"]
    assert "The columns of inboundCalls are others than those in the sheet" in standing["said"]
    assert host.values("Sheet1!A1:B1") == [["id", "step"]]
    host.sidebar("tvoxSavePin", changed | {"mode": "replace"})
    assert host.sidebar("tvoxRefreshPin", pin["id"])[0]["standing"]["isGood"]
    assert host.values("Sheet1!A1:C1") == [["id", "cli", ""]]
    assert len(ids(host, "Sheet1!C1:C40")) == 0


def test_it_goes_on_where_an_execution_ended(served: Served) -> None:
    with sheet_before(served, changed=SMALL | STEPS) as host:
        pin = host.sidebar("tvoxSavePin", {"asked": ASKED, "cell": "Sheet1!A1"})[0]
        host.sidebar("tvoxRefreshPin", pin["id"])
        seen: set[int] = set()
        for _ in range(12):
            seen.add(len(ids(host, "Sheet1!A1:A40")))
            host.advance(60)
        assert seen == {0, 31}, "nobody sees a part of it"
        assert len(set(ids(host, "Sheet1!A1:A40"))) == 31
        assert [one["function"] for one in host.state()["triggers"]] == ["tvoxPulse"]
        assert not [name for name in host.state()["properties"]["document"] if name.startswith("tvox.run")]
        assert [sheet["name"] for sheet in host.book()["sheets"] if not sheet["hidden"]] == ["Sheet1", "TVox log"]


def test_rows_are_appended_once_whenever_it_dies(served: Served) -> None:
    places = (
        "    source.offset(0, 0, tall, wide)",
        "  spreadsheet.setNamedRange(placeName_(pin.id), whole);",
        "  log_(pin, written",
        "        emptyStaging_();",
    )
    for at in places:
        with sheet_before(served, changed=DYING | {at: f"diesHere_();{at}"}) as host:
            pin = pinned(host, "Sheet1!A1", mode="append")
            host.call("die")
            with pytest.raises(ScriptFailure, match="Exceeded maximum execution time"):
                host.sidebar("tvoxRefreshPin", pin["id"])
            host.advance(61)
            found = ids(host, "Sheet1!A1:A100")
            assert len(found) == 61, at
            assert found[1:31] == found[31:]
            assert host.sidebar("tvoxPins")[0]["standing"]["rows"] == 60
            assert host.book()["names"]["TVOX_PIN_1"]["rows"] == 61


def test_triggers_keep_their_times(host: Host) -> None:
    host.sidebar("tvoxSavePin", {"asked": ASKED, "cell": "Sheet1!A1", "every": "hour"})
    host.sidebar("tvoxSavePin", {"asked": ASKED, "cell": "Sheet1!H1", "every": "day", "hour": 6})
    host.sidebar("tvoxSavePin", {"asked": ASKED, "cell": "Sheet1!O1", "every": "manual"})
    host.advance(5 * 60)
    lines = host.sidebar("tvoxLog")
    assert [line[2] for line in lines] == ["Sheet1!H1", "Sheet1!A1"], "both are due: neither was ever written"
    host.advance(60 * 60)
    assert [line[2] for line in host.sidebar("tvoxLog")] == ["Sheet1!A1", "Sheet1!H1", "Sheet1!A1"]
    host.advance(17 * 3600)
    daily = [line[0] for line in host.sidebar("tvoxLog") if line[2] == "Sheet1!H1"]
    assert daily[0].startswith("2026-11-23 06:0")
    assert len(daily) == 2


def test_a_page_that_fails_is_tried_again(host: Host, served: Served) -> None:
    pin = host.sidebar("tvoxSavePin", {"asked": ASKED, "cell": "Sheet1!A1", "every": "manual"})[0]
    host.configure(routes={})
    standing = host.sidebar("tvoxRefreshPin", pin["id"])[0]["standing"]
    assert "Google cannot reach TVox Tables" in standing["said"]
    assert not standing["isGood"]
    assert host.value("Sheet1!A1") == ""


def test_two_at_once_write_once(host: Host) -> None:
    pin = host.sidebar("tvoxSavePin", {"asked": ASKED, "cell": "Sheet1!A1", "mode": "append"})[0]
    host.together([("tvoxRefreshPin", [pin["id"]]), ("tvoxRefreshPin", [pin["id"]])], kind="sidebar")
    assert len(ids(host, "Sheet1!A1:A100")) in (31, 61)
    found = ids(host, "Sheet1!A1:A100")
    assert len(found) == 1 + 30 * len(host.sidebar("tvoxLog"))


def test_the_log_keeps_the_latest(served: Served) -> None:
    with sheet_before(served, changed={"const LOG_LINES = 200;": "const LOG_LINES = 3;"}) as host:
        for at in ("A1", "H1", "O1", "V1", "AC1"):
            pinned(host, f"Sheet1!{at}")
        assert [line[2] for line in host.sidebar("tvoxLog")] == ["Sheet1!AC1", "Sheet1!V1", "Sheet1!O1"]


def test_it_moves_with_its_rows_and_may_go(host: Host) -> None:
    pin = pinned(host, "Sheet1!A1")
    left: list[Found] = host.sidebar("tvoxRemovePin", pin["id"])
    assert left == []
    assert len(ids(host, "Sheet1!A1:A40")) == 31, "its rows stay"
    assert host.read("Sheet1!A1").notes == [[""]]
    assert not [name for name in host.state()["properties"]["document"] if ".pin" in name and name != "tvox.pins"]
    with pytest.raises(ScriptFailure, match="This pinned table is gone"):
        host.sidebar("tvoxSavePin", {"id": pin["id"], "asked": ASKED})


def test_a_question_with_a_limit_or_groups_is_one_page(host: Host) -> None:
    grouped = {"table": "inboundCalls", "from": "2026-11", "options": "group=service&measures=count&sort=service"}
    assert pinned(host, "Sheet1!A1", asked=grouped)["standing"]["rows"] == 4
    assert host.values("Sheet1!A1:B2") == [["service", "count"], ["service 0", 7]]
    limited = ASKED | {"options": "limit=9&header=none&sort=-startTime"}
    assert pinned(host, "Sheet1!H1", asked=limited)["standing"]["rows"] == 9
    assert len(ids(host, "Sheet1!H1:H30")) == 9
    ordered = ASKED | {"options": "sort=-startTime"}
    assert pinned(host, "Sheet1!P1", asked=ordered)["standing"]["rows"] == 30
    found = ids(host, "Sheet1!P2:P40")
    assert found == sorted(found, key=str, reverse=True)
    assert len(set(found)) == 30
    nothing = ASKED | {"filter": "step eq 99", "options": "header=none"}
    assert pinned(host, "Sheet1!W1", asked=nothing)["standing"]["rows"] == 0


def test_a_hidden_sheet_that_is_removed_is_missed(served: Served) -> None:
    remove = "function remove() { const book = SpreadsheetApp.getActiveSpreadsheet(); "
    remove += "book.deleteSheet(book.getSheetByName(STAGING)); }\n/** Whether a pinned table is on its way. */"
    changed = SMALL | STEPS | {"/** Whether a pinned table is on its way. */": remove}
    with sheet_before(served, changed=changed) as host:
        pin = host.sidebar("tvoxSavePin", {"asked": ASKED, "cell": "Sheet1!A1", "every": "manual"})[0]
        host.sidebar("tvoxRefreshPin", pin["id"])
        host.advance(60)
        host.call("remove")
        host.advance(60)
        standing = host.sidebar("tvoxPins")[0]["standing"]
        assert "Somebody removed the sheet" in standing["said"]
        assert host.value("Sheet1!A1") == ""
        host.sidebar("tvoxRefreshPin", pin["id"])
        host.advance(12 * 60)
        assert len(ids(host, "Sheet1!A1:A40")) == 31
