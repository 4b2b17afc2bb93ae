"""Rows into Google Sheets: 100,000 rows of 12 columns into the stand-in of the tests, without its quotas or ours.

The peer is gspread, as a script of somebody's own would use it: it begins with the rows that the service gave as
`grid`. Ours begins with the Arrow batches of the store, so making the text is within its figures. Both wait for the
stand-in most of the time; what tells them apart is their own processor time. What Google's pace makes of it is another
thing: one request of two megabytes a second.
"""

import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from answers.filling import fill
from bench.figure import Figure, interleaved
from bench.peers import NAMES, PEERS
from bench.rows import COLUMNS
from bench.service import ROOT
from connectors.google.spreadsheets import Pace, ServiceAccount, Spreadsheets, area, chunks
from datamodel.catalogue import documented
from datamodel.demo import DemoCentre
from formats.format import About, Heading, Style, Times
from formats.grid import FORMAT
from store.control import Control
from store.store import Store
from tests.google.standin import StandIn

ROWS = 100_000
ROUNDS = 5


def figures(folder: Path) -> Iterator[Figure]:
    """Make the rows, then write them in turns."""
    rows = _rows(folder)
    width = rows.num_columns
    with ExitStack() as running:
        google = running.enter_context(StandIn())
        google.limit(None)
        google.settings(payload=None)  # gspread writes all rows by one request
        key = google.account(folder)
        size = {"row_count": ROWS + 1, "column_count": width}
        ours, theirs = (google.spreadsheet(sheets=[{"id": 0, "title": "Calls", **size}]) for _ in range(2))
        sheets = Spreadsheets(ServiceAccount.read(key), Pace(folder / "push", 0, 0), address=google.address)
        running.callback(sheets.close)
        busy: dict[str, list[float]] = {"ours": [], "gspread": []}

        def push() -> float:
            began, before = time.perf_counter(), time.process_time()
            top = 0
            for chunk in chunks(_encoded(rows)):
                sheets.put_values(ours, area("Calls", top, 0, chunk.rows, width), chunk.body)
                top += chunk.rows
            busy["ours"].append(time.process_time() - before)
            return time.perf_counter() - began

        measures = [push]
        python = PEERS / "python"
        if subprocess.run([python, "-c", "import gspread"], check=False, capture_output=True).returncode == 0:
            given = folder / "rows.json"
            given.write_bytes(b"".join(_encoded(rows)))
            words = [str(python), "-m", "bench.peer_sheets", google.address, str(key), theirs, str(given)]
            peer = running.enter_context(
                subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
            )
            running.callback(peer.terminate)

            def pushed_by_peer() -> float:
                assert peer.stdin is not None
                assert peer.stdout is not None
                peer.stdin.write("\n")
                peer.stdin.flush()
                seconds, processor = map(float, peer.stdout.readline().split())
                busy["gspread"].append(processor)
                return seconds

            measures.append(pushed_by_peer)
        else:
            print(f"  gspread is not installed: {PEERS}")
        taken = interleaved(measures, ROUNDS)
        requests = [write.bytes for write in google.writes() if ours in write.target][-1000:]
        count = len(requests) / (ROUNDS + 1)
        yield Figure(f"{ROWS:,} rows of {width} columns into the stand-in", "s", taken[0], told=True)
        yield Figure(
            "  thousands of rows in a second", "k rows/s", [ROWS / 1000 / each for each in taken[0]], told=True
        )
        yield Figure("  requests", "", [count], told=True)
        yield Figure("  the largest request", "MB", [max(requests) / 1e6], at_most=2)
        yield Figure("  seconds that Google's pace makes of them, one a second", "s", [count], told=True)
        yield Figure("  processor time of ours", "s", busy["ours"][1:], told=True)
        if len(taken) > 1:
            assert google.rows(ours, "Calls") == google.rows(theirs, "Calls"), "both wrote the same"
            yield Figure("  gspread, one request", "s", taken[1])
            yield Figure("  its processor time", "s", busy["gspread"][1:])
            pairs = zip(busy["gspread"][1:], busy["ours"][1:], strict=True)
            less = [one / two for one, two in pairs]
            yield Figure("ours takes less of the processor by", "times", less, at_least=2)


def _rows(folder: Path) -> pa.Table:
    """A month of the demo centre, its first rows."""
    path = folder / "push.duckdb"
    control = Control(path)
    with Store(path, secret=control.secret) as store:
        fill(DemoCentre(calls_per_month=56_000, now=datetime.now(UTC), months=2), store, documented())
    control.close()
    with duckdb.connect(str(path), read_only=True) as connection:
        found = connection.execute(
            "SELECT month FROM partitions WHERE \"table\" = 'inboundCalls' ORDER BY rows DESC LIMIT 1"
        ).fetchall()
        table = connection.execute(
            f'SELECT {NAMES} FROM kept."inboundCalls@{found[0][0]}" LIMIT {ROWS}'
        ).to_arrow_table()
    assert table.num_rows == ROWS
    return table


def _encoded(rows: pa.Table) -> Iterator[bytes]:
    """The rows as the format `grid` writes them, a batch at a time."""
    table = next(each for each in documented() if each.name == "inboundCalls")
    columns = {column.name: column for column in table.columns}
    headings = tuple(Heading(name, columns[name]) for name in COLUMNS.split(","))
    about = About("inboundCalls", "", "", None, "Europe/Rome")
    return FORMAT.encode(headings, iter(rows.to_batches(20_000)), Style(Times.ISO), about)
