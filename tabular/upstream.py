"""An Upstream is a Source that is far away and shared: a TVox, asked in pages and as little as can be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING, Protocol

from tabular.month import Month
from tabular.table import Table

if TYPE_CHECKING:
    import pyarrow as pa

PAGE = 1000
"""The most elements that an upstream gives at once."""


class Urgency(IntEnum):
    """Who waits for a request: somebody now, or nobody in particular. The lower goes first."""

    INTERACTIVE = 0
    BACKGROUND = 1


class Urgent(Protocol):
    """What a request is sent for; its urgency may rise while it waits, when somebody joins."""

    @property
    def urgency(self) -> Urgency:
        """How urgent it is at this moment."""
        ...


class Allowance(Protocol):
    """What may be sent to an upstream."""

    @property
    def per_minute(self) -> int:
        """Requests that it takes in any minute; 0 for any number."""
        ...

    @property
    def spent(self) -> int:
        """Requests that were sent so far."""
        ...

    def reconsider(self) -> None:
        """Look again who goes first: something that waits may have become more urgent."""
        ...


@dataclass(frozen=True, slots=True)
class Page:
    """What one look at a month gave: a page of its rows, how many it holds, and what changed since a moment.

    `rows` is laid out as `store.layout.arrow_schema(table)`. `elements` are what paging counts: interactions where
    the upstream gives each as the list of its steps, else rows; `is_last` when no page follows. `held` is the
    upstream's own count of the month at that moment, None where it does not count. `cut`: the last interaction of
    `rows` may go on in the next page. `sent` is the moment just before the request was sent (UTC).

    `changed` holds all rows of every interaction that the upstream updated since the moment that was named, None
    where none was named.
    """

    rows: "pa.RecordBatch"
    elements: int
    is_last: bool
    held: int | None
    cut: bool
    sent: datetime
    changed: "pa.RecordBatch | None" = None


@dataclass(frozen=True, slots=True)
class Tally:
    """What an upstream counts in a month: what it holds, and what of it changed since a moment (None: not asked, or
    it cannot say). `sent` is the moment just before it was asked (UTC)."""

    held: int | None
    changed: int | None
    sent: datetime


class Upstream(Protocol):
    """The Data Model of somebody else, mirrored month by month.

    Every method sends requests, as many as its sentence says and as soon as `urgent` may; each raises
    UpstreamFailed: the upstream cannot be reached, has no room, refuses its key, or answers wrongly.
    """

    name: str

    def tables(self) -> tuple[Table, ...]:
        """The tables that it gives: documented ones whole, whether it has every column or not, then its own."""
        ...

    def knows_changes(self, table: Table) -> bool:
        """Whether it can say what of a month changed since a moment."""
        ...

    def page(
        self, table: Table, month: Month | None, offset: int, urgent: Urgent, changed_since: datetime | None = None
    ) -> Page:
        """The page of a month, in the order of its ids, that begins at `offset` elements: one request, and more only
        to complete what changed."""
        ...

    def changes(self, table: Table, month: Month, since: datetime, urgent: Urgent) -> Page:
        """What changed of a month since a moment, all of it, as `changed`, and what it holds: one request where
        nothing did. `rows` is empty."""
        ...

    def tallies(self, asked: Sequence[tuple[Table, Month | None, datetime | None]], urgent: Urgent) -> list[Tally]:
        """What it counts of several months, each with the moment since which changes count: one request for many."""
        ...

    def knows(self, document: str) -> bool:
        """Whether a GraphQL document is a valid question to it. Sends nothing."""
        ...

    def answer(self, body: bytes, urgent: Urgent) -> bytes:
        """Its own answer to a GraphQL request (JSON) that is passed on as it came: one request."""
        ...
