"""CSV (RFC 4180): text is quoted only where it must be, and nothing is changed."""

from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from formats.format import Format, Header, Heading, Style, Times
from formats.spelling import bytes_of, has_any, text_of

_SPECIAL = b'",\r\n'


def encode(headings: tuple[Heading, ...], batches: Iterable[pa.RecordBatch], style: Style) -> Iterator[bytes]:
    """A header row unless the style has none, then a line for each row; a null is an empty cell."""
    if style.header is not Header.NONE:
        yield (",".join(_cell(heading.title(style.header)) for heading in headings) + "\r\n").encode()
    for batch in batches:
        if batch.num_rows:
            yield _lines(batch, style)


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(chr(special) in text for special in _SPECIAL) else text


def _lines(batch: pa.RecordBatch, style: Style) -> bytes:
    cells = [_quoted(text_of(column, style.times)) for column in batch.columns]
    if len(cells) == 1:
        # A line with nothing on it is no row to most readers.
        cells = [pc.if_else(pc.equal(pc.fill_null(cells[0], ""), ""), '""', cells[0])]
    cells[-1] = pc.binary_join_element_wise(pc.fill_null(cells[-1], ""), "\r\n", "")
    return bytes_of(pc.binary_join_element_wise(*cells, ",", null_handling="replace", null_replacement=""))


def _quoted(text: pa.Array) -> pa.Array:
    if not has_any(text, _SPECIAL):
        return text
    doubled = pc.binary_join_element_wise('"', pc.replace_substring(text, '"', '""'), '"', "")
    return pc.if_else(pc.match_substring_regex(text, '[",\r\n]'), doubled, text)


FORMAT = Format(
    name="csv",
    media_type="text/csv; charset=utf-8",
    description="Comma-separated values, for IMPORTDATA, Excel's From Web and every other tool.",
    times=Times.LOCAL,
    rank=1,
    encode=encode,
)
