"""Nothing but names of the catalogue and words of ours reaches the engine as SQL, whatever is asked of any face."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from graphql import GraphQLInputType, GraphQLList, get_named_type
from hypothesis import given, settings
from hypothesis import strategies as st

from answers.datamodel import DataModel
from answers.mirror import Mirror, Rules
from api.services import Services
from datamodel.catalogue import documented
from datamodel.documents import Document
from formats import formats
from store.store import Store
from tabular.grouping import Part
from tabular.restriction import Restriction
from tabular.table import Mask, MaskKind
from tests.answers.mirror.shelf import Clock, Shelf
from tests.answers.mirror.test_mirror import LAST, OLD, OPEN, calls
from tests.datamodel.drawn_searches import criteria_of, operators, search_type, searches
from tests.serving import Served, opened_at
from tests.steps import CALLS, CONTACTS, NOW, batches, step
from tests.store.tracing import Executed, Words, traced

MARK, NUMBER = "zqmark", 47_114_711
"""A text and a number that stand in no name: where they are asked for, they may be bound and nothing else."""

MARKED_DAY = "1987-06-05"
OUTBOUND = documented().table("outboundCalls")
OUR_WORDS = Words(tuple(documented()))
BEGAN = NOW.replace(tzinfo=None) - timedelta(days=3)


@pytest.fixture(scope="module")
def noted() -> Iterator[list[Executed]]:
    """What reaches the engine while this module is at work."""
    with traced() as executed:
        yield executed


@pytest.fixture(scope="module")
def services(noted: list[Executed], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """Services over calls and contacts full of marks, in two versions."""
    opened = opened_at(tmp_path_factory.mktemp("tracer") / "tvox.duckdb")
    held = [{"value": f"{MARK}{i}", "type": MARK} for i in range(3)]
    people = [{"uuid": f"{MARK}{i}", "name": MARK, "tel": held, "mail": held, "web": held} for i in range(3)]
    for version in range(2):
        told = {"cli": f"{MARK}{version}", "user": f'{MARK}"; DROP TABLE versions; --', "service": f"'{MARK}"}
        steps = [
            step(BEGAN - timedelta(days=20 * i), n, i, waitDuration=NUMBER, **told) for i in range(4) for n in (0, 1)
        ]
        with opened.store.writing(MARK) as writing:
            for table in (CALLS, OUTBOUND):
                writing.merge(table, batches(steps, table), documented().summary_of(table))
            writing.replace(CONTACTS, None, batches(people[version:], CONTACTS))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def served(services: Services) -> Iterator[Served]:
    """A service over them, without a limit on requests."""
    running = Served(replace(services, settings=services.settings.model_copy(update={"datamodel_rate": 0})))
    yield running
    running.close()


@pytest.fixture
def now(noted: list[Executed]) -> Iterator[list[Executed]]:
    """What reaches the engine during one test; whatever the test asks, nothing strange is in it."""
    noted.clear()
    yield noted
    assert_known(noted)


def assert_known(noted: list[Executed], words: Words = OUR_WORDS) -> None:
    """What is marked stands in no text, and everything in the texts is known."""
    for executed in noted:
        text = executed.sql.lower()
        assert not [mark for mark in (MARK, str(NUMBER), MARKED_DAY) if mark in text], executed.sql
        assert words.strange(executed.sql) == [], executed.sql


def bound_in(noted: list[Executed]) -> str:
    """Everything that was bound."""
    return repr([executed.literals for executed in noted])


# ---- the tracer itself ---------------------------------------------------------------------------------------


def test_the_tracer_sees_what_it_should_not(noted: list[Executed]) -> None:
    for sql, strange in (
        ("SELECT 'zqmark'", ["'zqmark'"]),
        ('SELECT c0 AS "x; DROP TABLE y"', ['"x; DROP TABLE y"']),
        ('SELECT "cli" FROM kept."inboundCalls@2020-05" WHERE "cli" = 47114711', ["47114711"]),
        ("SELECT read_csv($v0)", ["read_csv"]),
        ("DROP TABLE users", ["users"]),
        ("SELECT 1 -- all", ["all"]),
        ("SELECT 1 /* all */ FROM store", []),
        ("SELECT clì", ["ì"]),
    ):
        found = OUR_WORDS.strange(sql)
        assert found == strange or (sql.startswith("SELECT 1 ") or found), (sql, found)
    assert OUR_WORDS.strange('SELECT "cli" AS c0 FROM kept."inboundCalls@2020-05" WHERE "cli" = $v0') == []


# ---- rows ----------------------------------------------------------------------------------------------------

FILTERS = [
    f"cli eq '{MARK}0' or user ne '{MARK}' or contains(service,'{MARK}') or waitDuration gt {NUMBER}",
    f"cli in ('{MARK}','{MARK}''; DROP TABLE versions; --',null) or cli in ['{MARK}',concat(user,'{MARK}')]",
    f"matchesPattern(cli,'^{MARK}[0-9]+$','i') and length(trim(toupper(user))) lt {NUMBER}",
    f"startTime ge {MARKED_DAY} and date(endTime) ne {MARKED_DAY} and time(startTime) gt 04:07:11.471147",
    f"hour(startTime add duration'PT{NUMBER}S') ge 0 or (endTime sub startTime) gt duration'P4711D'",
    f"waitDuration add {NUMBER} mul {NUMBER} div 7 mod {NUMBER} ge 0 or waitDuration divby {NUMBER}.5 gt 1",
    f"substring(cli,{NUMBER},{NUMBER}) eq '' or indexof(cli,'{MARK}') gt {NUMBER} or not endswith(cli,'{MARK}')",
    f"cast(waitDuration,Edm.String) ne '{MARK}' or cast(cli,Edm.Int64) eq {NUMBER} or isof(cli,Edm.String)",
    f"cast(cli,Edm.Double) gt {NUMBER}.25 or cast(cli,Edm.Date) lt {MARKED_DAY} or cast(cli,Edm.Boolean)",
    f"case(cli eq '{MARK}':'{MARK}a',true:user) ne '{MARK}b' and hassubset([cli,user],['{MARK}'])",
    f"round(waitDuration divby {NUMBER}.5) ge 0 or totaloffsetminutes(startTime) eq {NUMBER}",
    f"fractionalseconds(startTime) lt {NUMBER} or cast(startTime,Edm.String) eq '{MARK}' or now() gt startTime",
]
ROWS: list[dict[str, str]] = [
    *({"filter": text} for text in FILTERS),
    {"columns": "id,cli,user", "sort": "-waitDuration,id", "limit": "4711471", "offset": "0", "tz": "Asia/Kolkata"},
    {"from": MARKED_DAY, "to": "2026-12-31T08:15:47.114711Z", "times": "iso", "header": "labels"},
    {
        "group": "service,user",
        "measures": "count,distinct(cli),p95(waitDuration),median(waitDuration)",
        "sort": "-count",
    },
    {"group": ",".join(f"{part}(startTime)" for part in Part), "measures": "count,min(cli),max(endTime)"},
    {"measures": "percentile(waitDuration,47.5),avg(waitDuration),sum(waitDuration)", "limit": "1", "offset": "0"},
    {"group": "halfhourofday(endTime),week(startTime)", "filter": f"cli ne '{MARK}'", "tz": "America/St_Johns"},
]
PEOPLE: list[dict[str, str]] = [
    {"filter": f"tel/any(t:t/value eq '{MARK}0' and t/type ne 'HOME') or mail/all(m:contains(m/value,'{MARK}'))"},
    {"filter": f"tel/$count($filter=value eq '{MARK}0') lt {NUMBER} or web/$filter(value eq '{MARK}')/$count lt 4"},
    {"filter": f"tel/any(t:mail/any(m:t/value eq concat(m/value,'{MARK}'))) or not tel/any()", "sort": "name,-uuid"},
    {"group": "name", "measures": "count,distinct(uuid)"},
]


@pytest.mark.parametrize("table", ["inboundCalls", "inboundCallSummaries"])
def test_rows_of_calls(served: Served, now: list[Executed], table: str) -> None:
    for asked in ROWS:
        response = served.get(f"/tables/{table}.csv", params=asked)
        assert response.status_code == 200, (asked, response.text)
    for bound in (MARK, str(NUMBER), "date(1987, 6, 5)", "DROP TABLE", "471147", "0.475"):
        assert bound in bound_in(now), bound


def test_rows_of_contacts(served: Served, now: list[Executed]) -> None:
    for asked in PEOPLE:
        response = served.get("/tables/addressBookContacts.csv", params=asked)
        assert response.status_code == 200, (asked, response.text)
    assert MARK in bound_in(now)


@pytest.mark.parametrize("form", list(formats()))
def test_elements_in_every_format(served: Served, now: list[Executed], form: str) -> None:
    asked = {"filter": f"value ne '{MARK}' and position lt {NUMBER}", "sort": "-position"}
    assert served.get(f"/tables/addressBookContactTels.{form}", params=asked).status_code == 200
    assert MARK in bound_in(now)


MASKS = (
    ("cli", Mask(MaskKind.LAST, 3)),
    ("user", Mask(MaskKind.HASH)),
    ("service", Mask(MaskKind.HASH)),
    ("waitDuration", Mask(MaskKind.NULL)),
    ("tel.value", Mask(MaskKind.HASH)),
)


def test_rows_that_a_key_sees_masked(served: Served, now: list[Executed]) -> None:
    key = {"X-Telenia-APIKey": served.services.keys.create("masked", restriction=Restriction(masked=MASKS))}
    for asked in ROWS[::2]:
        assert served.get("/tables/inboundCalls.csv", params=asked, headers=key).status_code == 200
    for table in ("inboundCallSummaries", "addressBookContacts", "addressBookContactTels"):
        assert served.get(f"/tables/{table}.csv", headers=key).status_code == 200


WRONG = [
    {"columns": f"id,{MARK}"},
    {"columns": f'cli" FROM {MARK} --'},
    {"sort": f"-{MARK}"},
    {"sort": f"{MARK} desc"},
    {"group": MARK},
    {"group": f"{MARK}(startTime)"},
    {"group": f"day({MARK})"},
    {"measures": f"{MARK}(cli)"},
    {"measures": f"sum({MARK})"},
    {"filter": f"{MARK} eq 1"},
    {"filter": f"{MARK}(cli)"},
    {"filter": f"contact/{MARK} eq 'a'"},
    {"filter": f"{MARK}/any(t:t/value eq 'a')"},
    {"filter": f"cli eq '{MARK}' union select {MARK}"},
    {"filter": f"matchesPattern(cli,'({MARK}')"},
    {"tz": MARK},
    {"limit": MARK},
    {"from": MARK},
    {"header": MARK},
    {"csv": "excel", "sep": MARK},
    {MARK: "1"},
]


def test_wrong_names_never_come_so_far(served: Served, now: list[Executed]) -> None:
    for asked in WRONG:
        assert served.get("/tables/inboundCalls.csv", params=asked).status_code == 400, asked
    for address in (f"/tables/{MARK}.csv", f"/tables/inboundCalls.{MARK}", f"/tables/{MARK}"):
        assert served.get(address).status_code == 404
    assert [executed.sql for executed in now if "regexp_matches" not in executed.sql] == [], "a pattern alone is tried"


def test_new_names_are_no_names_of_the_engine(served: Served, now: list[Executed]) -> None:
    for asked in ({"columns": f"id as {MARK}"}, {"measures": f"count as {MARK}"}, {"group": f"cli as {MARK}"}):
        response = served.get("/tables/inboundCalls.csv", params=asked)
        assert response.text.startswith(f"{MARK}\r\n")


# ---- the Data Model ------------------------------------------------------------------------------------------


def marked(kind: GraphQLInputType, operator: str) -> dict[str, Any]:
    """A comparison with marks in every place."""
    match get_named_type(kind).name, operator:
        case "ComparisonString", "REGEXP":
            return {"operator": operator, "regexp": f"^{MARK}[0-9]*"}
        case "ComparisonString", _:
            return {"operator": operator, "value": [MARK, f"{MARK}'; DROP TABLE versions; --"]}
        case "ComparisonNumber", "BETWEEN":
            return {"operator": operator, "valueLeft": 1, "valueRight": NUMBER}
        case "ComparisonNumber", _:
            return {"operator": operator, "value": [NUMBER]}
        case "ComparisonTime", "BETWEEN":
            return {"operator": operator, "valueLeft": f"{MARKED_DAY}T04:07:11Z", "valueRight": MARKED_DAY}
        case "ComparisonTime", _:
            return {"operator": operator, "value": f"{MARKED_DAY}T04:07:11Z"}
        case _, "BETWEEN":
            return {"operator": operator, "valueLeft": NUMBER, "valueRight": NUMBER}
    return {"operator": operator, "value": NUMBER}


def one_of_each(table: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """A criterion of each type of a search, at the top and within objects and lists, with each of its operators."""
    seen = set()
    for path, kind in criteria_of(search_type(table)):
        name = get_named_type(kind).name
        if (name, len(path)) in seen:
            continue
        seen.add((name, len(path)))
        if isinstance(kind, GraphQLList):
            values = getattr(get_named_type(kind), "values", None)
            yield path, list(values)[:2] if values else [NUMBER if name == "Int" else MARK]
        elif not operators(kind):
            yield path, True
        yield from ((path, marked(kind, operator)) for operator in operators(kind))


@pytest.mark.parametrize("table", ["inboundCalls", "outboundCalls", "addressBookContacts"])
def test_searches_by_every_kind_of_criterion(services: Services, now: list[Executed], table: str) -> None:
    model = DataModel(services.store)
    kind = search_type(table).name
    key = "uuid" if table == "addressBookContacts" else "id step user cli"
    source = f"query ($of: {kind}!) {{ {table}(search: $of) {{ {key} }} {table}Count(search: $of) }}"
    if table == "addressBookContacts":
        source = f"query ($of: {kind}!) {{ {table}(search: $of) {{ {key} tel {{ value }} }} }}"
    asked = 0
    for path, criterion in one_of_each(table):
        search: dict[str, Any] = {} if table == "addressBookContacts" else {"year": 2026, "month": 11}
        place = search
        for name in path[:-1]:
            place = place.setdefault(name, {})
        place[path[-1]] = criterion
        reply = json.loads(model.answer(Document(source, {"of": search}), documented(), MARK).body)
        assert "errors" not in reply, (path, criterion, reply)
        asked += 1
    assert asked > 20
    assert len(now) >= asked
    assert MARK in bound_in(now)


MONTH = "year: 2026, month: 11"
LOOKUPS = [
    f'{{ inboundCall(id: "{MARK}") {{ id step cli }} }}',
    f'{{ inboundCall(id: "1\' OR 1=1 -- {MARK}") {{ id }} }}',
    f'{{ addressBookContact(uuid: "{MARK}1") {{ uuid name tel {{ value type }} }} }}',
    f"{{ {MARK}: inboundCalls(search: {{ {MONTH}, pagination: {{ limit: 7, offset: 471 }} }}) {{ {MARK}: cli }} }}",
    f"{{ inboundCalls(search: {{ {MONTH}, {MARK}: 1 }}) {{ id }} }}",
    f"{{ inboundCalls(search: {{ {MONTH} }}) {{ {MARK} }} }}",
]


def test_lookups_pages_and_names_of_documents(served: Served, now: list[Executed]) -> None:
    for source in LOOKUPS:
        assert served.post(source).status_code == 200, source
    assert MARK in bound_in(now)


@pytest.mark.law
@settings(max_examples=max(20, settings().max_examples // 3))
@given(st.data())
def test_drawn_searches(services: Services, noted: list[Executed], data: st.DataObject) -> None:
    table = data.draw(st.sampled_from(["inboundCalls", "outboundCalls", "addressBookContacts"]))
    search = data.draw(searches(table))
    shown = "uuid" if table == "addressBookContacts" else "id"
    source = f"query ($of: {search_type(table).name}!) {{ {table}(search: $of) {{ {shown} }} }}"
    noted.clear()
    DataModel(services.store).answer(Document(source, {"of": search}), documented(), MARK)
    assert_known(noted)


# ---- writes --------------------------------------------------------------------------------------------------


def test_a_mirror_writes_with_names_of_the_catalogue(
    now: list[Executed], tmp_path_factory: pytest.TempPathFactory
) -> None:
    shelf = Shelf(Clock(NOW - timedelta(days=1)), limit=10, name=MARK)
    for month, count in ((OLD, 25), (LAST, 7), (OPEN, 12)):
        shelf.put(CALLS, month, calls(month, count, user=f'{MARK}"; DROP TABLE versions; --', waitDuration=NUMBER))
    shelf.put(CONTACTS, None, [{"uuid": f"{MARK}{i}", "name": f"'{MARK}"} for i in range(15)])
    shelf.clock.time = NOW
    opened = opened_at(tmp_path_factory.mktemp("mirror") / "tvox.duckdb")
    mirror = Mirror(shelf, opened.store, Rules(opened.store.zone), shelf.clock)
    running = Served(replace(opened, mirror=mirror, now=shelf.clock))
    wide = f"/tables/inboundCalls.csv?from=2026-06-01&filter=user ne '{MARK}'"
    try:
        for _ in range(3):
            assert running.get(wide).text.count("\n") == 1 + 2 * (25 + 7 + 12)
            assert running.get("/tables/addressBookContacts.csv").status_code == 200
            shelf.clock.on(hours=2)
            shelf.put(CALLS, OPEN, calls(OPEN, 3, user=f"{MARK}{shelf.clock.time}"))
        assert running.get("/tables/inboundCalls.csv?month=2026-06&limit=3").status_code == 200
    finally:
        running.close()
        mirror.stop()
        mirror.drain()
    assert opened.store.sweep(timedelta(0)) >= 0
    opened.close()
    with Store(opened.store.path, tables=tuple(documented())):
        assert {executed.sql.split()[0] for executed in now} >= {
            "CREATE",
            "INSERT",
            "UPDATE",
            "SELECT",
            "DELETE",
            "DROP",
        }
    assert MARK in bound_in(now)
