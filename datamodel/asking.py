"""Asking: an operation becomes what each of its root fields asks of the store."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLNonNull,
    GraphQLObjectType,
    SelectionSetNode,
    execute_sync,
    get_argument_values,
    get_named_type,
)

from datamodel.catalogue import Catalogue
from datamodel.documents import Document, Documents, Operation
from datamodel.faults import Fault, RequestRefused, faults_from
from datamodel.limits import ROOTS
from datamodel.roots import Kind, Root, roots_of
from datamodel.searching import Searching
from datamodel.seen import seen_by
from datamodel.selecting import Selecting, fields_of
from datamodel.shapes import Shape
from datamodel.sql.words import Area
from tabular.errors import DocumentTooLarge, NotOffered, TablesError
from tabular.search import Lookup, Search


@dataclass(frozen=True, slots=True)
class Page:
    """A page of interactions or records, in that shape."""

    search: Search
    shape: Shape


@dataclass(frozen=True, slots=True)
class Count:
    """How many interactions or records there are."""

    search: Search


@dataclass(frozen=True, slots=True)
class One:
    """One interaction or record; where it must be there, not finding it is an error."""

    lookup: Lookup
    shape: Shape
    required: bool


@dataclass(frozen=True, slots=True)
class Advanced:
    """What a statement of SQL finds in the tables of an area."""

    area: Area
    statement: str


@dataclass(frozen=True, slots=True)
class Told:
    """What is known without the store, as JSON."""

    json: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A root field under the name that it answers to, and what it asks, or why it cannot be asked.

    `nullable`: where it fails, it is null and the others are still answered.
    """

    key: str
    asks: Page | Count | One | Advanced | Told | TablesError
    nullable: bool
    location: tuple[int, int]

    def fault(self, error: TablesError) -> Fault:
        """An error as this field's."""
        return Fault(error, (self.location,), (self.key,))


class _Unreadable(Exception):
    """A value that cannot be read, in a document that was not validated itself: validation may say what is wrong."""


class Asking:
    """The Data Model as one catalogue shows it: its schema, and documents as questions to the store."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.schema = seen_by(catalogue)
        self._documents = Documents(self.schema)
        self._roots = roots_of(self.schema, catalogue)

    def asked(self, document: Document, key_name: str) -> tuple[Asked, ...]:
        """What a document asks, a field of Query at a time; `key_name` is who asks. Raises RequestRefused."""
        operation = self._documents.operation(document)
        query = self.schema.query_type
        assert query is not None
        try:
            fields = fields_of([operation.node.selection_set], query.name, operation)
        except GraphQLError as failure:
            raise RequestRefused(faults_from([failure])) from failure
        if len(fields) > ROOTS:
            raise RequestRefused([Fault(DocumentTooLarge("fields of Query", ROOTS))])
        try:
            return tuple(self._field(key, nodes, query, operation, key_name) for key, nodes in fields.items())
        except _Unreadable:
            self._documents.check(document)
        checked = replace(operation, is_checked=True)
        return tuple(self._field(key, nodes, query, checked, key_name) for key, nodes in fields.items())

    def _field(
        self, key: str, nodes: Sequence[FieldNode], query: GraphQLObjectType, operation: Operation, key_name: str
    ) -> Asked:
        name, token = nodes[0].name.value, nodes[0].loc
        nullable = name in query.fields and not isinstance(query.fields[name].type, GraphQLNonNull)
        location = (token.start_token.line, token.start_token.column) if token else (1, 1)
        try:
            asks = self._asks(name, nodes, query, operation, key_name)
        except TablesError as error:
            return Asked(key, error, nullable, location)
        except GraphQLError as failure:
            if not operation.is_checked:
                raise _Unreadable from failure
            return Asked(key, faults_from([failure])[0].error, nullable, location)
        return Asked(key, asks, nullable, location)

    def _asks(
        self, name: str, nodes: Sequence[FieldNode], query: GraphQLObjectType, operation: Operation, key_name: str
    ) -> Page | Count | One | Advanced | Told:
        if name == "__typename":
            return Told(json.dumps(query.name))
        if name.startswith("__"):
            return Told(self._introspection(nodes, operation))
        if name == "me":
            return Told(_me(nodes, operation, key_name))
        if name == "advancedQuery":
            given = get_argument_values(query.fields[name], nodes[0], operation.variables)
            return Advanced(Area(given.get("type") or Area.TVOX), str(given["query"]))
        if name not in self._roots:
            raise NotOffered(name)
        return self._sought(self._roots[name], nodes, query, operation)

    def _sought(
        self, root: Root, nodes: Sequence[FieldNode], query: GraphQLObjectType, operation: Operation
    ) -> Page | Count | One:
        definition = query.fields[root.name]
        given = get_argument_values(definition, nodes[0], operation.variables)
        record = get_named_type(definition.type)
        if root.kind is Kind.ONE:
            assert isinstance(record, GraphQLObjectType)
            column = root.table.column(root.table.key[0])
            lookup = Lookup(root.table, column, str(given[column.name]))
            shape = Selecting(root.table, operation).shape(record, nodes)
            return One(lookup, shape, isinstance(definition.type, GraphQLNonNull))
        kind = get_named_type(definition.args["search"].type)
        assert isinstance(kind, GraphQLInputObjectType)
        searching = Searching(root.table, kind)
        if root.kind is Kind.COUNT:
            # A count ignores the page and the order, wrong ones too.
            return Count(searching.search(given["search"] | {"pagination": None, "sorting": None}))
        search = searching.search(given["search"])
        assert isinstance(record, GraphQLObjectType)
        return Page(search, Selecting(root.table, operation).shape(record, nodes))

    def _introspection(self, nodes: Sequence[FieldNode], operation: Operation) -> str:
        """What the schema says of itself, by graphql-core: it is no question to the store."""
        only = replace(operation.node, selection_set=SelectionSetNode(selections=tuple(nodes)))
        document = DocumentNode(definitions=(only, *operation.fragments.values()))
        found = execute_sync(self.schema, document, variable_values=dict(operation.given))
        assert found.data is not None, found.errors
        return json.dumps(next(iter(found.data.values())), ensure_ascii=False, separators=(",", ":"))


def _me(nodes: Sequence[FieldNode], operation: Operation, key_name: str) -> str:
    fields = fields_of([node.selection_set for node in nodes], "Me", operation)
    told = {key: "Me" if same[0].name.value == "__typename" else key_name for key, same in fields.items()}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))
