"""Expressions of query options, bound against what the rows of a pipeline are at that place."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from math import prod

from odata.options import with_aliases
from tabular.errors import FilterUnsupported, FilterWrong, OptionUnsupported, OptionWrong
from tabular.filter import Bound, Scope, bind, bind_value
from tabular.filter.bound import Constant, Kind, Of, counts_seconds, relations
from tabular.filter.costs import MOST_COST, cost
from tabular.filter.tree import Name, Node, Ordering, Path, Unary
from tabular.pipeline import Concatenated, Order, Pipeline, Step, columns_in, trees_in
from tabular.table import Column, Reading, Type

MOST_STEPS = 100
"""Steps of one pipeline: each is a question within a question to the engine."""

MOST_COPIES = 16
"""How often the concats of a pipeline may give a row: one behind the other they multiply."""

MOST_OF_ALL = 4 * MOST_COST
"""What all expressions of a pipeline may cost together: each of them may cost as much as a filter, a search more."""

_TYPES = {
    Kind.TEXT: Type.TEXT,
    Kind.INTEGER: Type.INTEGER,
    Kind.NUMBER: Type.NUMBER,
    Kind.BOOLEAN: Type.BOOLEAN,
    Kind.MOMENT: Type.TIME,
    Kind.DATE: Type.DATE,
}


@dataclass(frozen=True, slots=True)
class Expressions:
    """What the expressions of one option may name: those of `scope`, whose table is taken from the pipeline.

    `navigations` are names that lead to other entities; no expression follows them. Its methods raise UnknownColumn
    with the nearest name, OptionWrong and OptionUnsupported with option and place.
    """

    option: str
    scope: Scope
    navigations: Collection[str] = field(default=())

    def condition(self, node: Node, pipeline: Pipeline) -> Bound:
        """A condition on the rows of a pipeline."""
        with told_of(self.option):
            return bind(with_aliases(node, self.scope.aliases), self._scope(pipeline))

    def value(self, node: Node, pipeline: Pipeline) -> Bound:
        """A value for each row of a pipeline; null alone is a text."""
        with told_of(self.option):
            found = bind_value(with_aliases(node, self.scope.aliases), self._scope(pipeline))
        return Constant(None, Kind.TEXT) if found.kind is Kind.NULL else found

    def column(self, name: str, value: Bound, place: int) -> Column:
        """A new column of these values. Raises OptionUnsupported where there are no columns of that kind."""
        if isinstance(value, Of):
            return replace(value.column, name=name, path=name)
        if value.kind not in _TYPES:
            raise OptionUnsupported(self.option, place, f"{value.kind} as a property; cast(…,Edm.String) is one")
        origins = dict.fromkeys(origin for column in columns_in(value) for origin in column.origins)
        return Column(
            name=name,
            path=name,
            type=_TYPES[value.kind],
            description="Computed as it was asked for.",
            reading=Reading(""),
            origins=tuple(origins),
            unit="s" if counts_seconds(value) else None,
        )

    def order(self, orderings: Sequence[Ordering], pipeline: Pipeline) -> tuple[Order, ...]:
        """What the rows of a pipeline are sorted by: any expressions."""
        return tuple(self._order(one, pipeline) for one in orderings)

    def _order(self, ordering: Ordering, pipeline: Pipeline) -> Order:
        expression = ordering.expression
        if isinstance(expression, Unary) and expression.operator == "-" and isinstance(expression.operand, Path):
            # As in the other faces, a minus before a column of any kind turns it round.
            return Order(self.value(expression.operand, pipeline), not ordering.descending)
        return Order(self.value(expression, pipeline), ordering.descending)

    def named(self, path: Path, pipeline: Pipeline) -> Column:
        """The column that a path of names means. Raises OptionUnsupported where it leads to other entities."""
        names = [one.text for one in path.segments if isinstance(one, Name)]
        if self.leads_away(path):
            raise OptionUnsupported(self.option, path.span.start, f"the path {'/'.join(names)} to other entities")
        return pipeline.table.column(".".join(names))

    def leads_away(self, node: Node) -> bool:
        """Whether an expression is a path that begins with a navigation."""
        first = node.segments[0] if isinstance(node, Path) else None
        return isinstance(first, Name) and first.text in self.navigations

    def check_name(self, name: str, taken: Mapping[str, object] | Collection[str], place: int) -> None:
        """Raise OptionWrong where a new name is not new."""
        if name in taken or name in self.navigations:
            raise OptionWrong(self.option, place, f'there is a "{name}" already', "Give it another name behind as.")

    def checked(self, pipeline: Pipeline) -> Pipeline:
        """The pipeline itself. Raises OptionWrong where it has too many steps or asks for too much of each row,
        OptionUnsupported where anything but a filter of stored rows asks of related ones."""
        if _size(pipeline.steps) > MOST_STEPS:
            raise OptionWrong(self.option, 0, f"it takes more than {MOST_STEPS} steps", "Ask for less at once.")
        if _copies(pipeline.steps) > MOST_COPIES:
            problem = f"its concat gives rows more than {MOST_COPIES} times"
            raise OptionWrong(self.option, 0, problem, "Aggregate before, or ask for less at once.")
        if sum(cost(tree) for tree in pipeline.trees) > MOST_OF_ALL:
            raise OptionWrong(self.option, 0, "it asks for too much of each row", "Ask for less at once.")
        if any(relations(tree) for step in pipeline.steps for tree in trees_in(step)):
            raise OptionUnsupported(self.option, 0, "related rows in what is computed, grouped or sorted")
        return pipeline

    def _scope(self, pipeline: Pipeline) -> Scope:
        if pipeline.is_stored:
            return replace(self.scope, table=pipeline.table, aliases={})
        return replace(self.scope, table=pipeline.table, lists=(), relations={}, aliases={})


def _size(steps: Sequence[Step]) -> int:
    branches = [branch for step in steps if isinstance(step, Concatenated) for branch in step.branches]
    return len(steps) + sum(_size(branch) for branch in branches)


def _copies(steps: Sequence[Step]) -> int:
    return prod(sum(map(_copies, step.branches)) for step in steps if isinstance(step, Concatenated))


@contextmanager
def told_of(option: str) -> Iterator[None]:
    """Inside, what is wrong with an expression is told as wrong with the option."""
    try:
        yield
    except FilterWrong as failure:
        raise OptionWrong(option, failure.offset, failure.problem, failure.advice) from failure
    except FilterUnsupported as failure:
        raise OptionUnsupported(option, failure.offset, failure.feature) from failure
