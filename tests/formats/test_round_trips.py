"""What a format writes, its own ecosystem's reader reads back as it was."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats import formats
from formats.format import Header, Heading, Style, Times
from tabular.table import Column, Reading, Type

pytestmark = pytest.mark.law

# Arrow reads the zones' written-out changes, which end with 2037, and not the rule for the years after.
LAST_MOMENT = datetime(2037, 12, 31)

_KINDS = {
    Type.TEXT: (pa.string(), st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\0"))),
    Type.INTEGER: (pa.int64(), st.none() | st.integers(-(2**63), 2**63 - 1)),
    Type.NUMBER: (pa.float64(), st.none() | st.floats(allow_nan=False, allow_infinity=False)),
    Type.BOOLEAN: (pa.bool_(), st.none() | st.booleans()),
    Type.TIME: (
        pa.timestamp("us"),
        st.none() | st.datetimes(datetime(1902, 1, 1), LAST_MOMENT),
    ),
}
ZONE = "Europe/Rome"
_names = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8)


@st.composite
def tables(draw: st.DrawFn) -> tuple[tuple[Heading, ...], list[list[object]], list[pa.RecordBatch]]:
    """Headings, rows, and the rows as batches of drawn sizes, the times in ZONE."""
    kinds = draw(st.lists(st.sampled_from(list(_KINDS)), min_size=1, max_size=5))
    names = draw(st.lists(_names, min_size=len(kinds), max_size=len(kinds), unique=True))
    rows = draw(st.lists(st.tuples(*(_KINDS[kind][1] for kind in kinds)).map(list), max_size=12))
    headings = tuple(
        Heading(name, Column(name, name, kind, "", Reading(name), ())) for name, kind in zip(names, kinds, strict=True)
    )
    cut = draw(st.integers(0, len(rows)))
    return headings, rows, [batch_of(part, kinds) for part in (rows[:cut], rows[cut:])]


def batch_of(rows: Sequence[Sequence[object]], kinds: Sequence[Type]) -> pa.RecordBatch:
    arrays = []
    for place, kind in enumerate(kinds):
        array = pa.array([row[place] for row in rows], _KINDS[kind][0])
        if kind is Type.TIME:
            array = array.cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us", ZONE))
        arrays.append(array)
    return pa.RecordBatch.from_arrays(arrays, names=[f"c{i}" for i in range(len(kinds))])


def written(form: str, headings: tuple[Heading, ...], batches: list[pa.RecordBatch], **style: object) -> str:
    chosen = formats()[form]
    how = Style(**({"times": chosen.times} | style))  # type: ignore[arg-type]
    return b"".join(chosen.encode(headings, batches, how)).decode()


def as_json(value: object) -> object:
    """A value as JSON readers see it."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).astimezone(ZoneInfo(ZONE))
    return value


def from_json(value: object, kind: Type) -> object:
    return datetime.fromisoformat(value) if kind is Type.TIME and isinstance(value, str) else value


@given(tables())
def test_json_ndjson_and_grid_are_read_back_by_a_json_reader(
    drawn: tuple[tuple[Heading, ...], list[list[object]], list[pa.RecordBatch]],
) -> None:
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


@given(tables())
def test_csv_is_read_back_by_a_csv_reader(
    drawn: tuple[tuple[Heading, ...], list[list[object]], list[pa.RecordBatch]],
) -> None:
    headings, rows, batches = drawn
    text = written("csv", headings, batches)
    found = list(csv.reader(io.StringIO(text, newline="")))
    assert found[0] == [heading.name for heading in headings]
    assert len(found) == len(rows) + 1
    for row, cells in zip(rows, found[1:], strict=True):
        for value, cell, heading in zip(row, cells, headings, strict=True):
            assert same(value, cell, heading.column.type), (value, cell)


def same(value: object, cell: str, kind: Type) -> bool:
    """Whether a CSV cell says this value."""
    if value is None or value == "":
        return cell == ""
    if kind is Type.TIME:
        assert isinstance(value, datetime)
        local = value.replace(tzinfo=UTC).astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)
        return datetime.fromisoformat(cell) == local
    if kind is Type.BOOLEAN:
        return cell == str(value).lower()
    if kind is Type.TEXT:
        return cell == value
    return float(cell) == value if isinstance(value, float) else int(cell) == value


@given(st.lists(st.datetimes(datetime(1902, 1, 1), LAST_MOMENT), min_size=1, max_size=20))
def test_serial_times_are_spreadsheet_days_of_the_zone(moments: list[datetime]) -> None:
    heading = Heading("t", Column("t", "t", Type.TIME, "", Reading("t"), ()))
    text = written("grid", (heading,), [batch_of([[m] for m in moments], [Type.TIME])], times=Times.SERIAL)
    for moment, (serial,) in zip(moments, json.loads(text)[1:], strict=True):
        local = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)
        assert abs(datetime(1899, 12, 30) + timedelta(days=serial) - local) < timedelta(milliseconds=1)


@pytest.mark.parametrize("form", list(formats()))
def test_an_answer_without_rows_is_whole(form: str) -> None:
    heading = Heading("a", Column("a", "a", Type.TEXT, "", Reading("a"), ()))
    text = written(form, (heading,), [])
    expected = {"csv": "a\r\n", "ndjson": "", "grid": '[["a"]]\n'}
    if form == "json":
        assert json.loads(text)["rows"] == []
    else:
        assert text == expected[form]


def test_labels_stand_in_the_header_but_a_name_that_was_given_stays() -> None:
    column = Column("waitDuration", "waitDuration", Type.INTEGER, "", Reading("waitDuration"), ())
    headings = (Heading("waitDuration", column), Heading("Waited, s", column))
    assert written("csv", headings, [], header=Header.LABELS) == 'Wait duration,"Waited, s"\r\n'
    assert written("csv", headings, [], header=Header.NONE) == ""
