"""Spreadsheets, read and written at a stand-in of Google: what arrives, once, and what is said of each refusal."""

import json
import logging
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.google.chunks import ENVELOPE, MOST
from connectors.google.spreadsheets import Mark, Pace, ServiceAccount, Spreadsheets, Written, area, chunks
from connectors.google.transport import Transport
from tabular import errors
from tabular.errors import GoogleFailed, OutcomeUnknown
from tests.google.standin import EMAIL, StandIn

ADD = {
    "addSheet": {"properties": {"sheetId": 7, "title": "Calls", "gridProperties": {"rowCount": 9, "columnCount": 3}}}
}
MARK = {"metadataKey": "tvox.push", "metadataValue": "run 1", "visibility": "DOCUMENT"}


@pytest.fixture(scope="module")
def process() -> Iterator[StandIn]:
    """The stand-in of this module."""
    with StandIn() as made:
        yield made


@dataclass
class Asking:
    """Spreadsheets at the stand-in, one of its own, and the seconds that were waited between attempts."""

    google: StandIn
    sheets: Spreadsheets
    book: str
    waits: list[float]


@pytest.fixture
def asking(process: StandIn, tmp_path: Path) -> Iterator[Asking]:
    """A client without limits of its own, for which waiting takes no time."""
    process.reset()
    waits: list[float] = []
    pace = Pace(tmp_path / "tvox.duckdb", 0, 0)
    account = ServiceAccount.read(process.account(tmp_path))
    sheets = Spreadsheets(account, pace, address=process.address, seconds=30, draw=lambda _, most: 0, wait=waits.append)
    yield Asking(process, sheets, process.spreadsheet(), waits)
    process.release()
    sheets.close()
    pace.close()


# ---- what there is -------------------------------------------------------------------------------------------


def test_the_facts_of_a_spreadsheet(asking: Asking) -> None:
    here = {"location": {"spreadsheet": True}}
    there = {"location": {"sheetId": 7}, "metadataValue": "run 2"}
    asking.sheets.batch(
        asking.book,
        [
            ADD,
            {"createDeveloperMetadata": {"developerMetadata": MARK | here}},
            {"createDeveloperMetadata": {"developerMetadata": MARK | there}},
            {"updateSheetProperties": {"properties": {"sheetId": 7, "hidden": True}, "fields": "hidden"}},
        ],
    )
    facts = asking.sheets.facts(asking.book)
    assert (facts.id, facts.title, facts.zone, facts.locale) == (asking.book, "Reports", "Europe/Rome", "it_IT")
    assert facts.mark("tvox.push") == Mark(1001, "tvox.push", "run 1")
    first, calls = facts.sheets
    assert (first.id, first.title, first.hidden, first.rows, first.columns) == (0, "Sheet1", False, 1000, 26)
    assert (calls.id, calls.index, calls.hidden, calls.rows, calls.columns) == (7, 1, True, 9, 3)
    assert facts.sheet("CALLS") == calls
    assert calls.mark("tvox.push") == Mark(1002, "tvox.push", "run 2")
    assert (facts.sheet("Other"), first.mark("tvox.push"), facts.mark("other")) == (None, None, None)
    assert facts.cells == 26_000 + 27


def test_few_bytes_tell_the_facts_of_a_full_spreadsheet(asking: Asking) -> None:
    asking.google.put(asking.book, "Sheet1", [["x" * 1000] * 20] * 100)
    asking.sheets.facts(asking.book)
    target = asking.google.log()[-1].target
    assert "fields=" in target
    assert "includeGridData" not in target


# ---- values --------------------------------------------------------------------------------------------------


def test_values_are_stored_as_they_are(asking: Asking) -> None:
    row = ["+390432", "0432", "=1+1", "'x", "2020-05-01", "1,5", 43952.5, -3, True, 'a "b"\n', "é😀", 2**53]
    body = json.dumps([row], ensure_ascii=False).encode()
    cells = area("Sheet1", 4, 2, 1, len(row))
    assert asking.sheets.put_values(asking.book, cells, body) == Written(1, len(row))
    assert asking.google.rows(asking.book, "Sheet1") == [[], [], [], [], [None, None, *row]]
    assert asking.sheets.values(asking.book, cells) == [row]
    (write,) = asking.google.writes()
    assert "valueInputOption=RAW" in write.target


def test_null_leaves_a_cell_and_nothing_empties_it(asking: Asking) -> None:
    asking.google.put(asking.book, "Sheet1", [["a", "b", "c"]])
    assert asking.sheets.put_values(asking.book, "Sheet1!A1:C1", b'[[null,"","z"]]') == Written(1, 2)
    assert asking.google.rows(asking.book, "Sheet1") == [["a", None, "z"]]
    assert asking.sheets.values(asking.book, "Sheet1") == [["a", "", "z"]]
    assert asking.sheets.values(asking.book, "Sheet1!A9:C10") == []


def test_several_areas_are_written_by_one_request_or_none_is(asking: Asking) -> None:
    done = asking.sheets.put_areas(asking.book, [("Sheet1!A1:B1", b'[["a",1]]'), ("Sheet1!A9", b"[[true]]")])
    assert done == Written(2, 3)
    with pytest.raises(errors.NoSuchSheet):
        asking.sheets.put_areas(asking.book, [("Sheet1!A1", b'[["other"]]'), ("Nowhere!A1", b"[[1]]")])
    assert asking.google.rows(asking.book, "Sheet1") == [["a", 1], *[[]] * 7, [True]]
    assert len(asking.google.writes()) == 2


def test_titles_of_every_kind_are_addressed(asking: Asking) -> None:
    for number, title in enumerate(["Anna's", "A1", "a!b:c/d", "Perché?&#%20", "'", " x "], 1):
        asking.sheets.batch(asking.book, [{"addSheet": {"properties": {"sheetId": number, "title": title}}}])
        asking.sheets.put_values(asking.book, area(title, 0, 0, 1, 1), b"[[5]]")
        assert asking.google.rows(asking.book, title) == [[5]]
        assert asking.sheets.values(asking.book, area(title, 0, 0, 1, 1)) == [[5]]


def test_many_rows_in_bodies_that_google_recommends(asking: Asking) -> None:
    rows = [[f"1588581589.{number}", number, number % 2 == 0, "é" * 90] for number in range(20_000)]
    text = "[" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "]\n"
    size = {"sheetId": 0, "gridProperties": {"rowCount": len(rows)}}
    change = {"updateSheetProperties": {"properties": size, "fields": "gridProperties.rowCount"}}
    asking.sheets.batch(asking.book, [change])
    top = 0
    for chunk in chunks([text.encode()]):
        asking.sheets.put_values(asking.book, area("Sheet1", top, 0, chunk.rows, 4), chunk.body)
        top += chunk.rows
    assert asking.google.rows(asking.book, "Sheet1") == rows
    sizes = [write.bytes for write in asking.google.writes()[1:]]
    assert len(sizes) == 3
    assert MOST - ENVELOPE - 1000 < sizes[0] <= MOST


# ---- troubles ------------------------------------------------------------------------------------------------

LOST: list[dict[str, Any]] = [
    {"kind": kind, "after": after} for kind in ("500", "503", "cut", "html", "garbage") for after in (False, True)
]


@pytest.mark.parametrize("fault", [*LOST, {"kind": "half"}, {"kind": "429"}, {"kind": "429", "retry_after": "7"}])
def test_values_are_written_once_whatever_goes_wrong(asking: Asking, fault: dict[str, Any]) -> None:
    asking.google.fault(**fault, times=3)
    assert asking.sheets.put_values(asking.book, "Sheet1!A1:B1", b'[["a",1]]') == Written(1, 2)
    assert asking.google.rows(asking.book, "Sheet1") == [["a", 1]]
    assert len(asking.google.writes()) == 4
    assert asking.waits == ([7, 7, 7] if "retry_after" in fault else [1, 2, 4])


@pytest.mark.parametrize("fault", [*LOST, {"kind": "half", "after": True}])
def test_a_batch_that_may_have_been_done_is_not_sent_again(asking: Asking, fault: dict[str, Any]) -> None:
    asking.google.fault(**fault)
    with pytest.raises(OutcomeUnknown, match="addSheet"):
        asking.sheets.batch(asking.book, [ADD])
    assert len(asking.google.writes()) == 1
    assert asking.google.titles(asking.book) == ["Sheet1", *["Calls"] * fault["after"]]
    assert asking.waits == []
    assert (asking.sheets.facts(asking.book).sheet("Calls") is not None) == fault["after"]


def test_a_batch_that_google_did_not_take_is_sent_again(asking: Asking) -> None:
    asking.google.fault("429", times=2)
    asking.google.fault("401")
    assert asking.sheets.batch(asking.book, [ADD])[0]["addSheet"]["properties"]["sheetId"] == 7
    assert [write.status for write in asking.google.writes()] == [429, 429, 401, 200]


def test_a_token_that_has_ended_is_replaced(asking: Asking) -> None:
    asking.sheets.facts(asking.book)
    asking.google.expire()
    asking.sheets.batch(asking.book, [ADD])
    assert [arrival.kind for arrival in asking.google.log()] == ["token", "read", "write", "token", "write"]


def test_silence_ends(process: StandIn, tmp_path: Path) -> None:
    process.reset()
    pace = Pace(tmp_path / "tvox.duckdb", 0, 0)
    account = ServiceAccount.read(process.account(tmp_path))
    book = process.spreadsheet()
    sheets = Spreadsheets(account, pace, address=process.address, seconds=0.3, wait=lambda _: None)
    process.fault("stall")
    assert sheets.facts(book).title == "Reports"
    process.fault("stall")
    with pytest.raises(OutcomeUnknown, match="silent"):
        sheets.batch(book, [ADD])
    process.release()
    sheets.close()


def test_closing_ends_what_is_on_its_way(asking: Asking) -> None:
    asking.google.fault("stall", asked=":batchUpdate")
    with ThreadPoolExecutor(1) as another:
        waiting = another.submit(asking.sheets.batch, asking.book, [ADD])
        asking.google.arrived(2)
        asking.sheets.close()
        assert isinstance(waiting.exception(10), OutcomeUnknown)
    with pytest.raises(errors.GoogleUnreachable, match="ending"):
        asking.sheets.facts(asking.book)


def test_nobody_is_there(tmp_path: Path, process: StandIn) -> None:
    account = ServiceAccount.read(process.account(tmp_path))
    pace = Pace(tmp_path / "tvox.duckdb", 0, 0)
    waits: list[float] = []
    with httpx.Client(trust_env=False) as client:
        account.token(Transport(client))
    sheets = Spreadsheets(account, pace, address="http://127.0.0.1:1", wait=waits.append)
    with pytest.raises(errors.GoogleUnreachable, match="refuses the connection"):
        sheets.batch("a" * 20, [ADD])
    assert len(waits) == 7
    sheets.close()
    through = Spreadsheets(account, pace, address=process.address, proxy="127.0.0.1:1", wait=waits.append)
    with pytest.raises(errors.GoogleUnreachable, match="the proxy refuses the connection"):
        through.batch("a" * 20, [ADD])
    through.close()


def test_what_cannot_be_used_is_said_at_once(tmp_path: Path, process: StandIn) -> None:
    account = ServiceAccount.read(process.account(tmp_path))
    pace = Pace(tmp_path / "tvox.duckdb", 0)
    given: list[dict[str, Any]] = [
        {"address": "sheets.example"},
        {"proxy": "socks5://user:secret@proxy.example"},
        {"proxy": "http://user:secret@proxy.example:port"},
        {"ca": tmp_path / "none.pem"},
    ]
    for options in given:
        with pytest.raises(ValueError) as refused:  # noqa: PT011  # each has a sentence of its own
            Spreadsheets(account, pace, **options)
        assert "secret" not in str(refused.value)


# ---- refusals ------------------------------------------------------------------------------------------------


def refused(asking: Asking, *, batch: bool = False) -> GoogleFailed:
    """What is raised when something is to be written, or done."""
    with pytest.raises(GoogleFailed) as found:
        asking.sheets.batch(asking.book, [{"deleteSheet": {"sheetId": 0}}]) if batch else asking.sheets.put_values(
            asking.book, "Sheet1!A1", b"[[1]]"
        )
    assert asking.waits == []
    return found.value


def test_each_refusal_has_a_sentence_that_says_what_to_do(asking: Asking) -> None:
    google, book = asking.google, asking.book
    google.share(book, EMAIL, None)
    assert isinstance(failure := refused(asking), errors.NotShared)
    assert failure.hint == f"In Google Sheets: Share, and add {EMAIL} as an editor."
    google.share(book, EMAIL, "reader")
    assert asking.sheets.facts(book).title == "Reports"
    assert isinstance(refused(asking), errors.NotShared)
    google.share(book, EMAIL, "writer")
    google.protect(book, "Sheet1", None)
    for batch in (False, True):
        assert isinstance(failure := refused(asking, batch=batch), errors.RangeProtected)
        assert EMAIL in str(failure)
    google.settings(enabled=False)
    assert isinstance(failure := refused(asking), errors.SheetsApiOff)
    assert "project 471100471100" in failure.message
    google.settings(enabled=True)
    asking.book = google.spreadsheet(office=True)
    assert isinstance(refused(asking), errors.NoSpreadsheet)
    asking.book = "nowhere"
    assert isinstance(failure := refused(asking), errors.NoSuchSpreadsheet)
    assert failure.status == 404


def test_limits_of_google_are_named(asking: Asking) -> None:
    grow = {"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 400_000}}
    with pytest.raises(errors.SpreadsheetFull, match="10,000,000 cells"):
        asking.sheets.batch(asking.book, [ADD, grow])
    assert asking.google.titles(asking.book) == ["Sheet1"]
    with pytest.raises(errors.CellTooLong, match="50,000 characters"):
        asking.sheets.put_values(asking.book, "Sheet1!A1", json.dumps([["x" * 50_001]]).encode())
    with pytest.raises(errors.NoSuchSheet, match="Gone"):
        asking.sheets.values(asking.book, "Gone!A1")
    with pytest.raises(errors.NoSuchSheet, match="id 77"):
        asking.sheets.batch(asking.book, [{"deleteSheet": {"sheetId": 77}}])
    with pytest.raises(errors.GoogleWrong, match="exceeds grid limits"):
        asking.sheets.put_values(asking.book, "Sheet1!A1001", b"[[1]]")
    with pytest.raises(errors.GoogleWrong, match="list_value"):
        asking.sheets.put_values(asking.book, "Sheet1!A1", b"[[[1]]]")


def test_a_refused_account_is_named(asking: Asking) -> None:
    asking.google.settings(disabled={EMAIL: True})
    with pytest.raises(errors.AccountRefused, match="account is disabled"):
        asking.sheets.facts(asking.book)
    asking.google.settings(disabled={EMAIL: False})
    asking.google.fault("token")
    with pytest.raises(errors.AccountRefused, match=EMAIL):
        asking.sheets.facts(asking.book)
    asking.google.fault("503", times=2, asked="POST /token", retry_after="5")
    asking.google.fault("cut", asked="POST /token")
    assert asking.sheets.facts(asking.book).title == "Reports"
    assert asking.waits == [5, 5, 4]


def test_no_secret_is_told(asking: Asking, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    asking.sheets.facts(asking.book)
    token = asking.sheets._calls._account._credentials.token
    asking.google.fault("html", times=None)
    told = [repr(asking.sheets), repr(asking.sheets._calls._account)]
    for work in (lambda: asking.sheets.batch(asking.book, [ADD]), lambda: asking.sheets.facts(asking.book)):
        with pytest.raises(GoogleFailed) as found:
            work()
        told += [repr(found.value), "".join(traceback.format_exception(found.value))]
    assert token
    assert all(token not in text and "PRIVATE KEY" not in text for text in [*told, caplog.text])
    assert all(token not in arrival.target for arrival in asking.google.log())
