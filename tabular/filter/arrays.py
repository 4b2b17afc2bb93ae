"""Arrays: what `in`, `eq` and OData's collection functions ask of them, spelt out as comparisons of their items."""

from collections.abc import Sequence
from itertools import combinations

from tabular.errors import FilterWrong
from tabular.filter.bound import Apply, Bound, Choice, Constant, Item, Kind, Of, Operation
from tabular.filter.coercion import compared, made
from tabular.filter.tree import Span

MOST_COMPARISONS = 300
"""Comparisons that one function of arrays may be spelt out as."""

Items = tuple[Bound, ...]

FUNCTIONS = ("contains", "startswith", "endswith", "indexof", "hassubset", "hassubsequence")


def asked_of(name: str, left: Items, right: Items, zone: str, span: Span) -> Bound:
    """A function of two arrays. Raises FilterWrong where their items cannot be compared, or are too many."""
    for item in (*left, *right):
        if not isinstance(item, Constant | Of | Item):
            advice = "Its items are columns and literals."
            raise FilterWrong(span.start, f"an item of an array in {name} is an expression", advice)
    places = range(len(left) - len(right) + 1)
    if name in ("contains", "indexof"):
        _check(len(places) * len(right), span)
    match name:
        case "contains":
            return _any([_equal(left[at : at + len(right)], right, zone, span) for at in places])
        case "startswith":
            return _equal(left[: len(right)], right, zone, span)
        case "endswith":
            return _equal(left[max(0, len(left) - len(right)) :], right, zone, span)
        case "indexof":
            found = [(_equal(left[at : at + len(right)], right, zone, span), _integer(at)) for at in places]
            return Choice((*found, (Constant(True, Kind.BOOLEAN), _integer(-1))), Kind.INTEGER)
        case "hassubset":
            return _subset(left, right, zone, span)
    ways = []
    for chosen in combinations(left, len(right)):
        ways.append(_equal(chosen, right, zone, span))
        _check(len(ways) * len(right), span)
    return _any(ways)


def equal(left: Items, right: Items, zone: str, span: Span) -> Bound:
    """Whether two arrays hold the same items in the same order."""
    return _equal(left, right, zone, span)


def _equal(left: Sequence[Bound], right: Sequence[Bound], zone: str, span: Span) -> Bound:
    if len(left) != len(right):
        return Constant(False, Kind.BOOLEAN)
    pairs = zip(left, right, strict=True)
    same = [compared(Operation.EQ, one, other, zone, span.start) for one, other in pairs]
    return Apply(Operation.AND, tuple(same), Kind.BOOLEAN) if same else Constant(True, Kind.BOOLEAN)


def _any(ways: Sequence[Bound]) -> Bound:
    return Apply(Operation.OR, tuple(ways), Kind.BOOLEAN) if ways else Constant(False, Kind.BOOLEAN)


def _subset(left: Items, right: Items, zone: str, span: Span) -> Bound:
    """Each item of the right as often in the left as in the right: 5.1.1.6.1 has [4,1,3,1] hold [1,1], [1,2] not."""
    _check((len(left) + len(right)) * len(right), span)
    enough = [
        Apply(Operation.GE, (_times(one, left, zone, span), _times(one, right, zone, span)), Kind.BOOLEAN)
        for one in right
    ]
    return Apply(Operation.AND, tuple(enough), Kind.BOOLEAN) if enough else Constant(True, Kind.BOOLEAN)


def _times(one: Bound, items: Items, zone: str, span: Span) -> Bound:
    """How often an item is among others: a number, as it cannot overflow and so costs less."""
    always = Constant(True, Kind.BOOLEAN)
    met: list[Bound] = [
        Choice(((compared(Operation.EQ, item, one, zone, span.start), _number(1)), (always, _number(0))), Kind.NUMBER)
        for item in items
    ]
    # In pairs, so that the sum of many is not as many levels deep.
    while len(met) > 1:
        pairs = zip(met[::2], [*met[1::2], _number(0)], strict=False)
        met = [made(Operation.NUMBER_ADD, *pair, kind=Kind.NUMBER) for pair in pairs]
    return met[0] if met else _number(0)


def _check(comparisons: int, span: Span) -> None:
    if comparisons > MOST_COMPARISONS:
        raise FilterWrong(span.start, "its arrays are too long to be compared", "Ask for less in one filter.")


def _integer(value: int) -> Constant:
    return Constant(value, Kind.INTEGER)


def _number(value: float) -> Constant:
    return Constant(float(value), Kind.NUMBER)
