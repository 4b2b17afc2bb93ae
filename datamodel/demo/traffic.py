"""What one month brings to the services: when interactions arrive, and which services are open then."""

import numpy as np
from numpy.typing import NDArray

from datamodel.demo.demand import SEASON, demand_of
from datamodel.demo.services import NUMBERS, TEAMS, Channel
from datamodel.demo.slots import SLOT, Slots
from datamodel.demo.states import Context
from tabular.month import Month

_BREAKS_DOWN = ("ORDINI", "ASSISTENZA_L1", "RICAMBI", "COMMERCIALE")
_MOODS = 1024


def arrivals(
    rng: np.random.Generator, calls_per_month: int, channel: Channel, month: Month, slots: Slots
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The arrivals of a month, earliest first: seconds from its beginning, and numbers of services."""
    asked = np.array([NUMBERS[s.code] for team in TEAMS if team.channel is channel for s in team.services if s.share])
    expected = demand_of(calls_per_month).arrivals[asked][:, slots.week] * SEASON[month.month - 1]
    # Days differ by up to a fifth, all services alike; nobody could have planned for it.
    _, day = np.unique(slots.day, return_inverse=True)
    mood = 0.8 + 0.1 * rng.integers(0, _MOODS, (4, int(day.max()) + 1)).sum(axis=0) / _MOODS
    counts = rng.poisson(expected * mood[day])
    service, slot = np.divmod(np.repeat(np.arange(counts.size), counts.ravel()), slots.count)
    start = slot * SLOT + rng.integers(0, SLOT, len(slot))
    order = np.argsort(start, kind="stable")
    return start[order], asked[service[order]]


class Opening:
    """The context of each service in each half-hour of a month: its hours, and an afternoon when one breaks down."""

    def __init__(self, calls_per_month: int, slots: Slots, rng: np.random.Generator) -> None:
        opened = demand_of(calls_per_month).open[:, slots.week]
        self._context = np.where(opened, np.int8(Context.ACTIVE), np.int8(Context.OUT_OF_CALENDAR))
        broken = NUMBERS[_BREAKS_DOWN[int(rng.integers(0, len(_BREAKS_DOWN)))]]
        afternoon = np.flatnonzero(opened[broken] & (slots.hour >= 14))
        if len(afternoon):
            first = int(rng.integers(0, len(afternoon)))
            self._context[broken, afternoon[first : first + int(rng.integers(1, 4))]] = Context.OUT_OF_SERVICE

    def at(self, service: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int8]:
        """The context of each service at a second of the month; what comes later counts as the last half-hour."""
        found: NDArray[np.int8] = self._context[service, np.minimum(second // SLOT, self._context.shape[1] - 1)]
        return found
