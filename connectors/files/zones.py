"""Local times of a zone become instants, and clocks without a date find their day."""

import pyarrow as pa
import pyarrow.compute as pc

from connectors.files.expression import any_true

_INSTANT = pa.timestamp("us")
_DAY = pa.scalar(86_400_000_000, pa.duration("us"))


def is_zone(name: str) -> bool:
    """Whether there is a time zone of that name, in the database that Arrow reads.

    >>> is_zone("Europe/Rome"), is_zone("Europe/Roma"), is_zone("+01:00")
    (True, False, False)
    """
    try:
        pc.assume_timezone(pa.array([0], _INSTANT), name)
    except pa.ArrowInvalid:
        return False
    return name[:1].isalpha()


def instants(wall: pa.Array, zone: str) -> pa.Array:
    """Wall times (timestamp[us]) of a zone as UTC (timestamp[us] without a zone).

    Of an hour that the clocks show twice, the first is meant; a time in an hour that they leave out is counted on with
    the offset from before it, so 02:30 becomes 03:30. Both as Python's `datetime` does with fold 0. Arrow knows
    the rules of zones up to 2037, and no summer time after it.
    """
    try:
        return pc.assume_timezone(wall, zone, ambiguous="earliest", nonexistent="raise").view(_INSTANT)
    except pa.ArrowInvalid:
        # Some lie in a gap: all are counted with the offset that was in force at them, or just before the gap.
        before = pc.assume_timezone(wall, zone, ambiguous="earliest", nonexistent="earliest")
        offset = pc.subtract(pc.local_timestamp(before), before.view(_INSTANT))
        return pc.subtract(wall, offset)


def put_after(starts: pa.Array, times: pa.Array, tolerance: int, zone: str) -> tuple[pa.Array, pa.Array]:
    """The times (UTC), a day of the zone later where they lie more than `tolerance` seconds before their start, and
    which of them were moved.

    A time in the hour that clocks show twice is moved to its second showing, where that is late enough.
    """
    least = pc.subtract(starts, pa.scalar(tolerance * 1_000_000, pa.duration("us")))
    early = pc.fill_null(pc.less(times, least), False)
    if not any_true(early):
        return times, early
    wall = pc.local_timestamp(pc.assume_timezone(times.filter(early), "UTC").cast(pa.timestamp("us", zone)))
    again = pc.assume_timezone(wall, zone, ambiguous="latest", nonexistent="latest").view(_INSTANT)
    next_day = instants(pc.add(wall, _DAY), zone)
    moved = pc.if_else(pc.greater_equal(again, least.filter(early)), again, next_day)
    return pc.replace_with_mask(times, early, moved), early
