"""The numbers of ids in SQL: those of the plain reading, behind the mask, the same in every table and month."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from answers.plan import plan
from datamodel.catalogue import documented
from odata.model import CONTACT_KEY, INTERACTION_KEY, numbered
from store import expressions
from store.store import Store
from tabular.filter import bind, parse
from tabular.grouping import Function, Grouping, Key, Measure
from tabular.numbering import HASHED_FROM, number_of
from tabular.query import Query, Selected, SortKey
from tabular.table import Mask, MaskKind, Table
from tests.steps import CALLS, CONTACTS, NOW, SUMMARIES, batches, selected, step
from tests.tabular.test_numbering import SPELLED_OTHERWISE

BEGAN = datetime(2026, 10, 30, 8)
TELS = documented().table("addressBookContactTels")
ids = st.one_of(st.text(max_size=20), st.from_regex(r"\A[0-9]{1,11}\.[0-9]{1,8}\Z"), st.sampled_from(SPELLED_OTHERWISE))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Calls of two months, and two contacts with two numbers each."""
    steps = [step(BEGAN + timedelta(days=i), n, i, user="anna") for i in range(4) for n in range(2)]
    tel = [{"value": "1", "type": "WORK"}, {"value": "2", "type": "HOME"}]
    people = [{"uuid": f"0007418f-{i}", "tel": tel} for i in range(2)]
    with Store(tmp_path_factory.mktemp("numbering") / "tvox.duckdb") as store:
        with store.writing("test") as writing:
            writing.merge(CALLS, batches(steps), SUMMARIES)
            writing.replace(CONTACTS, None, batches(people, CONTACTS))
        yield store


def answer(store: Store, query: Query) -> list[dict[str, Any]]:
    """The rows of a question."""
    with closing(store.read(plan(query, store, 10_000, NOW))) as rows:
        found: list[dict[str, Any]] = pa.Table.from_batches(rows, rows.schema).to_pylist()
    return found


def shown(table: Table, key: str) -> tuple[Selected, ...]:
    """The key and its number."""
    return selected(table, key, CONTACT_KEY if key == "uuid" else INTERACTION_KEY)


def seen(table: Table, mask: Mask) -> Table:
    """The table with its key masked, as OData sees it."""
    masks = dict.fromkeys(table.key[:1], mask)
    return numbered(table.with_columns(tuple(replace(c, mask=masks.get(c.name)) for c in table.columns)))


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    """The engine by itself."""
    with duckdb.connect() as connection:
        yield connection


@pytest.mark.law
@given(texts=st.lists(ids, min_size=1, max_size=20))
def test_the_sql_gives_the_number_of_the_plain_reading(engine: duckdb.DuckDBPyConnection, texts: list[str]) -> None:
    bound = expressions.Bound(b"")
    sql = expressions.number_of("text", bound)
    listed = bound.sequence(texts)
    made = engine.execute(f"SELECT {sql} FROM (SELECT unnest({listed}) AS text)", bound.values).fetchall()
    assert [number for (number,) in made] == [number_of(text) for text in texts]


def test_what_is_null_has_no_number(engine: duckdb.DuckDBPyConnection) -> None:
    bound = expressions.Bound(b"")
    sql = expressions.number_of("text", bound)
    made = engine.execute(f"SELECT {sql} FROM (SELECT CAST(NULL AS VARCHAR) AS text)", bound.values).fetchall()
    assert made == [(None,)]


def test_one_id_has_one_number_in_every_table_and_month(kept: Store) -> None:
    calls, summaries = numbered(CALLS), numbered(SUMMARIES)
    of_calls = answer(kept, Query(calls, selected(calls, "id", "interactionKey")))
    of_summaries = answer(kept, Query(summaries, selected(summaries, "id", "interactionKey")))
    assert len(of_calls) == 8
    assert {row["id"]: row["interactionKey"] for row in of_calls} == {
        row["id"]: row["interactionKey"] for row in of_summaries
    }
    assert all(row["interactionKey"] == number_of(row["id"]) < 2**53 for row in of_calls)


def test_elements_have_the_number_of_their_contact(kept: Store) -> None:
    contacts, tels = numbered(CONTACTS), numbered(TELS)
    number = {row["uuid"]: row["contactKey"] for row in answer(kept, Query(contacts, shown(contacts, "uuid")))}
    assert number == {f"0007418f-{i}": number_of(f"0007418f-{i}") for i in range(2)}
    elements = answer(kept, Query(tels, (*shown(tels, "uuid"), *selected(tels, "position"))))
    assert [row["position"] for row in elements] == [1, 2, 1, 2]
    assert all(row["contactKey"] == number[row["uuid"]] for row in elements)


def test_a_number_can_be_filtered_sorted_and_grouped_by(kept: Store) -> None:
    calls = numbered(CALLS)
    column, columns = calls.column("interactionKey"), selected(calls, "interactionKey", "step")
    numbers = [int((BEGAN + timedelta(days=i)).replace(tzinfo=UTC).timestamp()) * 1_000_000 + i for i in range(4)]
    wanted = numbers[2]
    for text in (
        f"interactionKey eq {wanted}",
        f"interactionKey in ({wanted},7)",
        f"interactionKey mul 2 eq {2 * wanted}",
        f"interactionKey gt {numbers[1]} and interactionKey lt {numbers[3]}",
    ):
        found = answer(kept, Query(calls, columns, filter=bind(parse(text), calls)))
        assert found == [{"interactionKey": wanted, "step": number} for number in range(2)], text
    falling = answer(kept, Query(calls, columns, sort=(SortKey(column, True),)))
    assert [row["interactionKey"] for row in falling[::2]] == numbers[::-1]
    grouping = Grouping((Key(column),), (Measure(Function.COUNT),))
    groups = answer(kept, Query(calls, tuple(Selected(c, c.name) for c in grouping.columns), grouping=grouping))
    assert groups == [{"interactionKey": number, "count": 2} for number in numbers]


@pytest.mark.parametrize(
    ("table", "name"), [(CALLS, "interactionKey"), (SUMMARIES, "interactionKey"), (CONTACTS, "contactKey")]
)
def test_the_number_of_a_masked_id_is_that_of_what_is_shown(kept: Store, table: Table, name: str) -> None:
    hashed = seen(table, Mask(MaskKind.HASH))
    key = table.key[0]
    found = answer(kept, Query(hashed, selected(hashed, key, name)))
    open_numbers = {row[name] for row in answer(kept, Query(numbered(table), selected(numbered(table), name)))}
    assert found
    assert all(row[name] == number_of(row[key]) >= HASHED_FROM for row in found)
    assert not {row[name] for row in found} & open_numbers
    assert len({row[name] for row in found}) == len(open_numbers)


@pytest.mark.parametrize("mask", [Mask(MaskKind.NULL), Mask(MaskKind.LAST)])
def test_an_id_that_no_longer_tells_apart_has_no_number(mask: Mask) -> None:
    assert "interactionKey" not in seen(CALLS, mask).spellings
    assert "contactKey" not in seen(CONTACTS, mask).spellings


def test_a_number_whose_mask_hides_all_is_null(kept: Store) -> None:
    """No catalogue has such a column; were there one, it would tell nothing."""
    calls = numbered(CALLS)
    column = replace(calls.column("interactionKey"), mask=Mask(MaskKind.NULL))
    told = answer(kept, Query(calls, (Selected(column, column.name),)))
    assert {row["interactionKey"] for row in told} == {None}
