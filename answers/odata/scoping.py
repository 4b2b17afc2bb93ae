"""What the names in an expression of OData's can stand for: properties of a set, its lists, and where they lead."""

from collections.abc import Mapping
from functools import lru_cache

from answers.odata.sight import Sight
from datamodel.roots import elements_at
from odata.model import EntitySet, Model, Navigation
from tabular.criteria import Elements
from tabular.filter import Scope
from tabular.filter.bound import Relation
from tabular.table import Table


def scope_of(entity_set: EntitySet, sight: Sight) -> Scope:
    """The scope of expressions about the entities of a set."""
    table = entity_set.type.table
    return Scope(table, _lists(table), sight.zone, sight.now, relations=relations_of(sight.model))


@lru_cache(maxsize=64)
def relations_of(model: Model) -> Mapping[str, Mapping[str, Relation]]:
    """The navigations of every set as relations of its table, by the names of both."""
    return {
        one.name: {way.name: _relation(way, one, model.by_name[way.target]) for way in one.type.navigations}
        for one in model.sets
    }


def _relation(way: Navigation, source: EntitySet, target: EntitySet) -> Relation:
    ((own, other),) = way.pairs
    table = target.type.table
    return Relation(way.name, table, source.type.table.column(own), table.column(other), way.many, _lists(table))


def _lists(table: Table) -> tuple[Elements, ...]:
    return tuple(elements_at(table, one.name) for one in table.fields if one.items)
