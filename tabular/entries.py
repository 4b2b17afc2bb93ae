"""A list as a parameter writes it: entries at commas, each perhaps with a new name behind `as`."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tabular.errors import BadValue, shown

MOST_ENTRIES = 100
"""Entries that one list may have."""

LONGEST_NAME, MOST_LETTERS = 255, 3_000
"""Letters of a new name, as many as Excel's tables take, and of all new names together: in JSON each row has them."""

_AS = re.compile(" as ", re.IGNORECASE | re.ASCII)
_CLOSING = {"'": "'", '"': '"', "[": "]", "(": ")"}
_QUOTES = "'\""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list; `offset` says where it begins, in characters from 0."""

    text: str
    offset: int = 0

    def renamed(self) -> tuple[str, str]:
        """What is asked for, and the name behind `as`, empty if there is none.

        >>> Entry("cli  AS 'Caller, number'").renamed(), Entry("cli").renamed()
        (('cli', 'Caller, number'), ('cli', ''))
        """
        words = " ".join(self.text.split())
        found = _AS.search(words)
        if found is None:
            return words, ""
        return words[: found.start()], words[found.end() :].strip(_QUOTES)


def entries(text: str) -> list[Entry]:
    """A list at its commas, but for those in quotes, brackets and parentheses; an entry may be empty.

    >>> [entry.text for entry in entries("id,cli as 'a, b', $['x,y'],percentile(z,95)")]
    ['id', "cli as 'a, b'", "$['x,y']", 'percentile(z,95)']
    >>> [entry.offset for entry in entries("id, cli,dnis")]
    [0, 4, 8]
    """
    found: list[Entry] = []
    begun, closing = 0, [""]
    for place, letter in enumerate(text):
        if letter == closing[-1]:
            closing.pop()
        elif closing[-1] not in ("'", '"'):
            if letter in _CLOSING:
                closing.append(_CLOSING[letter])
            elif letter == "," and len(closing) == 1:
                found.append(_entry(text[begun:place], begun))
                begun = place + 1
    return [*found, _entry(text[begun:], begun)]


def _entry(text: str, begun: int) -> Entry:
    return Entry(text.strip(), begun + len(text) - len(text.lstrip()))


def check_names(parameter: str, text: str, names: Sequence[str], new: Sequence[str]) -> None:
    """Raise BadValue unless the names of an answer's columns, and those of them that are new, can be its names."""
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        name = shown(twice[0])
        raise BadValue(parameter, text, f'each name once ("{name}" is there twice); "{name} as …" renames one')
    if any(len(name) > LONGEST_NAME for name in new) or sum(map(len, new)) > MOST_LETTERS:
        most = f"new names of up to {LONGEST_NAME} letters, and {MOST_LETTERS:,} of all of them together"
        raise BadValue(parameter, text, most)
    if any(unicodedata.category(letter) == "Cc" for name in new for letter in name):
        raise BadValue(parameter, text, "new names without control characters")
