"""A key's catalogue with the views in it: every face lists them among the tables."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from hashlib import blake2b

from answers.answer import Question
from answers.views.viewed import Viewed
from datamodel.catalogue import Catalogue
from tabular.errors import ViewBroken
from tabular.table import Table


class Views(Catalogue):
    """The tables that a key sees, and behind them its views.

    `tables` are the tables alone. `broken` says why, of views that were right when they were kept.
    """

    def __init__(self, tables: Catalogue, views: Iterable[Viewed] = (), broken: Mapping[str, str] | None = None):
        self.tables = tables
        self.views = {one.table.name: one for one in views}
        self.broken = broken or {}
        super().__init__((*tables, *(one.table for one in self.views.values())), tables.beyond)

    @cached_property
    def fingerprint(self) -> str:
        """What tells this catalogue's answers from those of any other."""
        if not self.views:
            return self.tables.fingerprint
        told = (self.tables.fingerprint, tuple(one.table for one in self.views.values()))
        return blake2b(repr(told).encode(), digest_size=8).hexdigest()

    def table(self, name: str) -> Table:
        """The table or view of that name. Raises ViewBroken, and UnknownTable with the nearest name."""
        self.check(name)
        return super().table(name)

    def check(self, name: str) -> None:
        """Raise ViewBroken if a view of that name cannot be read any more."""
        if name in self.broken:
            raise ViewBroken(name, self.broken[name])


def of_tables(question: Question) -> Question:
    """The same question with the tables alone as its catalogue: what no view changes keeps its ETag."""
    catalogue = question.catalogue
    return replace(question, catalogue=catalogue.tables) if isinstance(catalogue, Views) else question


def viewed_in(catalogue: Catalogue, name: str) -> Viewed | None:
    """The view of that name in a catalogue; None where it is a table."""
    return catalogue.views.get(name) if isinstance(catalogue, Views) else None
