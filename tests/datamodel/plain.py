"""The Data Model read plainly: rows in lists, searched one after the other, answered by graphql-core's own execute."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLScalarType,
    GraphQLSchema,
    StringValueNode,
    ValueNode,
    build_schema,
    default_field_resolver,
    execute,
    get_named_type,
    parse,
    validate,
)

from datamodel.catalogue import SCHEMA_FILE
from tabular.month import Month
from tests.datamodel.plain_searching import Criteria, Row, Wrong, check, meets
from tests.datamodel.plain_sorting import in_order

CENTRE = ZoneInfo("Europe/Rome")
UNIX_TIME = re.compile(r"(\d{8,10})(\.|$)")
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?")

QUERIES = {
    "inboundCalls": "inboundCall",
    "outboundCalls": "outboundCall",
    "inboundVideoCalls": "inboundVideoCall",
    "inboundChats": "inboundChat",
}
"""The searches of interactions, each with the query of one by its id."""


class Plain:
    """What a store holds, as lists, and what the Data Model answers about it."""

    def __init__(self, key: str = "tests") -> None:
        self.months: dict[str, dict[Month, list[Row]]] = {query: {} for query in QUERIES}
        self.contacts: list[Row] = []
        self.key = key
        self.schema = documented_with_times()
        self._root: dict[str, Callable[..., Any]] = {
            "me": lambda _info: {"name": self.key},
            "advancedQuery": _not_offered,
            "addressBookContact": self._contact,
            "addressBookContacts": self._contacts,
            "addressBookContactCount": lambda _info, search: len(self._contacts_found(search)),
        }
        for query, single in QUERIES.items():
            self._root[single] = self._interaction(query)
            self._root[query] = self._interactions(query)
            self._root[f"{query}Count"] = self._count(query)

    # ---- what is held ------------------------------------------------------------------------------------

    def replace(self, table: str, month: Month | None, rows: Iterable[Row]) -> None:
        """These are the rows of that month."""
        if month is None:
            self.contacts = list(rows)
        else:
            self.months[table][month] = list(rows)

    def merge(self, table: str, rows: Iterable[Row]) -> None:
        """These interactions, or contacts, stand in the place of those with the same id."""
        if table == "addressBookContacts":
            self.contacts = _merged(self.contacts, list(rows), "uuid")
            return
        placed: defaultdict[Month, list[Row]] = defaultdict(list)
        for steps in interactions(rows):
            placed[month_of(steps)] += steps
        for month, more in placed.items():
            self.months[table][month] = _merged(self.months[table].get(month, []), more, "id")

    # ---- what is answered --------------------------------------------------------------------------------

    def answer(
        self, source: str, variables: Mapping[str, Any] | None = None, operation: str | None = None
    ) -> dict[str, Any]:
        """The whole response to a document, as a dict."""
        document, errors = read(source)
        if document is None:
            return {"errors": [error.formatted for error in errors]}
        result = execute(
            self.schema,
            document,
            self._root,
            variable_values=dict(variables or {}),
            operation_name=operation,
            field_resolver=resolved,
        )
        assert isinstance(result, ExecutionResult)
        # Field errors have a path; without one, execution never began.
        if result.errors and all(error.path is None for error in result.errors):
            return {"errors": [error.formatted for error in result.errors]}
        return dict(result.formatted)

    def _interaction(self, query: str) -> Callable[..., Any]:
        def resolve(_info: object, id: str) -> Any:  # noqa: A002  # the argument's name in the schema
            rows = [row for month in self.months[query].values() for row in month if row["id"] == id]
            return [Record(row) for row in sorted(rows, key=lambda row: int(row["step"]))] or None

        return resolve

    def _interactions(self, query: str) -> Callable[..., Any]:
        def resolve(_info: object, search: Criteria) -> Any:
            offset, limit = page(search)
            kind = self._record(query)
            found = in_order(
                self._found(query, search), search.get("sorting"), kind, newest, lambda call: call[0]["id"]
            )
            return [[Record(row) for row in steps_asked(steps, search)] for steps in found[offset : offset + limit]]

        return resolve

    def _count(self, query: str) -> Callable[..., Any]:
        return lambda _info, search: len(self._found(query, search))

    def _found(self, query: str, search: Criteria) -> list[list[Row]]:
        kind = self._search(query)
        month = month_searched(search)
        check(search, kind)
        found = []
        for steps in interactions(self.months[query].get(month, [])):
            if any(meets(step, search, kind) for step in steps_asked(steps, search)):
                found.append(steps)
        return found

    def _contact(self, _info: object, uuid: str) -> Any:
        for row in self.contacts:
            if row["uuid"] == uuid:
                return Record(row)
        raise Wrong(f"there is no contact {uuid}")

    def _contacts(self, _info: object, search: Criteria) -> Any:
        offset, limit = page(search)
        kind = self._record("addressBookContacts")
        contacts = self._contacts_found(search)
        found = in_order(contacts, search.get("sorting"), kind, lambda row: row, lambda row: row["uuid"])
        return [Record(row) for row in found[offset : offset + limit]]

    def _contacts_found(self, search: Criteria) -> list[Row]:
        kind = self._search("addressBookContacts")
        check(search, kind)
        return [row for row in self.contacts if meets(row, search, kind)]

    def _record(self, query: str) -> GraphQLObjectType:
        assert self.schema.query_type is not None
        kind = get_named_type(self.schema.query_type.fields[query].type)
        assert isinstance(kind, GraphQLObjectType)
        return kind

    def _search(self, query: str) -> GraphQLInputObjectType:
        assert self.schema.query_type is not None
        kind = get_named_type(self.schema.query_type.fields[query].args["search"].type)
        assert isinstance(kind, GraphQLInputObjectType)
        return kind


def _not_offered(_info: object, **_arguments: object) -> NoReturn:
    raise Wrong("advanced queries are not offered yet")


def _merged(held: list[Row], more: list[Row], key: str) -> list[Row]:
    replaced = {row[key] for row in more}
    return [row for row in held if row[key] not in replaced] + more


def interactions(rows: Iterable[Row]) -> list[list[Row]]:
    """The rows of each interaction, most recent step (0) first."""
    by_id: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_id[row["id"]].append(row)
    return [sorted(steps, key=lambda row: int(row["step"])) for steps in by_id.values()]


def steps_asked(steps: list[Row], search: Criteria) -> list[Row]:
    """The steps that a search tests and returns."""
    return [step for step in steps if step["step"] == 0 or search.get("step") != "LAST"]


def newest(steps: list[Row]) -> Row | None:
    """Step 0, which an interaction is sorted by; it may not be known yet."""
    return steps[0] if steps[0]["step"] == 0 else None


def month_of(steps: Iterable[Row]) -> Month:
    """The month an interaction lives in: by the Unix time in its id, else by its earliest start."""
    held = list(steps)
    unix = UNIX_TIME.match(held[0]["id"])
    if unix:
        began = datetime.fromtimestamp(int(unix[1]), UTC)
    else:
        began = min(row["startTime"] for row in held if row.get("startTime")).replace(tzinfo=UTC)
    return Month.of(began.astimezone(CENTRE))


def month_searched(search: Criteria) -> Month:
    """The month that a search names; Wrong if it names none."""
    year, month = search.get("year"), search.get("month")
    if year is None or month is None:
        raise Wrong("year and month are required")
    if not 1 <= month <= 12:
        raise Wrong("month goes from 1 to 12")
    return Month(year, month)


def page(search: Criteria) -> tuple[int, int]:
    """Offset and limit; Wrong if they are no page."""
    asked = search.get("pagination") or {}
    limit = 1000 if asked.get("limit") is None else asked["limit"]
    offset = 0 if asked.get("offset") is None else asked["offset"]
    if not 0 <= limit <= 1000 or offset < 0:
        raise Wrong("limit goes from 0 to 1000, offset from 0")
    return offset, limit


@dataclass(frozen=True)
class Record:
    """A row, or the part of it whose fields begin with `prefix`, as an object of the Data Model."""

    row: Row
    prefix: str = ""

    def field(self, name: str, kind: GraphQLOutputType) -> Any:
        """The value of a field: an absent Int! is 0, an object is null unless it has what it must have."""
        value = self.row.get(self.prefix + name)
        bare = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        if isinstance(bare, GraphQLObjectType):
            inner = Record(self.row, f"{self.prefix}{name}_")
            return inner if kind is not bare or inner.is_known(bare) else None
        return 0 if value is None and str(kind) == "Int!" else value

    def is_known(self, kind: GraphQLObjectType) -> bool:
        """Whether an object has something to say, and all that it must say."""
        values = {name: self.row.get(self.prefix + name) for name in kind.fields}
        lacks = any(isinstance(kind.fields[name].type, GraphQLNonNull) for name in values if values[name] is None)
        return not lacks and any(value is not None for value in values.values())


def resolved(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
    """What a field of a record, a list's element or the root gives."""
    if isinstance(source, Record):
        return source.field(info.field_name, info.return_type)
    return default_field_resolver(source, info, **arguments)


# ---- times ---------------------------------------------------------------------------------------------------


def instant(value: object) -> datetime:
    """A time literal as UTC without a zone; a date alone is its midnight."""
    if not isinstance(value, str) or not RFC_3339.fullmatch(value):
        raise GraphQLError(f"not an RFC 3339 time: {value!r}")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as failure:
        raise GraphQLError(f"not a time: {value!r}") from failure
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def literal_instant(node: ValueNode) -> datetime:
    """The same, of a literal in the document."""
    return instant(node.value if isinstance(node, StringValueNode) else None)


def written(moment: datetime) -> str:
    """A time as a response writes it: a fraction only where there is one."""
    text = moment.replace(microsecond=0).isoformat()
    rest = moment - moment.replace(microsecond=0)
    return f"{text}{f'{rest / timedelta(seconds=1):.6f}'.lstrip('0').rstrip('0') if rest else ''}Z"


@lru_cache(maxsize=64)
def read(source: str) -> tuple[DocumentNode | None, Sequence[GraphQLError]]:
    """A document that is valid, else None and its errors; the same text is the same, whatever rows are held."""
    try:
        document = parse(source)
    except GraphQLError as error:
        return None, [error]
    errors = validate(documented_with_times(), document)
    return (None if errors else document), errors


@cache
def documented_with_times() -> GraphQLSchema:
    """The documented schema, whose Time reads and writes instants."""
    schema = build_schema(SCHEMA_FILE.read_text(encoding="utf-8"))
    time = schema.type_map["Time"]
    assert isinstance(time, GraphQLScalarType)
    time.coerce_output_value = written
    time.coerce_input_value = instant
    time.coerce_input_literal = literal_instant
    return schema
