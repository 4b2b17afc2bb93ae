"""A Query is one question about one table: the same frozen value, whichever face asked it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from tabular.filter.bound import Bound
from tabular.grouping import Grouping
from tabular.table import Column, Table


@dataclass(frozen=True, slots=True)
class Window:
    """The rows whose clock t satisfies since ≤ t < until (UTC; None is open)."""

    since: datetime | None
    until: datetime | None

    def covers(self, moment: datetime | None) -> bool:
        """The plain reading of a window: what the planner and the engine must agree with."""
        if moment is None:
            return False
        return (self.since is None or self.since <= moment) and (self.until is None or moment < self.until)

    def meeting(self, other: "Window") -> "Window":
        """The window of what lies in both."""
        since = [one for one in (self.since, other.since) if one is not None]
        until = [one for one in (self.until, other.until) if one is not None]
        return Window(max(since, default=None), min(until, default=None))

    @classmethod
    def utc(cls, since: datetime | None, until: datetime | None) -> "Window":
        """The window between moments that are UTC without a zone."""
        return cls(since and since.replace(tzinfo=UTC), until and until.replace(tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Selected:
    """A column of the answer, under the name that the caller gave it."""

    column: Column
    name: str


@dataclass(frozen=True, slots=True)
class SortKey:
    """A column to sort by; rows without a value come last in both directions."""

    column: Column
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked: columns of a table (as the key sees it), in a window, sorted, cut to a page.

    Without a window the rows are those stored of the last months that TVOX_HISTORY names. Without `sort` they come
    by month and key; the key always decides ties, so pages never overlap. A `filter` keeps the rows for which it is
    true; without a window, the range that it names of the clock says which months are read.

    With a `grouping`, what window and filter keep becomes groups: `columns` and `sort` are then among the grouping's
    columns, `limit` and `offset` count groups, and without `sort` groups come in the order of their keys, which decide
    ties too.
    """

    table: Table
    columns: tuple[Selected, ...]
    window: Window | None = None
    filter: Bound | None = None
    sort: tuple[SortKey, ...] = ()
    limit: int | None = None
    offset: int = 0
    grouping: Grouping | None = None

    def narrowed(self) -> "Query":
        """The same rows with as little in them as can be: what counting them needs."""
        if self.grouping is None or not self.grouping.keys:
            return replace(self, columns=self.columns[:1], sort=())
        key = self.grouping.keys[0].column
        return replace(self, columns=(Selected(key, key.name),), sort=(), grouping=self.grouping.without_measures())
