"""HTML: a small page with one table, for a browser, IMPORTHTML and Excel's web query."""

from collections.abc import Iterable, Iterator
from html import escape

import pyarrow as pa
import pyarrow.compute as pc

from formats.format import About, Format, Header, Heading, Style, Times, titles
from formats.spelling import has_any, joined, text_of
from formats.xmltext import marked_up
from tabular.table import Type

_SLICE_ROWS = 5_000

_STYLE = (
    "body{font:14px/1.4 system-ui,sans-serif;margin:1rem}table{border-collapse:collapse}"
    # The title is no caption: some readers of tables take that for a row.
    "h1{font-size:1rem}"
    "th,td{padding:.2rem .6rem;border-bottom:1px solid #ccc;text-align:left;vertical-align:top;white-space:pre-wrap}"
    "th{position:sticky;top:0;background:#1f4e78;color:#fff}"
    # Excel reads this: a text stays a text, whatever it looks like; so does a title, which may be the caller's.
    'th,.t{mso-number-format:"\\@"}.n{text-align:right;font-variant-numeric:tabular-nums}.d{white-space:nowrap}'
)
_CLASSES = {Type.TEXT: "t", Type.JSON: "t", Type.INTEGER: "n", Type.NUMBER: "n", Type.BOOLEAN: "b"}
_CLASSES |= {Type.TIME: "d", Type.DATE: "d"}


def encode(
    headings: tuple[Heading, ...], batches: Iterable[pa.RecordBatch], style: Style, about: About
) -> Iterator[bytes]:
    """`<table>` with a `<thead>` unless the style has none; a cell's class says what it holds (`t`ext, `n`umber,
    `b`oolean, `d`ate). HTML has no U+0000: its place is taken by U+FFFD, as HTML's own readers do."""
    title = escape(about.title)
    yield (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head>\n<body><h1>{title}</h1>\n<table>\n"
    ).encode()
    if style.header is not Header.NONE:
        cells = "".join(
            f'<th scope="col" title="{_attribute(heading.column.description)}">{_content(title)}</th>'
            for heading, title in zip(headings, titles(headings, style.header), strict=True)
        )
        yield f"<thead><tr>{cells}</tr></thead>\n".encode()
    yield b"<tbody>\n"
    for batch in batches:
        for start in range(0, batch.num_rows, _SLICE_ROWS):
            yield _rows(headings, batch.slice(start, _SLICE_ROWS), style)
    yield b"</tbody></table></body></html>\n"


def _rows(headings: tuple[Heading, ...], batch: pa.RecordBatch, style: Style) -> bytes:
    parts: list[pa.Array | str] = []
    constant = "<tr>"
    for heading, values in zip(headings, batch.columns, strict=True):
        constant += f'<td class="{_CLASSES[heading.column.type]}">'
        text = _spelt(text_of(values, style.times))
        parts += [constant, pc.fill_null(text, "") if text.null_count else text]
        constant = "</td>"
    return joined([*parts, constant + "</tr>\n"])


def _spelt(text: pa.Array) -> pa.Array:
    text = marked_up(text)
    if has_any(text, b"\r"):
        # A reader of HTML takes a bare one for a line feed (HTML 13.2.3.5).
        text = pc.replace_substring(text, "\r", "&#13;")
    return pc.replace_substring(text, "\0", "\ufffd") if has_any(text, b"\0") else text


def _content(text: str) -> str:
    return str(_spelt(pa.array([text]))[0].as_py())


def _attribute(text: str) -> str:
    return escape(text).replace("\0", "\ufffd")


FORMAT = Format(
    name="html",
    media_type="text/html; charset=utf-8",
    description="A page with one table, for a browser, `IMPORTHTML` and Excel's web query.",
    times=Times.LOCAL,
    rank=9,
    encode=encode,
)
