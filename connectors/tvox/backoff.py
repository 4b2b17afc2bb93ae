"""How long to wait before a TVox is asked again: what it said itself, or longer each time, and never all at once."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import SystemRandom

FIRST = 0.5
"""Seconds that are waited at most after the first failure; each further one doubles them."""
FIRST_WHEN_BUSY = 4.0
"""The same for a TVox that takes no more requests: its limit is one for each minute."""
CAP = 30.0
SHORTEST = 1.0
LONGEST = 3600.0
"""Seconds within which Retry-After is obeyed: the clock or the words of a server may be wrong."""

Draw = Callable[[float, float], float]
"""A number between two others, by chance."""
by_chance: Draw = SystemRandom().uniform


def backoff(tries: int, draw: Draw = by_chance) -> float:
    """Seconds to wait after `tries` failures (full jitter): those who failed together do not come back together."""
    return draw(0, _doubled(FIRST, tries))


def backoff_when_busy(tries: int, draw: Draw = by_chance) -> float:
    """Seconds to wait when a TVox has taken no more requests `tries` times, and said nothing of when it will."""
    most = _doubled(FIRST_WHEN_BUSY, tries)
    return draw(most / 2, most)


def _doubled(first: float, tries: int) -> float:
    return min(CAP, first * 2.0 ** min(tries - 1, 10))


def retry_after(value: str | None, now: datetime) -> float | None:
    """The seconds that a header Retry-After names, as a number or as the date when they end; None for any other text.

    >>> retry_after("120", datetime(2020, 5, 1, tzinfo=UTC))
    120.0
    >>> retry_after("Fri, 01 May 2020 00:00:30 GMT", datetime(2020, 5, 1, tzinfo=UTC))
    30.0
    >>> retry_after("soon", datetime(2020, 5, 1, tzinfo=UTC))
    """
    text = (value or "").strip()
    if re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,9})?", text):
        return _within(float(text))
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    aware = date if date.tzinfo else date.replace(tzinfo=UTC)
    return _within((aware - now).total_seconds())


def _within(seconds: float) -> float:
    return min(LONGEST, max(SHORTEST, seconds))
