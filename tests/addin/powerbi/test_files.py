"""The files for Power BI, opened as a program of somebody else's would."""

import json
import re
import struct
import zlib
from io import BytesIO
from zipfile import ZipFile

import pytest
from lxml import etree  # type: ignore[import-untyped]

from addin.place import Place
from addin.powerbi import connector_file, source_text
from addin.powerbi.icons import SIZES, icon
from datamodel.catalogue import documented
from tests.addin.powerbi.conftest import PLACE

CATALOGUE = documented()
AWKWARD = Place('https://tables.example.com/a"b#(lf)', "api_key", "Europe/Rome")


@pytest.fixture(scope="module")
def parts() -> dict[str, bytes]:
    """The files in the connector's zip."""
    return files_in(connector_file(PLACE, CATALOGUE))


def files_in(zipped: bytes) -> dict[str, bytes]:
    """What a zip holds, each file's checksum tried."""
    with ZipFile(BytesIO(zipped)) as folder:
        assert folder.testzip() is None
        return {one.filename: folder.read(one) for one in folder.infolist()}


def section_of(parts: dict[str, bytes]) -> str:
    """The section document."""
    return parts["TVoxTables.pq"].decode()


def test_a_pbids_names_one_source_and_no_key() -> None:
    assert json.loads(source_text(PLACE)) == {
        "version": "0.1",
        "connections": [
            {
                "details": {"protocol": "odata", "address": {"url": "https://tables.example.com/odata/"}},
                "options": {},
                "mode": "Import",
            }
        ],
    }
    assert (
        json.loads(source_text(AWKWARD))["connections"][0]["details"]["address"]["url"] == f"{AWKWARD.address}/odata/"
    )


def test_the_connector_holds_all_that_its_section_asks_for(parts: dict[str, bytes]) -> None:
    section = section_of(parts)
    pictures = set(re.findall(r'Extension\.Contents\("([^"]+)"\)', section))
    assert {"TVoxTables.pq", "resources.resx"} | pictures == set(parts)
    words = set(re.findall(r'Extension\.LoadString\("([^"]+)"\)', section))
    known = etree.fromstring(parts["resources.resx"])
    data = {str(one.get("name")): one.findtext("value") for one in known.findall("data")}
    assert set(data) == words
    assert all(data.values())
    assert {one.get("name"): one.findtext("value") for one in known.findall("resheader")}.items() >= {
        ("resmimetype", "text/microsoft-resx"),
        ("version", "2.0"),
    }


def test_the_section_is_laid_out_as_a_connector_is(parts: dict[str, bytes]) -> None:
    section = section_of(parts)
    assert re.search(r"^section TVoxTables;$", section, re.MULTILINE)
    # Every function of a kind needs the same arguments; those that are no part of the path are excepted.
    assert re.findall(r'\[DataSource\.Kind = "(\w+)"(?:, Publish = "([\w.]+)")?\]\nshared ([\w.]+) =', section) == [
        ("TVoxTables", "TVoxTables.Publish", "TVoxTables.Contents"),
        ("TVoxTables", "", "TVoxTables.Rows"),
    ]
    assert 'TestConnection = (dataSourcePath) => {"TVoxTables.Contents", dataSourcePath}' in section
    assert re.search(r"Authentication = \[\s*Key = \[", section)
    listed = re.findall(r'^        \{"(\w+)", "([^"]+)"\},?$', section, re.MULTILINE)
    assert listed == [(table.name, table.title) for table in CATALOGUE]


def test_the_same_tables_make_the_same_bytes_and_others_make_others() -> None:
    made = connector_file(PLACE, CATALOGUE)
    with ZipFile(BytesIO(made)) as folder:
        assert {one.date_time for one in folder.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert made == connector_file(PLACE, documented())
    assert made != connector_file(PLACE, list(CATALOGUE)[:3])
    assert made != connector_file(Place("https://other.example.com", "api_key", "Europe/Rome"), CATALOGUE)


@pytest.mark.parametrize("size", SIZES)
def test_icons_are_pictures_of_their_size(parts: dict[str, bytes], size: int) -> None:
    rows = pixels(parts[f"TVoxTables{size}.png"], size)
    assert parts[f"TVoxTables{size}.png"] == icon(size)
    middle = rows[size // 2]
    assert rows[0][0][3] < 128, "a corner is seen through"
    assert min(middle[size // 2]) > 180, "a white line goes through the middle"
    assert middle[1] == (15, 118, 110, 255), "the rest is the pages' own colour"
    assert rows == [row[:] for row in rows[::-1]], "upside down it is the same"


def pixels(png: bytes, size: int) -> list[list[tuple[int, ...]]]:
    """The pixels of a PNG of 8 bits, whose rows are written without a filter; each checksum is tried."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    chunks, at = {}, 8
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", png, at + 8 + length) == (zlib.crc32(kind + data),)
        chunks[kind] = data
        at += 12 + length
    assert struct.unpack(">IIBBBBB", chunks[b"IHDR"]) == (size, size, 8, 6, 0, 0, 0)
    raw = zlib.decompress(chunks[b"IDAT"])
    width = 4 * size + 1
    assert len(raw) == width * size
    assert not any(raw[::width])
    return [[tuple(raw[row * width + 1 + 4 * x : row * width + 5 + 4 * x]) for x in range(size)] for row in range(size)]
