"""What a question waits for, and what it gets if it does not wait long enough."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from answers.mirror.flights import Flight
from answers.mirror.places import Place, spelt
from answers.mirror.rules import Fresh
from tabular.errors import MonthsComing, MonthsMissing
from tabular.month import Month

LONGEST = 120
"""Seconds after which a client is told to come again at the latest: some programs wait no longer."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How an answer stands to its upstream: whether what it shows may be old, and the months that it lacks."""

    is_stale: bool = False
    lacking: str = ""


@dataclass(frozen=True)
class Wanted:
    """Places that are missing or stale, and the flights that bring them; `per_minute` requests can be sent."""

    missing: tuple[Place, ...] = ()
    stale: tuple[Place, ...] = ()
    flights: Mapping[tuple[str, Month | None], Flight] = field(default_factory=dict)
    per_minute: int = 0

    def when_over(self, tell: Callable[[], None]) -> None:
        """Have `tell` called from some thread once no flight is left; at once if there is none."""
        left = len(self.flights)
        if not left:
            tell()
            return

        def ended(_: object) -> None:
            # Callbacks of different flights come from different threads, each adding to an own entry.
            over.append(None)
            if len(over) == left:
                tell()

        over: list[None] = []
        for flight in self.flights.values():
            flight.future.add_done_callback(ended)

    @property
    def pages(self) -> tuple[int, int]:
        """Pages fetched and, as far as is known, pages in all."""
        flights = self.flights.values()
        return sum(flight.done for flight in flights), sum(flight.of for flight in flights)

    @property
    def is_over(self) -> bool:
        """Whether nothing is under way any more."""
        return all(flight.future.done() for flight in self.flights.values())

    @property
    def failure(self) -> BaseException | None:
        """What keeps a missing month away, as far as is known."""
        flights = (self.flights[place.name] for place in self.missing if place.name in self.flights)
        return next((failure for failure in map(_failure, flights) if failure is not None), None)

    @property
    def is_coming(self) -> bool:
        """Whether a missing month is still under way, and nothing that is known keeps it away."""
        flights = [self.flights[place.name] for place in self.missing if place.name in self.flights]
        return any(not flight.future.done() for flight in flights) and self.failure is None

    def and_also(self, other: "Wanted") -> "Wanted":
        """This and what is wanted of other places."""
        known = {place.name for place in (*self.missing, *self.stale)}
        missing = (place for place in other.missing if place.name not in known)
        stale = (place for place in other.stale if place.name not in known)
        flights = {**other.flights, **self.flights}
        return Wanted((*self.missing, *missing), (*self.stale, *stale), flights, self.per_minute)

    def standing(self, fresh: Fresh, partial: bool) -> Standing:
        """How an answer that is given now stands.

        Raises what kept a missing month away, MonthsComing while one is under way and MonthsMissing where nothing is
        asked for; with `partial` these months are told of instead. Of months that are held, only fresh=live raises.
        """
        lacking = [place for place in self.missing if not self._has_come(place)]
        if lacking and not partial:
            raise self._refusal(lacking, fresh)
        old = [place for place in self.stale if not self._has_come(place)]
        if old and fresh is Fresh.LIVE:
            raise self._refusal(old, fresh)
        return Standing(bool(old), spelt(place.month for place in lacking) if lacking else "")

    def _has_come(self, place: Place) -> bool:
        flight = self.flights.get(place.name)
        return flight is not None and flight.future.done() and _failure(flight) is None

    def _refusal(self, places: Sequence[Place], fresh: Fresh) -> BaseException:
        table, months = places[0].table.name, spelt(place.month for place in places)
        flights = [self.flights[place.name] for place in places if place.name in self.flights]
        for flight in flights:
            failure = _failure(flight)
            if failure is not None:
                return failure
        if fresh is Fresh.CACHED:
            return MonthsMissing(table, months)
        done, of = self.pages
        return MonthsComing(table, months, done, of, self.seconds_left)

    @property
    def seconds_left(self) -> int:
        """About how long it takes, as far as is known; no longer than a client is told to wait."""
        done, of = self.pages
        pages = max(of - done, 1)
        return min(LONGEST, max(2, round(pages * 60 / self.per_minute) if self.per_minute else 2))


def _failure(flight: Flight) -> BaseException | None:
    if not flight.future.done():
        return None
    return (
        MonthsComing(flight.place.table.name, spelt([flight.place.month]), 0, 0, 2)
        if (flight.future.cancelled())
        else flight.future.exception()
    )
