"""Statements: what a key may not see is masked in SQL itself, and no literal stands in the text."""

import hmac
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from answers.plan import plan
from datamodel.catalogue import Catalogue, documented
from store.plan import Part, Plan
from store.statements import rows_statement
from store.store import Store
from tabular.month import Month
from tabular.query import Query, SortKey, Window
from tabular.restriction import Restriction
from tabular.table import Mask, MaskKind
from tests.steps import CALLS, NOW, SUMMARIES, batches, read, selected, step

SECRET = b"a secret of this installation, longer than one block of SHA-256, so that it has to be hashed itself"
BEGAN = datetime(2020, 5, 4, 8)
HASH, LAST, NULL = Mask(MaskKind.HASH), Mask(MaskKind.LAST, 3), Mask(MaskKind.NULL)


def seen(**masks: Mask) -> Catalogue:
    """The catalogue of a key that sees these columns masked."""
    return documented().restricted(Restriction(masked=tuple(masks.items())))


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Store]:
    """A store with one call of two steps."""
    store = Store(tmp_path / "masks.duckdb", secret=SECRET)
    rows = [
        step(BEGAN, 0, user="luca", cli="0432123456", waitDuration=7),
        step(BEGAN, 1, user="anna", cli="12", waitDuration=5),
    ]
    with store.writing("test") as writing:
        writing.replace(CALLS, Month(2020, 5), batches(rows), SUMMARIES)
    yield store
    store.close()


def hashed(text: str) -> str:
    return hmac.new(SECRET, text.encode(), "sha256").hexdigest()[:16]


def test_a_hash_is_hmac_sha256_under_the_installations_secret(filled: Store) -> None:
    calls = seen(user=HASH).table("inboundCalls")
    assert [row["user"] for row in read(filled, calls, "user")] == [hashed("luca"), hashed("anna")]


def test_last_digits_never_show_all_of_a_value(filled: Store) -> None:
    calls = seen(cli=LAST).table("inboundCalls")
    assert [row["cli"] for row in read(filled, calls, "cli")] == ["*******456", "**"]


def test_null_hides_any_type_and_keeps_it(filled: Store) -> None:
    calls = seen(waitDuration=NULL, user=NULL).table("inboundCalls")
    rows = filled.read(plan(Query(calls, selected(calls, "waitDuration", "user")), filled, 10_000, NOW))
    assert [str(kind) for kind in rows.schema.types] == ["int64", "string"]
    assert [list(row.values()) for batch in rows for row in batch.to_pylist()] == [[None, None]] * 2


def test_a_mask_holds_for_what_is_made_of_the_column(filled: Store) -> None:
    summaries = seen(user=HASH, waitDuration=NULL).table("inboundCallSummaries")
    row = read(filled, summaries, "users", "user", "waitDuration")[0]
    assert row == {"users": f"{hashed('anna')} > {hashed('luca')}", "user": hashed("luca"), "waitDuration": None}


def test_sorting_by_a_masked_column_sorts_by_its_mask(filled: Store) -> None:
    calls = seen(user=NULL).table("inboundCalls")
    query = Query(calls, selected(calls, "step"), sort=(SortKey(calls.column("user"), descending=True),))
    rows = [row["step"] for batch in filled.read(plan(query, filled, 10_000, NOW)) for row in batch.to_pylist()]
    assert rows == [0, 1], "with nothing to sort by, the key decides"


def test_a_masked_clock_is_no_clock() -> None:
    assert seen(startTime=NULL).table("inboundCalls").clock_column is None


def test_every_literal_is_bound(filled: Store) -> None:
    calls = seen(user=HASH, cli=LAST).table("inboundCalls")
    window = Window(datetime(2020, 5, 4, 1, 2, 3, tzinfo=UTC), datetime(2020, 6, 7, 8, 9, 10, tzinfo=UTC))
    query = Query(calls, selected(calls, "user", "cli", "startTime"), window, limit=4711, offset=815)
    parts = tuple(Part(partition, whole=False) for partition in filled.partitions("inboundCalls"))
    statement = rows_statement(Plan(query, 987_654, parts), SECRET)
    for literal in ("2020-05-04", "2020-06-07", "4711", "815", "987654", "01:02:03"):
        assert literal not in statement.sql
    assert {4711, 815, 987_654, 3} <= {v for v in statement.literals.values() if isinstance(v, int)}
    assert all(f"${name}" in statement.sql for name in statement.literals)


def test_the_sql_of_a_small_question_names_only_the_month_it_needs(filled: Store) -> None:
    with filled.writing("test") as writing:
        writing.replace(CALLS, Month(2020, 6), batches([step(datetime(2020, 6, 4))]), SUMMARIES)
    query = Query(
        CALLS, selected(CALLS, "id"), Window(datetime(2020, 5, 4, tzinfo=UTC), datetime(2020, 5, 5, tzinfo=UTC))
    )
    statement = rows_statement(plan(query, filled, 13, NOW), SECRET)
    assert statement.sql == (
        'SELECT c0 FROM (SELECT "id" AS c0 FROM kept."inboundCalls@2020-05" WHERE _from <= $v0 AND _until > $v0)'
    )


def test_a_name_with_quotes_stays_a_name(filled: Store) -> None:
    chosen = replace(selected(CALLS, "id")[0], name='x"; DROP TABLE store; --')
    rows = filled.read(plan(Query(CALLS, (chosen,)), filled, 10_000, NOW))
    assert rows.schema.names == ['x"; DROP TABLE store; --']
    rows.close()
