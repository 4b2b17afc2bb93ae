"""Which entities of a set are meant: `$filter` and `$search`, bound to the set's table."""

from collections.abc import Sequence

from answers.odata.scoping import scope_of
from answers.odata.sight import Sight
from odata.applying import search_filter, told_of
from odata.model import EntitySet
from odata.options import with_aliases
from odata.options.sought import Sought
from tabular.filter import Bound, bind
from tabular.filter.bound import Apply, Kind, Operation
from tabular.filter.tree import Node


def condition_of(node: Node, entity_set: EntitySet, sight: Sight, option: str = "$filter") -> Bound:
    """What a filter means for the entities of a set. Raises UnknownColumn, OptionWrong, OptionUnsupported."""
    with told_of(option):
        return bind(with_aliases(node, sight.aliases), scope_of(entity_set, sight))


def found_by(sought: Sought, entity_set: EntitySet) -> Bound:
    """What a search means for the entities of a set. Raises OptionWrong."""
    return search_filter(sought, entity_set.type.table)


def all_of(conditions: Sequence[Bound]) -> Bound | None:
    """The condition that all of these are met; None for none of them."""
    if len(conditions) < 2:
        return conditions[0] if conditions else None
    return Apply(Operation.AND, tuple(conditions), Kind.BOOLEAN)
