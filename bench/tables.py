"""Small questions over large tables: a page, a small filter and a day, asked first and again, and beside exports.

Twelve months of some 500,000 steps each. The peer is roapi (Rust, one of these months in memory). "First" asks another
page, user or day each time, so that nothing is kept; "again" asks the same.
"""

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import duckdb

from answers.filling import fill
from bench.figure import Figure, interleaved
from bench.peers import PEERS, Peer, copied, roapi_of
from bench.rows import ADDRESS, STEPS
from bench.service import Service
from datamodel.catalogue import documented
from datamodel.demo import DemoCentre
from store.control import Control
from store.keys import Keys
from store.store import Store

ROUNDS = 30
MONTHS = 12
EXPORTS = 4
_DAY = timedelta(days=1)


class Asking:
    """The questions, another one each time."""

    def __init__(self, ours: Service, month: str, users: list[str]) -> None:
        self._ours = ours
        self._month = month
        self._offsets = itertools.count(100_000, 37)
        self._whose = itertools.cycle(itertools.product(range(1, 25), users))
        self._days = itertools.cycle(range(MONTHS * 28))

    def page(self, form: str) -> float:
        """Milliseconds for a page of 1,000 rows that nobody has asked for."""
        return self.same_page(form, next(self._offsets))

    def same_page(self, form: str, offset: int = 100_000) -> float:
        """Milliseconds for the page of 1,000 rows from that row on."""
        return self._ours.get(f"{ADDRESS.format(form)}&month={self._month}&limit=1000&offset={offset}").all

    def filtered(self, form: str) -> float:
        """Milliseconds for what one user did within three days."""
        return self._filtered(form, *next(self._whose))

    def same_filter(self, form: str) -> float:
        """Milliseconds for one such question, always the same."""
        return self._filtered(form, 3, "anna.gentile")

    def _filtered(self, form: str, day: int, user: str) -> float:
        since, until = self._three_days(day)
        wanted = (
            f"user eq '{user}' and startTime ge {since:%Y-%m-%dT%H:%M:%SZ} and startTime lt {until:%Y-%m-%dT%H:%M:%SZ}"
        )
        return self._ours.get(f"{ADDRESS.format(form)}&filter={quote(wanted)}").all

    def sql(self) -> tuple[str, str]:
        """The next page and the next filter for roapi."""
        day, user = next(self._whose)
        since, until = self._three_days(day)
        span = f"\"startTime\" >= timestamp '{since:%F %T}' AND \"startTime\" < timestamp '{until:%F %T}'"
        page = f"SELECT * FROM rows LIMIT 1000 OFFSET {next(self._offsets)}"
        return page, f"SELECT * FROM rows WHERE \"user\" = '{user}' AND {span}"

    def _three_days(self, day: int) -> tuple[datetime, datetime]:
        since = datetime.fromisoformat(f"{self._month}-{day:02}").replace(tzinfo=UTC)
        return since, since + 3 * _DAY

    def day(self) -> float:
        """Milliseconds for the hung up calls of a day, of all months that are kept."""
        since = datetime.now(UTC).replace(hour=0, minute=0, second=0) - (30 + next(self._days)) * _DAY
        span = f"startTime ge {since:%Y-%m-%dT%H:%M:%SZ} and startTime lt {since + _DAY:%Y-%m-%dT%H:%M:%SZ}"
        wanted = quote(f"status eq 'HANGUP' and {span}")
        return self._ours.get(f"{ADDRESS.format('csv')}&filter={wanted}").all


def figures(folder: Path) -> Iterator[Figure]:
    """Fill twelve months, give roapi one of them, and measure all in turns."""
    path = folder / "tables.duckdb"
    control = Control(path)
    key = Keys(control).create("bench")
    with Store(path, secret=control.secret) as store:
        fill(DemoCentre(calls_per_month=280_000, now=datetime.now(UTC), months=MONTHS), store, documented())
    control.close()
    month = copied(path, folder)
    users = _users(folder)
    words = ["main.py", "serve", "--no-demo", "--port", "0", "--store", str(path)]
    with ExitStack() as running:
        ours = running.enter_context(Service(*words, key=key))
        asking = Asking(ours, month, users)
        measures: dict[str, Callable[[], float]] = {"day": asking.day}
        for form in ("csv", "json"):
            measures |= {
                f"page {form}": lambda form=form: asking.page(form),  # type: ignore[misc]
                f"filter {form}": lambda form=form: asking.filtered(form),  # type: ignore[misc]
                f"page again {form}": lambda form=form: asking.same_page(form),  # type: ignore[misc]
                f"filter again {form}": lambda form=form: asking.same_filter(form),  # type: ignore[misc]
            }
        if (PEERS / "roapi").exists():
            roapi = running.enter_context(Peer(roapi_of(folder / "rows.parquet"), "/health"))
            for form in ("csv", "json"):
                measures |= {
                    f"roapi page {form}": lambda form=form: roapi.ask(asking.sql()[0], form),  # type: ignore[misc]
                    f"roapi filter {form}": lambda form=form: roapi.ask(asking.sql()[1], form),  # type: ignore[misc]
                }
        taken = dict(zip(measures, interleaved(list(measures.values()), ROUNDS), strict=True))
        yield from _beside(taken)
        yield Figure(f"a filtered day out of {MONTHS} months of {STEPS:,} rows", "ms", taken["day"], at_most=30)
        yield from _fair(ours, asking, month)


def _beside(taken: dict[str, list[float]]) -> Iterator[Figure]:
    for what, form in itertools.product(("page", "filter"), ("csv", "json")):
        name = {"page": "a page of 1,000 rows", "filter": "one user's rows of three days"}[what]
        first, again = taken[f"{what} {form}"], taken[f"{what} again {form}"]
        yield Figure(f"{name} as {form}, asked first", "ms", first, told=True)
        yield Figure("  asked again", "ms", again, told=True)
        theirs = taken.get(f"roapi {what} {form}")
        if theirs is None:
            print(f"  roapi is not installed: {PEERS}")
            continue
        yield Figure("  roapi", "ms", theirs)
        yield Figure("  first, times as long as roapi", "times", _ratios(first, theirs), at_most=1.5)
        yield Figure("  again, times as long as roapi", "times", _ratios(again, theirs), at_most=1)


def _ratios(ours: list[float], theirs: list[float]) -> list[float]:
    return [one / two for one, two in zip(ours, theirs, strict=True)]


def _fair(ours: Service, asking: Asking, month: str) -> Iterator[Figure]:
    """A page, while exports of whole months run one after the other."""
    quiet = [asking.page("csv") for _ in range(ROUNDS)]
    over = threading.Event()

    def export() -> None:
        while not over.is_set():
            ours.get(f"{ADDRESS.format('csv')}&month={month}")

    exports = [threading.Thread(target=export) for _ in range(EXPORTS)]
    for one in exports:
        one.start()
    busy = [asking.page("csv") for _ in range(ROUNDS)]
    over.set()
    for one in exports:
        one.join()
    yield Figure(f"a page asked first, beside {EXPORTS} exports without end", "ms", busy, told=True)
    yield Figure("  alone", "ms", quiet, told=True)
    yield Figure("  the slowest of them beside the exports", "ms", [max(busy)], at_most=500)


def _users(folder: Path) -> list[str]:
    with duckdb.connect(str(folder / "copy.duckdb"), read_only=True) as copy:
        found = copy.execute('SELECT "user" FROM rows WHERE "user" IS NOT NULL GROUP BY 1 ORDER BY count(*) LIMIT 5')
        return [str(row[0]) for row in found.fetchall()]
