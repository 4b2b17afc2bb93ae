"""Advanced queries: the document's first example over a month of half a million steps, beside MariaDB in one run."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import httpx
import pyarrow as pa
import pyarrow.compute as pc

from answers.filling import fill
from answers.sql.rows import SqlRows
from bench.figure import Figure, interleaved
from bench.service import Service
from datamodel.catalogue import documented
from datamodel.demo import DemoCentre
from datamodel.sql.tables import BY_NAME, table_named
from store.control import Control
from store.keys import Keys
from store.store import Store
from tests.datamodel.sql.mariadb import INSTALL, MariaDb, server

STEPS = 500_000
CALLS = 262_000
"""Calls of the demo centre that make at least so many steps in a month."""
ROUNDS = 9
ADDRESS = "/datamodel/query"
_FREE = {"TVOX_DATAMODEL_RATE": "0"}
"""The rate would refuse what a benchmark asks in a minute."""
INDEXES = ("uniqueid", "cli", "datainizio", "servizio")
"""What such a table is indexed by besides its key."""
EXAMPLE = (
    "SELECT COUNT( DISTINCT ( uniqueid )) AS total, cli AS callerNumber, MAX( datainizio ) AS lastStartDate,"
    " MAX( orainizio ) AS lastStartTime FROM {table} GROUP BY cli;"
)
OTHERS = {
    "calls of a service a day": (
        "SELECT datainizio, servizio, COUNT(*) AS n, AVG(durataattesa) AS waited FROM {table}"
        " WHERE step = 0 GROUP BY datainizio, servizio ORDER BY datainizio, servizio"
    ),
    "a hundred rows of one caller": "SELECT uniqueid, step, cli FROM {table} ORDER BY cli, uniqueid, step LIMIT 100",
}


def figures(folder: Path) -> Iterator[Figure]:
    """Fill a store with one month, copy its table into MariaDB, see that both answer alike, then measure."""
    if server() is None:
        raise SystemExit(f"MariaDB is not here to be measured beside: {INSTALL}")
    path = folder / "advanced.duckdb"
    control = Control(path)
    key = Keys(control).create("bench")
    centre = DemoCentre(calls_per_month=CALLS, now=datetime(2020, 6, 1, tzinfo=UTC), months=2)
    with Store(path, secret=control.secret) as store:
        fill(centre, store, documented())
        table = max(_names(store), key=lambda name: _steps(store, name))
        rows = _rows(store, table)
        assert rows.num_rows >= STEPS, rows.num_rows
        settings = [
            "--innodb-buffer-pool-size=1G",
            "--innodb-flush-log-at-trx-commit=0",
            "--secure-file-priv=",
            "--innodb-strict-mode=0",
        ]
        maria = MariaDb(datetime.fromisoformat("2020-06-01"), store.zone.key, "InnoDB", settings)
    control.close()
    try:
        _load(maria, table, rows, folder)
        with Service(
            "main.py", "serve", "--no-demo", "--port", "0", "--store", str(path), key=key, settings=_FREE
        ) as ours:
            yield from _beside(ours, maria, table, rows.num_rows)
    finally:
        maria.close()


def _beside(ours: Service, maria: MariaDb, table: str, steps: int) -> Iterator[Figure]:
    statements = {"the document's first example": EXAMPLE, **OTHERS}
    measures: list[Callable[[], float]] = []
    for place, statement in enumerate(statements.values()):
        sql = statement.format(table=table)
        body = json.dumps({"query": f"{{ advancedQuery(query: {json.dumps(sql)}) }}"}).encode()
        began = perf_counter()
        mine = json.loads(_asked(ours, body))["data"]["advancedQuery"]
        if place == 0:
            yield Figure(f"{steps:,} steps: the first statement after the start", "ms", [_since(began)], told=True)
        names, theirs = maria.answer(sql)
        assert sorted(map(repr, mine)) == sorted(repr(dict(zip(names, row, strict=True))) for row in theirs), sql
        measures += [_posted(ours, body), _answered(maria, sql)]
    taken = iter(interleaved(measures, ROUNDS))
    for place, what in enumerate(statements):
        yield Figure(what, "ms", next(taken), at_most=150 if place == 0 else None, told=place > 0)
        yield Figure("    MariaDB", "ms", next(taken))


def _asked(service: Service, body: bytes) -> bytes:
    headers = {"Content-Type": "application/json", "X-Telenia-APIKey": service.key}
    heard = httpx.post(service.address + ADDRESS, content=body, headers=headers, timeout=60, trust_env=False)
    assert heard.status_code == 200, heard.text[:300]
    assert b'"errors"' not in heard.content[:50], heard.text[:300]
    return heard.content


def _posted(ours: Service, body: bytes) -> Callable[[], float]:
    return lambda: ours.post(ADDRESS, body).all


def _answered(maria: MariaDb, sql: str) -> Callable[[], float]:
    def measure() -> float:
        began = perf_counter()
        maria.answer(sql)
        return _since(began)

    return measure


def _since(began: float) -> float:
    return (perf_counter() - began) * 1000


def _names(store: Store) -> list[str]:
    return [BY_NAME["ast_calls"].named(partition.month) for partition in store.partitions("inboundCalls")]


def _rows(store: Store, name: str) -> pa.Table:
    found = table_named(name)
    assert found is not None
    rows = SqlRows(store, documented())
    return rows.rows(*found, tuple(column.name for column in found[0].columns))


def _steps(store: Store, name: str) -> int:
    return int(_rows(store, name).num_rows)


def _load(maria: MariaDb, name: str, rows: pa.Table, folder: Path) -> None:
    found = table_named(name)
    assert found is not None
    file = folder / "rows.csv"
    maria.load(*found, rows.slice(0, 0), INDEXES)
    texts = [column.cast(pa.string()) for column in rows.combine_chunks().columns]
    for plain, spelt in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n")):
        texts = [pc.replace_substring(text, plain, spelt) for text in texts]
    lines = pc.binary_join_element_wise(*(pc.fill_null(text, "\\N") for text in texts), "\t")
    file.write_text("\n".join(lines.to_pylist()) + "\n", encoding="utf-8")
    maria.answer(f"LOAD DATA INFILE '{file}' INTO TABLE {name} CHARACTER SET utf8mb4")
    maria.answer(f"ANALYZE TABLE {name}")
    file.unlink()
