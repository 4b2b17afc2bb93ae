"""An Expand is one way that an answer goes on to related entities, bound to the model, and what is shown of these."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from odata.context import WHOLE, Projection
from odata.model import EntitySet, Navigation
from odata.options import Form
from odata.rendering import Control, Member
from store.related import Order
from tabular.filter import Bound
from tabular.filter.bound import patterns, relations
from tabular.table import Column


@dataclass(frozen=True, slots=True)
class Expand:
    """The entities that a navigation leads to, or (`form`) references to them or how many there are.

    `columns` are shown of each, those of its properties that were chosen, in the order of the metadata, and `expands`
    behind them. `filter`, `order`, `top` and `skip` choose among the entities of each parent by itself; `counted` tells
    how many meet the filter. `place` is where it stands in the text of `$expand`.
    """

    navigation: Navigation
    target: EntitySet
    form: Form
    columns: tuple[Column, ...]
    projection: Projection = WHOLE
    filter: Bound | None = None
    order: tuple[Order, ...] = ()
    top: int | None = None
    skip: int = 0
    counted: bool = False
    expands: tuple["Expand", ...] = ()
    place: int = 0

    @property
    def own(self) -> str:
        """The property of the parent that says who is related to it."""
        ((own, _),) = self.navigation.pairs
        return own

    @property
    def by(self) -> Column:
        """The column of the target that equals it."""
        ((_, name),) = self.navigation.pairs
        return self.target.type.table.column(name)


def needed(expands: Sequence[Expand]) -> tuple[str, ...]:
    """The properties that a batch of parents must have, each once: what is not shown is read behind what is."""
    return tuple(dict.fromkeys(one.own for one in expands))


def tables_of(expands: Sequence[Expand]) -> Iterator[str]:
    """The names of the stored tables whose rows are read for them."""
    for one in expands:
        yield from one.target.type.table.stored_in
        for value in (one.filter, *(order.value for order in one.order)):
            if value is not None:
                yield from (name for relation in relations(value) for name in relation.table.stored_in)
        yield from tables_of(one.expands)


def members_of(expands: Sequence[Expand], control: Control) -> tuple[Member, ...]:
    """The members that parents have in addition, in the order of the columns that `expanded` adds.

    >>> members_of((), Control())
    ()
    """
    found: list[Member] = []
    for one in expands:
        if one.counted:
            found.append(Member(control.name("count", of=one.navigation.name)))
        if one.form is not Form.COUNT:
            found.append(Member(one.navigation.name, is_json=True))
    return tuple(found)


def projection_of(own: Projection, expands: Sequence[Expand]) -> Projection:
    """What the context tells of an answer, with all that is nested in it."""
    nested = [(one.navigation.name, one.projection) for one in expands if one.form is Form.ENTITIES]
    return Projection(own.members, (*own.nested, *nested))


def patterns_of(expands: Sequence[Expand]) -> tuple[str, ...]:
    """The regular expressions in all of them, which only the engine can judge."""
    found: list[str] = []
    for one in expands:
        found += patterns(one.filter) if one.filter is not None else ()
        for order in one.order:
            found += patterns(order.value)
        found += patterns_of(one.expands)
    return tuple(found)
