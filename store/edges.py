"""Edges: whether interactions of a month go on in the next one, as far as the upstream has been asked."""

import threading
from datetime import UTC, datetime

import sqlalchemy as sa

from store.control import EDGES, Control
from tabular.month import Month

Edge = tuple[datetime, bool]
"""When it was asked (UTC), and whether some interaction has a step in the month after its own."""


class Edges:
    """What is known of edges; with a control database it outlives the process."""

    def __init__(self, control: Control | None = None) -> None:
        self._engine = control.engine if control is not None else None
        self._guard = threading.Lock()
        self._known: dict[tuple[str, Month], Edge] = {}
        if self._engine is None:
            return
        with self._engine.connect() as connection:
            for row in connection.execute(sa.select(EDGES)):
                self._known[row.table, Month.parse(row.month)] = row.asked.replace(tzinfo=UTC), row.reaches

    def find(self, table: str, month: Month) -> Edge | None:
        """What is known of the edge after a month."""
        with self._guard:
            return self._known.get((table, month))

    def note(self, table: str, month: Month, asked: datetime, reaches: bool) -> None:
        """Remember what was found out."""
        with self._guard:
            self._known[table, month] = asked, reaches
        if self._engine is None:
            return
        row = {"table": table, "month": str(month), "asked": asked.astimezone(UTC).replace(tzinfo=None)}
        with self._engine.begin() as connection:
            connection.execute(sa.delete(EDGES).where(EDGES.c.table == table, EDGES.c.month == str(month)))
            connection.execute(sa.insert(EDGES), row | {"reaches": reaches})
