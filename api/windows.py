"""The window of a question: `from` and `to`, or one of the words for a stretch of time."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from tabular.errors import BackwardWindow, BadValue, ParametersClash
from tabular.filter.bound import EARLIEST, LATEST
from tabular.month import Month
from tabular.query import Window

WORDS = ("month", "year", "last", "today", "yesterday")
"""Parameters that name a whole window; only one of them may be given, and neither `from` nor `to` beside it."""

_LAST = re.compile(r"([1-9]\d{0,3})([dwm])", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DATE_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,6})?)?)\s?(Z|[+-]?\d{2}:?\d{2})?",
    re.IGNORECASE | re.ASCII,
)
_EARLIEST, _LATEST = EARLIEST.replace(tzinfo=UTC), LATEST.replace(tzinfo=UTC)
_EXPECTED = "a date (2020-05-01) or a date-time (2020-05-01T08:00, with Z or an offset if not in tz)"


def window_of(asked: dict[str, str], zone: ZoneInfo, now: datetime) -> Window | None:
    """The window that the parameters in `asked` name, as UTC; None if none does.

    Dates are whole days of `zone`, both included; date-times without an offset are in `zone`.
    Raises BadValue, BackwardWindow, ParametersClash.
    """
    words = [name for name in WORDS if name in asked]
    bounds = [name for name in ("from", "to") if name in asked]
    if len(words) > 1 or (words and bounds):
        raise ParametersClash((*words, *bounds))
    if words:
        first, after = _days(words[0], asked[words[0]], now.astimezone(zone).date())
        return Window(_begins(first, zone), _begins(after, zone))
    if not bounds:
        return None
    since = _bound("from", asked["from"], zone, days=0) if "from" in asked else None
    until = _bound("to", asked["to"], zone, days=1) if "to" in asked else None
    # A day that ends the window is included: it must not lie before the first one.
    whole_day = "to" in asked and _DATE.fullmatch(asked["to"].strip()) is not None
    if since is not None and until is not None and (since > until or (whole_day and since == until)):
        raise BackwardWindow(asked["from"], asked["to"])
    return Window(since, until)


def _days(word: str, value: str, today: date) -> tuple[date, date]:
    """The first day of a named window and the first day after it."""
    tomorrow = today + timedelta(days=1)
    if word in ("today", "yesterday"):
        if value.lower() not in ("", "1", "true"):
            raise BadValue(word, value, f"no value: &{word} alone")
        return (today, tomorrow) if word == "today" else (today - timedelta(days=1), today)
    try:
        if word == "month":
            month = Month.parse(value)
            return date(month.year, month.month, 1), date(month.after.year, month.after.month, 1)
        if word == "year":
            year = int(value) if _YEAR.fullmatch(value) else 0  # no year is 0: date refuses it
            return date(year, 1, 1), date(year + 1, 1, 1)
        return _first_of_last(value, tomorrow), tomorrow
    except (ValueError, OverflowError) as failure:
        expected = {"month": "a month such as 2020-05", "year": "a year such as 2020"}
        raise BadValue(word, value, expected.get(word, "a number of days, weeks or months: 7d, 4w, 3m")) from failure


def _first_of_last(text: str, tomorrow: date) -> date:
    """The first day of the last days, weeks or months that end with today."""
    match = _LAST.fullmatch(text.lower())
    if match is None:
        raise ValueError(text)
    count, unit = int(match[1]), match[2]
    if unit != "m":
        return tomorrow - timedelta(days=count * (7 if unit == "w" else 1))
    month = Month(tomorrow.year, tomorrow.month) - count
    last_day = (date(month.after.year, month.after.month, 1) - timedelta(days=1)).day
    return date(month.year, month.month, min(tomorrow.day, last_day))


def _bound(name: str, text: str, zone: ZoneInfo, days: int) -> datetime:
    try:
        return moment_in(text.strip(), zone, days)
    except (ValueError, OverflowError) as failure:
        raise BadValue(name, text, _EXPECTED) from failure


def moment_in(text: str, zone: ZoneInfo, days: int) -> datetime:
    """A date as the first moment of the day `days` later, a date-time as it says; UTC. Raises ValueError."""
    if _DATE.fullmatch(text):
        named = date.fromisoformat(text)
        return _begins(named + timedelta(days=days) if named < date.max else named, zone)
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        raise ValueError(text)
    day, clock, offset = match.groups()
    # A "+" in an address that nobody encoded arrives as a blank.
    offset = "" if not offset else offset.upper() if offset[0] in "zZ+-" else f"+{offset}"
    moment = datetime.fromisoformat(f"{day}T{clock}{offset}")
    return _utc(moment if moment.tzinfo else moment.replace(tzinfo=zone))


def _begins(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a day in a zone, as UTC: the first of two midnights where clocks go back over it."""
    return _utc(datetime(day.year, day.month, day.day, tzinfo=zone))


def _utc(moment: datetime) -> datetime:
    """A moment as UTC; beyond what every zone has a local time for, the edge of that."""
    try:
        found = moment.astimezone(UTC)
    except OverflowError:
        found = _EARLIEST if moment.year < 5000 else _LATEST
    return min(max(found, _EARLIEST), _LATEST)
