"""Tables come from the schema: ours, and any other of its shape."""

from graphql import build_schema

from datamodel.catalogue import documented, documented_schema
from datamodel.derive import tables_from
from datamodel.sql.tables import SQL_TABLES
from tabular.table import Grain, Type

NEWER = """
scalar DateTime
type Query {
  tickets(year: Int!, month: Int!, search: SearchTicket!, pagination: Page, sorting: Sort): [Ticket!]!
  inboundCalls(year: Int!, month: Int!, search: SearchCall, pagination: Page): [Call!]!
  knowledge(search: SearchTicket): [Article]
  perUser(user: String!, search: SearchTicket): [Ticket]
  ticketsCount(search: SearchTicket!): Int!
}
input Page { limit: Int offset: Int }
input Sort { key: String }
input SearchCall { id: String }
input SearchTicket { year: Int month: Int }
type Call { id: String! step: Int! startTime: DateTime user: String }
type Ticket {
  id: Int!
  createdAt: DateTime
  owner: User
  tags: [String!]
  articles: [Article!]
  state: State!
  late(limit: Int!): Boolean
}
type User { name: String! team: Team }
type Team { name: String lead: Lead }
type Lead { name: String }
type Article { id: Int! body: String owner: User }
enum State { OPEN CLOSED }
"""


def test_the_documented_tables() -> None:
    assert documented().names == (
        "inboundCalls",
        "inboundCallSummaries",
        "outboundCalls",
        "outboundCallSummaries",
        "inboundVideoCalls",
        "inboundVideoCallSummaries",
        "inboundChats",
        "inboundChatSummaries",
        "addressBookContacts",
        "addressBookContactTels",
        "addressBookContactMails",
        "addressBookContactWebs",
        *(table.name for table in SQL_TABLES),
    )
    calls = documented().table("inboundCalls")
    assert (calls.key, calls.clock, calls.monthly, calls.grain) == (("id", "step"), "startTime", True, Grain.STEP)
    assert [column.name for column in calls.columns if column.unit] == [
        "waitDurationOnUser",
        "durationOnUser",
        "waitDuration",
        "totalDuration",
        "queueDuration",
        "wnrDurationOnUser",
        "holdDuration",
    ]
    for spelling in ("contact_value", "contact.value", "$.contact.value", "$['contact']['value']"):
        assert calls.column(spelling).name == "contact_value"
    assert "HANGUP" in calls.column("status").values
    contacts = documented().table("addressBookContacts")
    wide = [c.name for c in contacts.columns if c.name.startswith(("tel_", "mail_", "web_"))]
    assert len(wide) == 2 * (10 + 10 + 3)
    assert contacts.column("$.tel[9].value").name == "tel_10_value"
    assert not contacts.monthly


def test_every_table_and_column_says_what_it_is() -> None:
    for table in documented():
        assert table.description, table.name
        assert len({column.name for column in table.columns}) == len(table.columns)
        for column in table.columns:
            assert column.description, (table.name, column.name)
            assert column.origins or table.tells_of, (table.name, column.name)


def test_a_schema_never_seen_becomes_tables_too() -> None:
    tables = {table.name: table for table in tables_from(build_schema(NEWER))}
    assert list(tables) == ["tickets", "ticketArticles", "inboundCalls", "inboundCallSummaries", "knowledge"]
    tickets = tables["tickets"]
    assert tickets.key == ("id",)
    assert (tickets.monthly, tickets.clock) == (True, "createdAt")
    assert {column.name: column.type for column in tickets.columns} == {
        "id": Type.INTEGER,
        "createdAt": Type.TIME,
        "owner_name": Type.TEXT,
        "owner_team_name": Type.TEXT,
        "owner_team_lead": Type.JSON,
        "tags": Type.JSON,
        **{
            f"articles_{n}_{item}": kind
            for n in (1, 2, 3)
            for item, kind in (("id", Type.INTEGER), ("body", Type.TEXT), ("owner", Type.JSON))
        },
        "state": Type.TEXT,
    }
    assert tables["inboundCalls"].grain is Grain.STEP, "flat results are steps too"
    assert tables["inboundCalls"].monthly
    assert [column.name for column in tables["inboundCallSummaries"].columns] == [
        "id",
        "steps",
        "startTime",
        "user",
        "users",
    ]


def test_widths_lost_by_introspection_can_be_given() -> None:
    tables = tables_from(build_schema(NEWER), {"Ticket.articles": 1})
    names = [column.name for column in tables[0].columns]
    assert "articles_1_id" in names
    assert "articles_2_id" not in names


def test_the_schema_is_read_once() -> None:
    assert documented_schema() is documented_schema()
