"""The words of a filter: one pass over the text, every word with its place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from tabular.errors import FilterWrong, shown
from tabular.filter.tree import Span

LONGEST = 20_000
"""Characters of a text that is read at all."""

LESS = "Ask for less in one filter."
"""The advice for what is too long, too deep or too much."""


class Word(StrEnum):
    """What a word looks like."""

    TEXT = "text"
    JSON_TEXT = "json_text"
    TYPED = "typed"
    GUID = "guid"
    MOMENT = "moment"
    DATE = "date"
    TIME_OF_DAY = "time_of_day"
    NUMBER = "number"
    NAME = "name"
    SYSTEM = "system"
    AT = "at"
    MARK = "mark"
    RAW = "raw"
    """Text that a grammar of its own has read."""

    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the text; `after_blank` where a blank stands before it."""

    word: Word
    text: str
    span: Span
    after_blank: bool = False


_NAME = r"[^\W\d]\w{0,127}(?:\.[^\W\d]\w{0,127})*+"
_QUOTED = r"'(?:[^']++|'')*+'"
# Digits are those of ASCII: one of another script may look like a different one of them.
_DATE = r"-?[0-9]{4,6}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::(?:[0-5][0-9]|60)(?:\.[0-9]{1,12})?)?"
# A "+" that nobody encoded arrives as a blank (OData 4.01 part 2, 2; what curl and Go send).
_OFFSET = r"(?:[Zz]|[+\- ](?:[01][0-9]|2[0-3]):[0-5][0-9])"
_END = r"(?![\w.])"

# Possessive quantifiers and words that begin differently: the text is read once, whatever it is.
_WORDS = re.compile(
    rf"""
      (?P<blank>\s++)
    | (?P<text>{_QUOTED})
    | (?P<json_text>"(?:[^"\\]++|\\.)*+")
    | (?P<typed>{_NAME}{_QUOTED})
    | (?P<guid>[0-9A-Fa-f]{{8}}(?:-[0-9A-Fa-f]{{4}}){{3}}-[0-9A-Fa-f]{{12}}(?![\w-]))
    | (?P<moment>{_DATE}[Tt]{_TIME}{_OFFSET}?{_END})
    | (?P<date>{_DATE}{_END})
    | (?P<time_of_day>{_TIME}{_END})
    | (?P<number>[+-]?[0-9]++(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?(?![\w.]|-\d))
    | (?P<infinity>-INF\b)
    | (?P<name>{_NAME})
    | (?P<system>\$\w{{1,30}})
    | (?P<at>@{_NAME}(?:\#{_NAME})?)
    | (?P<mark>[=!<>&|]{{2}}|[()\[\]{{}},:;/=\-+*%!<>&|])
    """,
    re.VERBOSE,
)


def tokens(text: str) -> list[Token]:
    """The words of a text, with END after the last. Raises FilterWrong."""
    if len(text) > LONGEST:
        raise too_long()
    return list(words(text))


def too_long() -> FilterWrong:
    return FilterWrong(LONGEST, f"it is longer than {LONGEST:,} characters", LESS)


def words(text: str, place: int = 0) -> Iterator[Token]:
    """The words of a text from a place on, each when it is asked for, with END after the last. Raises FilterWrong."""
    after_blank = False
    while place < len(text):
        match = _WORDS.match(text, place)
        if match is None:
            raise _unreadable(text, place)
        kind, found = str(match.lastgroup), match[0]
        span = Span(place, match.end())
        place = match.end()
        if kind == "blank":
            after_blank = True
            continue
        yield Token(Word.NUMBER if kind == "infinity" else Word(kind), found, span, after_blank)
        after_blank = False
    yield Token(Word.END, "", Span(place, place), after_blank)


def _unreadable(text: str, place: int) -> FilterWrong:
    letter = text[place]
    if letter in "'\"":
        return FilterWrong(place, "a text begins and does not end", "A quote inside a text is doubled: 'O''Neil'.")
    rest = shown(re.match(r"\S{1,40}", text[place:])[0]) if not letter.isspace() else letter  # type: ignore[index]
    if letter.isdigit() or letter in "+-":
        advice = "Numbers are 12 or -1.5e3, days 2020-05-01, moments 2020-05-01T08:00:00Z, times of day 08:00:00."
        return FilterWrong(place, f'"{rest}" is no number, day, moment or time of day', advice)
    return FilterWrong(place, f'"{rest}" means nothing here', "Text stands in single quotes: status eq 'HANGUP'.")
