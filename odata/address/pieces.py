"""A path cut at its slashes and freed of percent-encoding, each letter with its place in the path."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tabular.errors import AddressWrong
from tabular.filter.tree import Span

LONGEST = 20_000
"""Characters of a path that is read at all."""

MOST_PIECES = 50
"""Segments of one path."""

_ENCODED = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
# In a condition a slash belongs to a path of its own: only behind its last parenthesis the segment ends.
_CONDITION = re.compile(r"\$filter(?:\(|%28)", re.IGNORECASE)
_QUOTE_OR_PARENTHESIS = re.compile(r"(?P<quote>'|%27)|(?P<open>\(|%28)|(?P<close>\)|%29)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A segment without percent-encoding; `places` says of each letter, and of the end, where it is in the path."""

    text: str
    places: tuple[int, ...]

    def span(self, start: int = 0, end: int | None = None) -> Span:
        """Where letters of the piece stand in the path."""
        return Span(self.places[start], self.places[len(self.text) if end is None else end])


def pieces(path: str) -> Iterator[Piece]:
    """The segments of a path; a slash at its end means nothing. Raises AddressWrong."""
    if len(path) > LONGEST:
        raise AddressWrong(LONGEST, f"it is longer than {LONGEST:,} characters", "Ask for less at once.")
    start, count = 0, 0
    while start < len(path):
        end = _end_of(path, start)
        if end == start:
            raise AddressWrong(start, "a segment is empty", "One slash stands between two segments.")
        count += 1
        if count > MOST_PIECES:
            raise AddressWrong(start, f"it has more than {MOST_PIECES} segments", "Ask for less at once.")
        yield _decoded(path, start, end)
        start = end + 1


def _end_of(path: str, start: int) -> int:
    """Where the segment that begins at `start` ends."""
    begun = _CONDITION.match(path, start)
    if begun is None:
        end = path.find("/", start)
        return end if end >= 0 else len(path)
    depth, is_quoted = 1, False
    for found in _QUOTE_OR_PARENTHESIS.finditer(path, begun.end()):
        if found.lastgroup == "quote":
            is_quoted = not is_quoted
        elif not is_quoted:
            depth += 1 if found.lastgroup == "open" else -1
        if depth == 0:
            end = path.find("/", found.end())
            return end if end >= 0 else len(path)
    raise AddressWrong(start, "$filter( does not end", "Close its parenthesis: $filter(status eq 'HANGUP').")


def _decoded(path: str, start: int, end: int) -> Piece:
    letters: list[str] = []
    places: list[int] = []
    place = start
    while place < end:
        encoded = _ENCODED.match(path, place, end)
        if encoded is None:
            if path[place] == "%":
                raise AddressWrong(place, "% stands without two hex digits behind it", "A percent sign is %25.")
            letters.append(path[place])
            places.append(place)
            place += 1
            continue
        for letter, width in _letters(encoded[0], place):
            letters.append(letter)
            places.append(place)
            place += width
    return Piece("".join(letters), (*places, end))


def _letters(encoded: str, place: int) -> Iterator[tuple[str, int]]:
    """Each letter of a run of percent-encoded bytes, with how many characters of the path it takes."""
    try:
        text = bytes.fromhex(encoded.replace("%", "")).decode()
    except UnicodeDecodeError as failure:
        problem = "bytes in percent-encoding are no UTF-8"
        raise AddressWrong(
            place + 3 * failure.start, problem, "Letters beyond ASCII are their bytes: %C3%BC."
        ) from None
    for letter in text:
        yield letter, 3 * len(letter.encode())
