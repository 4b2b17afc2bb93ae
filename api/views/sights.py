"""Sights: the views that a key sees, each bound to what the key sees of the tables."""

import threading
from dataclasses import dataclass, field
from datetime import datetime

from answers.answer import Question
from answers.datamodel import DataModel
from answers.importing.importing import Prepared
from answers.views.catalogue import Views as Seen
from answers.views.viewed import Viewed, lacking, places_in, question_for, table_of, table_of_import
from api.parameters import question_of
from api.settings import Settings
from datamodel.catalogue import Catalogue
from formats import formats
from store.views import Kind, Shelf, View, Views
from tabular.errors import TablesError, UnknownColumn, UnknownTable, ViewBroken, ViewsCircle, ViewsTooDeep, shown
from tabular.restriction import Restriction
from tabular.table import Table

MOST_DEEP = 8
"""Views that may read one another, one behind the other."""

_KEPT = 256
"""Catalogues that are remembered."""

_SOME_TIME = datetime.fromisoformat("2020-01-01T00:00:00Z")
"""When a question is asked matters to its rows, not to its columns."""


class Sights:
    """The catalogues of keys, with the views in them. Any number of threads may ask.

    `model` is the Data Model over the store, whose schemas say what imports mean.
    """

    def __init__(self, views: Views, settings: Settings, model: DataModel) -> None:
        self.model = model
        self.settings = settings
        self._views = views
        self._guard = threading.Lock()
        self._shelf: Shelf | None = None
        self._known: dict[tuple[Catalogue, Restriction], Seen] = {}

    def remembered(self, tables: Catalogue, restriction: Restriction) -> Seen | None:
        """What a key sees of all `tables`, if that was asked before and no view has changed since; quick enough for a
        thread that must not wait."""
        shelf = self._views.remembered()
        with self._guard:
            return self._known.get((tables, restriction)) if shelf is not None and shelf is self._shelf else None

    def of(self, tables: Catalogue, seen: Catalogue, restriction: Restriction) -> Seen:
        """What a key sees of all `tables`: `seen` of them, and the views."""
        shelf, place = self._views.shelf(), (tables, restriction)
        with self._guard:
            if shelf is not self._shelf or len(self._known) >= _KEPT:
                self._shelf, self._known = shelf, {}
            found = self._known.get(place)
        if found is None:
            found = self._seen(shelf, tables, seen, restriction)
            with self._guard:
                if shelf is self._shelf:
                    self._known[place] = found
        return found

    def binding(self, shelf: Shelf, seen: Catalogue, tables: Catalogue) -> "Binding":
        """Views bound to `seen` of all `tables`."""
        return Binding(shelf, seen, tables, self.settings, self.model)

    def _seen(self, shelf: Shelf, tables: Catalogue, seen: Catalogue, restriction: Restriction) -> Seen:
        if not shelf.views:
            return Seen(seen)
        own = self.binding(shelf, seen, tables)
        # What nobody would see any more is broken; what others see is hidden from this key.
        whole = own if seen is tables else self.binding(shelf, tables, tables)
        views, broken = [], {}
        for name in shelf.views:
            found = own.found(name)
            if isinstance(found, Viewed):
                views.append(found)
                continue
            others = whole.found(name)
            is_same = isinstance(others, ViewBroken) and others.reason == found.reason
            if is_same and (restriction.tables is None or _root(shelf, name) in restriction.tables):
                broken[name] = found.reason
        return Seen(seen, views, broken)


@dataclass
class Binding:
    """Views on their way to be tables: each is bound once, to `seen`, of all `tables`, and to the views below it."""

    shelf: Shelf
    seen: Catalogue
    tables: Catalogue
    settings: Settings
    model: DataModel
    _found: dict[str, Viewed | ViewBroken] = field(default_factory=dict)

    def found(self, name: str) -> Viewed | ViewBroken:
        """The view of that name, or why there is none."""
        if name not in self._found:
            try:
                self._found[name] = self._bound(self.shelf.views[name])
            except ViewBroken as broken:
                self._found[name] = broken
            except TablesError as refused:
                self._found[name] = ViewBroken(name, _reason(refused))
        return self._found[name]

    def bound(self, view: View) -> Viewed:
        """A view that is about to be kept. Raises TablesError."""
        if view.kind is Kind.IMPORT:
            return self._imported(view)
        source, below = self._source(view)

        def ask(now: datetime) -> Question:
            zone, form = self.settings.centre_zone, formats()["json"]
            question = question_of(dict(view.asked), source, self.seen, form, zone, now)
            return question_for(view, question) if view.columns else question

        query = ask(_SOME_TIME).query
        return Viewed(view, table_of(view, query), self.seen, ask, tuple(range(len(query.columns))), below)

    def _imported(self, view: View) -> Viewed:
        # Only here: it needs the services, which hold this.
        from api.importing import question_in

        def ask(now: datetime) -> Prepared:
            question = question_in(view.asked, formats()["json"], self.settings, now)
            return Prepared(question, self.model.schema(self.seen))

        headings = ask(_SOME_TIME).projection.headings
        places = places_in(view, headings)
        return Viewed(view, table_of_import(view, headings, places), self.seen, ask, places)

    def _bound(self, view: View) -> Viewed:
        taken = next((name for name in self.tables.names if name.casefold() == view.name.casefold()), None)
        if taken is not None:
            raise ViewBroken(view.name, f"has the name of a table that came later, {taken}")
        path_of(self.shelf, view)
        return self.bound(view)

    def _source(self, view: View) -> tuple[Table, Viewed | None]:
        if view.source not in self.shelf.views or view.source in self.tables.names:
            return self.seen.table(view.source), None
        below = self.found(view.source)
        if isinstance(below, ViewBroken):
            raise ViewBroken(view.name, f'reads the view "{below.view}", which {below.reason}')
        return below.table, below


def path_of(shelf: Shelf, view: View) -> tuple[str, ...]:
    """The views that a view reads, one behind the other, itself the first; `view` counts as kept already.

    Raises ViewsCircle, ViewsTooDeep.
    """
    views = {**shelf.views, view.name: view}
    path = [view.name]
    while (source := views[path[-1]].source) in views:
        path.append(source)
        if source in path[:-1]:
            raise ViewsCircle(tuple(path[path.index(source) :]))
        if len(path) > MOST_DEEP:
            raise ViewsTooDeep(tuple(path), MOST_DEEP)
    return tuple(path)


def _root(shelf: Shelf, name: str) -> str:
    """The table that a view reads in the end."""
    source, left = shelf.views[name].source, MOST_DEEP
    while source in shelf.views and left:
        source, left = shelf.views[source].source, left - 1
    return source


def _reason(refused: TablesError) -> str:
    match refused:
        case UnknownColumn(name, table):
            return lacking(shown(name), table)
        case UnknownTable(name):
            return f'needs the table "{shown(name)}", which is no longer there'
    said = refused.message.removesuffix(".")
    return f"cannot be read any more: {said[:1].lower()}{said[1:]}"
