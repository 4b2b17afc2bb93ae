"""The stand-in of Google keeps, changes and shows spreadsheets as documented."""

from typing import Any

from tests.google.asking import Client, message
from tests.google.book import Rect
from tests.google.standin import EMAIL

# ---- reading -------------------------------------------------------------------------------------------------


def test_a_mask_leaves_what_it_names(client: Client) -> None:
    assert client.get(fields="properties.title,sheets(properties(sheetId,gridProperties/rowCount))").json() == {
        "properties": {"title": "Reports"},
        "sheets": [{"properties": {"sheetId": 0, "gridProperties": {"rowCount": 1000}}}],
    }
    assert set(client.get().json()) == {"spreadsheetId", "properties", "sheets", "spreadsheetUrl"}
    assert "mask" in message(client.get(fields="a,,b"))


def test_values_come_without_empty_ends(client: Client) -> None:
    client.google.put(client.book, "Sheet1", [["a", None, 1.5, None], [], [None, True], [None]])
    assert client.get("/values/Sheet1", valueRenderOption="UNFORMATTED_VALUE").json() == {
        "range": "Sheet1!A1:Z1000",
        "majorDimension": "ROWS",
        "values": [["a", "", 1.5], [], ["", True]],
    }
    assert client.get("/values/Sheet1!C1:D2").json()["values"] == [["1.5"]]
    assert client.get("/values/B3:B").json()["values"] == [["TRUE"]]
    assert "values" not in client.get("/values/Sheet1!F1:G9").json()
    assert message(client.get("/values/Nope!A1")) == "Unable to parse range: Nope!A1"
    assert "exceeds grid limits. Max rows: 1000, max columns: 26" in message(client.get("/values/A1001"))


# ---- writing -------------------------------------------------------------------------------------------------


def test_raw_stores_and_user_entered_parses(client: Client) -> None:
    row = ["0432", "+390432", "=1+1", "1,5", "2020-05-01", "true", 7, False, "plain"]
    assert client.put("A1:I1", [row]).json()["updatedCells"] == 9
    client.put("A2:I2", [row], "USER_ENTERED")
    formula = {"formula": "=1+1"}
    assert client.rows() == [row, [432, 390432, formula, 1.5, 43952, True, 7, False, "plain"]]
    assert "valueInputOption" in message(client.put("A1", [["x"]], ""))


def test_null_is_skipped_and_an_empty_text_empties(client: Client) -> None:
    client.put("B2:D2", [["a", "b", "c"]])
    assert client.put("B2:D2", [[None, "", 3]]).json()["updatedCells"] == 2
    assert client.rows() == [[], [None, "a", None, 3]]
    client.put("F2:G3", [[1, 2], [3]], majorDimension="COLUMNS")
    assert client.rows()[1:] == [[None, "a", None, 3, None, 1, 3], [None] * 5 + [2]]


def test_what_does_not_fit_is_refused_and_nothing_is_written(client: Client) -> None:
    assert "tried writing to row [2]" in message(client.put("A1:B1", [[1], [2]]))
    assert "tried writing to column [C]" in message(client.put("A1:B1", [[1, 2, 3]]))
    assert "(Sheet1!A1000:A1001) exceeds grid limits" in message(client.put("A1000", [[1], [2]]))
    assert "list_value" in message(client.put("A1", [[["x"]]]))
    assert "50000 characters" in message(client.put("A1", [["x" * 50_001]]))
    assert "does not match" in message(client.put("A1", [[1]], range="A2"))
    wrong: dict[str, Any] = {
        "valueInputOption": "RAW",
        "data": [{"range": "A1", "values": [[1]]}, {"range": "ZZ1", "values": [[1]]}],
    }
    assert "exceeds grid limits" in message(client.post("/values:batchUpdate", wrong))
    assert client.rows() == []
    assert client.put("A1", [[1, 2], [3, 4]]).status_code == 200, "one cell is the corner"
    assert client.rows() == [[1, 2], [3, 4]]


def test_append_goes_below_the_table_and_adds_rows(client: Client) -> None:
    client.batch({"updateSheetProperties": {"properties": _grid(2, 2), "fields": "gridProperties"}})
    client.put("A1:B1", [["id", "n"]])
    added = client.post("/values/A1:append", {"values": [["a", 1], ["b", 2]]}, valueInputOption="RAW").json()
    assert added["updates"]["updatedRange"] == "Sheet1!A2:B3"
    assert client.rows() == [["id", "n"], ["a", 1], ["b", 2]]
    assert client.google.sheet(client.book, "Sheet1")["size"] == [3, 2]
    wide = client.post("/values/A1:append", {"values": [[1, 2, 3]]}, valueInputOption="RAW")
    assert "exceeds grid limits" in message(wide)


def _grid(rows: int, columns: int, sheet: int = 0) -> dict[str, Any]:
    return {"sheetId": sheet, "gridProperties": {"rowCount": rows, "columnCount": columns}}


def test_clear_takes_values_and_leaves_formats(client: Client) -> None:
    client.put("A1:B2", [[1, 2], [3, 4]])
    client.done({"repeatCell": {"range": {"sheetId": 0}, "cell": _format("@"), "fields": "userEnteredFormat"}})
    assert client.post("/values/A1%3AA2:clear", {}).json()["clearedRange"] == "Sheet1!A1:A2"
    assert client.rows() == [[None, 2], [None, 4]]
    assert client.google.pattern(client.book, "Sheet1", 0, 0) == "@"
    client.post("/values:batchClear", {"ranges": ["A1:B1", "B2"]})
    assert client.rows() == []


def _format(pattern: str) -> dict[str, Any]:
    return {"userEnteredFormat": {"numberFormat": {"type": "TEXT", "pattern": pattern}}}


# ---- batches -------------------------------------------------------------------------------------------------


def test_one_wrong_request_undoes_the_others(client: Client) -> None:
    before = client.google.show(client.book)
    good = {"addSheet": {"properties": {"title": "Calls"}}}
    wrong_ones: list[Any] = [{"deleteSheet": {"sheetId": 5}}, good, {"unheardOf": {}}, {"copyPaste": {}}, {}]
    for wrong in wrong_ones:
        said = message(client.batch(good, wrong))
        assert "requests[1]" in said
        assert client.google.show(client.book) == before
    assert message(client.batch()) == "Must specify at least one request."


def test_sheets_are_added_moved_renamed_hidden_and_deleted(client: Client) -> None:
    made = client.done({"addSheet": {"properties": {"title": "Calls", "hidden": True} | _grid(5, 3, 9)}})
    assert made[0]["addSheet"]["properties"]["gridProperties"] == {"rowCount": 5, "columnCount": 3}
    client.done(
        {"updateSheetProperties": {"properties": {"sheetId": 9, "title": "Done", "index": 0}, "fields": "title,index"}},
        {"updateSheetProperties": {"properties": {"sheetId": 9, "hidden": False}, "fields": "hidden"}},
        {"duplicateSheet": {"sourceSheetId": 9, "newSheetName": "Copy", "insertSheetIndex": 2}},
    )
    assert client.google.titles(client.book) == ["Done", "Sheet1", "Copy"]
    client.done({"deleteSheet": {"sheetId": 0}}, {"deleteSheet": {"sheetId": 9}})
    hide = {"updateSheetProperties": {"properties": {"sheetId": 1_000_012, "hidden": True}, "fields": "hidden"}}
    last = {"deleteSheet": {"sheetId": 1_000_012}}
    for request in (hide, last):
        assert "visible sheets" in message(client.batch(request))
    assert "already exists" in message(client.batch({"addSheet": {"properties": {"title": "copy"}}}))


def test_grids_grow_and_shrink_within_ten_million_cells(client: Client) -> None:
    client.put("A1:C3", [[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    span = {"sheetId": 0, "startIndex": 1, "endIndex": 2}
    client.done(
        {"insertDimension": {"range": span | {"dimension": "ROWS"}}},
        {"deleteDimension": {"range": span | {"dimension": "COLUMNS"}}},
        {"appendDimension": {"sheetId": 0, "dimension": "COLUMNS", "length": 2}},
    )
    assert client.rows() == [[1, 3], [], [4, 6], [7, 9]]
    assert client.google.sheet(client.book, "Sheet1")["size"] == [1001, 27]
    shrink = {"updateSheetProperties": {"properties": _grid(3, 1), "fields": "gridProperties"}}
    client.done(shrink)
    assert client.rows() == [[1], [], [4]]
    whole = {"updateSheetProperties": {"properties": _grid(10_000_000, 1), "fields": "gridProperties"}}
    client.done(whole)
    assert "above the limit of 10000000 cells" in message(client.batch({"addSheet": {"properties": {"title": "x"}}}))
    assert "can't delete all" in message(
        client.batch({"deleteDimension": {"range": {"sheetId": 0, "dimension": "ROWS"}}})
    )


def test_cells_are_copied_repeated_and_cleared(client: Client) -> None:
    client.put("A1:B2", [["a", 1], [None, 2]])
    source = {"sheetId": 0, "endRowIndex": 2, "endColumnIndex": 2}
    column = {"sheetId": 0, "startColumnIndex": 0, "endColumnIndex": 1}
    client.done(
        {"addSheet": {"properties": {"title": "Calls"} | _grid(6, 4, 7)}},
        {"repeatCell": {"range": column, "cell": _format("@"), "fields": "userEnteredFormat.numberFormat"}},
        {
            "copyPaste": {
                "source": source,
                "destination": {
                    "sheetId": 7,
                    "startRowIndex": 1,
                    "startColumnIndex": 1,
                    "endRowIndex": 5,
                    "endColumnIndex": 3,
                },
            }
        },
    )
    assert client.rows("Calls") == [[], [None, "a", 1], [None, None, 2], [None, "a", 1], [None, None, 2]]
    patterns = [client.google.pattern(client.book, "Calls", 4, place) for place in range(4)]
    assert patterns == ["", "@", "", ""]
    corner = {"sheetId": 7, "startRowIndex": 5, "startColumnIndex": 3, "endRowIndex": 6, "endColumnIndex": 4}
    beyond = {"copyPaste": {"source": source, "destination": corner}}
    assert "exceeds grid limits" in message(client.batch(beyond))
    clear = {"range": {"sheetId": 7, "startRowIndex": 2}, "fields": "userEnteredValue"}
    start = {"sheetId": 7, "rowIndex": 0, "columnIndex": 0}
    cells = [{"userEnteredValue": {"stringValue": "=x"}}, {"userEnteredValue": {"numberValue": 5}}, {}]
    client.done(
        {"updateCells": clear},
        {"updateCells": {"start": start, "rows": [{"values": cells}], "fields": "userEnteredValue"}},
        {"appendCells": {"sheetId": 7, "rows": [{"values": cells[:1]}], "fields": "*"}},
    )
    assert client.rows("Calls") == [["=x", 5], [None, "a", 1], ["=x"]]
    assert client.google.pattern(client.book, "Calls", 4, 1) == "@"


def test_marks_are_made_found_changed_and_deleted_with_their_sheet(client: Client) -> None:
    mark = {"metadataKey": "run", "metadataValue": "1", "visibility": "DOCUMENT"}
    client.done(
        {"addSheet": {"properties": {"title": "Calls", "sheetId": 7}}},
        {"createDeveloperMetadata": {"developerMetadata": mark | {"location": {"spreadsheet": True}}}},
        {"createDeveloperMetadata": {"developerMetadata": mark | {"location": {"sheetId": 7}}}},
    )
    shown = client.get().json()
    assert shown["developerMetadata"][0]["metadataValue"] == "1"
    there = shown["sheets"][1]["developerMetadata"][0]
    assert there["location"] == {"locationType": "SHEET", "sheetId": 7}
    lookup = {"developerMetadataLookup": {"metadataId": there["metadataId"]}}
    client.done({"updateDeveloperMetadata": {"dataFilters": [lookup], "fields": "metadataValue",
                                             "developerMetadata": {"metadataValue": "2"}}})  # fmt: skip
    assert client.google.show(client.book)["marks"] == {"run": "1"}
    assert client.google.sheet(client.book, "Calls")["marks"] == {"run": "2"}
    gone = client.done({"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": {"metadataValue": "1"}}}})
    assert len(gone[0]["deleteDeveloperMetadata"]["deletedDeveloperMetadata"]) == 1
    client.done({"deleteSheet": {"sheetId": 7}})
    assert "developerMetadata" not in client.get().text
    assert "visibility" in message(client.batch({"createDeveloperMetadata": {"developerMetadata": {
        "metadataKey": "run", "location": {"spreadsheet": True}}}}))  # fmt: skip


def test_protected_cells_are_changed_by_their_editors_only(client: Client) -> None:
    client.google.protect(client.book, "Sheet1", Rect(0, 0, 1, 2))
    client.google.protect(client.book, "Sheet1", Rect(5, 0, 6, 2), warning=True)
    client.google.protect(client.book, "Sheet1", Rect(7, 0, 8, 2), [EMAIL])
    first_row = {"sheetId": 0, "dimension": "ROWS", "startIndex": 0, "endIndex": 1}
    for refused in (
        client.put("B1", [[1]]),
        client.post("/values/A1:clear", {}),
        client.batch({"deleteSheet": {"sheetId": 0}}),
        client.batch({"deleteDimension": {"range": first_row}}),
        client.batch({"updateCells": {"range": {"sheetId": 0}, "fields": "userEnteredValue"}}),
    ):
        assert "protected cell or object" in message(refused)
    for cells in ("C1", "A2", "A6", "A8"):
        assert client.put(cells, [[1]]).status_code == 200
    mine = client.done({"addProtectedRange": {"protectedRange": {"range": {"sheetId": 0, "startRowIndex": 20}}}})
    assert client.put("A21", [[1]]).status_code == 200
    number = mine[0]["addProtectedRange"]["protectedRange"]["protectedRangeId"]
    client.done({"deleteProtectedRange": {"protectedRangeId": number}})
