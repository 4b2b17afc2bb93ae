"""The options whose value is one word: numbers, true and false, and texts that only the service itself reads."""

import re
from typing import Literal

from tabular.errors import FilterWrong

_WHOLE = re.compile(r"[0-9]{1,18}")
_DEPTH = re.compile(r"[1-9][0-9]{0,17}")
_VERSION = re.compile(r"\*|[A-Za-z0-9._~-]{1,128}")
# A "+" that nobody encoded arrives as a blank, and media types have no other between two letters.
_LOST_PLUS = re.compile(r"(?<=[\w.-]) (?=[\w.-])")
_FORMAT = re.compile(r"[^\s/;]+(?:/[^\s/;]+)?(?:;.*)?")


def whole(text: str, place: int = 0) -> int:
    """A count of rows, as in `$top=5`. Raises FilterWrong."""
    if _WHOLE.fullmatch(text) is None:
        raise FilterWrong(place, "it is no whole number of up to 18 digits", "It looks like this: 100.")
    return int(text)


def ordinal(text: str, place: int = 0) -> int:
    """A position, from the end where negative, as in `$index=-1`. Raises FilterWrong."""
    if _WHOLE.fullmatch(text.removeprefix("-")) is None:
        raise FilterWrong(place, "it is no whole number", "It looks like this: 0 or -1.")
    return int(text)


def truth(text: str, place: int = 0) -> bool:
    """true or false, in any case. Raises FilterWrong."""
    if text.lower() not in ("true", "false"):
        raise FilterWrong(place, "it is neither true nor false", "It looks like this: $count=true.")
    return text.lower() == "true"


def depth(text: str, place: int = 0) -> int | Literal["max"]:
    """How often an expansion is repeated. Raises FilterWrong."""
    if text.lower() == "max":
        return "max"
    if _DEPTH.fullmatch(text) is None:
        raise FilterWrong(place, "it is neither max nor a whole number from 1", "It looks like this: $levels=2.")
    return int(text)


def version(text: str, place: int = 0) -> str:
    """The version of a schema, or `*` for the newest. Raises FilterWrong."""
    if _VERSION.fullmatch(text) is None:
        problem = "it is neither * nor a version of letters, digits and - . _ ~"
        raise FilterWrong(place, problem, "It looks like this: 1.0.")
    return text


def media_type(text: str, place: int = 0) -> str:
    """The name of a format or a media type. Raises FilterWrong."""
    found = _LOST_PLUS.sub("+", text)
    if _FORMAT.fullmatch(found) is None:
        raise FilterWrong(place, "it is no format and no media type", "It looks like this: json or application/json.")
    return found


def opaque(text: str, place: int = 0) -> str:
    """A text that is handed on as it is. Raises FilterWrong where there is none."""
    if not text:
        raise FilterWrong(place, "nothing stands behind it", "Give it a value, or leave it out.")
    return text
