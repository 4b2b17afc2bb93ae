"""Calls that users make: back to those who were not answered, and down the lists of campaigns."""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from datamodel.demo.callers import Lines
from datamodel.demo.demand import SEASON
from datamodel.demo.dice import chance, generator, lognormal, numbers, pick, seconds, throw
from datamodel.demo.distribution import Waiting, distribute
from datamodel.demo.journeys import TEAM_OF, Floor, following
from datamodel.demo.records import ABSENT, CALL, STEP, Records, records_of, steps_of, together
from datamodel.demo.roster import Roster
from datamodel.demo.services import NUMBERS, SERVICES, Channel
from datamodel.demo.slots import SLOT, Slots
from datamodel.demo.states import Contact, Lookup, Media, Status
from datamodel.demo.traffic import Opening, arrivals
from tabular.month import Month

_TEAM = TEAM_OF[NUMBERS["CAMPAGNA_RINNOVI"]]
_CHECKS = NUMBERS["VERIFICA_CONTRATTI"]
_TALK, _WORK, _HANDS_OVER = (np.array([getattr(s, name) for s in SERVICES]) for name in ("talk", "work", "hands_over"))
_ATTEMPTS = (300, 86_400, 86_400)
"""The fewest seconds before each attempt to reach somebody."""

_PATIENT = 1 << 30
"""Seconds for which a call that nobody expects can be put off."""


class _Throw(IntEnum):
    CALLED_BACK = 48
    ANSWERS = 49
    LAG = 50
    HOLDS = 51
    CLOSER = 52
    HANDS_OVER = 53
    FAILURE = 54
    LISTED = 55


def outgoing(
    roster: Roster, calls_per_month: int, seed: int, month: Month, slots: Slots, lines: Lines, missed: Records
) -> tuple[Records, Records]:
    """What the centre calls in one month: interactions, earliest first, and their steps in any order.

    `missed` are the inbound calls that nobody answered, as `missed_in` gives them.
    """
    rng = generator(seed, month, Channel.OUTBOUND)
    due, service = arrivals(rng, calls_per_month, Channel.OUTBOUND, month, slots)
    dice = numbers(rng, len(due))
    # Campaigns call customers whose number is theirs alone.
    listed = np.flatnonzero((lines.lookup == Lookup.SUCCESS) & (lines.type != Contact.USER))
    line = listed[throw(dice, _Throw.LISTED) * len(listed) >> 16]
    campaign = records_of(CALL, len(due), start=due, service=service, entry=service, line=line, dice=dice)
    calls = together(CALL, [campaign, *_called_back(rng, missed)])
    calls = calls.take(np.argsort(calls["start"], kind="stable"))
    calls, steps = _dialled(rng, roster, calls, slots, SEASON[month.month - 1])
    floor = Floor(roster, slots, SEASON[month.month - 1], Opening(calls_per_month, slots, rng), rng)
    media = np.full(len(calls), Media.CALL, np.int8)
    return calls, together(STEP, [steps, floor.serve(Channel.OUTBOUND, following(steps), media)])


def missed_in(calls: Records, steps: Records, lines: Lines) -> Records:
    """The calls (CALL) of an inbound month that were abandoned or asked to be called back, `start` being their end.

    Those who withheld their number are left out: nobody can call them.
    """
    given_up = (steps["status"] == Status.HANGUP) | (steps["status"] == Status.CLOSED_BY_SYSTEM_CALLBACK)
    last = steps.take(np.flatnonzero(given_up & (calls["media"][steps["call"]] == Media.CALL)))
    reachable = np.flatnonzero(calls["line"][last["call"]] != lines.nobody)
    last = last.take(reachable)
    missed = calls.take(last["call"])
    missed["start"], missed["missed"], missed["record"] = last["end"], last["status"] + 1, missed["dice"]
    missed["entry"] = missed["service"]
    return missed


def _called_back(rng: np.random.Generator, missed: Records) -> list[Records]:
    """Attempts to reach those who were missed, each one after the last was not answered."""
    attempts = []
    due = missed.take(np.flatnonzero(chance(missed["dice"], _Throw.CALLED_BACK, 0.8)))
    for wait in _ATTEMPTS:
        dice = numbers(rng, len(due))
        due = due.copy()
        due["dice"] = dice
        due["start"] += wait + pick(dice, _Throw.LAG, 7000)
        attempts.append(due)
        due = due.take(np.flatnonzero(~_answers(due)))
    return attempts


def _answers(calls: Records) -> NDArray[np.bool_]:
    """Whether the one who is called answers: oftener when the call is expected."""
    return throw(calls["dice"], _Throw.ANSWERS) < np.where(calls["missed"] == 0, 36_000, 49_000)


def _dialled(
    rng: np.random.Generator, roster: Roster, calls: Records, slots: Slots, season: float
) -> tuple[Records, Records]:
    """Calls at the moment when a user is free to make them, and their first steps; the rest of the list is dropped."""
    count, dice, service = len(calls), calls["dice"], calls["service"]
    answers = _answers(calls)
    ring = np.where(answers, 4 + seconds(rng, lognormal(0.5), 9, count), 15 + seconds(rng, lognormal(0.4), 14, count))
    talk = np.where(answers, np.clip(seconds(rng, lognormal(0.8), _TALK[service], count), 5, 3600), 0)
    work = np.where(answers, seconds(rng, lognormal(0.8), _WORK[service], count), 5)
    due = calls["start"].astype(np.int64)
    queue = Waiting(due, due + _PATIENT, ring, talk + work, np.zeros(count, np.int64))
    done = distribute(queue, roster.duties(_TEAM, slots, season), room=count)
    made = np.flatnonzero((done.user != ABSENT) & (done.offer < slots.count * SLOT))
    made = made[np.argsort(done.offer[made], kind="stable")]
    start = done.offer[made]
    calls, dice, answers = calls.take(made), dice[made], answers[made]
    ring, talk, work = ring[made], talk[made], work[made]
    calls["start"] = start
    end = start + ring + talk
    hold = np.where(chance(dice, _Throw.HOLDS, 0.1), np.minimum(talk // 3, 10 + pick(dice, _Throw.LAG, 60)), 0)
    steps = steps_of(
        len(calls), call=np.arange(len(calls)), service=calls["service"], user=done.user[made], start=start,
        offer=start, answer=np.where(answers, start + ring, ABSENT), end=end, status=_statuses(calls, answers),
        hold=hold, work=np.where(answers, work, 0), dice=numbers(rng, len(calls)),
    )  # fmt: skip
    checked = answers & (throw(dice, _Throw.HANDS_OVER) < _HANDS_OVER[calls["service"]] * 65536)
    checked &= calls["missed"] == 0
    steps["to"][checked] = _CHECKS + 1
    steps["status"][checked] = Status.ANSWERED_WITH_CONSULTATION_TRANSFER
    return calls, steps


def _statuses(calls: Records, answers: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The caller is the centre here: it gives up, or the network does when a number is busy or does not exist."""
    by_centre = chance(calls["dice"], _Throw.CLOSER, 0.55)
    failure = throw(calls["dice"], _Throw.FAILURE)
    closed = np.where(by_centre, Status.ANSWERED_CLOSED_BY_CALLER, Status.ANSWERED_CLOSED_BY_CALLED)
    silent = np.where(failure < 44000, Status.HANGUP, np.where(failure < 64000, Status.CLOSED_BY_SYSTEM, Status.ERROR))
    return np.where(answers, closed, silent)
