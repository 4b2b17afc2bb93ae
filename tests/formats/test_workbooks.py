"""A workbook holds every value as what it is, and is one that a person can work with."""

import csv
import io
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]  # openpyxl has no types of its own
import pyarrow as pa
import pytest
from hypothesis import given
from openpyxl.utils.escape import unescape  # type: ignore[import-untyped]
from python_calamine import CalamineWorkbook

from formats import formats, sheet, xlsx
from formats.format import Header, Heading, Style, Times
from formats.workbook import ROWS_SHEET
from tabular.errors import TextTooLong, WorkbookFull
from tabular.table import Type
from tests.commands import ROOT, environment
from tests.formats.drawn import ABOUT, NASTY, Drawn, batch_of, encoded, heading, local, tables

pytestmark = pytest.mark.law

LARGEST = 10**15 - 1
SHORT = [text for text in NASTY if len(text) <= sheet.LONGEST_TEXT]


def opened(data: bytes) -> "openpyxl.Workbook":
    return openpyxl.load_workbook(io.BytesIO(data))


def by_openpyxl(data: bytes) -> list[list[object]]:
    """The cells of the first sheet; openpyxl leaves `_xHHHH_` to its caller."""
    rows = opened(data).worksheets[0].iter_rows()
    return [[unescape(c.value) if c.data_type == "s" else c.value for c in row] for row in rows]


def by_calamine(data: bytes) -> list[list[object]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return [list(row) for row in book.get_sheet_by_index(0).to_python(skip_empty_area=False)]


def held(value: object, kind: Type) -> object:
    """A value as Excel can hold it: a whole number of more than fifteen digits is its text, an empty text nothing."""
    if isinstance(value, int) and kind is Type.INTEGER and abs(value) > LARGEST:
        return str(value)
    return local(value) if value != "" else None


def same(expected: object, found: object) -> bool:
    if isinstance(expected, datetime):
        if isinstance(found, date) and not isinstance(found, datetime):  # calamine's midnight
            found = datetime(found.year, found.month, found.day)
        return isinstance(found, datetime) and abs(found - expected) <= timedelta(milliseconds=1)
    if isinstance(expected, bool) or isinstance(found, bool):
        return expected is found
    return expected == found or (expected is None and found == "")


def without_long_texts(rows: list[list[object]]) -> list[list[object]]:
    return [[v if not isinstance(v, str) else v[: sheet.LONGEST_TEXT] for v in row] for row in rows]


@given(tables())
def test_a_workbook_is_read_back_as_it_was(drawn: Drawn) -> None:
    headings, drawn_rows, _ = drawn
    kinds = [one.column.type for one in headings]
    rows = without_long_texts(drawn_rows)
    data = encoded("xlsx", headings, [batch_of(rows, kinds)])
    for read in (by_openpyxl, by_calamine):
        found = read(data)
        # calamine does not see what follows the last cell with something in it.
        found = [row + [None] * (len(headings) - len(row)) for row in found] + [[None] * len(headings)] * len(rows)
        assert len({str(title).casefold() for title in found[0]}) == len(headings)
        for row, cells in zip(rows, found[1:], strict=False):
            for value, cell, kind in zip(row, cells, kinds, strict=True):
                expected = held(value, kind)
                if read is by_calamine and isinstance(expected, str):
                    expected = expected.replace("\ufffe", "_xFFFE_").replace("\uffff", "_xFFFF_")
                assert same(expected, cell), (read.__name__, value, cell)


def test_every_nasty_text_is_itself(tmp_path: Path) -> None:
    data = encoded("xlsx", (heading("n", Type.INTEGER), heading("t", Type.TEXT)), [nasty_batch()])
    assert [row[1] for row in by_openpyxl(data)[1:]] == SHORT
    cells = next(opened(data).worksheets[0].iter_cols(2, 2, 2))
    assert {(cell.data_type, cell.number_format) for cell in cells} == {("s", "@")}


def nasty_batch() -> pa.RecordBatch:
    return batch_of([[number, text] for number, text in enumerate(SHORT)], [Type.INTEGER, Type.TEXT])


def test_times_that_are_no_dates_of_excel_are_text() -> None:
    moments = [
        datetime(1, 1, 1),
        datetime(1899, 12, 31),
        datetime(1900, 2, 28, 23, 59, 59),
        datetime(1900, 3, 1),
        datetime(2020, 5, 1, 8, 39, 49, 500_000),
        datetime(9999, 12, 31, 23, 59, 59),
        datetime(9999, 12, 31, 23, 59, 59, 999_999),
    ]
    batch = batch_of([[moment] for moment in moments], [Type.TIME], "UTC")
    found = [row[0] for row in by_openpyxl(encoded("xlsx", (heading("t", Type.TIME),), [batch]))[1:]]
    assert found == [
        "0001-01-01 00:00:00.000000",
        "1899-12-31 00:00:00.000000",
        "1900-02-28 23:59:59.000000",
        *moments[3:6],
        "9999-12-31 23:59:59.999999",
    ]


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (Times.LOCAL, datetime(2020, 5, 1, 10, 39, 49)),
        (Times.ISO, "2020-05-01T10:39:49+02:00"),
        (Times.SERIAL, 43952.4443171296),
    ],
)
def test_times_as_they_are_asked_for(times: Times, expected: object) -> None:
    batch = batch_of([[datetime(2020, 5, 1, 8, 39, 49)]], [Type.TIME])
    ((found,),) = by_openpyxl(encoded("xlsx", (heading("t", Type.TIME),), [batch], times=times))[1:]
    assert found == expected


STEPS = (
    heading("id", Type.TEXT, description="The interaction's `id`."),
    heading('Caller [1]\n"x" \'#@', Type.TEXT, "cli"),
    heading("startTime", Type.TIME),
    heading("waitDuration", Type.INTEGER, unit="s"),
    heading("step", Type.INTEGER),
    heading("score", Type.NUMBER),
    heading("vip", Type.BOOLEAN),
    heading("more", Type.JSON),
)
CALLS: list[list[object]] = [
    ["1588321800.10", "+390432000045", datetime(2020, 5, 1, 8, 39, 49), 34, 0, 1.5, True, '["a"]'],
    ["1588321801.1", "0432", None, 12_345, None, -0.0, False, None],
]


@pytest.fixture(scope="module")
def steps() -> bytes:
    """A workbook of two calls."""
    batch = batch_of(CALLS, [one.column.type for one in STEPS])
    return encoded("xlsx", STEPS, [batch], rows=2)


def test_the_first_sheet_is_a_table_to_work_with(steps: bytes) -> None:
    found = opened(steps).worksheets[0]
    assert found.title == "inboundCalls"
    assert found.dimensions == "A1:H3"
    (table,) = found.tables.values()
    assert (table.displayName, table.ref, table.autoFilter.ref) == ("inboundCalls", "A1:H3", "A1:H3")
    assert [unescape(column.name) for column in table.tableColumns] == [one.name for one in STEPS]
    assert [cell.value for cell in found[1]] == [one.name for one in STEPS]
    assert table.tableStyleInfo.showRowStripes
    assert (found.freeze_panes, found.print_title_rows) == ("A2", "$1:$1")
    assert all(cell.font.b for cell in found[1])
    formats_of = [cell.number_format for cell in found[2]]
    assert formats_of == ["@", "@", "yyyy-mm-dd hh:mm:ss", '#,##0" s"', "0", "General", "General", "@"]
    widths = [found.column_dimensions[letter].width for letter in "ABCDEFGH"]
    assert widths == [15, 22, 21, 16, 8, 9, 8, 8]
    xml = zipfile.ZipFile(io.BytesIO(steps)).read(ROWS_SHEET).decode()
    assert '<ignoredError sqref="A1:A3 B1:B3 H1:H3" numberStoredAsText="1"/>' in xml


def test_the_second_sheet_says_what_the_first_is(steps: bytes) -> None:
    told = opened(steps).worksheets[1]
    assert told.title == "About this table"
    cells = [[cell for cell in row if cell is not None] for row in told.iter_rows(values_only=True)]
    assert cells[0] == ["Inbound calls"]
    assert cells[1] == ["One row for each step."]
    facts = {row[0]: row[1] for row in cells[3:10]}
    assert facts == {
        "Table": "inboundCalls",
        "Rows": 2,
        "Window": "startTime from 2020-05-01 00:00:00 and before 2020-06-01 00:00:00",
        "Filter": "status eq 'HANGUP'",
        "Time zone of all times": "Europe/Rome",
        "As of": datetime(2026, 11, 22, 13),
        "Made by": facts["Made by"],
    }
    assert re.fullmatch(r"TVox Tables \d+\.\d+\.\d+", str(facts["Made by"]))
    assert cells[11] == ["Column", "What it is", "Type", "Unit"]
    assert cells[12] == ["id", "The interaction's id.", "text"]
    assert cells[14] == ["startTime", "time", "Europe/Rome"]
    assert cells[15] == ["waitDuration", "integer", "s"]


@pytest.mark.parametrize("rows", [None, 0])
def test_a_workbook_without_rows_is_a_table_with_an_empty_one(rows: int | None) -> None:
    found = opened(encoded("xlsx", STEPS, [], rows=rows)).worksheets
    assert next(iter(found[0].tables.values())).ref == "A1:H2"
    assert found[1]["B5"].value == 0


def test_without_a_header_the_table_has_none() -> None:
    batch = batch_of(CALLS, [one.column.type for one in STEPS])
    found = opened(encoded("xlsx", STEPS, [batch], header=Header.NONE)).worksheets[0]
    (table,) = found.tables.values()
    assert (table.headerRowCount, table.ref, table.autoFilter) == (0, "A1:H2", None)
    assert found["A1"].value == "1588321800.10"
    assert found.freeze_panes is None


def test_titles_differ_in_more_than_case_and_are_no_longer_than_excel_takes() -> None:
    headings = tuple(heading(name, Type.TEXT) for name in ("id", "ID", "x" * 300, "X" * 301))
    found = opened(encoded("xlsx", headings, [])).worksheets[0]
    assert [cell.value for cell in found[1]] == ["id", "ID 2", "x" * 255, "X" * 253 + " 2"]


def test_a_long_text_is_refused_by_row_and_column_and_never_cut() -> None:
    headings = (heading("id", Type.TEXT), heading("notes", Type.TEXT))
    longest = "\N{GRINNING FACE}" * 16_383 + "x"
    rows: list[list[object]] = [["a", None] for _ in range(6_000)]
    rows.append(["b", longest])
    encoded("xlsx", headings, [batch_of(rows, [Type.TEXT] * 2)])
    rows.append(["c", longest + "y"])
    with pytest.raises(TextTooLong, match=r'Row 6,002 of the answer has 32,768 characters in the column "notes"'):
        encoded("xlsx", headings, [batch_of(rows, [Type.TEXT] * 2)])


def test_too_many_rows_are_refused_before_the_first_byte_where_they_are_known() -> None:
    headings = (heading("n", Type.INTEGER),)
    with pytest.raises(WorkbookFull, match="1,048,575 that an Excel worksheet takes"):
        encoded("xlsx", headings, [], rows=xlsx.MOST_ROWS + 1)
    batch = batch_of([[None]] * 100_000, [Type.INTEGER])
    pieces = formats()["xlsx"].encode(headings, iter([batch] * 11), Style(Times.LOCAL), ABOUT)
    with pytest.raises(WorkbookFull):
        list(pieces)
    columns = tuple(heading(f"c{number}", Type.INTEGER) for number in range(xlsx.MOST_COLUMNS + 1))
    with pytest.raises(WorkbookFull, match="more columns than the 16,384"):
        encoded("xlsx", columns, [])


def test_rows_leave_as_they_come() -> None:
    taken: list[int] = []

    def batches() -> Iterator[pa.RecordBatch]:
        for number in range(5):
            taken.append(number)
            yield batch_of([[f"{number}.{row}"] for row in range(sheet.SLICE_ROWS)], [Type.TEXT])

    pieces = formats()["xlsx"].encode((heading("id", Type.TEXT),), batches(), Style(Times.LOCAL), ABOUT)
    sizes = []
    for number in range(5):
        sizes.append(len(next(pieces)))
        assert len(taken) == number + 1
    assert min(sizes) > 1_000


def test_the_same_rows_are_the_same_bytes_but_for_the_time_of_writing(steps: bytes) -> None:
    again = encoded("xlsx", STEPS, [batch_of(CALLS, [one.column.type for one in STEPS])], rows=2)
    parts = [zipfile.ZipFile(io.BytesIO(data)) for data in (steps, again)]
    assert parts[0].namelist() == parts[1].namelist()
    differ = [name for name in parts[0].namelist() if parts[0].read(name) != parts[1].read(name)]
    assert set(differ) <= {"docProps/core.xml"}


def test_it_is_the_same_without_lxml_which_the_service_does_not_have(steps: bytes) -> None:
    writing = (
        "import sys; from tests.formats.test_workbooks import CALLS, STEPS, batch_of, encoded; "
        "batch = batch_of(CALLS, [one.column.type for one in STEPS]); "
        "sys.stdout.buffer.write(encoded('xlsx', STEPS, [batch], rows=2))"
    )
    without = {**environment(), "OPENPYXL_LXML": "False"}
    found = subprocess.run([sys.executable, "-c", writing], cwd=ROOT, env=without, capture_output=True, check=True)
    for place in (0, 1):
        sheets = [opened(data).worksheets[place] for data in (steps, found.stdout)]
        assert len({str([[cell.value for cell in row] for row in one.iter_rows()]) for one in sheets}) == 1
    assert [table.ref for table in opened(found.stdout).worksheets[0].tables.values()] == ["A1:H3"]
    assert opened(found.stdout).worksheets[0].freeze_panes == "A2"


@pytest.mark.skipif(shutil.which("soffice") is None, reason="no LibreOffice here: apt-get install libreoffice-calc")
def test_libreoffice_reads_it_too(tmp_path: Path) -> None:
    moments = [None, datetime(2020, 5, 1, 8, 39, 49), datetime(1899, 12, 31)]
    texts = [text for text in SHORT if not set(text) & set("\r\ufffe\uffff\ufeff")]
    rows: list[list[object]] = [
        [text, number, moments[number % 3], number % 2 == 0, number / 4] for number, text in enumerate(texts)
    ]
    kinds = [Type.TEXT, Type.INTEGER, Type.TIME, Type.BOOLEAN, Type.NUMBER]
    headings: tuple[Heading, ...] = tuple(heading(kind.value, kind) for kind in kinds)
    (tmp_path / "rows.xlsx").write_bytes(encoded("xlsx", headings, [batch_of(rows, kinds)]))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    as_shown = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true"
    options = ["--headless", "--convert-to", as_shown, "--outdir", str(tmp_path)]
    subprocess.run(
        ["soffice", profile, *options, str(tmp_path / "rows.xlsx")], check=True, capture_output=True, timeout=120
    )
    found = list(csv.reader(io.StringIO((tmp_path / "rows.csv").read_bytes().decode(), newline="")))
    assert found[0] == [one.name for one in headings]
    dates = ["", "2020-05-01 10:39:49", "1899-12-31 01:00:00"]
    assert found[1:] == [
        [text, str(number), dates[number % 3], str(number % 2 == 0).upper(), f"{number / 4:g}"]
        for number, text in enumerate(texts)
    ]
