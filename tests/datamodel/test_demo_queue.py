"""The simulation under the demo centre: its queue against a plain one, its staffing against known figures."""

from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datamodel.demo.dice import lognormal, numbers, throw, weibull
from datamodel.demo.distribution import Waiting, distribute
from datamodel.demo.roster import Duties, Roster
from datamodel.demo.slots import easter, slots_of
from datamodel.demo.staffing import abandonment, needed, tolerance
from datamodel.demo.text import ascii_of
from datamodel.demo.words import FIRST_NAMES, SURNAMES
from tabular.month import Month

seconds = st.integers(0, 120)
callers = st.lists(st.tuples(seconds, seconds, st.integers(1, 40), seconds, st.booleans()), max_size=25)
shifts = st.lists(st.tuples(seconds, st.integers(1, 90), st.integers(0, 2)), max_size=6)


def as_waiting(people: list[tuple[int, int, int, int, bool]]) -> Waiting:
    columns = np.array(sorted(people), np.int64).reshape(-1, 5).T
    return Waiting(columns[0], columns[0] + columns[1], *columns[2:])


def as_duties(spans: list[tuple[int, int, int]]) -> Duties:
    columns = np.array(sorted(spans), np.int64).reshape(-1, 3).T
    return Duties(columns[0], columns[0] + columns[1], columns[2])


@settings(max_examples=150, deadline=None)
@given(callers, shifts)
def test_nobody_is_served_twice_at_once_or_off_duty(
    people: list[tuple[int, int, int, int, bool]], spans: list[tuple[int, int, int]]
) -> None:
    waiting, duties = as_waiting(people), as_duties(spans)
    done = distribute(waiting, duties, room=99)
    busy = [(user, at, at + 20) for _, user, at in done.refusals.tolist()]
    for i, user in enumerate(done.user.tolist()):
        if user >= 0:
            at = int(done.offer[i])
            talked = int(waiting.ring[i] + waiting.engaged[i]) if done.answered[i] else int(waiting.gives_up[i]) - at
            busy.append((user, at, at + talked))
            assert waiting.since[i] <= at
            if done.answered[i]:
                assert at + waiting.ring[i] < waiting.gives_up[i]
    for user, at, _ in busy:
        on_duty = (duties.users == user) & (duties.begins <= at) & (at < duties.ends)
        assert on_duty.any()
    for (user, _, over), (another, at, _) in pairwise(sorted(busy)):
        assert user != another or over <= at


@settings(max_examples=150, deadline=None)
@given(callers, st.integers(1, 4))
def test_the_queue_is_that_of_a_plain_simulation(people: list[tuple[int, int, int, int, bool]], users: int) -> None:
    waiting = as_waiting([(*person[:4], False) for person in people])
    duties = as_duties([(0, 10_000, user) for user in range(users)])
    done = distribute(waiting, duties, room=99)
    free = [0] * users
    for i in range(len(waiting.since)):
        user = min(range(users), key=lambda u: free[u])
        at = max(free[user], int(waiting.since[i]))
        gives_up = int(waiting.gives_up[i])
        if at > waiting.since[i] and at >= gives_up:
            assert done.user[i] == -1
            continue
        assert done.offer[i] == at
        answered = at + waiting.ring[i] < gives_up
        assert done.answered[i] == answered
        free[user] = at + int(waiting.ring[i] + waiting.engaged[i]) if answered else gives_up


def test_a_full_queue_turns_callers_away() -> None:
    count = 5
    waiting = Waiting(*(np.full(count, v) for v in (0, 1000, 2, 100, 0)))
    done = distribute(waiting, Duties(np.array([0]), np.array([5000]), np.array([7])), room=2)
    assert done.full.tolist() == [False, False, False, True, True]
    assert done.offer[:3].tolist() == [0, 102, 204]


def test_staffing_follows_erlang_a() -> None:
    # 100 calls in half an hour, 180 s each, and 120 s of patience: known from three million simulated calls.
    law = abandonment(14, patience=120 / 180)
    assert law[9, 31] == pytest.approx(0.1377, abs=0.0005)
    assert law[13, 22] == pytest.approx(0.0228, abs=0.002)
    assert (np.diff(law) > 0).all()
    assert needed(np.array([0.0, 0.05, 10.0, 10.0]), 0.05).tolist() == [0, 1, 13, 13]
    assert needed(np.array([10.0]), 0.3).tolist() == [8]


@pytest.mark.parametrize("target", [0.03, 0.06])
def test_the_tolerance_gives_the_target(target: float) -> None:
    loads = np.linspace(5, 30, 200)
    allowed = tolerance(loads, target)
    assert target <= allowed < 2 * target


def test_months_have_their_half_hours() -> None:
    assert slots_of(Month(2026, 3), "Europe/Rome").count == 31 * 48 - 2
    assert slots_of(Month(2026, 10), "Europe/Rome").count == 31 * 48 + 2
    april = slots_of(Month(2026, 4), "Europe/Rome")
    assert april.week[0] == 2 * 48
    assert set(april.week[5 * 48 : 6 * 48] // 48) == {6}  # Easter Monday
    assert [easter(year) for year in (2024, 2025, 2027)] == [date(2024, 3, 31), date(2025, 4, 20), date(2027, 3, 28)]


def test_tables_of_quantiles_have_mean_one() -> None:
    for table in (lognormal(0.8), lognormal(0.5), weibull(1.1)):
        assert table.mean() == pytest.approx(1, abs=0.01)
        assert (np.diff(table) > 0).all()


def test_throws_do_not_know_of_each_other() -> None:
    bits = numbers(np.random.default_rng(1), 20_000)
    throws = np.array([throw(bits, purpose) for purpose in range(120)])
    assert throws.min() >= 0
    assert throws.max() < 65536
    correlation = np.corrcoef(throws) - np.eye(len(throws))
    assert abs(correlation).max() < 0.05


def test_watches_of_the_night_line_are_relieved() -> None:
    roster = Roster(200_000, 1)
    team = next(
        place for place, user in enumerate(roster.size) if roster.users[roster.first[place]].team == "emergency line"
    )
    duties = roster.duties(team, slots_of(Month(2026, 10), "Europe/Rome"), 1.0)
    order = np.lexsort((duties.begins, duties.users))
    same = duties.users[order][1:] == duties.users[order][:-1]
    gap = duties.begins[order][1:] - duties.ends[order][:-1]
    assert (gap[same] >= 0).all()
    assert duties.begins.min() == 0


def test_users_have_names_of_their_own() -> None:
    for names in (FIRST_NAMES, SURNAMES):
        assert len(set(ascii_of(names))) == len(names)
    users = Roster(1_000_000, 1).users
    assert len({user.username for user in users}) == len({user.exten for user in users}) == len(users)
