"""Calls, video calls and chats to the services: how they come in."""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from datamodel.demo.callers import Lines
from datamodel.demo.demand import SEASON
from datamodel.demo.dice import chance, generator, lognormal, numbers, seconds, throw
from datamodel.demo.journeys import TEAM_OF, Floor
from datamodel.demo.records import CALL, STEP, VISIT, Records, records_of, steps_of, together
from datamodel.demo.roster import Roster
from datamodel.demo.services import ENTRANCE, NUMBERS, SERVICES, Channel
from datamodel.demo.slots import Slots
from datamodel.demo.states import Media, Status
from datamodel.demo.traffic import Opening, arrivals
from tabular.month import Month

_ENTRANCE = NUMBERS[ENTRANCE.code]
_MEDIA = np.array([Media[service.media] for service in SERVICES], np.int8)
_TEAMS = np.array([TEAM_OF.get(number, 0) for number in range(len(SERVICES))])

_LOST_IN_MENU = (
    # status, part of the calls that enter by the menu
    (Status.HANGUP, 0.014),
    (Status.CLOSED_BY_SYSTEM_NO_SELECTION, 0.008),
    (Status.ERROR, 0.0006),
    (Status.CLOSED_BY_SYSTEM_MAX_CALL_OVER, 0.0004),
)

_KNOWN_AND_NOBODY = {Channel.CALLS: (0.64, 0.08), Channel.VIDEO: (0.75, 0.0), Channel.CHATS: (0.5, 0.12)}
"""How many come from contacts, and how many withhold who they are."""


class _Throw(IntEnum):
    MESSAGE = 32
    DIRECT = 33
    MENU = 34


def incoming(
    roster: Roster, calls_per_month: int, seed: int, channel: Channel, month: Month, slots: Slots, lines: Lines
) -> tuple[Records, Records]:
    """What comes in on one channel in one month: interactions, earliest first, and their steps in any order."""
    rng = generator(seed, month, channel)
    start, service = arrivals(rng, calls_per_month, channel, month, slots)
    dice = numbers(rng, len(start))
    media = _MEDIA[service]
    if channel is Channel.CALLS:
        media = np.where(chance(dice, _Throw.MESSAGE, 0.025), np.int8(Media.GENERIC_1), media)
    direct = (media != Media.CALL) | chance(dice, _Throw.DIRECT, 0.05)
    entry = np.where(direct, service, _ENTRANCE)
    line = lines.drawn(dice, *_KNOWN_AND_NOBODY[channel])
    calls = records_of(CALL, len(start), start=start, service=service, entry=entry, line=line, media=media, dice=dice)
    menu, lost = _menu(rng, calls)
    visits = records_of(
        VISIT, len(calls), call=np.arange(len(calls)), hop=~direct, service=service, origin=service,
        team=_TEAMS[service], start=start,
    )  # fmt: skip
    visits["start"][menu["call"]] = menu["end"]
    floor = Floor(roster, slots, SEASON[month.month - 1], Opening(calls_per_month, slots, rng), rng)
    steps = floor.serve(channel, visits.take(np.flatnonzero(~lost)), media)
    return calls, together(STEP, [menu, steps])


def _menu(rng: np.random.Generator, calls: Records) -> tuple[Records, NDArray[np.bool_]]:
    """The steps in the voice menu, and which calls end there."""
    chosen = np.flatnonzero(calls["entry"] == _ENTRANCE)
    mine = calls.take(chosen)
    status = np.full(len(mine), Status.CLOSED_WITH_TRANSFER)
    fate, passed = throw(mine["dice"], _Throw.MENU), 0
    for ending, part in _LOST_IN_MENU:
        share = int(part * 65536)
        status[(fate >= passed) & (fate < passed + share)] = ending
        passed += share
    leaving = status == Status.CLOSED_WITH_TRANSFER
    spent = 6 + seconds(rng, lognormal(0.5), 20, len(mine))
    steps = steps_of(
        len(mine), call=chosen, service=_ENTRANCE, start=mine["start"], wait=spent, end=mine["start"] + spent,
        status=status, to=np.where(leaving, mine["service"] + 1, 0), dice=numbers(rng, len(mine)),
    )  # fmt: skip
    lost = np.zeros(len(calls), np.bool_)
    lost[chosen[~leaving]] = True
    return steps, lost
