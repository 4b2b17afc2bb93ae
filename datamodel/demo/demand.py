"""How many interactions each service may expect in each half-hour of the week, and how much work they are."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from datamodel.demo.services import NUMBERS, OUTSIDE, SERVICES, TEAMS, VOLUME, Channel, Hours, Service
from datamodel.demo.slots import SLOT, WEEK

SEASON = (1.04, 1.02, 1.06, 0.97, 1.0, 0.98, 0.95, 0.72, 1.06, 1.1, 1.07, 1.03)
"""A month's traffic beside the year's mean, January first."""

RING = 7
"""Mean seconds until a user answers."""

CALLBACKS = 0.1
"""Calls back to those who were not answered, for each inbound call: what the outbound team plans for."""

_IN_VAIN = 0.45
"""The part of the callers who call although the service is closed."""

_ANSWERED = 0.94
_WEEKS = 7 / 30.4  # of a month

_RHYTHMS: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    # by hour of the day, by day of the week
    "office": (
        (0, 0, 0, 0, 0, 0, 1, 8, 55, 100, 120, 110, 72, 50, 78, 98, 95, 66, 30, 10, 5, 2, 1, 0),
        (1.2, 1.06, 1.0, 0.98, 0.93, 0.26, 0.04),
    ),
    "long": (
        (0, 0, 0, 0, 0, 0, 2, 20, 75, 105, 115, 100, 72, 60, 80, 95, 98, 85, 62, 40, 8, 3, 2, 1),
        (1.18, 1.05, 1.0, 0.98, 0.95, 0.4, 0.05),
    ),
    "always": (
        (85, 60, 45, 40, 40, 50, 60, 80, 80, 75, 70, 70, 75, 75, 70, 70, 80, 100, 120, 125, 115, 105, 100, 95),
        (0.95, 0.9, 0.9, 0.9, 1.0, 1.25, 1.3),
    ),
    "campaign": (
        (0, 0, 0, 0, 0, 0, 0, 0, 0, 90, 110, 110, 90, 60, 80, 100, 110, 110, 70, 0, 0, 0, 0, 0),
        (0.9, 1.05, 1.1, 1.05, 0.95, 0.3, 0),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Demand:
    """What is expected in a week without holidays, in a month of mean traffic.

    `arrivals` (services x 336) counts interactions that ask for a service in a half-hour, open or not; `open`
    (services x 336) says when it answers; `load` (teams x 336) is the work of a team in erlangs.
    """

    arrivals: NDArray[np.float64]
    open: NDArray[np.bool_]
    load: NDArray[np.float64]


@lru_cache(maxsize=4)
def demand_of(calls_per_month: int) -> Demand:
    """What a centre of that many inbound calls a month may expect."""
    opened = np.array([_opening(service) for service in SERVICES])
    arrivals = np.zeros((len(SERVICES), WEEK))
    load = np.zeros((len(TEAMS), WEEK))
    for team in TEAMS:
        for service in team.services:
            volume = calls_per_month * VOLUME[team.channel] * service.share
            number = NUMBERS[service.code]
            wish = _rhythm(service.rhythm) * np.where(opened[number], 1, _IN_VAIN)
            arrivals[number] = volume * _WEEKS * wish / wish.sum()
    reaching = arrivals * opened
    for place, team in enumerate(TEAMS):
        for service in team.services:
            coming = reaching[NUMBERS[service.code]]
            if team.channel is Channel.OUTBOUND and service.share:
                coming = coming * (1 + CALLBACKS / VOLUME[Channel.OUTBOUND])
            load[place] += coming * _ANSWERED * (service.talk + service.work + RING) / SLOT
            for code, part in service.towards:
                if code != OUTSIDE:
                    reaching[NUMBERS[code]] += coming * _ANSWERED * service.hands_over * part * opened[NUMBERS[code]]
    return Demand(arrivals, opened, load)


def _rhythm(name: str) -> NDArray[np.float64]:
    """How many would come in each half-hour, were the service always open."""
    hours, days = _RHYTHMS[name]
    on_the_hour = np.array(hours)
    halves = np.column_stack([on_the_hour, (on_the_hour + np.roll(on_the_hour, -1)) / 2]).ravel()
    return np.outer(days, halves).ravel()


def _opening(service: Service) -> NDArray[np.bool_]:
    days: tuple[Hours, ...] = (*(service.weekday,) * 5, service.saturday, service.sunday)
    half = np.arange(48) / 2
    return np.concatenate(
        [np.any([(half >= begin) & (half < end) for begin, end in day] or [half < 0], axis=0) for day in days]
    )
