"""NDJSON: one JSON object a line."""

import json
from collections.abc import Iterable, Iterator

import pyarrow as pa

from formats.format import About, Format, Heading, Style, Times, titles
from formats.jsontext import rows_of
from formats.spreading import spread


def encode(
    headings: tuple[Heading, ...], batches: Iterable[pa.RecordBatch], style: Style, _about: About
) -> Iterator[bytes]:
    """An object for each row, whose keys are the headings' names."""
    keys = [json.dumps(title, ensure_ascii=False) + ":" for title in titles(headings, style.header)]
    yield from spread(batches, lambda batch: rows_of(headings, batch, style, keys, "{", "}\n"))


FORMAT = Format(
    name="ndjson",
    media_type="application/x-ndjson",
    description="One JSON object a line, for programs that read as they go.",
    times=Times.ISO,
    rank=3,
    encode=encode,
    keeps_json=True,
)
