"""Casing: capitals and small letters as utf8mb4 knows them, one letter for each."""

import re
from pathlib import Path

_FILE = Path(__file__).with_name("casing.txt")
_PAIRS = re.findall(r"\b([0-9A-F]{4})([<=>])([0-9A-F]{4})\b", _FILE.read_text(encoding="utf-8"))
_CAPITALS = {int(small, 16): int(capital, 16) for small, way, capital in _PAIRS if way in ("=", ">")}
_SMALL = {int(capital, 16): int(small, 16) for small, way, capital in _PAIRS if way in ("=", "<")}
_CAPITALS |= {letter: letter - 32 for letter in range(ord("a"), ord("z") + 1)}
_SMALL |= {letter: letter + 32 for letter in range(ord("A"), ord("Z") + 1)}


def upper(text: str) -> str:
    """A text in capitals.

    >>> upper("perché ß")
    'PERCHÉ ß'
    """
    return text.translate(_CAPITALS)


def lower(text: str) -> str:
    """A text in small letters.

    >>> lower("PERCHÉ ẞ")
    'perché ẞ'
    """
    return text.translate(_SMALL)
