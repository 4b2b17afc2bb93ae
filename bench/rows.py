"""Rows over loopback: 500,000 steps of 12 columns, a page of them, and the memory that they take."""

import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from answers.filling import fill
from bench.figure import Figure, interleaved
from bench.service import Service, Taken
from datamodel.catalogue import documented
from datamodel.demo import DemoCentre
from store.control import Control
from store.keys import Keys
from store.store import Store

STEPS = 500_000
COLUMNS = "id,step,user,cli,dnis,startTime,endTime,status,service,waitDuration,durationOnUser,contact_value"
ROUNDS = 7
ADDRESS = f"/tables/inboundCalls.{{}}?columns={COLUMNS}&tz=Europe/Rome"


def figures(folder: Path) -> Iterator[Figure]:
    """Make three months of some 500,000 steps each, then measure."""
    path = folder / "rows.duckdb"
    control = Control(path)
    key = Keys(control).create("bench")
    centre = DemoCentre(calls_per_month=260_000, now=datetime.now(UTC), months=3)
    with Store(path, secret=control.secret) as store:
        fill(centre, store, documented())
    control.close()
    _copy_for_the_peer(path, folder / "peer.sqlite")
    yield from _copies(path)
    with Service("main.py", "serve", "--no-demo", "--port", "0", "--store", str(path), key=key) as ours:
        yield from _memory(ours)
        with Service("-m", "bench.peer", str(folder / "peer.sqlite")) as peer:
            yield from _rows(ours, peer)


def _rows(ours: Service, peer: Service) -> Iterator[Figure]:
    full = f"&limit={STEPS}"
    firsts: list[Taken] = []

    def csv() -> float:
        firsts.append(ours.get(ADDRESS.format("csv") + full))
        return rate(firsts[-1])

    def rate(taken: Taken) -> float:
        return STEPS / taken.all / 1000

    page = "&limit=1000&offset=100000"
    measures = {
        "CSV, million rows/s": csv,
        "JSON, million rows/s": lambda: rate(ours.get(ADDRESS.format("json") + full)),
        "NDJSON, million rows/s": lambda: rate(ours.get(ADDRESS.format("ndjson") + full)),
        "page": lambda: ours.get(ADDRESS.format("csv") + page).all,
        "peer csv": lambda: rate(peer.get(f"/rows.csv?limit={STEPS}")),
        "peer page": lambda: peer.get("/rows.csv?limit=1000&offset=100000").all,
    }
    taken = dict(zip(measures, interleaved(list(measures.values()), ROUNDS), strict=True))
    (json_peer,) = interleaved([lambda: rate(peer.get(f"/rows.json?limit={STEPS}"))], 2)
    yield Figure("500,000 steps of 12 columns as CSV", "M rows/s", taken["CSV, million rows/s"], at_least=0.7)
    yield Figure("  first byte of the body", "ms", [one.first for one in firsts[1:]], at_most=60)
    yield Figure("the same as JSON", "M rows/s", taken["JSON, million rows/s"], at_least=0.5)
    yield Figure("the same as NDJSON", "M rows/s", taken["NDJSON, million rows/s"], at_least=0.5)
    yield Figure("a page of 1,000 rows at row 100,000, CSV", "ms", taken["page"], at_most=15)
    yield Figure("FastAPI + sqlite3 + csv, the same rows", "M rows/s", taken["peer csv"])
    yield Figure("FastAPI + sqlite3 + json, the same rows", "M rows/s", json_peer)
    yield Figure("FastAPI + sqlite3 + csv, the same page", "ms", taken["peer page"])


def _memory(ours: Service) -> Iterator[Figure]:
    """What three times the rows add to the most memory that the service has held, beside the size of the answers."""
    for form in ("csv", "json"):
        ours.get(ADDRESS.format(form) + f"&limit={STEPS}")
    before = ours.peak_megabytes
    sizes = [ours.get(ADDRESS.format(form)).size / 1e6 for form in ("csv", "json")]
    growth = ours.peak_megabytes - before
    yield Figure("peak memory after answers of 500,000 rows, CSV and JSON", "MB", [before])
    yield Figure("  what answers of all 1.5 million rows add, blocks kept by the engine", "MB", [growth], at_most=100)
    yield Figure("  the size of these answers", "MB", sizes)


def _copies(path: Path) -> Iterator[Figure]:
    """DuckDB's own COPY of the same rows, in its own process, onto nothing: the floor."""
    with duckdb.connect(str(path), read_only=True) as connection:
        table = _largest(connection)
        select = f"SELECT {COLUMNS} FROM {table} LIMIT {STEPS}".replace("user,", '"user",')

        def copy(form: str) -> float:
            began = time.perf_counter()
            connection.execute(f"COPY ({select}) TO '/dev/null' (FORMAT {form})")
            return STEPS / (time.perf_counter() - began) / 1e6

        csv, json = interleaved([lambda: copy("csv"), lambda: copy("json")], 5)
    yield Figure("DuckDB's own COPY as CSV to /dev/null, no zone, no HTTP", "M rows/s", csv)
    yield Figure("DuckDB's own COPY as JSON to /dev/null, no zone, no HTTP", "M rows/s", json)


def _largest(connection: duckdb.DuckDBPyConnection) -> str:
    found = connection.execute(
        "SELECT month FROM partitions WHERE \"table\" = 'inboundCalls' ORDER BY rows DESC LIMIT 1"
    ).fetchall()
    return f'kept."inboundCalls@{found[0][0]}"'


def _copy_for_the_peer(path: Path, into: Path) -> None:
    with duckdb.connect(str(path), read_only=True) as connection, sqlite3.connect(into) as peer:
        names = COLUMNS.replace("user,", '"user",')
        peer.execute(f"CREATE TABLE rows ({names})")
        found = connection.execute(f"SELECT {names} FROM {_largest(connection)} LIMIT {STEPS}")
        while some := found.fetchmany(50_000):
            text = [[str(cell) if isinstance(cell, datetime) else cell for cell in row] for row in some]
            peer.executemany(f"INSERT INTO rows VALUES ({','.join('?' * len(text[0]))})", text)
