"""The budget against an upstream that counts: no minute of its own log is too full, and none is wasted."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from math import inf

import pytest
import sqlalchemy as sa
from hypothesis import event, given
from hypothesis import strategies as st

from store.budget import WINDOW, Budget
from store.control import PAUSES, REQUESTS, Control
from tabular.upstream import Urgency
from tests.store.simulated_upstream import SimulatedUpstream, Simulation, Want

pytestmark = pytest.mark.law


@dataclass(frozen=True)
class Burst:
    """Several requests at once, so long after the process began."""

    after: float
    size: int
    urgency: Urgency
    seconds: float
    share: float


@dataclass(frozen=True)
class Life:
    """A process: what it sends and hears until it is killed, and what it starts up in, how much later.

    `shift`: None on the same boot, else on another one whose clock shows so many seconds.
    """

    bursts: list[Burst]
    pauses: list[tuple[float, float]]
    seconds: float
    down: float
    shift: float | None


_durations = st.one_of(st.sampled_from([0.0, 0.5, 30.0, 61.0, 130.0]), st.floats(0, 130))
_bursts = st.builds(
    Burst,
    st.one_of(st.sampled_from([0.0, 0.5, 59.0]), st.floats(0, 70)),
    st.integers(1, 12),
    st.sampled_from(Urgency),
    _durations,
    st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0, 1)),
)
_pauses = st.lists(st.tuples(st.floats(0, 70), st.sampled_from([1.0, 45.0, 90.0])), max_size=1)
_shifts = st.one_of(st.none(), st.sampled_from([0.0, 1.0, 50.0, 1000.0]), st.floats(0, 1000))
_lives = st.builds(
    Life,
    st.lists(_bursts, min_size=1, max_size=2),
    _pauses,
    st.sampled_from([1.0, 20.0, 65.0, 120.0]),
    st.floats(0, 5),
    _shifts,
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Control]:
    """A control database for many examples, each of which empties it first."""
    opened = Control(tmp_path_factory.mktemp("budget") / "tvox.duckdb")
    yield opened
    opened.close()


def emptied(control: Control) -> Control:
    """The database, without what was sent."""
    with control.engine.begin() as connection:
        connection.execute(sa.delete(REQUESTS))
        connection.execute(sa.delete(PAUSES))
    return control


@given(
    st.lists(_lives, min_size=2, max_size=3),
    st.sampled_from([1, 2, 3, 10]),
    st.integers(1, 2),
    st.sampled_from([1.0, 1.001, 0.999]),
)
def test_no_minute_of_the_upstream_holds_more_than_the_limit(
    shared: Control, lives: list[Life], limit: int, processes: int, rate: float
) -> None:
    emptied(shared)
    simulation = Simulation(rate)
    upstream = SimulatedUpstream(simulation)
    for number, life in enumerate(lives):
        budgets = [Budget(shared, limit, simulation) for _ in range(processes)]
        for place, burst in enumerate(life.bursts):
            budget, want = budgets[place % processes], Want(burst.urgency)
            for _ in range(burst.size):
                simulation.at(burst.after, partial(upstream.request, budget, want, burst.seconds, burst.share))
        for after, seconds in life.pauses:
            simulation.at(after, partial(upstream.pause, budgets[0], seconds))
        # The last one lives until all its requests are sent.
        last = number == len(lives) - 1
        simulation.run(inf if last else simulation.moment + life.seconds)
        for budget in budgets:
            budget.close()
        if not last:
            upstream.kill(life.down)
        if life.shift is not None:
            simulation.boot, simulation.zero = f"boot {number}", simulation.moment - life.shift / rate
    assert upstream.most_in_a_minute() <= limit
    event(f"the limit was reached: {upstream.most_in_a_minute() == limit}")


@given(st.sampled_from([1, 3, 10]), st.sampled_from(Urgency), st.lists(st.floats(0, 20), min_size=1, max_size=5))
def test_the_whole_limit_is_used_while_there_is_demand(
    shared: Control, limit: int, urgency: Urgency, durations: list[float]
) -> None:
    simulation = Simulation()
    upstream = SimulatedUpstream(simulation)
    budget = Budget(emptied(shared), limit, simulation)
    for number in range(3 * limit):
        seconds = durations[number % len(durations)]
        simulation.at(0, partial(upstream.request, budget, Want(urgency), seconds))
    simulation.run()
    budget.close()
    usable = limit - (1 if limit >= 10 and urgency == Urgency.BACKGROUND else 0)
    assert upstream.sent[usable - 1] == 0
    # A slot is free again a minute after the longest request that may have held it.
    longest = WINDOW + max(durations) + 0.001
    gaps = [later - earlier for earlier, later in zip(upstream.sent, upstream.sent[usable:], strict=False)]
    assert len(gaps) == 3 * limit - usable
    assert max(gaps) <= longest
