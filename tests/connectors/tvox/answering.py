"""TVoxes in this process: whatever answers GraphQL, behind the seam that the HTTP client has."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from answers.datamodel import DataModel
from connectors.tvox import asking, changes, upstream
from connectors.tvox.sending import Sent
from connectors.tvox.upstream import Tvox
from datamodel.catalogue import data_model
from datamodel.documents import Document
from store.control import Control
from store.schemas import Schemas
from store.store import Store
from tabular.month import Month
from tabular.table import Table
from tabular.upstream import Page, Upstream, Urgency, Urgent

ROME = ZoneInfo("Europe/Rome")
MAY = Month(2020, 5)
BEGAN = datetime(2026, 11, 22, 12, tzinfo=UTC)

Answer = Callable[[str, dict[str, Any]], bytes]


@dataclass(frozen=True)
class Waiting:
    """Somebody who waits."""

    urgency: Urgency = Urgency.INTERACTIVE


NOW = Waiting()


@dataclass
class Clock:
    """A clock that stands still until it is told to move."""

    at: datetime = BEGAN

    def __call__(self) -> datetime:
        return self.at

    def move(self, by: timedelta) -> None:
        """Let time pass."""
        self.at += by


@dataclass
class InProcess:
    """A way to a TVox that is a function; every request that was sent is kept."""

    answer: Answer
    clock: Clock = field(default_factory=Clock)
    requests: list[dict[str, Any]] = field(default_factory=list)

    def send(self, body: bytes, urgent: Urgent, what: str) -> Sent:
        """What the function answers."""
        request = json.loads(body)
        self.requests.append(request)
        return Sent(self.answer(request["query"], request.get("variables") or {}), "in process", self.clock())

    @property
    def asked(self) -> list[str]:
        """The documents that were sent, introspection aside."""
        return [one["query"] for one in self.requests if "__schema" not in one["query"]]

    @property
    def introspections(self) -> int:
        """How often the schema was asked for."""
        return len(self.requests) - len(self.asked)


def documented_tvox(store: Store) -> Answer:
    """A TVox of the documented dialect: our own Data Model over a store."""
    model = DataModel(store)
    return lambda source, variables: model.answer(Document(source, variables), data_model(), "tests").body


def saying(**answer: object) -> Answer:
    """A TVox that always says the same."""
    return lambda source, variables: json.dumps(answer).encode()


@dataclass
class Upstreams:
    """TVoxes with one memory, as one service has it from start to start."""

    schemas: Schemas
    clock: Clock
    changes: list[None] = field(default_factory=list)

    def of(self, answer: Answer) -> tuple[Tvox, InProcess]:
        """An upstream that has just started, and the way to its TVox."""
        sends = InProcess(answer, self.clock)
        return Tvox(sends, self.schemas, lambda: self.changes.append(None), self.clock), sends


@contextmanager
def upstreams(folder: Path) -> Iterator[Upstreams]:
    """A memory of its own."""
    control, clock = Control(folder / "tvox.duckdb"), Clock()
    try:
        yield Upstreams(Schemas(control, clock), clock)
    finally:
        control.close()


def page_of(size: int, patch: pytest.MonkeyPatch) -> None:
    """Ask for pages of so many elements: what lies beyond a page is then seen in few rows."""
    for room in (asking, changes, upstream):
        patch.setattr(room, "PAGE", size)


def pages(tvox: Upstream, table: Table, month: Month | None) -> list[Page]:
    """Every page of a month."""
    found = [tvox.page(table, month, 0, NOW)]
    while not found[-1].is_last:
        found.append(tvox.page(table, month, sum(page.elements for page in found), NOW))
    return found


def mirror(tvox: Upstream, into: Store, months: Sequence[Month]) -> None:
    """Fill a store with all that an upstream gives."""
    tables = tvox.tables()
    with into.writing("mirror") as writing:
        for table in tables:
            summary = next((t for t in tables if t.root == table.name and t.name.endswith("Summaries")), None)
            for month in (months if table.monthly else [None]) if table.root == table.name else ():
                rows = [page.rows for page in pages(tvox, table, month)]
                writing.replace(table, month, rows, summary, BEGAN)


def read(tvox: Tvox, body: bytes, table: Table) -> Page:
    """The page that a body is read as, when a TVox gives it as one of a table."""
    sends = tvox._sends
    assert isinstance(sends, InProcess)
    sends.answer = lambda source, variables: body
    return tvox.page(table, MAY if table.monthly else None, 0, NOW)
