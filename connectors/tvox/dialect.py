"""Dialects: how a query of a TVox takes its window, its page and its order, and gives its rows, as its schema says."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    get_named_type,
    is_required_argument,
    is_required_input_field,
)

from connectors.tvox.leaves import Leaf, leaves_of
from datamodel.derive import singular
from tabular.month import Month
from tabular.table import Grain, Table

PAGES_OTHERWISE = frozenset({"limit", "offset", "skip", "first", "after", "page", "pageSize", "size"})
"""Arguments by which a query may page in a way that is not known here: its first page would look whole."""

_WINDOW = ("year", "month", "pagination", "sorting")


class Place(StrEnum):
    """Where a query takes a part of what it is asked: in its search, or in an argument beside it."""

    SEARCH = "search"
    ARGUMENT = "argument"


@dataclass(frozen=True, slots=True)
class Way:
    """How a field of Query is asked: the types of its arguments, and where the parts of the question belong."""

    name: str
    types: Mapping[str, str]
    places: Mapping[str, Place]
    needs_search: bool
    criteria: frozenset[str]

    def arguments(self, month: Month | None = None, **parts: object) -> dict[str, object]:
        """The arguments' values for a month and other parts: `pagination`, `sorting`, fields of the search."""
        if month is not None:
            parts |= {"year": month.year, "month": month.month}
        given = {name: value for name, value in parts.items() if self.places.get(name) is Place.ARGUMENT}
        search = {name: value for name, value in parts.items() if name not in given}
        return given | ({"search": search} if search or self.needs_search else {})

    @property
    def by_month(self) -> bool:
        """Whether it takes a year and a month."""
        return "year" in self.places and "month" in self.places


@dataclass(frozen=True, slots=True)
class Listing:
    """A list query: how it and the count beside it are asked, what its records hold, and what it can say of changes.

    `nested`: each element is the list of an interaction's steps. `sorting` is the order by ids, None where there is
    none. `knows_changes`: it finds what was updated since a moment. `by_ids`: it finds interactions by a list of ids.
    `steps`: its records are steps of interactions.
    """

    way: Way
    nested: bool
    steps: bool
    pages: bool
    sorting: Mapping[str, str] | None
    knows_changes: bool
    by_ids: bool
    counting: Way | None
    counts_changes: bool
    leaves: Mapping[str, Leaf]

    @property
    def gives_changes(self) -> bool:
        """Whether all rows of what changed can be had: one step that changed must lead to the others."""
        return self.knows_changes and (self.nested or not self.steps or self.by_ids)

    def described(self) -> dict[str, object]:
        """What differs from dialect to dialect, for the state of the upstream."""
        places = self.way.places
        return {
            "results": "nested" if self.nested else "flat",
            "pagination": places.get("pagination"),
            "sorting": places.get("sorting") if self.sorting else None,
            "months": places.get("month") if self.way.by_month else None,
            "count": self.counting.name if self.counting else None,
            "changes": self.gives_changes,
        }


def listing_of(queries: Mapping[str, GraphQLField], table: Table) -> Listing | None:
    """How the query of that table's name is asked; None if it needs what is not known here, or gives no plain list.

    `table` is what `datamodel.derive` makes of the query.
    """
    field = queries[table.name]
    record = get_named_type(field.type)
    way, depth = _way(table.name, field), _depth(field)
    search = _search(field)
    assert isinstance(record, GraphQLObjectType)
    pages = _pages(_input(field, "pagination"))
    sorting = _order(_input(field, "sorting"), table)
    given = {name for name, known in (("pagination", pages), ("sorting", sorting is not None)) if known}
    if way.by_month:
        given |= {"year", "month"}
    if depth > 2 or _asks_more(field, given) or (not pages and _may_page(field)):
        return None
    counting = _count(queries, table.name, way.by_month)
    return Listing(
        way=way,
        nested=depth == 2,
        steps=table.grain is Grain.STEP,
        pages=pages,
        sorting=sorting,
        knows_changes=_compares_moments(search),
        by_ids=_compares_ids(search),
        counting=counting,
        counts_changes=counting is not None and _compares_moments(_search(queries[counting.name])),
        leaves=leaves_of(table, record),
    )


def _way(name: str, field: GraphQLField) -> Way:
    search = _search(field)
    inside = set(search.fields) if search else set()
    places = {
        part: Place.ARGUMENT if part in field.args else Place.SEARCH
        for part in _WINDOW
        if part in field.args or part in inside
    }
    needed = "search" in field.args and is_required_argument(field.args["search"])
    types = {argument: str(known.type) for argument, known in field.args.items()}
    return Way(name, types, places, needed, frozenset(inside))


def _count(queries: Mapping[str, GraphQLField], name: str, by_month: bool) -> Way | None:
    """How the count beside a list query is asked; None where there is none that counts the same."""
    for candidate in (f"{name}Count", f"{singular(name)}Count"):
        field = queries.get(candidate)
        if field is None or get_named_type(field.type).name != "Int" or _depth(field):
            continue
        way = _way(candidate, field)
        if way.by_month == by_month and not _asks_more(field, {"year", "month"} if by_month else set()):
            return way
    return None


def _depth(field: GraphQLField) -> int:
    """How many lists lie around what a query gives."""
    depth, kind = 0, field.type
    while isinstance(kind, GraphQLNonNull | GraphQLList):
        depth += isinstance(kind, GraphQLList)
        kind = kind.of_type
    return depth


def _search(field: GraphQLField) -> GraphQLInputObjectType | None:
    found = get_named_type(field.args["search"].type) if "search" in field.args else None
    return found if isinstance(found, GraphQLInputObjectType) else None


def _input(field: GraphQLField, part: str) -> GraphQLInputObjectType | None:
    """The type in which a query takes a part of what it is asked."""
    search = _search(field)
    kind: GraphQLInputType | None = None
    if part in field.args:
        kind = field.args[part].type
    elif search is not None and part in search.fields:
        kind = search.fields[part].type
    named = get_named_type(kind) if kind is not None else None
    return named if isinstance(named, GraphQLInputObjectType) else None


def _asks_more(field: GraphQLField, given: set[str]) -> bool:
    """Whether something is required beyond what is given."""
    search = _search(field)
    required = {name for name, argument in field.args.items() if is_required_argument(argument)}
    inside = {name for name, known in search.fields.items() if is_required_input_field(known)} if search else set()
    return bool(required - given - ({"search"} if search else set())) or bool(inside - given)


def _may_page(field: GraphQLField) -> bool:
    search = _search(field)
    named = set(field.args) | (set(search.fields) & {"pagination"} if search else set())
    return bool(named & (PAGES_OTHERWISE | {"pagination"}))


def _pages(pagination: GraphQLInputObjectType | None) -> bool:
    return pagination is not None and {"limit", "offset"} <= set(pagination.fields)


def _order(sorting: GraphQLInputObjectType | None, table: Table) -> Mapping[str, str] | None:
    """The order by ascending ids, or None if it cannot be said."""
    if sorting is None or "key" not in sorting.fields:
        return None
    keys, wanted = _values(sorting, "key"), [*table.key[:1], "id", "uuid"]
    found = next((value for name in wanted for value in keys if value.casefold() == name.casefold()), None)
    if found is None:
        return None
    upwards = next((value for value in _values(sorting, "direction") if value.casefold().startswith("asc")), None)
    return {"key": found} | ({"direction": upwards} if upwards else {})


def _values(kind: GraphQLInputObjectType, name: str) -> tuple[str, ...]:
    """The values of an enum that is a field of an input; none if it is no enum."""
    named = get_named_type(kind.fields[name].type) if name in kind.fields else None
    return tuple(named.values) if isinstance(named, GraphQLEnumType) else ()


def _compared(search: GraphQLInputObjectType | None, name: str, operator: str) -> GraphQLInputType | None:
    """The type of the value that a search compares a field with by an operator, if it does."""
    comparison = get_named_type(search.fields[name].type) if search and name in search.fields else None
    if not isinstance(comparison, GraphQLInputObjectType) or operator not in _values(comparison, "operator"):
        return None
    return comparison.fields["value"].type if "value" in comparison.fields else None


def _compares_moments(search: GraphQLInputObjectType | None) -> bool:
    kind = _compared(search, "lastUpdateTime", "GREATER_THAN")
    named = get_named_type(kind) if kind is not None else None
    return isinstance(named, GraphQLScalarType) and named.name.endswith(("Time", "Date", "String"))


def _compares_ids(search: GraphQLInputObjectType | None) -> bool:
    kind = _compared(search, "id", "EQUAL")
    bare = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    return isinstance(bare, GraphQLList) and get_named_type(bare).name in {"String", "ID"}
