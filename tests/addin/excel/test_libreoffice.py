"""The template in another program than Excel, whose user is English or Italian: empty, and with rows in its table.

LibreOffice knows no Power Query, so the rows come from openpyxl, which puts them where Excel would.
"""

import io
import shutil
import subprocess
from copy import copy
from datetime import datetime
from pathlib import Path

import pytest
from lxml import etree  # type: ignore[import-untyped]  # lxml has no types of its own
from openpyxl import load_workbook  # type: ignore[import-untyped]  # openpyxl has no types of its own
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]

from addin.excel import template_file
from tests.addin.excel.tables import CALLS, KINDS, PLACE, QUERY

pytestmark = pytest.mark.skipif(
    shutil.which("soffice") is None, reason="no LibreOffice here: apt-get install libreoffice-calc"
)

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_SHEETS = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"

MOMENT = datetime(2026, 10, 1, 8, 30, 15)
ROWS: tuple[tuple[object, ...], ...] = (
    ("0432123456", 0, MOMENT, 1065, 2.5, True, datetime(2026, 10, 1), "[1]"),
    ("=1+1", 1, None, 5, 1234.5, False, None, "1.5"),
    ("+39 0432", 2, MOMENT, None, None, None, None, "2026-10-01"),
)
TYPES = ("string", "float", "date", "float", "float", "float", "date", "string")
"""LibreOffice keeps a truth as a number that is shown as one."""

SHOWN = {
    "en-US": ("0432123456", "0", "2026-10-01 08:30:15", "1,065 s", "2.5", "TRUE", "2026-10-01", "[1]"),
    "it-IT": ("0432123456", "0", "2026-10-01 08:30:15", "1.065 s", "2,5", "VERO", "2026-10-01", "[1]"),
}

Cell = tuple[str | None, str]


def filled() -> bytes:
    """The template with ROWS below its headings, each cell in the look of its column."""
    book = load_workbook(io.BytesIO(template_file(CALLS, PLACE, QUERY)))
    sheet = book["calls"]
    for number, row in enumerate(ROWS, 2):
        for place, value in enumerate(row, 1):
            cell = sheet.cell(number, place)
            cell.value = value
            cell._style = copy(sheet.cell(2, place)._style)
            if isinstance(value, str):
                cell.data_type = "s"
    sheet.tables["calls"].ref = f"A1:{get_column_letter(len(KINDS))}{len(ROWS) + 1}"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.fixture(scope="module", params=["it-IT", pytest.param("en-US", marks=pytest.mark.prove)])
def opened(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Path]]:
    """The user's locale, and the empty and the filled template as LibreOffice understood them."""
    folder = tmp_path_factory.mktemp(request.param)
    (folder / "profile/user").mkdir(parents=True)
    (folder / "profile/user/registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">'
        '<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse">'
        f"<value>{request.param}</value></prop></item></oor:items>"
    )
    files = {"empty": template_file(CALLS, PLACE, QUERY), "filled": filled()}
    for name, data in files.items():
        (folder / f"{name}.xlsx").write_bytes(data)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    options = ["--headless", "--convert-to", "fods", "--outdir", str(folder)]
    paths = [str(folder / f"{name}.xlsx") for name in files]
    subprocess.run(["soffice", profile, *options, *paths], check=True, capture_output=True, timeout=120)
    return request.param, {name: folder / f"{name}.fods" for name in files}


def cells_of(path: Path, sheet: str) -> list[list[Cell]]:
    """The type and the text of each cell of a sheet, up to its last row and column with any."""
    found = etree.parse(path).iterfind(f".//{_SHEETS}table[@{_SHEETS}name='{sheet}']/{_SHEETS}table-row")
    rows: list[list[Cell]] = []
    for row in found:
        cells: list[Cell] = []
        for cell in row.iterfind(f"{_SHEETS}table-cell"):
            text = "\n".join("".join(one.itertext()) for one in cell.iterfind(f"{_TEXT}p"))
            repeated = min(int(cell.get(f"{_SHEETS}number-columns-repeated", "1")), len(KINDS))
            cells += [(cell.get(f"{_OFFICE}value-type"), text)] * repeated
        rows.append(cells[: len(KINDS)])
    return [row for row in rows if any(kind for kind, _ in row)]


def test_the_empty_template_has_its_headings_and_says_what_it_is(opened: tuple[str, dict[str, Path]]) -> None:
    _, files = opened
    assert cells_of(files["empty"], "calls") == [[("string", name) for name, _, _ in KINDS]]
    about = [text for row in cells_of(files["empty"], "About") for _, text in row]
    assert {"Calls", "How to fill it", PLACE.address, "What cli is."} <= set(about)
    assert {kind for row in cells_of(files["empty"], "About") for kind, _ in row} == {"string", None}


def test_rows_keep_their_types_and_are_shown_in_the_users_way(opened: tuple[str, dict[str, Path]]) -> None:
    locale, files = opened
    headings, first, second, third = cells_of(files["filled"], "calls")
    assert headings == [("string", name) for name, _, _ in KINDS]
    assert first == list(zip(TYPES, SHOWN[locale], strict=True))
    assert second[0] == ("string", "=1+1")
    assert second[7] == ("string", "1.5")
    assert [kind for kind, _ in second] == ["string", "float", None, "float", "float", "float", None, "string"]
    assert third[0] == ("string", "+39 0432")
    assert third[7] == ("string", "2026-10-01")
