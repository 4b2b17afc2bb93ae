"""The arithmetic operators: which kinds each takes, and what it makes of them."""

from tabular.filter.bound import Bound, Constant, Kind, Operation, counts_seconds
from tabular.filter.coercion import made, mismatch, taken_as

ARITHMETIC = ("add", "sub", "mul", "div", "divby", "mod")

_INTEGER = {
    "add": Operation.ADD,
    "sub": Operation.SUB,
    "mul": Operation.MUL,
    "div": Operation.DIV,
    "mod": Operation.MOD,
}
_NUMBER = {
    "add": Operation.NUMBER_ADD,
    "sub": Operation.NUMBER_SUB,
    "mul": Operation.NUMBER_MUL,
    "div": Operation.NUMBER_DIV,
    "divby": Operation.NUMBER_DIV,
    "mod": Operation.NUMBER_MOD,
}
_NUMERIC = (Kind.INTEGER, Kind.NUMBER)


def reckoned(operator: str, left: Bound, right: Bound, zone: str, offset: int) -> Bound:
    """`left` and `right` with an arithmetic operator between them. Raises FilterWrong where it takes no such kinds."""
    found = _null(left, right) or _numeric(operator, left, right) or _of_time(operator, left, right, zone)
    if found is None:
        raise mismatch(f"{operator} does not take {left.kind} and {right.kind}", left, right, offset)
    return found


def negated(operand: Bound, offset: int) -> Bound:
    """The value with the other sign. Raises FilterWrong where it has none."""
    if operand.kind is Kind.NUMBER:
        return made(Operation.NUMBER_NEG, operand, kind=Kind.NUMBER, in_seconds=counts_seconds(operand))
    if operand.kind in (Kind.INTEGER, Kind.DURATION):
        return made(Operation.NEG, operand, kind=operand.kind, in_seconds=counts_seconds(operand))
    if operand.kind is Kind.NULL:
        return operand
    raise mismatch(f"{operand.kind} has no sign", operand, operand, offset)


def _null(left: Bound, right: Bound) -> Bound | None:
    """Null, of whatever kind stands beside it, where one operand is null and the other could be reckoned with."""
    kinds = {left.kind, right.kind}
    if Kind.NULL not in kinds or kinds & {Kind.TEXT, Kind.BOOLEAN, Kind.TIME_OF_DAY}:
        return None
    return Constant(None, Kind.NULL)


def _numeric(operator: str, left: Bound, right: Bound) -> Bound | None:
    if left.kind not in _NUMERIC or right.kind not in _NUMERIC:
        return None
    in_seconds = operator in ("add", "sub") and (counts_seconds(left) or counts_seconds(right))
    if operator != "divby" and left.kind is right.kind is Kind.INTEGER:
        return made(_INTEGER[operator], left, right, kind=Kind.INTEGER, in_seconds=in_seconds)
    return made(_NUMBER[operator], _number(left), _number(right), kind=Kind.NUMBER, in_seconds=in_seconds)


def _number(node: Bound) -> Bound:
    return node if node.kind is Kind.NUMBER else made(Operation.NUMBER_OF, node, kind=Kind.NUMBER)


def _of_time(operator: str, left: Bound, right: Bound, zone: str) -> Bound | None:
    """What OData allows with moments, days and durations (part 2, 5.1.1.2.1 to 5.1.1.2.5)."""
    if operator in ("add", "sub"):
        return _shifted(operator, left, right, zone) or _between(operator, left, right, zone)
    duration, factor = (left, right) if operator != "mul" or left.kind is Kind.DURATION else (right, left)
    if duration.kind is not Kind.DURATION or factor.kind not in _NUMERIC or operator == "mod":
        return None
    if operator != "divby" and factor.kind is Kind.INTEGER:
        return made(_INTEGER[operator], duration, factor, kind=Kind.DURATION)
    times = made(_NUMBER[operator], _number(duration), _number(factor), kind=Kind.NUMBER)
    return made(Operation.INTEGER_OF, times, kind=Kind.DURATION)


def _shifted(operator: str, left: Bound, right: Bound, zone: str) -> Bound | None:
    by = taken_as(right, Kind.DURATION, zone)
    if by is None:
        return None
    if left.kind is Kind.MOMENT:
        shifted = made(_INTEGER[operator], _microseconds(left), by, kind=Kind.INTEGER)
        return made(Operation.MOMENT_AT, shifted, kind=Kind.MOMENT)
    if left.kind is Kind.DATE:
        # XML Schema part 2, E.3.3: a day is its midnight, and what the time of day then is does not count.
        shifted = made(_INTEGER[operator], _microseconds(_midnight(left)), by, kind=Kind.INTEGER)
        return made(Operation.DATE_OF, made(Operation.MOMENT_AT, shifted, kind=Kind.MOMENT), kind=Kind.DATE)
    duration = taken_as(left, Kind.DURATION, zone)
    return None if duration is None else made(_INTEGER[operator], duration, by, kind=Kind.DURATION)


def _between(operator: str, left: Bound, right: Bound, zone: str) -> Bound | None:
    if operator != "sub":
        return None
    if left.kind is right.kind is Kind.DATE:
        left, right = _midnight(left), _midnight(right)
    moments = taken_as(left, Kind.MOMENT, zone), taken_as(right, Kind.MOMENT, zone)
    if moments[0] is None or moments[1] is None:
        return None
    return made(Operation.SUB, _microseconds(moments[0]), _microseconds(moments[1]), kind=Kind.DURATION)


def _microseconds(moment: Bound) -> Bound:
    return made(Operation.MICROSECONDS, moment, kind=Kind.INTEGER)


def _midnight(day: Bound) -> Bound:
    return made(Operation.MIDNIGHT, day, kind=Kind.MOMENT)
