"""The mark of TVox Tables as PNG pictures, drawn here: a rounded square with the lines of a table."""

import struct
import zlib
from functools import lru_cache
from math import hypot

SIZES = (16, 20, 24, 32, 40, 48, 64, 80)
"""The sizes that Power BI asks of a connector's icons, and one for large screens."""

_ACCENT, _INK = (15, 118, 110), (255, 255, 255)
_ROUND = 4.0
"""The radius of the corners; the square is 16 wide, as the mark of the pages."""

_LINES = ((3.5, 4.5, 12.5, 4.5), (3.5, 8.0, 12.5, 8.0), (3.5, 11.5, 12.5, 11.5), (6.5, 4.5, 6.5, 11.5))
_HALF = 0.75
"""Half of a line's width; its ends are round."""


@lru_cache(maxsize=len(SIZES))
def icon(size: int) -> bytes:
    """The mark as a PNG, `size` pixels wide and high, 8 bits each of red, green, blue and opacity."""
    scale = 16 / size
    rows = bytearray()
    for row in range(size):
        rows.append(0)  # the row is written as it is, without a filter
        for column in range(size):
            rows += _pixel((column + 0.5) * scale, (row + 0.5) * scale, scale)
    head = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    chunks = _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(bytes(rows), 9)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _pixel(x: float, y: float, scale: float) -> bytes:
    """Red, green, blue and opacity of the pixel around a point; what covers half of it is seen by half."""
    inside = _covered(_from_square(x, y), scale)
    lined = _covered(min(_from_line(x, y, *line) for line in _LINES) - _HALF, scale)
    mixed = (round(ink * lined + accent * (1 - lined)) for accent, ink in zip(_ACCENT, _INK, strict=True))
    return bytes((*mixed, round(255 * inside)))


def _covered(distance: float, scale: float) -> float:
    """How much of a pixel a shape covers whose edge is so far from the pixel's middle, below 0 within the shape."""
    return min(max(0.5 - distance / scale, 0.0), 1.0)


def _from_square(x: float, y: float) -> float:
    across, down = abs(x - 8) - 8 + _ROUND, abs(y - 8) - 8 + _ROUND
    return hypot(max(across, 0.0), max(down, 0.0)) + min(max(across, down), 0.0) - _ROUND


def _from_line(x: float, y: float, left: float, top: float, right: float, bottom: float) -> float:
    return hypot(x - min(max(x, left), right), y - min(max(y, top), bottom))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
