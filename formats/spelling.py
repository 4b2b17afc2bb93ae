"""Values as text, a column of a batch at a time: the same spelling in every text format."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from formats.format import Times

_EPOCH_DAY = 25569
"""1970-01-01 as a spreadsheet day number (days since 1899-12-30)."""
_DAY = 86_400_000_000


def text_of(values: pa.Array, times: Times) -> pa.Array:
    """A column as text, nulls as nulls; instants as `times` says, in the zone of their type.

    >>> moment = pa.array([1588322389 * 1_000_000], pa.timestamp("us", "Europe/Rome"))
    >>> [text_of(moment, times)[0].as_py() for times in Times]
    ['2020-05-01 10:39:49', '2020-05-01T10:39:49+02:00', '43952.4443171296']
    """
    kind = values.type
    if pa.types.is_string(kind):
        return values
    if pa.types.is_timestamp(kind):
        return _instant(values, times)
    if pa.types.is_date(kind) and times is Times.SERIAL:
        return serial_of(midnights(values))
    if pa.types.is_floating(kind):
        return pc.if_else(pc.is_finite(values), values, None).cast(pa.string())
    return values.cast(pa.string())


def midnights(days: pa.Array) -> pa.Array:
    """Days as microseconds since 1970, as a clock on the wall counts them.

    >>> serial_of(midnights(pa.array([43952 - 25569]).cast(pa.int32()).cast(pa.date32()))).to_pylist()
    ['43952']
    """
    return pc.multiply(days.cast(pa.int32()).cast(pa.int64()), _DAY)


def serial_of(local: pa.Array) -> pa.Array:
    """Microseconds since 1970, as a clock on the wall counts them, as spreadsheet day numbers.

    >>> serial_of(pa.array([0, 43_200_000_000])).to_pylist()
    ['25569', '25569.5']
    """
    # Past the year 2255 a float has not every microsecond, but still each hundredth of a millisecond.
    days = pc.add(pc.divide(local.cast(pa.float64(), safe=False), float(_DAY)), float(_EPOCH_DAY))
    return pc.round(days, 10).cast(pa.string())


def utc_text(values: pa.Array) -> pa.Array:
    """Instants without a zone, which are UTC, as RFC 3339 text but for its Z; a fraction only where there is one.

    >>> utc_text(pa.array([1588322389_000_000, 1588322389_500_000], pa.timestamp("us"))).to_pylist()
    ['2020-05-01T08:39:49', '2020-05-01T08:39:49.5']
    """
    coarse = _coarsest(values)
    text = coarse.cast(pa.string())
    if coarse.type.unit != "s":
        text = pc.utf8_rtrim(pc.utf8_rtrim(text, "0"), ".")
    return pc.binary_replace_slice(text, 10, 11, "T")


def is_number(kind: pa.DataType, times: Times) -> bool:
    """Whether a column of this type is written without quotes in JSON."""
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return times is Times.SERIAL
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind))


def _instant(values: pa.Array, times: Times) -> pa.Array:
    local = pc.local_timestamp(values)
    if times is Times.SERIAL:
        return serial_of(local.cast(pa.int64()))
    if times is Times.LOCAL:
        return _coarsest(local).cast(pa.string())
    text, offset = iso_parts(values)
    return pc.binary_join_element_wise(text, offset, "") if offset else text


def iso_parts(values: pa.Array) -> tuple[pa.Array, str]:
    """Instants as RFC 3339 text: what differs, and the offset behind all of them where they have the same.

    >>> text, offset = iso_parts(pa.array([1588322389 * 1_000_000], pa.timestamp("us", "Europe/Rome")))
    >>> text.to_pylist(), offset
    (['2020-05-01T10:39:49'], '+02:00')
    """
    local = pc.local_timestamp(values)
    text = pc.binary_replace_slice(_coarsest(local).cast(pa.string()), 10, 11, "T")
    offsets = pc.subtract(local.cast(pa.int64()), values.cast(pa.int64()))
    least, most = pc.min_max(offsets).values()
    if least == most:
        return text, _spelt_offset((least.as_py() or 0) // 60_000_000)
    return pc.binary_join_element_wise(text, _offset(offsets), ""), ""


def _coarsest(local: pa.Array) -> pa.Array:
    """Whole seconds where all are; else the fractions that are there."""
    for unit in ("s", "ms"):
        try:
            return local.cast(pa.timestamp(unit))
        except pa.ArrowInvalid:  # the cast would lose a fraction
            continue
    return local


def _offset(microseconds: pa.Array) -> pa.Array:
    """Offsets as `+02:00`: a batch knows only a few."""
    encoded = pc.divide(microseconds, 60_000_000).dictionary_encode()
    spelt = [_spelt_offset(offset) for offset in encoded.dictionary.to_pylist()]
    return pc.take(pa.array(spelt, pa.string()), encoded.indices)


def _spelt_offset(minutes: int) -> str:
    """An offset as RFC 3339 writes it.

    >>> _spelt_offset(0), _spelt_offset(120), _spelt_offset(-210)
    ('Z', '+02:00', '-03:30')
    """
    if not minutes:
        return "Z"
    return f"{'+' if minutes > 0 else '-'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def has_any(values: pa.Array, characters: bytes) -> bool:
    """Whether a text column holds one of these bytes: a look at its buffer, much faster than at its values."""
    data = values.buffers()[2]
    if data is None:
        return False
    seen = memoryview(data).tobytes()
    return any(character in seen for character in (characters[i : i + 1] for i in range(len(characters))))


def has_controls(values: pa.Array) -> bool:
    """Whether a text column holds a control character (below blank)."""
    data = values.buffers()[2]
    return data is not None and len(data) > 0 and bool(np.frombuffer(data, np.uint8).min() < 32)


def bytes_of(lines: pa.Array, skip: int = 0) -> bytes:
    """The text of a column without nulls, end to end, but for the first bytes."""
    offsets = np.frombuffer(lines.buffers()[1], np.int32)[lines.offset : lines.offset + len(lines) + 1]
    return memoryview(lines.buffers()[2])[int(offsets[0]) + skip : int(offsets[-1])].tobytes()


def joined(parts: Sequence[pa.Array | str]) -> bytes:
    """Columns and constant text between them, row by row, as one piece of bytes."""
    return bytes_of(pc.binary_join_element_wise(*parts, ""))
