"""The budget: who goes when, and what is kept of it."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from store.budget import SYSTEM_CLOCK, WINDOW, Budget
from store.control import REQUESTS, Control
from tabular.errors import UpstreamBusy
from tabular.upstream import Urgency
from tests.store.simulated_upstream import Simulation, Want

SOMEBODY = Want()
NOBODY = Want(Urgency.BACKGROUND)


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Control]:
    """A control database without a request."""
    opened = Control(tmp_path / "tvox.duckdb")
    yield opened
    opened.close()


def logged(control: Control) -> list[tuple[float, float | None]]:
    """Beginning and end of every request, as another process would read them."""
    with control.engine.connect() as connection:
        return [(row.began, row.ended) for row in connection.execute(sa.select(REQUESTS).order_by(REQUESTS.c.id))]


def test_a_request_is_logged_before_it_is_sent_and_when_it_ended(control: Control) -> None:
    simulation = Simulation(moment=7.0)
    budget = Budget(control, 5, simulation)
    with budget.turn(SOMEBODY):
        assert logged(control) == [(7.0, None)]
        assert (budget.left, budget.spent) == (4, 1)
        simulation.moment = 9.0
    assert logged(control) == [(7.0, 9.0)]
    with pytest.raises(KeyError), budget.turn(SOMEBODY):
        raise KeyError
    assert logged(control) == [(7.0, 9.0), (9.0, 9.0)]
    simulation.moment = 9.0 + WINDOW
    assert budget.left == 5
    assert logged(control) == []
    budget.close()


def test_what_was_on_its_way_counts_as_ended_when_the_next_process_starts(control: Control) -> None:
    simulation = Simulation()
    budget = Budget(control, 1, simulation)
    with budget.turn(SOMEBODY):
        simulation.moment = 1000
        again = Budget(control, 1, simulation)
        assert (again.left, again.next_in) == (0, WINDOW)
        simulation.moment = 1000 + WINDOW
        assert (again.left, again.next_in) == (1, 0.0)
    # The other process lives, after all, and says when it ended.
    assert (again.left, again.next_in) == (0, WINDOW)
    again.close()
    budget.close()


def test_the_last_slots_are_for_somebody_who_waits(control: Control) -> None:
    simulation = Simulation()
    budget = Budget(control, 100, simulation)
    for _ in range(95):
        with budget.turn(NOBODY, at_most=0):
            pass
    assert (budget.left, budget.next_in) == (5, 0.0)
    with pytest.raises(UpstreamBusy) as refused, budget.turn(NOBODY, at_most=60):
        pass
    assert refused.value.seconds == 61
    for _ in range(5):
        with budget.turn(SOMEBODY, at_most=0):
            pass
    assert (budget.left, budget.next_in, budget.spent) == (0, WINDOW, 100)
    budget.close()


def sending(control: Control, limit: int) -> tuple[Simulation, Budget, Callable[..., None], list[str]]:
    """A budget all of whose slots are held, somebody who waits for one, and who went in which order."""
    simulation, order = Simulation(), []
    budget = Budget(control, limit, simulation)
    for _ in range(limit):
        with budget.turn(SOMEBODY, at_most=0):
            pass

    def wait(name: str, want: Want, after: float) -> None:
        def work() -> None:
            with budget.turn(want):
                order.append(name)

        simulation.at(after, work)

    return simulation, budget, wait, order


def test_who_is_more_urgent_goes_first_then_who_came_first(control: Control) -> None:
    simulation, budget, wait, order = sending(control, 1)
    wait("sync 1", NOBODY, 1)
    wait("sync 2", NOBODY, 2)
    wait("formula 1", SOMEBODY, 3)
    wait("formula 2", SOMEBODY, 4)
    simulation.run(until=5)
    assert budget.next_in == pytest.approx(3 * WINDOW - 5)
    simulation.run()
    assert order == ["formula 1", "formula 2", "sync 1", "sync 2"]
    assert simulation.moment == pytest.approx(4 * WINDOW)
    budget.close()


@pytest.mark.parametrize("told", [True, False])
def test_urgency_may_rise_while_it_waits(control: Control, told: bool) -> None:
    simulation, budget, wait, order = sending(control, 1)
    joined = Want(Urgency.BACKGROUND)

    def join() -> None:
        joined.urgency = Urgency.INTERACTIVE
        if told:
            budget.reconsider()

    wait("sync", NOBODY, 1)
    wait("joined", joined, 2)
    simulation.at(30, join)
    simulation.run()
    assert order == ["joined", "sync"]
    assert simulation.moment == pytest.approx(2 * WINDOW)
    budget.close()


@pytest.mark.parametrize("told", [True, False])
def test_who_becomes_urgent_takes_a_reserved_slot(control: Control, told: bool) -> None:
    simulation = Simulation()
    budget = Budget(control, 10, simulation)
    for _ in range(9):
        with budget.turn(NOBODY, at_most=0):
            pass
    went: dict[str, float] = {}
    joined = Want(Urgency.BACKGROUND)

    def work(name: str, want: Want) -> None:
        with budget.turn(want):
            went[name] = simulation.moment

    def join() -> None:
        joined.urgency = Urgency.INTERACTIVE
        if told:
            budget.reconsider()

    simulation.at(1, lambda: work("sync", NOBODY))
    simulation.at(2, lambda: work("joined", joined))
    simulation.at(10, join)
    # Untold, it goes when somebody else looks.
    simulation.at(20, lambda: work("late", NOBODY))
    simulation.run()
    assert went == {"joined": 10 if told else 20, "sync": pytest.approx(WINDOW), "late": pytest.approx(WINDOW)}
    budget.close()


def test_patience_ends_when_it_is_clear_that_it_will(control: Control) -> None:
    simulation, budget, wait, order = sending(control, 1)
    refused: list[tuple[float, int]] = []

    def impatient(at_most: float) -> None:
        with pytest.raises(UpstreamBusy) as failure, budget.turn(NOBODY, at_most):
            pass
        refused.append((simulation.moment, failure.value.seconds))

    simulation.at(10.25, lambda: impatient(50))  # the slot is free after 50.25 seconds
    wait("formula 1", SOMEBODY, 11)
    simulation.at(11.25, lambda: impatient(110))  # it would go after 109.75 seconds, did nobody come before it
    wait("formula 2", SOMEBODY, 12)
    wait("formula 3", SOMEBODY, 12)
    simulation.at(13, lambda: impatient(WINDOW))  # behind all of them
    simulation.run()
    assert refused == [(10.25, 51), (13, 120), (121.25, 120)]
    assert order == ["formula 1", "formula 2", "formula 3"]
    assert budget.spent == 4
    budget.close()


def test_a_pause_holds_everybody_over_restarts(control: Control) -> None:
    simulation = Simulation()
    budget = Budget(control, 5, simulation)
    budget.pause(1000)
    budget.pause(10)
    assert (budget.left, budget.next_in) == (5, 1000)
    with pytest.raises(UpstreamBusy) as refused, budget.turn(SOMEBODY, at_most=100):
        pass
    assert refused.value.seconds == 120
    budget.close()
    simulation.moment = 400
    again = Budget(control, 5, simulation)
    assert again.next_in == 600
    again.close()
    # Who knows how long the machine was off: the whole of it again.
    simulation.boot, simulation.zero = "another", 300
    rebooted = Budget(control, 5, simulation)
    assert rebooted.next_in == 1000
    simulation.moment = 1400
    assert (rebooted.next_in, rebooted.left) == (0.0, 5)
    rebooted.close()


def test_what_a_loss_of_power_takes_from_the_log_is_waited_for(control: Control) -> None:
    simulation = Simulation(moment=5000)
    budget = Budget(control, 5, simulation)
    with budget.turn(SOMEBODY):
        pass
    budget.close()
    # Four more may have been sent, whose lines are lost; the machine has been on again for 20 seconds.
    simulation.boot, simulation.zero = "another", 4980
    again = Budget(control, 5, simulation)
    assert (again.left, again.next_in) == (4, WINDOW - 20)
    again.close()


def test_a_clock_that_went_back_is_another_clock(control: Control) -> None:
    simulation = Simulation(moment=5000)
    budget = Budget(control, 5, simulation)
    with budget.turn(SOMEBODY):
        pass
    budget.close()
    # The boot has the same name, but its clock shows 4000: a machine put back to an earlier state, perhaps.
    simulation.zero = 1000
    again = Budget(control, 1, simulation)
    assert (again.left, again.next_in) == (0, WINDOW)
    simulation.moment += WINDOW
    assert (again.left, again.next_in) == (1, 0.0)
    again.close()


def test_who_waits_is_refused_when_the_service_closes(control: Control) -> None:
    simulation, budget, _, _ = sending(control, 1)

    def refused() -> None:
        with pytest.raises(UpstreamBusy), budget.turn(SOMEBODY):
            pass

    def unharmed() -> None:
        with budget.turn(SOMEBODY):
            simulation.take(50)

    simulation.at(WINDOW, unharmed)
    simulation.at(WINDOW + 1, refused)
    simulation.at(WINDOW + 2, refused)
    simulation.at(WINDOW + 3, budget.close)
    simulation.at(WINDOW + 4, refused)
    simulation.run()
    assert simulation.moment == WINDOW + 50
    assert logged(control) == [(WINDOW, None)]


def writes(budget: Budget, allowed: bool) -> None:
    """Whether the budget can write into its log."""
    with budget._connection.begin():
        budget._connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if allowed else 'ON'}")


def test_an_end_that_could_not_be_written_is_written_later(control: Control) -> None:
    simulation = Simulation()
    budget = Budget(control, 2, simulation)
    with budget.turn(SOMEBODY):
        # A stand-in for a full disk: the connection takes no writes.
        writes(budget, allowed=False)
        simulation.moment = 3
    assert logged(control) == [(0, None)]
    with pytest.raises(sa.exc.OperationalError), budget.turn(SOMEBODY):
        pytest.fail("nothing is sent that could not be logged")
    writes(budget, allowed=True)
    simulation.moment = 5
    assert budget.left == 1
    assert logged(control) == [(0, 3)]
    budget.close()


def test_without_a_limit_nothing_is_written_or_waited_for(control: Control) -> None:
    simulation = Simulation()
    budget = Budget(control, 0, simulation)
    for _ in range(300):
        with budget.turn(NOBODY, at_most=0):
            pass
    assert (budget.left, budget.next_in, budget.spent, logged(control)) == (None, 0.0, 300, [])
    budget.pause(30)
    with pytest.raises(UpstreamBusy), budget.turn(SOMEBODY, at_most=20):
        pass
    budget.close()


def test_threads_on_the_clock_of_this_machine(control: Control) -> None:
    budget = Budget(control, 20)
    together = threading.Barrier(8)
    refused: list[int] = []

    def work() -> None:
        together.wait()
        for _ in range(5):
            try:
                with budget.turn(SOMEBODY, at_most=0):
                    pass
            except UpstreamBusy as failure:
                refused.append(failure.seconds)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (budget.spent, budget.left, len(refused), len(logged(control))) == (20, 0, 20, 20)
    budget.close()


def test_a_thread_that_waits_hears_of_what_changed(control: Control) -> None:
    class Ahead:
        """The clock of this machine, which can be set ahead."""

        boot, ahead = SYSTEM_CLOCK.boot, 0.0

        def now(self) -> float:
            return SYSTEM_CLOCK.now() + self.ahead

        def condition(self, lock: threading.RLock) -> threading.Condition:
            return SYSTEM_CLOCK.condition(lock)

    clock = Ahead()
    budget = Budget(control, 1, clock)
    with budget.turn(SOMEBODY):
        pass
    went = threading.Event()

    def work() -> None:
        with budget.turn(NOBODY):
            went.set()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    assert not went.is_set()
    clock.ahead = WINDOW
    budget.reconsider()
    # It goes at once; the seconds are for a thread that was not told.
    thread.join(30)
    assert went.is_set()
    budget.close()


def test_the_clock_of_this_machine_is_not_the_one_on_the_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    before = time.clock_gettime(time.CLOCK_BOOTTIME)
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert before <= SYSTEM_CLOCK.now() <= time.clock_gettime(time.CLOCK_BOOTTIME)
    assert SYSTEM_CLOCK.boot == Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
