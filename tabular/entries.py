"""A list as a parameter writes it: entries at commas, each perhaps with a new name behind `as`."""

from dataclasses import dataclass

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
        place = words.lower().find(" as ")
        if place < 0:
            return words, ""
        return words[:place], words[place + 4 :].strip(_QUOTES)


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
