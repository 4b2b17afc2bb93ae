"""An Excel workbook: a table with filters and real dates, and a sheet that says what it is; written as it goes."""

import zipfile
from collections.abc import Iterable, Iterator
from itertools import chain

import pyarrow as pa
import pyarrow.compute as pc

from formats.format import About, Format, Header, Heading, Style, Times, titles
from formats.sheet import header_row, rows
from formats.sink import Sink
from formats.spelling import text_of
from formats.telling import TIME_FORMAT
from formats.workbook import ROWS_SHEET, Shell
from tabular.errors import WorkbookFull
from tabular.table import Type

MOST_ROWS = 1_048_575
"""Rows of a worksheet below its header."""
MOST_COLUMNS = 16_384
_MOST_BYTES = 2**31 - 1
"""A part of a zip that may be longer has to say so before it begins, in a way that Excel does not read."""

_LEVEL = 1
"""Speed before size: the default level takes four times as long for a quarter less."""

_NARROWEST, _WIDEST, _SAMPLE_ROWS = 8, 60, 2_000
_FILTER_BUTTON = 4


def encode(
    headings: tuple[Heading, ...], batches: Iterable[pa.RecordBatch], style: Style, about: About
) -> Iterator[bytes]:
    """The workbook in pieces of a few thousand rows. Raises WorkbookFull, TextTooLong.

    Texts stand in their cells, not in a list of strings for all of them: that takes no more room once it is
    compressed, and no memory that grows with the rows.
    """
    if len(headings) > MOST_COLUMNS:
        raise WorkbookFull("columns", MOST_COLUMNS)
    if about.rows is not None and about.rows > MOST_ROWS:
        raise WorkbookFull("rows", MOST_ROWS)
    found = iter(batches)
    first = next(found, None)
    shell = Shell(headings, style.header, about, _widths(headings, style, first))
    sink = Sink()
    counted = 0
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        types, opening = shell.start()
        _add(archive, "[Content_Types].xml", types)
        with archive.open(ROWS_SHEET, "w") as sheet:
            size = sheet.write(opening)
            header = int(style.header is not Header.NONE)
            if header:
                size += sheet.write(header_row(shell.places, shell.looks))
            for batch in chain([] if first is None else [first], found):
                if counted + batch.num_rows > MOST_ROWS:
                    raise WorkbookFull("rows", MOST_ROWS)
                for piece in rows(batch, shell.places, shell.looks, style.times, counted, header):
                    size += sheet.write(piece)
                    if size > _MOST_BYTES:
                        raise WorkbookFull("bytes", _MOST_BYTES)
                    yield sink.take()
                counted += batch.num_rows
            closing, others = shell.end(counted)
            sheet.write(closing)
        for name, data in others.items():
            _add(archive, name, data)
    yield sink.take()


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    # Not writestr, which gives each part the time of day: the same rows are the same bytes.
    with archive.open(name, "w") as part:
        part.write(data)


def _widths(headings: tuple[Heading, ...], style: Style, batch: pa.RecordBatch | None) -> list[int]:
    """How wide each column is, in characters: as its title and the first of its values need."""
    widths = []
    for place, (heading, title) in enumerate(zip(headings, titles(headings, style.header), strict=True)):
        longest = 0
        if heading.column.type is Type.TIME and style.times is Times.LOCAL:
            longest = len(TIME_FORMAT)
        elif batch is not None and batch.num_rows:
            sample = text_of(batch.column(place).slice(0, _SAMPLE_ROWS), style.times)
            longest = pc.max(pc.utf8_length(sample)).as_py() or 0
        button = 0 if style.header is Header.NONE else len(title) + _FILTER_BUTTON
        widths.append(min(_WIDEST, max(_NARROWEST, longest + 2, button)))
    return widths


FORMAT = Format(
    name="xlsx",
    media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    description="An Excel workbook: a table with filters, real dates, and a sheet that explains every column.",
    times=Times.LOCAL,
    rank=6,
    encode=encode,
    packed=True,
    saved=True,
    most_rows=MOST_ROWS,
)
