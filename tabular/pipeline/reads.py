"""What bound trees and steps read: their trees, and the columns in them."""

from collections.abc import Iterator

from tabular.filter.bound import Bound, Of, OneRelated, SizeRelated, SomeRelated, parts
from tabular.pipeline.steps import Computed, Concatenated, Extreme, Grouped, Kept, Limited, Ordered, Settled, Step
from tabular.query import Query
from tabular.table import Column


def columns_in(node: Bound) -> Iterator[Column]:
    """The columns of the row that a tree reads, as often as it does; those of elements and of related rows are not
    among them."""
    match node:
        case Of(column):
            yield column
        case SomeRelated(relation) | SizeRelated(relation) | OneRelated(relation):
            yield relation.own
        case _:
            for part in parts(node):
                yield from columns_in(part)


def trees_in(step: Step) -> tuple[Bound, ...]:
    """The trees that a step holds."""
    match step:
        case Kept(condition):
            return (condition,)
        case Computed(_, value):
            return (value,)
        case Extreme(order=order):
            return (order.value,)
        case Ordered(orders):
            return tuple(order.value for order in orders)
        case Concatenated(branches):
            return tuple(tree for branch in branches for one in branch for tree in trees_in(one))
    return ()


def columns_of(step: Step) -> Iterator[Column]:
    """The columns that a step reads."""
    match step:
        case Settled(columns):
            yield from (column for column, _ in columns)
        case Grouped(grouping):
            yield from (key.source for key in grouping.keys)
            yield from (one.source for one in grouping.measures if one.source is not None)
        case Limited(within=within) | Extreme(within=within):
            yield from within
        case Concatenated(branches, sources):
            yield from (column for branch in branches for one in branch for column in columns_of(one))
            yield from (column for listed in sources for column in listed if column is not None)
    for tree in trees_in(step):
        yield from columns_in(tree)


def fields_read(query: Query) -> frozenset[str]:
    """The names by which a query reads what is kept: of its columns, its order, its filter, its groups and its key.

    Columns of groups are among them too, which name nothing that is kept.
    """
    columns = [one.column for one in query.columns] + [one.column for one in query.sort]
    if query.filter is not None:
        columns += columns_in(query.filter)
    if query.grouping is not None:
        columns += [key.source for key in query.grouping.keys]
        columns += [one.source for one in query.grouping.measures if one.source is not None]
    return frozenset((*(column.reading.field for column in columns), *query.table.key))
