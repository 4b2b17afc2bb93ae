"""Times: days, moments and durations, and the functions of them."""

from datamodel.sql.dialect import formats
from datamodel.sql.dialect.conversions import (
    as_date,
    as_moment,
    as_span,
    as_text,
    fixed,
    is_constant,
    number,
    parsed_moment,
    real,
    text_of,
)
from datamodel.sql.dialect.functions import Call, Family
from datamodel.sql.dialect.numbers import integer_of
from datamodel.sql.dialect.values import Kind, Value, date, decimal, moment, span, text, whole
from tabular.errors import StatementUnsupported

_TIMES = Family("Days and times")
function = _TIMES.function
_TIMES.syntax("DATE_ADD ADDDATE DATE_SUB SUBDATE EXTRACT TIMESTAMPDIFF TIMESTAMPADD")

UNITS = {
    "MICROSECOND": "to_microseconds",
    "SECOND": "to_seconds",
    "MINUTE": "to_minutes",
    "HOUR": "to_hours",
    "DAY": "to_days",
    "WEEK": "to_weeks",
    "MONTH": "to_months",
    "QUARTER": "to_months",
    "YEAR": "to_years",
}
"""The units of intervals."""
_OF_DAYS = frozenset({"DAY", "WEEK", "MONTH", "QUARTER", "YEAR"})
_MICROSECONDS = {
    "MICROSECOND": 1,
    "SECOND": 1_000_000,
    "MINUTE": 60_000_000,
    "HOUR": 3_600_000_000,
    "DAY": 86_400_000_000,
    "WEEK": 604_800_000_000,
}


def unit_of(name: str) -> str:
    """A unit's name in capitals. Raises StatementUnsupported."""
    unit = name.upper().removeprefix("SQL_TSI_")
    if unit not in UNITS:
        raise StatementUnsupported(f"the unit {name}", known=UNITS)
    return unit


def shifted(value: Value, count: Value, unit: str, sign: str) -> Value:
    """A time with an interval added (`sign` is + or -)."""
    many = integer_of(count)
    if number(count).kind not in (Kind.INTEGER, Kind.DOUBLE) or (count.kind is Kind.TEXT and count.literal is None):
        raise StatementUnsupported("an interval that is no whole number", advice="Take a smaller unit.")
    if isinstance(count.literal, str) and not count.literal.strip().lstrip("-").isdigit():
        raise StatementUnsupported("an interval that is no whole number", advice="Take a smaller unit.")
    if unit == "QUARTER":
        many = f"({many} * 3)"
    spelt = f"CAST({many} AS {'BIGINT' if unit in _MICROSECONDS and unit not in _OF_DAYS else 'INTEGER'})"
    interval = f"{UNITS[unit]}({spelt})"
    scale = 6 if unit == "MICROSECOND" else 0
    if value.kind is Kind.TIME:
        if unit in _OF_DAYS:
            raise StatementUnsupported("days added to a time", advice="Add hours, or take a DATETIME.")
        return span(f"({value.sql} {sign} CAST({many} AS BIGINT) * {_MICROSECONDS[unit]})", max(value.scale, scale))
    if value.kind is Kind.DATE and unit in _OF_DAYS:
        return date(f"CAST(mdb_in_years({value.sql} {sign} {interval}) AS DATE)")
    if value.kind is Kind.TEXT:
        if not is_constant(value):
            raise StatementUnsupported(
                "an interval added to a text", advice="Say what it is: CAST(… AS DATE) or CAST(… AS DATETIME)."
            )
        known = parsed_moment(str(value.literal))
        at = as_moment(value)
        if known is not None and not known[2] and unit in _OF_DAYS:
            day = date(f"CAST(mdb_in_years({at.sql} {sign} {interval}) AS DATE)")
            return text(text_of(day))
        scale = max(scale, 6 if at.scale else 0)
        return text(text_of(moment(f"mdb_in_years({at.sql} {sign} {interval})", scale)))
    at = as_moment(value)
    return moment(f"mdb_in_years({at.sql} {sign} {interval})", max(at.scale, scale))


def difference(unit: str, one: Value, other: Value) -> Value:
    """The whole units from one moment to another (TIMESTAMPDIFF)."""
    begin, end = as_moment(one).sql, as_moment(other).sql
    if unit in _MICROSECONDS:
        return whole(f"((epoch_us({end}) - epoch_us({begin})) // {_MICROSECONDS[unit]})")
    months = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}[unit]
    return whole(f"(mdb_months({begin}, {end}) // {months})")


def extracted(unit: str, value: Value) -> Value:
    """A part of a time (EXTRACT, and the functions that are called as the part)."""
    match unit:
        case "YEAR" | "MONTH" | "DAY" | "QUARTER":
            return whole(f"{unit.lower()}({as_moment(value).sql})")
        case "HOUR":
            return whole(f"(abs({as_span(value).sql}) // 3600000000)")
        case "MINUTE":
            return whole(f"(abs({as_span(value).sql}) // 60000000 % 60)")
        case "SECOND":
            return whole(f"(abs({as_span(value).sql}) // 1000000 % 60)")
        case "MICROSECOND":
            return whole(f"(abs({as_span(value).sql}) % 1000000)")
        case "WEEK":
            return _week(value, 0)
        case "YEAR_MONTH":
            at = as_moment(value).sql
            return whole(f"(year({at}) * 100 + month({at}))")
    raise StatementUnsupported(f"the unit {unit}", known=UNITS)


def _extracting(call: Call) -> Value:
    return extracted({"DAYOFMONTH": "DAY"}.get(call.name, call.name), call.args[0])


for _name in ("YEAR", "QUARTER", "MONTH", "DAY", "DAYOFMONTH", "HOUR", "MINUTE", "SECOND", "MICROSECOND"):
    function(_name, 1)(_extracting)


@function("DATE", 1)
def _date(call: Call) -> Value:
    return as_date(call.args[0])


@function("TIME", 1)
def _time(call: Call) -> Value:
    return as_span(call.args[0])


@function("TIMESTAMP", 1)
def _timestamp(call: Call) -> Value:
    return as_moment(call.args[0])


@function(
    "NOW CURRENT_TIMESTAMP LOCALTIME LOCALTIMESTAMP SYSDATE", 0, note="the moment of the question, in the centre's zone"
)
def _now(call: Call) -> Value:
    return moment(f"TIMESTAMP '{call.binding.now:%Y-%m-%d %H:%M:%S}'")


@function("CURDATE CURRENT_DATE", 0)
def _today(call: Call) -> Value:
    return date(f"DATE '{call.binding.now:%Y-%m-%d}'")


@function("CURTIME CURRENT_TIME", 0)
def _clock(call: Call) -> Value:
    now = call.binding.now
    return span(f"CAST({((now.hour * 60 + now.minute) * 60 + now.second) * 1_000_000} AS BIGINT)")


@function("DATEDIFF", 2)
def _datediff(call: Call) -> Value:
    one, other = (as_date(arg).sql for arg in call.args)
    return whole(f"({one} - {other})")


@function("TIMEDIFF", 2)
def _timediff(call: Call) -> Value:
    one, other = call.args
    if Kind.TIME in (one.kind, other.kind) or all(_tells_a_time(value) for value in call.args):
        one, other = as_span(one), as_span(other)
        return span(f"mdb_clipped({one.sql} - {other.sql})", max(one.scale, other.scale))
    first, second = as_moment(one), as_moment(other)
    made = f"mdb_clipped(epoch_us({first.sql}) - epoch_us({second.sql}))"
    return span(made, max(first.scale, second.scale))


def _tells_a_time(value: Value) -> bool:
    """Whether it is a literal time without a date."""
    return isinstance(value.literal, str) and parsed_moment(value.literal) is None and ":" in value.literal


@function("ADDTIME", 2)
def _addtime(call: Call) -> Value:
    return _with_time(call, "+")


@function("SUBTIME", 2)
def _subtime(call: Call) -> Value:
    return _with_time(call, "-")


def _with_time(call: Call, sign: str) -> Value:
    value, more = call.args[0], as_span(call.args[1])
    if value.kind is Kind.TIME:
        return span(f"mdb_clipped({value.sql} {sign} {more.sql})", max(value.scale, more.scale))
    if value.kind is Kind.DATETIME:
        return moment(f"mdb_in_years({value.sql} {sign} to_microseconds({more.sql}))", max(value.scale, more.scale))
    raise StatementUnsupported(
        f"{call.name} of a {value.kind}", advice="Say what it is: CAST(… AS DATETIME) or CAST(… AS TIME)."
    )


@function("SEC_TO_TIME", 1)
def _sec_to_time(call: Call) -> Value:
    value = call.args[0]
    taken = number(value)
    if taken.kind is Kind.DOUBLE:
        return span(f"mdb_clipped(CAST(trunc({taken.sql} * 1000000) AS BIGINT))", 6)
    scale = min(taken.scale, 6) if taken.kind is Kind.DECIMAL else 0
    return span(f"CAST(mdb_clipped(CAST({fixed(taken, taken.digits)} * 1000000 AS HUGEINT)) AS BIGINT)", scale)


@function("TIME_TO_SEC", 1)
def _time_to_sec(call: Call) -> Value:
    value = as_span(call.args[0])
    if value.scale:
        return decimal(f"CAST(CAST({value.sql} AS DECIMAL(38,6)) / 1000000 AS DECIMAL(38,{value.scale}))", value.scale)
    return whole(f"({value.sql} // 1000000)")


@function("MAKETIME", 3)
def _maketime(call: Call) -> Value:
    hours, minutes, seconds = (integer_of(arg) for arg in call.args)
    inside = f"{minutes} BETWEEN 0 AND 59 AND {seconds} BETWEEN 0 AND 59"
    signed = f"CASE WHEN {hours} < 0 THEN -1 ELSE 1 END"
    micros = f"{signed} * ((abs({hours}) * 60 + {minutes}) * 60 + {seconds}) * 1000000"
    return span(f"(CASE WHEN {inside} THEN mdb_clipped({micros}) END)")


@function("MAKEDATE", 2)
def _makedate(call: Call) -> Value:
    year, day = (integer_of(arg) for arg in call.args)
    full = f"({year} + CASE WHEN {year} < 70 THEN 2000 WHEN {year} < 100 THEN 1900 ELSE 0 END)"
    return date(
        f"(CASE WHEN {day} > 0"
        f" THEN CAST(mdb_in_years(make_date({full}, 1, 1) + to_days(CAST({day} - 1 AS INTEGER))) AS DATE) END)"
    )


@function("LAST_DAY", 1)
def _last_day(call: Call) -> Value:
    return date(f"last_day({as_date(call.args[0]).sql})")


@function("TO_DAYS", 1)
def _to_days(call: Call) -> Value:
    return whole(f"CAST(mdb_days({as_date(call.args[0]).sql}) AS BIGINT)")


@function("FROM_DAYS", 1)
def _from_days(call: Call) -> Value:
    return date(f"(DATE '1970-01-01' + CAST({integer_of(call.args[0])} - 719528 AS INTEGER))")


@function("DAYOFYEAR", 1)
def _dayofyear(call: Call) -> Value:
    return whole(f"dayofyear({as_date(call.args[0]).sql})")


@function("DAYOFWEEK", 1)
def _dayofweek(call: Call) -> Value:
    return whole(f"(dayofweek({as_date(call.args[0]).sql}) + 1)")


@function("WEEKDAY", 1)
def _weekday(call: Call) -> Value:
    return whole(f"(isodow({as_date(call.args[0]).sql}) - 1)")


@function("DAYNAME", 1)
def _dayname(call: Call) -> Value:
    return text(f"dayname({as_date(call.args[0]).sql})")


@function("MONTHNAME", 1)
def _monthname(call: Call) -> Value:
    return text(f"monthname({as_date(call.args[0]).sql})")


def _mode(call: Call) -> int:
    if len(call.args) == 1:
        return 0
    said = call.binding.constant(call.nodes[1], f"the mode of {call.name}")
    if said not in tuple("01234567"):
        raise StatementUnsupported(f"{said} as the mode of {call.name}", advice="The modes are 0 to 7.")
    return int(said)


def _parts(mode: int) -> tuple[bool, int]:
    """Whether weeks begin on Monday, and which of their days says their year."""
    monday = bool(mode & 1)
    of_first_day = bool(mode & 4) if monday else not mode & 4
    return monday, 0 if of_first_day else 3


def _week(value: Value, mode: int) -> Value:
    monday, ahead = _parts(mode)
    return whole(f"mdb_week({as_date(value).sql}, {monday}, {ahead}, {bool(mode & 2)})")


@function("WEEK", 1, 2)
def _week_of(call: Call) -> Value:
    return _week(call.args[0], _mode(call))


@function("WEEKOFYEAR", 1)
def _weekofyear(call: Call) -> Value:
    return _week(call.args[0], 3)


@function("YEARWEEK", 1, 2)
def _yearweek(call: Call) -> Value:
    monday, ahead = _parts(_mode(call))
    return whole(f"mdb_year_week({as_date(call.args[0]).sql}, {monday}, {ahead})")


@function("UNIX_TIMESTAMP", 0, 1)
def _unix_timestamp(call: Call) -> Value:
    zone = call.binding.zone
    at = as_moment(call.args[0]) if call.args else moment(f"TIMESTAMP '{call.binding.now:%Y-%m-%d %H:%M:%S}'")
    micros = f"epoch_us({at.sql} AT TIME ZONE '{zone}')"
    if at.scale:
        return decimal(f"CAST(CAST({micros} AS DECIMAL(38,6)) * 0.000001 AS DECIMAL(38,{at.scale}))", at.scale)
    return whole(f"({micros} // 1000000)")


@function("FROM_UNIXTIME", 1, 2)
def _from_unixtime(call: Call) -> Value:
    value = call.args[0]
    taken = number(value)
    if taken.kind is Kind.DECIMAL:
        micros, scale = f"CAST({fixed(taken, taken.digits)} * 1000000 AS BIGINT)", min(taken.scale, 6)
    elif taken.kind is Kind.DOUBLE:
        if value.literal is not None:
            raise StatementUnsupported("FROM_UNIXTIME of a text", advice="Write the number without quotes.")
        micros, scale = f"CAST(round({real(taken)} * 1000000) AS BIGINT)", 6
    else:
        micros, scale = f"CAST({taken.sql} * 1000000 AS BIGINT)", 0
    inside = f"{micros} BETWEEN 0 AND 2147483647999999"
    at = moment(f"(CASE WHEN {inside} THEN make_timestamptz({micros}) AT TIME ZONE '{call.binding.zone}' END)", scale)
    if len(call.args) == 1:
        return at
    return text(
        formats.written(at.sql, call.binding.constant(call.nodes[1], "the format of FROM_UNIXTIME"), call.binding.bound)
    )


@function("DATE_FORMAT", 2)
def _date_format(call: Call) -> Value:
    form = call.binding.constant(call.nodes[1], "the format of DATE_FORMAT")
    return text(formats.written(as_moment(call.args[0]).sql, form, call.binding.bound))


@function("TIME_FORMAT", 2)
def _time_format(call: Call) -> Value:
    form = call.binding.constant(call.nodes[1], "the format of TIME_FORMAT")
    value = as_span(call.args[0]).sql
    day = (
        f"(CASE WHEN {value} BETWEEN 0 AND 86399999999 THEN TIMESTAMP '2000-01-01' + to_microseconds({value})"
        f" WHEN {value} IS NOT NULL THEN mdb_beyond_a_day() END)"
    )
    if any(letter in form for letter in ("%Y", "%y", "%m", "%c", "%d", "%e", "%W", "%a", "%M", "%b", "%j", "%w", "%D")):
        raise StatementUnsupported("a date in TIME_FORMAT", advice="Write DATE_FORMAT.")
    return text(formats.written(day, form, call.binding.bound))


@function("STR_TO_DATE", 2)
def _str_to_date(call: Call) -> Value:
    form = call.binding.constant(call.nodes[1], "the format of STR_TO_DATE")
    return formats.read_by(as_text(call.args[0]).sql, form, call.binding.bound)


@function("PERIOD_ADD", 2)
def _period_add(call: Call) -> Value:
    months = f"({_months(integer_of(call.args[0]))} + {integer_of(call.args[1])})"
    return whole(f"({months} // 12 * 100 + {months} % 12 + 1)")


@function("PERIOD_DIFF", 2)
def _period_diff(call: Call) -> Value:
    one, other = (_months(integer_of(arg)) for arg in call.args)
    return whole(f"({one} - {other})")


def _months(period: str) -> str:
    year = f"({period} // 100)"
    full = f"({year} + CASE WHEN {year} < 70 THEN 2000 WHEN {year} < 100 THEN 1900 ELSE 0 END)"
    return f"({full} * 12 + {period} % 100 - 1)"
