"""The SQL tables on the faces: listed, described, served by month, filtered, grouped, in OData and as queries."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pyarrow.ipc
import pytest

from answers.filling import fill
from datamodel.catalogue import documented
from datamodel.demo import DemoCentre
from datamodel.sql.tables import SQL_TABLES
from formats import formats
from tests.serving import Served, opened_at
from tests.steps import NOW

MONTH = "2026-10"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    opened = opened_at(tmp_path_factory.mktemp("sql") / "tvox.duckdb", datamodel_rate=0)
    fill(DemoCentre(300, now=NOW, months=2), opened.store, documented())
    running = Served(opened)
    yield running
    running.close()
    opened.close()


def table_of(served: Served, address: str) -> list[dict[str, str]]:
    answer = served.get(f"/tables/{address}")
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_they_are_listed_and_described(served: Served) -> None:
    listed = {table["name"]: table for table in served.get("/tables").json()["tables"]}
    for declared in SQL_TABLES:
        assert listed[declared.name]["columns"] == len(declared.columns)
        assert listed[declared.name]["clock"] == declared.clock
    calls = served.get("/tables/ast_calls").json()
    assert calls["key"] == ["idlastcall", "step"]
    assert (calls["sql"]["area"], calls["sql"]["name"]) == ("TVOX", "ast_calls_yyyymm")
    assert calls["sql"]["types"]["orainizio"] == "varchar(7)"
    assert [month["month"] for month in calls["months"]] == ["2026-10", "2026-11"]
    steps = [
        served.get(f"/tables/{name}").json()["months"] for name in ("inboundCalls", "inboundVideoCalls", "inboundChats")
    ]
    assert calls["months"][0]["rows"] == sum(months[0]["rows"] for months in steps)
    tickets = served.get("/tables/tickets").json()
    assert [month["month"] for month in tickets["months"]] == [None]
    assert tickets["sql"]["name"] == "tickets"
    assert "sql" not in served.get("/tables/inboundCalls").json()


@pytest.mark.parametrize("declared", SQL_TABLES, ids=lambda table: table.name)
def test_a_month_of_each(served: Served, declared: object) -> None:
    one = next(table for table in SQL_TABLES if table is declared)
    window = f"month={MONTH}&" if one.monthly else ""
    rows = table_of(served, f"{one.name}.csv?{window}limit=3")
    assert rows or one.name == "links", "not every month links tickets"
    assert not rows or list(rows[0]) == [column.name for column in one.columns]
    if one.monthly:
        everything = table_of(served, f"{one.name}.csv?columns={one.clock}")
        october = table_of(served, f"{one.name}.csv?month={MONTH}&columns={one.clock}")
        assert 0 < len(october) < len(everything)
        assert all(row[one.clock or ""].startswith(MONTH) for row in october)


def test_every_format_carries_them(served: Served) -> None:
    for name, form in formats().items():
        answer = served.get(
            f"/tables/ast_calls.{name}?month={MONTH}&limit=2&columns=uniqueid,datainizio,orainizio,mc_id"
        )
        assert answer.status_code == 200, (name, answer.text[:200])
        assert answer.content, form
    batch = pyarrow.ipc.open_stream(
        served.get(f"/tables/smartrec.arrow?month={MONTH}&columns=data,ora,durata&limit=2").content
    ).read_all()
    assert [str(field.type) for field in batch.schema][:1] == ["date32[day]"]


def test_days_bound_windows_and_months(served: Served) -> None:
    first = table_of(served, "ast_calls.csv?from=2026-10-05&to=2026-10-06&columns=datainizio,orainizio,uniqueid")
    assert {row["datainizio"] for row in first} == {"2026-10-05"} | {row["datainizio"] for row in first} - {
        "2026-10-07"
    }
    steps = table_of(served, "inboundCalls.csv?from=2026-10-05&to=2026-10-06&columns=id,step")
    more = [
        row
        for name in ("inboundVideoCalls", "inboundChats")
        for row in table_of(served, f"{name}.csv?from=2026-10-05&to=2026-10-06&columns=id,step")
    ]
    assert sorted(row["uniqueid"] for row in first) == sorted(row["id"] for row in [*steps, *more])
    day = table_of(served, "ast_calls.csv?filter=datainizio eq 2026-10-05&columns=datainizio,uniqueid")
    assert day
    assert {row["datainizio"] for row in day} == {"2026-10-05"}
    last = table_of(served, "ast_calls.csv?last=7d&columns=datainizio")
    today = NOW.astimezone(ZoneInfo("Europe/Rome")).date()
    assert all(date.fromisoformat(row["datainizio"]) > today - timedelta(days=8) for row in last)


def test_sorted_grouped_and_paged(served: Served) -> None:
    plain = table_of(served, f"ast_calls.csv?month={MONTH}&columns=idlastcall,step,statochiamata,servizio,durata_coda")
    paged = [
        row
        for offset in range(0, len(plain), 200)
        for row in table_of(
            served,
            f"ast_calls.csv?month={MONTH}&columns=idlastcall,step,statochiamata,servizio,durata_coda&limit=200&offset={offset}",
        )
    ]
    assert paged == plain
    newest = table_of(served, f"ast_calls.csv?month={MONTH}&sort=-datainizio,-orainizio&columns=datainizio,orainizio")
    pairs = [(row["datainizio"], row["orainizio"]) for row in newest]
    assert pairs == sorted(pairs, reverse=True)
    grouped = table_of(served, f"ast_calls.csv?month={MONTH}&group=statochiamata&measures=count,sum(durata_coda)")
    assert sum(int(row["count"]) for row in grouped) == len(plain)
    assert {row["statochiamata"] for row in grouped} == {row["statochiamata"] for row in plain}
    ticketed = table_of(served, "tickets.csv?group=group_id&measures=count")
    assert sum(int(row["count"]) for row in ticketed) == len(table_of(served, "tickets.csv?columns=id"))


def test_odata_has_them_as_entity_sets(served: Served) -> None:
    metadata = served.get("/odata/$metadata?$format=json").json()["TVox"]
    for declared in SQL_TABLES:
        entity = metadata[declared.name]
        assert entity["$Key"] == list(declared.key), declared.name
    assert metadata["ast_calls"]["datainizio"]["$Type"] == "Edm.Date"
    found = served.get(
        "/odata/ast_calls?$filter=statochiamata eq 'H'&$top=3&$orderby=datainizio desc&$count=true"
    ).json()
    assert found["@odata.count"] >= len(found["value"]) == 3
    one = found["value"][0]
    address = f"/odata/ast_calls(idlastcall='{one['idlastcall']}',step={one['step']})"
    assert served.get(address).json()["uniqueid"] == one["uniqueid"]
    ticket = served.get("/odata/tickets?$top=1&$filter=state_id eq 5").json()["value"][0]
    assert served.get(f"/odata/users({ticket['customer_id']})").json()["id"] == ticket["customer_id"]
    applied = served.get("/odata/ast_pd_history?$apply=groupby((call_result),aggregate($count as n))").json()["value"]
    assert (
        sum(row["n"] for row in applied)
        == served.get("/odata/ast_pd_history?$count=true&$top=0").json()["@odata.count"]
    )


def test_power_query_has_them(served: Served) -> None:
    for name in ("ast_calls", "tickets", "smartrec"):
        answer = served.get(f"/addin/powerquery/{name}.pq")
        assert answer.status_code == 200
        assert f'"tables/{name}"' in answer.text


def test_a_view_of_them_is_a_table(served: Served) -> None:
    view = {"table": "ast_calls", "month": MONTH, "columns": "uniqueid,datainizio,orainizio,statochiamata"}
    made = served.client.put("/views/chiamate", json=view)
    if made.status_code >= 400:
        pytest.fail(made.text)
    shown = table_of(served, "chiamate.csv?limit=5")
    assert shown
    assert json.dumps(shown[0])
