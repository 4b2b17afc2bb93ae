"""Lines of values with a sign between them (RFC 4180), a column of a batch at a time."""

from collections.abc import Callable, Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from formats.format import Header, Heading, Style, titles
from formats.spelling import bytes_of, has_any
from formats.spreading import spread

Spell = Callable[[Heading, pa.Array], pa.Array]
"""A column as the text of its cells, before it is quoted."""


def separated(
    headings: tuple[Heading, ...],
    batches: Iterable[pa.RecordBatch],
    style: Style,
    sep: str,
    spell: Spell,
    spell_title: Callable[[pa.Array], pa.Array] = lambda title: title,
) -> Iterator[bytes]:
    """A header row unless the style has none, then a line for each row; a null is an empty cell.

    Text is quoted only where it must be: where it holds the separator, a quote or a line break.
    """
    if style.header is not Header.NONE:
        yield _lines([spell_title(pa.array([title])) for title in titles(headings, style.header)], sep)

    def lines_of(batch: pa.RecordBatch) -> bytes:
        return _lines([spell(heading, values) for heading, values in zip(headings, batch.columns, strict=True)], sep)

    yield from spread(batches, lines_of)


def _lines(cells: list[pa.Array], sep: str) -> bytes:
    cells = [_quoted(cell, sep) for cell in cells]
    if len(cells) == 1:
        # A line with nothing on it is no row to most readers.
        cells = [pc.if_else(pc.equal(pc.fill_null(cells[0], ""), ""), '""', cells[0])]
    cells[-1] = pc.binary_join_element_wise(pc.fill_null(cells[-1], ""), "\r\n", "")
    return bytes_of(pc.binary_join_element_wise(*cells, sep, null_handling="replace", null_replacement=""))


def _quoted(text: pa.Array, sep: str) -> pa.Array:
    special = f'{sep}"\r\n'
    if not has_any(text, special.encode()):
        return text
    doubled = pc.binary_join_element_wise('"', pc.replace_substring(text, '"', '""'), '"', "")
    return pc.if_else(pc.match_substring_regex(text, f"[{special}]"), doubled, text)
