"""A CSV for Excel: what Excel makes of its cells is what they were, and none of them runs."""

import csv
import io
import re
from datetime import datetime

import pytest
from hypothesis import given

from formats.format import Excel, Header, Times
from tabular.table import Type
from tests.formats.drawn import NASTY, Drawn, batch_of, encoded, heading, local, tables

pytestmark = pytest.mark.law

ITALIAN, ENGLISH = Excel(), Excel(",", ".")
_TEXT_FORMULA = re.compile(r'="([^"]{1,255})"')


def by_excel(data: bytes, excel: Excel) -> list[list[str]]:
    """The cells of the file, as text."""
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=excel.sep))


def as_text(cell: str) -> str:
    """A cell that Excel shows as text, without what guards it; fails if Excel would run or change it."""
    formula = _TEXT_FORMULA.fullmatch(cell)
    if formula:
        return formula[1]
    if cell.startswith("'"):
        return cell[1:]
    assert not re.match(r"\s*[=+@-]|[\t\r]", cell), cell
    assert not re.fullmatch(r" *[+(-]? *[.,]?\d[^\r\n\"]{0,200}", cell), cell
    return cell


@pytest.mark.parametrize("excel", [ITALIAN, ENGLISH])
@given(drawn=tables())
def test_excel_reads_back_what_was_there(excel: Excel, drawn: Drawn) -> None:
    headings, rows, batches = drawn
    found = by_excel(encoded("csv", headings, batches, excel=excel), excel)
    assert len(found) == len(rows) + 1
    for row, cells in zip(rows, found[1:], strict=True):
        for value, cell, one in zip(row, cells, headings, strict=True):
            assert same(value, cell, one.column.type, excel), (value, cell)


def same(value: object, cell: str, kind: Type, excel: Excel) -> bool:
    if value is None or value == "":
        return cell == ""
    match kind:
        case Type.TEXT:
            # An apostrophe of the text's own may stand before one that guards nothing.
            return value in (as_text(cell), cell)
        case Type.TIME:
            return datetime.fromisoformat(cell.replace(",", ".")) == local(value)
        case Type.BOOLEAN:
            return cell == str(value).lower()
        case Type.INTEGER:
            assert isinstance(value, int)
            return cell == (str(value) if abs(value) < 10**15 else f'="{value}"')
    assert "." not in cell or excel.decimal == "."
    return float(cell.replace(excel.decimal, ".")) == value


def test_no_cell_runs_and_phone_numbers_keep_their_digits() -> None:
    headings = (heading("cli", Type.TEXT),)
    texts = [text for text in NASTY if "\0" not in text]
    found = by_excel(encoded("csv", headings, [batch_of([[t] for t in texts], [Type.TEXT])], excel=ITALIAN), ITALIAN)
    spelt = dict(zip(texts, (row[0] for row in found[1:]), strict=True))
    assert spelt["+390432000045"] == '="+390432000045"'
    assert spelt["+39 0432 000045"] == '="+39 0432 000045"'
    assert spelt["0432"] == '="0432"'
    assert spelt["1e5"] == '="1e5"'
    assert spelt["2020-05-01"] == '="2020-05-01"'
    for formula in ("=1+1", "@SUM(A1)", "+1+cmd|x", "-", "=cmd|' /C calc'!A0", "\t=1", " =1"):
        assert spelt[formula] == "'" + formula
    for text, cell in spelt.items():
        assert text in (as_text(cell), cell)


def test_the_signs_are_those_of_excels_language() -> None:
    headings = (heading("score", Type.NUMBER), heading("when", Type.TIME), heading("note", Type.TEXT))
    rows = [[1.5, datetime(2020, 5, 1, 8, 39, 49, 500_000), "a;b,c"]]
    batches = [batch_of(rows, [one.column.type for one in headings])]
    assert encoded("csv", headings, batches, excel=ITALIAN).decode("utf-8-sig") == (
        'score;when;note\r\n1,5;2020-05-01 10:39:49,500;"a;b,c"\r\n'
    )
    assert encoded("csv", headings, batches, excel=ENGLISH).decode("utf-8-sig") == (
        'score,when,note\r\n1.5,2020-05-01 10:39:49.500,"a;b,c"\r\n'
    )
    assert encoded("csv", headings[1:2], [batch.select([1]) for batch in batches], excel=ITALIAN, times=Times.SERIAL)[
        3:
    ] == (b"when\r\n43952,4443229167\r\n")


def test_names_are_guarded_too() -> None:
    headings = (heading("=1+1", Type.TEXT), heading("+39", Type.TEXT))
    assert by_excel(encoded("csv", headings, [], excel=ITALIAN), ITALIAN) == [["'=1+1", '="+39"']]
    assert encoded("csv", headings, [], excel=ITALIAN, header=Header.NONE) == b"\xef\xbb\xbf"
