"""Literals of a filter as values."""

import math
import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tabular.errors import FilterUnsupported, FilterWrong, shown
from tabular.filter.bound import EARLIEST, LATEST, LEAST_INTEGER, MOST_INTEGER, Constant, Kind
from tabular.filter.tree import Literal, Spelling

_NUMBERS = {"INF": math.inf, "-INF": -math.inf, "NaN": math.nan}
_MOMENT = re.compile(
    r"(?P<day>-?\d+-\d\d-\d\d)[Tt](?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<part>\d+))?)?(?P<offset>.*)"
)
_TIME = re.compile(r"(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<part>\d+))?)?")
_DURATION = re.compile(
    r"(?P<sign>-?)P(?=[\dT])(?:(?P<days>\d{1,9})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,12})H)?(?:(?P<minutes>\d{1,12})M)?(?:(?P<seconds>\d{1,15})(?:\.(?P<part>\d{1,12}))?S)?)?",
    re.IGNORECASE | re.ASCII,
)


def constant_of(literal: Literal, zone: str) -> Constant:
    """The value of a literal; a moment without an offset is one of `zone`.

    Raises FilterWrong where there is no such day, moment or duration, FilterUnsupported for binary and geo literals.
    """
    text = literal.text
    match literal.spelling:
        case Spelling.NULL:
            return Constant(None, Kind.NULL)
        case Spelling.BOOLEAN:
            return Constant(text == "true", Kind.BOOLEAN)
        case Spelling.INTEGER:
            return _integer(text)
        case Spelling.DECIMAL:
            return Constant(_NUMBERS[text] if text in _NUMBERS else float(text), Kind.NUMBER)
        case Spelling.TEXT | Spelling.GUID | Spelling.ENUM:
            return Constant(text, Kind.TEXT)
        case Spelling.DATE:
            return Constant(_day(literal, text), Kind.DATE)
        case Spelling.MOMENT:
            return Constant(_moment(literal, zone), Kind.MOMENT)
        case Spelling.TIME_OF_DAY:
            return Constant(_time(literal), Kind.TIME_OF_DAY)
        case Spelling.DURATION:
            microseconds = microseconds_in(text)
            if microseconds is None:
                raise _none(literal, "duration", "Durations look like duration'P1DT2H30M5.5S'.")
            return Constant(microseconds, Kind.DURATION)
        case Spelling.BINARY | Spelling.GEO:
            raise FilterUnsupported(literal.span.start, f"the type of {literal.prefix.lower()}'…'")


def microseconds_in(text: str) -> int | None:
    """How long a duration's spelling says (OData's durationValue, without years and months); None if it is none.

    >>> microseconds_in("PT5M"), microseconds_in("-P1DT0.5S"), microseconds_in("P1M"), microseconds_in("P")
    (300000000, -86400500000, None, None)
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        return None
    days, hours, minutes, seconds = (int(match[name] or 0) for name in ("days", "hours", "minutes", "seconds"))
    whole = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    total = whole * 1_000_000 + _microseconds(match["part"])
    total = -total if match["sign"] else total
    return total if LEAST_INTEGER <= total <= MOST_INTEGER else None


def first_moment(day: date, zone: str) -> datetime:
    """When a day begins in a zone, as UTC; the first of two midnights where clocks go back over it."""
    return _utc(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)))


def _integer(text: str) -> Constant:
    # Longer ones than 64 bits hold are decimals (OData's primitive types have no larger integer).
    if len(text) <= 20 and LEAST_INTEGER <= int(text) <= MOST_INTEGER:
        return Constant(int(text), Kind.INTEGER)
    return Constant(float(text), Kind.NUMBER)


def _day(literal: Literal, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as failure:
        raise _none(literal, "day", "Days go from 0001-01-01 to 9999-12-31.") from failure


def _moment(literal: Literal, zone: str) -> datetime:
    match = _MOMENT.fullmatch(literal.text)
    assert match is not None, "the lexer lets through no other"
    day = _day(literal, match["day"])
    # A leap second is the first of the next minute, as everywhere in POSIX time.
    second = int(match["second"] or 0)
    at = datetime.combine(day, time(int(match["hour"]), int(match["minute"]), min(second, 59)))
    offset = match["offset"].replace(" ", "+")
    clocks = ZoneInfo(zone) if not offset else datetime.strptime(offset.upper(), "%z").tzinfo
    leap = timedelta(seconds=second - min(second, 59))
    try:
        found = _utc(at.replace(tzinfo=clocks)) + leap
    except OverflowError:
        found = EARLIEST if day.year < 5000 else LATEST
    return min(max(found + timedelta(microseconds=_microseconds(match["part"])), EARLIEST), LATEST)


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        return EARLIEST if moment.year < 5000 else LATEST


def _time(literal: Literal) -> time:
    match = _TIME.fullmatch(literal.text)
    assert match is not None, "the lexer lets through no other"
    try:
        return time(int(match["hour"]), int(match["minute"]), int(match["second"] or 0), _microseconds(match["part"]))
    except ValueError as failure:
        raise _none(literal, "time of day", "Times of day go from 00:00:00 to 23:59:59.999999.") from failure


def _microseconds(digits: str | None) -> int:
    """A fraction of a second: what is finer than a microsecond is left out, since the store keeps none of it."""
    return int((digits or "0")[:6].ljust(6, "0"))


def _none(literal: Literal, what: str, advice: str) -> FilterWrong:
    return FilterWrong(literal.span.start, f'there is no {what} "{shown(literal.text)}"', advice)
