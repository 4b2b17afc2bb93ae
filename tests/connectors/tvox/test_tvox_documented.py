"""A TVox of the documented dialect, our own Data Model over a store, is read as it is."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from answers.filling import fill
from connectors.tvox.upstream import ROOTS, Tvox
from datamodel.catalogue import SCHEMA_FILE, data_model
from datamodel.demo import DemoCentre
from store.store import Store
from tabular.month import Month
from tabular.upstream import PAGE, Tally, Upstream
from tests.connectors.tvox.answering import (
    BEGAN,
    NOW,
    ROME,
    InProcess,
    Upstreams,
    documented_tvox,
    mirror,
    page_of,
    pages,
    upstreams,
)
from tests.steps import CALLS, CONTACTS, SUMMARIES, batches, read, step

MONTHS = (Month(2026, 10), Month(2026, 11))
ROOT_TABLES = [table for table in data_model() if table.name == table.root]


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Two months of the demo centre."""
    with Store(tmp_path_factory.mktemp("centre") / "tvox.duckdb", threads=1) as store:
        fill(DemoCentre(120, now=datetime(2026, 11, 20, tzinfo=UTC), months=2), store, data_model())
        yield store


@pytest.fixture
def new(tmp_path: Path) -> Iterator[Upstreams]:
    """A service that knows no TVox yet."""
    with upstreams(tmp_path) as opened:
        yield opened


@pytest.fixture
def memory(new: Upstreams) -> Upstreams:
    """A service that remembers the schema of its TVox."""
    new.schemas.remember(SCHEMA_FILE.read_text(encoding="utf-8"))
    return new


def many(calls: int, changed: Sequence[int] = ()) -> list[dict[str, object]]:
    """Calls of May, some of them changed late in the month, every third of two steps."""
    began, later = datetime(2020, 5, 1, 8), datetime(2020, 5, 30)
    return [
        step(
            began + timedelta(seconds=call), place, 1, lastUpdateTime=later if call in changed and not place else began
        )
        for call in range(calls)
        for place in range(1 + (call % 3 == 0))
    ]


def of_may(store: Store, memory: Upstreams, rows: list[dict[str, object]]) -> tuple[Tvox, InProcess]:
    """A TVox that has some calls in May 2020."""
    with store.writing("test") as writing:
        writing.replace(CALLS, Month(2020, 5), batches(rows), SUMMARIES)
    return memory.of(documented_tvox(store))


def test_every_table_is_as_the_tvox_has_it(centre: Store, new: Upstreams, tmp_path: Path) -> None:
    tvox, sends = new.of(documented_tvox(centre))
    assert tvox.tables() == tuple(data_model())
    assert tvox.missing() == tvox.needing_arguments() == ()
    with Store(tmp_path / "mirror.duckdb", threads=1) as into:
        mirror(tvox, into, MONTHS)
        for table in data_model():
            rows = read(centre, table)
            assert rows, table.name
            assert read(into, table) == rows, table.name
    assert sends.introspections == 1


def test_a_page_says_what_the_month_holds(centre: Store, memory: Upstreams) -> None:
    tvox, sends = memory.of(documented_tvox(centre))
    for table in ROOT_TABLES:
        month = MONTHS[0] if table.monthly else None
        page = tvox.page(table, month, 0, NOW)
        assert page.is_last
        assert not page.cut
        assert page.changed is None
        assert page.sent == BEGAN
        assert page.elements == page.held == len(page.rows.column(table.key[0]).unique())
    assert len(sends.requests) == len(ROOT_TABLES)


def test_what_is_sent(centre: Store, memory: Upstreams) -> None:
    tvox, sends = memory.of(documented_tvox(centre))
    since = datetime(2026, 10, 20, 8, 30, 0, 999_999, tzinfo=UTC)
    tvox.page(CALLS, MONTHS[0], 250, NOW, since)
    tvox.page(CONTACTS, None, 0, NOW)
    month = {"year": 2026, "month": 10}
    updated = {"lastUpdateTime": {"operator": "GREATER_THAN", "value": "2026-10-20T08:30:00Z"}}
    order = {"key": "ID", "direction": "ASC"}
    assert sends.requests[0]["variables"] == {
        "rows_search": {"pagination": {"limit": 1000, "offset": 250}, "sorting": order, **month},
        "held_search": month,
        "changed_search": {**updated, "pagination": {"limit": 1000, "offset": 0}, "sorting": order, **month},
        "changes_search": {**updated, **month},
    }
    assert sends.requests[1]["variables"] == {
        "rows_search": {
            "pagination": {"limit": 1000, "offset": 0},
            "sorting": {"key": "UUID", "direction": "ASC"},
        },
        "held_search": {},
    }
    document = sends.asked[0]
    assert tvox.knows(document)
    assert "2026" not in document, "literals are variables"
    assert document.startswith("query($rows_search: SearchInteraction!, $held_search: SearchInteraction!, ")
    assert "rows: inboundCalls(search: $rows_search) { id step user " in document
    assert "transferedTo { type value }" in document


def test_pages_follow_each_other(store: Store, memory: Upstreams) -> None:
    tvox, sends = of_may(store, memory, many(PAGE + 120))
    first, second = pages(tvox, CALLS, Month(2020, 5))
    assert (first.elements, first.is_last, first.held) == (PAGE, False, PAGE + 120)
    assert (second.elements, second.is_last, second.held) == (120, True, PAGE + 120)
    both = pa.Table.from_batches([first.rows, second.rows])
    assert both.select(["id", "step"]).to_pylist() == read(store, CALLS, "id", "step")
    assert len(sends.asked) == 2


def test_a_full_last_page_is_followed_by_an_empty_one(
    store: Store, memory: Upstreams, monkeypatch: pytest.MonkeyPatch
) -> None:
    page_of(50, monkeypatch)
    tvox, _ = of_may(store, memory, many(50))
    assert [(page.elements, page.is_last, page.rows.num_rows > 0) for page in pages(tvox, CALLS, Month(2020, 5))] == [
        (50, False, True),
        (0, True, False),
    ]


def test_what_changed_comes_whole(store: Store, memory: Upstreams) -> None:
    changed = range(0, 120, 6)
    tvox, sends = of_may(store, memory, many(120, changed))
    since = datetime(2020, 5, 20, tzinfo=UTC)
    page = tvox.page(CALLS, Month(2020, 5), 0, NOW, since)
    alone = tvox.changes(CALLS, Month(2020, 5), since, NOW)
    assert len(sends.asked) == 2
    assert page.changed is not None
    assert page.changed.num_rows == 2 * len(changed)
    assert alone.changed == page.changed
    assert (alone.rows.num_rows, alone.elements, alone.held, alone.is_last) == (0, 0, 120, True)
    ids = set(page.changed.column("id").to_pylist())
    theirs = [row for row in read(store, CALLS, "id", "step", "lastUpdateTime") if row["id"] in ids]
    assert page.changed.select(["id", "step", "lastUpdateTime"]).to_pylist() == theirs
    nothing = tvox.changes(CALLS, Month(2020, 5), datetime(2020, 6, 1, tzinfo=UTC), NOW)
    assert nothing.changed is not None
    assert nothing.changed.num_rows == 0
    assert tvox.knows_changes(CALLS)
    assert not tvox.knows_changes(CONTACTS)


def test_more_changes_than_a_page_holds_are_all_asked_for(
    store: Store, memory: Upstreams, monkeypatch: pytest.MonkeyPatch
) -> None:
    page_of(50, monkeypatch)
    count = 110
    tvox, sends = of_may(store, memory, many(count, range(count)))
    page = tvox.page(CALLS, Month(2020, 5), 0, NOW, datetime(2020, 5, 20, tzinfo=UTC))
    assert page.changed is not None
    assert page.elements == 50
    assert page.changed.select(["id", "step"]).to_pylist() == read(store, CALLS, "id", "step")
    assert [one["variables"]["changed_search"]["pagination"]["offset"] for one in sends.requests] == [0, 50, 100]
    assert sum("rows:" in document for document in sends.asked) == 1


def test_counts_of_many_months_are_one_request(centre: Store, memory: Upstreams) -> None:
    tvox, sends = memory.of(documented_tvox(centre))
    since = datetime(2026, 10, 20, tzinfo=UTC)
    asked = [
        *((table, month, None) for table in ROOT_TABLES if table.monthly for month in MONTHS),
        *((table, month, since) for table in ROOT_TABLES if table.monthly for month in MONTHS),
        (CONTACTS, None, None),
    ]
    counted = tvox.tallies(asked, NOW)
    assert len(counted) == len(asked)
    for (table, month, moment), tally in zip(asked, counted, strict=True):
        rows = [row for row in read(centre, table) if _is_of(row, month)]
        late = [row for row in rows if moment and str(row["lastUpdateTime"]) >= f"{moment:%Y-%m-%d %H:%M:%S}"]
        assert tally.held == len({row[table.key[0]] for row in rows})
        assert tally.changed == (len({row["id"] for row in late}) if moment else None)
    counts = sum(2 if moment else 1 for _, _, moment in asked)
    assert len(sends.asked) == -(-counts // ROOTS)
    assert tvox.tallies([], NOW) == []


def _is_of(row: dict[str, object], month: Month | None) -> bool:
    return month is None or Month.of_id(str(row["id"]), ROME) == month


def test_a_request_is_passed_on_as_it_came(centre: Store, memory: Upstreams) -> None:
    tvox, sends = memory.of(documented_tvox(centre))
    body = {"query": "{ me { name } }", "variables": {"a": 1}}
    assert json.loads(tvox.answer(json.dumps(body).encode(), NOW)) == {"data": {"me": {"name": "tests"}}}
    assert sends.requests == [body]


def test_only_valid_queries_are_known(centre: Store, memory: Upstreams) -> None:
    tvox, _ = memory.of(documented_tvox(centre))
    assert tvox.knows("{ me { name } }")
    assert tvox.knows("query A { me { name } } query B { inboundCallsCount(search: {}) }")
    for other in (
        "{ me { nickname } }",
        "{ tickets { id } }",
        "mutation { me { name } }",
        "fragment a on Me { name }",
        "{ me { name }",
        "",
        "{" + " me { name }" * 30_000 + "}",
        "{" * 5_000,
    ):
        assert not tvox.knows(other), other[:40]


def test_a_tvox_is_an_upstream(memory: Upstreams) -> None:
    tvox, _ = memory.of(lambda source, variables: b"")
    upstream: Upstream = tvox
    assert upstream.name == "tvox"
    assert tvox.tallies([], NOW) == list[Tally]()
