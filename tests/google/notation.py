"""A1 notation and fields masks, as Google's documents have them (guides/concepts#cell, guides/field-masks)."""

import re
from dataclasses import dataclass
from typing import Any

_RANGE = re.compile(r"\$?([A-Za-z]{1,3})?\$?([0-9]{1,8})?(?::\$?([A-Za-z]{1,3})?\$?([0-9]{1,8})?)?")
_MASK_WORD = re.compile(r"[A-Za-z0-9_*]+|[(),./]")


class Unparsable(Exception):
    """No range, or no mask."""


@dataclass(frozen=True, slots=True)
class Area:
    """Cells by zero-based, half-open indexes; None is open. `single`: one cell was named, the corner of what comes."""

    sheet: str | None
    top: int = 0
    left: int = 0
    bottom: int | None = None
    right: int | None = None
    single: bool = False


def parsed(text: str) -> Area:
    """A range such as `'Q1 2020'!A5:C`, `Sheet1`, `A1` or `Sheet1!2:3`. Raises Unparsable.

    >>> parsed("'Anna''s'!B2:C")
    Area(sheet="Anna's", top=1, left=1, bottom=None, right=3, single=False)
    >>> parsed("Calls").sheet
    'Calls'
    """
    sheet, cells = None, text
    if found := re.fullmatch(r"'((?:[^']|'')+)'(?:!(.*))?", text, re.DOTALL):
        sheet, cells = found[1].replace("''", "'"), found[2] or ""
    elif "!" in text:
        sheet, _, cells = text.rpartition("!")
    elif not re.fullmatch(r"\$?[A-Za-z]{1,3}\$?[0-9]+(:.*)?|[A-Za-z]{1,3}:[A-Za-z]{1,3}[0-9]*|[0-9]+:[0-9]+", text):
        sheet, cells = text, ""
    if not cells:
        if not sheet:
            raise Unparsable(text)
        return Area(sheet)
    match = _RANGE.fullmatch(cells)
    if match is None or not (match[1] or match[2]) or (":" not in cells and not (match[1] and match[2])):
        raise Unparsable(text)
    top, left = int(match[2] or 1) - 1, column(match[1]) if match[1] else 0
    if ":" not in cells:
        return Area(sheet, top, left, top + 1, left + 1, single=True)
    bottom = int(match[4]) if match[4] else None
    right = column(match[3]) + 1 if match[3] else None
    if top < 0 or (bottom is not None and bottom <= top) or (right is not None and right <= left):
        raise Unparsable(text)
    return Area(sheet, top, left, bottom, right)


def column(letters: str) -> int:
    """The index of a column.

    >>> [column(each) for each in ("A", "Z", "AA", "ZZ", "AAA")]
    [0, 25, 26, 701, 702]
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def named(title: str, top: int, left: int, bottom: int, right: int) -> str:
    """A range as Google writes it, with quotes where a title needs them.

    >>> named("Q1 2020", 0, 0, 2, 27), named("Calls", 4, 2, 5, 3)
    ("'Q1 2020'!A1:AA2", 'Calls!C5')
    """
    sheet = title if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", title) else "'" + title.replace("'", "''") + "'"
    first, last = f"{letters(left)}{top + 1}", f"{letters(right - 1)}{bottom}"
    return f"{sheet}!{first}" if first == last else f"{sheet}!{first}:{last}"


def letters(index: int) -> str:
    """The letters of a column."""
    index, found = index + 1, ""
    while index:
        index, rest = divmod(index - 1, 26)
        found = chr(65 + rest) + found
    return found


Mask = dict[str, Any]


def mask_of(text: str) -> Mask:
    """A fields mask as a tree; `a,b(c,d/e)` and `b.c` alike. Raises Unparsable.

    >>> mask_of("sheets(properties/title,data.x),id")
    {'sheets': {'properties': {'title': {}}, 'data': {'x': {}}}, 'id': {}}
    """
    words = _MASK_WORD.findall(text)
    if "".join(words) != text.replace(" ", ""):
        raise Unparsable(text)
    tree: Mask = {}
    end = _fields(words, 0, tree)
    if end != len(words):
        raise Unparsable(text)
    return tree


def _fields(words: list[str], at: int, into: Mask) -> int:
    while True:
        place = into
        while True:
            if at >= len(words) or words[at] in "(),./":
                raise Unparsable("".join(words))
            place = place.setdefault(words[at], {})
            at += 1
            if at < len(words) and words[at] in "./":
                at += 1
            else:
                break
        if at < len(words) and words[at] == "(":
            at = _fields(words, at + 1, place)
            if at >= len(words) or words[at] != ")":
                raise Unparsable("".join(words))
            at += 1
        if at < len(words) and words[at] == ",":
            at += 1
            continue
        return at


def masked(value: Any, mask: Mask) -> Any:
    """What a mask leaves of an answer."""
    if not mask or "*" in mask:
        return value
    if isinstance(value, list):
        return [masked(each, mask) for each in value]
    if not isinstance(value, dict):
        return value
    return {key: masked(inner, mask[key]) for key, inner in value.items() if key in mask}
