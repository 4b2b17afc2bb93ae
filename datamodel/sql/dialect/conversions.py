"""Conversions: a value as another type, as MariaDB converts it by itself or by CAST."""

import re
from dataclasses import replace
from datetime import datetime

from datamodel.sql.dialect.values import (
    DAYS,
    FREE,
    TIMES,
    WHOLE,
    Kind,
    Value,
    date,
    decimal,
    double,
    moment,
    span,
    text,
    whole,
)
from tabular.errors import StatementUnsupported

_MOMENT = re.compile(
    r"\s*(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:(?:[T ]+)(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{0,6}))?)?)?\s*\Z",
    re.ASCII,
)
_COMPACT = re.compile(r"\s*(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2}))?\s*\Z", re.ASCII)
_SPAN = re.compile(r"\s*(-?)(\d{1,3}):([0-5]?\d)(?::([0-5]?\d)(?:\.(\d{1,6}))?)?\s*\Z", re.ASCII)


def integer(value: Value) -> str:
    """A whole number as the engine's integer."""
    return f"CAST({value.sql} AS BIGINT)" if value.kind is Kind.BOOLEAN else value.sql


def number(value: Value) -> Value:
    """A value as the number that MariaDB takes it for: a text as a double, a time as its digits."""
    match value.kind:
        case Kind.BOOLEAN:
            return replace(value, sql=integer(value), kind=Kind.INTEGER)
        case Kind.TEXT:
            if value.order is not None:
                raise StatementUnsupported("a column of type enum as a number", advice="Compare it with a text.")
            return double(f"mdb_number({value.sql})")
        case Kind.DATE:
            return whole(f"CAST(strftime({value.sql}, '%Y%m%d') AS BIGINT)")
        case Kind.DATETIME:
            digits = f"CAST(strftime({value.sql}, '%Y%m%d%H%M%S') AS BIGINT)"
            fraction = f"mdb_fraction(epoch_us({value.sql}), {value.scale})"
            return _with_fraction(digits, fraction, value.scale)
        case Kind.TIME:
            sign = f"sign({value.sql})"
            digits = f"CAST({sign} * mdb_time_digits(abs({value.sql})) AS BIGINT)"
            return _with_fraction(digits, f"{sign} * mdb_fraction(abs({value.sql}), {value.scale})", value.scale)
        case Kind.NULL:
            return replace(value, sql="CAST(NULL AS BIGINT)", kind=Kind.INTEGER)
    return value


def _with_fraction(digits: str, fraction: str, scale: int) -> Value:
    if scale == 0:
        return whole(digits)
    part = f"CAST({fraction} AS DECIMAL(38,{scale}))"
    return decimal(f"CAST(CAST({digits} AS DECIMAL(38,{scale})) + {part} AS DECIMAL(38,{scale}))", scale)


def real(value: Value) -> str:
    """A value as the engine's double."""
    taken = number(value)
    return taken.sql if taken.kind is Kind.DOUBLE else f"CAST({taken.sql} AS DOUBLE)"


def fixed(value: Value, digits: int) -> str:
    """A whole number or decimal as the engine's decimal of so many places."""
    if value.kind is Kind.DECIMAL and value.digits == digits:
        return value.sql
    return f"CAST({integer(value)} AS DECIMAL(38,{digits}))"


def settled(value: Value) -> Value:
    """A value as a table would hold it: a decimal loses the digits that it does not show."""
    if value.kind is Kind.DECIMAL and value.digits != value.scale:
        return decimal(fixed(value, value.scale), value.scale)
    return value


def truth_of(value: Value) -> str:
    """A value as a condition."""
    match value.kind:
        case Kind.BOOLEAN:
            return value.sql
        case Kind.NULL:
            return "CAST(NULL AS BOOLEAN)"
        case Kind.DATE | Kind.DATETIME:
            return f"({value.sql} IS NOT NULL OR NULL)"
    return f"({number(value).sql} <> 0)"


def text_of(value: Value) -> str:
    """A value as MariaDB prints it."""
    match value.kind:
        case Kind.TEXT:
            return value.sql
        case Kind.NULL:
            return "CAST(NULL AS VARCHAR)"
        case Kind.BOOLEAN | Kind.INTEGER:
            return f"CAST({integer(value)} AS VARCHAR)"
        case Kind.DECIMAL:
            return f"CAST({fixed(value, value.scale)} AS VARCHAR)"
        case Kind.DOUBLE:
            return (
                f"mdb_double_text({value.sql})"
                if value.scale >= FREE
                else f"format('{{:.{value.scale}f}}', {value.sql})"
            )
        case Kind.DATE:
            return f"strftime({value.sql}, '%Y-%m-%d')"
        case Kind.DATETIME:
            printed = f"strftime({value.sql}, '%Y-%m-%d %H:%M:%S')"
            return printed + _places(f"epoch_us({value.sql})", value.scale)
        case Kind.TIME:
            return f"mdb_time_text({value.sql})" + _places(f"abs({value.sql})", value.scale)
    raise AssertionError(value.kind)


def _places(micros: str, scale: int) -> str:
    if scale == 0:
        return ""
    return f" || '.' || left(lpad(CAST({micros} % 1000000 AS VARCHAR), 6, '0'), {scale})"


def is_constant(value: Value) -> bool:
    """Whether it is a literal text."""
    return value.kind is Kind.TEXT and isinstance(value.literal, str)


def parsed_moment(said: str) -> tuple[str, int, bool] | None:
    """A literal text as a moment in ISO's spelling, with the places of its seconds and whether it names a time.

    None where it is none that is sure: such as no date at all, or one that MariaDB stretches to understand.
    """
    found = _MOMENT.match(said) or _COMPACT.match(said)
    if found is None:
        return None
    year, month, day, *time = found.groups()
    if len(said.strip()) in (8, 14) and found.re is _COMPACT:
        time = [*time, None]
    hour, minute, second, fraction = (*time, None, None, None, None)[:4]
    try:
        at = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))  # noqa: DTZ001 (the zone is not told)
    except ValueError:
        return None
    places = f".{fraction}" if fraction else ""
    return at.isoformat(" ") + places, len(fraction or ""), hour is not None


def as_moment(value: Value) -> Value:
    """A value as a day with its time."""
    match value.kind:
        case Kind.DATETIME:
            return value
        case Kind.DATE:
            return moment(f"CAST({value.sql} AS TIMESTAMP)")
        case Kind.NULL:
            return moment("CAST(NULL AS TIMESTAMP)")
        case Kind.TEXT:
            if isinstance(value.literal, str):
                known = parsed_moment(value.literal)
                if known is None and any(letter.isdigit() for letter in value.literal):
                    raise StatementUnsupported(
                        f'"{value.literal}" as a date', advice="Write it as 2020-05-31 or 2020-05-31 23:59:59."
                    )
                return moment(f"TIMESTAMP '{known[0]}'", known[1]) if known else moment("CAST(NULL AS TIMESTAMP)")
            return moment(f"mdb_moment({value.sql})", 6)
        case Kind.INTEGER if isinstance(value.literal, int):
            known = parsed_moment(str(value.literal))
            if known is not None:
                return moment(f"TIMESTAMP '{known[0]}'")
    raise StatementUnsupported(f"a {value.kind} as a date", advice="Write a date as a text, such as '2020-05-31'.")


def as_date(value: Value) -> Value:
    """A value as a day."""
    if value.kind is Kind.DATE:
        return value
    return date(f"CAST({as_moment(value).sql} AS DATE)")


def as_span(value: Value) -> Value:
    """A value as a time of day or duration."""
    match value.kind:
        case Kind.TIME:
            return value
        case Kind.DATETIME:
            return span(f"(epoch_us({value.sql}) - epoch_us(date_trunc('day', {value.sql})))", value.scale)
        case Kind.DATE:
            return span(f"(CASE WHEN {value.sql} IS NULL THEN NULL ELSE 0 END)")
        case Kind.NULL:
            return span("CAST(NULL AS BIGINT)")
        case Kind.TEXT:
            if isinstance(value.literal, str):
                return _literal_span(value, value.literal)
            return span(f"mdb_span({value.sql})", 6)
    raise StatementUnsupported(f"a {value.kind} as a time", advice="SEC_TO_TIME makes a time of seconds.")


def _literal_span(value: Value, said: str) -> Value:
    found = _SPAN.match(said)
    if found:
        sign, hours, minutes, seconds, fraction = found.groups()
        micros = ((int(hours) * 60 + int(minutes)) * 60 + int(seconds or 0)) * 1_000_000
        micros = min(micros + int((fraction or "").ljust(6, "0")), 3_020_399_000_000)
        return span(f"CAST({'-' if sign else ''}{micros} AS BIGINT)", len(fraction or ""))
    known = parsed_moment(said)
    if known is not None and known[2]:
        return as_span(moment(f"TIMESTAMP '{known[0]}'", known[1]))
    raise StatementUnsupported(f'"{said}" as a time', advice="Write it as 23:59:59.")


def as_text(value: Value) -> Value:
    """A value as a text."""
    return value if value.kind is Kind.TEXT else text(text_of(value))


def merged(values: list[Value]) -> Value:
    """A value of the type that those have in common, such as IF and UNION give them; its `sql` says nothing."""
    known = [value for value in values if value.kind is not Kind.NULL]
    kinds = {Kind.INTEGER if value.kind is Kind.BOOLEAN else value.kind for value in known}
    if not known:
        return Value("", Kind.NULL)
    if kinds <= WHOLE:
        same = {value.kind for value in known} == {Kind.BOOLEAN}
        mixed = {value.unsigned for value in known if value.literal is None} == {True}
        return Value("", Kind.BOOLEAN if same else Kind.INTEGER, unsigned=mixed)
    if kinds <= {Kind.INTEGER, Kind.DECIMAL}:
        scale = max(value.scale for value in known)
        return Value("", Kind.DECIMAL, scale=scale, digits=max(value.digits for value in known))
    if kinds <= {Kind.INTEGER, Kind.DECIMAL, Kind.DOUBLE}:
        return Value("", Kind.DOUBLE, scale=max(value.scale for value in known))
    if len(kinds) == 1 and kinds <= TIMES:
        return Value("", next(iter(kinds)), scale=max(value.scale for value in known))
    if kinds <= DAYS:
        return Value("", Kind.DATETIME, scale=max(value.scale for value in known))
    if Kind.TIME in kinds and kinds <= TIMES:
        raise StatementUnsupported(
            "a time beside a date", advice="Write both as texts with DATE_FORMAT and TIME_FORMAT."
        )
    return Value("", Kind.TEXT, scale=FREE, binary=any(value.binary for value in known))


def converted(value: Value, kind: Value) -> str:
    """The SQL of a value as the type that `merged` found."""
    match kind.kind:
        case Kind.NULL:
            return "CAST(NULL AS VARCHAR)"
        case Kind.BOOLEAN:
            return truth_of(value)
        case Kind.INTEGER:
            return number(value).sql
        case Kind.DECIMAL:
            taken = number(value)
            return fixed(taken, kind.digits)
        case Kind.DOUBLE:
            return real(value)
        case Kind.DATE:
            return as_date(value).sql
        case Kind.DATETIME:
            return as_moment(value).sql
        case Kind.TIME:
            return as_span(value).sql
    return text_of(value)
