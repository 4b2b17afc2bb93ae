"""The query of an address → names and values, decoded (OData 4.01 part 2, 2)."""

import re
from urllib.parse import unquote_to_bytes

from tabular.errors import OptionWrong, shown

_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
# Texts in quotes are left alone; "T" and a time of day make a moment of what stands before a blank.
_MOMENT = re.compile(
    r"""'(?:[^']++|'')*+'
      | (\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(?::\d\d(?:\.\d{1,12})?)?)[ ](?=\d\d:\d\d)""",
    re.VERBOSE | re.ASCII,
)
_PHRASE = re.compile(r"""%22.*?%22|".*?"|'.*?'""")


def decoded(query: str) -> list[tuple[str, str]]:
    """The options of a query, which begins behind the `?`: names and values in their order, percent-decoded.

    A `+` is a blank, as forms and many clients mean it, but for the sign of an offset in a moment, which clients
    forget to write as %2B; a blank in that place is one too. Raises OptionWrong with the place in what was sent.

    >>> decoded("$filter=at%20ge+2020-05-01T00:00:00+02:00&top=5&find")
    [('$filter', 'at ge 2020-05-01T00:00:00+02:00'), ('top', '5'), ('find', '')]
    """
    found: list[tuple[str, str]] = []
    for pair in query.split("&"):
        if not pair:
            continue
        encoded_name, _, text = pair.partition("=")
        name = _plain(encoded_name, "The query", 0)
        if name.lower().removeprefix("$") == "search":
            _check_semicolons(name, text)
        value = _plain(text, name or "The query", 0)
        found.append((name, _MOMENT.sub(_with_plus, value)))
    return found


def _plain(text: str, option: str, place: int) -> str:
    bad = _BAD_PERCENT.search(text)
    if bad is not None:
        problem = f'"{shown(text[bad.start() : bad.start() + 3])}" encodes no letter'
        raise OptionWrong(option, bad.start(), problem, "A percent sign itself is written %25.")
    fragment = text.find("#")
    if fragment >= 0:
        raise OptionWrong(option, fragment, "# ends an address", "Inside it is written %23.")
    try:
        return unquote_to_bytes(text.replace("+", " ")).decode()
    except UnicodeError as failure:
        problem = "its letters are not encoded as UTF-8"
        raise OptionWrong(option, 0, problem, "An é is written %C3%A9.") from failure


def _check_semicolons(name: str, text: str) -> None:
    """Raise OptionWrong where a search has a semicolon that is not encoded: one ends a search in parentheses."""
    bare = _PHRASE.sub(lambda phrase: "_" * len(phrase[0]), text)
    place = bare.find(";")
    if place >= 0:
        raise OptionWrong(name, place, "a semicolon stands in it", "Inside a word it is written %3B.")


def _with_plus(match: re.Match[str]) -> str:
    return f"{match[1]}+" if match[1] else match[0]
