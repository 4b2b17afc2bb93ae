"""Rows as the XML of a worksheet, built from whole columns: no value passes through Python."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from formats.format import Times
from formats.spelling import joined, midnights, serial_of, text_of
from formats.xmltext import in_workbook
from tabular.errors import TextTooLong
from tabular.table import Type

SLICE_ROWS = 5_000
"""Rows that become XML at once: they stay in the processor's cache, and the memory that they take does not count."""

LONGEST_TEXT = 32_767
"""What a cell of Excel takes, in UTF-16 units: it cuts the rest without a word."""

_LARGEST_INTEGER = 10**15 - 1
"""Excel shows and keeps fifteen digits."""

_FIRST_DATE = int(np.datetime64("1900-03-01", "us").astype(np.int64))
"""Excel counts a 29 February 1900 that never was: before it, a date of Excel is not the day it says."""
_LAST_DATE = int(np.datetime64("9999-12-31T23:59:59", "us").astype(np.int64))

Parts = list[pa.Array | str]


@dataclass(frozen=True, slots=True)
class Looks:
    """Where in the workbook's list of styles each kind of cell finds its own."""

    header: int
    text: int
    integer: int
    seconds: int
    number: int
    time: int
    fraction: int
    day: int


@dataclass(frozen=True, slots=True)
class Place:
    """A column of the worksheet: its letter, the title above it, and what its cells hold."""

    letter: str
    title: str
    type: Type
    unit: str | None


def header_row(places: Sequence[Place], looks: Looks) -> bytes:
    """The first row: the columns' titles."""
    titles = in_workbook(pa.array([place.title for place in places], pa.string())).to_pylist()
    cells = [
        f'<c r="{place.letter}1" s="{looks.header}" t="inlineStr"><is><t xml:space="preserve">{title}</t></is></c>'
        for place, title in zip(places, titles, strict=True)
    ]
    return f'<row r="1">{"".join(cells)}</row>'.encode()


def rows(
    batch: pa.RecordBatch, places: Sequence[Place], looks: Looks, times: Times, above: int, header: int
) -> Iterator[bytes]:
    """A batch's rows as `<row>` elements; `above` them are so many others and a header of so many. Raises TextTooLong.

    A null, an empty text and a number that is none have no cell.
    """
    for start in range(0, batch.num_rows, SLICE_ROWS):
        part = batch.slice(start, SLICE_ROWS)
        first = above + start + 1
        numbers = pa.array(np.arange(first + header, first + header + part.num_rows)).cast(pa.string())
        parts: Parts = ['<row r="', numbers, '">']
        for place, values in zip(places, part.columns, strict=True):
            _extend(parts, _cells(place, values, looks, times, numbers, first))
        _extend(parts, ["</row>"])
        yield joined(parts)


def _extend(parts: Parts, more: Parts) -> None:
    """Add parts, a constant to the constant before it."""
    for part in more:
        if isinstance(part, str) and isinstance(parts[-1], str):
            parts[-1] += part
        else:
            parts.append(part)


def _cells(place: Place, values: pa.Array, looks: Looks, times: Times, numbers: pa.Array, first: int) -> Parts:
    """A column's cells. Where a value fits into no number of Excel, its text stands in the number's place."""
    if place.type is Type.BOOLEAN:
        bits = pc.if_else(values, "1", "0")
        return _either([([f'<c r="{place.letter}', numbers, '" t="b"><v>', bits, "</v></c>"], bits)])
    number, text, look = _spelt(place, values, looks, times)
    kinds = []
    if number is not None:
        kinds.append(([f'<c r="{place.letter}', numbers, f'" s="{look}"><v>', number, "</v></c>"], number))
    if text is not None:
        if _has_empty(text):
            text = pc.if_else(pc.equal(text, ""), None, text)
        _refuse_too_long(text, place, first)
        space = ' xml:space="preserve"' if _has_blank_ends(text) else ""
        text = in_workbook(text)
        opening = f'" s="{looks.text}" t="inlineStr"><is><t{space}>'
        kinds.append(([f'<c r="{place.letter}', numbers, opening, text, "</t></is></c>"], text))
    return _either(kinds)


def _either(kinds: list[tuple[Parts, pa.Array]]) -> Parts:
    """The cells of the first kind that has a value in a row; nothing where none has."""
    if len(kinds) == 1 and not kinds[0][1].null_count:
        return kinds[0][0]
    return [pc.coalesce(*(pc.binary_join_element_wise(*parts, "") for parts, _ in kinds), "")]


def _spelt(place: Place, values: pa.Array, looks: Looks, times: Times) -> tuple[pa.Array | None, pa.Array | None, int]:
    """Values as the text of numbers, as texts, or some as these and some as those; and the look of the numbers."""
    match place.type:
        case Type.INTEGER:
            look = looks.seconds if place.unit == "s" else looks.integer
            return *_split(values, pc.cast(values, pa.string()), -_LARGEST_INTEGER, _LARGEST_INTEGER), look
        case Type.NUMBER:
            return text_of(values, times), None, looks.number
        case Type.TIME if times is not Times.ISO:
            local = pc.local_timestamp(values).cast(pa.int64())
            look = looks.number
            if times is Times.LOCAL:
                fractions = pc.any(pc.not_equal(pc.multiply(pc.divide(local, 1_000_000), 1_000_000), local)).as_py()
                look = looks.fraction if fractions else looks.time
            return *_split(local, serial_of(local), _FIRST_DATE, _LAST_DATE, text_of(values, Times.LOCAL)), look
        case Type.DATE if times is not Times.ISO:
            local = midnights(values)
            look = looks.day if times is Times.LOCAL else looks.number
            return *_split(local, serial_of(local), _FIRST_DATE, _LAST_DATE, text_of(values, Times.LOCAL)), look
    return None, text_of(values, Times.ISO), looks.text


def _split(
    values: pa.Array, number: pa.Array, least: int, most: int, text: pa.Array | None = None
) -> tuple[pa.Array, pa.Array | None]:
    """Which values between `least` and `most` are numbers, and the others as text."""
    limits = pc.min_max(values).as_py()
    if limits["min"] is None or (limits["min"] >= least and limits["max"] <= most):
        return number, None
    fits = pc.and_(pc.greater_equal(values, least), pc.less_equal(values, most))
    return pc.if_else(fits, number, None), pc.if_else(fits, None, number if text is None else text)


def _has_empty(text: pa.Array) -> bool:
    return bool(pc.min(pc.binary_length(text)).as_py() == 0)


def _has_blank_ends(text: pa.Array) -> bool:
    """Whether a text begins or ends with white space, which XML's readers drop unless told."""
    return bool(pc.sum(pc.binary_length(pc.utf8_trim_whitespace(text))) != pc.sum(pc.binary_length(text)))


def _refuse_too_long(text: pa.Array, place: Place, first: int) -> None:
    """A cut value would be a wrong one. Raises TextTooLong."""
    suspects = pc.indices_nonzero(pc.greater(pc.binary_length(text), LONGEST_TEXT)).to_pylist()
    for row in suspects:
        length = len(text[row].as_py().encode("utf-16-le")) // 2
        if length > LONGEST_TEXT:
            raise TextTooLong(first + row, place.title, length, LONGEST_TEXT)
