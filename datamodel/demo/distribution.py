"""First come, first served: interactions that wait for the next free user, and hang up when they lose patience."""

from dataclasses import dataclass
from heapq import heapify, heappop, heappush, heapreplace

import numpy as np
from numpy.typing import NDArray

from datamodel.demo.records import ABSENT
from datamodel.demo.roster import Duties

REFUSED_RING = 20
"""Seconds that it rings at a user who does not answer."""

_PAUSE = 40
"""Seconds until a user who did not answer is offered something again."""

_NEVER = 1 << 40
_BITS = 20
_DUTY = (1 << _BITS) - 1

Times = NDArray[np.int64]


@dataclass(frozen=True)
class Waiting:
    """Interactions in the order in which they join a queue; times in seconds from the month's beginning.

    `gives_up` is when each loses patience, `ring` how long it rings at a user, `engaged` how long it then keeps the
    user (talk and after-call work), `refused` how many users let it ring in vain.
    """

    since: Times
    gives_up: Times
    ring: Times
    engaged: Times
    refused: NDArray[np.int64]


@dataclass(frozen=True)
class Distributed:
    """What became of them: the user (ABSENT if none), when it began to ring there, and whether that user answered.

    `full` marks those that found the queue full. Each refusal is its interaction, the user, when it began to ring.
    """

    user: NDArray[np.int64]
    offer: Times
    answered: NDArray[np.bool_]
    full: NDArray[np.bool_]
    refusals: NDArray[np.int64]


def distribute(waiting: Waiting, duties: Duties, room: int) -> Distributed:
    """Give each interaction to the user who has been free longest; no more than `room` of them wait at a time."""
    # One whole number a duty, when its user is next free and which duty it is: the heap compares nothing else.
    heap = [begin << _BITS | duty for duty, begin in enumerate(duties.begins.tolist())]
    heap.append(_NEVER << _BITS | len(heap))
    heapify(heap)
    ends, users = [*duties.ends.tolist(), 2 * _NEVER], [*duties.users.tolist(), ABSENT]
    free_from = dict.fromkeys(users, 0)
    holders: list[int] = []
    offers: list[int] = []
    unanswered: list[int] = []
    overflown: list[int] = []
    refusals: list[tuple[int, int, int]] = []
    queue: list[int] = []  # when those who wait now will leave it
    columns = (waiting.since, waiting.gives_up, waiting.ring, waiting.engaged, waiting.refused)
    for came, gives_up, ring, engaged, refusing in zip(*(column.tolist() for column in columns), strict=True):
        since = came
        while True:
            token = heap[0]
            free, duty = token >> _BITS, token & _DUTY
            at = free if free > since else since
            if at >= ends[duty]:
                heappop(heap)
                continue
            user = users[duty]
            if free_from[user] > at:  # still with someone since an earlier duty
                heapreplace(heap, free_from[user] << _BITS | duty)
                continue
            if at > since:
                while queue and queue[0] <= since:
                    heappop(queue)
                if len(queue) >= room and since == came:
                    overflown.append(len(holders))
                    user = ABSENT
                    break
                heappush(queue, at if at < gives_up else gives_up)
                if at >= gives_up:
                    user = ABSENT
                    break
            until = at + (REFUSED_RING if refusing else ring)
            if until >= gives_up:
                unanswered.append(len(holders))
                until = gives_up
            elif refusing:
                refusing -= 1
                refusals.append((len(holders), user, at))
                since = until
                until += _PAUSE
                free_from[user] = until
                heapreplace(heap, until << _BITS | duty)
                continue
            else:
                until += engaged
            free_from[user] = until
            heapreplace(heap, until << _BITS | duty)
            break
        holders.append(user)
        offers.append(at)
    user_of = np.array(holders, np.int64)
    answered = user_of != ABSENT
    answered[unanswered] = False
    full = np.zeros(len(holders), np.bool_)
    full[overflown] = True
    return Distributed(user_of, np.array(offers, np.int64), answered, full, np.array(refusals, np.int64).reshape(-1, 3))
