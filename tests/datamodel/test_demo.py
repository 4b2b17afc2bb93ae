"""The demo centre is a Source: the same rows every time, in the layout of the store, each in its month."""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from datamodel.catalogue import documented
from datamodel.demo import DemoCentre
from datamodel.sql.tables import SQL_TABLES
from store.layout import arrow_schema
from tabular.month import Month
from tabular.source import Source
from tabular.table import Table

ROME = ZoneInfo("Europe/Rome")
NOW = datetime(2026, 11, 18, 15, 30, tzinfo=UTC)
OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)
STEPPED = ("inboundCalls", "outboundCalls", "inboundVideoCalls", "inboundChats")


def table(name: str) -> Table:
    return documented().table(name)


def rows(centre: DemoCentre, name: str, month: Month | None) -> pa.Table:
    found = table(name)
    return pa.Table.from_batches(list(centre.fetch(found, month)), schema=arrow_schema(found))


@cache
def october(name: str) -> pa.Table:
    """A whole month of the default centre."""
    return rows(DemoCentre(now=NOW), name, OCTOBER)


def test_it_is_a_source() -> None:
    source: Source = DemoCentre(now=NOW)
    assert source.name == "demo of 5000 calls a month, seed 1"


def test_it_knows_its_months() -> None:
    centre = DemoCentre(now=NOW, months=3)
    known = {t.name: list(centre.months(t)) for t in documented()}
    kept = {one.name: one.monthly for one in SQL_TABLES if not one.of}
    assert {name for name, months in known.items() if months} == {*STEPPED, "addressBookContacts", *kept}
    assert all(known[name] == [None] for name in ("addressBookContacts", *kept) if not kept.get(name))
    assert all(known[name] == known["inboundCalls"] for name, monthly in kept.items() if monthly)
    assert known["inboundCalls"] == [Month(2026, 9), OCTOBER, NOVEMBER]


def test_the_open_month_is_the_centres() -> None:
    late = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
    assert DemoCentre(now=late, months=1).months(table("inboundCalls")) == [NOVEMBER]
    assert DemoCentre(zone="UTC", now=late, months=1).months(table("inboundCalls")) == [OCTOBER]


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        DemoCentre(now=NOW.replace(tzinfo=None))


@pytest.mark.parametrize("name", [*STEPPED, "addressBookContacts"])
def test_batches_have_the_stores_layout(name: str) -> None:
    centre = DemoCentre(now=NOW)
    batches = list(centre.fetch(table(name), None if name == "addressBookContacts" else OCTOBER))
    assert batches
    for batch in batches:
        assert batch.schema.equals(arrow_schema(table(name)))
        batch.validate(full=True)


@pytest.mark.parametrize("name", STEPPED)
def test_what_is_never_null(name: str) -> None:
    found, month = table(name), october(name)
    for column in found.columns:
        # A popup may be missing; only where there is one does it have a type.
        if not column.nullable and column.name != "popup_type":
            assert month[column.name].null_count == 0, column.name
    for column in found.columns:
        if column.values:
            assert set(month[column.name].drop_null().unique().to_pylist()) <= set(column.values), column.name


@pytest.mark.parametrize("name", [*STEPPED, "addressBookContacts"])
def test_two_centres_of_one_seed_are_the_same(name: str) -> None:
    month = None if name == "addressBookContacts" else OCTOBER
    later = DemoCentre(now=NOW + timedelta(days=90), months=9)
    assert rows(later, name, month).equals(rows(DemoCentre(now=NOW), name, month))
    assert not rows(DemoCentre(seed=2, now=NOW), name, month).equals(rows(DemoCentre(now=NOW), name, month))


def test_months_may_be_fetched_in_any_order() -> None:
    forth, back = DemoCentre(now=NOW), DemoCentre(now=NOW)
    first = [rows(forth, name, OCTOBER) for name in STEPPED]
    second = [rows(back, name, OCTOBER) for name in reversed(STEPPED)]
    assert all(a.equals(b) for a, b in zip(first, reversed(second), strict=True))


@pytest.mark.parametrize("name", STEPPED)
def test_now_cuts_the_open_month_to_what_is_over(name: str) -> None:
    now = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
    cut = rows(DemoCentre(now=now), name, NOVEMBER)
    whole = rows(DemoCentre(now=datetime(2027, 1, 1, tzinfo=UTC)), name, NOVEMBER)
    last = whole.group_by("id").aggregate([("lastUpdateTime", "max")])
    over = last.filter(pc.less_equal(last["lastUpdateTime_max"], pa.scalar(now.replace(tzinfo=None))))
    assert 0 < len(cut) < len(whole)
    assert cut.equals(whole.filter(pc.is_in(whole["id"], over["id"].combine_chunks())))


def test_a_month_to_come_has_no_rows() -> None:
    assert len(rows(DemoCentre(now=NOW), "inboundCalls", Month(2026, 12))) == 0
    assert list(DemoCentre(now=NOW).fetch(table("inboundCallSummaries"), OCTOBER)) == []


def test_months_change_while_they_are_open() -> None:
    centre, calls = DemoCentre(now=NOW), table("inboundCalls")
    assert centre.changed(calls, NOVEMBER, NOW - timedelta(hours=1))
    assert centre.changed(calls, OCTOBER, OCTOBER.ends(ROME) - timedelta(seconds=1))
    assert not centre.changed(calls, OCTOBER, OCTOBER.ends(ROME) + timedelta(days=1))
    assert not centre.changed(table("addressBookContacts"), None, NOW - timedelta(days=400))


@pytest.mark.parametrize("month", [Month(2026, 3), OCTOBER, Month(2024, 2)])
def test_interactions_lie_in_their_month(month: Month) -> None:
    for name in STEPPED:
        ids = rows(DemoCentre(now=NOW), name, month)["id"].to_pylist()
        started = [int(each.split(".")[0]) for each in ids]
        assert month.begins(ROME).timestamp() <= min(started)
        assert max(started) < month.ends(ROME).timestamp()


def test_identifiers_are_sorted_and_nobody_elses() -> None:
    every: list[str] = []
    for name in STEPPED:
        month = october(name)
        pairs = list(zip(month["id"].to_pylist(), month["step"].to_pylist(), strict=True))
        assert pairs == sorted(pairs)
        assert len(set(pairs)) == len(pairs)
        every += set(month["id"].to_pylist())
    assert len(set(every)) == len(every)


@pytest.mark.parametrize("calls", [0, 1, 60])
def test_a_tiny_centre_works(calls: int) -> None:
    centre = DemoCentre(calls, now=NOW)
    assert sum(len(rows(centre, name, OCTOBER)) for name in STEPPED) <= calls * 6 + 5
    assert len(rows(centre, "addressBookContacts", None)) >= 400


@pytest.mark.parametrize("zone", ["UTC", "America/Sao_Paulo", "Asia/Kolkata"])
def test_a_centre_may_lie_elsewhere(zone: str) -> None:
    calls = rows(DemoCentre(zone=zone, now=NOW), "inboundCalls", OCTOBER)
    hours = pc.hour(pc.assume_timezone(calls["startTime"], "UTC").cast(pa.timestamp("us", zone)))
    by_day = pc.and_(pc.greater_equal(hours, 8), pc.less(hours, 20))
    assert pc.mean(by_day.cast(pa.int8())).as_py() > 0.85


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("inboundCalls", 4600, 6200),
        ("outboundCalls", 1100, 2000),
        ("inboundVideoCalls", 100, 230),
        ("inboundChats", 320, 560),
    ],
)
def test_there_are_about_as_many_as_asked_for(name: str, low: int, high: int) -> None:
    assert low < len(october(name)["id"].unique()) < high


def test_large_months_come_in_several_batches() -> None:
    sizes = [len(batch) for batch in DemoCentre(70_000, now=NOW).fetch(table("inboundCalls"), OCTOBER)]
    assert sizes[0] == max(sizes) == 122_880
    assert len(sizes) > 1
