"""Views: questions that were kept under a name, as the control database holds them."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from store.control import VIEWS, Control
from store.keys import plain
from tabular.errors import UnknownView, ViewsFull
from tabular.table import Type

MOST = 300
"""Views of a store: each key's catalogue is put together of all of them."""


class Kind(StrEnum):
    """What was kept: a question to a table or to another view, or an import of the Data Model's answer."""

    TABLE = "table"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Declared:
    """A column that a view was kept with."""

    name: str
    type: Type
    description: str = ""
    unit: str | None = None


@dataclass(frozen=True)
class View:
    """A question under a name.

    `source` is the table or view that it reads, empty for an import; `asked` are the question's parameters as an
    address spells them. `made` and `changed` are UTC; `by` is the name of the key that kept it.
    """

    name: str
    kind: Kind
    source: str
    asked: Mapping[str, str]
    columns: tuple[Declared, ...]
    title: str
    description: str
    made: datetime
    changed: datetime
    by: str


@dataclass(frozen=True, eq=False)
class Shelf:
    """All views at some time, by name, in the order in which they were first kept; equal only to itself."""

    views: Mapping[str, View]

    def named_like(self, name: str) -> View | None:
        """The view of that name, whatever its capitals."""
        return next((view for view in self.views.values() if view.name.casefold() == name.casefold()), None)


class Views:
    """The views of a store."""

    def __init__(self, control: Control) -> None:
        self._engine = control.engine
        self._changes = control.changes
        self._guard = threading.Lock()
        self._read_at = -1
        self._mark: object = None
        self._shelf = Shelf({})

    def remembered(self) -> Shelf | None:
        """All views, if they were read before and nothing has changed since; quick enough for a thread that must not
        wait."""
        return self._shelf if self._changes() == self._read_at else None

    def shelf(self) -> Shelf:
        """All views; the same object as long as none of them has changed."""
        with self._guard:
            changes = self._changes()
            if changes == self._read_at:
                return self._shelf
            with self._engine.connect() as connection:
                # No number is given twice: so these two are others after every change.
                mark = tuple(connection.execute(sa.select(sa.func.count(), sa.func.max(VIEWS.c.number))).one())
                if mark != self._mark:
                    rows = connection.execute(sa.select(VIEWS).order_by(VIEWS.c.made, VIEWS.c.name))
                    found = [_view(row._asdict()) for row in rows]
                    self._shelf, self._mark = Shelf({view.name: view for view in found}), mark
            self._read_at = changes
            return self._shelf

    def put(self, view: View) -> None:
        """Keep a view, in the place of one of its name if there is one, whose `made` stays. Raises ViewsFull."""
        row = {
            "name": view.name,
            "kind": view.kind.value,
            "source": view.source,
            "asked": dict(view.asked),
            "columns": [[one.name, one.type.value, one.description, one.unit] for one in view.columns],
            "title": view.title,
            "description": view.description,
            "made": plain(view.made),
            "changed": plain(view.changed),
            "by": view.by,
        }
        with self._engine.begin() as connection:
            before = connection.execute(sa.select(VIEWS.c.made).where(VIEWS.c.name == view.name)).scalar_one_or_none()
            if before is None and connection.execute(sa.select(sa.func.count(VIEWS.c.number))).scalar_one() >= MOST:
                raise ViewsFull(MOST)
            connection.execute(sa.delete(VIEWS).where(VIEWS.c.name == view.name))
            connection.execute(sa.insert(VIEWS).values(row if before is None else row | {"made": before}))

    def delete(self, name: str) -> None:
        """Forget a view. Raises UnknownView."""
        with self._engine.begin() as connection:
            done = connection.execute(sa.delete(VIEWS).where(VIEWS.c.name == name))
        if not done.rowcount:
            raise UnknownView(name, tuple(self.shelf().views))


def _view(kept: Mapping[str, Any]) -> View:
    return View(
        name=kept["name"],
        kind=Kind(kept["kind"]),
        source=kept["source"],
        asked=kept["asked"],
        columns=tuple(Declared(name, Type(type_), said, unit) for name, type_, said, unit in kept["columns"]),
        title=kept["title"],
        description=kept["description"],
        made=kept["made"].replace(tzinfo=UTC),
        changed=kept["changed"].replace(tzinfo=UTC),
        by=kept["by"],
    )
