"""Syncing: years of a TVox brought into the store ahead of anybody's asking."""

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from time import perf_counter

from answers.filling import Progress
from answers.mirror.mirror import Mirror
from answers.mirror.places import Place
from answers.mirror.rules import Fresh
from answers.mirror.wanted import Wanted
from tabular.month import Month
from tabular.table import Grain
from tabular.upstream import Urgency

EVERY = 0.5
"""Seconds between two looks at how far it is."""


def places_between(mirror: Mirror, tables: Sequence[str], first: Month, last: Month) -> list[Place]:
    """The places of some tables (of none: of every one) between two months, both included; tables without months
    too. Raises UnknownTable."""
    known = mirror.catalogue
    asked = (known.table(name) for name in tables)
    named = [known.table(root) for one in asked for root in one.of or (one.root,)] or [
        table for table in known if table.grain in (Grain.STEP, Grain.RECORD) and not table.of
    ]
    roots = {table.name: table for table in named}.values()
    newest_first = sorted(first.until(last), reverse=True)
    monthly = [Place(table, month) for month in newest_first for table in roots if table.monthly]
    return [*monthly, *(Place(table, None) for table in roots if not table.monthly)]


def sync(mirror: Mirror, places: Sequence[Place], again: bool, tell: Callable[[Progress], None]) -> tuple[str, ...]:
    """Bring places up to date, the newest months first, with background urgency; what was done, in sentences.

    Settled months are left alone unless `again`. What is fetched is kept whatever happens then: another sync goes on
    from there. Raises the first failure once everything else is done.
    """
    started, before = perf_counter(), mirror.spent
    fresh = Fresh.LIVE if again else Fresh.AUTO
    wanted = mirror.want(places, fresh, Urgency.BACKGROUND, again=again)
    _watch(wanted, started, tell)
    # What was fetched just now and is over may be settled by one look more.
    settling = mirror.want([place for place in places if mirror.could_settle(place)], Fresh.LIVE, Urgency.BACKGROUND)
    _watch(settling, started, lambda _: None)
    _ask_edges(mirror, places)
    failure = wanted.failure or settling.failure
    if failure is not None:
        raise failure
    return _told(mirror, places, wanted, perf_counter() - started, mirror.spent - before)


def _ask_edges(mirror: Mirror, places: Sequence[Place]) -> None:
    """Whether the month before the first one goes on in it, so that no question has to wait for that."""
    known = {place.name for place in places}
    first = [place for place in places if place.month is not None and (place.table.name, place.month - 1) not in known]
    flights = [flight for place in first if (flight := mirror.edge_before(place)) is not None]
    wait(flight.future for flight in flights)


def _watch(wanted: Wanted, started: float, tell: Callable[[Progress], None]) -> None:
    left = {flight.future for flight in wanted.flights.values()}
    while left:
        _, left = wait(left, timeout=EVERY, return_when=FIRST_COMPLETED)
        done, of = wanted.pages
        rows = sum(flight.rows for flight in wanted.flights.values())
        at = next((str(f.place) for f in wanted.flights.values() if f.done and not f.future.done()), "")
        waiting = sum(not flight.of and not flight.future.done() for flight in wanted.flights.values())
        tell(Progress(done, of + waiting, rows, perf_counter() - started, at))


def _told(mirror: Mirror, places: Sequence[Place], wanted: Wanted, seconds: float, spent: int) -> tuple[str, ...]:
    rows = sum(flight.rows for flight in wanted.flights.values())
    settled = sum(mirror.is_settled(place) for place in places)
    return (
        f"Of {len(places):,} table months {len(wanted.missing):,} were missing and {len(wanted.stale):,} old: "
        f"{rows:,} rows in {seconds:,.1f} s.",
        f"{settled:,} are settled: they are not asked for again.",
        f"The TVox was asked {spent:,} times.",
    )
