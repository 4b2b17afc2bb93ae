"""Isolates, custom functions, recalculation and cells: what Google documents of them holds in the host."""

import json
import threading
from datetime import UTC, datetime

import pytest

from tests.addin.sheets.host import Host, ScriptFailure
from tests.addin.sheets.hosted.probed import START, TOO_LONG, Echo


def test_each_execution_has_a_scope_of_its_own(host: Host) -> None:
    """Nothing of a call's globals is there in the next one."""
    assert [host.custom("COUNT", 1), host.custom("COUNT", 1)] == [1, 1]
    host.call("run", "globalThis.left = 1; Array.prototype.left = 2; CacheService.getUserCache().put('left', '3')")
    kept = "[typeof left, typeof [].left, CacheService.getUserCache().get('left')]"
    assert host.call("run", kept) == ["undefined", "undefined", "3"]
    missing = ["setTimeout", "fetch", "URL", "process", "require", "window", "TextEncoder", "atob", "structuredClone"]
    assert host.call("run", f"{json.dumps(missing)}.filter((name) => name in globalThis)") == []


def test_services_give_the_scripts_own_objects(host: Host) -> None:
    """Errors, dates and arrays of services are instances of the script's classes."""
    assert host.call("said", "CacheService.getScriptCache().put('k'.repeat(251), '')") == (
        "true Exception: Argument too large: key"
    )
    host.type("A1", "20/11/2026")
    assert host.call("run", "const v = SpreadsheetApp.getActiveSheet().getRange('A1').getValues(); "
                     "[v instanceof Array, v[0][0] instanceof Date, new Date() instanceof Date, Date.now()]") == [
        True, True, True, START.timestamp() * 1000]  # fmt: skip
    signature = (
        "true Exception: The parameters (String,number) don't match the method signature for CacheService.Cache.put."
    )
    assert host.call("said", "CacheService.getScriptCache().put('k', 1)") == signature
    assert host.call("said", "SpreadsheetApp.getActiveSheet().getRangeList(1)").startswith("true TypeError")


def test_arguments_come_as_sheets_gives_them(host: Host) -> None:
    """Dates in the sheet's zone, ranges as tables, empty cells as "", omitted arguments as undefined."""
    host.type("A1", [["20/11/2026", "1,5", "", "VERO", "0432", "'0432", True]])
    host.type("A3", "=KIND(A1;B1)")
    assert host.values("A3:B3") == [["Date 2026-11-19T23:00:00.000Z", "number 1.5"]]
    host.type("A4", "=KIND(C1)")
    assert host.values("A4:B4") == [['string ""', "undefined"]]
    host.type("A5", "=KIND(E1:G2;;)")
    assert host.values("A5:B5") == [['Array [[432,"0432",true],["","",""]]', "undefined"]]
    host.type("A6", '=KIND("a;""b";-1,5)')
    assert host.values("A6:B6") == [['string "a;\\"b"', "number -1.5"]]
    host.type("A7", "=KIND(DATE(2026;3;29);2+3*2)")
    assert host.values("A7:B7") == [["Date 2026-03-28T23:00:00.000Z", "number 8"]]
    host.type("A8", "=KIND(1,2)")
    assert host.values("A8:B8") == [["number 1.2", "undefined"]]
    host.configure(locale="en_US")
    host.type("A9", [["=KIND(1,2)", "", "=KIND(1;2)"]])
    assert host.values("A9:D9") == [["number 1", "number 2"] * 2]


def test_results_are_kept_until_an_argument_changes(host: Host) -> None:
    """By function and values; cells that are computed together do not share an execution."""
    sheet = host.call("run", "SpreadsheetApp.getActiveSheet().getName()")
    host.configure(names={"stamp": f"'{sheet}'!A1"})
    host.type("A1", 1)
    host.type("B1", [["=COUNT(stamp)"], ["=COUNT(stamp)"]])
    assert [one["function"] for one in host.log(clear=True)] == ["run", "COUNT", "COUNT"]
    host.type("B3", [["=COUNT(stamp)"]])
    host.type("C1", "elsewhere")
    assert host.values("B1:B3") == [[1]] * 3
    assert host.log(clear=True) == []
    host.type("A1", 2)
    assert [one["function"] for one in host.log(clear=True)] == ["COUNT"] * 3
    host.call("run", "SpreadsheetApp.getActive().getRangeByName('stamp').setValue(3)")
    assert [one["function"] for one in host.log(clear=True)] == ["run", "COUNT", "COUNT", "COUNT"]
    host.type("A1", 2)
    assert host.log(clear=True) == []


def test_a_formula_waits_for_what_it_refers_to(host: Host) -> None:
    """It is computed once, from the new value, not from the old one before it."""
    host.type("A1", [["first", "=COUNT(A1)", "=KIND(B1)"]])
    host.log(clear=True)
    host.type("A1", "second")
    assert [one["function"] for one in host.log(clear=True)] == ["COUNT"]
    host.type("A2", [['=RESULT("list")', "=KIND(A4)"]])
    assert host.values("A2:B4") == [[1, "number 3"], [2, ""], [3, ""]]
    assert [one["function"] for one in host.log(clear=True)] == ["RESULT", "KIND"]


def test_a_formula_waits_for_what_spills(host: Host) -> None:
    """What the old result has left in its cells is not taken for the new one."""
    host.type("A1", [["before", "=PAIR(A1)", "=KIND(A1;B2)"]])
    assert host.values("C1:D1") == [['string "before"', 'string "before"']]
    host.log(clear=True)
    host.type("A1", "after")
    assert host.values("C1:D1") == [['string "after"', 'string "after"']]
    assert [one["function"] for one in host.log(clear=True)] == ["PAIR", "KIND"]


def test_results_spill_and_are_typed(host: Host) -> None:
    """Texts stay texts; a cell that is occupied stops it, until it is free."""
    host.type("A1", '=RESULT("table")')
    found = host.read("A1:C2")
    assert found.values == [["0432", "=1+1", True], [1.5, datetime(2026, 2, 28, 23, tzinfo=UTC), ""]]
    assert found.displayed[1] == ["1,5", "01/03/2026", ""]
    assert found.formulas == [['=RESULT("table")', "", ""], ["", "", ""]]
    host.type("B2", "mine")
    assert host.error("A1") == "Array result was not expanded because it would overwrite data in B2."
    assert host.read("A1").displayed == [["#REF!"]]
    assert host.values("A1:C2")[1] == ["", "mine", ""]
    host.type("B2", "")
    assert host.values("A1:C1") == [["0432", "=1+1", True]]
    assert len(host.log()) == 1
    host.type("A1", "")
    assert host.values("A1:C2") == [["", "", ""]] * 2


@pytest.mark.parametrize(
    ("formula", "shown", "said"),
    [
        ('=RESULT("ragged")', "#ERROR!", "The rows of the result are not of the same length."),
        ('=RESULT("object")', "#ERROR!", "A result can be no object."),
        ('=RESULT("long")', "#ERROR!", TOO_LONG),
        ('=RESULT("large")', "#ERROR!", "Result too large"),
        ('=RESULT("throw")', "#ERROR!", "Error: no such table (line 40)."),
        ('=RESULT("nan")', "#NUM!", "#NUM!"),
        ("=NOBODY(1)", "#NAME?", "Unknown function: 'NOBODY'."),
        ("=hidden_()", "#NAME?", "Unknown function: 'hidden_'."),
        ("=COUNT(missing)", "#NAME?", "Unknown range name: 'MISSING'."),
        ("=COUNT(1;", "#ERROR!", "Formula parse error."),
        ("=COUNT(NOW())", "Loading...", "Loading..."),
        ("=COUNT(D1)", "Loading...", "Loading..."),
    ],
)  # fmt: skip
def test_what_no_cell_can_be(host: Host, formula: str, shown: str, said: str) -> None:
    """A result that Sheets would not take is an error, and a volatile argument loads for ever."""
    host.type("D1", "=TODAY()")
    host.type("A1", formula)
    assert (host.read("A1").displayed[0][0], host.error("A1")) == (shown, said)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("token", "Exception: You do not have permission to call ScriptApp.getIdentityToken"),
        ("ui", "Exception: Cannot call SpreadsheetApp.getUi() from this context."),
        (
            "trigger",
            "Exception: You do not have permission to call ScriptApp.newTrigger. "
            "Required permissions: https://www.googleapis.com/auth/script.scriptapp",
        ),
        ("write", "Exception: You do not have permission to call setValue"),
        ("email", ""),
        ("cell", "A1"),
        ("property", "null"),
        ("read", "7"),
    ],
)
def test_a_custom_function_runs_without_authorization(host: Host, what: str, said: str) -> None:
    """It may read its sheet, but act for nobody."""
    host.type("A1", [["", 7]])
    host.type("A1", f'=REACH("{what}")')
    assert host.value("A1") == said


def test_executions_run_at_the_same_time_and_share_an_answer(host: Host, echo: str) -> None:
    """Thirty at once; who waits for another's answer sleeps no virtual second longer than its sleep."""
    Echo.gate.clear()
    host.type("A1", [[f'=FETCH("{echo}/gated";{place})'] for place in range(35)], settle=False)
    settling = threading.Thread(target=host.settle)
    settling.start()
    for _ in range(30):
        assert Echo.busy.acquire(timeout=60)
    assert not Echo.busy.acquire(blocking=False)
    Echo.gate.set()
    settling.join()
    assert host.value("A35") == "/gated?key=34"
    state = host.state()
    assert state["peak"] == 30
    before = datetime.fromisoformat(state["now"])
    host.requests(clear=True)
    host.type("B1", [[f'=SHARED("{echo}/shared";"k")'] for _ in range(20)])
    assert host.values("B1:B20") == [["/shared?key=k"]] * 20
    assert len(host.requests()) == 1
    assert (datetime.fromisoformat(host.state()["now"]) - before).total_seconds() <= 0.5


def test_executions_end_at_their_limit(host: Host, echo: str) -> None:
    """30 seconds of a custom function, six minutes of another; no handler of the script's sees it."""
    host.type("A1", [["=SLOW(1)"], ["=STUBBORN()"]])
    assert [host.error(at) for at in ("A1", "A2")] == ["Exceeded maximum execution time"] * 2
    assert "finally" not in host.state()["caches"]["script"]
    with pytest.raises(ScriptFailure, match="Exceeded maximum execution time"):
        host.call("run", "for (;;) Utilities.sleep(60000)")
    assert [one["duration"] for one in host.log()[-3:]] == [30_000, 30_000, 360_000]
    host.configure(latency=59_000)
    assert host.call("run", f"UrlFetchApp.fetch('{echo}/x').getResponseCode()") == 200
    assert host.log()[-1]["duration"] == 59_000
    host.type("A3", f'=FETCH("{echo}/x";3)')
    assert host.error("A3") == "Exceeded maximum execution time"
    host.configure(latency=60_000)
    assert host.call("said", f"UrlFetchApp.fetch('{echo}/x')") == f"true Exception: Timeout: {echo}/x"


@pytest.mark.parametrize(
    ("locale", "given", "value", "shown"),
    [
        ("it_IT", "0432", 432, "432"),
        ("it_IT", "+390432", 390432, "390432"),
        ("it_IT", "1,5", 1.5, "1,5"),
        ("it_IT", "1.234,5", 1234.5, "1.234,50"),
        ("en_US", "1,234.5", 1234.5, "1,234.50"),
        ("en_US", "1,5", "1,5", "1,5"),
        ("it_IT", "12%", 0.12, "12%"),
        ("it_IT", "'0432", "0432", "0432"),
        ("it_IT", "=1+1", 2, "2"),
        ("it_IT", "1/2", datetime(2026, 1, 31, 23, tzinfo=UTC), "01/02/2026"),
        ("en_US", "1/2", datetime(2026, 1, 1, 23, tzinfo=UTC), "1/2/2026"),
        ("it_IT", "2026-10-25 02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "25/10/2026 2.30.00"),
        ("it_IT", "true", True, "TRUE"),
        ("it_IT", "+39 0432 1", "#ERROR!", "#ERROR!"),
        ("it_IT", "@home", "@home", "@home"),
    ],
)
def test_a_written_text_is_read_as_if_typed(host: Host, locale: str, given: str, value: object, shown: str) -> None:
    """Only a cell of plain text keeps what it is given."""
    host.configure(locale=locale)
    write = "SpreadsheetApp.getActiveSheet().getRange('A1:B1').setNumberFormats([['General', '@']]).setValues([[t, t]])"
    host.call("run", f"const t = {json.dumps(given)}; {write}")
    found = host.read("A1:B1")
    assert (found.values, found.displayed) == ([[value, given]], [[shown, given]])


def test_writes_are_refused_as_sheets_does(host: Host) -> None:
    """Dimensions, lengths, names, and the size of the workbook."""
    sheet = "SpreadsheetApp.getActiveSheet()"
    for call, message in {
        f"{sheet}.getRange(1, 1, 2, 2).setValues([[1, 2]])": (
            "The number of rows in the data does not match the number of rows in the range. "
            "The data has 1 but the range has 2."
        ),
        f"{sheet}.getRange(1, 1, 1, 2).setValues([[1]])": (
            "The number of columns in the data does not match the number of columns in the range. "
            "The data has 1 but the range has 2."
        ),
        f"{sheet}.getRange(1, 1).setValue('x'.repeat(50001))": TOO_LONG,
        f"{sheet}.getRange(0, 1)": "The starting row of the range is too small.",
        f"{sheet}.getRange(1, 1, 0, 1)": "The number of rows in the range must be at least 1.",
        f"{sheet}.getRange(1001, 1)": "The coordinates of the range are outside the dimensions of the sheet.",
        f"{sheet}.insertRowsAfter(1000, 400000)": (
            "This action would increase the number of cells in the workbook above the limit of 10000000 cells."
        ),
        "SpreadsheetApp.getActive().deleteSheet(SpreadsheetApp.getActiveSheet())": (
            "You can't remove all the sheets in a document."
        ),
    }.items():
        assert host.call("said", call) == f"true Exception: {message}"


def test_a_sheet_is_read_and_changed(host: Host) -> None:
    """Rows, notes, formulas, hidden sheets, named ranges that move with their rows."""
    written = host.call(
        "run",
        """
        const book = SpreadsheetApp.getActive(), sheet = book.insertSheet("_TVox");
        sheet.getRange("A1:B2").setValues([["id", "n"], ["x", 2]]);
        sheet.getRange("B1").setNote("a note").setFontWeight("bold");
        book.setNamedRange("count", sheet.getRange("B2"));
        sheet.insertRowsAfter(1, 3); sheet.setFrozenRows(1); sheet.appendRow(["y", new Date(0)]);
        sheet.getRange("C1").setFormula("=B5*2"); sheet.hideSheet();
        [book.getRangeByName("COUNT").getA1Notation(), sheet.getLastRow(), sheet.getMaxRows(),
         sheet.getRange("C1").getValue(), sheet.getRange("B1").getNote(), sheet.getDataRange().getDisplayValues(),
         sheet.isSheetHidden(), sheet.getRange("C1").getFormula()]
        """,
    )
    displayed = [
        ["id", "n", "4"],
        ["", "", ""],
        ["", "", ""],
        ["", "", ""],
        ["x", "2", ""],
        ["y", "01/01/1970 1.00.00", ""],
    ]
    assert written == ["B5", 6, 1003, 4, "a note", displayed, True, "=B5*2"]
    book = host.book()
    assert book["names"]["count"] == {"sheet": "_TVox", "row": 5, "column": 2, "rows": 1, "columns": 1}
    host.call("run", "SpreadsheetApp.getActive().removeNamedRange('count')")
