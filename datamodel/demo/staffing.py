"""How many users a load needs: the Erlang A law (Palm's), whose customers hang up when they lose patience."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_PATIENCE = 0.75
"""Mean patience as a part of the mean handling time."""

_STEPS = 64
_GRID = np.arange(1, _STEPS + 1) / (_STEPS / 2)
"""Loads for each user (0.03 to 2 erlangs) for which the table holds the law."""


@lru_cache(maxsize=8)
def abandonment(users: int, patience: float = _PATIENCE) -> NDArray[np.float64]:
    """The part of customers that hang up, for 1 to `users` users (rows) and each load of the grid (columns).

    >>> round(float(abandonment(10, patience=2 / 3)[9, 31]), 4)  # 10 users for 10 erlangs
    0.1375
    """
    staff = np.arange(1, users + 1)[:, None]
    load = staff * _GRID
    blocked = _erlang_b(users, load)
    # The queue, beside the state in which all users are busy and nobody waits; who waits leaves at rate 1 / patience.
    weight, length = np.ones_like(load), np.zeros_like(load)
    total, place = np.zeros_like(load), 0
    while place < 40 or weight.max() > 1e-4 * max(total.max(), 1):
        place += 1
        weight = weight * load / (staff + place / patience)
        total += weight
        length += place * weight
    part: NDArray[np.float64] = length / (1 / blocked + total) / patience / load
    return part


def _erlang_b(users: int, load: NDArray[np.float64]) -> NDArray[np.float64]:
    blocked, lost = np.empty_like(load), np.ones_like(load)
    for staff in range(1, users + 1):
        lost = load * lost / (staff + load * lost)
        blocked[staff - 1] = lost[staff - 1]
    return blocked


def needed(load: NDArray[np.float64], tolerated: float) -> NDArray[np.int64]:
    """The fewest users for each load with whom no more than a `tolerated` part hangs up; none for no load."""
    limits = _limits(int(load.max() * 1.2) + 6, tolerated)
    return np.where(load > 0, np.searchsorted(limits, load) + 1, 0)


def _limits(users: int, tolerated: float) -> NDArray[np.float64]:
    """The greatest load that 1, 2, … users can bear."""
    table = abandonment(users)
    return np.array([np.interp(tolerated, row, _GRID * (place + 1)) for place, row in enumerate(table)])


def tolerance(loads: NDArray[np.float64], target: float) -> float:
    """What each half-hour may lose so that all of them together lose `target`.

    Small teams come in whole users, so most of their half-hours lose less than the most they may.
    """
    low, high = target, 0.6
    for _ in range(12):
        middle = (low + high) / 2
        low, high = (middle, high) if _lost(loads, middle) < target else (low, middle)
    return high


def _lost(loads: NDArray[np.float64], tolerated: float) -> float:
    staff = needed(loads, tolerated)
    table = abandonment(int(loads.max() * 1.2) + 6)
    busy = loads > 0
    load, row = loads[busy], staff[busy] - 1
    column = np.clip((load / (row + 1) * _STEPS / 2).astype(np.int64) - 1, 0, _STEPS - 1)
    return float((load * table[np.minimum(row, len(table) - 1), column]).sum() / load.sum())
