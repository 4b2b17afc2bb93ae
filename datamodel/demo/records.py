"""The demo centre's own records: calls, visits to a team's queue, and steps, each an array of numbers."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Records = NDArray[np.void]

ABSENT = -1

CALL = np.dtype([
    ("start", np.int32),  # seconds from the month's beginning, as all times here
    ("service", np.int16),  # that it asks for
    ("entry", np.int16),  # that it enters by: the voice menu, or the service itself
    ("line", np.int32),  # the number or address it comes from (or, outbound, goes to)
    ("media", np.int8),
    ("missed", np.int8),  # why the call that this one answers was missed: 0, or its Status + 1
    ("record", np.uint64),  # the dice of that call
    ("dice", np.uint64),
])  # fmt: skip
"""One interaction."""

VISIT = np.dtype([
    ("call", np.int32),
    ("hop", np.int16),  # place among the call's steps, 0 is the oldest
    ("team", np.int16),
    ("service", np.int16),
    ("origin", np.int16),  # the service it is counted for where a colleague takes it by number
    ("start", np.int32),
])  # fmt: skip
"""One stay of an interaction in the queue of a team."""

STEP = np.dtype([
    ("call", np.int32),
    ("hop", np.int16),
    ("step", np.int16),  # 0 is the most recent
    ("status", np.int8),
    ("context", np.int8),
    ("service", np.int16),
    ("user", np.int32),
    ("to", np.int32),  # 0 for no transfer, a service's number + 1, or the place of a phone number after those
    ("start", np.int32),
    ("wait", np.int32),  # seconds of menu and announcements
    ("queue", np.int32),
    ("offer", np.int32),
    ("answer", np.int32),
    ("end", np.int32),
    ("hold", np.int32),
    ("work", np.int32),
    ("dice", np.uint64),
])  # fmt: skip
"""One step; times are ABSENT where they do not apply."""

_BLANK = np.zeros((), STEP)
for _name in ("user", "queue", "offer", "answer"):
    _BLANK[_name] = ABSENT


def steps_of(count: int, **values: Any) -> Records:
    """`count` steps with the values given, all else absent."""
    return _filled(np.full(count, _BLANK, STEP), values)


def records_of(kind: np.dtype[np.void], count: int, **values: Any) -> Records:
    """`count` records of a kind with the values given, all else 0."""
    return _filled(np.zeros(count, kind), values)


def _filled(records: Records, values: dict[str, Any]) -> Records:
    for name, value in values.items():
        records[name] = value
    return records


def together(kind: np.dtype[np.void], parts: Sequence[Records]) -> Records:
    """The records of all parts, one after another."""
    # Joined as plain bytes: numpy copies records field by field, ten times slower.
    plain = np.dtype((np.void, kind.itemsize))
    return np.concatenate([part.view(plain) for part in parts] or [np.zeros(0, plain)]).view(kind)


def most_recent_first(steps: Records, calls: int) -> Records:
    """Steps sorted by interaction, and within one from the most recent (step 0) to the oldest."""
    counts = np.bincount(steps["call"], minlength=calls)
    number = counts[steps["call"]] - 1 - steps["hop"]
    places = np.empty(len(steps), np.int64)
    places[(np.cumsum(counts) - counts)[steps["call"]] + number] = np.arange(len(steps))
    steps["step"] = number
    return steps.take(places)
