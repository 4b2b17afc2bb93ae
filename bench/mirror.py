"""The mirror of a TVox: a storm of formulas an hour later, an empty store, and how fast pages become rows.

The TVox is this service itself in a process of its own, behind a proxy that takes 200 ms for each request, refuses
what is over 100 in any minute, and keeps the log that the figures are read from.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from answers.filling import fill
from bench.figure import Figure
from bench.service import ROOT, Service
from bench.storm import Asked, storm
from datamodel.catalogue import documented
from datamodel.demo import DemoCentre
from store.control import Control
from store.keys import Keys
from store.layout import arrow_schema, quoted
from store.statements import OPEN_END, partition_name
from store.store import Store
from tabular.month import Month
from tests.upstream.arrivals import Arrival
from tests.upstream.proxy import Proxy

CALLS = 20_000
MONTHS = 12
TABLE = "inboundCalls"
SHEETS, FORMULAS = 100, 50
CHANGED = 1500
PER_MINUTE, LATENCY = 100, 200
SETTINGS = {"TVOX_SETTLE_DAYS": "0", "TVOX_STORE_MEMORY": "512MB"}
"""Months settle as soon as they are over: the figures are those of any day of a month. Memory is bounded."""


def figures(folder: Path) -> Iterator[Figure]:
    """An empty store within the limit, the storm, the same storm at the TVox itself, and no limit at all."""
    theirs, key = folder / "tvox.duckdb", _filled(folder / "tvox.duckdb")
    with _tvox(theirs, key) as tvox, Proxy(tvox.address, latency=LATENCY, limit=PER_MINUTE) as proxy:
        upstream = _upstream(proxy, key, PER_MINUTE)
        yield from _cold(folder / "mirror.duckdb", upstream, proxy)
    _change(theirs)
    _as_an_hour_ago(folder / "mirror.duckdb")
    with _tvox(theirs, key) as tvox, Proxy(tvox.address, latency=LATENCY, limit=PER_MINUTE) as proxy:
        yield from _stormed(folder / "mirror.duckdb", _upstream(proxy, key, PER_MINUTE), proxy, key)
    with _tvox(theirs, key) as tvox, Proxy(tvox.address, mode="record") as proxy:
        yield from _without_limit(folder, _upstream(proxy, key, 0), proxy)


def _filled(path: Path) -> str:
    """Fill the TVox's store; a key for it."""
    control = Control(path)
    key = Keys(control).create("mirror")
    with Store(path, secret=control.secret) as store:
        fill(DemoCentre(calls_per_month=CALLS, now=datetime.now(UTC), months=MONTHS), store, documented())
    control.close()
    return key


@contextmanager
def _tvox(path: Path, key: str) -> Iterator[Service]:
    words = ["main.py", "serve", "--no-demo", "--port", "0", "--store", str(path)]
    settings = {"TVOX_DATAMODEL_RATE": "0", "TVOX_DATAMODEL_SECONDS": "60"}
    with Service(*words, key=key, settings=settings) as service:
        yield service


def _upstream(proxy: Proxy, key: str, per_minute: int) -> dict[str, str]:
    return SETTINGS | {
        "TVOX_UPSTREAM_URL": proxy.address,
        "TVOX_UPSTREAM_API_KEY": key,
        "TVOX_UPSTREAM_RATE": str(per_minute),
    }


@dataclass(frozen=True, slots=True)
class _Synced:
    seconds: float
    rows: int
    megabytes: float


def _sync(path: Path, upstream: Mapping[str, str], *more: str) -> _Synced:
    """Run the command; the seconds and rows that it tells, and the most memory that it held."""
    words = [sys.executable, "main.py", "sync", "--store", str(path), *more]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TVOX_")}
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**environment, **upstream})
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, said
    found = re.search(r"([\d,]+) rows in ([\d,.]+) s", said)
    assert found is not None, said
    return _Synced(float(found[2].replace(",", "")), int(found[1].replace(",", "")), used.ru_maxrss / 1024)


def _first() -> str:
    return str(Month.of(datetime.now(UTC)) - (MONTHS - 1))


def _cold(path: Path, upstream: Mapping[str, str], proxy: Proxy) -> Iterator[Figure]:
    """All months of one table into an empty store, as fast as the limit lets it."""
    synced = _sync(path, upstream, "--table", TABLE, "--from", _first())
    log = proxy.log()
    pages = len({arrival.body for arrival in log if "rows" in dict(arrival.asked)})
    yield Figure(f"cold: {MONTHS} months, {synced.rows:,} steps: pages", "pages", [pages], told=True)
    yield Figure("  requests in all", "requests", [len(log)], at_most=pages + MONTHS)
    yield Figure("  minutes", "min", [synced.seconds / 60], told=True)
    yield Figure(
        "  times the minutes of pages ÷ budget", "times", [synced.seconds / 60 / (pages / PER_MINUTE)], at_most=1.25
    )
    yield from _kept_the_limit(proxy, log)


def _change(path: Path) -> None:
    """Let the last CHANGED calls of the open month be updated in the last hour."""
    table, month = documented().table(TABLE), Month.of(datetime.now(UTC))
    summary = documented().summary_of(table)
    fields = ", ".join(quoted(field.name) for field in table.fields)
    held = f"{partition_name(TABLE, month)} WHERE _until = {OPEN_END}"
    with duckdb.connect(str(path), read_only=True) as connection:
        rows = connection.execute(
            f"SELECT {fields} FROM {held} AND id IN (SELECT DISTINCT id FROM {held} ORDER BY id DESC LIMIT {CHANGED})"
        ).to_arrow_table()
    place = rows.schema.get_field_index("lastUpdateTime")
    updated = datetime.now(UTC).replace(tzinfo=None, microsecond=0) - timedelta(minutes=20)
    times = pa.chunked_array([pa.array([updated] * rows.num_rows, pa.timestamp("us"))])
    note = rows.schema.get_field_index("data")
    changed = rows.set_column(place, "lastUpdateTime", times)
    changed = changed.set_column(note, "data", pa.chunked_array([pa.array(["updated"] * rows.num_rows)]))
    with Store(path) as store, store.writing("demo of this benchmark") as writing:
        writing.merge(table, changed.cast(arrow_schema(table)).to_batches(), summary)
    assert pc.count_distinct(rows.column("id")).as_py() == CHANGED


def _as_an_hour_ago(path: Path) -> None:
    """Let the mirror have been fetched an hour ago."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE partitions SET fetched = fetched - INTERVAL 1 HOUR")


def _formulas() -> list[tuple[str, str]]:
    """Fifty formulas of a sheet, over all months: each as rows of a table, and as a question to the Data Model."""
    this_month = Month.of(datetime.now(UTC))
    months = list((this_month - (MONTHS - 1)).until(this_month))
    shapes = (
        "columns=id,step,startTime,cli,service&filter=status eq 'HANGUP'&limit=500",
        "columns=startTime,user,durationOnUser&filter=user ne null&limit=1000&sort=-startTime",
        "columns=id,cli&filter=startswith(cli,'%2B39')&limit=200",
        "columns=id,step,queueDuration&filter=queueDuration gt 30&limit=300",
    )
    found = []
    for number in range(FORMULAS):
        month = months[number % len(months)] if number % 3 else this_month
        rows = f"/tables/{TABLE}.csv?month={month}&{shapes[number % len(shapes)]}".replace(" ", "%20")
        search = f"year:{month.year},month:{month.month},pagination:{{limit:500,offset:{number}}}"
        found.append((rows, f"{{ {TABLE}(search: {{{search}}}) {{ id step startTime cli service }} }}"))
    return found


def _stormed(path: Path, upstream: Mapping[str, str], proxy: Proxy, their_key: str) -> Iterator[Figure]:
    """The same formulas asked of the mirror, and then of the TVox itself."""
    control = Control(path)
    key = Keys(control).create("sheets")
    control.close()
    words = ["main.py", "serve", "--port", "0", "--store", str(path)]
    with Service(*words, key=key, settings=upstream) as mirror:
        asked = [Asked(rows) for _ in range(SHEETS) for rows, _ in _formulas()]
        found = storm(mirror.address, key, asked)
        log = proxy.log()
    this_month = Month.of(datetime.now(UTC))
    of_open = sum(_names(arrival, this_month) for arrival in log)
    settled = len(log) - of_open
    title = f"storm: {SHEETS} sheets of {FORMULAS} formulas at once, {CHANGED:,} calls changed"
    errors = sum(count for status, count in found.statuses.items() if status != 200)
    yield Figure(f"{title}: errors", "errors", [errors], at_most=0)
    yield Figure("  requests for the open month", "requests", [of_open], at_most=4)
    yield Figure("  requests for settled months", "requests", [settled], at_most=0)
    yield Figure("  until the last answer", "s", [found.whole], told=True)
    yield Figure("  until half of the answers", "s", [sorted(found.seconds)[len(asked) // 2]], told=True)
    proxy.reset()
    direct = [
        Asked("/datamodel/query", json.dumps({"query": query}).encode())
        for _ in range(SHEETS)
        for _, query in _formulas()
    ]
    theirs = storm(proxy.address, their_key, direct)
    refused = sum(count for status, count in theirs.statuses.items() if status != 200)
    yield Figure("  the same formulas at the TVox itself: errors", "errors", [refused])
    yield Figure("  minutes until it could have answered them all", "min", [len(direct) / PER_MINUTE])


def _names(arrival: Arrival, month: Month) -> bool:
    """Whether a request is for that month alone: other months are not named in it."""
    numbers = re.findall(r'"month[^"]*":\s*(\d+)|month:\s*(\d+)', arrival.body)
    return {int(one or other) for one, other in numbers} == {month.month}


def _kept_the_limit(proxy: Proxy, log: list[Arrival]) -> Iterator[Figure]:
    counts = proxy.counts()
    refused = sum(arrival.status == 429 for arrival in log)
    yield Figure(
        "  most requests in any minute of the TVox's own log",
        "requests",
        [counts["most_in_a_minute"]],
        at_most=PER_MINUTE,
    )
    yield Figure("  refused by the TVox for being too many", "requests", [refused], at_most=0)


def _without_limit(folder: Path, upstream: Mapping[str, str], proxy: Proxy) -> Iterator[Figure]:
    """Without a limit: once from the TVox, and then from a memory of its answers, which costs it nothing."""
    words = ("--table", TABLE, "--from", _first())
    first = _sync(folder / "first.duckdb", upstream, *words)
    yield Figure("without a limit, the TVox on the same cores", "steps/s", [first.rows / first.seconds], told=True)
    proxy.mode("replay")
    speeds, megabytes = [], []
    for number in range(3):
        began = time.perf_counter()
        again = _sync(folder / f"again{number}.duckdb", upstream, *words)
        speeds.append(again.rows / again.seconds)
        megabytes.append(again.megabytes)
        assert time.perf_counter() > began
    yield Figure("  its answers from memory", "steps/s", speeds, at_least=50_000)
    yield Figure("  most memory of the process", "MB", megabytes, at_most=1000)
