"""The plain reading of a grouping: dicts into dicts, one row and one value at a time, with Python's own clocks."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from tabular.filter.bound import LEAST_INTEGER, MOST_INTEGER
from tabular.filter.evaluate import local
from tabular.grouping import Function, Grouping, Key, Measure, Part

Row = Mapping[str, Any]
_SECOND = timedelta(seconds=1)
_WIDTHS = {Part.HALF_HOUR: timedelta(minutes=30), Part.HOUR: timedelta(hours=1)}


def groups(rows: Sequence[Row], grouping: Grouping) -> list[dict[str, Any]]:
    """The groups of rows, in the order of their keys; cells by the names of the grouping's columns."""
    held: dict[tuple[Any, ...], list[Row]] = {} if grouping.keys else {(): []}
    for row in rows:
        held.setdefault(tuple(key_of(row, key, grouping.zone) for key in grouping.keys), []).append(row)
    names = [column.name for column in grouping.columns]
    found = sorted(held.items(), key=lambda group: [(cell is None, cell) for cell in group[0]])
    made = [(*keys, *(measured(members, one) for one in grouping.measures)) for keys, members in found]
    return [dict(zip(names, cells, strict=True)) for cells in made]


def key_of(row: Row, key: Key, zone: str) -> Any:
    """What a row is grouped by."""
    value = _value(row[key.source.name])
    if key.part is None or value is None:
        return value
    shown = local(value, zone)
    match key.part:
        case Part.HALF_HOUR | Part.HOUR:
            return _clock_hour(value, _WIDTHS[key.part], zone)
        case Part.HALF_HOUR_OF_DAY:
            return f"{shown.hour:02}:{'30' if shown.minute >= 30 else '00'}"
        case Part.HOUR_OF_DAY:
            return shown.hour
        case Part.WEEKDAY:
            return shown.isoweekday()
        case Part.MONTH_OF_YEAR:
            return shown.month
    day = shown.replace(hour=0, minute=0, second=0, microsecond=0)
    begins = {
        Part.DAY: day,
        Part.WEEK: day - timedelta(days=day.weekday()),
        Part.MONTH: day.replace(day=1),
        Part.QUARTER: day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1),
        Part.YEAR: day.replace(month=1, day=1),
    }
    return first_moment(begins[key.part], zone)


@lru_cache(maxsize=10_000)
def _clock_hour(moment: datetime, width: timedelta, zone: str) -> datetime:
    """Back to the full hour (or half) that the clock showed, or to where the clock was changed on the way."""
    shown = local(moment, zone)
    past = (shown - datetime(1, 1, 1)) % width
    begins = moment - past
    if local(begins, zone) + past == shown:
        return begins
    at = moment.replace(microsecond=0)
    while local(at, zone) - local(at - _SECOND, zone) == _SECOND:
        at -= _SECOND
    return at


@lru_cache(maxsize=10_000)
def first_moment(shown: datetime, zone: str) -> datetime:
    """The first moment at which clocks show something, or, where they leap over it, the moment of the leap."""
    offsets = {local(shown + timedelta(hours=h), zone) - shown - timedelta(hours=h) for h in range(-50, 51)}
    moments = [shown - offset for offset in offsets if local(shown - offset, zone) == shown]
    if moments:
        return min(moments)
    before, after = shown - timedelta(hours=50), shown + timedelta(hours=50)
    while after - before > _SECOND:
        middle = before + (after - before) // (2 * _SECOND) * _SECOND
        before, after = (before, middle) if local(middle, zone) >= shown else (middle, after)
    return after


def measured(rows: Sequence[Row], measure: Measure) -> Any:
    """What a measure says of rows."""
    if measure.source is None:
        return len(rows)
    values = [one for row in rows if (one := _value(row[measure.source.name])) is not None]
    match measure.function:
        case Function.COUNT:
            return len(values)
        case Function.DISTINCT:
            return len(set(values))
    if not values:
        return None
    made: dict[Function, Callable[[], Any]] = {
        Function.SUM: lambda: _sum(values),
        Function.AVG: lambda: math.fsum(values) / len(values) if _finite(values) else sum(values) / len(values),
        Function.MIN: lambda: min(values),
        Function.MAX: lambda: max(values),
        Function.MEDIAN: lambda: _percentile(values, 50),
        Function.PERCENTILE: lambda: _percentile(values, measure.percent or 0),
    }
    return made[measure.function]()


def _value(cell: Any) -> Any:
    return None if isinstance(cell, float) and math.isnan(cell) else cell


def _finite(values: Sequence[Any]) -> bool:
    return all(math.isfinite(one) for one in values)


def _sum(values: Sequence[Any]) -> Any:
    if isinstance(values[0], float):
        return math.fsum(values) if _finite(values) else sum(values)
    total = sum(values)
    return total if LEAST_INTEGER <= total <= MOST_INTEGER else None


def _percentile(values: Sequence[Any], percent: float) -> float:
    ordered = sorted(map(float, values))
    place = (len(ordered) - 1) * (percent / 100)
    low, high = math.floor(place), math.ceil(place)
    if low == high:
        return ordered[low]
    return ordered[low] * (1 - (place - low)) + ordered[high] * (place - low)


def same(left: Any, right: Any, scale: float = 0.0) -> bool:
    """Whether two cells are equal, numbers but for what sums in another order differ by."""
    if isinstance(left, float) and isinstance(right, float):
        if math.isnan(left) or math.isnan(right):
            return math.isnan(left) and math.isnan(right)
        return math.isclose(left, right, rel_tol=1e-9, abs_tol=scale * 1e-12)
    return type(left) is type(right) and bool(left == right)
