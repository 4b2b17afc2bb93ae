"""The clocks of a zone: when they are changed between 1970 and 2100, and what they show."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

FIRST_YEAR, LAST_YEAR = 1970, 2100
"""Years whose changes of clocks are known; before and after them clocks show what they did at the edge."""

MICROSECOND = timedelta(microseconds=1)
_STEP = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Changes:
    """`offsets[0]` holds before `moments[0]`, `offsets[1]` from it on, and so on; microseconds ahead of UTC, and
    moments as UTC without a zone."""

    moments: tuple[datetime, ...]
    offsets: tuple[int, ...]

    def offset(self, moment: datetime) -> int:
        """How far the clocks are ahead of UTC at a moment."""
        return self.offsets[bisect_right(self.moments, moment)]

    def between(self, earliest: datetime, latest: datetime) -> "Changes":
        """What is needed of them for moments from `earliest` to `latest`."""
        first, last = bisect_right(self.moments, earliest), bisect_right(self.moments, latest)
        return Changes(self.moments[first:last], self.offsets[first : last + 1])


@lru_cache(maxsize=64)
def changes_of(zone: str) -> Changes:
    """The changes of a zone's clocks, found by looking at each day; a zone unknown to Python raises."""
    clocks = ZoneInfo(zone)
    at = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
    end = datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC)
    moments: list[datetime] = []
    offsets = [_offset(clocks, at)]
    while at < end:
        after = at + _STEP
        if _offset(clocks, after) != offsets[-1]:
            moments.append(_change(clocks, at, after).replace(tzinfo=None))
            offsets.append(_offset(clocks, after))
        at = after
    return Changes(tuple(moments), tuple(offsets))


def _offset(clocks: ZoneInfo, moment: datetime) -> int:
    offset = moment.astimezone(clocks).utcoffset()
    assert offset is not None
    return offset // MICROSECOND


def _change(clocks: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The second from which on the offset of `after` holds."""
    aim = _offset(clocks, after)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if _offset(clocks, middle) == aim:
            after = middle
        else:
            before = middle
    return after


def clamped(moment: datetime) -> datetime:
    """The moment, or the edge of the years whose changes are known."""
    edge = datetime(LAST_YEAR, 12, 31, 23, 59, 59, 999999)  # noqa: DTZ001  # UTC without a zone
    return min(max(moment, datetime(FIRST_YEAR, 1, 1)), edge)  # noqa: DTZ001
