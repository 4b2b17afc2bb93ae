"""A Search as one SQL statement: the interactions that are found, in their order, with the steps that are shown."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from store.criteria import shown_elements, shown_value, sort_value, tests_of
from store.expressions import Bound
from store.layout import quoted
from store.statements import Statement, partition_name
from tabular.criteria import Elements
from tabular.partition import Partition
from tabular.query import SortKey
from tabular.search import Lookup, Search, Shown
from tabular.table import Grain, Table

PLACE, STEP = "_place", "_step"
"""The first columns of every page: which interaction or record of it a row belongs to, and the row's number in it."""

PATTERN_TEST = "SELECT regexp_matches('', strip_accents($pattern), 'i')"
"""Fails where the engine cannot read a regular expression."""


class Searching:
    """The statements that ask one partition at one version; `secret` is what masked values are hashed with.

    `unchanged`: the partition has had one version only, so that its rows need no test of theirs.
    """

    def __init__(self, table: Table, partition: Partition, version: int, secret: bytes, unchanged: bool) -> None:
        self._table = table
        self._bound = Bound(secret)
        self._held = partition_name(partition.table, partition.month)
        self._tidy = partition.tidy
        self._tests = []
        if not unchanged:
            at = self._bound.literal(version)
            self._tests = [f"_from <= {at}", f"_until > {at}"]
        # Ordinals are small numbers in the order of the ids; where they have a gap the ids themselves serve.
        self._key = "_ordinal" if partition.tidy else quoted(table.key[0])

    def page(self, search: Search, shown: Sequence[Shown]) -> Statement:
        """The rows of a page, each with its interaction's place and its step."""
        if self._is_a_range(search):
            first = self._bound.literal(search.offset)
            after = self._bound.literal(search.offset + search.limit)
            tests = [*self._tests, f"_ordinal >= {first}", f"_ordinal < {after}"]
            rows = self._rows("_ordinal", shown, self._held, tests)
            return Statement(rows, self._bound.values)
        placed = self._placed(search)
        source = f"{self._held} JOIN placed ON {self._key} = placed.k"
        tests = [*self._tests, *self._last_step(search)]
        rows = self._rows("placed.p", shown, source, tests)
        return Statement(f"WITH placed AS ({placed}) {rows}", self._bound.values)

    def count(self, search: Search) -> Statement:
        """How many interactions a search finds, its page ignored."""
        tests = _where(self._found_tests(search))
        if not self._tidy:
            counted = f"SELECT count(DISTINCT {self._key}) FROM {self._held}{tests}"
        elif search.criteria or search.last_step:
            counted = f"SELECT count(*) FROM ({self._firsts(tests)})"
        else:
            counted = f"SELECT coalesce(max(_ordinal) + 1, 0) FROM {self._held}{tests}"
        return Statement(counted, self._bound.values)

    def lookup(self, lookup: Lookup, shown: Sequence[Shown]) -> Statement:
        """The steps of the one interaction that has this key, or the one record."""
        value = shown_value(lookup.column, self._table, self._bound)
        tests = [*self._tests, f"{value} = {self._bound.literal(lookup.value)}"]
        rows = self._rows("0", shown, self._held, tests)
        return Statement(rows, self._bound.values)

    def _is_a_range(self, search: Search) -> bool:
        """Whether the page is those interactions whose ordinals lie from its offset to its end."""
        return self._tidy and not search.criteria and not search.last_step and search.sort is None

    def _rows(self, place: str, shown: Sequence[Shown], source: str, tests: list[str]) -> str:
        values = [
            shown_elements(one, self._bound)
            if isinstance(one, Elements)
            else shown_value(one, self._table, self._bound)
            for one in shown
        ]
        chosen = "".join(f", {value} AS c{number}" for number, value in enumerate(values))
        step = "step" if self._table.grain is Grain.STEP else "0"
        return f"SELECT {place} AS {PLACE}, {step} AS {STEP}{chosen} FROM {source}{_where(tests)}"

    def _placed(self, search: Search) -> str:
        """The page's keys `k`, each with its place `p`."""
        key, sort, bound = self._key, search.sort, self._bound
        tests = _where(self._found_tests(search))
        page = f"LIMIT {bound.literal(search.limit)} OFFSET {bound.literal(search.offset)}"
        if self._tidy and sort is None:
            return f"{self._firsts(tests)} {page}"
        found = f"SELECT DISTINCT {key} AS k FROM {self._held}{tests}"
        order = "k"
        if sort is not None and self._is_by_key(sort):
            order = f"k {'DESC' if sort.descending else 'ASC'}"
        elif sort is not None:
            newest = f"SELECT {key} AS k, {sort_value(sort.column, self._table, bound)} AS s FROM {self._held}"
            newest += _where([*self._tests, *self._step_0()])
            found = f"SELECT found.k, newest.s FROM ({found}) found LEFT JOIN ({newest}) newest ON found.k = newest.k"
            order = f"s {'DESC' if sort.descending else 'ASC'} NULLS LAST, k"
        return f"SELECT k, row_number() OVER (ORDER BY {order}) AS p FROM ({found} ORDER BY {order} {page})"

    def _firsts(self, tests: str) -> str:
        """The keys of a tidy partition's interactions that have a row which meets the tests, as `k` and as `p`.

        Rows lie in the order of their ordinals: the first of each is told by the one before it, and reading stops when
        a page is full. That takes a third of the time of DISTINCT and an order.
        """
        rows = f"SELECT _ordinal AS k, lag(_ordinal) OVER () AS before FROM {self._held}{tests}"
        return f"SELECT k, k AS p FROM ({rows}) WHERE before IS DISTINCT FROM k"

    def _is_by_key(self, sort: SortKey) -> bool:
        return sort.column.name == self._table.key[0] and sort.column.mask is None

    def _found_tests(self, search: Search) -> list[str]:
        return [*self._tests, *self._last_step(search), *tests_of(search.criteria, self._table, self._bound)]

    def _last_step(self, search: Search) -> list[str]:
        return self._step_0() if search.last_step else []

    def _step_0(self) -> list[str]:
        return ["step = 0"] if self._table.grain is Grain.STEP else []


def in_order(rows: pa.Table) -> pa.Table:
    """The rows by place and step, without the step. They mostly are so already: a look costs less than sorting them."""
    places, steps = (rows.column(name).to_numpy() for name in (PLACE, STEP))
    moved, later = np.diff(places), np.diff(steps)
    if not np.all((moved > 0) | ((moved == 0) & (later > 0))):
        rows = rows.take(pa.array(np.lexsort((steps, places))))
    return rows.drop_columns([STEP])


def _where(tests: Sequence[str]) -> str:
    return f" WHERE {' AND '.join(tests)}" if tests else ""
