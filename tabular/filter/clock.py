"""The stretch of time that a filter names of a table's clock: which months it can be true in."""

from datetime import date, datetime, timedelta

from tabular.filter.bound import Apply, Bound, Constant, Local, Of, Operation
from tabular.filter.literals import first_moment
from tabular.filter.zones import MICROSECOND
from tabular.query import Window
from tabular.table import Column, Type

_TURNED = {
    Operation.GT: Operation.LT,
    Operation.GE: Operation.LE,
    Operation.LT: Operation.GT,
    Operation.LE: Operation.GE,
    Operation.EQ: Operation.EQ,
}
_DAY = timedelta(days=1)


def range_of(condition: Bound, clock: Column, centre: str = "UTC") -> Window | None:
    """The window outside of which the filter is true for no row; None if it names none.

    It is read off comparisons of the clock, or of its date, with literals, where all of them must be met: at the top,
    below `and`. Moments of a window are naive UTC's, as UTC. A clock of days shows those of the zone `centre`.
    """
    found: Window | None = None
    for one in _all_of(condition):
        stretch = _stretch(one, clock, centre)
        if stretch is not None:
            found = stretch if found is None else found.meeting(stretch)
    return found


def _all_of(condition: Bound) -> tuple[Bound, ...]:
    if isinstance(condition, Apply) and condition.operation is Operation.AND:
        return tuple(one for argument in condition.arguments for one in _all_of(argument))
    return (condition,)


def _stretch(test: Bound, clock: Column, centre: str) -> Window | None:
    if not isinstance(test, Apply) or test.operation not in _TURNED:
        return None
    operation, (left, right) = test.operation, test.arguments
    if isinstance(left, Constant):
        operation, left, right = _TURNED[operation], right, left
    if not isinstance(right, Constant):
        return None
    match left:
        case Of(column) if column == clock and isinstance(right.value, datetime):
            return _window(operation, right.value, right.value + MICROSECOND)
        case Apply(Operation.DATE_OF, (Local(Of(column), zone),)) if column == clock and isinstance(right.value, date):
            return _window(operation, first_moment(right.value, zone), first_moment(_day_after(right.value), zone))
        case Of(column) if column == clock and clock.type is Type.DATE and isinstance(right.value, date):
            return _window(operation, first_moment(right.value, centre), first_moment(_day_after(right.value), centre))
    return None


def _day_after(day: date) -> date:
    return day + _DAY if day < date.max else day


def _window(operation: Operation, begins: datetime, ends: datetime) -> Window:
    """What compares so with a stretch from `begins` up to but without `ends`."""
    match operation:
        case Operation.GE:
            return Window.utc(begins, None)
        case Operation.GT:
            return Window.utc(ends, None)
        case Operation.LT:
            return Window.utc(None, begins)
        case Operation.LE:
            return Window.utc(None, ends)
    return Window.utc(begins, ends)
