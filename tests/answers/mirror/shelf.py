"""A Shelf: an upstream in this process that gives the rows of lists, page by page, and remembers what it was asked."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from datamodel.catalogue import data_model
from store.layout import arrow_schema
from tabular.month import Month
from tabular.table import Table
from tabular.upstream import PAGE, Page, Tally, Urgent
from tests.steps import Row, batches

Where = tuple[str, Month | None]


class Clock:
    """A clock that goes on by a second at every look, and further when told."""

    def __init__(self, now: datetime) -> None:
        self.time = now

    def __call__(self) -> datetime:
        """The time; a second later than at the last look."""
        self.time += timedelta(seconds=1)
        return self.time

    def on(self, **more: float) -> None:
        """Let time pass."""
        self.time += timedelta(**more)


@dataclass
class Shelf:
    """Interactions by id, as the upstream has them now; `flat` gives and counts each step by itself.

    `before` is called before each request with what it asks, and may change the rows or raise.
    """

    clock: Clock
    rows: dict[Where, dict[str, list[Row]]] = field(default_factory=dict)
    flat: bool = False
    limit: int = PAGE
    counts: bool = True
    before: Callable[[str], None] = lambda _: None
    asked: list[str] = field(default_factory=list)
    name: str = "tvox"

    def put(self, table: Table, month: Month | None, rows: Iterable[Row]) -> None:
        """Let interactions be these rows; `lastUpdateTime` is now."""
        held = self.rows.setdefault((table.name, month), {})
        updated = self.clock().replace(tzinfo=None)
        given: dict[str, list[Row]] = {}
        for row in rows:
            stamp = {"lastUpdateTime": updated} if "lastUpdateTime" in arrow_schema(table).names else {}
            given.setdefault(str(row[table.key[0]]), []).append({**row, **stamp})
        held.update(given)

    def remove(self, table: Table, month: Month | None, identifier: str) -> None:
        """Forget an interaction."""
        del self.rows[table.name, month][identifier]

    def count(self, what: str = "") -> int:
        """How many requests were sent whose description begins so."""
        return sum(asked.startswith(what) for asked in self.asked)

    # The protocol

    def tables(self) -> tuple[Table, ...]:
        """The documented ones."""
        return tuple(data_model())

    def knows_changes(self, table: Table) -> bool:
        """Of interactions, as a TVox does."""
        return table.monthly

    def knows(self, document: str) -> bool:
        """Everything that mentions it."""
        return "elsewhere" in document

    def page(
        self, table: Table, month: Month | None, offset: int, urgent: Urgent, changed_since: datetime | None = None
    ) -> Page:
        """A page of what is on the shelf."""
        self._ask(f"page {table.name} {month} {offset}")
        sent = self.clock()
        elements = self._elements(table, month)
        shown = elements[offset : offset + self.limit]
        changed = None if changed_since is None else self._changed(table, month, changed_since)
        is_last = len(shown) < self.limit
        return Page(
            self._batch(table, shown),
            len(shown),
            is_last,
            self._held(table, month),
            self._cut(table, is_last),
            sent,
            changed,
        )

    def changes(self, table: Table, month: Month, since: datetime, urgent: Urgent) -> Page:
        """What changed since a moment."""
        self._ask(f"changes {table.name} {month}")
        sent = self.clock()
        changed = self._changed(table, month, since)
        return Page(self._batch(table, []), 0, True, self._held(table, month), False, sent, changed)

    def tallies(self, asked: Sequence[tuple[Table, Month | None, datetime | None]], urgent: Urgent) -> list[Tally]:
        """What is there, and what of it changed."""
        self._ask(f"tallies {len(asked)}")
        return [
            Tally(
                self._held(table, month),
                None if since is None else self._changed(table, month, since).num_rows,
                self.clock(),
            )
            for table, month, since in asked
        ]

    def answer(self, body: bytes, urgent: Urgent) -> bytes:
        """The body again."""
        self._ask("answer")
        return body

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        self.before(what)

    def _interactions(self, table: Table, month: Month | None) -> list[list[Row]]:
        held = self.rows.get((table.name, month), {})
        return [sorted(held[key], key=lambda row: int(str(row.get("step", 0)))) for key in sorted(held)]

    def _elements(self, table: Table, month: Month | None) -> list[list[Row]]:
        interactions = self._interactions(table, month)
        return [[row] for rows in interactions for row in rows] if self.flat else interactions

    def _held(self, table: Table, month: Month | None) -> int | None:
        return len(self._elements(table, month)) if self.counts and (month is not None or not table.monthly) else None

    def _changed(self, table: Table, month: Month | None, since: datetime) -> pa.RecordBatch:
        plain = since.astimezone(UTC).replace(tzinfo=None)
        return self._batch(
            table,
            [
                rows
                for rows in self._interactions(table, month)
                if any(isinstance(at := row.get("lastUpdateTime"), datetime) and at >= plain for row in rows)
            ],
        )

    def _cut(self, table: Table, is_last: bool) -> bool:
        return self.flat and not is_last

    def _batch(self, table: Table, elements: Iterable[Iterable[Row]]) -> pa.RecordBatch:
        return batches((row for rows in elements for row in rows), table)[0]
