"""A TVox of a later version: flat lists, pages beside the search, one field fewer, some more, queries never seen."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from graphql import GraphQLSchema, build_schema, graphql_sync, print_schema

from datamodel.catalogue import data_model, documented_schema
from tabular.month import Month
from tests.connectors.tvox.answering import Answer

Row = Mapping[str, Any]
Rows = dict[tuple[str, Month | None], list[dict[str, Any]]]
"""Records as JSON has them, by their query and month."""

MORE = """
type Ticket {
  id: ID!
  "When it was opened."
  createdAt: Time
  owner: String
  urgent: Boolean
  weight: Float
  serial: Long
  labels: [String!]
  late(limit: Int!): Boolean
  articles: [Article!]
}
type Article { number: Int! body: String parts: [Part!] }
type Part { name: String size: Int }
type Survey { id: Int! title: String }
type Operator { username: String team: Team }
type Team { name: String lead: Lead }
type Lead { name: String since: Time chiefOf: Team }
type Note { text: String at: Time }
scalar Long
input SearchChat { id: ComparisonString lastUpdateTime: ComparisonTime }
input SearchTicket { year: Int month: Int queue: String }
input SortingTicket { key: SortKeyTicket direction: SortDirection }
enum SortKeyTicket { OWNER id }
"""

QUERIES = """
  tickets(search: SearchTicket!, pagination: Pagination, sorting: SortingTicket): [Ticket!]!
  ticketCount(search: SearchTicket!): Int!
  ticketArticles(ticketNumber: String!, search: SearchTicket!, pagination: Pagination): [Article!]!
  surveyList: [Survey!]!
  agents(page: Int): [Operator!]!
"""

INBOUND = """
  knowledgeBaseUse: Boolean
  operator: Operator
  notes: [Note!]
"""


@cache
def later_schema() -> str:
    """The documented schema as it might have gone on."""
    plain = re.sub(r'(?ms)^ *""".*?"""\n', "", print_schema(documented_schema()))
    text = print_schema(build_schema(plain))
    changes = [
        (r"\[\[(\w+!)\]!\]!", r"[\1]!"),
        (r"(?m)^  (pagination|sorting): .*\n", ""),
        (r"(s\(search: Search\w+!)(\): \[[IO])", r"\1, pagination: Pagination, sorting: SortingInboundInteraction\2"),
        (r"(s\(search: Search\w+!)(\): \[A)", r"\1, pagination: Pagination, sorting: SortingAddressBookContact\2"),
        (r"inboundChats\(search: SearchInteraction!", "inboundChats(year: Int!, month: Int!, search: SearchChat"),
        (
            r"inboundChatsCount\(search: SearchInteraction!",
            "inboundChatsCount(year: Int!, month: Int!, search: SearchChat",
        ),
        (r"(type InboundInteraction {[^}]*)  sentiment: Int!\n", rf"\1{INBOUND}"),
        (r"type Query {\n", f"type Query {{{QUERIES}"),
    ]
    for old, new in changes:
        text, made = re.subn(old, new, text)
        assert made, old
    return text + MORE


def nested(row: Row, table: str) -> dict[str, Any]:
    """A row of a table as the record that JSON has of it: an object is null where nothing in it is known."""
    record: dict[str, Any] = {}
    listed = {field.name for field in data_model().table(table).fields if field.items}
    for column in data_model().table(table).columns:
        if column.reading.field in listed:
            continue
        value, inside = row[column.name], record
        for name in column.path.split(".")[:-1]:
            inside = inside.setdefault(name, {})
        inside[column.path.split(".")[-1]] = written(value)
    for name, value in record.items():
        if isinstance(value, dict) and all(one is None for one in value.values()):
            record[name] = None
    return record | {name: row[name] for name in listed}


def written(value: object) -> object:
    """A time as a TVox writes it, anything else as it is."""
    return value.isoformat() + "Z" if isinstance(value, datetime) else value


def later_tvox(rows: Rows, schema: str) -> Answer:
    """What a TVox of that schema answers over rows."""
    built = _built(schema)

    def answer(source: str, variables: dict[str, Any]) -> bytes:
        result = graphql_sync(built, source, _root(built, rows), variable_values=variables)
        return json.dumps(result.formatted, ensure_ascii=False).encode()

    return answer


@cache
def _built(schema: str) -> GraphQLSchema:
    return build_schema(schema)


def _root(schema: GraphQLSchema, rows: Rows) -> dict[str, Callable[..., Any]]:
    assert schema.query_type is not None
    names = [name for name in schema.query_type.fields if not name.endswith("Count")]
    found: dict[str, Callable[..., Any]] = {}
    for name in names:
        found[name] = lambda _info, name=name, **given: _page(rows, name, given)
        for count in (f"{name}Count", f"{name.removesuffix('s')}Count"):
            found[count] = lambda _info, name=name, **given: len(_found(rows, name, given))
    return found


def _page(rows: Rows, name: str, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = _found(rows, name, given)
    key = (given.get("sorting") or {}).get("key")
    if key is not None:
        found = sorted(found, key=lambda row: str(row[key.lower()]))
    page = given.get("pagination") or {}
    offset, limit = page.get("offset", 0), page.get("limit", 1000)
    return found[offset : offset + limit]


def _found(rows: Rows, name: str, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    search = given.get("search") or {}
    year, number = (search.get(part, given.get(part)) for part in ("year", "month"))
    month = Month(year, number) if year and number else None
    found = rows.get((name, month), [])
    if "lastUpdateTime" in search:
        least = datetime.fromisoformat(search["lastUpdateTime"]["value"])
        found = [row for row in found if datetime.fromisoformat(row["lastUpdateTime"]).astimezone(UTC) >= least]
    if "id" in search:
        wanted = {id_.casefold() for id_ in search["id"]["value"]}
        found = [row for row in found if row["id"].casefold() in wanted]
    return found


def records(rows: Iterable[Row], table: str, **more: object) -> list[dict[str, Any]]:
    """Rows as records, each with more fields."""
    return [nested(row, table) | more for row in rows]
