"""Comparing: which type two values are compared as, and by what texts are compared, sorted and grouped."""

from datamodel.sql.dialect.conversions import as_date, as_moment, as_span, fixed, number, real, settled, text_of
from datamodel.sql.dialect.values import DAYS, NUMBERS, TIMES, WHOLE, Kind, Value, text
from tabular.errors import StatementUnsupported

SIGNS = {"EQ": "=", "NEQ": "<>", "LT": "<", "LTE": "<=", "GT": ">", "GTE": ">=", "NullSafeEQ": "IS NOT DISTINCT FROM"}


def key(value: Value, binary: bool = False) -> str:
    """What a text is compared by."""
    if binary or value.binary:
        return f"(rtrim({value.sql}, ' ') || ' ')"
    return value.key or f"mdb_key({value.sql})"


def group_key(value: Value) -> str:
    """What a value is grouped by: values with the same are one to MariaDB."""
    if value.kind is not Kind.TEXT:
        return settled(value).sql
    return value.rank if value.rank and not value.binary else key(value)


def sort_key(value: Value) -> str:
    """What a value is sorted by."""
    return value.order or group_key(value)


def comparable(one: Value, other: Value) -> tuple[str, str]:
    """Two values as SQL that compares as MariaDB compares them."""
    # A decimal is compared as it is shown; only BETWEEN looks at all of its digits.
    both = (settled(one), settled(other))
    return _as(both[0], both), _as(both[1], both)


def comparable_all(values: list[Value]) -> list[str]:
    """Several values that are compared with each other at once, as by BETWEEN."""
    return [_as(value, tuple(values)) for value in values]


def _as(value: Value, among: tuple[Value, ...]) -> str:
    kinds: set[Kind] = {one.kind for one in among if one.kind is not Kind.NULL}
    if value.kind is Kind.NULL:
        return "NULL"
    if kinds == {Kind.TEXT}:
        return key(value, any(one.binary for one in among))
    if kinds & TIMES:
        return _as_time(value, kinds)
    if kinds <= WHOLE:
        return value.sql if kinds == {Kind.BOOLEAN} else number(value).sql
    if kinds <= WHOLE | {Kind.DECIMAL}:
        return fixed(value, max(one.digits for one in among))
    return real(value)


def _as_time(value: Value, kinds: set[Kind]) -> str:
    if Kind.TIME in kinds and kinds & DAYS:
        raise StatementUnsupported(
            "comparing a time with a date", advice="Take the same part of both: TIME(…) or DATE(…)."
        )
    if Kind.TIME in kinds:
        if kinds & NUMBERS:
            raise StatementUnsupported("comparing a time with a number", advice="Compare TIME_TO_SEC(…).")
        return as_span(value).sql
    if kinds & NUMBERS and not (value.kind in DAYS or value.literal is not None):
        raise StatementUnsupported("comparing a date with a number", advice="Write the date as a text: '2020-05-31'.")
    if isinstance(value.literal, str):
        bound = zero_date(value.literal)
        if bound is not None:
            return bound
        if not any(letter.isdigit() for letter in value.literal):
            raise StatementUnsupported(
                f'comparing a date with "{value.literal}"', advice="Write it as 2020-05-31 or 2020-05-31 23:59:59."
            )
    if kinds == {Kind.DATE}:
        return as_date(value).sql
    return as_moment(value).sql


def zero_date(said: str) -> str | None:
    """What stands for MariaDB's zero date, which is before all others."""
    return "TIMESTAMP '0001-01-01 00:00:00'" if said.strip() in ("0000-00-00", "0000-00-00 00:00:00") else None


def plain_text(value: Value) -> Value:
    """A value as a text that is compared by the collation, whatever it was."""
    return value if value.kind is Kind.TEXT else text(text_of(value))
