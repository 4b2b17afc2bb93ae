"""How a query is asked, and what becomes of its fields, follows from the schema alone."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.tvox.upstream import Tvox
from datamodel.catalogue import data_model
from tabular.errors import UpstreamWrong
from tabular.month import Month
from tabular.table import Grain, Table
from tests.connectors.tvox.answering import NOW, InProcess, Upstreams, read, saying, upstreams
from tests.steps import moment

MAY = Month(2020, 5)
TYPES = """
scalar Time
scalar Any
type Thing { id: ID! name: String }
input Search { name: String }
input Monthly { year: Int month: Int name: String }
input Needing { queue: String! }
input Pagination { limit: Int! offset: Int! }
input Cursor { after: String }
enum Direction { DESCENDING ASCENDING }
enum Key { NAME Id }
input Sorting { key: Key! direction: Direction }
input Naming { key: String }
input Comparison { operator: Operator value: [String!] }
input Since { operator: Operator value: Time }
input Between { operator: Operator valueLeft: Time }
enum Operator { EQUAL GREATER_THAN }
"""


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Upstreams]:
    """A service's memory of its TVox."""
    with upstreams(tmp_path) as opened:
        yield opened


def of(memory: Upstreams, queries: str, types: str = "") -> tuple[Tvox, InProcess]:
    """A TVox with these queries, that gives nothing."""
    memory.schemas.remember(f"type Query {{ {queries} }} {TYPES} {types}")
    return memory.of(saying(data={"rows": []}))


def own(tvox: Tvox) -> dict[str, Table]:
    """The tables that are not documented."""
    return {table.name: table for table in tvox.tables() if table.name not in data_model().names}


def sent(memory: Upstreams, query: str) -> tuple[str, dict[str, Any]]:
    """The document and the variables with which a query of things is asked."""
    tvox, sends = of(memory, f"things{query}: [Thing!]!")
    table = own(tvox)["things"]
    tvox.page(table, MAY if table.monthly else None, 5, NOW)
    assert tvox.knows(sends.asked[0])
    return sends.asked[0].partition(" {\n")[0].removeprefix("query"), sends.requests[0]["variables"]


PAGE = {"limit": 1000, "offset": 5}
MONTH = {"year": 2020, "month": 5}
UPWARDS = {"key": "Id", "direction": "ASCENDING"}


@pytest.mark.parametrize(
    ("query", "declared", "values"),
    [
        ("", "", {}),
        ("(search: Search)", "", {}),
        ("(search: Search!)", "($rows_search: Search!)", {"rows_search": {}}),
        ("(search: Monthly)", "($rows_search: Monthly)", {"rows_search": MONTH}),
        ("(search: String)", "", {}),
        (
            "(year: Int!, month: Int!, search: Search!)",
            "($rows_year: Int!, $rows_month: Int!, $rows_search: Search!)",
            {"rows_year": 2020, "rows_month": 5, "rows_search": {}},
        ),
        (
            "(month: Int, search: Monthly!, pagination: Pagination!)",
            "($rows_pagination: Pagination!, $rows_month: Int, $rows_search: Monthly!)",
            {"rows_pagination": PAGE, "rows_month": 5, "rows_search": {"year": 2020}},
        ),
        (
            "(sorting: [Sorting!]!, pagination: Pagination)",
            "($rows_pagination: Pagination, $rows_sorting: [Sorting!]!)",
            {"rows_pagination": PAGE, "rows_sorting": UPWARDS},
        ),
        ("(sorting: Naming, order: String)", "", {}),
    ],
)
def test_a_query_is_asked_as_it_takes_it(
    memory: Upstreams, query: str, declared: str, values: dict[str, object]
) -> None:
    assert sent(memory, query) == (declared, values)


@pytest.mark.parametrize(
    "query",
    [
        "(name: String!): [Thing!]",
        "(search: String!): [Thing!]",
        "(search: Needing): [Thing!]",
        "(search: Search!, sorting: Naming!): [Thing!]",
        "(pagination: Cursor): [Thing!]",
        "(pagination: Int): [Thing!]",
        "(first: Int): [Thing!]",
        "(year: Int!): [Thing!]",
        "(month: Int!, search: Search): [Thing!]",
        ": [[[Thing!]!]!]",
    ],
)
def test_a_query_that_needs_more_is_no_table(memory: Upstreams, query: str) -> None:
    tvox, _ = of(memory, f"things{query} others: [Thing]")
    assert list(own(tvox)) == ["others"]
    assert tvox.needing_arguments() == ("things",)


@pytest.mark.parametrize(
    "query", ["things: Thing", "things: [String!]!", "thing(id: String!): [Thing!] things: [Thing]"]
)
def test_what_gives_no_list_or_one_thing_is_not_told(memory: Upstreams, query: str) -> None:
    tvox, _ = of(memory, query)
    tvox.tables()
    assert tvox.needing_arguments() == ()


@pytest.mark.parametrize(
    ("queries", "name"),
    [
        ("thingsCount: Int!", "thingsCount"),
        ("thingCount(search: Search): Int", "thingCount"),
        ("thingsCount: String thingCount: Int", "thingCount"),
        ("thingsCount: [Int!]!", None),
        ("thingsCount(name: String!): Int!", None),
        ("thingsCount(search: Monthly!): Int!", None),
        ("thingsCount(search: Needing!): Int!", None),
    ],
)
def test_a_count_must_count_the_same(memory: Upstreams, queries: str, name: str | None) -> None:
    tvox, sends = of(memory, f"things(search: Search): [Thing!]! {queries}")
    tvox.tables()
    state: dict[str, Any] = tvox.state()
    assert state["queries"]["things"]["count"] == name
    sends.answer = saying(data={"rows": [], **({"held": 0} if name else {})})
    assert tvox.page(own(tvox)["things"], None, 0, NOW).held == (0 if name else None)


STEP = "type Step { id: String! step: Int! lastUpdateTime: Time }"


@pytest.mark.parametrize(
    ("kind", "search", "given"),
    [
        ("[[Step!]!]!", "lastUpdateTime: Since", True),
        ("[[Step!]!]!", "lastUpdateTime: Between", False),
        ("[[Step!]!]!", "lastUpdateTime: Time", False),
        ("[[Step!]!]!", "startTime: Since", False),
        ("[Step!]!", "lastUpdateTime: Since", False),
        ("[Step!]!", "lastUpdateTime: Since id: Comparison", True),
        ("[Step!]!", "lastUpdateTime: Since id: Since", False),
        ("[Thing!]!", "lastUpdateTime: Since", True),
        ("[Thing!]!", "lastUpdateTime: Comparison", True),
    ],
)
def test_changes_are_known_where_all_of_them_can_be_had(memory: Upstreams, kind: str, search: str, given: bool) -> None:
    tvox, sends = of(memory, f"things(search: S): {kind}", f"{STEP} input S {{ year: Int month: Int {search} }}")
    table = own(tvox)["things"]
    assert tvox.knows_changes(table) is given
    sends.answer = saying(data={"changed": []})
    if given:
        assert tvox.changes(table, MAY, memory.clock(), NOW).changed is not None
    else:
        with pytest.raises(UpstreamWrong, match="it cannot say what changed of things"):
            tvox.changes(table, MAY, memory.clock(), NOW)


# Fields and tables

NEWER = """
type InboundInteraction {
  id: Int!
  step: Int!
  sipChannel: String
  skillset(language: String!): String
  servicePriority: Float
  startTime: String
  endTime: Any
  user: Boolean
  customer: Customer
  transferedTo: String
  tel: [[Thing!]!]
  contact: Customer
  contact_id: String
  _from: Int
  callTag: CallTag
}
type CallTag { note1: Int note2(of: Int!): String }
type Customer { id: String fullName: String score: Int SCORE: Int }
"""


def test_a_field_that_became_another_thing_leaves_its_column_empty(memory: Upstreams) -> None:
    tvox, _ = of(memory, "inboundCalls(search: Monthly): [[InboundInteraction!]!]!", NEWER)
    table = tvox.tables()[0]
    known = data_model().table("inboundCalls")
    assert table.columns[: len(known.columns)] == known.columns
    more = [column.name for column in table.columns[len(known.columns) :]]
    lists = [f"tel_{number}_{item}" for number in (1, 2, 3) for item in ("id", "name")]
    parts = ["customer_id", "customer_fullName", "customer_score"]
    assert more == [*parts, "transferedTo", *lists, "contact_fullName", "contact_score"]
    missing = tvox.missing()
    for sentence in (
        "inboundCalls gives customer as an object: its column is empty.",
        "inboundCalls gives servicePriority as Float: its column is empty.",
        "inboundCalls has no field transferedTo.type: its column is empty.",
        "inboundCalls has no field skillset: its column is empty.",
        "inboundCalls has no field callTag.note2: its column is empty.",
        "inboundCalls has no field contact.value: its column is empty.",
        "inboundCalls has no field tel: its column is empty.",
    ):
        assert sentence in missing, sentence
    assert not [sentence for sentence in missing if "SIPChannel" in sentence]
    record = {
        "id": 7,
        "step": 0,
        "sipChannel": "s",
        "startTime": "2020-05-01T00:00:00Z",
        "endTime": "2020-05-01T00:00:01Z",
        "user": True,
        "customer": {"id": "c", "fullName": "f", "score": 1},
        "contact": {"id": "k", "fullName": None, "score": None},
        "callTag": {"note1": 5},
    }
    row = read(tvox, json.dumps({"data": {"rows": [[record]]}}).encode(), table).rows.to_pylist()[0]
    assert {name: value for name, value in row.items() if value is not None} == {
        "id": "7",
        "step": 0,
        "SIPChannel": "s",
        "startTime": moment("2020-05-01T00:00:00"),
        "endTime": moment("2020-05-01T00:00:01"),
        "user": "true",
        "customer_id": "c",
        "customer_fullName": "f",
        "customer_score": 1,
        "contact_id": "k",
        "callTag_note1": "5",
    }


def test_a_list_that_is_known_keeps_its_items(memory: Upstreams) -> None:
    types = "type Contact { uuid: ID tel: [Tel!] address: [Address!] } type Tel { value: Int label: String }"
    tvox, _ = of(memory, "addressBookContacts: [Contact!]!", f"{types} type Address {{ city: String }}")
    tables = {table.name: table for table in tvox.tables()}
    contacts = tables["addressBookContacts"]
    known = data_model().table("addressBookContacts")
    assert [column.name for column in contacts.columns[len(known.columns) :]] == [
        f"address_{n}_city" for n in (1, 2, 3)
    ]
    assert tables["addressBookContactTels"] == data_model().table("addressBookContactTels")
    assert (
        tables["addressBookContactAddresses"].element == "address" if "addressBookContactAddresses" in tables else True
    )
    assert "addressBookContacts has no field tel.type: its columns are empty." in tvox.missing()
    assert "addressBookContacts has no field web: its column is empty." in tvox.missing()
    record = {"uuid": "u", "tel": [{"value": 5}, {"value": None}], "address": [{"city": "Rome"}]}
    row = read(tvox, json.dumps({"data": {"rows": [record]}}).encode(), contacts).rows.to_pylist()[0]
    assert row["tel"] == [{"value": "5", "type": None}, {"value": None, "type": None}]
    assert row["address"] == [{"city": "Rome"}]
    assert row["web"] is None


def test_names_of_tables_do_not_meet(memory: Upstreams) -> None:
    types = "type Ticket { id: ID! articles: [Thing!] THINGS: [Thing!] things: [Thing!] }"
    queries = "tickets: [Ticket!] ticketArticles: [Thing!] TICKETS: [Thing!] inboundCallSummaries: [Thing!]"
    tvox, _ = of(memory, queries, types)
    tables = own(tvox)
    assert {name: table.grain for name, table in tables.items()} == {
        "tickets": Grain.RECORD,
        "ticketTHINGSs": Grain.ELEMENT,
        "ticketArticles": Grain.RECORD,
    }
    names = [column.name for column in tables["tickets"].columns]
    assert "THINGS_1_id" in names
    assert "things_1_id" not in names
    assert "articles_1_name" in names
    assert "inboundCallSummaries cannot be shown: another table has its name." in tvox.missing()


def test_a_table_asked_for_as_it_was_is_filled_as_it_was(memory: Upstreams) -> None:
    tvox, _ = of(memory, "things: [Thing!]!")
    older = own(tvox)["things"]
    memory.clock.move(timedelta(hours=1))
    memory.schemas.remember(f"type Query {{ things: [Thing!]! }} {TYPES} extend type Thing {{ size: Int }}")
    newer, sends = memory.of(saying(data={"rows": [{"id": "1", "name": "n"}]}))
    assert newer.page(older, None, 0, NOW).rows.to_pylist() == [{"id": "1", "name": "n"}]
    assert "{ id name }" in sends.asked[0]
    assert [field.name for field in own(newer)["things"].fields] == ["id", "name", "size"]
