"""Power Query's conversation, replayed: from the address to an incremental refresh of two years, and the refresh again.

The requests are those that were seen of it, with its headers; it adds its key to every address and follows links. The
same conversation is held with a store that holds all months, and with an empty mirror of a TVox. Beside it: pages while
rows change, and a page deep in a long answer.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise
from pathlib import Path

from answers.filling import fill
from bench.deep import deep
from bench.figure import Figure
from bench.mashup import Mashup, Row, Stage, address
from bench.service import Service
from datamodel.catalogue import documented
from datamodel.demo import DemoCentre
from store.control import Control
from store.keys import Keys
from store.store import Store
from tabular.month import Month
from tests.serving import Served, opened_at
from tests.steps import CALLS, SUMMARIES, batches, step

MONTHS, CALLS_PER_MONTH = 24, 2000
SET = "inboundCalls"
COLUMNS = "id,step,user,cli,startTime,endTime,status,service,waitDuration,durationOnUser"
ROWS_WRITTEN = 20
"""Rows that are written between two pages, half of them new ones."""


def figures(folder: Path) -> Iterator[Figure]:
    """The conversation with a full store and with an empty mirror, the paging proof, the deep pages."""
    path = folder / "full.duckdb"
    key = _filled(path, MONTHS, CALLS_PER_MONTH)
    words = ["main.py", "serve", "--no-demo", "--port", "0", "--store"]
    rates = {"TVOX_DATAMODEL_RATE": "0", "TVOX_DATAMODEL_SECONDS": "60"}
    with Service(*words, str(path), key=key, settings=rates) as full:
        yield from _conversation(f"{MONTHS} months stored", Mashup(full.address, key))
        mirror = folder / "mirror.duckdb"
        control = Control(mirror)
        mirrors_key = Keys(control).create("bench")
        control.close()
        settings = {
            "TVOX_UPSTREAM_URL": full.address,
            "TVOX_UPSTREAM_API_KEY": key,
            "TVOX_UPSTREAM_RATE": "0",
            "TVOX_SETTLE_DAYS": "0",
        }
        with Service(*words[:2], *words[3:], str(mirror), key=mirrors_key, settings=settings) as empty:
            yield from _conversation("an empty mirror", Mashup(empty.address, mirrors_key))
    yield from _paging(folder / "paging.duckdb")
    yield from deep(folder / "deep.duckdb")


def _filled(path: Path, months: int, calls: int) -> str:
    control = Control(path)
    key = Keys(control).create("bench")
    with Store(path, secret=control.secret) as store:
        fill(DemoCentre(calls_per_month=calls, now=datetime.now(UTC), months=months), store, documented())
    control.close()
    return key


def _conversation(title: str, client: Mashup) -> Iterator[Figure]:
    """Each stage in the order in which Power BI Desktop comes to it."""
    asked = [client.ask(""), client.ask("$metadata")]
    yield from _told(f"{title}: service document and $metadata", client, Stage(asked, []), upstream=0)
    asked = [client.ask(""), client.ask("$metadata")]
    yield from _told("navigator: both again", client, Stage(asked, []), upstream=0)
    yield from _told("preview: $top=1000", client, client.read(address(SET, top=1000)), upstream=1)
    since = _first().replace(year=_first().year + 1)
    wanted = f"startTime ge {_spelled(since, 'Z')} and status eq 'HANGUP'"
    yield from _told("folded load: $select and $filter", client, client.read(_folded(wanted)))
    whole = client.read(_folded(f"startTime ge {_spelled(_first(), 'Z')}"))
    yield from _told(f"{MONTHS} months in one load, by links", client, whole)
    yield from _refreshes(client, whole)


def _refreshes(client: Mashup, whole: Stage) -> Iterator[Figure]:
    bounds = [_first()]
    while bounds[-1] < datetime.now(UTC):
        bounds.append((bounds[-1] + timedelta(days=32)).replace(day=1))
    for spelled in ("Z", "+00:00"):
        refresh = _refreshed(client, bounds, spelled)
        yield from _told(f"refresh, {len(bounds) - 1} windows spelled {spelled}", client, refresh, upstream=0)
        yield Figure(
            "  rows lost or doubled beside the one load", "rows", [_differences(whole.rows, refresh.rows)], at_most=0
        )
    again = _refreshed(client, bounds, "Z", again=True)
    yield from _told("the refresh again, with If-None-Match", client, again, upstream=0)
    unlike = sum(one.status != 304 for one in again.answers)
    yield Figure("  answers that are not 304", "answers", [unlike], at_most=0)


def _refreshed(client: Mashup, bounds: Sequence[datetime], spelled: str, again: bool = False) -> Stage:
    refresh = Stage([], [])
    for since, until in pairwise(bounds):
        wanted = f"startTime ge {_spelled(since, spelled)} and startTime lt {_spelled(until, spelled)}"
        window = client.read(_folded(wanted), again)
        refresh.answers.extend(window.answers)
        refresh.rows.extend(window.rows)
    return refresh


def _folded(wanted: str) -> str:
    return address(SET, filter=wanted, select=COLUMNS)


def _first() -> datetime:
    first = Month.of(datetime.now(UTC)) - (MONTHS - 1)
    return datetime(first.year, first.month, 1, tzinfo=UTC)


def _spelled(moment: datetime, offset: str) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}{offset}"


def _told(what: str, client: Mashup, stage: Stage, upstream: int | None = None) -> Iterator[Figure]:
    """The lines of a stage: what the client saw, and what the service says of it; `upstream` is the most it may ask."""
    reported = client.reported(len(stage.answers))
    yield Figure(f"{what}: requests", "requests", [len(stage.answers)], told=True)
    yield Figure("  kilobytes on the wire", "kB", [sum(one.size for one in stage.answers) / 1000], told=True)
    if stage.rows:
        yield Figure("  rows", "rows", [len(stage.rows)], told=True)
        yield Figure(
            "  months touched, each request", "months", [_months(one["months"]) for one in reported], told=True
        )
    sent = sum(int(str(one["upstreamRequests"])) for one in reported)
    yield Figure("  requests to the TVox", "requests", [sent], at_most=upstream, told=upstream is None)
    yield Figure("  seconds", "s", [stage.seconds], told=True)


def _months(told: object) -> int:
    """How many months the report names.

    >>> [_months(text) for text in ("none", "2026-01", "2025-12 to 2026-02 (3)")]
    [0, 1, 3]
    """
    found = re.search(r"\((\d+)\)$", str(told))
    return int(found[1]) if found else int(told != "none")


def _differences(whole: Sequence[Row], other: Sequence[Row]) -> int:
    """Rows of one that are not in the other, and rows that came twice."""
    ours, theirs = {_name(row): row for row in whole}, {_name(row): row for row in other}
    twice = len(whole) - len(ours) + len(other) - len(theirs)
    return twice + sum(ours.get(name) != theirs.get(name) for name in ours.keys() | theirs.keys())


def _name(row: Row) -> tuple[object, object]:
    return row["id"], row["step"]


def _paging(path: Path) -> Iterator[Figure]:
    """Pages of 1,000 rows, and between two of them rows are added before, between and behind, and changed."""
    services = opened_at(path)
    now = datetime.now(UTC)
    fill(DemoCentre(calls_per_month=CALLS_PER_MONTH * 2, now=now, months=3), services.store, documented())
    served = Served(services)
    try:
        client = Mashup(served.address, served.key)
        wanted = address(SET, select=COLUMNS)
        whole = client.read(wanted)
        changing = iter(whole.rows[:: len(whole.rows) // 500])
        serials = count(900_000)

        def write() -> None:
            rows = [_written(next(changing), next(serials), is_new=place % 2 == 0) for place in range(ROWS_WRITTEN)]
            with services.store.writing("bench") as writing:
                writing.merge(CALLS, batches(rows), SUMMARIES)

        paged = client.walked(wanted, write, headers={"Prefer": "odata.maxpagesize=1000"})
        after = client.read(wanted)
    finally:
        served.close()
        services.close()
    pages = len(paged.answers)
    changed = _differences(whole.rows, after.rows)
    yield Figure(f"{len(whole.rows):,} rows in {pages} pages while others are written", "s", [paged.seconds], told=True)
    yield Figure("  rows that differ by now", "rows", [changed], at_least=(pages - 1) * ROWS_WRITTEN // 2)
    lost = _differences(whole.rows, paged.rows)
    assert [_name(row) for row in paged.rows] == [_name(row) for row in whole.rows]
    yield Figure("  rows lost, doubled or changed in the pages", "rows", [lost], at_most=0)


def _written(row: Row, serial: int, is_new: bool) -> dict[str, object]:
    """A row as it is changed, or a new call that began in the same second."""
    second = int(str(row["id"]).partition(".")[0])
    began = datetime.fromtimestamp(second, UTC).replace(tzinfo=None)
    if is_new:
        return step(began, 0, serial, user="new")
    return step(began, user="changed") | {"id": row["id"], "step": 0}
