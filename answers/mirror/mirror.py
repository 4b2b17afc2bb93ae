"""The Mirror: a TVox's months in the store, each asked for when somebody needs it and no sooner."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from answers.mirror.checking import Checking
from answers.mirror.fetching import Drafting, fetch
from answers.mirror.flights import Flight, Flights
from answers.mirror.passing import Passing
from answers.mirror.places import FIRST, Place, months_of
from answers.mirror.reaching import LONGEST_INTERACTION, Reaching
from answers.mirror.refreshing import check, held_of, partitions_of, refresh
from answers.mirror.rules import ORIGIN, Fresh, Rules, State, lives_on
from answers.mirror.wanted import Wanted
from answers.plan import window_of
from datamodel.catalogue import data_model, mirrored
from store.drafts import Drafts
from store.edges import Edges
from store.store import Store
from tabular.errors import StoreOfOthers, TablesError, UpstreamFailed
from tabular.month import Month
from tabular.query import Query
from tabular.table import Table
from tabular.upstream import Allowance, Upstream, Urgency

_LOG = logging.getLogger("tvox.mirror")

TOGETHER = 2
"""From so many months on, what they hold and what changed in them is asked for in one request before each of its own.
"""

FAILED_FOR = timedelta(seconds=15)
"""How long a failure answers who asks next, without another request."""

FAILURES_TOLD = 20


class Mirror:
    """An upstream's months in a store: which are needed, missing or stale, and the work to bring them.

    Any number of threads may ask. `allowance` is what can be sent, if there is a limit. Raises StoreOfOthers if the
    store holds rows that are not a TVox's.
    """

    def __init__(
        self,
        upstream: Upstream,
        store: Store,
        rules: Rules,
        now: Callable[[], datetime],
        allowance: Allowance | None = None,
        edges: Edges | None = None,
    ) -> None:
        others = store.origins() - {ORIGIN}
        if others:
            raise StoreOfOthers(str(store.path), min(others))
        self.upstream = upstream
        self.rules = rules
        self.catalogue = mirrored(tuple(data_model()))
        self.passing = Passing(upstream, rules.open_months, now)
        self.flights = Flights(allowance.reconsider if allowance else lambda: None)
        self.failures: deque[tuple[datetime, str]] = deque(maxlen=FAILURES_TOLD)
        self.failed = 0
        self._store = store
        self._allowance = allowance
        drafts = Drafts(store.path)
        drafts.sweep(now())
        self._drafting = Drafting(upstream, drafts, now)
        self._now = now
        self._guard = threading.Lock()
        self._tables: tuple[Table, ...] = ()
        self._failed: dict[object, tuple[datetime, UpstreamFailed]] = {}
        self._reaching = Reaching(upstream, rules, now, edges or Edges())

    def stop(self) -> None:
        """Begin nothing more."""
        self.flights.close()

    def drain(self) -> None:
        """Wait for the end of what is under way."""
        self.flights.drain()

    def learn(self) -> None:
        """Take over the tables that the upstream has by now. One request the first time. Raises UpstreamFailed."""
        tables = self.upstream.tables()
        with self._guard:
            if tables != self._tables:
                self._store.adapt(tables)
                self.catalogue = mirrored(tables)
                self._tables = tables

    def places(self, table: Table, month: Month | None) -> list[Place]:
        """Where the rows of a table, as some key sees it, are mirrored: its steps or records, whole, or those of the
        tables whose rows it shows."""
        return [Place(self.catalogue.table(name), month) for name in table.of or (table.root,)]

    def want(
        self,
        places: Sequence[Place],
        fresh: Fresh = Fresh.AUTO,
        urgency: Urgency = Urgency.INTERACTIVE,
        again: bool = False,
    ) -> Wanted:
        """What is to be waited for before places can be read. The work begins at once; what is under way is joined.

        With `again` every place is fetched whole, whatever is held of it.
        """
        now = self._now()
        held = {name: partitions_of(self._store, name) for name in {place.table.name for place in places}}
        states = [
            (place, self.rules.state(place.table, held[place.table.name].get(place.month), now, fresh))
            for place in places
        ]
        missing = tuple(place for place, state in states if state is State.MISSING)
        if fresh is Fresh.CACHED:
            return Wanted(missing)
        stale = tuple(place for place, state in states if state is State.STALE or (again and state is State.SETTLED))
        together = [] if again else [place for place in (*missing, *stale) if self._tells_at_once(place, now)]
        checking = Checking(together, self._check) if len(together) >= TOGETHER else None
        flights = {place.name: self._flight(place, urgency, checking, now, again) for place in (*missing, *stale)}
        if checking is not None:
            checking.told_to(flights)
        return Wanted(missing, stale, flights, self._allowance.per_minute if self._allowance else 0)

    def begin(self, place: Place, urgency: Urgency = Urgency.INTERACTIVE) -> Flight:
        """Have the first page of a place that is missing, and no more unless that is all of it."""

        def work(flight: Flight) -> None:
            draft = self._drafting.begun(place, flight)
            if draft.pages[0].is_last:
                fetch(place, self._drafting, self._store, self.catalogue, flight)

        return self.flights.take(place, self._watched(place, work), urgency, kind="first page")

    def edge_before(self, place: Place, urgency: Urgency = Urgency.BACKGROUND) -> Flight | None:
        """Find out whether the month before a place goes on in it; None where that is known, or the month held."""
        if place.month is None or place.month <= FIRST or lives_on(place.table):
            return None
        before = Place(place.table, place.month - 1)
        if held_of(self._store, before) is not None or self._reaching.known(before, self._now()) is not None:
            return None
        return self.edge(before, urgency)

    def edge(self, before: Place, urgency: Urgency) -> Flight:
        """Find out whether a month goes on in the next one."""
        return self.flights.take(before, self._watched(before, self._reaching.ask), urgency, kind="edge")

    def named(self, named: Iterable[tuple[Table, Month | None]]) -> list[Place]:
        """The places of months that a document names, each once; none for months that cannot hold anything."""
        this_month = Month.of(self._now().astimezone(self.rules.zone))
        possible = (one for one in named if one[1] is None or FIRST <= one[1] <= this_month)
        places = (place for table, month in possible for place in self.places(table, month))
        return list({place.name: place for place in places}.values())

    def all_missing(self, query: Query, history: int) -> list[Place]:
        """The places that a query reads, if none of them holds rows: those that are not known to be empty."""
        now = self._now()
        places = [place for month in self._months(query, history, now) for place in self.places(query.table, month)]
        held = {name: partitions_of(self._store, name) for name in query.table.of or (query.table.root,)}
        known = [held[place.table.name].get(place.month) for place in places]
        if any(one.rows for one in known if one is not None):
            return []
        return [place for place, one in zip(places, known, strict=True) if one is None]

    def is_empty(self, place: Place) -> bool:
        """Whether a place has been fetched and holds nothing."""
        held = held_of(self._store, place)
        return held is not None and not held.rows

    def first_rows(self, place: Place) -> pa.RecordBatch | None:
        """The whole interactions of the first page of a month that is not held; None where none was asked for yet."""
        draft = self._drafting.there(place)
        if not draft.pages:
            return None
        rows = draft.first_rows()
        if not draft.pages[0].is_cut or not rows.num_rows:
            return rows
        key = rows.column(place.table.key[0])
        return rows.filter(pc.not_equal(key, key[-1]))

    def needs(self, query: Query, history: int) -> tuple[list[Place], tuple[Flight, ...]]:
        """The places that a query reads, and the flights that find out whether the month before them is one too.

        What began before midnight of the first of a month may have steps after it: the month before is read if it is
        held, or if its TVox has changed interactions of it since, with such a step.
        """
        now = self._now()
        months, window = self._months(query, history, now), window_of(query, self.rules.zone.key)
        places = [place for month in months for place in self.places(query.table, month)]
        first = months[0] if months else None
        if first is None or first <= FIRST or window is None or window.since is None:
            return places, ()
        if window.since >= first.begins(self.rules.zone) + LONGEST_INTERACTION:
            return places, ()
        edges = []
        for before in reversed(self.places(query.table, first - 1)):
            reaches = True if held_of(self._store, before) is not None else self._reaching.known(before, now)
            if reaches is None:
                edges.append(self.edge(before, Urgency.INTERACTIVE))
            elif reaches:
                places.insert(0, before)
        return places, tuple(edges)

    def _months(self, query: Query, history: int, now: datetime) -> list[Month | None]:
        if not query.table.monthly:
            return [None]
        window = window_of(query, self.rules.zone.key)
        return [*months_of(window, history, self.rules.zone, now)]

    def could_settle(self, place: Place) -> bool:
        """Whether one more look at a place that finds it unchanged would settle it."""
        held = held_of(self._store, place)
        return held is not None and not held.settled and self.rules.may_settle(place.table, place.month, self._now())

    def is_settled(self, place: Place) -> bool:
        """Whether a place is never asked for again unless told."""
        held = held_of(self._store, place)
        return held is not None and held.settled

    @property
    def spent(self) -> int:
        """Requests that were sent since the mirror was opened."""
        return self._allowance.spent if self._allowance else 0

    # The work

    def _tells_at_once(self, place: Place, now: datetime) -> bool:
        """Whether counting may do for a place: one that is missing may be empty, one that is over may be unchanged."""
        if place.month is None or lives_on(place.table):
            return False
        return held_of(self._store, place) is None or self.rules.is_over(place.month, now)

    def _flight(self, place: Place, urgency: Urgency, checking: Checking | None, now: datetime, again: bool) -> Flight:
        with self._guard:
            failed_at, failure = self._failed.get(place.name, (now, None))
        if failure is not None and now - failed_at < FAILED_FOR:
            flight = Flight(place, lambda _: None, urgency, 0)
            flight.future.set_exception(failure)
            return flight

        def work(flight: Flight) -> None:
            known = held_of(self._store, place)
            if known is not None and known.fetched >= now:
                return  # another flight has been there since this one was asked for
            if checking is not None and place.name not in checking.left(flight):
                return
            if known is None or again or not self._refreshed(place, flight):
                fetch(place, self._drafting, self._store, self.catalogue, flight)

        return self.flights.take(place, self._watched(place, work), urgency)

    def _refreshed(self, place: Place, flight: Flight) -> bool:
        if place.month is None or not self.upstream.knows_changes(place.table):
            return False
        return refresh(place, self.upstream, self._store, self.catalogue, self.rules, flight)

    def _check(self, places: Sequence[Place], flight: Flight) -> dict[Place, int | None]:
        return check(places, self.upstream, self._store, self.catalogue, self.rules, flight)

    def _watched(self, place: Place, work: Callable[[Flight], None]) -> Callable[[Flight], None]:
        """The work, with its failure remembered: told to who asks next, and shown to the administrator."""

        def watched(flight: Flight) -> None:
            try:
                self.learn()
                work(flight)
            except TablesError as failure:
                _LOG.warning("%s: %s", place, failure)
                with self._guard:
                    self.failed += 1
                    self.failures.append((self._now(), f"{place}: {failure.message}"))
                    if isinstance(failure, UpstreamFailed):
                        self._failed[place.name] = self._now(), failure
                raise
            with self._guard:
                self._failed.pop(place.name, None)

        return watched
