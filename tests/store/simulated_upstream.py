"""Simulated time with threads that live in it, and an upstream that counts what arrives."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf

from store.budget import Budget
from tabular.upstream import Urgency

MINUTE = 60.0
"""What the upstream counts in, by its own clock."""

LONG = 100_000.0
"""More seconds than any simulation takes."""


@dataclass
class Want:
    """What a request is sent for."""

    urgency: Urgency = Urgency.INTERACTIVE


class Killed(BaseException):
    """The process is no more."""


class Actor(threading.Thread):
    """A thread that runs only when the simulation lets it; `due` is the moment at which it goes on."""

    def __init__(self, simulation: "Simulation", due: float, work: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self.simulation, self.due, self.work = simulation, due, work
        self.baton = threading.Semaphore(0)
        self.waits_for: threading.Condition | None = None
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            self.baton.acquire()
            if not self.simulation.killing:
                self.work()
        except BaseException as failure:  # noqa: BLE001  # the simulation raises it
            self.failure = failure
        finally:
            self.simulation.actors.remove(self)
            self.simulation.baton.release()

    def park(self, due: float, waits_for: threading.Condition | None = None) -> None:
        """Let the others run until a moment, or until `waits_for` is notified."""
        self.due, self.waits_for = due, waits_for
        self.simulation.baton.release()
        self.baton.acquire()
        self.waits_for = None
        if self.simulation.killing:
            raise Killed


class SimulatedCondition(threading.Condition):
    """A condition whose waits take simulated time."""

    def __init__(self, simulation: "Simulation", lock: threading.RLock) -> None:
        super().__init__(lock)
        self.simulation = simulation

    def wait(self, timeout: float | None = None) -> bool:
        simulation = self.simulation
        # Never no time at all: where so little is left that a sum loses it, real time goes on, too.
        seconds = inf if timeout is None else max(timeout / simulation.rate, 1e-6)
        self.release()
        try:
            simulation.current.park(simulation.moment + seconds, self)
        finally:
            self.acquire()
        return True

    def notify(self, n: int = 1) -> None:
        for actor in self.simulation.actors:
            if actor.waits_for is self:
                actor.due = self.simulation.moment


@dataclass
class Simulation:
    """Simulated time and the threads that live in it, one at a time, always the same way.

    `moment` is the upstream's time. As a Clock it is ours, which has its own zero and may run at another rate.
    """

    rate: float = 1.0
    moment: float = 0.0
    zero: float = 0.0
    boot: str = "a boot"
    killing: bool = False
    actors: list[Actor] = field(default_factory=list)
    baton: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def now(self) -> float:
        return (self.moment - self.zero) * self.rate

    def condition(self, lock: threading.RLock) -> threading.Condition:
        return SimulatedCondition(self, lock)

    def at(self, seconds: float, work: Callable[[], None]) -> None:
        """Do something in a thread of its own, so many seconds from now."""
        actor = Actor(self, self.moment + seconds, work)
        self.actors.append(actor)
        actor.start()

    def take(self, seconds: float) -> None:
        """Let time pass in this thread."""
        self.current.park(self.moment + seconds)

    def run(self, until: float = inf) -> None:
        """Go on until a moment, or until nobody is left. Nobody may wait for what never comes."""
        try:
            while self.actors and self._step(until):
                pass
        except BaseException:
            self.kill()
            raise
        if until < inf:
            self.moment = max(self.moment, until)

    def kill(self) -> None:
        """End every thread where it is."""
        self.killing = True
        while self.actors:
            self._let(self.actors[0])
        self.killing = False

    def _step(self, until: float) -> bool:
        """Let the next one go on, if that is before `until`."""
        self.current = min(self.actors, key=lambda actor: actor.due)
        if self.current.due > until:
            return False
        assert self.current.due < LONG, "somebody waits for what never comes"
        self.moment = max(self.moment, self.current.due)
        self._let(self.current)
        if self.current.failure is not None:
            raise self.current.failure
        return True

    def _let(self, actor: Actor) -> None:
        actor.baton.release()
        self.baton.acquire()
        if actor not in self.actors:
            actor.join()


class SimulatedUpstream:
    """The upstream's own log: when each request arrived, and when it asked to be left alone."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.sent: list[float] = []
        self.arrivals: list[float] = []
        self.pauses: list[tuple[float, float]] = []
        self.on_its_way: dict[object, float] = {}

    def request(self, budget: Budget, want: Want, seconds: float = 0.0, share: float = 0.0) -> None:
        """Send one that takes so long and arrives when that share of it has passed."""
        with budget.turn(want):
            sent, one = self.simulation.moment, object()
            assert not [pause for pause in self.pauses if pause[0] <= sent < pause[1]]
            self.sent.append(sent)
            self.on_its_way[one] = sent + seconds * share
            self.simulation.take(seconds)
            self.arrivals.append(self.on_its_way.pop(one))

    def pause(self, budget: Budget, seconds: float) -> None:
        """Answer that nobody may send for so long."""
        budget.pause(seconds)
        began = self.simulation.moment
        self.pauses.append((began, began + seconds / self.simulation.rate - 1e-6))

    def kill(self, seconds: float) -> None:
        """What is on its way when its process is killed still arrives, at the latest when the next one starts."""
        restarted = self.simulation.moment + seconds
        self.arrivals += [min(arrives, restarted) for arrives in self.on_its_way.values()]
        self.on_its_way.clear()
        self.simulation.kill()
        self.simulation.moment = restarted

    def most_in_a_minute(self) -> int:
        """The most that any minute of the log holds, both its ends included."""
        log = sorted(self.arrivals)
        return max((sum(first <= moment <= first + MINUTE for moment in log) for first in log), default=0)
