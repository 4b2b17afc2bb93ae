"""The engine of advanced queries is closed to everything but what it is lent, whatever SQL reaches it."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from datamodel.sql.dialect.casing import lower, upper
from datamodel.sql.dialect.collation import folded
from store.advanced import Advanced
from store.patience import Patience
from tabular.errors import StatementFailed, TookTooLong

ROWS = pa.table({"c0": ["Èva", None, "Müller", "anna"]})


@pytest.fixture(scope="module")
def engine() -> Iterator[Advanced]:
    opened = Advanced({"mdb_folded": folded, "mdb_upper": upper, "mdb_lower": lower}, memory="100MB", threads=2)
    yield opened
    opened.close()


def test_it_reads_what_it_is_lent(engine: Advanced) -> None:
    rows = engine.answer("SELECT mdb_key(c0) AS k FROM b0 WHERE c0 <> $p0 ORDER BY k", {"p0": "anna"}, {"b0": ROWS})
    assert rows.column("k").to_pylist() == ["EVA ", "MULLER "]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('{file}')",
        "SELECT * FROM read_text('{file}')",
        "SELECT * FROM '{file}'",
        "SELECT * FROM glob('/*')",
        "COPY (SELECT 1) TO '{folder}/out.csv'",
        "ATTACH '{folder}/other.duckdb'",
        "EXPORT DATABASE '{folder}'",
        "SET enable_external_access = true",
        "SET memory_limit = '100GB'",
        "SET lock_configuration = false",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SELECT * FROM ROWS",
        "SELECT * FROM b0",
        "SELECT getenv('HOME')",
        "PRAGMA memory_limit = '100GB'",
    ],
)
def test_it_opens_nothing_else(engine: Advanced, tmp_path: Path, sql: str) -> None:
    file = tmp_path / "secret.csv"
    file.write_text("a,b\n1,secret\n", encoding="utf-8")
    with pytest.raises(StatementFailed) as refused:
        engine.answer(sql.format(file=file, folder=tmp_path), {}, {})
    assert "secret" not in str(refused.value)
    assert [one.name for one in tmp_path.iterdir()] == ["secret.csv"]


def test_what_one_statement_is_lent_another_does_not_see(engine: Advanced) -> None:
    engine.answer("SELECT count(*) FROM b0", {}, {"b0": ROWS})
    with pytest.raises(StatementFailed):
        engine.answer("SELECT count(*) FROM b0", {}, {})


def test_it_stops_when_its_time_is_over(engine: Advanced) -> None:
    patience = Patience(0.2)
    ending = threading.Timer(0.2, patience.end)
    ending.start()
    with pytest.raises(TookTooLong):
        engine.answer("SELECT count(*) FROM range(10000000) a, range(10000000) b", {}, {}, patience)
    ending.join()


def test_it_takes_no_more_memory_than_it_may(engine: Advanced) -> None:
    with pytest.raises(StatementFailed, match="more memory"):
        engine.answer("SELECT list(a.range || '-' || b.range) FROM range(3000) a, range(3000) b", {}, {})
    assert engine.answer("SELECT 1 AS one", {}, {}).to_pylist() == [{"one": 1}]
