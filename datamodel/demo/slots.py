"""The half-hours of a month: where each lies in the local week, and which days are Italian holidays."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from tabular.month import Month

SLOT = 1800
"""Seconds of a slot."""

WEEK = 7 * 48
"""Slots of a week; slot 0 is Monday 00:00, local time."""

_FIXED_HOLIDAYS = ((1, 1), (1, 6), (4, 25), (5, 1), (6, 2), (8, 15), (11, 1), (12, 8), (12, 25), (12, 26))
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Slots:
    """The half-hours of one month.

    `begins` is the month's first second as Unix time, `week` the place of each half-hour in the local week (0 to 335;
    a holiday is a Sunday), `day` its local day counted from 1970, `count` how many there are.
    """

    begins: int
    week: NDArray[np.int64]
    day: NDArray[np.int64]

    @property
    def count(self) -> int:
        """How many half-hours the month has."""
        return len(self.week)

    @property
    def hour(self) -> NDArray[np.int64]:
        """The local hour in which each half-hour lies (0 to 23)."""
        return self.week % 48 // 2


@lru_cache(maxsize=16)
def slots_of(month: Month, zone: str) -> Slots:
    """The half-hours of a month in a zone; a day of a clock change has two more or fewer."""
    place = ZoneInfo(zone)
    begins, ends = (int(moment.timestamp()) for moment in (month.begins(place), month.ends(place)))
    starts = np.arange(begins, ends, SLOT)
    offsets = [_offset(second, place) for second in starts.tolist()]
    local = starts + np.array(offsets)
    day = local // 86400
    # 1970 began on a Thursday.
    weekday = np.where(np.isin(day, [(d - _EPOCH).days for d in holidays(month.year)]), 6, (day + 3) % 7)
    return Slots(begins, weekday * 48 + local % 86400 // SLOT, day)


def _offset(second: int, zone: ZoneInfo) -> int:
    offset = datetime.fromtimestamp(second, UTC).astimezone(zone).utcoffset() or timedelta()
    return int(offset.total_seconds())


def holidays(year: int) -> tuple[date, ...]:
    """Italy's public holidays, without Easter Sunday.

    >>> date(2026, 4, 6) in holidays(2026), date(2026, 10, 4) in holidays(2026), date(2025, 10, 4) in holidays(2025)
    (True, True, False)
    """
    # Saint Francis' day is a holiday again from 2026 (law 151 of 2025).
    fixed = (*_FIXED_HOLIDAYS, (10, 4)) if year >= 2026 else _FIXED_HOLIDAYS
    return (*(date(year, month, day) for month, day in fixed), easter(year) + timedelta(days=1))


def easter(year: int) -> date:
    """Easter Sunday, by the Gregorian computus.

    >>> easter(2020), easter(2026)
    (datetime.date(2020, 4, 12), datetime.date(2026, 4, 5))
    """
    century, of_century = divmod(year, 100)
    moon = (19 * (year % 19) + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - moon - of_century % 4) % 7
    late = (year % 19 + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
