"""What names alone forbid: a check of trees against the names that the OASIS cases allow for each rule."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass

from odata.options import Options
from odata.options.transformations import Grouped, Joined, Measure, Rollup
from tabular.filter.tree import Aggregate, Binary, Name, Path

_ARITHMETIC = ("add", "sub", "mul", "div", "divby", "mod")


class Names:
    """The names of one file of cases, by rule."""

    def __init__(self, constraints: Mapping[str, Sequence[str]]) -> None:
        self._constraints = constraints
        self._lists = self._of("entityColNavigationProperty", "complexColProperty")
        self._plain = self._of("primitiveKeyProperty", "primitiveNonKeyProperty")
        self._custom_aggregates = self._of("customAggregate")

    def _of(self, *rules: str) -> frozenset[str]:
        return frozenset(name for rule in rules for name in self._constraints.get(rule, ()))

    def faults(self, options: Options) -> Iterator[str]:
        """What the names of options forbid."""
        for name, _ in options.custom:
            if name not in self._of("customName"):
                yield f"there is no option {name}"
        for node in inner(options.apply):
            match node:
                case Measure(aggregate):
                    yield from self._of_aggregate(aggregate)
                case Grouped(by):
                    for one in by:
                        for path in one.levels if isinstance(one, Rollup) else (one,):
                            yield from self._of_group(path)
                case Joined(path):
                    if names_of(path)[-1] not in self._lists:
                        yield f"{names_of(path)[-1]} is no list"

    def _of_aggregate(self, aggregate: Aggregate) -> Iterator[str]:
        names = names_of(aggregate.value)
        if not aggregate.method and names and names[-1] not in (*self._custom_aggregates, "$count"):
            yield f"{names[-1]} is no custom aggregate"
        for node in inner(aggregate.value):
            if isinstance(node, Binary) and node.operator in _ARITHMETIC:
                for operand in (node.left, node.right):
                    if any(name in self._lists for name in names_of(operand)[:-1]):
                        yield f"{names_of(operand)} is a list, with which nothing is reckoned"

    def _of_group(self, path: object) -> Iterator[str]:
        for name in names_of(path)[:-1]:
            if name in self._lists or name in self._plain:
                yield f"nothing is grouped by behind {name}"


def names_of(node: object) -> list[str]:
    """The names of a path that has nothing but names; none for any other node."""
    segments = node.segments if isinstance(node, Path) else ()
    names = [one.text for one in segments if isinstance(one, Name)]
    return names if len(names) == len(segments) else []


def inner(node: object) -> Iterator[object]:
    """A node and all below it."""
    if isinstance(node, tuple):
        for one in node:
            yield from inner(one)
    elif is_dataclass(node):
        yield node
        for field in fields(node):
            yield from inner(getattr(node, field.name))
