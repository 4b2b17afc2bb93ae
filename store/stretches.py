"""Parts of times as SQL: what the clocks of a zone show, and when a stretch of time begins.

A row gives what is the same for all rows of a group, and the group what a person is shown: so that the beginning of a
day is worked out once a day. Changes of clocks are told apart by halving, and only those that the rows can have seen.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from store.expressions import Bound
from tabular.filter.zones import MICROSECOND, Changes, changes_of
from tabular.grouping import Key, Part
from tabular.partition import Extent

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  # moments are UTC without a zone
_WIDTHS = {Part.HALF_HOUR: 1_800_000_000, Part.HOUR: 3_600_000_000}
_NO_MOMENT = "CAST(NULL AS TIMESTAMP)"

_LONGEST = {Part.DAY: 2, Part.WEEK: 9, Part.MONTH: 33, Part.QUARTER: 94, Part.YEAR: 368}
"""More days than there can be from the beginning of a stretch to a moment in it."""

_SHOWN = {
    Part.HALF_HOUR_OF_DAY: "(hour({0}) * 2 + minute({0}) // 30)",
    Part.HOUR_OF_DAY: "hour({0})",
    Part.WEEKDAY: "isodow({0})",
    Part.MONTH_OF_YEAR: "month({0})",
}


def in_row(key: Key, part: Part, at: str, zone: str, extents: Mapping[str, Extent], bound: Bound) -> str:
    """What a row of a partition is grouped by; `at` is the SQL of its time, `extents` those of the partition.

    Of an hour or a half-hour that is the moment at which it begins; of longer stretches, what the clock shows when they
    begin; else a whole number.
    """
    changes = _seen(key, zone, [extents], timedelta(days=1 if part in _WIDTHS else 0))
    offset = stepwise(at, changes.moments, [bound.literal(one) for one in changes.offsets], bound)
    if part in _WIDTHS:
        return _begins(at, offset, changes, _WIDTHS[part], bound)
    local = f"make_timestamp(epoch_us({at}) + {offset})"
    return _SHOWN[part].format(local) if part in _SHOWN else f"date_trunc('{part}', {local})"


def of_group(key: Key, name: str, zone: str, extents: Sequence[Mapping[str, Extent]], bound: Bound) -> str:
    """What a key is shown as; `name` is the SQL name of what `in_row` gave, `extents` those of all partitions."""
    part = key.part
    if part is Part.HALF_HOUR_OF_DAY:
        return f"strftime(make_timestamp({name} * {bound.literal(_WIDTHS[Part.HALF_HOUR])}), '%H:%M')"
    if part is None or part not in _LONGEST:
        return name
    changes = _seen(key, zone, extents, timedelta(days=_LONGEST[part]))
    offsets = [bound.literal(one) for one in changes.offsets]
    return f"make_timestamp(epoch_us({name}) - {stepwise(name, _walls(changes), offsets, bound)})"


def _begins(at: str, offset: str, changes: Changes, width: int, bound: Bound) -> str:
    """The moment from which on the clock has shown the same hour: a full one, or a change to the midst of one."""
    wide = bound.literal(width)
    past = f"((epoch_us({at}) + {offset}) % {wide} + {wide}) % {wide}"
    begins = f"make_timestamp(epoch_us({at}) - {past})"
    into = zip(changes.moments, changes.offsets[1:], strict=True)
    cuts = [moment if ((moment - _EPOCH) // MICROSECOND + ahead) % width else None for moment, ahead in into]
    if not any(cuts):
        return begins
    texts = [_NO_MOMENT, *(_NO_MOMENT if moment is None else bound.literal(moment) for moment in cuts)]
    # greatest passes over nulls.
    since = f"greatest({begins}, {stepwise(at, changes.moments, texts, bound)})"
    return f"CASE WHEN {at} IS NOT NULL THEN {since} END"


def _walls(changes: Changes) -> tuple[datetime, ...]:
    """What the clocks show where the next offset holds for sure: what they show twice is taken as the first, what they
    leap over as if they had not yet."""
    ahead = zip(changes.offsets, changes.offsets[1:], strict=False)
    return tuple(m + max(pair) * MICROSECOND for m, pair in zip(changes.moments, ahead, strict=True))


def stepwise(at: str, moments: Sequence[datetime], values: Sequence[str], bound: Bound) -> str:
    """The first value before the first moment, the second one from it on, and so on."""
    if not moments:
        return values[0]
    middle = len(moments) // 2
    before = stepwise(at, moments[:middle], values[: middle + 1], bound)
    after = stepwise(at, moments[middle + 1 :], values[middle + 1 :], bound)
    return f"CASE WHEN {at} < {bound.literal(moments[middle])} THEN {before} ELSE {after} END"


def _seen(key: Key, zone: str, extents: Sequence[Mapping[str, Extent]], reach: timedelta) -> Changes:
    """The changes of clocks from `reach` before the earliest of the times to the latest."""
    changes, reading = changes_of(zone), key.source.reading
    known = [held[reading.field] for held in extents if reading.field in held]
    if reading.item is not None or len(known) < len(extents):
        return changes
    moments = [_utc(one) for held in known for one in (held.earliest, held.latest) if one is not None]
    return changes.between(min(moments) - reach, max(moments)) if moments else Changes((), changes.offsets[:1])


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
