"""OData's functions by name: what each takes, and the operations that it is made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tabular.errors import FilterWrong, nearest, shown
from tabular.filter.bound import EARLIEST, LATEST, Bound, Constant, Kind, Operation
from tabular.filter.coercion import local, made, taken_as
from tabular.filter.costs import MOST_COST, cost_of_pattern
from tabular.filter.tree import Span

TEXT, INTEGER, NUMBER, MOMENT, DATE = Kind.TEXT, Kind.INTEGER, Kind.NUMBER, Kind.MOMENT, Kind.DATE
_TIME, _BOOLEAN = Kind.TIME_OF_DAY, Kind.BOOLEAN


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to call a function: the kinds it takes, and what makes its result of them in a zone."""

    takes: tuple[Kind, ...]
    build: Callable[[Sequence[Bound], str], Bound]


def _plain(operation: Operation, gives: Kind, *takes: Kind) -> Signature:
    return Signature(takes, lambda values, _: made(operation, *values, kind=gives))


def _clock(operation: Operation, gives: Kind) -> Signature:
    """What a moment's clock shows in the zone of the question."""
    return Signature((MOMENT,), lambda values, zone: made(operation, local(values[0], zone), kind=gives))


def _calendar(operation: Operation) -> tuple[Signature, ...]:
    of_day = Signature(
        (DATE,), lambda values, _: made(operation, made(Operation.MIDNIGHT, *values, kind=MOMENT), kind=INTEGER)
    )
    return of_day, _clock(operation, INTEGER)


def _time_of_day(operation: Operation, gives: Kind = INTEGER) -> tuple[Signature, ...]:
    return _clock(operation, gives), _plain(operation, gives, _TIME)


def _offset_minutes(values: Sequence[Bound], zone: str) -> Bound:
    shown_at, at = (
        made(Operation.MICROSECONDS, moment, kind=INTEGER) for moment in (local(values[0], zone), values[0])
    )
    ahead = made(Operation.SUB, shown_at, at, kind=INTEGER)
    return made(Operation.DIV, ahead, Constant(60_000_000, INTEGER), kind=INTEGER)


def _total_seconds(values: Sequence[Bound], _: str) -> Bound:
    number = made(Operation.NUMBER_OF, values[0], kind=NUMBER)
    return made(Operation.NUMBER_DIV, number, Constant(1e6, NUMBER), kind=NUMBER, in_seconds=True)


FUNCTIONS: dict[str, tuple[Signature, ...]] = {
    "concat": (_plain(Operation.CONCAT, TEXT, TEXT, TEXT),),
    "contains": (_plain(Operation.CONTAINS, _BOOLEAN, TEXT, TEXT),),
    "endswith": (_plain(Operation.ENDSWITH, _BOOLEAN, TEXT, TEXT),),
    "startswith": (_plain(Operation.STARTSWITH, _BOOLEAN, TEXT, TEXT),),
    "indexof": (_plain(Operation.INDEXOF, INTEGER, TEXT, TEXT),),
    "length": (_plain(Operation.LENGTH, INTEGER, TEXT),),
    "substring": (
        _plain(Operation.SUBSTRING, TEXT, TEXT, INTEGER),
        _plain(Operation.SUBSTRING, TEXT, TEXT, INTEGER, INTEGER),
    ),
    "tolower": (_plain(Operation.LOWER, TEXT, TEXT),),
    "toupper": (_plain(Operation.UPPER, TEXT, TEXT),),
    "trim": (_plain(Operation.TRIM, TEXT, TEXT),),
    "matchesPattern": (
        _plain(Operation.MATCHES, _BOOLEAN, TEXT, TEXT),
        _plain(Operation.MATCHES, _BOOLEAN, TEXT, TEXT, TEXT),
    ),
    "date": (_clock(Operation.DATE_OF, DATE),),
    "day": _calendar(Operation.DAY),
    "fractionalseconds": _time_of_day(Operation.FRACTION, NUMBER),
    "hour": _time_of_day(Operation.HOUR),
    "maxdatetime": (Signature((), lambda *_: Constant(LATEST, MOMENT)),),
    "mindatetime": (Signature((), lambda *_: Constant(EARLIEST, MOMENT)),),
    "minute": _time_of_day(Operation.MINUTE),
    "month": _calendar(Operation.MONTH),
    "second": _time_of_day(Operation.SECOND),
    "time": (_clock(Operation.TIME_OF, _TIME),),
    "totaloffsetminutes": (Signature((MOMENT,), _offset_minutes),),
    "totalseconds": (Signature((Kind.DURATION,), _total_seconds),),
    "year": _calendar(Operation.YEAR),
    "ceiling": (_plain(Operation.CEILING, NUMBER, NUMBER),),
    "floor": (_plain(Operation.FLOOR, NUMBER, NUMBER),),
    "round": (_plain(Operation.ROUND, NUMBER, NUMBER),),
}
OTHERS = ("now", "cast", "isof", "case", "hassubset", "hassubsequence")
"""Functions whose arguments are more than values: the binder knows them."""

_BY_FOLDED = {name.lower(): name for name in FUNCTIONS}


def called(name: str, values: Sequence[Bound], zone: str, span: Span) -> Bound:
    """A function's result. Raises FilterWrong where there is none of that name, or it takes other arguments."""
    known = _BY_FOLDED.get(name.lower())
    if known is None:
        near = nearest(name, (*FUNCTIONS, *OTHERS, "geo.distance"))
        advice = f'Did you mean "{near}"?' if near else f"The functions are {', '.join((*FUNCTIONS, *OTHERS))}."
        raise FilterWrong(span.start, f'there is no function "{shown(name)}"', advice)
    for signature in FUNCTIONS[known]:
        if len(signature.takes) != len(values):
            continue
        taken = [taken_as(value, kind, zone) for value, kind in zip(values, signature.takes, strict=True)]
        fitting = [one for one in taken if one is not None]
        if len(fitting) == len(taken):
            if known == "matchesPattern":
                return _matching(fitting, span)
            _check_length(known, fitting, span)
            return signature.build(fitting, zone)
    takes = " or ".join(f"({', '.join(signature.takes)})" for signature in FUNCTIONS[known])
    given = ", ".join(value.kind for value in values)
    raise FilterWrong(span.start, f"{known} does not take ({given})", f"It takes {takes}.")


def _check_length(name: str, values: Sequence[Bound], span: Span) -> None:
    # OData 4.01 part 2, 5.1.1.5.7: a negative length is a bad request.
    length = values[2] if name == "substring" and len(values) == 3 else None
    if isinstance(length, Constant) and isinstance(length.value, int) and length.value < 0:
        raise FilterWrong(span.start, "substring takes no negative length", "Its length counts from 0.")


def _matching(values: Sequence[Bound], span: Span) -> Bound:
    """A pattern is a literal, so that it can be judged before any row is read; flags become part of it."""
    text, *others = values
    pattern, flags = (*(one.value if isinstance(one, Constant) else None for one in others), "")[:2]
    if not isinstance(pattern, str) or not isinstance(flags, str) or not set(flags) <= set("ims"):
        advice = "It takes a pattern in quotes, and perhaps the flags i, m and s: matchesPattern(cli,'^045','i')."
        raise FilterWrong(span.start, "the pattern of matchesPattern is no literal", advice)
    if cost_of_pattern(pattern) > MOST_COST:
        advice = "What a pattern repeats counts as many times: write a{2,} in place of a{2,999}."
        raise FilterWrong(span.start, "the pattern of matchesPattern is too large", advice)
    whole = f"(?{''.join(sorted(set(flags)))}){pattern}" if flags else pattern
    return made(Operation.MATCHES, text, Constant(whole, TEXT), kind=_BOOLEAN)
