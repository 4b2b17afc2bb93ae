"""The plain reading of a bound filter over one row: slow and obvious, the law that its SQL is tested against.

Where a text is made small or large, it is so letter by letter, as the engine does it: a capital ß is ẞ. Patterns are
read by `re`, which agrees with the engine's RE2 on what both know.
"""

import math
import operator
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tabular.filter.bound import (
    EARLIEST,
    LATEST,
    LEAST_INTEGER,
    MOST_INTEGER,
    Apply,
    Bound,
    Cell,
    Choice,
    Constant,
    Item,
    Local,
    Of,
    OneRelated,
    Operation,
    Quantifier,
    Size,
    SizeRelated,
    SomeRelated,
)
from tabular.filter.zones import MICROSECOND, clamped

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  # moments are UTC without a zone

Row = Mapping[str, Any]
"""The cells of a row by the name of their column, as the key sees them; a list by the name of its field, and the rows
that are related to it as a list by the name of the relation."""


def matches(condition: Bound, row: Row) -> bool:
    """Whether a filter keeps a row: its condition is true, not false and not null."""
    return evaluate(condition, row) is True


def evaluate(node: Bound, row: Row, elements: Mapping[int, Row] | None = None) -> Cell:
    """The value of a bound tree for a row; `elements` are what the variables around it stand for."""
    known = elements or {}
    match node:
        case Constant(value):
            return value
        case Of(column):
            found: Cell = row[column.name]
            return found
        case Item(variable, name):
            item: Cell = known[variable].get(name)
            return item
        case Local(moment, zone):
            at = evaluate(moment, row, known)
            return None if at is None else local(at, zone)  # type: ignore[arg-type]
        case Choice(pairs):
            return next((evaluate(v, row, known) for c, v in pairs if evaluate(c, row, known) is True), None)
        case Quantifier(listed, variable, is_all, condition):
            met = [_meets(condition, row, {**known, variable: one}) for one in row[listed.field] or ()]
            return all(met) if is_all else any(met)
        case Size(listed, variable, condition):
            return sum(_meets(condition, row, {**known, variable: one}) for one in row[listed.field] or ())
        case SomeRelated(relation, is_all, condition):
            kept = [_meets(condition, one, {}) for one in row[relation.name]]
            return all(kept) if is_all else any(kept)
        case SizeRelated(relation, condition):
            return sum(_meets(condition, one, {}) for one in row[relation.name])
        case OneRelated(relation, value):
            return next((evaluate(value, one) for one in row[relation.name]), None)
        case Apply(operation, arguments):
            return applied(operation, [evaluate(argument, row, known) for argument in arguments])


def _meets(condition: Bound | None, row: Row, elements: Mapping[int, Row]) -> bool:
    return condition is None or evaluate(condition, row, elements) is True


def applied(operation: Operation, values: list[Any]) -> Cell:
    """What an operation gives for values."""
    match operation:
        case Operation.AND:
            return False if any(v is False for v in values) else None if None in values else True
        case Operation.OR:
            return True if any(v is True for v in values) else None if None in values else False
        case Operation.NOT:
            return None if values[0] is None else not values[0]
        case Operation.HAS:
            return None if None in values else bool(values[0] == values[1])
        case Operation.EQ:
            return bool(values[0] == values[1])
        case Operation.NE:
            return bool(values[0] != values[1])
        case Operation.IN:
            return any(values[0] == one for one in values[1:])
        case Operation.GT | Operation.GE | Operation.LT | Operation.LE:
            return None not in values and bool(getattr(operator, operation)(*values))
    return None if None in values else ALWAYS[operation](*values)


def local(moment: datetime, zone: str) -> datetime:
    """A moment as the clocks of a zone show it."""
    offset = clamped(moment).replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).utcoffset()
    assert offset is not None
    return moment + offset


def _whole(value: int) -> int | None:
    return value if LEAST_INTEGER <= value <= MOST_INTEGER else None


def _div(left: int, right: int) -> int | None:
    if right == 0:
        return None
    times = abs(left) // abs(right)
    return _whole(times if (left < 0) == (right < 0) else -times)


def _mod(left: int, right: int) -> int | None:
    if right == 0:
        return None
    rest = abs(left) % abs(right)
    return rest if left >= 0 else -rest


def _number_mod(left: float, right: float) -> float | None:
    if right == 0:
        return None
    return math.nan if math.isinf(left) or math.isnan(left) else math.fmod(left, right)


def _rounded(value: float) -> float:
    """The nearest whole number, halves away from zero."""
    if not math.isfinite(value):
        return value
    whole = math.trunc(value)
    return float(whole + math.copysign(1, value)) if abs(value - whole) >= 0.5 else math.copysign(whole, value)


def _finite(rounding: Callable[[float], int]) -> Callable[[float], float]:
    return lambda value: float(rounding(value)) if math.isfinite(value) else value


def _integer_of(value: float) -> int | None:
    return _whole(int(_rounded(value))) if math.isfinite(value) else None


def _moment_at(microseconds: int) -> datetime | None:
    least, most = (EARLIEST - _EPOCH) // MICROSECOND, (LATEST - _EPOCH) // MICROSECOND
    return _EPOCH + timedelta(microseconds=microseconds) if least <= microseconds <= most else None


def _text_of_number(value: float) -> str:
    return {"nan": "NaN", "inf": "INF", "-inf": "-INF"}.get(repr(value), repr(value))


def _text_of_moment(value: datetime) -> str:
    return f"{_without_zeros(value.isoformat(timespec='microseconds'))}Z"


def _without_zeros(text: str) -> str:
    return text.rstrip("0").rstrip(".")


def _integer_in(text: str) -> int | None:
    return _whole(int(text)) if re.fullmatch(r"[+-]?[0-9]{1,30}", text) else None


def _number_in(text: str) -> float | None:
    special = {"INF": math.inf, "-INF": -math.inf, "NaN": math.nan}
    if text in special:
        return special[text]
    return float(text) if re.fullmatch(r"[+-]?[0-9]{1,300}(\.[0-9]{1,300})?([eE][+-]?[0-9]{1,3})?", text) else None


def _date_in(text: str) -> date | None:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _substring(text: str, start: int, length: int | None = None) -> str:
    first = max(len(text) + start, 0) if start < 0 else start
    return text[first:] if length is None else text[first : first + max(length, 0)]


def _small(text: str) -> str:
    return "".join(letter.lower()[0] for letter in text)


def _large(text: str) -> str:
    return "".join("ẞ" if letter == "ß" else up if len(up := letter.upper()) == 1 else letter for letter in text)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _second_part(value: datetime | time) -> float:
    return value.microsecond / 1e6


ALWAYS: dict[Operation, Callable[..., Cell]] = {
    Operation.ADD: lambda a, b: _whole(a + b),
    Operation.SUB: lambda a, b: _whole(a - b),
    Operation.MUL: lambda a, b: _whole(a * b),
    Operation.DIV: _div,
    Operation.MOD: _mod,
    Operation.NEG: lambda a: _whole(-a),
    Operation.NUMBER_ADD: operator.add,
    Operation.NUMBER_SUB: operator.sub,
    Operation.NUMBER_MUL: operator.mul,
    Operation.NUMBER_DIV: lambda a, b: a / b if b else None,
    Operation.NUMBER_MOD: _number_mod,
    Operation.NUMBER_NEG: operator.neg,
    Operation.CEILING: _finite(math.ceil),
    Operation.FLOOR: _finite(math.floor),
    Operation.ROUND: _rounded,
    Operation.NUMBER_OF: float,
    Operation.INTEGER_OF: _integer_of,
    Operation.WITHIN: lambda a, least, most: a if least <= a <= most else None,
    Operation.TEXT_OF_INTEGER: str,
    Operation.TEXT_OF_NUMBER: _text_of_number,
    Operation.TEXT_OF_BOOLEAN: lambda a: str(a).lower(),
    Operation.TEXT_OF_DATE: date.isoformat,
    Operation.TEXT_OF_MOMENT: _text_of_moment,
    Operation.TEXT_OF_TIME: lambda a: _without_zeros(a.isoformat("microseconds")),
    Operation.INTEGER_IN: _integer_in,
    Operation.NUMBER_IN: _number_in,
    Operation.BOOLEAN_IN: {"true": True, "false": False}.get,
    Operation.DATE_IN: _date_in,
    Operation.MICROSECONDS: lambda a: (a - _EPOCH) // MICROSECOND,
    Operation.MOMENT_AT: _moment_at,
    Operation.MIDNIGHT: _midnight,
    Operation.DATE_OF: datetime.date,
    Operation.TIME_OF: datetime.time,
    Operation.YEAR: operator.attrgetter("year"),
    Operation.MONTH: operator.attrgetter("month"),
    Operation.DAY: operator.attrgetter("day"),
    Operation.HOUR: operator.attrgetter("hour"),
    Operation.MINUTE: operator.attrgetter("minute"),
    Operation.SECOND: operator.attrgetter("second"),
    Operation.FRACTION: _second_part,
    Operation.CONCAT: operator.add,
    Operation.CONTAINS: lambda a, b: b in a,
    Operation.STARTSWITH: str.startswith,
    Operation.ENDSWITH: str.endswith,
    Operation.INDEXOF: str.find,
    Operation.LENGTH: len,
    Operation.SUBSTRING: _substring,
    Operation.MATCHES: lambda a, pattern: re.search(pattern, a) is not None,
    Operation.LOWER: _small,
    Operation.UPPER: _large,
    Operation.TRIM: str.strip,
}
"""The operations that give null where a value is null."""
