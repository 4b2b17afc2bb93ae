"""Places: the months of which tables a question has to see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tabular.month import Month
from tabular.query import Window
from tabular.table import Table

FIRST = Month(2000, 1)
"""No TVox has statistics of an earlier month."""

_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, eq=False, slots=True)
class Place:
    """A month of a table that is mirrored as it is (steps or records, seen by no key); None: a table without months."""

    table: Table
    month: Month | None

    @property
    def name(self) -> tuple[str, Month | None]:
        """What names its partition."""
        return self.table.name, self.month

    def __str__(self) -> str:
        return f"{self.table.name} of {self.month}" if self.month else self.table.name


def months_of(window: Window | None, history: int, zone: ZoneInfo, now: datetime) -> Iterable[Month]:
    """The months in which an interaction may have begun whose rows lie in a window.

    Without a window, or without its beginning, they are the last `history` months up to its end. None lies before
    FIRST or in the future. What began in the month before and went on past midnight is found by `Mirror` itself.
    """
    this_month = Month.of(now.astimezone(zone))
    until = None if window is None else window.until
    last = this_month if until is None else min(this_month, Month.of((until - _MOMENT).astimezone(zone)))
    since = None if window is None else window.since
    first = last - (history - 1) if since is None else Month.of(since.astimezone(zone))
    return max(first, FIRST).until(last)


def spelt(months: Iterable[Month | None]) -> str:
    """Months as a sentence names them.

    >>> spelt([Month(2020, 4), Month(2020, 5), Month(2020, 6), Month(2020, 9)]), spelt([None])
    ('2020-04 to 2020-06, 2020-09', 'now')
    """
    named = sorted(month for month in months if month is not None)
    runs: list[list[Month]] = []
    for month in named:
        if runs and month == runs[-1][-1].after:
            runs[-1].append(month)
        else:
            runs.append([month])
    return ", ".join(f"{run[0]} to {run[-1]}" if len(run) > 1 else str(run[0]) for run in runs) or "now"
