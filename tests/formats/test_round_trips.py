"""What a text format writes, its own ecosystem's reader reads back as it was."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html  # type: ignore[import-untyped]  # lxml has no types of its own

from formats import formats
from formats.format import Header, Heading, Times
from tabular.table import Type
from tests.formats.drawn import LAST_MOMENT, ZONE, Drawn, batch_of, encoded, heading, local, tables, written

pytestmark = pytest.mark.law
csv.field_size_limit(200_000)


def as_json(value: object) -> object:
    """A value as JSON readers see it."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).astimezone(ZoneInfo(ZONE))
    return value


def from_json(value: object, kind: Type) -> object:
    return datetime.fromisoformat(value) if kind is Type.TIME and isinstance(value, str) else value


@given(tables())
def test_json_ndjson_and_grid_are_read_back_by_a_json_reader(drawn: Drawn) -> None:
    headings, rows, batches = drawn
    kinds = [heading.column.type for heading in headings]
    names = [heading.name for heading in headings]
    expected = [[as_json(value) for value in row] for row in rows]
    whole = json.loads(written("json", headings, batches))
    assert [column["name"] for column in whole["columns"]] == names
    readings = {
        "json": [[row[name] for name in names] for row in whole["rows"]],
        "ndjson": [
            list(json.loads(line).values()) for line in written("ndjson", headings, batches).split("\n") if line
        ],
        "grid": json.loads(written("grid", headings, batches))[1:],
    }
    for form, found in readings.items():
        typed = [[from_json(value, kind) for value, kind in zip(row, kinds, strict=True)] for row in found]
        assert typed == expected, form
    assert (
        json.loads(written("grid", headings, batches, header=Header.NONE))
        == json.loads(written("grid", headings, batches))[1:]
    )


@pytest.mark.parametrize(("form", "sep"), [("csv", ","), ("tsv", "\t")])
@given(drawn=tables())
def test_separated_values_are_read_back_by_a_csv_reader(form: str, sep: str, drawn: Drawn) -> None:
    headings, rows, batches = drawn
    found = list(csv.reader(io.StringIO(written(form, headings, batches), newline=""), delimiter=sep))
    assert found[0] == [heading.name for heading in headings]
    compare(headings, rows, found[1:])


@given(tables())
def test_a_page_is_read_back_by_a_reader_of_html(drawn: Drawn) -> None:
    headings, rows, batches = drawn
    page = html.fromstring(encoded("html", headings, batches), parser=html.HTMLParser(encoding="utf-8", huge_tree=True))
    (table,) = page.iter("table")
    assert [cell.text or "" for cell in table.iterfind("thead/tr/th")] == [in_html(h.name) for h in headings]
    found = [[cell.text or "" for cell in row.iterfind("td")] for row in table.iterfind("tbody/tr")]
    assert all(not list(cell) for cell in table.iter("td", "th"))
    compare(headings, [[in_html(value) for value in row] for row in rows], found)


def in_html(value: object) -> object:
    """HTML has no U+0000."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value


def compare(headings: tuple[Heading, ...], rows: list[list[object]], found: list[list[str]]) -> None:
    """Whether the cells of every row say its values."""
    assert len(found) == len(rows)
    for row, cells in zip(rows, found, strict=True):
        for value, cell, one in zip(row, cells, headings, strict=True):
            assert same(value, cell, one.column.type), (value, cell)


def same(value: object, cell: str, kind: Type) -> bool:
    """Whether a cell of text says this value."""
    if value is None or value == "":
        return cell == ""
    if kind is Type.TIME:
        return datetime.fromisoformat(cell) == local(value)
    if kind is Type.BOOLEAN:
        return cell == str(value).lower()
    if kind is Type.TEXT:
        return cell == value
    return float(cell) == value if isinstance(value, float) else int(cell) == value


@given(st.lists(st.datetimes(datetime(1902, 1, 1), LAST_MOMENT), min_size=1, max_size=20))
def test_serial_times_are_spreadsheet_days_of_the_zone(moments: list[datetime]) -> None:
    text = written(
        "grid", (heading("t", Type.TIME),), [batch_of([[m] for m in moments], [Type.TIME])], times=Times.SERIAL
    )
    for moment, (serial,) in zip(moments, json.loads(text)[1:], strict=True):
        expected = local(moment)
        assert isinstance(expected, datetime)
        assert abs(datetime(1899, 12, 30) + timedelta(days=serial) - expected) < timedelta(milliseconds=1)


def test_days_far_away_have_numbers_too() -> None:
    moments = [[datetime(1, 1, 1)], [datetime(9999, 12, 31, 23, 59, 59)]]
    batches = [batch_of(moments, [Type.TIME], "UTC")]
    found = json.loads(written("grid", (heading("t", Type.TIME),), batches, times=Times.SERIAL))[1:]
    assert found == [[-693593], [2958465.9999884255]] or abs(found[1][0] - 2958465.9999884) < 1e-7


@pytest.mark.parametrize("form", ["csv", "tsv", "json", "ndjson", "grid", "html"])
def test_an_answer_without_rows_is_whole(form: str) -> None:
    text = written(form, (heading("a", Type.TEXT),), [])
    expected = {"csv": "a\r\n", "tsv": "a\r\n", "ndjson": "", "grid": '[["a"]]\n'}
    if form == "json":
        assert json.loads(text)["rows"] == []
    elif form == "html":
        assert "<tbody>\n</tbody></table>" in text
    else:
        assert text == expected[form]


@pytest.mark.parametrize("form", list(formats()))
def test_every_format_takes_a_column_of_nothing_and_batches_without_rows(form: str) -> None:
    kept = [kind for kind in Type if kind is not Type.DATE]  # which no table has
    headings = tuple(heading(kind.value, kind) for kind in kept)
    for rows in ([], [[None] * len(kept)] * 3):
        batch = batch_of(rows, kept)
        whole = encoded(form, headings, [batch.slice(0, 0), batch, batch.slice(0, 0)])
        assert whole == encoded(form, headings, [batch]) or form in ("xlsx", "arrow")


def test_labels_stand_in_the_header_but_a_name_that_was_given_stays() -> None:
    headings = (heading("waitDuration", Type.INTEGER), heading("Waited, s", Type.INTEGER, "waitDuration"))
    assert written("csv", headings, [], header=Header.LABELS) == 'Wait duration,"Waited, s"\r\n'
    assert written("csv", headings, [], header=Header.NONE) == ""


def test_two_columns_never_have_one_name() -> None:
    headings = tuple(heading(name, Type.INTEGER) for name in ("waitDuration", "wait_duration", "Wait duration 2"))
    batch = batch_of([[1, 2, 3]], [Type.INTEGER] * 3)
    (row,) = json.loads(written("json", headings, [batch], header=Header.LABELS))["rows"]
    assert row == {"Wait duration": 1, "Wait duration 2": 2, "Wait duration 2 2": 3}
