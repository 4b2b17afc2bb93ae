"""Columns of text made at once: words by number, digits of one width, hexadecimal, UUIDs."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Indexes = NDArray[np.integer[Any]]

_HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
_UUID_DASHES = (8, 13, 18, 23)


def words(*values: str) -> pa.Array:
    """A vocabulary: number 0 is null, 1 and up are the words.

    >>> words("a", "b").take(pa.array([2, 0])).to_pylist()
    ['b', None]
    """
    return pa.array([None, *values], pa.string())


def named(vocabulary: pa.Array, places: Indexes) -> pa.Array:
    """The entries of a vocabulary at these places."""
    return vocabulary.take(pa.array(places))


def joined(separator: str, *parts: pa.Array | str) -> pa.Array:
    """Texts joined row by row; null where a part is."""
    return pc.binary_join_element_wise(*parts, separator)


def placed(values: pa.Array, where: NDArray[np.bool_]) -> pa.Array:
    """`values` in the rows that `where` marks, in order; null elsewhere."""
    places = np.cumsum(where, dtype=np.int32) - 1
    return values.take(pa.array(places, mask=~where))


def only(values: pa.Array, where: NDArray[np.bool_]) -> pa.Array:
    """`values`, with null in the rows that `where` leaves out."""
    return pc.if_else(pa.array(where), values, pa.scalar(None, values.type))


def digits(values: Indexes, width: int) -> pa.Array:
    """Numbers as decimal digits of one width, with leading zeros.

    >>> digits(np.array([7, 1234]), 4).to_pylist()
    ['0007', '1234']
    """
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    return _fixed((values[:, None] // powers % 10 + ord("0")).astype(np.uint8))


def hexadecimal(values: NDArray[np.uint64], width: int) -> pa.Array:
    """The lowest bits of numbers as `width` hexadecimal digits.

    >>> hexadecimal(np.array([255, 4096], dtype=np.uint64), 4).to_pylist()
    ['00ff', '1000']
    """
    return _fixed(_hex(values)[:, 16 - width :])


def uuids(high: NDArray[np.uint64], low: NDArray[np.uint64]) -> pa.Array:
    """Random UUIDs (version 4) from 128 random bits each.

    >>> uuids(np.zeros(1, dtype=np.uint64), np.zeros(1, dtype=np.uint64)).to_pylist()
    ['00000000-0000-4000-8000-000000000000']
    """
    high = high & np.uint64(0xFFFFFFFFFFFF0FFF) | np.uint64(0x4000)
    low = low & np.uint64(0x3FFFFFFFFFFFFFFF) | np.uint64(1 << 63)
    text = np.full((len(high), 36), ord("-"), dtype=np.uint8)
    text[:, [place for place in range(36) if place not in _UUID_DASHES]] = np.hstack([_hex(high), _hex(low)])
    return _fixed(text)


def _hex(values: NDArray[np.uint64]) -> NDArray[np.uint8]:
    pairs = values.astype(">u8").view(np.uint8).reshape(-1, 8)
    halves = np.empty((len(values), 16), dtype=np.uint8)
    halves[:, 0::2], halves[:, 1::2] = pairs >> 4, pairs & 15
    return _HEX[halves]


def _fixed(text: NDArray[np.uint8]) -> pa.Array:
    """Rows of characters as texts."""
    count, width = text.shape
    offsets = np.arange(count + 1, dtype=np.int32) * np.int32(width)
    body = np.ascontiguousarray(text)
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(body))


def ascii_of(names: Sequence[str]) -> list[str]:
    """Names as they stand in usernames and addresses of mail.

    >>> ascii_of(["Nicolò", "D'Angelo", "De Luca"])
    ['nicolo', 'dangelo', 'deluca']
    """
    plain = str.maketrans("àèéìòùç", "aeeiouc", "' .&")
    return [name.lower().translate(plain) for name in names]
