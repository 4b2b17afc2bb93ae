"""A Pipeline: a question about one table, and steps that make other rows of its rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from tabular.filter.bound import Apply, Bound, Kind, Operation, patterns
from tabular.grouping import Function, Grouping, Measure
from tabular.pipeline.reads import columns_in, trees_in
from tabular.pipeline.steps import (
    Computed,
    Concatenated,
    Extreme,
    Grouped,
    Kept,
    Limited,
    Order,
    Ordered,
    Settled,
    Step,
)
from tabular.query import Query, Selected
from tabular.table import Column, Reading, Table, Type


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What becomes of the rows that `query` keeps of its table by window and filter: one step after the other.

    `table` is what the rows are after the last step: whatever comes next is bound against it. A column that a step
    made reads a plain field (`made 3`), of a name that no field of a stored table has. Of the query nothing but table,
    window and filter counts. `columns` are shown, all of the table if none is named. Rows come in the order of the
    last Ordered, then by month and key as they do in a Query, groups by their keys.

    Each method gives the pipeline with one more step; `Pipeline.of` the one without any.
    """

    query: Query
    table: Table
    steps: tuple[Step, ...] = ()
    columns: tuple[Selected, ...] = ()
    made: int = field(default=0, repr=False)

    @classmethod
    def of(cls, query: Query) -> "Pipeline":
        """The rows of a query's table that its window and its filter keep."""
        return cls(query, query.table)

    @property
    def is_stored(self) -> bool:
        """Whether the rows are still those of the stored table, with more columns perhaps: masks lie in front of
        them, and they have lists."""
        return all(isinstance(step, Kept | Computed | Ordered) for step in self.steps)

    @property
    def trees(self) -> tuple[Bound, ...]:
        """All expressions that are asked of rows."""
        first = () if self.query.filter is None else (self.query.filter,)
        return (*first, *(tree for step in self.steps for tree in trees_in(step)))

    @property
    def patterns(self) -> tuple[str, ...]:
        """The regular expressions in it, which only the engine can judge."""
        return tuple(one for tree in self.trees for one in patterns(tree))

    @property
    def shown(self) -> tuple[Selected, ...]:
        """The columns of the answer, under their names."""
        return self.columns or tuple(Selected(column, column.name) for column in self.table.columns)

    # Steps

    def kept(self, condition: Bound) -> "Pipeline":
        """The rows for which a condition is true; as far as it can be asked of stored rows, the query asks it."""
        if not self.is_stored:
            return self._with(Kept(condition))
        made = {step.column for step in self.steps if isinstance(step, Computed)}
        early: list[Bound] = [] if self.query.filter is None else [self.query.filter]
        late: list[Bound] = []
        for one in _all_of(condition):
            (early if made.isdisjoint(columns_in(one)) else late).append(one)
        asked = replace(self, query=replace(self.query, filter=_all(early)))
        rest = _all(late)
        return asked if rest is None else asked._with(Kept(rest))

    def computed(self, column: Column, value: Bound) -> "Pipeline":
        """The rows with one more column, whose reading is made here."""
        made = _plain(column, _field(self.made))
        table = self.table.with_columns((*self.table.columns, made))
        return replace(self._with(Computed(made, value)), table=table, made=self.made + 1)

    def grouped(self, grouping: Grouping, names: Sequence[str]) -> "Pipeline":
        """The groups of the rows, their columns under these names."""
        columns = [
            replace(_plain(column, _field(self.made + place)), name=name, path=name)
            for place, (column, name) in enumerate(zip(grouping.columns, names, strict=True))
        ]
        table = _derived(self.table, columns, key=tuple(names[: len(grouping.keys)]))
        found = self._with(Grouped(grouping, tuple(columns)))
        return replace(found, table=table, made=self.made + len(columns), columns=())

    def ordered(self, orders: Iterable[Order]) -> "Pipeline":
        """The rows in another order."""
        return self._with(Ordered(tuple(orders)))

    def limited(self, skip: int = 0, top: int | None = None, within: Sequence[Column] = ()) -> "Pipeline":
        """The rows behind the first ones, `top` of them at most; of each group with equal columns, if any are named."""
        settled = self.settled()
        return settled._with(Limited(skip, top, settled._named(within)))

    def extreme(self, step: Extreme) -> "Pipeline":
        """The first rows by an order; only rows that are no longer stored ones have any."""
        assert not self.is_stored, "settle the rows before the order is bound"
        return self._with(step)

    def concatenated(self, branches: Sequence["Pipeline"]) -> "Pipeline":
        """The rows of several pipelines behind each other, each of which goes on from this one, which `is_stored` no
        longer. Columns of one name are one, which is null where a branch has none; a whole number beside a number is
        a number. Raises ValueError with the name of a column that is of different kinds."""
        made = max(branch.made for branch in branches)
        named: dict[str, list[Column]] = {}
        for branch in branches:
            for column in branch.table.columns:
                named.setdefault(column.name, []).append(column)
        columns = tuple(
            replace(_plain(listed[0], _field(made + place)), type=_type_of(listed), nullable=True)
            for place, listed in enumerate(named.values())
        )
        sources = tuple(tuple(_found(branch.table, column.name) for column in columns) for branch in branches)
        steps = tuple(branch.steps[len(self.steps) :] for branch in branches)
        found = self._with(Concatenated(steps, sources, columns))
        return replace(found, table=_derived(self.table, columns, ()), made=made + len(columns), columns=())

    def showing(self, columns: Sequence[Selected]) -> "Pipeline":
        """The same rows with these columns of the table alone."""
        return replace(self, columns=tuple(columns))

    def counted(self) -> "Pipeline":
        """One row with one column: how many rows there are."""
        return self.grouped(Grouping((), (Measure(Function.COUNT),)), ("count",))

    def settled(self) -> "Pipeline":
        """The same rows with each column as a plain field; what is asked of them later is bound against these."""
        if not self.is_stored:
            return self
        columns = self.table.columns
        plain = [_plain(column, _field(self.made + place)) for place, column in enumerate(columns)]
        found = self._with(Settled(tuple(zip(columns, plain, strict=True))))
        found = replace(found, table=_derived(self.table, plain, self.table.key), made=self.made + len(columns))
        names = dict(zip(columns, plain, strict=True))
        return replace(found, columns=tuple(Selected(names[one.column], one.name) for one in self.columns))

    def _named(self, columns: Sequence[Column]) -> tuple[Column, ...]:
        return tuple(self.table.column(column.name) for column in columns)

    def _with(self, step: Step) -> "Pipeline":
        return replace(self, steps=(*self.steps, step))


def _field(number: int) -> str:
    # No name of GraphQL's has a blank in it.
    return f"made {number}"


def _plain(column: Column, name: str) -> Column:
    """A column as a plain field, with its mask already in front of its values."""
    values = column.values if column.mask is None else ()
    return replace(column, reading=Reading(name), mask=None, values=values)


def _found(table: Table, name: str) -> Column | None:
    return next((column for column in table.columns if column.name == name), None)


def _type_of(columns: Sequence[Column]) -> Type:
    """The type of what columns of one name become."""
    kinds = {column.type for column in columns}
    if len(kinds) > 1 and not kinds <= {Type.INTEGER, Type.NUMBER}:
        raise ValueError(columns[0].name)
    return kinds.pop() if len(kinds) == 1 else Type.NUMBER


def _derived(table: Table, columns: Sequence[Column], key: tuple[str, ...]) -> Table:
    return replace(table, columns=tuple(columns), key=key, fields=(), clock=None, monthly=False, element=None)


def _all_of(condition: Bound) -> tuple[Bound, ...]:
    if isinstance(condition, Apply) and condition.operation is Operation.AND:
        return tuple(one for argument in condition.arguments for one in _all_of(argument))
    return (condition,)


def _all(conditions: Sequence[Bound]) -> Bound | None:
    if len(conditions) < 2:
        return conditions[0] if conditions else None
    return Apply(Operation.AND, tuple(conditions), Kind.BOOLEAN)
