"""Checking: several months asked about at once, by the first of their flights; the others take the result."""

import threading
from collections.abc import Callable, Mapping, Sequence

from answers.mirror.flights import Flight
from answers.mirror.places import Place
from tabular.month import Month
from tabular.upstream import PAGE


class Checking:
    """Places of which one request finds out what they hold and whether anything changed in them."""

    def __init__(self, places: Sequence[Place], check: Callable[[Sequence[Place], Flight], dict[Place, int | None]]):
        self._places = places
        self._asked = frozenset(place.name for place in places)
        self._check = check
        self._guard = threading.Lock()
        self._left: frozenset[object] | None = None
        self._flights: Mapping[tuple[str, Month | None], Flight] = {}

    def told_to(self, flights: Mapping[tuple[str, Month | None], Flight]) -> None:
        """Have the flights of places that are left know how many pages theirs have."""
        self._flights = flights

    def left(self, flight: Flight) -> frozenset[object]:
        """The names of the places that have to be fetched or refreshed by themselves. Raises UpstreamFailed."""
        if flight.place.name not in self._asked:
            return frozenset({flight.place.name})
        with self._guard:
            if self._left is None:
                left = self._check(self._places, flight)
                for place, held in left.items():
                    coming = self._flights.get(place.name)
                    if coming is not None and held:
                        coming.of = max(coming.of, -(-held // PAGE))
                self._left = frozenset(place.name for place in left)
            return self._left
