"""Columns of values as JSON, added to the texts of their rows: whole numbers and times by the texts that they have."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from odata.rendering.texts import Known, Places, Texts


@dataclass(frozen=True, slots=True)
class Spelling:
    """How values are spelt in the service's text formats, which whoever brings the rows knows.

    `escaped` makes a text column the inside of JSON strings, `instants` a column of UTC without a zone RFC 3339 text
    without its Z, and `text_bytes` joins a text column without nulls end to end, but for the first bytes.
    """

    escaped: Callable[[pa.Array], pa.Array]
    instants: Callable[[pa.Array], pa.Array]
    text_bytes: Callable[[pa.Array, int], bytes]


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around each value of a member, its key in front; neither is there where it `may_lack` and is null."""

    before: str
    behind: str
    may_lack: bool

    @property
    def null(self) -> str:
        """What a row has that has no value."""
        return "" if self.may_lack else f"{self.before}null{self.behind}"


_ROWS_A_NUMBER = 8
"""Whole numbers have their texts made where these are fewer than the rows by this."""

_ROWS_A_TEXT = 8
"""Texts are made once where they are fewer than the rows by this."""

_ROWS_OF_TEXTS = 4000
"""So many rows are worth looking for them."""

_SAMPLE = 256
"""Rows in which that is to be seen already."""

_ROWS_OF_TIMES = 64
"""So many rows are worth the text of every minute of a day."""

_SECOND = 1_000_000
_DAY = 86_400
_DAYS = (-719_162, 2_932_896)
"""0001-01-01, and the last day of the year 9999: all have ten letters."""


def add_values(texts: Texts, column: pa.Array, is_json: bool, around: Around, exact: bool, spelling: Spelling) -> None:
    """Add a column's values to the texts of their rows."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        add_values(texts, column.cast(kind.value_type), is_json, around, exact, spelling)
        return
    known: Known = column.is_valid().to_numpy(zero_copy_only=False) if column.null_count else None
    if not column.null_count < len(column):
        texts.same(around.null)
    elif is_json or not (
        (pa.types.is_integer(kind) and _added_numbers(texts, column, known, around, exact))
        or (pa.types.is_string(kind) and _added_texts(texts, column, known, around, spelling))
        or (pa.types.is_timestamp(kind) and _added_times(texts, column, known, around, spelling))
    ):
        values, is_quoted = _spelt(column, is_json, exact, spelling)
        quote = '"' if is_quoted else ""
        _add_own(texts, values, known, around, quote, quote)


def _add_own(texts: Texts, values: pa.Array, known: Known, around: Around, opening: str, closing: str) -> None:
    before, behind = around.before + opening, closing + around.behind
    if known is None:
        texts.same(before)
        texts.own(values)
        texts.same(behind)
        return
    places = known.view(np.int8).astype(np.int32)
    texts.few([around.null, before], places)
    texts.own(values, known)
    if behind:
        texts.few(["", behind], places)


def _added_numbers(texts: Texts, column: pa.Array, known: Known, around: Around, exact: bool) -> bool:
    """Whether whole numbers lie so close together that each has its text made, and was added."""
    values = _whole(column, known)
    low, high = int(values.min()), int(values.max())
    if (high - low) * _ROWS_A_NUMBER > len(column):
        return False
    quote = '"' if exact and column.type.bit_width == 64 else ""
    before, behind = around.before + quote, quote + around.behind
    # Small types have not room for the distance between their ends.
    wide = values if values.itemsize == 8 else values.astype(np.int64)
    places = (wide - wide.dtype.type(low)).astype(np.int32)
    _add_few(texts, [f"{before}{number}{behind}" for number in range(low, high + 1)], places, known, around.null)
    return True


def _add_few(texts: Texts, few: list[str], places: Places, known: Known, null: str) -> None:
    if known is not None:
        places = np.where(known, places, np.int32(len(few)))
        few = [*few, null]
    texts.few(few, places)


def _added_times(texts: Texts, column: pa.Array, known: Known, around: Around, spelling: Spelling) -> bool:
    """Whether instants are whole seconds of few days, and were added: day, minute and second by the texts of each."""
    if column.type.unit != "us" or len(column) < _ROWS_OF_TIMES:
        return False
    instants = _whole(column, known)
    first, last = (int(one) // _SECOND // _DAY for one in (instants.min(), instants.max()))
    if (last - first) * _ROWS_A_NUMBER > len(column) or first < _DAYS[0] or last > _DAYS[1]:
        return False
    whole = instants // _SECOND
    if (whole * _SECOND != instants).any():
        return False
    all_minutes = whole // 60
    seconds = (whole - all_minutes * 60).astype(np.int32)
    minutes = (all_minutes - first * 1440).astype(np.int32)
    days = minutes // np.int32(1440)
    named = [f'{around.before}"{_day_spelt(spelling.instants, day)}' for day in range(first, last + 1)]
    _add_few(texts, named, days, known, around.null)
    texts.many(_minutes_of_day(spelling.instants), minutes - days * np.int32(1440), known)
    ends = [f"{end}{around.behind}" for end in _ends_of_minute(spelling.instants)]
    _add_few(texts, ends, seconds, known, "")
    return True


@lru_cache(maxsize=10_000)
def _day_spelt(instants: Callable[[pa.Array], pa.Array], day: int) -> str:
    """A day, counted from 1970-01-01."""
    text: str = _spelt_seconds(instants, day * _DAY, day * _DAY, 1)[0].as_py()
    return text[:10]


@lru_cache(maxsize=4)
def _minutes_of_day(instants: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """What stands between day and second of an instant, for each minute of a day."""
    return pa.array([text[10:16] for text in _spelt_seconds(instants, 0, _DAY - 1, 60).to_pylist()], pa.string())


@lru_cache(maxsize=4)
def _ends_of_minute(instants: Callable[[pa.Array], pa.Array]) -> list[str]:
    """What stands behind the minute, for each second of one."""
    return [f'{text[16:]}Z"' for text in _spelt_seconds(instants, 0, 59, 1).to_pylist()]


def _spelt_seconds(instants: Callable[[pa.Array], pa.Array], first: int, last: int, step: int) -> pa.Array:
    return instants(pa.array(np.arange(first, last + 1, step) * _SECOND, pa.timestamp("us")))


def _added_texts(texts: Texts, column: pa.Array, known: Known, around: Around, spelling: Spelling) -> bool:
    """Whether texts are often the same, and were added; a look at the first ones saves finding that they are not."""
    if len(column) < _ROWS_OF_TEXTS or len(pc.unique(column[:_SAMPLE])) * _ROWS_A_TEXT > _SAMPLE:
        return False
    encoded = column.dictionary_encode()
    if len(encoded.dictionary) * _ROWS_A_TEXT > len(column):
        return False
    few = [f'{around.before}"{text}"{around.behind}' for text in spelling.escaped(encoded.dictionary).to_pylist()]
    _add_few(texts, few, _whole(encoded.indices, known), known, around.null)
    return True


def _whole(column: pa.Array, known: Known) -> npt.NDArray[np.signedinteger[Any]]:
    """Whole numbers or instants as they lie in memory; where there is none, one of the others."""
    kind = np.dtype(f"{'u' if pa.types.is_unsigned_integer(column.type) else 'i'}{column.type.bit_width // 8}")
    values = np.frombuffer(column.buffers()[1], kind)[column.offset : column.offset + len(column)]
    return values if known is None else np.where(known, values, values[known.argmax()])


def _spelt(column: pa.Array, is_json: bool, exact: bool, spelling: Spelling) -> tuple[pa.Array, bool]:
    """A column as text, nulls as nulls, and whether quotes stand around each value."""
    kind = column.type
    if is_json:
        return column.cast(pa.string()), False
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return spelling.escaped(column if pa.types.is_string(kind) else column.cast(pa.string())), True
    if pa.types.is_timestamp(kind):
        # Without a zone Arrow's instants are those of UTC.
        utc = column.cast(pa.timestamp(kind.unit))
        return pc.binary_join_element_wise(spelling.instants(utc), "Z", ""), True
    if pa.types.is_date(kind):
        return column.cast(pa.string()), True
    if pa.types.is_floating(kind):
        return _numbers(column), False
    if pa.types.is_integer(kind) or pa.types.is_decimal(kind) or pa.types.is_boolean(kind):
        return column.cast(pa.string()), exact and (pa.types.is_decimal(kind) or kind.bit_width == 64)
    raise TypeError(f"no column of type {kind} is part of an answer")


def _numbers(column: pa.Array) -> pa.Array:
    """Numbers as JSON; those that JSON has not are strings (OData JSON 4.01, 7.1)."""
    text = column.cast(pa.string())
    if pc.all(pc.is_finite(column), skip_nulls=True, min_count=0).as_py():
        return text
    values = pc.fill_null(column, 0.0).to_numpy(zero_copy_only=False)
    others = np.select([np.isnan(values), np.isposinf(values), np.isneginf(values)], ['"NaN"', '"INF"', '"-INF"'], "")
    found = pa.array(others, pa.string())
    return pc.if_else(pc.equal(found, ""), text, found)
