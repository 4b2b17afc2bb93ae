"""A circuit opens, lets one request try, and closes; laws over any order of events."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.tvox.circuit import FAILURES, LONGEST, SHORTEST, Circuit, Position
from tests.connectors.tvox.peers import Clock


def failing(circuit: Circuit, times: int = 1) -> float | None:
    """What the last of some failures opened it for."""
    opened = None
    for _ in range(times):
        era = circuit.enter()
        assert era is not None
        opened = circuit.failed(era)
    return opened


def stands(circuit: Circuit) -> str:
    """How it stands now."""
    return circuit.position.value


def test_three_failures_in_a_row_open_it() -> None:
    circuit = Circuit(Clock())
    assert failing(circuit, 2) is None
    era = circuit.enter()
    assert era is not None
    assert not circuit.succeeded(era)
    assert failing(circuit, 2) is None
    assert stands(circuit) == "closed"
    assert failing(circuit) == SHORTEST
    assert stands(circuit) == "open"
    assert (circuit.lets, circuit.enter(), circuit.opens_in) == (False, None, SHORTEST)


def test_one_request_tries_and_closes_it() -> None:
    clock = Clock()
    circuit = Circuit(clock)
    failing(circuit, FAILURES)
    clock.seconds += SHORTEST
    assert stands(circuit) == "half-open"
    era = circuit.enter()
    assert era is not None
    assert circuit.enter() is None
    assert stands(circuit) == "half-open"
    assert circuit.succeeded(era)
    assert stands(circuit) == "closed"
    assert failing(circuit, 2) is None


def test_each_trial_that_fails_doubles_the_time_up_to_the_longest() -> None:
    clock = Clock()
    circuit = Circuit(clock)
    opened = [failing(circuit, FAILURES)]
    for _ in range(6):
        clock.seconds += opened[-1] or 0
        opened.append(failing(circuit))
    assert opened == [10, 20, 40, 80, 160, 300, 300]
    clock.seconds += LONGEST
    era = circuit.enter()
    assert era is not None
    assert circuit.succeeded(era)
    assert failing(circuit, FAILURES) == SHORTEST


def test_a_trial_without_a_verdict_lets_another_one_try() -> None:
    clock = Clock()
    circuit = Circuit(clock)
    failing(circuit, FAILURES)
    clock.seconds += SHORTEST
    era = circuit.enter()
    assert era is not None
    circuit.leave(era)
    assert circuit.lets
    assert failing(circuit) == 2 * SHORTEST
    circuit.leave(era)
    assert not circuit.lets


@pytest.mark.parametrize(("at_once", "seconds", "opened"), [(True, None, SHORTEST), (False, 25.0, 25.0)])
def test_some_failures_open_it_at_once(at_once: bool, seconds: float | None, opened: float) -> None:
    circuit = Circuit(Clock())
    era = circuit.enter()
    assert era is not None
    assert circuit.failed(era, at_once, seconds) == opened
    assert circuit.opens_in == opened


def test_what_began_before_it_opened_says_nothing_any_more() -> None:
    clock = Clock()
    circuit = Circuit(clock)
    late = circuit.enter()
    assert late is not None
    failing(circuit, FAILURES)
    assert circuit.failed(late) is None
    assert not circuit.succeeded(late)
    assert circuit.opens_in == SHORTEST
    clock.seconds += SHORTEST
    trial = circuit.enter()
    circuit.leave(late)
    assert circuit.failed(late) is None
    assert (circuit.enter(), circuit.position) == (None, Position.HALF_OPEN)
    assert trial is not None
    assert circuit.succeeded(trial)


@pytest.mark.law
@given(st.lists(st.tuples(st.sampled_from(["enter", "good", "bad", "leave", "time"]), st.integers(0, 5))))
def test_a_circuit_that_is_not_closed_has_one_request_at_most(events: list[tuple[str, int]]) -> None:
    clock = Clock()
    circuit = Circuit(clock)
    inside: list[tuple[int, bool]] = []
    for event, number in events:
        before = circuit.position
        if event == "time":
            clock.seconds += number * 20
        elif event == "enter":
            lets = circuit.lets
            era = circuit.enter()
            assert lets == (era is not None)
            if era is not None:
                assert before is not Position.OPEN
                inside.append((era, before is Position.HALF_OPEN))
        elif inside:
            era, _ = inside.pop(number % len(inside))
            if event == "good":
                circuit.succeeded(era)
            elif event == "bad":
                circuit.failed(era)
            circuit.leave(era)
        assert sum(tries for _, tries in inside) <= 1
        assert 0 <= circuit.opens_in <= LONGEST
    # Whatever happened, an address is asked again once its time is over and nobody tries it.
    for era, _ in inside:
        circuit.leave(era)
    clock.seconds += LONGEST
    assert circuit.lets
