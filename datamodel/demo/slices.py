"""Some thousands of steps at a time, and what the makers of columns ask of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from datamodel.demo.callers import Lines
from datamodel.demo.dice import throw
from datamodel.demo.records import Records
from datamodel.demo.roster import User
from datamodel.demo.services import Channel
from datamodel.demo.states import Media
from datamodel.demo.text import joined, named, words
from tabular.month import Month

BATCH = 122_880
"""Rows of a batch."""


@dataclass(frozen=True)
class Conversations:
    """The interactions of one channel in one month: `calls` (CALL) and `steps` (STEP), most recent first within each.

    `begins` is the month's first second as Unix time.
    """

    channel: Channel
    month: Month
    begins: int
    calls: Records
    steps: Records


@dataclass(frozen=True)
class Words:
    """The vocabularies that depend on the centre: null, then one entry a user."""

    usernames: pa.Array
    extens: pa.Array

    @classmethod
    def of(cls, users: tuple[User, ...]) -> "Words":
        """The vocabularies of these users."""
        return cls(words(*(user.username for user in users)), words(*(user.exten for user in users)))


@dataclass(frozen=True)
class Slice:
    """Some consecutive steps, with the interactions they belong to.

    `at` is the place of each step's interaction in `calls`, `first` the number of the first of these in its month.
    """

    of: Conversations
    steps: Records
    calls: Records
    at: NDArray[np.int64]
    first: int
    lines: Lines
    words: Words

    def column(self, name: str) -> NDArray[np.int64]:
        """A field of the steps."""
        return self.steps[name].astype(np.int64)

    def of_call(self, name: str) -> NDArray[np.int64]:
        """A field of the steps' interactions."""
        return self.calls[name].astype(np.int64)[self.at]

    @cached_property
    def dice(self) -> NDArray[np.uint64]:
        """The numbers of the steps, for `throw`."""
        return np.ascontiguousarray(self.steps["dice"])

    @cached_property
    def answered(self) -> NDArray[np.bool_]:
        """Whether a user answered."""
        return self.column("answer") >= 0

    @cached_property
    def phone(self) -> NDArray[np.bool_]:
        """Whether the interaction is a phone call."""
        return np.equal(self.of_call("media"), Media.CALL)

    @cached_property
    def ids(self) -> pa.Array:
        """The identifiers of the interactions in `calls`: Unix time, dot, counter."""
        started = pa.array(self.calls["start"] + np.int64(self.of.begins))
        return joined(".", pc.cast(started, pa.string()), pc.cast(pa.array(self.counters), pa.string()))

    @cached_property
    def counters(self) -> NDArray[np.int64]:
        """The counter in each identifier of `calls`."""
        # As many digits for all, so that identifiers sort as texts; every fourth number is this channel's.
        most = 4 * len(self.of.calls) + 4
        least = 10 ** (len(str(most)) - 1)
        least = least if most < 9 * least else 10 * least
        counter: NDArray[np.int64] = least + 4 * (self.first + np.arange(len(self.calls))) + int(self.of.channel)
        return counter

    def when(self, name: str) -> pa.Array:
        """A time of the steps; null where it is absent."""
        second = self.column(name)
        moment = (second + self.of.begins) * 1_000_000
        return pa.array(moment, mask=second < 0).view(pa.timestamp("us"))

    def spread(self, values: pa.Array) -> pa.Array:
        """One value for each of `calls`, repeated for its steps."""
        return named(values, self.at)

    def chance(self, purpose: int, probability: float) -> NDArray[np.bool_]:
        """Whether something of that probability comes to pass at each step."""
        return throw(self.dice, purpose) < int(probability * 65536)


def whole(conversations: Conversations, lines: Lines, words: Words) -> Slice:
    """All steps of conversations at once."""
    steps = conversations.steps
    return Slice(conversations, steps, conversations.calls, steps["call"].astype(np.int64), 0, lines, words)


def slices(conversations: Conversations, lines: Lines, words: Words) -> Iterator[Slice]:
    """The steps of conversations, some thousands at a time."""
    steps = conversations.steps
    for begin in range(0, len(steps), BATCH):
        some = steps[begin : begin + BATCH]
        first, last = int(some["call"][0]), int(some["call"][-1])
        at = some["call"].astype(np.int64) - first
        yield Slice(conversations, some, conversations.calls[first : last + 1], at, first, lines, words)
