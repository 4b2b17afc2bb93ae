"""A number for a text key: the same in every table, month and process, so that tables are related by eight bytes."""

import re
from hashlib import md5

EXACT = r"(?:0|[1-9][0-9]{0,8}|[1-8][0-9]{9})\.(?:0|[1-9][0-9]{0,5})"
"""An interaction's id as the Data Model documents it: a Unix time, a dot and a counter, each as a number is written,
so that no two texts make one number. What it gives stays below 2**53, which every client reads exactly."""

PER_SECOND = 1_000_000
"""Counters of one second are below it."""

HASHED_FROM = 2**62
"""The least number that is made of a hash."""

_EXACT = re.compile(EXACT)


def number_of(text: str) -> int:
    """The number that stands for a key, at least 0 and below 2**63.

    A documented id gives seconds * 1,000,000 + counter; any other text 2**62 and 62 bits of its MD5, as the engine
    reads the second half of that: with a million such texts two have one number once in ten million times.

    >>> number_of("1588581589.1320")
    1588581589001320
    >>> number_of("1588581589.01") > 2**62
    True
    """
    if _EXACT.fullmatch(text):
        seconds, _, counter = text.partition(".")
        return int(seconds) * PER_SECOND + int(counter)
    digest = md5(text.encode(), usedforsecurity=False).digest()
    return HASHED_FROM + (int.from_bytes(digest[8:], "little") >> 2)
