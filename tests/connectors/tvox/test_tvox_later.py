"""A TVox of a later version gives the same rows: what it lacks is null and told, what it has more is beside it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from answers.filling import fill
from connectors.tvox import changes
from connectors.tvox.upstream import Tvox
from datamodel.catalogue import data_model
from datamodel.demo import DemoCentre
from store.store import Store
from tabular.errors import UpstreamWrong
from tabular.month import Month
from tabular.table import Grain, Table
from tabular.upstream import PAGE
from tests.connectors.tvox.answering import NOW, ROME, InProcess, Upstreams, mirror, page_of, pages, upstreams
from tests.connectors.tvox.later import Rows, later_schema, later_tvox, records
from tests.steps import CALLS, moment, read

OCTOBER = Month(2026, 10)
INBOUND = ("inboundCalls", "inboundVideoCalls", "inboundChats")
MORE: dict[str, Any] = {
    "knowledgeBaseUse": True,
    "operator": {
        "username": "anna",
        "team": {
            "name": "Front",
            "lead": {"name": 'Zoë "Z" 😀', "since": "2020-01-01T00:00:00+01:00", "chiefOf": {"name": "Front"}},
        },
    },
    "notes": [{"text": "first", "at": "2026-10-05T08:00:00.5Z"}, {"text": None, "at": None}],
}
NEW_COLUMNS = (
    "knowledgeBaseUse",
    "operator_username",
    "operator_team_name",
    "operator_team_lead",
    *(f"notes_{number}_{item}" for number in (1, 2, 3) for item in ("text", "at")),
)
TICKETS: list[dict[str, Any]] = [
    {
        "id": f"{number:05d}",
        "createdAt": "2026-10-05T08:00:00Z",
        "owner": None if number % 3 else "anna",
        "urgent": bool(number % 2),
        "weight": number / 2,
        "serial": 2**40 + number,
        "labels": ["a", 'b"c', "😀"] if number % 2 else [],
        "articles": [{"number": 1, "body": "", "parts": [{"name": "x", "size": number}]}] if number % 5 == 0 else None,
    }
    for number in range(PAGE + 200)
]


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A month of a small demo centre."""
    with Store(tmp_path_factory.mktemp("centre") / "tvox.duckdb", threads=1) as store:
        fill(DemoCentre(60, now=datetime(2026, 11, 1, tzinfo=UTC), months=2), store, data_model())
        yield store


@pytest.fixture(scope="module")
def rows(centre: Store) -> Rows:
    """What the centre holds, and more, as a later TVox has it."""
    found: Rows = {("tickets", OCTOBER): TICKETS, ("surveyList", None): [{"id": 1, "title": "How was it?"}]}
    for table in data_model():
        if table.root != table.name:
            continue
        lists = _listed(centre, table)
        held = [row for row in read(centre, table) if not table.monthly or _month(row) == OCTOBER]
        for field in table.fields:
            for row in held if field.items else ():
                row[field.name] = lists.get((row[table.key[0]], field.name), [])
        more = MORE if table.name in INBOUND else {}
        found[table.name, OCTOBER if table.monthly else None] = records(held, table.name, **more)
    return found


def _month(row: dict[str, object]) -> Month | None:
    return Month.of_id(str(row["id"]), ROME)


def _listed(centre: Store, table: Table) -> dict[tuple[object, str], list[dict[str, object]]]:
    """The lists of a table's records, by their key and name."""
    found: dict[tuple[object, str], list[dict[str, object]]] = {}
    for of in data_model():
        if of.root == table.name and of.element is not None:
            for row in read(centre, of):
                items = {name: value for name, value in row.items() if name not in of.key}
                found.setdefault((row[of.key[0]], of.element), []).append(items)
    return found


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Upstreams]:
    """A service that remembers the schema of its TVox."""
    with upstreams(tmp_path) as opened:
        opened.schemas.remember(later_schema())
        yield opened


def test_its_tables_are_the_documented_ones_and_more(rows: Rows, tmp_path: Path) -> None:
    with upstreams(tmp_path) as new:
        tvox, sends = new.of(later_tvox(rows, later_schema()))
        tables = {table.name: table for table in tvox.tables()}
        assert sends.introspections == 1
    assert list(tables) == [
        *data_model().names,
        "tickets",
        "ticketArticles",
        "surveyList",
        "inboundCallNotes",
        "inboundVideoCallNotes",
        "inboundChatNotes",
    ]
    for table in data_model():
        there, more = tables[table.name], NEW_COLUMNS if table.name in INBOUND else ()
        assert there.columns[: len(table.columns)] == table.columns
        assert there.fields[: len(table.fields)] == table.fields
        assert tuple(column.name for column in there.columns[len(table.columns) :]) == more
    assert tables["tickets"].grain is Grain.RECORD
    assert tables["tickets"].monthly
    assert [column.name for column in tables["tickets"].columns][:7] == [*list(TICKETS[0])[:6], "labels"]
    assert not tables["surveyList"].monthly
    assert tvox.missing() == tuple(f"{name} has no field sentiment: its column is empty." for name in INBOUND)
    assert tvox.needing_arguments() == ("ticketArticles", "agents")


def test_its_state_says_how_each_query_is_asked(memory: Upstreams, rows: Rows) -> None:
    tvox, sends = memory.of(later_tvox(rows, later_schema()))
    assert tvox.state() == {
        "schema": None,
        "read": None,
        "by": None,
        "trouble": None,
        "queries": {},
        "missing": [],
        "needing_arguments": [],
    }
    tvox.tables()
    state: dict[str, Any] = json.loads(json.dumps(tvox.state()))
    assert not sends.requests
    assert (state["by"], state["read"]) == ("introspection", memory.clock().isoformat())
    beside = {"results": "flat", "pagination": "argument", "sorting": "argument"}
    assert state["queries"]["inboundCalls"] == {
        **beside,
        "months": "search",
        "count": "inboundCallsCount",
        "changes": True,
    }
    assert state["queries"]["inboundChats"]["months"] == "argument"
    assert state["queries"]["tickets"] == {**beside, "months": "search", "count": "ticketCount", "changes": False}
    assert state["queries"]["surveyList"] == {
        "results": "flat",
        "pagination": None,
        "sorting": None,
        "months": None,
        "count": None,
        "changes": False,
    }
    assert "ticketArticles" not in state["queries"]


def test_every_documented_table_is_as_it_was(centre: Store, rows: Rows, memory: Upstreams, tmp_path: Path) -> None:
    tvox, _ = memory.of(later_tvox(rows, later_schema()))
    tables = {table.name: table for table in tvox.tables()}
    with Store(tmp_path / "mirror.duckdb", threads=1) as into:
        mirror(tvox, into, [OCTOBER])
        for table in data_model():
            expected = [row for row in read(centre, table) if not table.monthly or _month(row) == OCTOBER]
            lacking = {"sentiment": None} if table.root in INBOUND and not table.element else {}
            assert expected, table.name
            assert read(into, table) == [row | lacking for row in expected], table.name
        _check_more(into, tables)


def _check_more(into: Store, tables: dict[str, Table]) -> None:
    """What no documented table has came too."""
    lead = '{"name":"Zoë \\"Z\\" 😀","since":"2020-01-01T00:00:00+01:00","chiefOf":{"name":"Front"}}'
    noted = {"text": "first", "at": moment("2026-10-05T08:00:00.5")}
    for name in INBOUND:
        for row in read(into, tables[name], *NEW_COLUMNS):
            assert row == {
                "knowledgeBaseUse": True,
                "operator_username": "anna",
                "operator_team_name": "Front",
                "operator_team_lead": lead,
                **{f"notes_{n}_{item}": None for n in (1, 2, 3) for item in noted},
                **{f"notes_1_{item}": value for item, value in noted.items()},
            }
    notes = read(into, tables["inboundCallNotes"], "position", "text", "at")
    assert notes[:2] == [{"position": 1, **noted}, {"position": 2, "text": None, "at": None}]
    names = ("id", "owner", "urgent", "weight", "serial", "labels", "articles_1_body", "articles_1_parts")
    tickets = read(into, tables["tickets"], *names)
    assert len(tickets) == len(TICKETS)
    assert tickets[5] == {
        "id": "00005",
        "owner": None,
        "urgent": True,
        "weight": 2.5,
        "serial": str(2**40 + 5),
        "labels": '["a","b\\"c","😀"]',
        "articles_1_body": "",
        "articles_1_parts": '[{"name":"x","size":5}]',
    }
    assert read(into, tables["surveyList"]) == [{"id": 1, "title": "How was it?"}]


def test_pages_are_counted_in_rows(rows: Rows, memory: Upstreams) -> None:
    tvox, sends = memory.of(later_tvox(rows, later_schema()))
    tickets = next(table for table in tvox.tables() if table.name == "tickets")
    first, second = pages(tvox, tickets, OCTOBER)
    assert (first.elements, first.is_last, first.cut, first.held) == (PAGE, False, False, len(TICKETS))
    assert (second.elements, second.is_last) == (200, True)
    assert sends.requests[1]["variables"]["rows_pagination"] == {"limit": PAGE, "offset": PAGE}
    assert sends.requests[1]["variables"]["rows_sorting"] == {"key": "id", "direction": "ASC"}
    assert tvox.tallies([(tickets, OCTOBER, None)], NOW)[0].held == len(TICKETS)


# What changed: the steps that did lead to the others

BEGAN, LATE = datetime(2026, 10, 5, 8), datetime(2026, 10, 20)


def calls(count: int, changed: int) -> Rows:
    """Steps of calls, two of each; of the first calls one step changed late."""
    return {
        ("inboundCalls", OCTOBER): [
            {
                "id": f"{int(BEGAN.replace(tzinfo=UTC).timestamp()) + call}.a",
                "step": place,
                "startTime": "2026-10-05T08:00:00Z",
                "lastUpdateTime": f"{LATE if call < changed and place == 1 else BEGAN:%Y-%m-%dT%H:%M:%SZ}",
                "multiChannel": {"type": "CALL"},
                **{column.name: 0 for column in CALLS.columns if column.unit or column.name == "servicePriority"},
            }
            for call in range(count)
            for place in (0, 1)
        ]
    }


def of(memory: Upstreams, held: Rows) -> tuple[Tvox, InProcess]:
    """A later TVox that holds some calls."""
    return memory.of(later_tvox(held, later_schema()))


def test_a_page_of_steps_may_cut_an_interaction(memory: Upstreams, monkeypatch: pytest.MonkeyPatch) -> None:
    page_of(51, monkeypatch)
    tvox, _ = of(memory, calls(30, 0))
    first, second = pages(tvox, CALLS, OCTOBER)
    assert (first.elements, first.cut, first.is_last, first.held) == (51, True, False, 60)
    assert (second.elements, second.cut, second.is_last) == (9, False, True)


def test_interactions_of_which_a_step_changed_come_whole(memory: Upstreams, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "IDS", 4)
    tvox, sends = of(memory, calls(20, 9))
    page = tvox.page(CALLS, OCTOBER, 0, NOW, LATE.replace(tzinfo=UTC))
    assert tvox.knows_changes(CALLS)
    assert page.changed is not None
    assert [(row["id"], row["step"]) for row in page.changed.to_pylist()] == [
        (row["id"], row["step"]) for row in page.rows.slice(0, 18).to_pylist()
    ]
    sought = [one["variables"]["rows_search"]["id"] for one in sends.requests[1:]]
    assert [(one["operator"], len(one["value"])) for one in sought] == [("EQUAL", 4), ("EQUAL", 4), ("EQUAL", 1)]
    alone = tvox.changes(CALLS, OCTOBER, LATE.replace(tzinfo=UTC), NOW)
    assert alone.changed == page.changed
    assert len(sends.asked) == 8


def test_steps_of_what_changed_are_paged_too(memory: Upstreams, monkeypatch: pytest.MonkeyPatch) -> None:
    page_of(51, monkeypatch)
    tvox, sends = of(memory, calls(40, 30))
    changed = tvox.changes(CALLS, OCTOBER, LATE.replace(tzinfo=UTC), NOW).changed
    assert changed is not None
    assert changed.num_rows == 60
    offsets = [one["variables"].get("rows_pagination", {}).get("offset") for one in sends.requests]
    assert offsets == [None, 0, 51]


def test_others_that_an_id_finds_are_left_out(memory: Upstreams) -> None:
    held = calls(3, 1)
    for row in held["inboundCalls", OCTOBER][2:4]:
        row["id"] = held["inboundCalls", OCTOBER][0]["id"].upper()
    tvox, _ = of(memory, held)
    changed = tvox.changes(CALLS, OCTOBER, LATE.replace(tzinfo=UTC), NOW).changed
    assert changed is not None
    assert set(changed.column("id").to_pylist()) == {held["inboundCalls", OCTOBER][0]["id"]}


def test_an_interaction_that_is_not_found_again_is_refused(memory: Upstreams) -> None:
    held = calls(3, 2)
    tvox, sends = of(memory, held)
    whole = sends.answer

    def forgetful(source: str, variables: dict[str, Any]) -> bytes:
        if "rows_search" in variables:
            held["inboundCalls", OCTOBER][:2] = []
        return whole(source, variables)

    sends.answer = forgetful
    with pytest.raises(UpstreamWrong, match="1 of 2 interactions that changed were not found by their ids"):
        tvox.changes(CALLS, OCTOBER, LATE.replace(tzinfo=UTC), NOW)


def test_changes_count_where_fewer_come_at_once_than_were_asked_for(memory: Upstreams) -> None:
    held = calls(30, 30)
    tvox, sends = of(memory, held)
    whole = sends.answer

    def sparing(source: str, variables: dict[str, Any]) -> bytes:
        if "changed_pagination" in variables:
            variables["changed_pagination"]["limit"] = 7
        return whole(source, variables)

    sends.answer = sparing
    changed = tvox.changes(CALLS, OCTOBER, (LATE - timedelta(days=1)).replace(tzinfo=UTC), NOW).changed
    assert changed is not None
    assert changed.num_rows == 60


@pytest.mark.parametrize("asked", ["changed_pagination", "rows_pagination"])
def test_a_tvox_that_knows_no_offset_is_not_asked_for_ever(
    memory: Upstreams, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    page_of(10, monkeypatch)
    tvox, sends = of(memory, calls(12, 11 if asked.startswith("changed") else 7))
    whole = sends.answer

    def standing(source: str, variables: dict[str, Any]) -> bytes:
        if asked in variables:
            variables[asked]["offset"] = 0
        return whole(source, variables)

    sends.answer = standing
    with pytest.raises(UpstreamWrong, match="the same page came twice, at two offsets"):
        tvox.changes(CALLS, OCTOBER, LATE.replace(tzinfo=UTC), NOW)


def test_a_tvox_that_changes_its_ways_in_between_is_asked_anew_another_time(
    memory: Upstreams, monkeypatch: pytest.MonkeyPatch
) -> None:
    page_of(4, monkeypatch)
    tvox, sends = of(memory, calls(6, 6))
    flat, nested_lists = sends.answer, later_schema().replace("[InboundInteraction!]!", "[[InboundInteraction!]!]!")
    empty = later_tvox({}, nested_lists)

    def turning(source: str, variables: dict[str, Any]) -> bytes:
        offset = variables.get("changed_pagination", {}).get("offset", 0)
        if offset and "note1" in source and memory.changes == []:
            return json.dumps({"errors": [{"message": "what?"}]}).encode()
        return empty(source, variables) if offset or "__schema" in source else flat(source, variables)

    sends.answer = turning
    with pytest.raises(UpstreamWrong, match="it changed its ways in between"):
        tvox.changes(CALLS, OCTOBER, LATE.replace(tzinfo=UTC), NOW)
    assert len(memory.changes) == 1
