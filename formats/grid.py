"""A grid: an array of arrays with the header first, which is what a spreadsheet's custom function returns."""

import json
from collections.abc import Iterable, Iterator

import pyarrow as pa

from formats.format import About, Format, Header, Heading, Style, Times, titles
from formats.jsontext import rows_of
from formats.spreading import spread


def encode(
    headings: tuple[Heading, ...], batches: Iterable[pa.RecordBatch], style: Style, _about: About
) -> Iterator[bytes]:
    """`[[header…],[row…],…]`; without a header the first array is the first row."""
    yield b"["
    begun = style.header is not Header.NONE
    if begun:
        yield json.dumps(titles(headings, style.header), ensure_ascii=False, separators=(",", ":")).encode()
    keys = [""] * len(headings)
    for rows in spread(batches, lambda batch: rows_of(headings, batch, style, keys, ",\n[", "]")):
        yield rows if begun else rows[1:]
        begun = True
    yield b"]\n"


FORMAT = Format(
    name="grid",
    media_type="application/json",
    description="A JSON array of arrays with the header first, for custom functions.",
    times=Times.ISO,
    rank=4,
    encode=encode,
    keeps_json=True,
    types_beside=True,
)
