"""Groups as SQL: what the plain reading makes of the same rows, and nothing of the question in the text."""

import math
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from answers.plan import plan
from datamodel.catalogue import documented
from store.expressions import Bound
from store.grouping import Held, groups_statement
from store.layout import arrow_schema
from store.statements import rows_statement
from store.store import Store
from tabular.filter.zones import changes_of
from tabular.grouping import Grouping, Key, Part
from tabular.grouping.groups import groups_of
from tabular.partition import Extent
from tabular.query import Query, Selected, SortKey, Window
from tabular.table import Mask, MaskKind, Table
from tests.steps import CALLS, CONTACTS, NOW, SUMMARIES, batches, read, step
from tests.store import plain_grouping
from tests.store.drawn_filters import FIELDS, TABLE, moments, rows
from tests.store.plain_grouping import first_moment, same

# Clocks go by half an hour, at midnight, over midnight, a minute past it; and zones that are half an hour off.
ZONES = (
    *("Europe/Rome", "UTC", "Asia/Kolkata", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe"),
    *("America/Sao_Paulo", "America/Havana", "Atlantic/Azores", "Africa/Casablanca", "Pacific/Apia", "Africa/Monrovia"),
)
PLAIN = ["name", "mood", "count", "score", "open", "began"]
NUMBERS = ["count", "wait", "score", "took"]
KEYS = [*PLAIN, *(f"{part}({name})" for part in Part for name in ("began", "ended"))]
MEASURES = [
    *("count", "count()", *(f"{function}({name})" for function in ("count", "distinct") for name in PLAIN)),
    *(f"{function}({name})" for function in ("sum", "avg", "median", "p0", "p95", "p99.9") for name in NUMBERS),
    *(f"{function}({name})" for function in ("min", "max") for name in [*NUMBERS, "name", "mood", "ended"]),
]


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    """An engine as the store opens it, but in memory."""
    with duckdb.connect(":memory:", config={"autoload_known_extensions": "false", "threads": "1"}) as connection:
        yield connection


def held(engine: duckdb.DuckDBPyConnection, drawn: list[dict[str, Any]], name: str, with_extents: bool) -> Held:
    """Rows laid out as a partition, with what is known of its times."""
    laid_out = pa.Table.from_pylist(drawn, schema=arrow_schema(TABLE))
    engine.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM laid_out")
    assert laid_out.num_rows == len(drawn)
    extents = {}
    for field in ("began", "ended") if with_extents else ():
        seen = [row[field].replace(tzinfo=UTC) for row in drawn if row[field] is not None]
        extents[field] = Extent(min(seen, default=None), max(seen, default=None), len(drawn) - len(seen))
    return Held(name, extents)


def grouping_of(group: str, measures: str, zone: str = "UTC", table: Table = TABLE) -> Grouping:
    """A grouping as the parameters say it."""
    return groups_of(group, measures, table, zone).grouping


def asked(grouping: Grouping, table: Table = TABLE, **more: Any) -> Query:
    """The query of a grouping, all columns under their own names."""
    return Query(table, tuple(Selected(c, c.name) for c in grouping.columns), grouping=grouping, **more)


def made(engine: duckdb.DuckDBPyConnection, query: Query, parts: list[Held]) -> list[dict[str, Any]]:
    """What the engine makes of parts."""
    assert query.grouping is not None
    bound = Bound(b"secret")
    sql = groups_statement(query, query.grouping, parts, bound)
    answered = engine.execute(sql, bound.values or None).to_arrow_table()
    found: list[dict[str, Any]] = answered.rename_columns([chosen.name for chosen in query.columns]).to_pylist()
    return found


def assert_same(found: list[dict[str, Any]], expected: list[dict[str, Any]], scale: float = 0.0) -> None:
    """Rows with the same cells in the same order."""
    assert [list(row) for row in found] == [list(row) for row in expected]
    for one, other in zip(found, expected, strict=True):
        assert {name: one[name] for name in one if not same(one[name], other[name], scale)} == {}, (one, other)


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, list[dict[str, Any]]]:
    """A zone, and rows of which many happened close to a change of its clocks."""
    zone = draw(st.sampled_from(ZONES))
    changes = changes_of(zone).moments or (datetime(2020, 1, 1),)
    first = draw(st.integers(0, min(80, len(changes) - 1)))
    close = st.builds(
        lambda change, minutes: change + timedelta(minutes=minutes),
        st.sampled_from(changes[first : first + 3]),
        st.one_of(st.integers(-200, 200), st.integers(-5000, 5000), st.sampled_from([0, -1, 30, 60, -30, 1440])),
    )
    times = draw(st.sampled_from([close, close, st.one_of(close, moments)]))
    drawn = draw(rows) + draw(rows)
    for row in drawn:
        for name in ("began", "ended"):
            row[name] = draw(st.one_of(times, times, st.none()))
    return zone, drawn


@pytest.mark.law
@given(
    cases(),
    st.lists(st.sampled_from(KEYS), max_size=3, unique=True),
    st.lists(st.sampled_from(MEASURES), max_size=4, unique=True),
    st.integers(0, 12),
    st.sampled_from([True, True, True, False]),
)
def test_the_engine_makes_what_the_plain_reading_makes(
    engine: duckdb.DuckDBPyConnection,
    case: tuple[str, list[dict[str, Any]]],
    keys: list[str],
    measures: list[str],
    cut: int,
    with_extents: bool,
) -> None:
    zone, drawn = case
    group, said = ",".join(keys or ["mood"]), ",".join(f"{one} as m{place}" for place, one in enumerate(measures))
    note(f"{zone} {group} {said}")
    grouping = grouping_of(group if keys or not measures else "", said, zone)
    # Sums of doubles differ by the order in which they are added.
    scale = sum(abs(row[name]) for row in drawn for name in ("score", "took") if _is_finite(row[name]))
    expected = plain_grouping.groups(drawn, grouping)
    whole = made(engine, asked(grouping), [held(engine, drawn, "whole", with_extents)])
    assert_same(whole, expected, scale)
    parts = [part for part in (drawn[:cut], drawn[cut:]) if part]
    apart = [held(engine, part, f"part{place}", with_extents) for place, part in enumerate(parts)]
    assert_same(made(engine, asked(grouping), apart), expected, scale)


def _is_finite(cell: float | None) -> bool:
    return cell is not None and math.isfinite(cell)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, list[dict[str, Any]]]]:
    """A store of calls in three months around changes of clocks in Rome and Lord Howe, and its rows."""
    dice = random.Random(7)  # noqa: S311  # numbers for a test
    changes = [datetime(2026, 3, 29, 1), datetime(2026, 4, 4, 15), datetime(2026, 10, 25, 1), datetime(2026, 10, 3, 15)]
    drawn = []
    for serial in range(200):
        near = dice.choice(changes) + timedelta(seconds=dice.randrange(-9000, 9000))
        began = near if serial % 3 else datetime(2026, 10, 1) + timedelta(minutes=dice.randrange(55_000))
        for number in range(dice.randrange(1, 3)):
            cells = {
                "service": dice.choice(["SALES", "SUPPORT", None]),
                "waitDuration": dice.choice([None, *range(40)]),
                "endTime": began + timedelta(seconds=dice.randrange(4000)) if dice.random() < 0.8 else None,
            }
            drawn.append(step(began - timedelta(seconds=number), number, serial, **cells))
            drawn[-1]["id"] = f"{int(began.replace(tzinfo=UTC).timestamp())}.{serial}"
    with Store(tmp_path_factory.mktemp("groups") / "tvox.duckdb") as store:
        with store.writing("test") as writing:
            writing.merge(CALLS, batches(drawn), SUMMARIES)
        yield store, drawn


@pytest.mark.law
@given(
    st.sampled_from(ZONES),
    st.lists(
        st.sampled_from(["service", *(f"{part}({name})" for part in Part for name in ("startTime", "endTime"))]),
        max_size=2,
        unique=True,
    ),
    st.one_of(
        st.none(),
        st.tuples(st.datetimes(datetime(2026, 3, 20), datetime(2026, 11, 5)), st.integers(0, 40_000)),
        st.tuples(st.just(datetime(2026, 10, 25)), st.integers(60, 180)),
    ),
)
def test_windows_months_and_zones_agree_with_the_plain_reading(
    filled: tuple[Store, list[dict[str, Any]]], zone: str, keys: list[str], window: tuple[datetime, int] | None
) -> None:
    store, drawn = filled
    grouping = grouping_of(",".join(keys), "count,avg(waitDuration),p90(waitDuration),max(endTime)", zone, CALLS)
    bounds = None if window is None else Window.utc(window[0], window[0] + timedelta(minutes=window[1]))
    inside = [row for row in drawn if bounds is None or bounds.covers(row["startTime"].replace(tzinfo=UTC))]
    planned = plan(asked(grouping, CALLS, window=bounds), store, 13, NOW)
    found = [row for batch in store.read(planned) for row in batch.to_pylist()]
    assert_same(found, plain_grouping.groups(inside, grouping))
    assert planned.row_count == (None if keys else 1)


def counted(engine: duckdb.DuckDBPyConnection, group: str, zone: str, *began: datetime) -> list[tuple[Any, int]]:
    """Groups of rows that began at these moments, each key with its count."""
    drawn = [dict.fromkeys(field.name for field in FIELDS) | {"began": one} for one in began]
    query = asked(grouping_of(group, "count", zone))
    return [tuple(row.values()) for row in made(engine, query, [held(engine, drawn, "began", True)])]


def minutes(since: datetime, count: int, width: int = 15) -> list[datetime]:
    return [since + timedelta(minutes=width * i) for i in range(count)]


def test_the_hour_that_comes_twice_is_two_and_the_one_that_never_comes_is_none(
    engine: duckdb.DuckDBPyConnection,
) -> None:
    autumn = minutes(datetime(2026, 10, 24, 22), 100)  # 25 hours of Sunday in Rome
    assert counted(engine, "day(began)", "Europe/Rome", *autumn) == [(datetime(2026, 10, 24, 22), 100)]
    hours = counted(engine, "hour(began)", "Europe/Rome", *autumn)
    assert hours == [(datetime(2026, 10, 24, 22) + timedelta(hours=i), 4) for i in range(25)]
    by_clock = dict(counted(engine, "hourofday(began)", "Europe/Rome", *autumn))
    assert by_clock == dict.fromkeys(range(24), 4) | {2: 8}
    spring = minutes(datetime(2026, 3, 28, 23), 92)
    assert counted(engine, "day(began)", "Europe/Rome", *spring) == [(datetime(2026, 3, 28, 23), 92)]
    assert len(counted(engine, "hour(began)", "Europe/Rome", *spring)) == 23
    assert 2 not in dict(counted(engine, "hourofday(began)", "Europe/Rome", *spring))


def test_hours_and_days_of_zones_that_are_half_an_hour_off(engine: duckdb.DuckDBPyConnection) -> None:
    day = minutes(datetime(2026, 5, 1, 18, 30), 96)
    assert counted(engine, "day(began)", "Asia/Kolkata", *day) == [(datetime(2026, 5, 1, 18, 30), 96)]
    hours = counted(engine, "hour(began)", "Asia/Kolkata", *day)
    assert hours[0] == (datetime(2026, 5, 1, 18, 30), 4)
    assert len(hours) == 24
    assert counted(engine, "halfhourofday(began)", "Asia/Kolkata", *day)[::47] == [("00:00", 2), ("23:30", 2)]


def test_clocks_that_go_by_half_an_hour_cut_an_hour_short(engine: duckdb.DuckDBPyConnection) -> None:
    # Lord Howe: at 02:00 (+11) clocks went back to 01:30 (+10:30).
    change = datetime(2026, 4, 4, 15)
    found = counted(engine, "hour(began)", "Australia/Lord_Howe", *minutes(change - timedelta(hours=1), 8))
    assert found == [(change - timedelta(hours=1), 4), (change, 2), (change + timedelta(minutes=30), 2)]


def test_a_partition_that_begins_after_a_change_of_clocks_knows_of_it(engine: duckdb.DuckDBPyConnection) -> None:
    change = datetime(2026, 4, 4, 15)
    both = [change - timedelta(minutes=10), change + timedelta(minutes=10)], [change + timedelta(minutes=20)]
    empty = dict.fromkeys(field.name for field in FIELDS)
    parts = [[empty | {"began": one} for one in moments] for moments in both]
    laid_out = [held(engine, drawn, f"began{place}", True) for place, drawn in enumerate(parts)]
    for part in ("hour", "halfhour"):
        found = made(engine, asked(grouping_of(f"{part}(began)", "count", "Australia/Lord_Howe")), laid_out)
        assert [tuple(row.values()) for row in found][1:] == [(change, 2)]


def test_hours_before_1970_begin_before_what_is_in_them(engine: duckdb.DuckDBPyConnection) -> None:
    found = counted(engine, "hour(began)", "Asia/Kolkata", datetime(1969, 7, 20, 20, 17, 40))
    assert found == [(datetime(1969, 7, 20, 19, 30), 1)]


def test_a_day_with_two_midnights_begins_with_the_first_and_one_without_at_the_leap(
    engine: duckdb.DuckDBPyConnection,
) -> None:
    # Havana: at 01:00 clocks went back to 00:00. São Paulo: at 00:00 they went on to 01:00.
    twice = minutes(datetime(2020, 11, 1, 4), 12)
    assert counted(engine, "day(began)", "America/Havana", *twice) == [(datetime(2020, 11, 1, 4), 12)]
    never = minutes(datetime(2018, 11, 4, 3), 4)
    assert counted(engine, "day(began)", "America/Sao_Paulo", *never) == [(datetime(2018, 11, 4, 3), 4)]
    assert first_moment(datetime(2018, 11, 4), "America/Sao_Paulo") == datetime(2018, 11, 4, 3)


def test_groups_are_sorted_and_cut_and_their_keys_decide_ties(filled: tuple[Store, list[dict[str, Any]]]) -> None:
    store, drawn = filled
    groups = groups_of("service,day(startTime)", "count as s0,avg(waitDuration) as r0", CALLS, "Europe/Rome")
    query = asked(groups.grouping, CALLS, sort=groups.order("-s0"))
    expected = sorted(plain_grouping.groups(drawn, groups.grouping), key=lambda row: -row["count"])
    whole = [row for batch in store.read(plan(query, store, 13, NOW)) for row in batch.to_pylist()]
    assert_same(whole, expected)
    pages = [
        row
        for offset in range(0, len(whole) + 7, 7)
        for batch in store.read(plan(replace(query, limit=7, offset=offset), store, 13, NOW))
        for row in batch.to_pylist()
    ]
    assert pages == whole


def test_names_of_the_caller_do_not_change_the_order(filled: tuple[Store, list[dict[str, Any]]]) -> None:
    store, _ = filled
    groups = groups_of("service as r1,weekday(startTime) as a0", "count as r0,sum(waitDuration) as k0", CALLS, "UTC")
    query = Query(CALLS, groups.chosen("k0,r0,r1"), grouping=groups.grouping, sort=groups.order("-k0"))
    sums = [row["k0"] for batch in store.read(plan(query, store, 13, NOW)) for row in batch.to_pylist()]
    assert sums == sorted(sums, reverse=True)
    chosen = tuple(Selected(CALLS.column(name), as_) for name, as_ in (("step", "s0"), ("waitDuration", "k0")))
    rows_query = Query(CALLS, chosen, sort=(SortKey(CALLS.column("waitDuration"), descending=True),))
    waits = [row["k0"] for batch in store.read(plan(rows_query, store, 13, NOW)) for row in batch.to_pylist()]
    known = [wait for wait in waits if wait is not None]
    assert waits == sorted(known, reverse=True) + [None] * (len(waits) - len(known))


def test_nothing_is_one_row_without_keys_and_none_with_them(store: Store) -> None:
    everything = "count,count(user),distinct(user),sum(waitDuration),avg(waitDuration),p95(waitDuration),max(user)"
    without = asked(grouping_of("", everything, table=CALLS), CALLS)
    found = [row for batch in store.read(plan(without, store, 13, NOW)) for row in batch.to_pylist()]
    assert [list(row.values()) for row in found] == [[0, 0, 0, None, None, None, None]]
    parts = ",".join(f"{part}(startTime)" for part in Part)
    kept = store.read(plan(asked(grouping_of(f"user,{parts}", everything, table=CALLS), CALLS), store, 13, NOW))
    types = ["string", *("string" if p is Part.HALF_HOUR_OF_DAY else "timestamp[us]" for p in list(Part)[:8])]
    assert [str(kind) for kind in kept.schema.types] == [
        *(*types, "int64", "int64", "int64"),
        *("int64", "int64", "int64", "int64", "double", "double", "string"),
    ]
    assert sum(batch.num_rows for batch in kept) == 0


def test_a_sum_that_does_not_fit_is_null(engine: duckdb.DuckDBPyConnection) -> None:
    drawn = [dict.fromkeys(field.name for field in FIELDS) | {"count": 2**63 - 1} for _ in range(2)]
    query = asked(grouping_of("", "sum(count),avg(count),max(count)"))
    found = made(engine, query, [held(engine, drawn, "big", True)])
    assert [list(row.values()) for row in found] == [[None, 2.0**63, 2**63 - 1]]


def test_a_masked_column_is_grouped_and_measured_by_its_mask(tmp_path: Any) -> None:
    began = datetime(2026, 5, 4, 8)
    calls = [
        step(began + timedelta(hours=i), 0, i, cli=f"0432{i % 2}99", user=f"u{i}", waitDuration=i) for i in range(4)
    ]
    masks = {"cli": Mask(MaskKind.LAST, 2), "user": Mask(MaskKind.HASH), "waitDuration": Mask(MaskKind.NULL)}
    masks["startTime"] = Mask(MaskKind.NULL)
    seen = CALLS.with_columns(tuple(replace(column, mask=masks.get(column.name)) for column in CALLS.columns))
    with Store(tmp_path / "masks.duckdb") as store:
        with store.writing("test") as writing:
            writing.merge(CALLS, batches(calls), SUMMARIES)
        said = "count,distinct(user),min(cli),max(waitDuration),p50(waitDuration),count(waitDuration)"
        grouping = grouping_of("cli,hour(startTime),day(startTime),weekday(startTime)", said, "Europe/Rome", seen)
        found = [row for b in store.read(plan(asked(grouping, seen), store, 13, NOW)) for row in b.to_pylist()]
        assert [list(row.values()) for row in found] == [["*****99", None, None, None, 4, 4, "*****99", None, None, 0]]
        hashes = {row["user"] for row in read(store, seen, "user")}
        by_user = plan(asked(grouping_of("user", "", table=seen), seen), store, 13, NOW)
        assert {row["user"] for batch in store.read(by_user) for row in batch.to_pylist()} == hashes
        assert not hashes & {f"u{i}" for i in range(4)}


def test_elements_of_lists_are_grouped(tmp_path: Any) -> None:
    people: list[dict[str, object]] = [
        {"uuid": "a", "name": "A", "tel": [{"value": "1", "type": "HOME"}, {"value": "2", "type": "WORK"}]},
        {"uuid": "b", "name": "B", "tel": [{"value": "3", "type": "HOME"}]},
    ]
    tels = documented().table("addressBookContactTels")
    with Store(tmp_path / "tels.duckdb") as store:
        with store.writing("test") as writing:
            writing.replace(CONTACTS, None, batches(people, CONTACTS))
        grouping = grouping_of("type", "count,max(position),distinct(value)", table=tels)
        found = [row for b in store.read(plan(asked(grouping, tels), store, 13, NOW)) for row in b.to_pylist()]
        assert [list(row.values()) for row in found] == [["HOME", 2, 1, 2], ["WORK", 1, 2, 1]]


def test_every_literal_is_bound_and_every_name_is_of_the_table(filled: tuple[Store, list[dict[str, Any]]]) -> None:
    store, _ = filled
    measures = "p87(waitDuration),percentile(waitDuration,12.5),sum(waitDuration),distinct(cli) as x0zz,max(cli)"
    grouping = grouping_of(",".join(f"{part}(endTime)" for part in Part), measures, "Australia/Lord_Howe", CALLS)
    window = Window.utc(datetime(2026, 10, 3, 4, 5, 6), datetime(2026, 10, 31, 7, 8, 9))
    query = asked(grouping, CALLS, window=window, limit=4711, offset=815)
    statement = rows_statement(plan(query, store, 13, NOW), b"secret")
    for hint in ("87", "12.5", "0.125", "4711", "815", "2026-10-0", "1800000000", "Lord"):
        assert hint not in statement.sql.replace("p87_waitDuration", "").replace("p12_5_waitDuration", "")
    names = set(re.findall(r'"([^"]*)"', statement.sql))
    partitions = {f"inboundCalls@{part.partition.month}" for part in plan(query, store, 13, NOW).parts}
    assert names <= {column.name for column in (*CALLS.columns, *grouping.columns)} | partitions
    assert all(f"${name}" in statement.sql for name in statement.literals)


def test_many_changes_of_clocks_are_told_apart_by_halving() -> None:
    column = TABLE.column("began")
    grouping = Grouping((Key(column, Part.HOUR), Key(column, Part.YEAR)), (), "Africa/Casablanca")
    bound = Bound(b"")
    sql = groups_statement(asked(grouping), grouping, [Held("drawn", {})], bound)
    deepest = depth = 0
    for word in re.findall(r"\b(?:CASE|END)\b", sql):
        depth += 1 if word == "CASE" else -1
        deepest = max(deepest, depth)
    assert len(changes_of("Africa/Casablanca").moments) > 150
    assert deepest <= 10
