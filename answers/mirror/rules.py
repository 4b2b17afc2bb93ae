"""What a mirrored month is worth: whether it is there, still true, or has to be asked for again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from tabular.month import Month
from tabular.partition import Partition
from tabular.table import Grain, Table

ORIGIN = "tvox"
"""What the rows of a mirror say of where they came from."""


class State(StrEnum):
    """What is held of a month."""

    MISSING = "missing"
    STALE = "stale"
    FRESH = "fresh"
    SETTLED = "settled"


class Fresh(StrEnum):
    """How fresh an answer has to be: as the rules say, asked for now, or whatever is held."""

    AUTO = "auto"
    LIVE = "live"
    CACHED = "cached"


@dataclass(frozen=True, slots=True)
class Rules:
    """How long what is held counts as fresh, and when a month that is over can settle.

    `open_months` is for months of interactions, `records` for tables without months and those whose rows live on. A
    month settles `settling` after its end at the earliest: what began in it may go on, and be tagged, for a while.
    """

    zone: ZoneInfo
    open_months: timedelta = timedelta(seconds=60)
    records: timedelta = timedelta(hours=1)
    settling: timedelta = timedelta(days=3)

    def state(self, table: Table, partition: Partition | None, now: datetime, fresh: Fresh = Fresh.AUTO) -> State:
        """What a partition is worth at `now` to somebody who wants it so fresh."""
        if partition is None:
            return State.MISSING
        if partition.settled:
            return State.SETTLED
        if fresh is Fresh.LIVE:
            return State.STALE
        lasting = self.records if lives_on(table) else self.open_months
        return State.FRESH if now - partition.fetched < lasting else State.STALE

    def may_settle(self, table: Table, month: Month | None, now: datetime) -> bool:
        """Whether a month that was found unchanged at `now` is settled by that."""
        return month is not None and not lives_on(table) and now >= month.ends(self.zone) + self.settling

    def is_over(self, month: Month | None, now: datetime) -> bool:
        """Whether no interaction can begin in the month any more."""
        return month is not None and now >= month.ends(self.zone)


def lives_on(table: Table) -> bool:
    """Whether rows of a table change long after their month: contacts, tickets, callbacks; interactions do not."""
    return table.grain is Grain.RECORD
