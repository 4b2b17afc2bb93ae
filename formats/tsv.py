"""TSV: values separated by tabs, and quoted as in CSV where they hold a tab or a line break."""

from collections.abc import Iterable, Iterator

import pyarrow as pa

from formats.format import About, Format, Heading, Style, Times
from formats.separated import separated
from formats.spelling import text_of


def encode(
    headings: tuple[Heading, ...], batches: Iterable[pa.RecordBatch], style: Style, _about: About
) -> Iterator[bytes]:
    """As CSV with tabs: Excel, Sheets and readers of CSV all take quotes for what they are, and none a `\\t`."""
    return separated(headings, batches, style, "\t", lambda _, values: text_of(values, style.times))


FORMAT = Format(
    name="tsv",
    media_type="text/tab-separated-values; charset=utf-8",
    description="Tab-separated values: what spreadsheets paste, and a CSV without commas to quote.",
    times=Times.LOCAL,
    rank=5,
    encode=encode,
)
