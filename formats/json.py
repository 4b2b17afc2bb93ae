"""JSON: one object with the columns and the rows, each row an object."""

import json
from collections.abc import Iterable, Iterator

import pyarrow as pa

from formats.format import About, Format, Heading, Style, Times, titles
from formats.jsontext import rows_of
from formats.spreading import spread


def encode(
    headings: tuple[Heading, ...], batches: Iterable[pa.RecordBatch], style: Style, _about: About
) -> Iterator[bytes]:
    """`{"columns":[{"name","label","type"}…],"rows":[{…}…]}`."""
    columns = [
        {"name": heading.name, "label": heading.column.label, "type": heading.column.type.value} for heading in headings
    ]
    yield ('{"columns":' + json.dumps(columns, ensure_ascii=False, separators=(",", ":")) + ',"rows":[').encode()
    keys = [json.dumps(title, ensure_ascii=False) + ":" for title in titles(headings, style.header)]
    begun = False
    for rows in spread(batches, lambda batch: rows_of(headings, batch, style, keys, ",\n{", "}")):
        yield rows if begun else rows[1:]
        begun = True
    yield b"\n]}\n"


FORMAT = Format(
    name="json",
    media_type="application/json",
    description="One JSON object: the columns with their types, then the rows as objects.",
    times=Times.ISO,
    rank=2,
    encode=encode,
    keeps_json=True,
)
