"""The schema as one key sees it: what its catalogue hides does not exist in it, what it masks may be null."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from graphql import (
    DefinitionNode,
    DirectiveDefinitionNode,
    DocumentNode,
    EnumTypeDefinitionNode,
    EnumValueDefinitionNode,
    FieldDefinitionNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    InputObjectTypeDefinitionNode,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    build_ast_schema,
    get_named_type,
    parse,
)

from datamodel.catalogue import SCHEMA_FILE, Catalogue, documented, documented_schema
from datamodel.instants import instant
from datamodel.roots import Kind, Root, column_at, roots_of
from datamodel.sorting import sorted_by
from tabular.table import Table

WINDOW = frozenset({"year", "month", "pagination", "sorting", "step"})
"""Fields of a search that are no criteria."""

_OF_EVERYONE = frozenset({"me", "advancedQuery"})
"""Fields of Query that no table answers."""


def seen_by(catalogue: Catalogue) -> GraphQLSchema:
    """The documented schema as a catalogue leaves it, ready to be asked."""
    schema, kept = documented_schema(), _Kept()
    roots = roots_of(schema, catalogue)
    query = schema.query_type
    assert query is not None
    for name, root in roots_of(schema, documented()).items():
        if root.kind is Kind.PAGE:
            definition = query.fields[name]
            record, search = get_named_type(definition.type), get_named_type(definition.args["search"].type)
            assert isinstance(record, GraphQLObjectType)
            assert isinstance(search, GraphQLInputObjectType)
            # A table that the key does not see has no columns: what only it needs of the schema goes too.
            table = roots[name].table if name in roots else root.table.with_columns(())
            _keep_record(record, table, (), kept)
            _keep_search(search, record, table, (), kept)
    document = parse(SCHEMA_FILE.read_text(encoding="utf-8"), no_location=True)
    left = (_left(definition, kept, roots) for definition in document.definitions)
    seen = build_ast_schema(DocumentNode(definitions=tuple(one for one in left if one is not None)))
    time = seen.type_map.get("Time")
    if isinstance(time, GraphQLScalarType):
        # A schema that is made from its text has scalars that take anything.
        time.parse_value = instant  # type: ignore[method-assign]
        time.coerce_input_value = instant
    return seen


@dataclass
class _Kept:
    """Which members of which types some table of the catalogue shows, and those that a mask may make null."""

    members: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    masked: set[tuple[str, str]] = field(default_factory=set)


def _keep_record(record: GraphQLObjectType, table: Table, above: tuple[str, ...], kept: _Kept) -> None:
    """Keep the fields of a record that the table has columns for."""
    members = kept.members[record.name]
    for name, definition in record.fields.items():
        named, path = get_named_type(definition.type), (*above, name)
        if isinstance(named, GraphQLObjectType):
            _keep_record(named, table, path, kept)
            if kept.members[named.name]:
                members.add(name)
        elif (column := column_at(table, path)) is not None:
            members.add(name)
            if column.mask is not None:
                kept.masked.add((record.name, name))


def _keep_search(
    search: GraphQLInputObjectType, record: GraphQLObjectType, table: Table, above: tuple[str, ...], kept: _Kept
) -> None:
    """Keep the criteria and the sort keys that the table has columns for."""
    members = kept.members[search.name]
    for name, criterion in search.fields.items():
        inner, path = get_named_type(criterion.type), (*above, name)
        part = get_named_type(record.fields[name].type) if name in record.fields else None
        if name in WINDOW and not above:
            members |= {name} if table.columns else set()
            if name == "sorting" and isinstance(inner, GraphQLInputObjectType):
                kept.members[inner.name] |= set(inner.fields) if table.columns else set()
                _keep_sort_keys(get_named_type(inner.fields["key"].type), table, kept)
        elif isinstance(part, GraphQLObjectType) and isinstance(inner, GraphQLInputObjectType):
            _keep_search(inner, part, table, path, kept)
            if kept.members[inner.name]:
                members.add(name)
        elif column_at(table, path) is not None:
            members.add(name)


def _keep_sort_keys(key: object, table: Table, kept: _Kept) -> None:
    assert isinstance(key, GraphQLEnumType)
    kept.members[key.name] |= {name for name in key.values if sorted_by(key, name, table) is not None}


def _left(definition: DefinitionNode, kept: _Kept, roots: Mapping[str, Root]) -> DefinitionNode | None:
    """What is left of a definition; None of one that is only for us, or of a type of which nothing is seen."""
    if isinstance(definition, DirectiveDefinitionNode):
        return None
    if isinstance(definition, ObjectTypeDefinitionNode) and definition.name.value == "Query":
        names = set(roots) | _OF_EVERYONE
        return replace(definition, fields=tuple(one for one in definition.fields or () if one.name.value in names))
    if not isinstance(definition, ObjectTypeDefinitionNode | InputObjectTypeDefinitionNode | EnumTypeDefinitionNode):
        return definition
    owner = definition.name.value
    members = kept.members.get(owner)
    if isinstance(definition, EnumTypeDefinitionNode):
        values = definition.values or ()
        left = tuple(_plain(one) for one in values if members is None or one.name.value in members)
        return replace(definition, values=left) if left else None
    if isinstance(definition, InputObjectTypeDefinitionNode):
        inputs = tuple(one for one in definition.fields or () if members is None or one.name.value in members)
        return replace(definition, fields=inputs) if inputs else None
    fields = tuple(
        _shown(one, (owner, one.name.value) in kept.masked)
        for one in definition.fields or ()
        if members is None or one.name.value in members
    )
    return replace(definition, fields=fields) if fields else None


def _plain(value: EnumValueDefinitionNode) -> EnumValueDefinitionNode:
    return replace(value, directives=())


def _shown(one: FieldDefinitionNode, masked: bool) -> FieldDefinitionNode:
    kind = one.type.type if masked and isinstance(one.type, NonNullTypeNode) else one.type
    return replace(one, directives=(), type=kind)
