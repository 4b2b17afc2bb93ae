"""A Search is one question of the Data Model about whole interactions or records: found, ordered, and cut to a page."""

from dataclasses import dataclass

from tabular.criteria import Criteria, Elements
from tabular.month import Month
from tabular.query import SortKey
from tabular.table import Column, Table

MOST_FOUND = 1000
"""Interactions or records that one page may hold."""

Shown = Column | Elements
"""What an answer shows of a row: a value, or a whole list."""


@dataclass(frozen=True, slots=True)
class Search:
    """Interactions of a month (`month` None: a table without months) of which one step meets all criteria.

    `last_step`: only step 0 is tested and shown. Without `sort` they come by ascending id, which also decides ties;
    an interaction is sorted by the value at its step 0, and comes last in both directions where it has none.
    """

    table: Table
    month: Month | None = None
    criteria: Criteria = ()
    last_step: bool = False
    sort: SortKey | None = None
    limit: int = MOST_FOUND
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Lookup:
    """The one interaction or record of which the key column, as the key sees it, is `value`."""

    table: Table
    column: Column
    value: str
