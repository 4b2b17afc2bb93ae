"""Answers of a later TVox: graphql-core reads and checks; whole pages are plucked out of finished records."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from graphql import (
    ExecutionResult,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    execute,
    get_named_type,
    parse,
    specified_rules,
    validate,
)
from graphql.execution import Executor

from tests.datamodel.plain import QUERIES, month_searched, page
from tests.datamodel.plain_searching import Criteria, Wrong
from tests.upstream.held import Held, Shaped
from tests.upstream.later_rows import CONTACTS, TICKETS, LaterRows
from tests.upstream.later_schema import Version


class LaterDataModel:
    """The Data Model of a later version: what it answers to a document about some rows; `name` is its caller's."""

    def __init__(self, schema: GraphQLSchema, version: Version, rows: LaterRows, name: str) -> None:
        self._rules = [*specified_rules, *([] if version.introspection else [NoSchemaIntrospectionCustomRule])]
        self._schema, self._version, self._rows = schema, version, rows
        self._root: dict[str, Callable[..., Any]] = {
            "me": lambda _info: {"name": name},
            "advancedQuery": _not_offered,
            "surveyReport": _survey,
            "addressBookContact": self._contact,
            CONTACTS: self._page(CONTACTS),
            "addressBookContactCount": self._count(CONTACTS),
            TICKETS: self._page(TICKETS),
            "ticketsCount": self._count(TICKETS),
        }
        for query, single in QUERIES.items():
            self._root[single] = self._interaction(query)
            self._root[query] = self._page(query)
            self._root[f"{query}Count"] = self._count(query)

    def answer(self, given: Mapping[str, Any], at: int) -> tuple[int, dict[str, Any]]:
        """Status and body of the response to a request (`query`, `variables`, `operationName`), at a version of the
        store. Whatever is not executed has status 400."""
        try:
            document = parse(given["query"])
        except GraphQLError as error:
            return 400, {"errors": [error.formatted]}
        if errors := validate(self._schema, document, self._rules):
            return 400, {"errors": [error.formatted for error in errors]}
        result = execute(
            self._schema,
            document,
            self._root,
            context_value=at,
            variable_values=dict(given.get("variables") or {}),
            operation_name=given.get("operationName"),
            executor_class=Plucking,
        )
        assert isinstance(result, ExecutionResult)
        if result.errors and all(error.path is None for error in result.errors):
            return 400, {"errors": [error.formatted for error in result.errors]}
        return 200, dict(result.formatted)

    def _page(self, query: str) -> Callable[..., Any]:
        kind = self._search(query)

        def resolve(info: Any, search: Criteria, **beside: Any) -> Elements:
            asked = beside if self._version.beside else search
            offset, limit = page({"pagination": asked.get("pagination")})
            held = self._held(query, search, info.context)
            found = held.in_order(held.found(search, kind), asked.get("sorting"))[offset : offset + limit]
            together = query in QUERIES and not self._version.flat
            return Elements([[held.shaped(place) for place in places] for places in found], together)

        return resolve

    def _count(self, query: str) -> Callable[..., Any]:
        kind = self._search(query)
        return lambda info, search: len(self._held(query, search, info.context).found(search, kind))

    def _interaction(self, query: str) -> Callable[..., Any]:
        def resolve(info: Any, id: str) -> Any:  # noqa: A002  # the argument's name in the schema
            found = [each for held in self._rows.held(query, info.context) for each in held.with_id(id)]
            return Elements([found]) if found else None

        return resolve

    def _contact(self, info: Any, uuid: str) -> Any:
        for held in self._rows.held(CONTACTS, info.context):
            for found in held.with_id(uuid):
                return found
        raise Wrong(f"there is no contact {uuid}")

    def _held(self, query: str, search: Criteria, at: int) -> Held:
        return self._rows.month(query, None if query == CONTACTS else month_searched(search), at)

    def _search(self, query: str) -> GraphQLInputObjectType:
        assert self._schema.query_type is not None
        kind = get_named_type(self._schema.query_type.fields[query].args["search"].type)
        assert isinstance(kind, GraphQLInputObjectType)
        return kind


def _not_offered(_info: object, **_arguments: object) -> NoReturn:
    raise Wrong("advanced queries are not offered here")


def _survey(_info: object, surveyId: str, search: Criteria, **_beside: object) -> Any:  # noqa: N803  # the schema's name
    month = month_searched(search)
    return [{"id": f"{surveyId}/{month}/{number}", "mark": number} for number in range(3)]


# ---- completing a page at once -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Elements:
    """What a list query gives: records, or `together` lists of records."""

    records: Sequence[Sequence[Shaped]]
    together: bool = False


class Plucking(Executor[Any]):
    """Execution that takes what is selected of a page out of finished records: field by field it would take a second
    for a thousand calls."""

    def complete_value(self, *completed: Any) -> Any:
        """The value of a field, that of a page without looking at each leaf of it."""
        return_type, details, _, _, result, _ = completed
        if not isinstance(result, Elements):
            return super().complete_value(*completed)
        kind = get_named_type(return_type)
        assert isinstance(kind, GraphQLObjectType)
        pluck = self._plucker(kind, details)
        if result.together:
            return [[pluck(record) for record in records] for records in result.records]
        return [pluck(record) for records in result.records for record in records]

    def _plucker(self, kind: GraphQLObjectType, details: Any) -> Callable[[Shaped], Shaped]:
        members: list[tuple[str, Callable[[Shaped], Any]]] = []
        for key, same in self.collect_subfields(kind, details).grouped_field_set.items():
            members.append((key, self._member(kind, same[0].node.name.value, same)))
        return lambda record: {key: take(record) for key, take in members}

    def _member(self, kind: GraphQLObjectType, name: str, details: Any) -> Callable[[Shaped], Any]:
        if name == "__typename":
            return lambda _: kind.name
        of = kind.fields[name].type
        inner = get_named_type(of)
        if isinstance(inner, GraphQLObjectType):
            pluck = self._plucker(inner, details)
            return lambda record: _plucked(record[name], pluck)
        if isinstance(of, GraphQLNonNull):
            return lambda record: _there(record, name, kind)
        return lambda record: record[name]


def _plucked(value: Any, pluck: Callable[[Shaped], Shaped]) -> Any:
    if isinstance(value, list):
        return [pluck(each) for each in value]
    return None if value is None else pluck(value)


def _there(record: Shaped, name: str, kind: GraphQLObjectType) -> Any:
    """A value that must be there. Every list of records is non-null throughout, so its absence fails the whole."""
    if record[name] is None:
        raise GraphQLError(f"Cannot return null for non-nullable field {kind.name}.{name}.")
    return record[name]


def encoded(body: Mapping[str, Any]) -> bytes:
    """A response as JSON bytes."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
