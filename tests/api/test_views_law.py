"""The law of views: whatever is asked of one is what a plain reading makes of the rows of its question."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabular.filter import Scope, bind, parse
from tabular.filter.evaluate import matches
from tabular.restriction import Restriction
from tabular.table import Column, Table, Type
from tests.api.viewing import BEGAN, MASKED, SERVICES, Row, closed, get, keep, rows, serving
from tests.serving import Served
from tests.steps import NOW

pytestmark = pytest.mark.law

_NUMBERS = count()
SHOWN = ("id", "step", "startTime", "cli", "user", "service", "waitDuration", "status")
_LITERALS = {
    Type.TEXT: [
        *(f"'{name}'" for name in SERVICES if name),
        "'HANGUP'",
        "'S'",
        "'user1'",
        "'+3904320003'",
        "'*********03'",
    ],
    Type.INTEGER: ["0", "1", "3", "7", "20"],
    Type.NUMBER: ["0", "2.5", "7", "30"],
    Type.TIME: [(BEGAN + timedelta(minutes=20 * i)).isoformat() + "Z" for i in (0, 3, 9, 15, 40)],
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service, and a key that sees less."""
    running = serving(tmp_path_factory.mktemp("views"))
    running.masked = running.services.keys.create("masked", restriction=MASKED)  # type: ignore[attr-defined]
    yield running
    closed(running)


@st.composite
def conditions(draw: st.DrawFn, columns: Sequence[tuple[str, Type]], depth: int = 2) -> str:
    """A filter over columns, as text."""
    if depth and draw(st.booleans()):
        joined = f" {draw(st.sampled_from(['and', 'or']))} "
        return f"({joined.join(draw(st.lists(conditions(columns, depth - 1), min_size=2, max_size=2)))})"
    name, kind = draw(st.sampled_from(columns))
    if draw(st.integers(0, 4)) == 0:
        return f"{name} {draw(st.sampled_from(['eq', 'ne']))} null"
    literal = draw(st.sampled_from(_LITERALS[kind]))
    if kind is Type.TEXT and draw(st.booleans()):
        return f"{draw(st.sampled_from(['contains', 'startswith', 'not endswith']))}({name},{literal})"
    if name.startswith("status"):
        literal = "'HANGUP'"  # what a status can never be is refused
    return f"{name} {draw(st.sampled_from(['eq', 'ne', 'gt', 'ge', 'lt', 'le']))} {literal}"


_KINDS = {"step": Type.INTEGER, "waitDuration": Type.INTEGER, "startTime": Type.TIME}


@st.composite
def questions(draw: st.DrawFn) -> dict[str, str]:
    """What a view is kept with."""
    columns = [(name, _KINDS.get(name, Type.TEXT)) for name in SHOWN]
    asked = {"table": "inboundCalls"}
    if draw(st.booleans()):
        asked["filter"] = draw(conditions(columns, 1))
    if draw(st.booleans()):
        asked |= draw(
            st.sampled_from([{"month": "2026-10"}, {"from": "2026-10-25T03:00"}, {"last": "3d"}, {"tz": "UTC"}])
        )
    if draw(st.integers(0, 2)) == 0:
        keys = draw(
            st.lists(st.sampled_from(["service", "cli", "step", "hour(startTime)", "id"]), unique=True, max_size=2)
        )
        asked |= {"group": ",".join(keys)} if keys else {}
        asked["measures"] = "count,avg(waitDuration) as wait,max(startTime) as latest"
        order = ["count", "-wait", "-count"]
    else:
        names = draw(st.lists(st.sampled_from(SHOWN), unique=True, min_size=1))
        new = {name: f"{name}X" for name in names if draw(st.integers(0, 3)) == 0}
        asked["columns"] = ",".join(f"{name} as {new[name]}" if name in new else name for name in names)
        order = ["-waitDuration", "service,-step", "-startTime"]
    if draw(st.booleans()):
        asked["sort"] = draw(st.sampled_from(order))
    if draw(st.booleans()):
        asked |= {"limit": str(draw(st.integers(0, 40))), "offset": str(draw(st.integers(0, 5)))}
    return asked


def kept_by(table: Table, text: str, found: Sequence[Row]) -> list[Row]:
    """The rows for which a filter is true, one by one."""
    condition = bind(parse(text), Scope(table, (), "Europe/Rome", NOW))
    return [row for row in found if matches(condition, row)]


def in_order(found: Sequence[Row], keys: Sequence[tuple[str, bool]], table: Table, nulls_first: bool) -> list[Row]:
    """Rows by columns (descending or not); those without a value last, or where OData has them; ties by the key."""
    ordered = sorted(found, key=lambda row: [(row[name] is None, row[name]) for name in table.key])
    for name, descending in reversed(keys):
        # Backwards, too, equals stay in their order.
        some = sorted((row for row in ordered if row[name] is not None), key=lambda row: row[name], reverse=descending)
        none = [row for row in ordered if row[name] is None]
        ordered = none + some if nulls_first and not descending else some + none
    return ordered


def odata_cell(cell: Any, column: Column) -> Any:
    """A cell of OData's JSON as the store has it."""
    if column.type is Type.TIME and cell is not None:
        return datetime.fromisoformat(cell).astimezone(UTC).replace(tzinfo=None)
    return cell


@given(st.data())
@settings(max_examples=settings().max_examples // 5)
def test_a_view_is_the_plain_reading_of_its_rows(served: Served, data: st.DataObject) -> None:
    asked = data.draw(questions(), "view")
    key = data.draw(st.sampled_from([served.key, served.masked]), "key")  # type: ignore[attr-defined]
    restriction = MASKED if key != served.key else Restriction()
    name = f"view{next(_NUMBERS)}"
    assert keep(served, name, **asked).status_code == 201
    inner = {one: text for one, text in asked.items() if one != "table"}
    if restriction.hidden and "user" in repr(inner).replace("'user1'", ""):
        assert get(served, f"/tables/{name}", key).status_code == 404
        assert served.client.delete(f"/views/{name}").status_code == 204
        return
    table = served.services.seen_by(restriction).table(name)
    expected = rows(served, "inboundCalls", key, **inner)
    found = rows(served, name, key)
    number = table.key[0] if table.key[0].startswith("row") else None
    if number is not None:
        expected = [{number: place} | row for place, row in enumerate(expected, 1)]
    assert found == expected

    columns = [(column.name, column.type) for column in table.columns]
    text = data.draw(conditions(columns), "filter")
    order = data.draw(
        st.lists(st.tuples(st.sampled_from([one for one, _ in columns]), st.booleans()), max_size=2), "order"
    )
    skip, top = data.draw(st.integers(0, 3), "skip"), data.draw(st.integers(0, 20), "top")
    page = slice(skip, skip + top)
    passing = kept_by(table, text, found)
    sort = ",".join(f"{'-' * descending}{one}" for one, descending in order)
    outer = {"filter": text, "sort": sort, "limit": str(top), "offset": str(skip)}
    plainly = in_order(passing, order, table, nulls_first=False) if order else passing
    assert rows(served, name, key, **outer) == plainly[page]

    options = {"$filter": text, "$top": str(top), "$skip": str(skip), "$count": "true"}
    if order:
        options["$orderby"] = ",".join(f"{one} {'desc' if descending else 'asc'}" for one, descending in order)
    answer = get(served, f"/odata/{name}", key, **options).json()
    kinds = {column.name: column for column in table.columns}
    told = [{one: odata_cell(cell, kinds[one]) for one, cell in row.items()} for row in answer["value"]]
    plainly = in_order(passing, order, table, nulls_first=True) if order else passing
    assert (told, answer["@odata.count"]) == (plainly[page], len(passing))

    groups = [one for one, kind in columns if kind in (Type.TEXT, Type.INTEGER)]
    if groups:
        grouped = data.draw(st.sampled_from(groups), "group")
        apply = f"filter({text})/groupby(({grouped}),aggregate($count as n))"
        told = get(served, f"/odata/{name}", key, **{"$apply": apply}).json()["value"]
        assert {row[grouped]: row["n"] for row in told} == Counter(row[grouped] for row in passing)
    if found:
        one = data.draw(st.sampled_from(found), "row")
        values = ",".join(f"{own}={_spelt(one[own])}" for own in table.key)
        single = get(served, f"/odata/{name}({values})", key).json()
        assert {own: odata_cell(single[own], kinds[own]) for own in one} == one
    assert served.client.delete(f"/views/{name}").status_code == 204


def _spelt(cell: object) -> str:
    return f"'{cell}'" if isinstance(cell, str) else str(cell)
