"""The patterns of match() and search(): I-Regexp (RFC 9485), matched by RE2 in time linear to the text."""

import re
from functools import lru_cache
from typing import Protocol

import re2  # type: ignore[import-untyped]  # google-re2 has no types of its own

from tabular.errors import BadPattern, PathTooLong

LONGEST_PATTERN = 1_000


_SINGLE = r"\\[()*+\-.?\[\\\]^nrt{|}]"
_CATEGORY = r"\\[pP]\{(?:L[lmotu]?|M[cen]?|N[dlo]?|P[cdefios]?|Z[lps]?|S[ckmo]?|C[cfno]?)\}"
_IN_CLASS = rf"(?:[^\-\[\\\]\ud800-\udfff]|{_SINGLE})"
_ONE_OF = rf"(?:{_IN_CLASS}(?:-{_IN_CLASS})?|{_CATEGORY})"
_PIECE = re.compile(
    rf"""
      (?P<atom>[^()*+.?\[\\\]{{|}}\ud800-\udfff]|\.|{_SINGLE}|{_CATEGORY}|\[\^?(?:-|{_ONE_OF}){_ONE_OF}*-?\])
    | (?P<quantifier>[*+?]|\{{[0-9]+(?:,[0-9]*)?\}})
    | (?P<open>\()
    | (?P<close>\))
    | (?P<bar>\|)
    """,
    re.VERBOSE,
)


class Pattern(Protocol):
    """What RE2 makes of a pattern."""

    def fullmatch(self, text: str) -> object: ...
    def search(self, text: str) -> object: ...


def _options() -> object:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    return options


_OPTIONS = _options()


@lru_cache(256)
def compiled_pattern(pattern: str) -> Pattern | None:
    """The pattern, or None where it is no I-Regexp, which matches nothing. Raises BadPattern and PathTooLong.

    >>> bool(compiled_pattern("a.c").fullmatch("abc")), bool(compiled_pattern("a.c").fullmatch("a\\nc"))
    (True, False)
    >>> compiled_pattern("(?=a)") is None
    True
    """
    if len(pattern) > LONGEST_PATTERN:
        raise PathTooLong("characters in a pattern", LONGEST_PATTERN)
    if not check(pattern):
        return None
    try:
        found: Pattern = re2.compile(_with_dots(pattern), _OPTIONS)
    except re2.error as refused:
        reason = refused.args[0] if refused.args else ""
        raise BadPattern(pattern, reason.decode() if isinstance(reason, bytes) else str(reason)) from None
    return found


def check(pattern: str) -> bool:
    """Whether a pattern is an I-Regexp (RFC 9485, 3).

    >>> [check(each) for each in ("[0-9]{3,12}", "a|(b|)", r"[^a-z\\-]*", r"\\p{Lu}", r"\\d", "a**", "(a", "(?:a)")]
    [True, True, True, True, False, False, False, False]
    """
    place, depth, may_repeat = 0, 0, False
    while place < len(pattern):
        piece = _PIECE.match(pattern, place)
        if piece is None or (piece["quantifier"] and not may_repeat) or (piece["close"] and not depth):
            return False
        depth += bool(piece["open"]) - bool(piece["close"])
        may_repeat = bool(piece["atom"] or piece["close"])
        place = piece.end()
    return depth == 0


def matches(text: str, pattern: str, whole: bool) -> bool:
    """Whether a text is (`whole`) or holds what the pattern says. Raises BadPattern and PathTooLong."""
    program = compiled_pattern(pattern)
    if program is None:
        return False
    try:
        return (program.fullmatch(text) if whole else program.search(text)) is not None
    except UnicodeEncodeError:  # half of a pair of surrogates is no character, so no pattern is about it
        return False


def _with_dots(pattern: str) -> str:
    """RE2's spelling: a dot stands for any character but the ends of lines (RFC 9485, 5.3)."""
    parts, escaped, in_class = [], False, False
    for letter in pattern:
        if escaped:
            escaped = False
        elif letter == "\\":
            escaped = True
        elif letter == "[":
            in_class = True
        elif letter == "]":
            in_class = False
        elif letter == "." and not in_class:
            parts.append(r"[^\n\r]")
            continue
        parts.append(letter)
    return "".join(parts)
