"""Rows in a spreadsheet: replaced, appended, merged; each value as what it is; nothing else touched."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from api.push.asking import Asking
from tabular.errors import BadValue, KeysUnclear, PushKeyOver, RowsTooMany, TableDiffers, TextTooLongForSheets
from tests.api.push.pushing import ASKED, BEGAN, HEADER, ROWS, TABLE, Pushing, cells
from tests.google.standin import EMAIL
from tests.steps import step


def test_a_table_is_written_with_typed_values(pushing: Pushing) -> None:
    run = pushing.ran(pushing.wanted())
    assert pushing.rows() == TABLE
    assert (run.rows, run.state, run.phase) == (6, "done", "settled")
    assert pushing.google.titles(pushing.book) == ["Other", "Calls"]
    assert pushing.google.pattern(pushing.book, "Calls", 1, 2) == "yyyy-mm-dd hh:mm:ss"
    assert pushing.google.pattern(pushing.book, "Calls", 1, 3) == "@"
    assert run.requests <= 8


def test_replacing_leaves_no_row_of_before_and_nothing_beside_changes(pushing: Pushing) -> None:
    pushing.ran(pushing.wanted(anchor="B3"))
    pushing.google.put(pushing.book, "Calls", [["mine"]], top=12, left=1)
    pushing.google.put(pushing.book, "Calls", [["notes"], ["of"], ["mine"]], top=3, left=8)
    pushing.ran(pushing.wanted(anchor="B3", asked=ASKED | {"limit": "2", "columns": "id,user"}))
    found = pushing.rows()
    assert found[2] == [None, "id", "user"]
    assert [row[1:3] for row in found[3:5]] == [[row[0], row[4]] for row in TABLE[1:3]]
    assert [row[1:7] for row in found[5:12]] == [[None] * 6 if row else [] for row in found[5:12]]
    assert found[12][1] == "mine"
    assert [row[8] for row in found[3:6]] == ["notes", "of", "mine"]
    pushing.ran(pushing.wanted(anchor="B3"))
    assert [row[1:7] for row in pushing.rows()[2:9]] == TABLE


def test_an_older_table_without_a_mark_is_replaced_to_its_end_and_notes_below_stay(pushing: Pushing) -> None:
    old = [[f"old {row}", row] for row in range(20)]
    pushing.google.put(pushing.book, "Other", [*old, [None], ["a note"]])
    pushing.ran(pushing.wanted(sheet="Other"))
    found = pushing.rows("Other")
    assert found[:7] == TABLE
    assert not any(value is not None for row in found[7:21] for value in row)
    assert found[21] == ["a note"]


def test_appending_adds_below_whatever_stands_there(pushing: Pushing) -> None:
    first = pushing.wanted("append", asked=ASKED | {"limit": "2"})
    pushing.ran(first)
    pushing.google.put(pushing.book, "Calls", [["by hand"]], top=4)
    pushing.ran(first)
    assert pushing.rows() == [*TABLE[:3], [], ["by hand"], *TABLE[1:3]]
    pushing.google.put(pushing.book, "Calls", [[None] * 6] * 3, top=4)
    pushing.ran(first)
    assert _blank(pushing.rows())[:6] == [*TABLE[:3], *TABLE[1:3]]


def test_merging_replaces_rows_in_their_place_and_adds_new_ones(pushing: Pushing) -> None:
    wanted = pushing.wanted("merge")
    pushing.ran(wanted)
    pushing.google.put(pushing.book, "Calls", [["kept", 7, 1.5, "x", True, 2]], top=7)
    shuffled = [TABLE[0], TABLE[4], TABLE[1], TABLE[6], TABLE[2], TABLE[5], TABLE[3]]
    pushing.google.put(pushing.book, "Calls", shuffled)
    changed = ROWS[2] | {"user": "changed", "cli": None}
    new = step(BEGAN - timedelta(hours=1), 0, 99, user="new", cli="0432", waitDuration=None)
    pushing.fill([changed, new])
    pushing.ran(wanted)
    expected = [cells(changed) if row[0] == changed["id"] else row for row in shuffled]
    assert _blank(pushing.rows()) == _blank([*expected, ["kept", 7, 1.5, "x", True, 2], cells(new)])


def _blank(rows: list[list[Any]]) -> list[list[Any]]:
    """Rows without the empty cells at their ends."""
    found = []
    for row in rows:
        while row and row[-1] is None:
            row = row[:-1]
        found.append(row)
    return found


def test_a_text_is_never_the_number_that_it_looks_like(pushing: Pushing) -> None:
    asked = ASKED | {"columns": "user,waitDuration", "filter": "endswith(user,'432')"}
    pushing.google.put(pushing.book, "Other", [["user", "waitDuration"], [432, 1], ["0432", 2]])
    pushing.fill([step(BEGAN, 0, 0, user="432", waitDuration=5), step(BEGAN, 0, 9, user="0432", waitDuration=6)])
    pushing.ran(pushing.wanted("merge", "Other", keys=("user",), asked=asked))
    assert pushing.rows("Other") == [["user", "waitDuration"], [432, 1], ["0432", 6], ["432", 5]]


def test_keys_that_are_there_twice_are_refused_and_nothing_changes(pushing: Pushing) -> None:
    old: list[list[Any]] = [["id", "user"], ["a", 1], ["b", 2], ["a", 3]]
    pushing.google.put(pushing.book, "Other", old)
    asked = ASKED | {"columns": "id,user"}
    with pytest.raises(KeysUnclear, match="rows 1 and 3 of the table in the sheet have the same id"):
        pushing.ran(pushing.wanted("merge", "Other", keys=("id",), asked=asked))
    pushing.fill([ROWS[1] | {"waitDuration": 0}])
    other = asked | {"columns": "waitDuration as id,id as user"}
    pushing.google.put(pushing.book, "Other", [["id", "user"], ["a", 1], ["b", 2], ["c", 3]])
    with pytest.raises(KeysUnclear, match="of the answer have the same id"):
        pushing.ran(pushing.wanted("merge", "Other", keys=("id",), asked=other))
    assert pushing.rows("Other") == [["id", "user"], ["a", 1], ["b", 2], ["c", 3]]
    assert pushing.google.titles(pushing.book) == ["Other"]


def test_other_columns_than_those_that_stand_there_are_refused(pushing: Pushing) -> None:
    pushing.google.put(pushing.book, "Other", [["id", "Bezeichnung"], ["a", 1]])
    with pytest.raises(TableDiffers, match='"Bezeichnung" stands where "user" would have to'):
        pushing.ran(pushing.wanted("append", "Other", asked=ASKED | {"columns": "id,user"}))
    pushing.ran(pushing.wanted("append"))
    with pytest.raises(TableDiffers, match="changed since they were written"):
        pushing.ran(pushing.wanted("append", asked=ASKED | {"columns": "id,user"}))
    assert pushing.rows() == TABLE


def test_no_rows(pushing: Pushing) -> None:
    nothing = ASKED | {"filter": "user eq 'nobody'"}
    for mode in ("append", "merge", "replace"):
        pushing.ran(pushing.wanted(mode, asked=nothing))
        assert pushing.rows() == [HEADER]
    pushing.ran(pushing.wanted("replace", asked=nothing | {"header": "none"}))
    assert pushing.rows() == [[None] * 6] or not any(any(row) for row in pushing.rows())


def test_what_a_key_may_not_see_is_not_in_the_sheet(pushing: Pushing) -> None:
    from api.grants import restriction_from

    restriction = restriction_from("", ["user"], ["cli=last3"], pushing.services.catalogue)
    pushing.services.keys.create("masked", restriction=restriction)
    wanted = pushing.wanted(asked=ASKED | {"columns": "id,cli"})
    pushing.services.pusher.begin(Asking(pushing.services), wanted, "masked", "test").future.result(60)
    shown = [row[1] for row in pushing.rows()[1:]]
    assert all(value.endswith(row[3][-3:]) and "+39" not in value for value, row in zip(shown, TABLE[1:], strict=True))
    with pytest.raises(Exception, match="user"):
        pushing.services.pusher.begin(Asking(pushing.services), pushing.wanted(), "masked", "test").future.result(60)
    pushing.services.keys.revoke("masked")
    with pytest.raises(PushKeyOver, match="has been revoked"):
        pushing.services.pusher.begin(Asking(pushing.services), wanted, "masked", "test").future.result(60)


def test_groups_and_days_and_views(pushing: Pushing) -> None:
    asked = {"last": "30d", "group": "day(startTime) as Day", "measures": "count", "header": "labels"}
    pushing.ran(pushing.wanted("merge", asked=asked))
    days = [(datetime(2026, 11, 22) - datetime(1899, 12, 30)).days - i for i in reversed(range(6))]
    assert pushing.rows()[1:] == [[day, 1] for day in days]
    assert pushing.google.pattern(pushing.book, "Calls", 1, 0) == "yyyy-mm-dd"
    pushing.ran(pushing.wanted("merge", asked=asked))
    assert len(pushing.rows()) == 7


def test_what_a_spreadsheet_cannot_hold_is_refused_before_anything_is_written(pushing: Pushing) -> None:
    pushing.fill([ROWS[0] | {"user": "x" * 50_001}])
    before = len(pushing.google.writes())
    with pytest.raises(TextTooLongForSheets) as refused:
        pushing.ran(pushing.wanted())
    assert (refused.value.row, refused.value.column) == (6, "user")
    book = pushing.google.spreadsheet(
        "Full", sheets=[{"id": 5, "title": "S", "row_count": 100_000, "column_count": 99}]
    )
    with pytest.raises(RowsTooMany):
        pushing.ran(pushing.wanted(book=book, asked=ASKED | {"columns": "id"}, anchor="A90000"))
    assert len(pushing.google.writes()) == before


def test_a_spreadsheet_that_is_not_shared_is_one_sentence(pushing: Pushing) -> None:
    book = pushing.google.spreadsheet("Private", email=None)
    with pytest.raises(Exception, match=f"not shared with {EMAIL}"):
        pushing.ran(pushing.wanted(book=book))
    failed = pushing.services.pusher.journal.runs("tests", most=1)[0]
    assert (failed.state, failed.phase) == ("failed", "settled")
    assert EMAIL in failed.error


def test_merge_without_its_keys_among_the_columns_is_refused(pushing: Pushing) -> None:
    with pytest.raises(BadValue, match="keys"):
        pushing.ran(pushing.wanted("merge", asked=ASKED | {"columns": "cli,user"}))
