"""The schema of a TVox is read once, remembered, read again when it may have changed, and nothing seen is lost."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema, graphql_sync

from connectors.tvox.introspection import DAY, PAUSE
from connectors.tvox.upstream import Tvox
from datamodel.catalogue import data_model, documented_schema
from tabular.errors import UpstreamBusy, UpstreamFailed, UpstreamUnreachable, UpstreamWrong
from tabular.month import Month
from tests.connectors.tvox.answering import NOW, Answer, InProcess, Upstreams, saying, upstreams
from tests.connectors.tvox.later import later_schema, later_tvox
from tests.steps import CALLS

MAY = Month(2020, 5)
EMPTY: dict[str, Any] = {"data": {"rows": []}}


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Upstreams]:
    """A service that knows no TVox yet."""
    with upstreams(tmp_path) as opened:
        yield opened


def showing(schema: str, **answer: object) -> Answer:
    """A TVox that shows that schema, and says always the same to everything else."""
    built = build_schema(schema)

    def answered(source: str, variables: dict[str, Any]) -> bytes:
        said = graphql_sync(built, source).formatted if "__schema" in source else answer or EMPTY
        return json.dumps(said).encode()

    return answered


def documented_one() -> Answer:
    """A TVox of the documented dialect that holds nothing."""

    def answered(source: str, variables: dict[str, Any]) -> bytes:
        root = {"inboundCalls": lambda _info, **_: [], "inboundCallsCount": lambda _info, **_: 0}
        said = graphql_sync(documented_schema(), source, root, variable_values=variables)
        return json.dumps(said.formatted).encode()

    return answered


CALL = "type Call { id: String! step: Int! startTime: Time %s }"
SMALL = """
scalar Time
type Query { inboundCalls(search: Search!): [[Call!]!]! %s }
input Search { year: Int month: Int pagination: Pagination }
input Pagination { limit: Int offset: Int }
"""


def small(fields: str = "", queries: str = "") -> str:
    """A schema of calls with more fields, and of more queries."""
    return SMALL % queries + CALL % fields


def names(tvox: Tvox, table: str = "inboundCalls") -> list[str]:
    """The columns of a table beyond the documented ones."""
    found = next(one for one in tvox.tables() if one.name == table)
    known = len(CALLS.columns) if table == "inboundCalls" else 0
    return [column.name for column in found.columns[known:]]


def test_it_is_asked_for_once_however_many_need_it(memory: Upstreams) -> None:
    tvox, sends = memory.of(showing(small()))
    barrier, seen = threading.Barrier(6), []

    def need() -> None:
        barrier.wait()
        seen.append(tvox.tables())

    threads = [threading.Thread(target=need) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 6
    assert len(sends.requests) == 1


def test_a_restart_asks_for_nothing(memory: Upstreams) -> None:
    before, _ = memory.of(showing(small("colour: String")))
    tables, missing = before.tables(), before.missing()
    memory.clock.move(timedelta(hours=23))
    tvox, sends = memory.of(showing(small("colour: String")))
    assert tvox.tables() == tables
    assert tvox.page(CALLS, MAY, 0, NOW).elements == 0
    assert tvox.missing() == missing
    assert sends.introspections == 0


def test_it_is_asked_for_again_after_a_day(memory: Upstreams) -> None:
    tvox, sends = memory.of(showing(small()))
    tvox.page(CALLS, MAY, 0, NOW)
    memory.clock.move(DAY)
    tvox.tables()
    assert sends.introspections == 1, "tables are known"
    sends.answer = showing(small("colour: String"))
    for _ in range(3):
        tvox.page(CALLS, MAY, 0, NOW)
    assert sends.introspections == 2
    assert names(tvox) == ["colour"]
    assert len(memory.changes) == 1
    memory.clock.move(DAY)
    tvox.page(CALLS, MAY, 0, NOW)
    assert sends.introspections == 3
    assert len(memory.changes) == 1
    assert [one.seen_last for one in memory.schemas.all()] == [memory.clock() - 2 * DAY, memory.clock()]


def test_what_a_refused_question_meant_is_found_out(memory: Upstreams) -> None:
    tvox, sends = memory.of(documented_one())
    assert tvox.page(CALLS, MAY, 0, NOW).held == 0
    sends.answer = later_tvox({}, later_schema())
    page = tvox.page(CALLS, MAY, 0, NOW)
    assert (page.held, page.elements) == (0, 0)
    assert sends.introspections == 2
    assert len(sends.asked) == 3
    assert memory.changes == [None]
    assert "tickets" in [table.name for table in tvox.tables()]
    assert tvox.page(CALLS, MAY, 0, NOW).elements == 0
    assert len(sends.requests) == 6
    sends.answer = documented_one()
    assert tvox.page(CALLS, MAY, 0, NOW).held == 0
    assert "tickets" in [table.name for table in tvox.tables()], "what was seen stays"
    assert "inboundCalls has no field knowledgeBaseUse: its column is empty." in tvox.missing()


def test_what_is_refused_by_a_schema_that_did_not_change_stays_refused(memory: Upstreams) -> None:
    refused = {"errors": [{"message": "the database is away"}], "data": None}
    tvox, sends = memory.of(showing(small(), **refused))
    tvox.tables()
    memory.clock.move(PAUSE)
    for _ in range(3):
        with pytest.raises(UpstreamWrong, match="inboundCalls of 2020-05 wrongly: the database is away"):
            tvox.page(CALLS, MAY, 0, NOW)
    assert sends.introspections == 2, "not at every page"
    memory.clock.move(PAUSE)
    with pytest.raises(UpstreamWrong):
        tvox.page(CALLS, MAY, 0, NOW)
    assert sends.introspections == 3
    assert not memory.changes


def test_errors_beside_data_are_no_question_of_the_schema(memory: Upstreams) -> None:
    partly = {"errors": [{"message": "Part of it failed.", "path": ["rows", 0]}], "data": {"rows": [], "held": None}}
    tvox, sends = memory.of(showing(small(), **partly))
    with pytest.raises(UpstreamWrong, match=r"wrongly: Part of it failed\. "):
        tvox.page(CALLS, MAY, 0, NOW)
    assert sends.introspections == 1


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (saying(errors=[{"message": "GraphQL introspection is not allowed."}]), "GraphQL introspection is not allowed"),
        (saying(data={"__schema": None}), "its schema cannot be read"),
        (saying(data={}), "its schema cannot be read"),
        (saying(data={"__schema": {"types": [{"name": "Query"}]}}), "its schema cannot be read"),
        (showing("schema { query: Q } type Q { a: Int }"), None),
        (lambda source, variables: b"<html>no</html>", "no JSON came"),
    ],
)
def test_a_tvox_that_does_not_show_it_is_taken_for_the_documented_one(
    memory: Upstreams, said: Answer, why: str | None
) -> None:
    tvox, sends = memory.of(said)
    assert tvox.tables() == tuple(data_model())
    state = tvox.state()
    assert (state["by"], state["schema"] is None) == (("documentation", True) if why else ("introspection", False))
    assert str(state["trouble"]).startswith(why or "None")
    assert len(memory.schemas.all()) == (0 if why else 1)
    sends.answer = documented_one()
    memory.clock.move(PAUSE)
    assert tvox.page(CALLS, MAY, 0, NOW).held == 0 if why else True
    assert sends.introspections == 1


def test_one_that_shows_it_only_later_is_then_believed(memory: Upstreams) -> None:
    tvox, sends = memory.of(saying(errors=[{"message": "not now"}]))
    tvox.tables()
    sends.answer = later_tvox({}, later_schema())
    with pytest.raises(UpstreamWrong, match="Cannot query field"):
        tvox.page(CALLS, MAY, 0, NOW)
    memory.clock.move(PAUSE)
    assert tvox.page(CALLS, MAY, 0, NOW).elements == 0
    assert (tvox.state()["by"], tvox.state()["trouble"], len(memory.changes)) == ("introspection", None, 1)


def unreachable(source: str, variables: dict[str, Any]) -> bytes:
    """A TVox that is away."""
    raise UpstreamUnreachable("tvox.example", "Connection refused")


def test_without_anything_known_the_way_must_be_open(memory: Upstreams) -> None:
    tvox, sends = memory.of(unreachable)
    for ask in (tvox.tables, lambda: tvox.knows("{ me { name } }"), lambda: tvox.page(CALLS, MAY, 0, NOW)):
        with pytest.raises(UpstreamUnreachable):
            ask()
    assert tvox.state()["by"] is None
    sends.answer = showing(small())
    assert tvox.page(CALLS, MAY, 0, NOW).elements == 0


def test_what_is_known_serves_while_the_way_is_closed(memory: Upstreams) -> None:
    tvox, sends = memory.of(showing(small("colour: String")))
    tables = tvox.tables()
    memory.clock.move(DAY)
    sends.answer = unreachable
    with pytest.raises(UpstreamUnreachable):
        tvox.page(CALLS, MAY, 0, NOW)
    assert tvox.tables() == tables
    assert "does not answer" in str(tvox.state()["trouble"])
    sends.answer = showing(small("colour: String"))
    tvox.page(CALLS, MAY, 0, NOW)
    assert tvox.state()["trouble"] is not None
    memory.clock.move(PAUSE)
    tvox.page(CALLS, MAY, 0, NOW)
    assert tvox.state()["trouble"] is None
    assert not memory.changes


def test_one_that_stops_showing_it_is_still_known(memory: Upstreams) -> None:
    tvox, sends = memory.of(showing(small("colour: String")))
    tvox.tables()
    memory.clock.move(DAY)
    sends.answer = saying(errors=[{"message": "not any more"}], data={"rows": [], "held": 0})
    with pytest.raises(UpstreamWrong):
        tvox.page(CALLS, MAY, 0, NOW)
    assert names(tvox) == ["colour"]
    assert (tvox.state()["by"], tvox.state()["trouble"]) == ("introspection", "not any more")


def test_a_failure_while_it_is_asked_for_again_is_told(memory: Upstreams) -> None:
    tvox, sends = memory.of(showing(small()))
    tvox.tables()
    memory.clock.move(PAUSE)

    def busy(source: str, variables: dict[str, Any]) -> bytes:
        if "__schema" in source:
            raise UpstreamBusy(7)
        return json.dumps({"errors": [{"message": "no"}]}).encode()

    sends.answer = busy
    with pytest.raises(UpstreamBusy):
        tvox.page(CALLS, MAY, 0, NOW)


def test_columns_stay_where_they_were_first_seen(memory: Upstreams) -> None:
    seen = ["colour: String", "size: Int colour: String", "size: Int", "shape: String colour: Int"]
    for fields in seen:
        memory.clock.move(DAY)
        tvox, _ = memory.of(showing(small(fields, "weights(search: Search!): [Weight!]!") + "type Weight { id: ID! }"))
        tvox.page(CALLS, MAY, 0, NOW)
    assert names(tvox) == ["colour", "size", "shape"]
    assert "inboundCalls has no field size: its column is empty." in tvox.missing()
    assert "inboundCalls has no field dnis: its column is empty." in tvox.missing()
    assert "It has no query inboundChats that can be read page by page: its table is not filled." in tvox.missing()
    again, sends = memory.of(showing(small()))
    assert again.tables() == tvox.tables()
    assert not sends.requests
    assert next(column for column in again.tables()[0].columns if column.name == "colour").type == "text"
    assert names(again, "weights") == ["id"]


def test_the_order_in_which_types_are_listed_makes_no_other_schema(memory: Upstreams) -> None:
    plain = showing(small())

    def turned(source: str, variables: dict[str, Any]) -> bytes:
        answer = json.loads(plain(source, variables))
        if "__schema" in answer["data"]:
            answer["data"]["__schema"]["types"].reverse()
        return json.dumps(answer).encode()

    tvox, sends = memory.of(plain)
    tvox.page(CALLS, MAY, 0, NOW)
    memory.clock.move(DAY)
    sends.answer = turned
    tvox.page(CALLS, MAY, 0, NOW)
    assert sends.introspections == 2
    assert len(memory.schemas.all()) == 1
    assert not memory.changes


def test_what_is_remembered_and_cannot_be_read_is_passed_over(memory: Upstreams) -> None:
    memory.schemas.remember("type Query {")
    tvox, sends = memory.of(showing(small("colour: String")))
    assert names(tvox) == ["colour"]
    assert sends.introspections == 1
    assert isinstance(UpstreamWrong("a", "b"), UpstreamFailed)


def test_the_way_is_not_asked_what_cannot_be_answered(memory: Upstreams) -> None:
    monthless = "type Query { inboundCalls(search: String): [[Call!]!]! inboundChats(search: S): [Chat!] }"
    schema = f"scalar Time input S {{ year: Int month: Int }} type Chat {{ step: Int }} {monthless} {CALL % ''}"
    tvox, sends = memory.of(showing(schema))
    tables = {table.name: table for table in tvox.tables()}
    asked = len(sends.requests)
    for name, why in (
        ("inboundVideoCalls", "it has no query inboundVideoCalls that can be read page by page"),
        ("inboundCalls", "inboundCalls cannot be asked for by month"),
        ("inboundChats", "inboundChats has no field id"),
    ):
        with pytest.raises(UpstreamWrong, match=f"wrongly: {why}"):
            tvox.page(tables[name], MAY, 0, NOW)
        assert f"{why[0].upper()}{why[1:]}: its table is not filled." in tvox.missing()
        assert not tvox.knows_changes(tables[name])
        assert tvox.tallies([(tables[name], MAY, None)], NOW)[0].held is None
    assert len(sends.requests) == asked


def test_a_tvox_without_counts_is_asked_for_none(memory: Upstreams) -> None:
    tvox, sends = memory.of(showing(small(), data={"rows": []}))
    assert tvox.page(CALLS, MAY, 0, NOW).held is None
    assert tvox.tallies([(CALLS, MAY, None)], NOW)[0].held is None
    with pytest.raises(UpstreamWrong, match="it cannot say what changed of inboundCalls"):
        tvox.changes(CALLS, MAY, memory.clock(), NOW)
    assert isinstance(sends, InProcess)
