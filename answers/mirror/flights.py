"""Flights: work for the mirror that whoever needs it joins, the urgent first, a few at a time."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from itertools import count

from answers.mirror.places import Place
from tabular.upstream import Urgency

AT_ONCE = 4
"""Requests that the upstream gets at the same time; one of them is never for what nobody waits for."""


class Flight:
    """One piece of work on a place; `done` and `of` count its pages (`of` 0: not known yet)."""

    def __init__(self, place: Place, work: Callable[["Flight"], None], urgency: Urgency, ticket: int) -> None:
        self.place = place
        self.work = work
        self.urgency = urgency
        self.ticket = ticket
        self.done = 0
        self.of = 0
        self.rows = 0
        self.future: Future[None] = Future()

    def join(self, urgency: Urgency) -> None:
        """Wait for it too: it becomes as urgent as the most urgent who waits."""
        self.urgency = min(self.urgency, urgency)


class Flights:
    """The work at hand and in line. A place has one flight at a time; threads begin when there is work.

    `risen` hears that somebody joined a flight who is in more of a hurry than those before.
    """

    def __init__(self, risen: Callable[[], None] = lambda: None, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._risen = risen
        self._tickets = count()
        self._changed = threading.Condition()
        self._by_place: dict[object, Flight] = {}
        self._waiting: list[Flight] = []
        self._running: list[Flight] = []
        self._workers = 0
        self._closed = False

    def take(self, place: Place, work: Callable[[Flight], None], urgency: Urgency, kind: str = "") -> Flight:
        """The flight of a place: the one there is, joined, or a new one that does `work`."""
        name = (kind, *place.name)
        with self._changed:
            flight = self._by_place.get(name)
            if flight is not None:
                risen = urgency < flight.urgency
                flight.join(urgency)
                self._changed.notify_all()
            else:
                risen = False
                flight = Flight(place, work, urgency, next(self._tickets))
                self._begin(name, flight)
        if risen:
            self._risen()
        return flight

    def at_hand(self) -> list[Flight]:
        """The flights that run or wait, the first to go first."""
        with self._changed:
            return [*self._running, *sorted(self._waiting, key=_turn)]

    def close(self) -> None:
        """Begin nothing more. What runs ends by itself, or with the process: every page it kept is kept."""
        with self._changed:
            self._closed = True
            waiting, self._waiting = self._waiting, []
            self._changed.notify_all()
        for flight in waiting:
            flight.future.cancel()

    def drain(self) -> None:
        """Wait until no worker is at work."""
        with self._changed:
            self._changed.wait_for(lambda: not self._running)

    def _begin(self, name: object, flight: Flight) -> None:
        self._by_place[name] = flight
        self._waiting.append(flight)
        flight.future.add_done_callback(lambda _: self._ended(name))
        if self._workers < self._at_once and not self._closed:
            self._workers += 1
            threading.Thread(target=self._run, name="mirror", daemon=True).start()
        self._changed.notify_all()

    def _ended(self, name: object) -> None:
        with self._changed:
            self._by_place.pop(name, None)

    def _run(self) -> None:
        while True:
            with self._changed:
                flight = self._next()
                while flight is None:
                    if not self._waiting or self._closed:
                        # A worker without work ends; the next flight begins another.
                        self._workers -= 1
                        return
                    self._changed.wait()
                    flight = self._next()
                self._waiting.remove(flight)
                self._running.append(flight)
            if not flight.future.set_running_or_notify_cancel():
                self._landed(flight)
                continue
            try:
                flight.work(flight)
            except BaseException as failure:  # noqa: BLE001  # whoever waits for it hears of every end
                self._landed(flight)
                flight.future.set_exception(failure)
            else:
                self._landed(flight)
                flight.future.set_result(None)

    def _next(self) -> Flight | None:
        """The flight whose turn it is: background work leaves one worker free."""
        if self._closed:
            return None
        flight = min(self._waiting, key=_turn, default=None)
        if flight is None or flight.urgency is Urgency.INTERACTIVE:
            return flight
        background = sum(running.urgency is Urgency.BACKGROUND for running in self._running)
        return flight if background < max(1, self._at_once - 1) else None

    def _landed(self, flight: Flight) -> None:
        with self._changed:
            self._running.remove(flight)
            self._changed.notify_all()


def _turn(flight: Flight) -> tuple[int, int]:
    return flight.urgency, flight.ticket
