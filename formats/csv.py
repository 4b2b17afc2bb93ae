"""CSV (RFC 4180): nothing is changed, unless it is one for Excel."""

from collections.abc import Iterable, Iterator

import pyarrow as pa

from formats.format import About, Format, Heading, Style, Times
from formats.guarding import for_excel, guarded
from formats.separated import separated
from formats.spelling import text_of

_BOM = b"\xef\xbb\xbf"
"""By this Excel knows UTF-8. It also reads a first line `sep=;`, but then no longer the BOM: so there is none."""


def encode(
    headings: tuple[Heading, ...], batches: Iterable[pa.RecordBatch], style: Style, _about: About
) -> Iterator[bytes]:
    """Commas and plain values; with `style.excel`, a BOM, that Excel's signs, and texts that it leaves alone."""
    excel = style.excel
    if excel is None:
        yield from separated(headings, batches, style, ",", lambda _, values: text_of(values, style.times))
        return
    yield _BOM
    yield from separated(
        headings,
        batches,
        style,
        excel.sep,
        lambda heading, values: for_excel(heading, values, style.times, excel),
        guarded,
    )


FORMAT = Format(
    name="csv",
    media_type="text/csv; charset=utf-8",
    description="Comma-separated values, for IMPORTDATA, Excel's From Web and every other tool.",
    times=Times.LOCAL,
    rank=1,
    encode=encode,
)
