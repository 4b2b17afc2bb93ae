"""Functions that read times and durations, and set them right."""

import pyarrow as pa
import pyarrow.compute as pc

from connectors.files.expression import Cells, Expression, Wrong, any_true, computed, spoiled
from connectors.files.functions.call import Call, Function
from connectors.files.time_format import ISO, read_clock, read_format
from connectors.files.zones import instants, put_after
from tabular.table import Type

_MICROSECONDS = pa.timestamp("us")
_EARLIEST, _LATEST = -62_135_596_800, 253_402_300_799
"""Unix times of the years 1 and 9999, beyond which a time cannot be written."""
_CLOCK = r"^(?P<hours>[0-9]{1,6}):(?P<minutes>[0-5][0-9]):(?P<seconds>[0-5][0-9])$"
_NEEDS_ZONE = 'Write zone = "Europe/Rome", or whichever zone the clocks of the file show, above the tables.'


def _time(call: Call) -> Expression:
    """`time(text)`, `time(text, format)`, `time(date, clock, format)`."""
    given = call.count()
    spelled = call.literal(given - 1, "the format of a time") if given > 1 else "ISO 8601"
    texts = [call.of(at, Type.TEXT) for at in range(max(1, given - 1))]
    try:
        if given == 3:
            of_date, of_clock = read_clock(spelled)
        else:
            of_date, of_clock = read_format(spelled) if given == 2 else ISO, None
    except Wrong as wrong:
        raise call.wrong(given - 1, wrong.reason, wrong.advice) from None
    has_offset = (of_clock or of_date).offset
    zone = call.zone
    if zone is None and (not has_offset or of_date is ISO):
        raise Wrong("the zone of these local times is not said", _NEEDS_ZONE)

    def single(seen: pa.Array) -> Cells:
        return _instants(*of_date.read(seen), zone, seen, pc.is_valid(seen), spelled)

    def paired(dates: pa.Array, clocks: pa.Array, days: pa.Array) -> Cells:
        assert of_clock is not None
        moments, offsets = of_clock.read(clocks)
        wall = pc.add(days, pc.subtract(moments, pc.floor_temporal(moments, unit="day")))
        given_both = pc.and_(pc.is_valid(dates), pc.is_valid(clocks))
        amiss = any_true(pc.and_(given_both, pc.is_null(wall)))
        seen = pc.binary_join_element_wise(dates, clocks, " ") if amiss else dates
        return _instants(wall, offsets, zone, seen, given_both, spelled)

    if of_clock is None:
        return call.computes(Type.TIME, single, texts, spelled, zone)
    # One date often has several clocks: an expression of its own, it is read once.
    key = f"days({texts[0].key}, {of_date.plain!r})"
    days = computed(Type.TIME, key, lambda dates: of_date.read(dates)[0], texts[:1])
    return call.computes(Type.TIME, paired, [*texts, days], spelled, zone)


def _instants(
    wall: pa.Array, offsets: pa.Array | None, zone: str | None, seen: pa.Array, given: pa.Array, spelled: str
) -> Cells:
    if offsets is None:
        assert zone is not None
        values = instants(wall, zone)
    else:
        values = pc.subtract(wall, offsets)
        if zone is not None:
            values = pc.coalesce(values, instants(wall, zone))
    return spoiled(values, pc.and_(given, pc.is_null(values)), seen, f"is no time written as {spelled}")


def _after(call: Call) -> Expression:
    start, value = call.of(0, Type.TIME), call.of(1, Type.TIME)
    tolerance = call.whole(2, "the tolerance in seconds") if call.count() == 3 else 0
    if not 0 <= tolerance < 86_400:
        raise call.wrong(2, "a tolerance is from 0 to 86399 seconds")
    zone = call.zone
    if zone is None:
        raise Wrong("the zone in which a day is added is not said", _NEEDS_ZONE)

    def after(starts: pa.Array, times: pa.Array) -> Cells:
        moved, changed = put_after(starts, times, tolerance, zone)
        return Cells(moved, None, {call.label: changed})

    return call.repairing(Type.TIME, after, [start, value], tolerance)


def _unix(call: Call) -> Expression:
    def unix(times: pa.Array) -> pa.Array:
        return pc.floor_temporal(times, unit="second").cast(pa.timestamp("s")).cast(pa.int64())

    return call.computes(Type.INTEGER, unix, [call.of(0, Type.TIME)])


def _from_unix(call: Call) -> Expression:
    def from_unix(seconds: pa.Array) -> Cells:
        bad = pc.or_(pc.less(seconds, _EARLIEST), pc.greater(seconds, _LATEST))
        near = pc.if_else(bad, pa.scalar(None, seconds.type), seconds)
        micros = pc.round(pc.multiply(near, pa.scalar(1_000_000, seconds.type))).cast(pa.int64())
        return spoiled(micros.cast(_MICROSECONDS), bad, seconds, "is no Unix time")

    return call.computes(Type.TIME, from_unix, [call.of(0, Type.INTEGER, Type.NUMBER)])


def _latest(call: Call) -> Expression:
    times = [call.of(at, Type.TIME) for at in range(call.count())]
    return call.computes(Type.TIME, lambda *values: pc.max_element_wise(*values, skip_nulls=True), times)


def _earliest(call: Call) -> Expression:
    times = [call.of(at, Type.TIME) for at in range(call.count())]
    return call.computes(Type.TIME, lambda *values: pc.min_element_wise(*values, skip_nulls=True), times)


def _seconds(call: Call) -> Expression:
    def seconds(texts: pa.Array) -> Cells:
        parts = pc.extract_regex(texts, _CLOCK)
        hours, minutes, rest = (part.cast(pa.int64()) for part in parts.flatten())
        total = pc.add(pc.multiply(pc.add(pc.multiply(hours, 60), minutes), 60), rest)
        return spoiled(
            total, pc.and_(pc.is_null(total), pc.is_valid(texts)), texts, "is no duration written as H:MM:SS"
        )

    return call.computes(Type.INTEGER, seconds, [call.of(0, Type.TEXT)])


FUNCTIONS = (
    Function(
        "time",
        "time(text), time(text, format) or time(date, clock, format)",
        1,
        3,
        "A moment. The format is that of Python's strptime (%Y %y %m %d %b %H %I %M %S %p %f %z), of a date and a "
        "clock with one blank between them; without a format it is ISO 8601. Local times are of the mapping's zone: of "
        "an hour that clocks show twice the first is meant, and an hour they leave out is counted on from before it "
        "(02:30 is 03:30).",
        _time,
    ),
    Function(
        "after",
        "after(start, time) or after(start, time, tolerance in seconds)",
        2,
        3,
        "The time, one day later where it lies before the start by more than the tolerance: a clock without a date "
        "that went past midnight. Counted as a repair.",
        _after,
    ),
    Function("unix", "unix(time)", 1, 1, "The whole seconds from 1970 to a time.", _unix),
    Function("from_unix", "from_unix(seconds)", 1, 1, "The time that lies so many seconds after 1970.", _from_unix),
    Function("latest", "latest(time, …)", 1, 99, "The latest of the times that are not null.", _latest),
    Function("earliest", "earliest(time, …)", 1, 99, "The earliest of the times that are not null.", _earliest),
    Function("seconds", "seconds(text)", 1, 1, "The seconds of a duration written H:MM:SS, of any hours.", _seconds),
)
