"""Pipelines over a store: the examples of a person, masks, versions, and what reaches the engine as text."""

import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from answers.plan import plan
from datamodel.catalogue import documented
from store.pipelines import Piped, pipeline_statement
from store.store import Store
from tabular.errors import SnapshotGone
from tabular.month import Month
from tabular.pipeline import Pipeline
from tabular.query import Query, Selected, Window
from tabular.restriction import Restriction
from tabular.table import Mask, MaskKind, Table
from tests.odata.applying.asked import applied, asked
from tests.steps import CALLS, NOW, SUMMARIES, batches, step

MAY, JUNE = datetime(2026, 5, 4, 8), datetime(2026, 6, 1, 9)
TOLD = [
    (MAY, "SALES", "ANSWERED", 10, "043211"),
    (MAY, "SALES", "HANGUP", None, "043222"),
    (MAY, "HELP", "HANGUP", 30, None),
    (JUNE, "HELP", "ANSWERED", 5, "043211"),
    (JUNE, None, "ANSWERED", 7, "043233"),
    (JUNE, "SALES", "ANSWERED", 40, "043222"),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store of six calls in two months."""
    with Store(tmp_path_factory.mktemp("piped") / "tvox.duckdb") as opened:
        rows = [
            step(began + timedelta(minutes=n), 0, n, service=service, status=status, waitDuration=wait, cli=cli)
            for n, (began, service, status, wait, cli) in enumerate(TOLD)
        ]
        with opened.writing("test") as writing:
            writing.merge(CALLS, batches(rows), SUMMARIES)
        yield opened


def piped(store: Store, pipeline: Pipeline) -> Piped:
    """A pipeline as an answer plans it."""
    return Piped(pipeline, plan(pipeline.query, store, 13, NOW))


def rows_of(store: Store, pipeline: Pipeline) -> list[dict[str, Any]]:
    """The rows of a pipeline."""
    with closing(store.run(piped(store, pipeline))) as rows:
        return [row for batch in rows for row in batch.to_pylist()]


def cells(store: Store, pipeline: Pipeline) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in rows_of(store, pipeline)]


EXAMPLES: list[tuple[str, list[tuple[Any, ...]]]] = [
    ("aggregate(waitDuration with sum as t,waitDuration with average as a,$count as n)", [(92, 18.4, 6)]),
    ("groupby((service))", [(None,), ("HELP",), ("SALES",)]),
    (
        "groupby((service),aggregate($count as n,waitDuration with max as m,cli with countdistinct as c))",
        [(None, 1, 7, 1), ("HELP", 2, 30, 1), ("SALES", 3, 40, 2)],
    ),
    (
        "groupby((service),filter(status eq 'HANGUP')/aggregate($count as n,waitDuration with sum as t))",
        [(None, 0, None), ("HELP", 1, 30), ("SALES", 1, None)],
    ),
    (
        "filter(status eq 'HANGUP')/groupby((service),aggregate($count as n))",
        [("HELP", 1), ("SALES", 1)],
    ),
    ("groupby((service),aggregate($count as n))/filter(n gt 1)/orderby(n desc)", [("SALES", 3), ("HELP", 2)]),
    ("groupby((service),aggregate($count as n))/topcount(1,n)", [("SALES", 3)]),
    (
        "compute(month(startTime) as month)/groupby((month),aggregate(waitDuration with sum as t))",
        [(5, 40), (6, 52)],
    ),
    (
        "groupby((service),aggregate(waitDuration with sum as t))/aggregate(t with max as most,$count as groups)",
        [(50, 3)],
    ),
    (
        "groupby((service,status),aggregate($count as n))/groupby((service),aggregate(n with max as m))",
        [(None, 1), ("HELP", 1), ("SALES", 2)],
    ),
    ("groupby((service),topcount(1,waitDuration))/aggregate(waitDuration with sum as t)", [(77,)]),
    ("topsum(60,waitDuration)/aggregate($count as n,waitDuration with min as least)", [(2, 30)]),
    ("toppercent(50,waitDuration)/aggregate($count as n)", [(2,)]),
    ("bottompercent(20,waitDuration)/aggregate(waitDuration with sum as t,$count as n)", [(22, 4)]),
    ("orderby(waitDuration desc)/skip(1)/top(2)/aggregate(waitDuration with sum as t)", [(40,)]),
    ("search(help OR 043233)/aggregate($count as n)", [(3,)]),
    ("filter(startTime ge 2026-06-01T00:00:00Z)/aggregate(waitDuration divby 2 with sum as half)", [(26.0,)]),
    ("filter(false)/aggregate($count as n,waitDuration with sum as t)", [(0, None)]),
    ("filter(false)/groupby((service),aggregate($count as n))", []),
    (
        "concat(groupby((service),aggregate(waitDuration with sum as t)),aggregate(waitDuration with sum as t))",
        [(None, 7), ("HELP", 35), ("SALES", 50), (None, 92)],
    ),
    (
        "concat(topcount(1,waitDuration),bottomcount(2,waitDuration))/groupby((service),aggregate($count as n))",
        [("SALES", 2), ("HELP", 1)][::-1],
    ),
    (
        "concat(aggregate(waitDuration with average as x),aggregate(waitDuration with max as x,$count as n))/skip(1)",
        [(40.0, 6)],
    ),
    ("concat(concat(top(1),top(2)),skip(4))/aggregate($count as n)", [(5,)]),
]


@pytest.mark.parametrize(("text", "expected"), EXAMPLES, ids=[text for text, _ in EXAMPLES])
def test_examples(store: Store, text: str, expected: list[tuple[Any, ...]]) -> None:
    assert cells(store, applied(text)) == expected


def test_compute_filter_order_and_page_without_apply(store: Store) -> None:
    found = asked(compute="waitDuration mul 2 as twice", filter="twice gt 10", orderby="twice desc", top="2", skip="1")
    found = found.showing([Selected(found.table.column(name), name) for name in ("twice", "service")])
    assert rows_of(store, found) == [{"twice": 60, "service": "HELP"}, {"twice": 20, "service": "SALES"}]
    assert rows_of(store, asked(compute="waitDuration mul 2 as twice", filter="twice gt 10").counted()) == [
        {"count": 4}
    ]


def test_null_sorts_before_values_and_last_where_descending(store: Store) -> None:
    for direction, place in (("asc", 0), ("desc", -1)):
        found = asked(orderby=f"waitDuration {direction}")
        waits = [row["waitDuration"] for row in rows_of(store, found)]
        known = sorted((wait for wait in waits if wait is not None), reverse=direction == "desc")
        assert waits[place] is None
        assert [wait for wait in waits if wait is not None] == known


def test_rows_that_nobody_orders_come_by_month_and_key(store: Store) -> None:
    found = applied("compute(1 as one)")
    assert [row["id"].split(".")[1] for row in rows_of(store, found)] == [str(n) for n in range(6)]
    assert [str(kind) for kind in store.run(piped(store, found)).schema.types[-1:]] == ["int64"]


def test_only_the_months_of_the_plan_are_read(store: Store) -> None:
    found = applied("filter(startTime ge 2026-06-01T00:00:00Z)/groupby((service),aggregate($count as n))")
    planned = piped(store, found)
    assert [part.partition.month for part in planned.plan.parts] == [Month(2026, 6)]
    assert "@2026-05" not in pipeline_statement(planned, b"").sql
    windowed = Pipeline.of(Query(CALLS, (), Window.utc(datetime(2026, 5, 1), datetime(2026, 6, 1)))).counted()
    assert rows_of(store, windowed) == [{"count": 3}]


def test_groups_read_only_the_columns_that_they_need(store: Store) -> None:
    statement = pipeline_statement(piped(store, applied("groupby((service),aggregate($count as n))")), b"")
    for name in ("cli", "user", "endTime"):
        assert name not in statement.sql
    explained = store._connection.cursor().execute(f"EXPLAIN {statement.sql}", dict(statement.literals)).fetchall()
    assert "cli" not in str(explained)


def seen(**masks: Mask) -> Table:
    return documented().restricted(Restriction(masked=tuple(masks.items()))).table("inboundCalls")


def test_what_is_masked_stays_masked_at_every_step(store: Store) -> None:
    calls = seen(cli=Mask(MaskKind.LAST, 2), waitDuration=Mask(MaskKind.NULL))
    texts = [
        ("groupby((cli),aggregate($count as n))", [(None, 1), ("****11", 2), ("****22", 2), ("****33", 1)]),
        ("aggregate(cli with max as c,waitDuration with sum as t)", [("****33", None)]),
        ("compute(cli as x)/groupby((x))", [(None,), ("****11",), ("****22",), ("****33",)]),
        ("top(1)/compute(concat(cli,'!') as x)/groupby((x))", [("****11!",)]),
        ("filter(startswith(cli,'0432'))/aggregate($count as n)", [(0,)]),
        ("topcount(6,cli)/filter(startswith(cli,'0432'))/aggregate($count as n)", [(0,)]),
        ("search(0432)/aggregate(cli with countdistinct as n)", [(0,)]),
    ]
    for text, expected in texts:
        assert cells(store, applied(text, calls)) == expected, text


def test_an_old_version_is_read_as_it_was(tmp_path: Path) -> None:
    count = applied("aggregate(waitDuration with sum as t,$count as n)")
    with Store(tmp_path / "versions.duckdb") as store:
        for wait in (3, 5):
            with store.writing("test") as writing:
                writing.merge(CALLS, batches([step(MAY, waitDuration=wait)]), SUMMARIES)
            if wait == 3:
                old = piped(store, count)
        assert cells(store, count) == [(5, 1)]
        with closing(store.run(old)) as rows:
            assert [row for batch in rows for row in batch.to_pylist()] == [{"t": 3, "n": 1}]
        store.sweep(timedelta(0))
        with pytest.raises(SnapshotGone):
            store.run(old)


def test_nothing_stored_is_nothing_and_has_the_types(tmp_path: Path) -> None:
    with Store(tmp_path / "empty.duckdb") as store:
        assert cells(store, applied("top(3)/aggregate($count as n,waitDuration with average as a)")) == [(0, None)]
        found = asked(compute="waitDuration divby 2 as half,startTime as at", orderby="cli", top="3")
        shown = found.showing([Selected(found.table.column(name), name) for name in ("half", "at", "id")])
        rows = store.run(piped(store, shown))
        assert [str(kind) for kind in rows.schema.types] == ["double", "timestamp[us]", "string"]


def test_a_later_order_is_the_first_to_be_sorted_by(store: Store) -> None:
    for text in ("orderby(cli)/orderby(service desc)", "top(9)/orderby(cli)/orderby(service desc)"):
        found = applied(text)
        shown = found.showing([Selected(found.table.column(name), name) for name in ("service", "cli")])
        assert cells(store, shown) == [
            ("SALES", "043211"),
            ("SALES", "043222"),
            ("SALES", "043222"),
            ("HELP", None),
            ("HELP", "043211"),
            (None, "043233"),
        ]


def test_as_many_steps_as_are_allowed_are_answered(store: Store) -> None:
    steps = ["top(5)", "orderby(cli)", "compute(step add 1 as {})", "filter(step ge 0)", "topcount(9,step)"] * 19
    text = "/".join(step.format(f"n{place}") for place, step in enumerate(steps))
    assert cells(store, applied(f"{text}/aggregate($count as n)")) == [(5,)]
    branches = "/".join(["concat(top(2),skip(9))"] * 4)
    assert cells(store, applied(f"{branches}/aggregate($count as n)")) == [(2,)]


MARK = "zqmark"
HOSTILE = [
    f"compute('{MARK}' as {MARK})/filter({MARK} ne '{MARK}x')/groupby(({MARK}),aggregate($count as {MARK}n))",
    f"groupby((service),filter(cli eq '{MARK}')/aggregate(concat(cli,'{MARK}') with max as {MARK}))/orderby({MARK})",
    f'search({MARK} OR "{MARK}\'; DROP TABLE versions; --")/topcount(47114711,step add 47114711)/skip(47114711)',
    f"groupby((service),topsum(47114711,waitDuration)/aggregate($count as {MARK}))/topcount(47114711,{MARK})",
    f"compute('\"; DROP TABLE versions; --' as {MARK})/orderby({MARK} desc)/toppercent(47.114711,waitDuration)",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_name_and_no_literal_of_a_caller_is_in_the_text(store: Store, text: str) -> None:
    planned = piped(store, applied(text))
    statement = pipeline_statement(planned, b"secret")
    assert MARK not in statement.sql
    assert "DROP" not in statement.sql
    assert "114711" not in statement.sql
    assert _quoted(statement.sql) <= _known(planned.pipeline.query.table)
    assert rows_of(store, planned.pipeline) is not None


def _quoted(sql: str) -> set[str]:
    names = {name.replace('""', '"') for name in re.findall(r'"((?:[^"]|"")*)"', sql)}
    return {name for name in names if not re.fullmatch(r"made \d+", name)}


def _known(table: Table) -> set[str]:
    return {field.name for field in table.fields} | {f"{table.name}@2026-0{month}" for month in (5, 6)}


def test_elements_of_a_list_are_piped_too(tmp_path: Path) -> None:
    contacts = documented().table("addressBookContacts")
    phones = next(t for t in documented() if t.element and t.root == contacts.name)
    people: list[Mapping[str, object]] = [
        {"uuid": f"u{i}", "name": "x", phones.element or "": [{"value": str(n), "type": "A"} for n in range(i)]}
        for i in range(4)
    ]
    with Store(tmp_path / "elements.duckdb") as store:
        with store.writing("test") as writing:
            writing.merge(contacts, batches(people, contacts), None)
        key = phones.key[0]
        found = applied(f"groupby(({key}),aggregate($count as n))", phones)
        assert cells(store, found) == [("u1", 1), ("u2", 2), ("u3", 3)]
        top = asked(phones, compute="position add 1 as next", orderby="next desc", top="1")
        assert [row["next"] for row in rows_of(store, replace(top, columns=()))] == [top_of(store, phones) + 1]


def top_of(store: Store, table: Table) -> int:
    """The last position that an element has."""
    ((most,),) = cells(store, applied("aggregate(position with max as m)", table))
    return int(most)
