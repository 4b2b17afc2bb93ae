"""What is known of a TVox at a moment: its schema, the tables it fills, and how each of them is asked for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from graphql import (
    GraphQLError,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    build_schema,
    get_named_type,
    parse,
    validate,
)

from connectors.tvox.dialect import Listing, listing_of
from connectors.tvox.gathered import derived, gathered
from connectors.tvox.selection import Selection, selection_of
from datamodel.catalogue import documented_schema
from datamodel.derive import singular
from datamodel.limits import COMMENTS, TOKENS, check_size
from tabular.errors import DocumentTooLarge
from tabular.table import Field, Grain, Reading, Table

READ = 8
"""Schemas that stay as they were read: one is tried before it is remembered, and read again with all others."""


@dataclass(frozen=True)
class Known:
    """One schema of a TVox, and the tables of all that it ever had.

    `hash` names the schema, None where the documented one is assumed. `tables` are the documented ones whole, then
    what the TVox has or had beyond them. `listings` are the queries by which it gives them, by their names without
    capitals.
    """

    hash: str | None
    schema: GraphQLSchema
    tables: tuple[Table, ...]
    listings: Mapping[str, Listing]
    _selections: dict[tuple[str, tuple[Field, ...]], Selection] = field(default_factory=dict, repr=False)

    @classmethod
    def documented(cls) -> "Known":
        """What is assumed of a TVox that does not show its schema."""
        schema = documented_schema()
        tables, listings = _given(schema)
        return cls(None, schema, gathered([tables]), listings)

    @classmethod
    def read(cls, newest: str, seen: Mapping[str, GraphQLSchema]) -> "Known":
        """What is known once a TVox has the schema of the hash `newest`; `seen` are all it ever had, by their hashes,
        in the order in which they appeared."""
        given = {name: _given(schema) for name, schema in seen.items()}
        return cls(newest, seen[newest], gathered(tables for tables, _ in given.values()), given[newest][1])

    def listing(self, table: Table) -> Listing | None:
        """How a table's query is asked; None if there is none."""
        return self.listings.get(table.name.casefold())

    def selection(self, table: Table) -> Selection:
        """What is asked for of a table's records, made once for each shape of the table."""
        place = (table.name, table.fields)
        if place not in self._selections:
            listing = self.listing(table)
            self._selections[place] = selection_of(table, listing.leaves if listing else {})
        return self._selections[place]

    def refusal(self, table: Table) -> str | None:
        """Why a table cannot be asked for, or None."""
        listing = self.listing(table)
        if listing is None:
            return f"it has no query {table.name} that can be read page by page"
        if table.monthly and not listing.way.by_month:
            return f"{table.name} cannot be asked for by month"
        lacking = self.selection(table).lacks_key
        return f"{table.name} has no field {lacking}" if lacking else None

    def missing(self) -> tuple[str, ...]:
        """What the tables have and this TVox lacks, and what it has that no table can show, in sentences."""
        roots = {table.name.casefold() for table in self._roots()}
        hidden = [listing.way.name for name, listing in self.listings.items() if name not in roots]
        return (
            *(sentence for table in self._roots() for sentence in self._missing_of(table)),
            *(f"{name} cannot be shown: another table has its name." for name in hidden),
        )

    def needing_arguments(self) -> tuple[str, ...]:
        """The list queries that are no tables, because they need arguments of their own."""
        queries = self.schema.query_type.fields if self.schema.query_type else {}
        ones = {singular(listing.way.name) for listing in self.listings.values()}
        return tuple(
            name
            for name, query in queries.items()
            if _gives_records(query.type) and name.casefold() not in self.listings and name not in ones
        )

    def knows(self, document: str) -> bool:
        """Whether GraphQL text asks this TVox's own schema a query that is valid there."""
        try:
            parsed = parse(document, max_lexical_tokens=TOKENS, max_comments=COMMENTS)
            check_size(parsed)
        except (GraphQLError, DocumentTooLarge, RecursionError):
            return False
        operations = [one for one in parsed.definitions if isinstance(one, OperationDefinitionNode)]
        only_queries = all(one.operation is OperationType.QUERY for one in operations)
        return bool(operations) and only_queries and not validate(self.schema, parsed, max_errors=1)

    def _roots(self) -> Iterator[Table]:
        return (table for table in self.tables if table.grain in (Grain.STEP, Grain.RECORD))

    def _missing_of(self, table: Table) -> Iterator[str]:
        refusal = self.refusal(table)
        if refusal is not None:
            yield f"{refusal[0].upper()}{refusal[1:]}: its table is not filled."
        listing = self.listing(table)
        if listing is None:
            return
        there = {name.casefold(): leaf for name, leaf in listing.leaves.items()}
        paths = {column.reading: column.path for column in table.columns}
        for kept, leaf in self.selection(table).fields:
            path = paths.get(Reading(kept.name), kept.name)
            if leaf is None:
                instead = there.get(kept.name.casefold())
                parts = [one for one in there.values() if one.path[0] == path and len(one.path) > 1]
                shown = "an object" if parts else instead.shown if instead else None
                yield _lacking(table.name, path, shown)
                continue
            came = {item.path[0] for item in leaf.items}
            for item in (name for name, _ in kept.items if name not in came):
                yield f"{table.name} has no field {path}.{item}: its columns are empty."


@lru_cache(maxsize=READ)
def schema_from(text: str) -> GraphQLSchema:
    """The schema that was written down as text. Raises GraphQLError, TypeError or ValueError if it is none."""
    schema = build_schema(text, assume_valid=True, assume_valid_sdl=True)
    if schema.query_type is None:
        raise ValueError("it has no queries")
    return schema


@lru_cache(maxsize=READ)
def _given(schema: GraphQLSchema) -> tuple[tuple[Table, ...], Mapping[str, Listing]]:
    """The tables that a schema gives, and how each is asked for; queries that need more than is known are none."""
    queries = schema.query_type.fields if schema.query_type else {}
    tables = derived(schema)
    listings: dict[str, Listing] = {}
    for table in tables:
        listing = listing_of(queries, table) if table.root == table.name else None
        if listing is not None:
            listings.setdefault(table.name.casefold(), listing)
    roots = {listing.way.name for listing in listings.values()}
    return tuple(table for table in tables if table.root in roots), listings


def _lacking(table: str, path: str, instead: str | None) -> str:
    if instead is None:
        return f"{table} has no field {path}: its column is empty."
    return f"{table} gives {path} as {instead}: its column is empty."


def _gives_records(kind: GraphQLOutputType) -> bool:
    bare = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    return isinstance(bare, GraphQLList) and isinstance(get_named_type(kind), GraphQLObjectType)
