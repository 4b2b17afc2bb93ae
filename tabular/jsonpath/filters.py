"""A filter's tests as closures over one value, with RFC 9535's comparisons."""

from collections.abc import Callable
from operator import ge, gt, le, lt
from typing import Any

from tabular.jsonpath.ir import (
    Both,
    Call,
    Child,
    Compare,
    CompareAny,
    Either,
    Exists,
    Function,
    Index,
    Json,
    Literal,
    Matches,
    Name,
    Never,
    OfKind,
    Operand,
    Path,
    Place,
    Segment,
    Test,
    Truthy,
)
from tabular.jsonpath.limits import Budget
from tabular.jsonpath.regexes import matches

NOTHING = object()
"""The value of a path that finds none."""


class Run:
    """One document being followed: its root, its budget, what was found from the root already, and, for filters that
    ask for it, under which names the value is held that they test."""

    __slots__ = ("budget", "found", "key", "parent_key", "root")

    def __init__(self, root: Json, budget: Budget) -> None:
        self.root, self.budget = root, budget
        self.found: dict[int, list[Json]] = {}
        self.key: Json = None
        self.parent_key: Json = None


Passes = Callable[[Json, Run], bool]
Nodes = Callable[[Json, Run], list[Json]]
Get = Callable[[Json, Run], Json]
Follow = Callable[[tuple[Segment, ...]], Callable[[list[Json], Run], list[Json]]]


class Filters:
    """Tests as closures; `follow` makes that of a path's segments."""

    def __init__(self, follow: Follow) -> None:
        self._follow = follow

    def passes(self, test: Test) -> Passes:
        """Whether a value passes. Raises what following its paths does."""
        match test:
            case Both(tests):
                all_of = [self.passes(each) for each in tests]
                return lambda value, run: all(each(value, run) for each in all_of)
            case Either(tests):
                any_of = [self.passes(each) for each in tests]
                return lambda value, run: any(each(value, run) for each in any_of)
            case Never(inner):
                passes = self.passes(inner)
                return lambda value, run: not passes(value, run)
            case Exists(path):
                return self._exists(path)
            case Truthy(operand):
                get = self._get(operand)
                return lambda value, run: _is_true(get(value, run))
            case Compare(left, operator, right):
                return self._compare(left, operator, right)
            case CompareAny(path, operator, other):
                return self._compare_any(path, operator, other)
            case Matches(text, pattern, whole):
                return self._matches(self._get(text), self._get(pattern), whole)
            case OfKind(kind):
                is_it = _KINDS[kind]
                return lambda value, run: is_it(value)

    def _exists(self, path: Path) -> Passes:
        if path.singular:
            get = self._get(path)
            return lambda value, run: get(value, run) is not NOTHING
        nodes = self._nodes(path)
        return lambda value, run: bool(nodes(value, run))

    def _compare(self, left: Operand, operator: str, right: Operand) -> Passes:
        first, second = self._get(left), self._get(right)
        if isinstance(right, Literal) and operator in ("==", "!="):
            wanted, same = right.value, operator == "=="
            if isinstance(wanted, str):
                return lambda value, run: (first(value, run) == wanted) is same
        compares = _COMPARISONS[operator]
        return lambda value, run: compares(first(value, run), second(value, run), run.budget)

    def _compare_any(self, path: Path, operator: str, other: Literal | Path) -> Passes:
        if path.singular and (isinstance(other, Literal) or other.singular):
            return self._compare(path, operator, other)
        lefts, compares = self._nodes(path), _COMPARISONS[operator]
        rights = self._nodes(other) if isinstance(other, Path) else _given([other.value])

        def passes(value: Json, run: Run) -> bool:
            left, right = lefts(value, run) or [NOTHING], rights(value, run) or [NOTHING]
            run.budget.spend(2 * len(left) * len(right))
            return any(compares(one, another, run.budget) for one in left for another in right)

        return passes

    def _matches(self, text: Get, pattern: Get, whole: bool) -> Passes:
        def passes(value: Json, run: Run) -> bool:
            read, asked = text(value, run), pattern(value, run)
            if not isinstance(read, str) or not isinstance(asked, str):
                return False
            run.budget.spend(1 + (len(read) + len(asked)) // 64)
            return matches(read, asked, whole)

        return passes

    def _get(self, operand: Operand) -> Get:
        match operand:
            case Literal(value):
                return lambda _value, _run: value
            case Place.KEY:
                return lambda _value, run: run.key
            case Place.PARENT_KEY:
                return lambda _value, run: run.parent_key
            case Path():
                return _singular(operand) if operand.singular else self._only(operand)
            case Call(Function.LENGTH, argument):
                get = self._get(argument)
                return lambda value, run: _length(get(value, run))
            case Call(Function.COUNT, Path() as path):
                nodes = self._nodes(path)
                return lambda value, run: len(nodes(value, run))
            case Call(Function.VALUE, Path() as path):
                return self._only(path)
        raise AssertionError(operand)

    def _only(self, path: Path) -> Get:
        nodes = self._nodes(path)

        def only(value: Json, run: Run) -> Json:
            found = nodes(value, run)
            return found[0] if len(found) == 1 else NOTHING

        return only

    def _nodes(self, path: Path) -> Nodes:
        follow = self._follow(path.segments)
        if not path.absolute:
            return lambda value, run: follow([value], run)
        place = id(path)

        def from_root(_value: Json, run: Run) -> list[Json]:
            # What is found from the root is the same for every value that is tested.
            found = run.found.get(place)
            if found is None:
                found = run.found[place] = follow([run.root], run)
            return found

        from_root.path = path  # type: ignore[attr-defined]  # its id stays taken as long as the closure lives
        return from_root


def _given(values: list[Json]) -> Nodes:
    return lambda _value, _run: values


def _singular(path: Path) -> Get:
    steps = [
        _step(selector) for segment in path.segments if isinstance(segment, Child) for selector in segment.selectors
    ]
    if len(steps) == 1 and not path.absolute:
        return lambda value, _run: steps[0](value)

    def get(value: Json, run: Run) -> Json:
        if path.absolute:
            value = run.root
        for step in steps:
            value = step(value)
        return value

    return get


def _step(selector: object) -> Callable[[Json], Json]:
    match selector:
        case Name(name, script):
            if script:
                return lambda value: member_or_length(value, name)
            return lambda value: value.get(name, NOTHING) if isinstance(value, dict) else NOTHING
        case Index(index):
            return lambda value: (
                value[index] if isinstance(value, list) and -len(value) <= index < len(value) else NOTHING
            )
    raise AssertionError(selector)


def member_or_length(value: Json, name: str) -> Json:
    """What JavaScript finds under `length`: an object's member, how long a list or text is, else NOTHING."""
    if isinstance(value, dict):
        return value.get(name, NOTHING)
    return len(value) if isinstance(value, list | str) else NOTHING


def _length(value: Json) -> Json:
    return len(value) if isinstance(value, str | list | dict) else NOTHING


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_true(value: Json) -> bool:
    return value is not NOTHING and (isinstance(value, list | dict) or bool(value))


def equal(left: Json, right: Json, budget: Budget | None = None) -> bool:
    """Whether two JSON values are equal: true is not 1, members have no order. Raises what `Budget.spend` does.

    >>> equal([1, {"a": 2.0}], [1.0, {"a": 2}]), equal([1], [True])
    (True, False)
    """
    pairs = [(left, right)]
    while pairs:
        one, other = pairs.pop()
        if isinstance(one, bool) or isinstance(other, bool):
            if one is not other:
                return False
        elif isinstance(one, list) and isinstance(other, list):
            if len(one) != len(other):
                return False
            _spend(budget, 2 * len(one))
            pairs.extend(zip(one, other, strict=True))
        elif isinstance(one, dict) and isinstance(other, dict):
            _spend(budget, 2 * len(one))
            if one.keys() != other.keys():
                return False
            pairs.extend((value, other[name]) for name, value in one.items())
        elif isinstance(one, list | dict) or isinstance(other, list | dict) or one != other:
            return False
    return True


def _spend(budget: Budget | None, nodes: int) -> None:
    if budget is not None:
        budget.spend(nodes)


Compares = Callable[[Json, Json, Budget], bool]


def _ordered(operator: Callable[[Any, Any], bool], or_equal: bool) -> Compares:
    def compares(left: Json, right: Json, budget: Budget) -> bool:
        if (_is_number(left) and _is_number(right)) or (isinstance(left, str) and isinstance(right, str)):
            return operator(left, right)
        return or_equal and equal(left, right, budget)

    return compares


_COMPARISONS: dict[str, Compares] = {
    "==": equal,
    "!=": lambda left, right, budget: not equal(left, right, budget),
    "<": _ordered(lt, or_equal=False),
    "<=": _ordered(le, or_equal=True),
    ">": _ordered(gt, or_equal=False),
    ">=": _ordered(ge, or_equal=True),
}

_KINDS: dict[str, Callable[[Json], bool]] = {
    "number": _is_number,
    "integer": lambda value: _is_number(value) and (isinstance(value, int) or float(str(value)).is_integer()),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "scalar": lambda value: not isinstance(value, dict | list),
}
KINDS = frozenset(_KINDS)
