"""Whole tables beside the peers: roapi (Rust, the table in memory), Datasette (SQLite), and DuckDB's own COPY and scan.

500,000 rows of 12 columns; ours writes times in Europe/Rome, which none of the peers does. The peers are installed by
`make bench` in an environment of their own (requirements-peers.txt); without them their lines say so.
"""

import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from answers.filling import fill
from bench.figure import Figure, interleaved
from bench.rows import ADDRESS, COLUMNS, STEPS
from bench.service import ROOT, Service
from datamodel.catalogue import documented
from datamodel.demo import DemoCentre
from store.control import Control
from store.keys import Keys
from store.store import Store

PEERS = ROOT / ".venv" / "peers" / "bin"
ROUNDS = 5
NAMES = COLUMNS.replace("user,", '"user",')
MEDIA = {"csv": "application/csv", "json": "application/json", "arrow": "application/vnd.apache.arrow.stream"}


class Peer:
    """A program that serves on a port of its own, for as long as the `with` lasts."""

    def __init__(
        self, words: list[str], health: str, environment: Mapping[str, str] | None = None, folder: Path | None = None
    ) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        given = [word.replace("PORT", str(self.port)) for word in words]
        self._process = subprocess.Popen(
            given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, cwd=folder
        )
        ends = time.monotonic() + 60
        while True:
            try:
                if self.get(health)[1]:
                    return
            except (OSError, AssertionError):
                if time.monotonic() > ends:
                    raise
                time.sleep(0.1)

    def __enter__(self) -> "Peer":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()

    def ask(self, sql: str, form: str) -> float:
        """Milliseconds for the answer to a question in SQL."""
        return self.get("/api/sql", MEDIA[form], sql.encode())[0] * 1000

    def get(self, path: str, accept: str = "*/*", body: bytes = b"") -> tuple[float, int]:
        """Seconds until the last byte, and how many there were; with a body it is posted."""
        buffer = bytearray(1 << 20)
        began = time.perf_counter()
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            head = f"{'POST' if body else 'GET'} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {accept}\r\n"
            length = f"Content-Length: {len(body)}\r\n" if body else ""
            connection.sendall(f"{head}{length}Connection: close\r\n\r\n".encode() + body)
            size, first = 0, b""
            while read := connection.recv_into(buffer):
                first = first or bytes(buffer[:read])
                size += read
        assert b" 200 " in first.split(b"\r\n", 1)[0], first[:300]
        return time.perf_counter() - began, size

    @property
    def peak_megabytes(self) -> float:
        """The most memory that it has held at once."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


def roapi_of(table: Path) -> list[str]:
    """The command that serves a Parquet file as `rows`."""
    addresses = ["-a", "127.0.0.1:PORT", "-p", "127.0.0.1:0", "--addr-flight-sql", "127.0.0.1:0"]
    return [str(PEERS / "roapi"), "--table", f"rows={table}", *addresses]


def figures(folder: Path) -> Iterator[Figure]:
    """Make a month of more than 500,000 steps, give the peers the same rows, and measure all in turns."""
    path = folder / "peers.duckdb"
    control = Control(path)
    key = Keys(control).create("bench")
    with Store(path, secret=control.secret) as store:
        fill(DemoCentre(calls_per_month=280_000, now=datetime.now(UTC), months=2), store, documented())
    control.close()
    month = copied(path, folder)
    asked = f"&month={month}&limit={STEPS}"
    words = ["main.py", "serve", "--no-demo", "--port", "0", "--store", str(path)]
    with ExitStack() as running:
        ours = running.enter_context(Service(*words, key=key))
        own = running.enter_context(duckdb.connect(str(folder / "copy.duckdb"), read_only=True))
        measures: dict[str, Callable[[], float]] = {
            form: (lambda form=form: ours.get(ADDRESS.format(form) + asked).all / 1000)  # type: ignore[misc]
            for form in MEDIA
        }
        measures |= {f"duckdb {form}": (lambda form=form: _own(own, form)) for form in MEDIA}  # type: ignore[misc]
        if (PEERS / "roapi").exists():
            roapi = running.enter_context(Peer(roapi_of(folder / "rows.parquet"), "/health"))
            rows = f"/api/tables/rows?limit={STEPS}"
            measures |= {
                f"roapi {form}": (lambda media=media: roapi.get(rows, media)[0])  # type: ignore[misc]
                for form, media in MEDIA.items()
            }
            datasette = running.enter_context(
                Peer(
                    [
                        *(str(PEERS / "datasette"), "serve", "-i", str(folder / "rows.db"), "-p", "PORT"),
                        *("--setting", "max_csv_mb", "0", "--setting", "sql_time_limit_ms", "100000"),
                    ],
                    "/-/versions.json",
                )
            )
        taken = dict(zip(measures, interleaved(list(measures.values()), ROUNDS), strict=True))
        yield from _beside(taken)
        yield Figure("peak memory of the service after all of them", "MB", [ours.peak_megabytes], told=True)
        if "roapi csv" in taken:
            yield Figure("  of roapi", "MB", [roapi.peak_megabytes])
            slow = [datasette.get("/rows/rows.csv?_stream=on&_size=max")[0] for _ in range(2)]
            yield Figure("Datasette, CSV", "s", slow)
            yield _times("  ours is faster by", slow, taken["csv"], 30)
            yield Figure("  peak memory of Datasette", "MB", [datasette.peak_megabytes])


def _beside(taken: dict[str, list[float]]) -> Iterator[Figure]:
    for form, faster in (("csv", 1.5), ("json", 1.4), ("arrow", 1.2)):
        yield Figure(f"{STEPS:,} rows of 12 columns as {form}", "s", taken[form], told=True)
        floor = "scan" if form == "arrow" else "COPY to nothing"
        yield Figure(f"  DuckDB's own {floor}", "s", taken[f"duckdb {form}"])
        ratios = [one / two for one, two in zip(taken[form], taken[f"duckdb {form}"], strict=True)]
        yield Figure("  times as long as that", "times", ratios, at_most=1.7)
        if f"roapi {form}" in taken:
            yield Figure("  roapi", "s", taken[f"roapi {form}"])
            yield _times("  ours is faster by", taken[f"roapi {form}"], taken[form], faster)
        else:
            print(f"  roapi is not installed: {PEERS}")


def _times(what: str, theirs: list[float], ours: list[float], limit: float) -> Figure:
    return Figure(what, "times", [one / two for one, two in zip(theirs, ours, strict=False)], at_least=limit)


def _own(connection: duckdb.DuckDBPyConnection, form: str) -> float:
    began = time.perf_counter()
    if form == "arrow":
        for _ in connection.execute("SELECT * FROM rows").to_arrow_reader(20_000):
            pass
    else:
        connection.execute(f"COPY rows TO '/dev/null' (FORMAT {form})")
    return time.perf_counter() - began


def copied(path: Path, folder: Path) -> str:
    """The same rows for everybody: as DuckDB, Parquet and SQLite; the month that they are of."""
    with duckdb.connect(str(path), read_only=True) as connection:
        found = connection.execute(
            "SELECT month FROM partitions WHERE \"table\" = 'inboundCalls' ORDER BY rows DESC LIMIT 1"
        ).fetchall()
        rows = connection.execute(
            f'SELECT {NAMES} FROM kept."inboundCalls@{found[0][0]}" LIMIT {STEPS}'
        ).to_arrow_table()
    assert rows.num_rows == STEPS
    with duckdb.connect(str(folder / "copy.duckdb")) as copy:
        copy.register("given", rows)
        copy.execute("CREATE TABLE rows AS SELECT * FROM given")
        copy.execute(f"COPY rows TO '{folder / 'rows.parquet'}' (FORMAT parquet)")
    with sqlite3.connect(folder / "rows.db") as peer:
        peer.execute(f"CREATE TABLE rows ({NAMES})")
        for batch in rows.to_batches(50_000):
            text = [
                [str(cell) if isinstance(cell, datetime) else cell for cell in row.values()]
                for row in batch.to_pylist()
            ]
            peer.executemany(f"INSERT INTO rows VALUES ({','.join('?' * len(text[0]))})", text)
    return str(found[0][0])
