"""The users of the demo company, and when each of them is on duty in a month."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from datamodel.demo.demand import SEASON, demand_of
from datamodel.demo.services import TEAMS, Channel
from datamodel.demo.slots import SLOT, Slots
from datamodel.demo.staffing import needed, tolerance
from datamodel.demo.text import ascii_of
from datamodel.demo.words import FIRST_NAMES, SURNAMES

_LOSS = {Channel.CALLS: 0.047, Channel.OUTBOUND: 0.03, Channel.VIDEO: 0.04, Channel.CHATS: 0.04}
"""The part of a channel's interactions that its staff is planned to lose."""

_OVERTIME = 1800
"""Seconds that those on duty at closing time stay for whoever still waits."""

_ALWAYS_BUSY = 0.85

OFFICE = "office"
"""The team of users who take no interactions; they call."""

_OFFICE_SIZE = 12


@dataclass(frozen=True, slots=True)
class User:
    """One user (agent)."""

    name: str
    surname: str
    username: str
    exten: str
    team: str


@dataclass(frozen=True)
class Duties:
    """Who can take interactions when: seconds from the month's beginning, sorted by the beginning."""

    begins: NDArray[np.int64]
    ends: NDArray[np.int64]
    users: NDArray[np.int64]


class Roster:
    """The users of a centre: each team's from `first[team]` on, watch by watch, then those of the office."""

    def __init__(self, calls_per_month: int, seed: int) -> None:
        self._load = demand_of(calls_per_month).load
        self._tolerated = {channel: self._tolerance(channel) for channel in Channel}
        # One in six is away at any time.
        busiest = [int(self._needed(team, self._load[team] * max(SEASON)).max()) for team in range(len(TEAMS))]
        self.size = [most + most // 6 + 1 for most in busiest]
        ends = np.cumsum([size * team.watches for size, team in zip(self.size, TEAMS, strict=True)]).tolist()
        self.first = [0, *ends[:-1]]
        teams = [team.name for team, size in zip(TEAMS, self.size, strict=True) for _ in range(size * team.watches)]
        self.users = _hired(seed, [*teams, *(OFFICE,) * _OFFICE_SIZE])

    def _tolerance(self, channel: Channel) -> float:
        loads = self._load[[place for place, team in enumerate(TEAMS) if team.channel is channel]]
        return tolerance(loads, _LOSS[channel]) if loads.any() else 0.1

    def _needed(self, team: int, load: NDArray[np.float64]) -> NDArray[np.int64]:
        if TEAMS[team].channel is Channel.OUTBOUND and TEAMS[team].services[0].share:
            # Nobody waits for these users: they are never idle.
            return np.ceil(load / _ALWAYS_BUSY).astype(np.int64)
        return needed(load, self._tolerated[TEAMS[team].channel])

    def duties(self, team: int, slots: Slots, season: float) -> Duties:
        """The duties of a team's users in a month.

        When fewer are needed, at noon say, those of the highest rank go; ranks go round day by day.
        """
        watches, size = TEAMS[team].watches, self.size[team]
        need = np.minimum(self._needed(team, self._load[team] * season)[slots.week], size)
        watch = slots.day * watches + slots.hour * watches // 24
        on = need[:, None] > np.arange(max(int(need.max()), 1))
        new_watch = np.diff(watch, prepend=-1, append=-1)[:, None] != 0
        before, after = np.pad(on, ((1, 0), (0, 0))), np.pad(on, ((0, 1), (0, 0)))
        # Rank by rank (the transposed), so that beginnings and ends come in pairs.
        rank, begins = np.nonzero((after & (~before | new_watch)).T)
        _, ends = np.nonzero((before & (~after | new_watch)).T)
        closing = np.append(need, 0)[np.minimum(ends, slots.count)] == 0
        users = self.first[team] + (watch[begins] % watches) * size + (rank + slots.day[begins]) % size
        order = np.argsort(begins, kind="stable")
        return Duties(begins[order] * SLOT, (ends * SLOT + closing * _OVERTIME)[order], users[order])


def _hired(seed: int, teams: list[str]) -> tuple[User, ...]:
    """A user for each place in `teams`, no two with the same username."""
    pairs = np.random.default_rng(np.random.SeedSequence([seed, 0])).permutation(len(FIRST_NAMES) * len(SURNAMES))
    first, last = ascii_of(FIRST_NAMES), ascii_of(SURNAMES)
    width = max(4, len(str(2100 + len(teams))))
    users = []
    for place, team in enumerate(teams):
        lap, pair = divmod(place, len(pairs))
        name, surname = divmod(int(pairs[pair]), len(SURNAMES))
        username = f"{first[name]}.{last[surname]}{lap + 1 if lap else ''}"
        exten = str(2100 + place if width == 4 else 10 ** (width - 1) * 2 + place)
        users.append(User(FIRST_NAMES[name], SURNAMES[surname], username, exten, team))
    return tuple(users)
