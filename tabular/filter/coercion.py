"""How values of one kind are taken for another, and what is reckoned out before any row is read."""

from datetime import date

from tabular.errors import FilterWrong, nearest, shown
from tabular.filter.bound import Apply, Bound, Constant, Item, Kind, Local, Of, Operation, counts_seconds
from tabular.filter.evaluate import applied, evaluate
from tabular.filter.literals import first_moment, microseconds_in

SECOND = 1_000_000
"""Microseconds of a second."""

_FOLDED = frozenset(Operation) - {
    # What the engine may read otherwise than Python, and what has to stay for the range of the clock.
    *(Operation.AND, Operation.OR, Operation.NOT, Operation.HAS, Operation.EQ, Operation.NE, Operation.IN),
    *(Operation.GT, Operation.GE, Operation.LT, Operation.LE, Operation.MATCHES, Operation.LOWER, Operation.UPPER),
}


def made(operation: Operation, *arguments: Bound, kind: Kind, in_seconds: bool = False) -> Bound:
    """An operation on values, reckoned out if they are constants."""
    if operation in _FOLDED and all(isinstance(argument, Constant) for argument in arguments):
        values = [argument.value for argument in arguments if isinstance(argument, Constant)]
        return Constant(applied(operation, values), kind)
    return Apply(operation, arguments, kind, in_seconds)


def local(moment: Bound, zone: str) -> Bound:
    """A moment as the clocks of a zone show it."""
    found = Local(moment, zone)
    return Constant(evaluate(found, {}), Kind.MOMENT) if isinstance(moment, Constant) else found


def taken_as(node: Bound, kind: Kind, zone: str) -> Bound | None:
    """A value as one of another kind, or None where OData knows no way.

    Null is of every kind, a whole number a number too; what counts seconds is a duration, a text that spells one as
    well (OData 4.01's literals without prefix); a day that is a literal is its first moment in the zone.
    """
    if node.kind is kind:
        return node
    if node.kind is Kind.NULL:
        return Constant(None, kind)
    if kind is Kind.NUMBER and node.kind is Kind.INTEGER:
        return made(Operation.NUMBER_OF, node, kind=kind, in_seconds=counts_seconds(node))
    if kind is Kind.DURATION:
        return _as_duration(node)
    if kind is Kind.MOMENT and isinstance(node, Constant) and node.kind is Kind.DATE:
        day = node.value
        return Constant(first_moment(day, zone) if isinstance(day, date) else None, kind)
    return None


def _as_duration(node: Bound) -> Bound | None:
    if isinstance(node, Constant) and isinstance(node.value, str):
        microseconds = microseconds_in(node.value)
        return None if microseconds is None else Constant(microseconds, Kind.DURATION)
    if not counts_seconds(node):
        return None
    if node.kind is Kind.INTEGER:
        return made(Operation.MUL, node, Constant(SECOND, Kind.INTEGER), kind=Kind.DURATION)
    times = made(Operation.NUMBER_MUL, node, Constant(float(SECOND), Kind.NUMBER), kind=Kind.NUMBER)
    return made(Operation.INTEGER_OF, times, kind=Kind.DURATION)


def alike(left: Bound, right: Bound, zone: str) -> tuple[Bound, Bound] | None:
    """Two values as values of one kind, or None where they cannot be compared."""
    if left.kind is Kind.NULL and right.kind is Kind.NULL:
        return Constant(None, Kind.BOOLEAN), Constant(None, Kind.BOOLEAN)
    for one, other, turned in ((left, right, False), (right, left, True)):
        seconds = _whole_seconds(one, other)
        taken = seconds if seconds is not None else taken_as(other, one.kind, zone)
        if taken is not None:
            return (taken, one) if turned else (one, taken)
    both = taken_as(left, Kind.DURATION, zone), taken_as(right, Kind.DURATION, zone)
    return None if both[0] is None or both[1] is None else (both[0], both[1])


def _whole_seconds(one: Bound, other: Bound) -> Bound | None:
    """A literal duration in the seconds that a column counts: the column is compared as it lies in the store."""
    if not (counts_seconds(one) and one.kind is Kind.INTEGER and isinstance(other, Constant)):
        return None
    if other.kind is Kind.DURATION and isinstance(other.value, int) and other.value % SECOND == 0:
        return Constant(other.value // SECOND, Kind.INTEGER)
    return None


def compared(operation: Operation, left: Bound, right: Bound, zone: str, offset: int) -> Bound:
    """A comparison. Raises FilterWrong where the two cannot be compared, or an enum has no such value."""
    if operation in (Operation.EQ, Operation.NE):
        check_day(left, right, offset)
        check_value(left, right, offset)
        check_value(right, left, offset)
    pair = alike(left, right, zone)
    if pair is None:
        raise mismatch(f"{operation} compares {left.kind} with {right.kind}", left, right, offset)
    return Apply(operation, pair, Kind.BOOLEAN)


def check_day(left: Bound, right: Bound, offset: int) -> None:
    """Raise FilterWrong where a moment is to be a whole day: only its first moment would be, which nobody means."""
    if {left.kind, right.kind} == {Kind.MOMENT, Kind.DATE}:
        day = left if left.kind is Kind.DATE else right
        shown_day = day.value if isinstance(day, Constant) else "2020-05-01"
        raise FilterWrong(offset, "a moment is no whole day", f"Compare the day: date(startTime) eq {shown_day}.")


def check_value(enum: Bound, value: Bound, offset: int) -> None:
    """Raise FilterWrong where an enum has no such value: a misspelt one would quietly find nothing."""
    if not isinstance(enum, Of | Item) or not isinstance(value, Constant) or not isinstance(value.value, str):
        return
    column = enum.column
    if column.values and column.mask is None and value.value not in column.values:
        near = nearest(value.value, column.values)
        advice = f'Did you mean "{near}"?' if near else f"It takes {', '.join(column.values)}."
        raise FilterWrong(offset, f'{column.name} is never "{shown(value.value)}"', advice)


def mismatch(problem: str, left: Bound, right: Bound, offset: int) -> FilterWrong:
    """What is said where kinds do not fit, with the spelling that was probably meant."""
    kinds = {left.kind, right.kind}
    advice = "Both sides of a comparison are of one kind; cast(…,Edm.String) makes a text."
    if Kind.TEXT in kinds and kinds & {Kind.MOMENT, Kind.DATE, Kind.TIME_OF_DAY}:
        advice = "Moments, days and times of day have no quotes: 2020-05-01T08:00:00Z, 2020-05-01, 08:00:00."
    elif Kind.TEXT in kinds and kinds & {Kind.INTEGER, Kind.NUMBER}:
        advice = "Text stands in single quotes, a number in none."
    elif Kind.DURATION in kinds:
        advice = "Durations look like duration'PT5M'; totalseconds(…) makes a number of one."
    elif Kind.BOOLEAN in kinds:
        advice = "Where not is meant for a whole comparison, that stands in parentheses: not (status eq 'HANGUP')."
    return FilterWrong(offset, problem, advice)
