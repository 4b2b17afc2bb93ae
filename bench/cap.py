"""The OData feed beside SAP CAP's: the same 100,000 rows of 30 columns, and the same questions in turns.

CAP 9 (Node, express, SQLite) as in production, without its log, and in pages as long as ours: as it deploys itself, so
with an index of the key alone, which the limits are about; and beside it with indexes that fit the questions. All are
asked over connections that stay, for plain bytes. Ours asked "first" is spelled another way each time, so that nothing
is kept; "again" is the same question. Before anything is timed all rows, the sorted page and the groups of all are
compared.
"""

import json
import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

from answers.filling import fill
from bench import peer_odata
from bench.figure import Figure, interleaved
from bench.service import Service
from datamodel.catalogue import documented
from datamodel.demo import DemoCentre
from store.control import Control
from store.keys import Keys
from store.store import Store

NOW = datetime(2026, 10, 28, 10, 21, 47, tzinfo=UTC)
CENTRE = DemoCentre(calls_per_month=18_000, now=NOW, months=3)
"""Until that moment it had 100,000 steps."""

COLUMNS = [
    *("id", "step", "user", "exten", "cli", "dnis"),
    *("startTime", "distributionTime", "answerByUserTime", "endTime", "queueTime"),
    *("status", "transferedTo_type", "transferedTo_value"),
    *("waitDurationOnUser", "durationOnUser", "waitDuration", "queueDuration", "totalDuration", "holdDuration"),
    *(
        "service",
        "customer",
        "servicePriority",
        "multiChannel_type",
        "callResult_resultLevel1",
        "callResult_resultLevel2",
    ),
    *("contact_id", "contact_value", "contact_type", "lastUpdateTime"),
]
PAGE, SHORT = 20_000, 1000
"""Our pages unless told, and CAP's."""

ROUNDS, WALKS = 25, 5
_LINK = re.compile(rb'"@odata\.nextLink":("[^"]+")')
_SPELLINGS = count(1)
"""No question of ours that is asked first is spelled as one before it."""

_LARGEST, _PIECE = 1 << 27, 1 << 20
"""Bytes that no answer has, and those that are read at once."""

_IDLE = 3.0
"""Seconds after which either server may have closed a connection."""

Row = dict[str, object]


class Feed:
    """One of the two: a client that keeps its connection and its headers."""

    def __init__(self, root: str, headers: dict[str, str]) -> None:
        parts = urlsplit(root)
        self._root = root
        self._headers = headers
        self._connection = HTTPConnection(parts.hostname or "", parts.port, timeout=600)
        self._used = 0.0
        self._buffer = memoryview(bytearray(_LARGEST))

    def ask(self, path: str) -> bytes:
        """The body of an answer."""
        return bytes(self._asked(path, PAGE))

    def _asked(self, path: str, size: int) -> memoryview:
        """The body until the next is asked for; its page has that size where the server lets its client say so."""
        headers = self._headers | {"Prefer": f"odata.maxpagesize={size}"}
        self._connected()
        parts = urlsplit(urljoin(self._root, path))
        self._connection.request("GET", f"{parts.path}?{parts.query}", headers=headers)
        answer = self._connection.getresponse()
        length = 0
        while read := answer.readinto(self._buffer[length : length + _PIECE]):
            length += read
        assert length < _LARGEST, "the buffer is too small"
        body = self._buffer[:length]
        assert answer.status == 200, bytes(body)
        self._used = time.monotonic()
        return body

    def pages(self, path: str, size: int = PAGE) -> Iterator[memoryview]:
        """The bodies of all pages of an answer, each until the next is asked for."""
        link: str | None = path
        while link is not None:
            body = self._asked(link, size)
            yield body
            # The link stands before the rows or behind them.
            found = _LINK.search(bytes(body[:4000])) or _LINK.search(bytes(body[-4000:]))
            link = json.loads(found[1]) if found else None

    def milliseconds(self, path: str) -> float:
        """For the answer to one question."""
        self._connected()
        began = time.perf_counter()
        self._asked(path, PAGE)
        return (time.perf_counter() - began) * 1000

    def seconds(self, path: str, size: int = PAGE) -> float:
        """For all pages of an answer."""
        self._connected()
        began = time.perf_counter()
        for _ in self.pages(path, size):
            pass
        return time.perf_counter() - began

    def _connected(self) -> None:
        if time.monotonic() - self._used > _IDLE:
            self._connection.close()
            self._connection.connect()


def all_rows(spelling: int = 0) -> str:
    """All rows; another spelling names the columns in another order."""
    names = random.Random(spelling).sample(COLUMNS, len(COLUMNS)) if spelling else COLUMNS  # noqa: S311 (a shuffle)
    return f"inboundCalls?$select={','.join(names)}"


def top(spelling: int = 0) -> str:
    """The first rows, a thousand."""
    return f"{all_rows(spelling)}&$top=1000"


def sorted_rows(spelling: int = 0) -> str:
    """The longest of the calls that callers ended within a month; another spelling begins some seconds later."""
    since = datetime(2026, 9, 10, tzinfo=UTC) + timedelta(seconds=spelling)
    span = f"startTime ge {since:%Y-%m-%dT%H:%M:%SZ} and startTime lt 2026-10-10T00:00:00Z"
    wanted = quote(f"status eq 'ANSWERED_CLOSED_BY_CALLER' and {span}")
    return f"{all_rows()}&$filter={wanted}&$orderby={quote('totalDuration desc,id,step')}&$top=1000"


def groups(spelling: int = 0) -> str:
    """How many rows each service has in each status, and their average wait; another spelling names the number so."""
    aggregate = f"$count as n{spelling},waitDuration with average as wait"
    return f"inboundCalls?$apply={quote(f'groupby((service,status),aggregate({aggregate}))')}"


def figures(folder: Path) -> Iterator[Figure]:
    """Fill a store, give CAP the same rows, compare what the two answer, and measure both in turns."""
    cap = peer_odata.found()
    if cap is None:
        print(f"  SAP CAP is not installed: {peer_odata.PROJECT}")
        return
    path = folder / "ours.duckdb"
    control = Control(path)
    key = Keys(control).create("bench")
    with Store(path, secret=control.secret) as store:
        fill(CENTRE, store, documented())
    control.close()
    words = ["main.py", "serve", "--no-demo", "--port", "0", "--store", str(path)]
    with ExitStack() as running:
        service = running.enter_context(Service(*words, key=key))
        ours = Feed(f"{service.address}/odata/", {"X-Telenia-APIKey": key})
        peer_odata.filled(cap, folder / "cap.sqlite", COLUMNS, _exported(ours))
        more = {"fitting": peer_odata.INDEXES, "covering": (*peer_odata.INDEXES, peer_odata.COVERING)}
        for name, indexes in more.items():
            peer_odata.indexed(folder / "cap.sqlite", folder / f"{name}.sqlite", indexes)
        peers = [running.enter_context(peer_odata.served(cap, folder / f"{name}.sqlite")) for name in ("cap", *more)]
        theirs, fitted, covered = (Feed(f"http://127.0.0.1:{one.port}/odata/", {}) for one in peers)
        rows = _compared(ours, theirs)
        _compared_answers(ours, fitted)
        yield from _walks(ours, theirs, rows)
        yield from _questions(ours, theirs, fitted)
        yield from _covered(ours, covered)
        yield Figure("peak memory of the service after all of them", "MB", [service.peak_megabytes], told=True)
        yield Figure("  of CAP", "MB", [peers[0].peak_megabytes])


def _exported(ours: Feed) -> Iterator[list[object]]:
    """All rows as the service writes them to a file."""
    for line in ours.ask(f"/tables/inboundCalls.ndjson?columns={','.join(COLUMNS)}&tz=UTC").splitlines():
        row: Row = json.loads(line)
        yield [row[name] for name in COLUMNS]


def _compared(ours: Feed, theirs: Feed) -> int:
    """The number of rows, once both have answered the same: all rows in the same pages, the sorted ones, the groups."""
    # CAP has an empty page behind the last full one.
    both = ((row for page in feed.pages(all_rows()) for row in _read(bytes(page))) for feed in (ours, theirs))
    rows = 0
    for one, two in zip(*both, strict=True):
        assert one == two, "other rows"
        rows += 1
    assert rows == int(ours.ask("inboundCalls/$count")) == int(theirs.ask("inboundCalls/$count"))
    _compared_answers(ours, theirs)
    return rows


def _compared_answers(ours: Feed, theirs: Feed) -> None:
    """Raise AssertionError unless both have the same sorted rows and groups."""
    longest = _read(ours.ask(sorted_rows()))
    assert len(longest) == SHORT
    assert longest == _read(theirs.ask(sorted_rows())), "another order"
    assert _groups(ours) == _groups(theirs), "other groups"


def _read(body: bytes) -> list[Row]:
    """The rows, without the milliseconds that CAP writes and the store does not keep."""
    found: list[Row] = json.loads(body.replace(b'.000Z"', b'Z"'))["value"]
    assert all(row.keys() == set(COLUMNS) for row in found)
    return found


def _groups(feed: Feed) -> dict[object, tuple[object, float]]:
    found = json.loads(feed.ask(groups()))["value"]
    return {(one["service"], one["status"]): (one["n0"], round(one["wait"], 6)) for one in found}


def _walks(ours: Feed, theirs: Feed, rows: int) -> Iterator[Figure]:
    short_pages = all_rows().replace("inboundCalls", "shortPages")
    measures = (
        lambda: ours.seconds(all_rows(next(_SPELLINGS))),
        lambda: theirs.seconds(all_rows()),
        lambda: ours.seconds(all_rows(next(_SPELLINGS)), SHORT),
        lambda: theirs.seconds(short_pages),
    )
    our_long, their_long, our_short, their_short = interleaved(measures, WALKS)
    yield Figure(f"{rows:,} rows of {len(COLUMNS)} columns, in pages of {PAGE:,}", "s", our_long, told=True)
    yield Figure("  CAP, in the same pages", "s", their_long)
    yield _faster(our_long, their_long, 8)
    yield Figure(f"  in pages of {SHORT:,}", "s", our_short, told=True)
    yield Figure("  CAP, in the same pages: its own unless told", "s", their_short)
    yield Figure("  ours is faster by", "times", _ratios(our_short, their_short), told=True)
    yield Figure("  ours is faster by, each in its own pages", "times", _ratios(our_long, their_short), told=True)


def _questions(ours: Feed, theirs: Feed, fitted: Feed) -> Iterator[Figure]:
    asked: list[tuple[str, Callable[[int], str], float]] = [
        ("$top=1000 of these columns", top, 3),
        ("$filter, $orderby and $top=1000", sorted_rows, 3),
        ("$apply: groups by two columns, a count and an average", groups, 2),
    ]
    for what, question, limit in asked:
        first, again, deployed, quicker = _taken(question, ours, theirs, fitted)
        yield Figure(f"{what}, asked first", "ms", first, told=True)
        yield Figure("  asked again", "ms", again, told=True)
        yield Figure("  CAP, as it deploys itself", "ms", deployed)
        yield _faster(first, deployed, limit)
        yield Figure("  again, ours is faster by", "times", _ratios(again, deployed), told=True)
        yield from _told("CAP, with indexes that fit the questions", quicker, first, again)


def _covered(ours: Feed, theirs: Feed) -> Iterator[Figure]:
    assert _groups(ours) == _groups(theirs), "other groups"
    first, again, peer = _taken(groups, ours, theirs)
    yield from _told("CAP, with an index of just the three columns of these groups", peer, first, again)


def _told(who: str, peer: list[float], first: list[float], again: list[float]) -> Iterator[Figure]:
    yield Figure(f"  {who}", "ms", peer)
    yield Figure("    first, ours is faster by", "times", _ratios(first, peer), told=True)
    yield Figure("    again, ours is faster by", "times", _ratios(again, peer), told=True)


def _taken(question: Callable[[int], str], ours: Feed, *peers: Feed) -> list[list[float]]:
    """Milliseconds of ours asked first, of ours asked again, and of each peer."""

    def asking(peer: Feed) -> Callable[[], float]:
        return lambda: peer.milliseconds(question(next(_SPELLINGS)))

    return interleaved([asking(ours), lambda: ours.milliseconds(question(0)), *map(asking, peers)], ROUNDS)


def _faster(ours: list[float], theirs: list[float], limit: float) -> Figure:
    return Figure("  ours is faster by", "times", _ratios(ours, theirs), at_least=limit)


def _ratios(ours: list[float], theirs: list[float]) -> list[float]:
    return [two / one for one, two in zip(ours, theirs, strict=True)]
