"""Schedules: when a push runs next, five fields as cron has them, in the zone of the contact centre."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

_FIELDS = 5
_LONGEST = 200

FIRST, LONGEST = timedelta(minutes=1), timedelta(hours=1)
"""How long a push that failed rests: twice as long after each failure."""


def checked(text: str) -> str:
    """A schedule with one blank between its fields; ValueError if it is none, or never comes.

    >>> checked(" 0  7 * * mon-fri")
    '0 7 * * mon-fri'
    """
    fields = text.split()
    if len(fields) != _FIELDS or len(text) > _LONGEST:
        raise ValueError(text)
    try:
        next(CronSim(" ".join(fields), datetime(2026, 1, 1, tzinfo=UTC)))
    except (CronSimError, StopIteration, ValueError) as failure:
        raise ValueError(text) from failure
    return " ".join(fields)


def next_after(schedule: str, moment: datetime, zone: ZoneInfo) -> datetime:
    """The first time of a schedule behind a moment (UTC).

    A time that clocks skip comes when they go on, one that they show twice comes once.

    >>> next_after("30 2 * * *", datetime(2026, 3, 28, 12, tzinfo=UTC), ZoneInfo("Europe/Rome")).isoformat()
    '2026-03-29T01:00:00+00:00'
    """
    times = CronSim(schedule, moment.astimezone(zone))
    while True:
        # Within the hour that comes twice, the first of the two may lie before the moment.
        found = next(times).astimezone(UTC)
        if found > moment:
            return found


def rest(failures: int) -> timedelta:
    """How long to leave a push alone that failed so often, one time after the other.

    >>> [rest(failures).total_seconds() / 60 for failures in (1, 2, 3, 6, 7, 1000)]
    [1.0, 2.0, 4.0, 32.0, 60.0, 60.0]
    """
    return min(LONGEST, FIRST * (1 << min(failures - 1, 10)))


def due_after(schedule: str, moment: datetime, zone: ZoneInfo, failures: int, may_help: bool) -> datetime | None:
    """When a push is due again that ended at a moment and has failed so often since it last did not; None without a
    schedule. What fails is tried again sooner where that may help, and never sooner than it has rested."""
    if not schedule:
        return None
    if not failures:
        return next_after(schedule, moment, zone)
    rested = moment + rest(failures)
    return rested if may_help else next_after(schedule, rested, zone)
