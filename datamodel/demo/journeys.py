"""From visit to steps: through the queues of the teams, one team after another, and on to the next by transfer."""

from dataclasses import dataclass
from enum import IntEnum, auto

import numpy as np
from numpy.typing import NDArray

from datamodel.demo.demand import RING
from datamodel.demo.dice import chance, lognormal, numbers, pick, seconds, throw, weibull
from datamodel.demo.distribution import REFUSED_RING, Distributed, Waiting, distribute
from datamodel.demo.records import ABSENT, STEP, VISIT, Records, records_of, steps_of, together
from datamodel.demo.roster import Roster
from datamodel.demo.services import INSIDE, NUMBERS, OUTSIDE, SERVICES, TEAMS, Channel
from datamodel.demo.slots import Slots
from datamodel.demo.states import Context, Media, Status
from datamodel.demo.traffic import Opening

INSIDE_NUMBERS, OUTSIDE_NUMBERS = 20, 30
"""How many numbers of colleagues and of others interactions are transferred to."""

TO_INSIDE = len(SERVICES) + 1
TO_OUTSIDE = TO_INSIDE + INSIDE_NUMBERS
"""Where these numbers begin among the destinations of transfers; 0 is none, services are 1 and up."""

TEAM_OF = {NUMBERS[service.code]: place for place, team in enumerate(TEAMS) for service in team.services}

_COLLEAGUES = NUMBERS[INSIDE]
_TALK, _WORK, _PATIENCE, _GREETING = (
    np.array([getattr(service, name) for service in SERVICES]) for name in ("talk", "work", "patience", "greeting")
)
_LONGEST_TALK, _LONGEST_WAIT = 3600, 1800
_CALLBACK_OFFER = 45
"""Seconds of waiting after which callers are offered to be called back."""


class _Throw(IntEnum):
    REFUSES = 0
    ERROR = auto()
    WORKS = auto()
    HOLDS = auto()
    CALLBACK = auto()
    NOTICE = auto()
    CLOSER = auto()
    HANDS_OVER = auto()
    DESTINATION = auto()
    NUMBER = auto()
    CONSULTS = auto()


@dataclass(frozen=True)
class _Plan:
    """What will happen to visits if they are answered, and when callers lose patience."""

    gives_up: NDArray[np.int64]
    ring: NDArray[np.int64]
    talk: NDArray[np.int64]
    work: NDArray[np.int64]
    callback: NDArray[np.bool_]
    dice: NDArray[np.uint64]


class Floor:
    """The teams of a centre at work in one month."""

    def __init__(self, roster: Roster, slots: Slots, season: float, opening: Opening, rng: np.random.Generator) -> None:
        self._roster, self._slots, self._season, self._opening, self._rng = roster, slots, season, opening, rng

    def serve(self, channel: Channel, visits: Records, media: NDArray[np.int8]) -> Records:
        """The steps of these visits and of all that follow from them; `media` is each call's."""
        steps = []
        for place, team in enumerate(TEAMS):
            mine = visits["team"] == place
            if team.channel is channel and mine.any():
                done, following = self._served(place, visits.take(np.flatnonzero(mine)), media)
                steps.append(done)
                visits = together(VISIT, [visits, following])
        return together(STEP, steps)

    def _served(self, team: int, visits: Records, media: NDArray[np.int8]) -> tuple[Records, Records]:
        context = self._opening.at(visits["service"], visits["start"])
        queue = visits["start"] + _GREETING[visits["service"]]
        open_ = np.flatnonzero(context == Context.ACTIVE)
        waiting = open_[np.argsort(queue[open_], kind="stable")]
        closed = np.flatnonzero(context != Context.ACTIVE)
        turned_away = self._turned_away(visits.take(closed), context[closed])
        visits, queue = visits.take(waiting), queue[waiting]
        plan = self._planned(visits, queue, media)
        refused = chance(plan.dice, _Throw.REFUSES, 0.045) & (visits["service"] != _COLLEAGUES)
        done = distribute(
            Waiting(queue, plan.gives_up, plan.ring, plan.talk + plan.work, refused.astype(np.int64)),
            self._roster.duties(team, self._slots, self._season),
            room=2 + self._roster.size[team] // 5,
        )
        steps = self._ends(visits, queue, plan, done)
        return together(STEP, [turned_away, self._refusals(visits, queue, done), steps]), following(steps)

    def _turned_away(self, visits: Records, context: NDArray[np.int8]) -> Records:
        """Visits to a service that is closed or out of order: an announcement and the end."""
        dice = numbers(self._rng, len(visits))
        notice = 8 + pick(dice, _Throw.NOTICE, 14)
        return steps_of(
            len(visits), call=visits["call"], hop=visits["hop"], service=visits["origin"], context=context, wait=notice,
            start=visits["start"], end=visits["start"] + notice, status=Status.CLOSED_BY_SYSTEM, dice=dice,
        )  # fmt: skip

    def _planned(self, visits: Records, queue: NDArray[np.int64], media: NDArray[np.int8]) -> _Plan:
        rng, count, service = self._rng, len(visits), visits["service"]
        dice = numbers(rng, count)
        patience = 5 + seconds(rng, weibull(1.1), _PATIENCE[service], count)
        came_by = media[visits["call"]]
        # Who writes a message waits longer than who listens to music.
        patience = np.where(came_by == Media.GENERIC_1, np.minimum(patience * 5, _LONGEST_WAIT), patience)
        callback = chance(dice, _Throw.CALLBACK, 0.12) & (patience > _CALLBACK_OFFER)
        callback &= (came_by == Media.CALL) & (service != _COLLEAGUES)
        patience[callback] = _CALLBACK_OFFER + pick(dice[callback], _Throw.NUMBER, 15)
        talk = np.clip(seconds(rng, lognormal(0.8), _TALK[service], count), 8, _LONGEST_TALK)
        talk = np.where(chance(dice, _Throw.ERROR, 0.0008), talk // 6 + 1, talk)
        work = seconds(rng, lognormal(0.8), _WORK[service] / 0.8, count) * chance(dice, _Throw.WORKS, 0.8)
        return _Plan(queue + patience, 2 + seconds(rng, lognormal(0.5), RING - 2, count), talk, work, callback, dice)

    def _ends(self, visits: Records, queue: NDArray[np.int64], plan: _Plan, done: Distributed) -> Records:
        """The last step of each visit."""
        start, wait, hop = visits["start"].astype(np.int64), _GREETING[visits["service"]], visits["hop"].copy()
        since = np.where(visits["service"] == _COLLEAGUES, ABSENT, queue)
        refused = done.refusals[:, 0]
        start[refused] = since[refused] = done.refusals[:, 2] + REFUSED_RING
        wait[refused] = 0
        hop[refused] += 1
        found = done.user != ABSENT
        answer = np.where(done.answered, done.offer + plan.ring, ABSENT)
        end = np.where(done.answered, answer + plan.talk, np.where(done.full, queue + 3, plan.gives_up))
        dice = plan.dice
        hold = np.where(chance(dice, _Throw.HOLDS, 0.22), seconds(self._rng, lognormal(0.7), 35, len(visits)), 0)
        by_caller = chance(dice, _Throw.CLOSER, 0.6)
        closer = np.where(by_caller, Status.ANSWERED_CLOSED_BY_CALLER, Status.ANSWERED_CLOSED_BY_CALLED)
        status = np.where(plan.callback & ~found, Status.CLOSED_BY_SYSTEM_CALLBACK, Status.HANGUP)
        status[done.full] = Status.CLOSED_BY_SYSTEM_MAX_QUEUED_CALL_OVER
        status = np.where(done.answered, closer, status)
        status[done.answered & chance(dice, _Throw.ERROR, 0.0008)] = Status.ERROR
        steps = steps_of(
            len(visits), call=visits["call"], hop=hop, service=visits["origin"], start=start, wait=wait, queue=since,
            user=done.user, offer=np.where(found, done.offer, ABSENT), answer=answer, end=end, status=status,
            hold=np.where(done.answered, np.minimum(hold, plan.talk // 2), 0),
            work=np.where(done.answered, plan.work, 0), dice=dice,
        )  # fmt: skip
        self._hand_over(visits["service"], steps)
        return steps

    def _hand_over(self, service: NDArray[np.int16], steps: Records) -> None:
        """Let users transfer some of what they answered; to a service only while it is open."""
        dice = steps["dice"]
        talked = np.isin(steps["status"], [Status.ANSWERED_CLOSED_BY_CALLER, Status.ANSWERED_CLOSED_BY_CALLED])
        for number in np.unique(service).tolist():
            terms = SERVICES[number]
            places = np.flatnonzero((service == number) & talked & chance(dice, _Throw.HANDS_OVER, terms.hands_over))
            thrown, passed = throw(dice[places], _Throw.DESTINATION), 0.0
            for code, part in terms.towards:
                chosen = places[(thrown >= int(passed * 65536)) & (thrown < int((passed + part) * 65536 + 1))]
                passed += part
                if code == OUTSIDE:
                    destination = TO_OUTSIDE + pick(dice[chosen], _Throw.NUMBER, OUTSIDE_NUMBERS)
                else:
                    target = np.full(len(chosen), NUMBERS[code])
                    chosen = chosen[self._opening.at(target, steps["end"][chosen]) == Context.ACTIVE]
                    destination = np.full(len(chosen), NUMBERS[code] + 1)
                    if code == INSIDE:
                        destination = TO_INSIDE + pick(dice[chosen], _Throw.NUMBER, INSIDE_NUMBERS)
                steps["to"][chosen] = destination
        consults = chance(dice, _Throw.CONSULTS, 0.45)
        status = np.where(consults, Status.ANSWERED_WITH_CONSULTATION_TRANSFER, Status.ANSWERED_WITH_BLIND_TRANSFER)
        steps["status"] = np.where(steps["to"] > 0, status, steps["status"])

    def _refusals(self, visits: Records, queue: NDArray[np.int64], done: Distributed) -> Records:
        """Steps that rang at a user in vain and went back to the queue."""
        place, user, offer = done.refusals.T
        mine = visits.take(place)
        return steps_of(
            len(mine), call=mine["call"], hop=mine["hop"], service=mine["origin"], start=mine["start"], user=user,
            wait=_GREETING[mine["service"]], queue=queue[place],
            offer=offer, end=offer + REFUSED_RING, status=Status.CLOSED_WITH_TRANSFER, to=mine["origin"] + 1,
            dice=numbers(self._rng, len(mine)),
        )  # fmt: skip


def following(steps: Records) -> Records:
    """The visits to which steps are transferred; what goes to a number outside has left the centre."""
    going = steps.take(np.flatnonzero((steps["to"] > 0) & (steps["to"] < TO_OUTSIDE)))
    inside = going["to"] >= TO_INSIDE
    service = np.where(inside, _COLLEAGUES, going["to"] - 1)
    teams = np.array([TEAM_OF.get(number, ABSENT) for number in range(len(SERVICES))])
    return records_of(
        VISIT, len(going), call=going["call"], hop=going["hop"] + 1, start=going["end"], service=service,
        origin=np.where(inside, going["service"], service), team=teams[service],
    )  # fmt: skip
