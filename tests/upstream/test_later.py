"""A later TVox gives what its store holds, in the shapes of its version, and follows every change of it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from graphql import (
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    build_client_schema,
    find_breaking_changes,
    get_introspection_query,
    get_named_type,
)
from hypothesis import given, settings

from datamodel.catalogue import data_model, documented_schema
from datamodel.derive import tables_from
from tabular.month import Month
from tests.datamodel.asking import KEY, Shelf, asked, comparable, shelf
from tests.datamodel.drawn import Drawn, documents
from tests.datamodel.drawn_histories import Write
from tests.datamodel.drawn_rows import ADDRESS_BOOK, INTERACTIONS, MAY
from tests.datamodel.drawn_rows import rich as rich_rows
from tests.steps import moment, step
from tests.upstream.answering import LaterDataModel
from tests.upstream.later import PATH, LaterTvox
from tests.upstream.later_rows import LaterRows, ticket
from tests.upstream.later_schema import LATEST, Version, later_schema

DOCUMENTED = Version(flat=False, beside=False, without=frozenset())
IN_MAY = "year: 2020, month: 5"


@pytest.fixture(scope="module")
def rich() -> Iterator[Shelf]:
    """Forty records of each table."""
    tables = [*INTERACTIONS, ADDRESS_BOOK]
    with shelf([[Write(table, rich_rows(table), None if table == ADDRESS_BOOK else MAY) for table in tables]]) as made:
        yield made


@pytest.fixture(scope="module")
def later(rich: Shelf) -> Iterator[LaterTvox]:
    """A later TVox over them, with tickets."""
    with LaterTvox(rich.store) as made:
        opened = moment("2020-05-04T09:00:00")
        made.put_tickets(MAY, [ticket(opened + timedelta(hours=serial), serial) for serial in range(20)])
        yield made


@pytest.fixture(scope="module")
def client(later: LaterTvox) -> Iterator[httpx.Client]:
    """Somebody who knows its address and key."""
    headers = {"X-Telenia-APIKey": later.key}
    with httpx.Client(base_url=later.address, headers=headers, trust_env=False, timeout=60) as made:
        yield made


def everything(kind: GraphQLObjectType) -> str:
    """The selection of every field of a type, and of what lies in it."""
    fields = ((name, get_named_type(field.type)) for name, field in kind.fields.items())
    return " ".join(
        f"{name} {{ {everything(of)} }}" if isinstance(of, GraphQLObjectType) else name for name, of in fields
    )


def record(schema: GraphQLSchema, name: str) -> GraphQLObjectType:
    kind = schema.type_map[name]
    assert isinstance(kind, GraphQLObjectType)
    return kind


def query_of(schema: GraphQLSchema, name: str) -> GraphQLField:
    assert schema.query_type is not None
    field: GraphQLField = schema.query_type.fields[name]
    return field


def model_of(held: Shelf, version: Version) -> LaterDataModel:
    """The Data Model of a version over a store, without HTTP."""
    schema = later_schema(version)
    return LaterDataModel(schema, version, LaterRows(held.store, schema, version), KEY)


def ids(answer: Mapping[str, Any], query: str = "inboundCalls") -> list[str]:
    assert "errors" not in answer, answer["errors"]
    return [row["id"] for row in answer["data"][query]]


# ---- the schema ----------------------------------------------------------------------------------------------


def test_it_tells_a_schema_that_differs_from_the_documented_one(client: httpx.Client) -> None:
    told = client.post(PATH, json={"query": get_introspection_query()}).json()["data"]
    schema = build_client_schema(told)
    arguments = {name: str(argument.type) for name, argument in query_of(schema, "outboundCalls").args.items()}
    assert arguments == {
        "search": "SearchOutboundInteraction!",
        "pagination": "Pagination",
        "sorting": "SortingInboundInteraction",
    }
    assert set(query_of(schema, "inboundCallsCount").args) == {"search"}
    fields = set(record(schema, "InboundInteraction").fields)
    ours = {column.path.partition(".")[0] for column in data_model().table("inboundCalls").columns}
    assert (ours - fields, fields - ours) == ({"sentiment"}, {"knowledgeBaseUse", "operator"})
    assert not find_breaking_changes(later_schema(LATEST), schema)


def test_its_tables_are_derived_as_ours_are_but_for_what_needs_an_argument() -> None:
    tables = {table.name: table for table in tables_from(later_schema(LATEST))}
    assert tables.keys() - data_model().names == {"tickets", "ticketArticles"}
    assert set(data_model().names) <= tables.keys()
    assert tables["tickets"].monthly
    assert (tables["tickets"].clock, tables["tickets"].key) == ("createdAt", ("id",))
    assert str(query_of(later_schema(LATEST), "surveyReport").type) == "[SurveyAnswer!]!"


def test_this_is_what_differs_and_nothing_else() -> None:
    changed = {change.description for change in find_breaking_changes(documented_schema(), later_schema(LATEST))}
    lists = {"inboundCalls": "In", "outboundCalls": "Out", "inboundVideoCalls": "In", "inboundChats": "In"}
    assert changed == {
        *(
            f"Field Query.{name} changed type from [[{way}boundInteraction!]!]! to [{way}boundInteraction!]!."
            for name, way in lists.items()
        ),
        *(
            f"Field Search{what}.{name} was removed."
            for what in ("AddressBookContact", "Interaction", "OutboundInteraction")
            for name in ("pagination", "sorting")
        ),
        "Field InboundInteraction.sentiment was removed.",
        "Field SearchInteraction.sentiment was removed.",
    }
    assert not find_breaking_changes(documented_schema(), later_schema(DOCUMENTED))


def test_a_version_between_has_flat_lists_and_pages_in_the_search(rich: Shelf) -> None:
    schema = later_schema(replace(LATEST, beside=False))
    assert str(query_of(schema, "inboundCalls").type) == "[InboundInteraction!]!"
    assert set(query_of(schema, "inboundCalls").args) == set(query_of(schema, "tickets").args) == {"search"}


def test_a_schema_can_be_kept_to_itself(rich: Shelf) -> None:
    model = model_of(rich, replace(LATEST, introspection=False))
    status, answer = model.answer({"query": get_introspection_query()}, rich.store.version)
    assert status == 400
    assert "introspection" in answer["errors"][0]["message"]
    assert model.answer({"query": "{ me { name } }"}, 0) == (200, {"data": {"me": {"name": KEY}}})


# ---- what it answers -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def as_documented(rich: Shelf) -> LaterDataModel:
    """The documented Data Model, answered in the way of a later one."""
    return model_of(rich, DOCUMENTED)


@pytest.mark.law
@settings(max_examples=max(12, settings().max_examples // 3))
@given(documents())
def test_it_reads_searches_as_the_plain_reading_does(rich: Shelf, as_documented: LaterDataModel, drawn: Drawn) -> None:
    given = {"query": drawn.source, "variables": drawn.variables, "operationName": drawn.operation}
    _, answer = as_documented.answer(given, rich.store.version)
    assert comparable(answer) == comparable(rich.expected(drawn))


@pytest.mark.parametrize("table", [*INTERACTIONS, ADDRESS_BOOK])
def test_its_rows_are_the_stores(rich: Shelf, later: LaterTvox, client: httpx.Client, table: str) -> None:
    kind = get_named_type(query_of(later.schema, table).type)
    assert isinstance(kind, GraphQLObjectType)
    search = "{}" if table == ADDRESS_BOOK else f"{{ {IN_MAY} }}"
    found: list[dict[str, Any]] = []
    while True:
        page = f"pagination: {{ limit: 30, offset: {len(found)} }}"
        query = f"{{ rows: {table}(search: {search}, {page}) {{ {everything(kind)} }} }}"
        rows = client.post(PATH, json={"query": query}).json()["data"]["rows"]
        found += rows
        if len(rows) < 30:
            break
    expected = _expected(rich, table, everything(kind))
    assert found == expected
    assert len(expected) >= 40
    counting = "addressBookContactCount" if table == ADDRESS_BOOK else f"{table}Count"
    assert later.answer(f"{{ {counting}(search: {search}) }}")["data"] == {counting: len(expected)}


def _expected(rich: Shelf, table: str, selection: str) -> list[dict[str, Any]]:
    """The rows as the store gives them for the documented Data Model, and what a later one adds to them."""
    unknown = "knowledgeBaseUse operator { uuid fullName }"
    known = selection.replace(unknown, "")
    search = "{}" if table == ADDRESS_BOOK else f"{{ {IN_MAY} }}"
    rows = asked(rich.model, Drawn(f"{{ rows: {table}(search: {search}) {{ {known} }} }}"))["data"]["rows"]
    if table == ADDRESS_BOOK:
        return list(rows)
    steps = [step for interaction in rows for step in interaction]
    if unknown not in selection:
        return steps
    return [
        step
        | {
            "knowledgeBaseUse": step["user"] is not None,
            "operator": None if step["user"] is None else {"uuid": None, "fullName": step["user"]},
        }
        for step in steps
    ]


def test_pages_of_an_order_do_not_split_what_they_follow(later: LaterTvox) -> None:
    whole = later.answer(f"{{ inboundCalls(search: {{ {IN_MAY} }}) {{ id step }} }}")["data"]["inboundCalls"]
    assert whole == sorted(whole, key=lambda row: (row["id"], row["step"]))
    down = "sorting: { key: ID, direction: DESC }"
    found = later.answer(f"{{ inboundCalls(search: {{ {IN_MAY} }}, {down}) {{ id step }} }}")["data"]["inboundCalls"]
    assert found == sorted(sorted(whole, key=lambda row: row["step"]), key=lambda row: row["id"], reverse=True)
    by_time = f"search: {{ {IN_MAY} }}, sorting: {{ key: START_TIME }}"
    found = later.answer(f"{{ outboundCalls({by_time}) {{ startTime }} }}")["data"]["outboundCalls"]
    times = [row["startTime"] for row in found]
    assert times == sorted(times, key=lambda time: (time is None, datetime.fromisoformat(time) if time else None))
    most = later.answer(f"{{ inboundCalls(search: {{ {IN_MAY} }}, pagination: {{ limit: 1001 }}) {{ id }} }}")
    assert most["data"] is None
    assert most["errors"][0]["path"] == ["inboundCalls"]


def test_it_says_what_changed_and_follows_the_store() -> None:
    began, later_on = moment("2020-05-01T08:30:00"), moment("2020-05-02T10:00:00.25")
    rows = [
        step(began, number, call, lastUpdateTime=began, multiChannel_type="CALL")
        for call in (1, 2)
        for number in (0, 1)
    ]
    with shelf([[Write("inboundCalls", rows, MAY)]]) as held, LaterTvox(held.store) as tvox:
        first, second = rows[0]["id"], rows[2]["id"]
        changed = "lastUpdateTime: { operator: GREATER_THAN, value: $since }"
        since = f"query ($since: Time!) {{ inboundCalls(search: {{ {IN_MAY}, {changed} }}) {{ id step }} }}"
        assert len(ids(tvox.answer(since, since="2020-05-01T08:30:00Z"))) == 4
        assert ids(tvox.answer(since, since="2020-05-01T08:30:00.000001Z")) == []
        held.write([Write("inboundCalls", [rows[2], rows[3] | {"lastUpdateTime": later_on}], merged=True)])
        assert ids(tvox.answer(since, since="2020-05-02T10:00:00.25Z")) == [second]
        by_id = (
            f"query ($ids: [String!]) {{ inboundCalls(search: {{ {IN_MAY}, id: {{ operator: EQUAL, value: $ids }} }})"
        )
        assert ids(tvox.answer(by_id + " { id } }", ids=[second, "none"])) == [second, second]
        assert ids(tvox.answer(f'{{ inboundCall(id: "{first}") {{ id }} }}'), "inboundCall") == [first, first]
        before = held.store.version
        held.write([Write("inboundCalls", rows[:1], MAY)])
        assert ids(tvox.answer(f"{{ inboundCalls(search: {{ {IN_MAY} }}) {{ id }} }}")) == [first]
        counted = f"{{ inboundCallsCount(search: {{ {IN_MAY} }}) }}"
        assert tvox.answer(counted)["data"] == {"inboundCallsCount": 1}
        at_once = model_of(held, LATEST).answer({"query": counted}, before)[1]
        assert at_once["data"] == {"inboundCallsCount": 4}, "all of an answer is of one version"


def test_a_null_that_must_not_be_fails_the_whole() -> None:
    row = step(moment("2020-05-01T08:30:00"), multiChannel_type="CALL")
    with shelf([[Write("inboundCalls", [row], MAY)]]) as held:
        query = f"{{ inboundCalls(search: {{ {IN_MAY} }}) {{ id lastUpdateTime }} }}"
        answer = model_of(held, LATEST).answer({"query": query}, held.store.version)[1]
    assert answer["data"] is None
    assert answer["errors"][0]["message"].endswith("InboundInteraction.lastUpdateTime.")


def test_it_has_tickets_and_a_report_that_needs_more(later: LaterTvox) -> None:
    selection = everything(record(later.schema, "Ticket"))
    page = "sorting: { key: CREATED_AT, direction: DESC }, pagination: { limit: 5, offset: 13 }"
    answer = later.answer(
        f"{{ tickets(search: {{ {IN_MAY} }}, {page}) {{ {selection} }} ticketsCount(search: {{ {IN_MAY} }}) }}"
    )
    assert answer["data"]["ticketsCount"] == 20
    tickets = answer["data"]["tickets"]
    assert [each["subject"] for each in tickets] == [f"Ticket {serial}" for serial in (6, 5, 4, 3, 2)]
    assert tickets[1] == {
        "id": "1588600800.5",
        "subject": "Ticket 5",
        "status": "OPEN",
        "createdAt": "2020-05-04T14:00:00Z",
        "closedAt": None,
        "responseDuration": 300,
        "rating": 0.5,
        "forgotten": False,
        "requester": {"name": "Customer 5", "mail": "customer5@example.com"},
        "tags": ["tag 0", "tag 1"],
        "articles": [{"sentAt": "2020-05-04T14:00:00Z", "sender": "CUSTOMER", "size": 0}],
        "lastUpdateTime": "2020-05-04T14:00:00Z",
    }
    assert tickets[3]["requester"] is None
    changed = 'lastUpdateTime: { operator: GREATER_THAN, value: "2020-05-05T03:00:00Z" }'
    assert len(ids(later.answer(f"{{ tickets(search: {{ {IN_MAY}, {changed} }}) {{ id }} }}"), "tickets")) == 2
    assert later.answer("{ tickets(search: { year: 2020, month: 6 }) { id } }")["data"] == {"tickets": []}
    assert "surveyId" in later.answer(f"{{ surveyReport(search: {{ {IN_MAY} }}) {{ id }} }}")["errors"][0]["message"]
    report = later.answer(f'{{ surveyReport(surveyId: "s", search: {{ {IN_MAY} }}) {{ id mark }} }}')
    assert report["data"]["surveyReport"][2] == {"id": f"s/{Month(2020, 5)}/2", "mark": 2}


def test_it_is_asked_as_a_tvox_is(later: LaterTvox, client: httpx.Client) -> None:
    assert client.get(PATH, params={"query": "{me{name}}"}).json() == {"data": {"me": {"name": "mirror"}}}
    one = {"query": "query ($id: String!) { inboundCall(id: $id) { id } }", "variables": {"id": "none"}}
    assert client.post(PATH, json=one).json() == {"data": {"inboundCall": None}}
    refused = client.post(PATH, json={"query": "{me{name}}"}, headers={"X-Telenia-APIKey": "wrong"})
    assert (refused.status_code, refused.json()["errors"][0]["message"]) == (401, "the key is missing or wrong")
    assert client.get("/").status_code == 404
    for wrong in ("{", "{ nothing }", "{ inboundCalls { id } }"):
        answer = client.post(PATH, json={"query": wrong})
        assert (answer.status_code, "data" in answer.json(), bool(answer.json()["errors"])) == (400, False, True)
    failed = client.post(PATH, json={"query": '{ advancedQuery(query: "SELECT 1") }'})
    assert (failed.status_code, failed.json()["data"]) == (200, None)
    assert client.post(PATH, content=b"{").status_code == 400
