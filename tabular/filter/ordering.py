"""What a table is sorted by, spelt as OData's `$orderby`."""

from tabular.errors import FilterUnsupported, FilterWrong
from tabular.filter.bound import Of
from tabular.filter.names import Names
from tabular.filter.tree import Name, Ordering, Path, Unary
from tabular.query import SortKey
from tabular.table import Table


def bind_order(orderings: tuple[Ordering, ...], table: Table) -> tuple[SortKey, ...]:
    """The columns to sort by; `-` before one is `desc` behind it.

    Raises UnknownColumn; FilterUnsupported where anything but a column is to be sorted by.
    """
    return tuple(_key(one, table) for one in orderings)


def _key(ordering: Ordering, table: Table) -> SortKey:
    expression, descending = ordering.expression, ordering.descending
    if isinstance(expression, Unary) and expression.operator == "-":
        if descending:
            raise FilterWrong(ordering.span.start, "- and desc say the same thing twice", "Keep one of them.")
        expression, descending = expression.operand, True
    if not isinstance(expression, Path) or not all(isinstance(one, Name) for one in expression.segments):
        raise FilterUnsupported(ordering.span.start, "sorting by anything but a column")
    names, _ = Names(table, ()).split(expression.segments)
    found = Names(table, ()).value(names, expression.span)
    assert isinstance(found, Of), "without elements around it a name is a column"
    return SortKey(found.column, descending)
