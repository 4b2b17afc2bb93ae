"""The contract of a mirror: whatever is asked of it is what the mirrored Data Model's own rows say."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from answers.filling import fill
from datamodel.catalogue import data_model, documented, mirrored
from datamodel.demo import DemoCentre
from tabular.month import Month
from tabular.table import Made, Type
from tests.datamodel.drawn_rows import Row
from tests.mirrored import Mirroring
from tests.serving import Served, opened_at
from tests.steps import CALLS, SUMMARIES, batches, moment, step
from tests.upstream.later import LaterTvox
from tests.upstream.later_rows import ticket

THIS = Month.of(datetime.now(UTC))
MIRRORED = mirrored(tuple(data_model()))
"""What a mirror shows: no table that only an advanced query gives."""

EDGES = (
    # Two months of Rome: a call that goes on past midnight, one just before, one just after; and another zone's edge.
    ("2026-01-31T22:50:00", ("2026-01-31T23:10:00", "2026-01-31T22:50:00")),
    ("2026-01-31T22:59:59", ("2026-01-31T22:59:59",)),
    ("2026-01-31T23:00:00", ("2026-01-31T23:00:00",)),
    ("2026-02-01T04:59:59", ("2026-02-01T05:00:01", "2026-02-01T04:59:59")),
    ("2026-02-01T06:00:00", ("2026-02-01T06:00:00",)),
    # The clocks of Rome go forward at 01:00 UTC of 29 March, and back at 01:00 UTC of 25 October 2026.
    ("2026-03-29T00:59:59", ("2026-03-29T01:00:00", "2026-03-29T00:59:59")),
    ("2026-03-29T02:00:00", ("2026-03-29T02:00:00",)),
    ("2026-10-25T00:30:00", ("2026-10-25T00:30:00",)),
    ("2026-10-25T01:30:00", ("2026-10-25T01:30:00",)),
    ("2026-10-31T22:30:00", ("2026-11-01T03:00:00", "2026-10-31T23:30:00", "2026-10-31T22:30:00")),
)
"""When a call began, and when each of its steps did, the most recent first (UTC)."""

NASTY = ('say "hi"; a,b', "line\nbreak\ttab", "emoji 🦉 and עברית", "=1+1", "", "  ", "'; DROP TABLE kept;--")


def edges() -> list[Row]:
    """The calls of EDGES, with texts that are hard to carry."""
    rows = []
    for serial, (began, steps) in enumerate(EDGES):
        unix = int(moment(began).replace(tzinfo=UTC).timestamp())
        for number, at in enumerate(steps):
            # A Data Model gives 0 for a number that may not be null, and so a mirror holds it.
            told: dict[str, object] = {
                column.name: 0 for column in CALLS.columns if column.type is Type.INTEGER and not column.nullable
            }
            told |= {"cli": NASTY[serial % len(NASTY)], "lastUpdateTime": moment(steps[0]), "status": "HANGUP"}
            told |= {"multiChannel_type": "CALL", "step": number}
            rows.append(step(moment(at)) | told | {"id": f"{unix}.{serial}"})
    return rows


@dataclass(frozen=True)
class Pair:
    """A service with rows of its own, and one that mirrors them; `columns` of a table that both have."""

    own: Served
    mirror: Served
    lacks: frozenset[str] = frozenset()

    def columns(self, table: str) -> str:
        """The columns of a table that the mirrored TVox has, or an SQL table's of what it has."""
        described = self.own.get(f"/tables/{table}").json()["columns"]
        made = {one.name: one for one in documented().table(table).made}
        known = {one.name: one for one in MIRRORED.table(table).made}
        names = (column["name"] for column in described if column["name"] not in self.lacks)
        return ",".join(n for n in names if made.get(n) == known.get(n) and _field(made, n) not in self.lacks)


def _field(made: Mapping[str, Made], name: str) -> str:
    return made[name].field if name in made else name


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demo centre's last two months, and the calls of EDGES."""
    opened = opened_at(tmp_path_factory.mktemp("own") / "tvox.duckdb", datamodel_rate=0)
    opened = replace(opened, now=lambda: datetime.now(UTC))  # as the mirror's: `last=2m` ends at the same moment
    fill(DemoCentre(150, 1, "Europe/Rome", now=datetime.now(UTC), months=2), opened.store, documented())
    with opened.store.writing("demo") as writing:
        writing.merge(CALLS, batches(edges()), SUMMARIES)
    running = Served(opened)
    yield running
    running.close()
    opened.close()


@pytest.fixture(scope="module", params=["documented", "later"])
def pair(request: pytest.FixtureRequest, own: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """The service beside its mirror, which speaks with it in the documented dialect or in a later one."""
    path = tmp_path_factory.mktemp("mirror") / "tvox.duckdb"
    if request.param == "documented":
        with Mirroring(path, own.address, own.key) as mirror:
            yield Pair(own, mirror)
        return
    with LaterTvox(own.services.store) as later:
        later.put_tickets(THIS, [ticket(moment(f"{THIS}-01T00:00:{number:02}"), number) for number in range(20)])
        with Mirroring(path, later.address, later.key) as mirror:
            yield Pair(own, mirror, frozenset({"sentiment"}))


STEPS = ("inboundCalls", "inboundCallSummaries")
WINDOWS = (
    "month=2026-01",
    "month=2026-02",
    "from=2026-01-31&to=2026-02-01",
    "from=2026-02-01&to=2026-02-01&tz=America/New_York",
    "from=2026-01-31T23:55:00&to=2026-02-01T00:15:00",
    "from=2026-03-29T01:30:00Z&to=2026-03-30&tz=UTC",
    "from=2026-03-28&to=2026-03-29",
    "from=2026-10-25&to=2026-10-25",
    "from=2026-10-25T02:00:00%2B02:00&to=2026-10-25T02:00:00%2B01:00",
    "from=2026-11-01&to=2026-11-01",
    "from=2026-10-31T20:00:00&to=2026-11-30&tz=Asia/Kolkata",
    "from=2026-01-01&to=2026-12-31&filter=startTime ge 2026-03-01T00:00:00Z and startTime lt 2026-04-01T00:00:00Z",
)


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("table", STEPS)
def test_every_window_holds_the_same_rows(pair: Pair, table: str, window: str) -> None:
    question = f"/tables/{table}.csv?{window}&columns={pair.columns(table)}"
    expected, found = pair.own.get(question), pair.mirror.get(question)
    assert found.status_code == 200, found.text
    assert found.text == expected.text
    assert expected.text.count("\n") > 1


@pytest.mark.parametrize("table", MIRRORED.names)
def test_every_table_is_the_same(pair: Pair, table: str) -> None:
    question = f"/tables/{table}.csv?columns={pair.columns(table)}"
    expected, found = pair.own.get(question), pair.mirror.get(question)
    assert found.status_code == 200, found.text
    assert found.text == expected.text
    assert expected.text.count("\n") > 5


def test_sorted_filtered_and_paged_rows_are_the_same(pair: Pair) -> None:
    for question in (
        "inboundCalls.json?last=2m&sort=-startTime,id&limit=7&columns=id,step,startTime,cli",
        "inboundCalls.json?last=2m&filter=queueDuration gt 20 and contains(cli,'3')&columns=id,step",
        "addressBookContacts.json?filter=tel/any(t:startswith(t/value,'%2B39'))&columns=uuid,fullName",
        "inboundCallSummaries.json?last=2m&offset=10&limit=5&columns=id,steps,users",
    ):
        assert (
            pair.mirror.get(f"/tables/{question}").json()["rows"] == pair.own.get(f"/tables/{question}").json()["rows"]
        )


def test_the_data_model_of_a_mirror_is_the_documented_one(pair: Pair) -> None:
    search = f"search: {{year: {THIS.year}, month: {THIS.month}, pagination: {{limit: 40, offset: 3}}}}"
    for document in (
        f"{{ inboundCalls({search}) {{ id step startTime cli contact {{ id value }} }} }}",
        f"{{ inboundCallsCount({search}) outboundCallsCount({search}) }}",
        "{ addressBookContacts(search: {pagination: {limit: 9, offset: 1}}) { uuid fullName tel { value } } }",
        '{ inboundCall(id: "1769899800.0") { step startTime } }',
    ):
        assert pair.mirror.post(document).json() == pair.own.post(document).json()


def test_a_later_tvox_has_tables_of_its_own(own: Served, tmp_path: Path) -> None:
    with LaterTvox(own.services.store) as later:
        later.put_tickets(THIS, [ticket(moment(f"{THIS}-01T00:00:{number:02}"), number) for number in range(20)])
        with Mirroring(tmp_path / "tvox.duckdb", later.address, later.key) as mirror:
            tickets = mirror.get("/tables/tickets.json?last=1m&columns=id,subject,requester_name,createdAt,tags").json()
            assert len(tickets["rows"]) == 20
            assert tickets["rows"][1] | {"createdAt": ""} == {
                "id": later_id(1),
                "subject": "Ticket 1",
                "requester_name": "Customer 1",
                "createdAt": "",
                "tags": ["tag 0"],
            }
            described = mirror.get("/tables/inboundCalls").json()["columns"]
            names = [column["name"] for column in described]
            documented_names = [column.name for column in CALLS.columns]
            assert names[: len(documented_names)] == documented_names, "names and places are a contract"
            assert "knowledgeBaseUse" in names
            told = mirror.get("/upstream").json()["schema"]
            assert any("sentiment" in sentence for sentence in told["missing"])
            assert any("surveyReport" in sentence for sentence in told["needing_arguments"])
            first = mirror.get("/tables/inboundCalls.json?last=2m&limit=1&columns=sentiment,knowledgeBaseUse").json()[
                "rows"
            ]
            assert first[0]["sentiment"] is None
            asked = '{ surveyReport(surveyId: "one", search: {year: 2026, month: 1}) { id mark } }'
            assert "data" in mirror.post(asked).json(), "passed on"


def later_id(serial: int) -> str:
    """The id of a ticket of THIS month."""
    opened = datetime.fromisoformat(f"{THIS}-01T00:00:{serial:02}+00:00")
    return f"{int(opened.timestamp())}.{serial}"


def test_a_mirror_of_a_mirror_is_one_too(pair: Pair, tmp_path: Path) -> None:
    with Mirroring(tmp_path / "tvox.duckdb", pair.mirror.address, pair.mirror.key) as again:
        question = f"/tables/inboundCallSummaries.csv?month=2026-10&columns={pair.columns('inboundCallSummaries')}"
        assert again.get(question).text == pair.own.get(question).text


def test_what_changes_upstream_shows_here(tmp_path: Path) -> None:
    opened = opened_at(tmp_path / "own.duckdb", datamodel_rate=0)
    began = datetime.now(UTC).replace(tzinfo=None, microsecond=0) - timedelta(hours=3)
    first = [step(began, number, 1, lastUpdateTime=began, cli="before") for number in (0, 1)]
    with opened.store.writing("test") as writing:
        writing.merge(CALLS, batches(first), SUMMARIES)
    own = Served(opened)
    with Mirroring(tmp_path / "mirror.duckdb", own.address, own.key, fresh_seconds=0) as mirror:
        question = "/tables/inboundCalls.json?columns=id,step,cli"
        assert [row["cli"] for row in mirror.get(question).json()["rows"]] == ["before", "before"]
        updated = began + timedelta(hours=1)
        with opened.store.writing("test") as writing:
            second = [step(began, number, 1, lastUpdateTime=updated, cli="after") for number in (0, 1, 2)]
            writing.merge(CALLS, batches(second), SUMMARIES)
        assert [row["cli"] for row in mirror.get(question).json()["rows"]] == ["after"] * 3
        assert json.dumps(mirror.get("/upstream").json())
    own.close()
    opened.close()
