"""A pipeline as one SQL statement: SELECTs within each other, every literal bound, no caller's name in the text."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from store.expressions import Bound as Literals
from store.expressions import value_of
from store.filtering import filter_test, filter_value
from store.grouping import Held, groups_statement
from store.layout import quoted, sql_type
from store.plan import Plan
from store.statements import Statement, held_rows, key_value
from tabular.filter.bound import Bound, Constant, Kind, relations
from tabular.grouping import Grouping
from tabular.partition import Extent
from tabular.pipeline import (
    Computed,
    Concatenated,
    Extreme,
    Grouped,
    Kept,
    Limited,
    Order,
    Ordered,
    Pipeline,
    Reach,
    Settled,
    Step,
    columns_of,
    trees_in,
)
from tabular.query import Query, Selected
from tabular.table import Column, Table, Type


@dataclass(frozen=True, slots=True)
class Piped:
    """A pipeline with the plan of its query: the version that it reads, and the parts."""

    pipeline: Pipeline
    plan: Plan


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows on their way: `held` are the parts they lie in, only one once they are settled or grouped.

    `orders` are SQL to sort them by, or, of rows that `are_stored`, `later` the orders that settling them makes SQL of;
    the rows `are_in_order` where the engine gives them so anyway. `cut` is a LIMIT that stands behind their order, and
    `bare` what stands behind FROM for each part as long as its rows are just found.
    """

    held: tuple[Held, ...]
    orders: tuple[str, ...] = ()
    later: tuple[Order, ...] = ()
    are_stored: bool = False
    are_in_order: bool = False
    cut: str = ""
    bare: tuple[str, ...] = ()


def pipeline_statement(piped: Piped, secret: bytes, zone: str = "UTC") -> Statement:
    """The statement that answers a pipeline; `secret` is what masked values are hashed with, `zone` the centre's."""
    return _Piping(piped, secret, zone).statement()


class _Piping:
    def __init__(self, piped: Piped, secret: bytes, zone: str) -> None:
        self._pipeline = piped.pipeline.settled()
        self._plan = replace(piped.plan, query=self._pipeline.query)
        self._bound = Literals(secret, zone)
        self._table: Table = self._pipeline.query.table
        self._ranks = 0
        self._named: list[str] = []

    def statement(self) -> Statement:
        """Stored rows → step by step → the columns that are shown."""
        asked = [tree for step in self._pipeline.steps for tree in trees_in(step)]
        assert not any(map(relations, asked)), "only the query's filter asks of related rows"
        shown = self._pipeline.shown
        read = {one.column.reading.field for one in shown}
        read |= {column.reading.field for step in self._pipeline.steps for column in columns_of(step)}
        rows = self._stored(frozenset(read))
        for step in self._pipeline.steps:
            rows = self._after(step, rows, read)
        cells = ", ".join(f"{quoted(one.column.reading.field)} AS c{place}" for place, one in enumerate(shown))
        named = f"WITH {', '.join(self._named)} " if self._named else ""
        sql = f"{named}SELECT {cells} FROM {_only(rows).rows}{_order_by(rows)}{rows.cut}"
        # What rows were to be sorted by is left out where groups follow, and its literals with it.
        used = {name: self._bound.values[name] for name in dict.fromkeys(_LITERAL.findall(sql))}
        return Statement(sql, used, tuple(one.name for one in shown))

    def _stored(self, read: frozenset[str]) -> _Rows:
        """The rows that window and filter keep, each part's for itself, with at least the fields that are read."""
        bare = tuple(held_rows(self._plan, part, False, self._bound, read) for part in self._plan.parts)
        held = tuple(
            Held(f"(SELECT * FROM {found})", part.partition.extents)
            for found, part in zip(bare, self._plan.parts, strict=True)
        )
        tidy = all(part.partition.tidy for part in self._plan.parts)
        return _Rows(held, are_stored=True, are_in_order=tidy and not self._table.element, bare=bare)

    def _after(self, step: Step, rows: _Rows, read: set[str]) -> _Rows:
        """The rows after a step; `read` are the fields that a later one reads."""
        rows = _cut(rows)
        match step:
            case Kept(condition):
                return self._mapped(rows, lambda one: f"(SELECT * FROM {one.rows} WHERE {self._test(condition, one)})")
            case Computed(column, value):
                found = self._mapped(rows, lambda one: self._with_computed(one, column, value))
                self._table = self._table.with_columns((*self._table.columns, column))
                return found
            case Settled(columns):
                return self._settled(rows, [(one, plain) for one, plain in columns if plain.reading.field in read])
            case Grouped(grouping, columns):
                return self._grouped(rows, grouping, columns)
            case Ordered(orders):
                return self._ordered(rows, orders)
            case Limited(skip, top, within):
                return self._limited(rows, skip, top, within)
            case Extreme():
                return self._extreme(rows, step)
            case Concatenated():
                return self._concatenated(rows, step, read)

    def _mapped(self, rows: _Rows, make: Callable[[Held], str]) -> _Rows:
        return replace(rows, held=tuple(Held(make(one), one.extents) for one in rows.held), bare=())

    # Values

    def _test(self, condition: Bound, held: Held) -> str:
        return filter_test(condition, self._table, self._bound, held.extents)

    def _value(self, value: Bound, extents: Mapping[str, Extent]) -> str:
        return filter_value(value, self._table, self._bound, extents)

    def _sorted(self, order: Order, extents: Mapping[str, Extent]) -> str:
        """A value to sort by: zero is one value whatever its sign."""
        value = self._value(order.value, extents)
        if isinstance(order.value, Constant):
            # A number alone would be the place of a column.
            return f"coalesce({value})"
        return f"({value} + {self._bound.literal(0.0)})" if order.value.kind is Kind.NUMBER else value

    def _with_computed(self, held: Held, column: Column, value: Bound) -> str:
        cell = f"CAST({self._value(value, held.extents)} AS {sql_type(column.type)})"
        return f"(SELECT *, {cell} AS {quoted(column.reading.field)} FROM {held.rows})"

    # Steps

    def _settled(self, rows: _Rows, columns: Sequence[tuple[Column, Column]]) -> _Rows:
        """One relation of all parts, with only the columns that somebody reads, and what its rows are sorted by."""
        table, key = self._table, range(len(self._table.key))
        branches = []
        for number, held in enumerate(rows.held):
            cells = [
                f"{value_of(column, table, self._bound)} AS {quoted(plain.reading.field)}" for column, plain in columns
            ]
            cells += [f"{self._sorted(one, held.extents)} AS s{place}" for place, one in enumerate(rows.later)]
            cells += [f"{number} AS _part"]
            cells += [f"{key_value(name, table)} AS k{place}" for place, name in enumerate(table.key)]
            found = rows.bare[number] if rows.bare else held.rows
            branches.append(f"SELECT {', '.join(cells)} FROM {found}")
        orders = [_directed(f"s{place}", one.descending) for place, one in enumerate(rows.later)]
        orders += ["_part", *(f"k{place}" for place in key)]
        if not branches:
            names = [f"s{place}" for place in range(len(rows.later))] + ["_part", *(f"k{place}" for place in key)]
            cells = [f"CAST(NULL AS {sql_type(p.type)}) AS {quoted(p.reading.field)}" for _, p in columns]
            cells += [f"CAST(NULL AS {sql_type(Type.INTEGER)}) AS {name}" for name in names]
            branches.append(f"SELECT {', '.join(cells)} WHERE {self._bound.literal(False)}")
        self._table = table.with_columns(tuple(plain for _, plain in columns))
        in_order = rows.are_in_order and not rows.later
        return _Rows((_settled_as(" UNION ALL ".join(branches)),), tuple(orders), are_in_order=in_order)

    def _grouped(self, rows: _Rows, grouping: Grouping, columns: Sequence[Column]) -> _Rows:
        asked = tuple(Selected(column, column.name) for column in grouping.columns)
        query = Query(self._table, asked, grouping=grouping)
        sql = groups_statement(query, grouping, rows.held, self._bound)
        names = [quoted(column.reading.field) for column in columns]
        cells = ", ".join(f"c{place} AS {name}" for place, name in enumerate(names))
        self._table = self._table.with_columns(tuple(columns))
        orders = tuple(_directed(name, False) for name in names[: len(grouping.keys)])
        return _Rows((_settled_as(f"SELECT {cells} FROM ({sql})"),), orders)

    def _ordered(self, rows: _Rows, orders: Sequence[Order]) -> _Rows:
        if rows.are_stored:
            # The later order is the first to be sorted by.
            return replace(rows, later=(*orders, *rows.later))
        sql = tuple(_directed(self._sorted(one, {}), one.descending) for one in orders)
        return replace(rows, orders=(*sql, *rows.orders), are_in_order=False)

    def _limited(self, rows: _Rows, skip: int, top: int | None, within: Sequence[Column]) -> _Rows:
        held = _only(rows)
        if within:
            rank, ranked = self._ranked("row_number()", within, rows.orders, held)
            tests = [f"{rank} > {self._bound.literal(skip)}"]
            tests += [] if top is None else [f"{rank} <= {self._bound.literal(skip + top)}"]
            found = _settled_as(f"SELECT * FROM {ranked} WHERE {' AND '.join(tests)}")
            return replace(rows, held=(found,), are_in_order=False)
        limit = "" if top is None else f" LIMIT {self._bound.literal(top)}"
        offset = f" OFFSET {self._bound.literal(skip)}" if skip else ""
        return replace(rows, cut=limit + offset)

    def _extreme(self, rows: _Rows, step: Extreme) -> _Rows:
        held, value = _only(rows), self._value(step.order.value, {})
        orders = (_directed(self._sorted(step.order, {}), step.order.descending), *rows.orders)
        if step.reach is Reach.COUNT and not step.within:
            limit = self._bound.literal(step.amount)
            found = _settled_as(f"SELECT * FROM {held.rows} ORDER BY {', '.join(orders)} LIMIT {limit}")
            return replace(rows, held=(found,), are_in_order=False)
        if step.reach is Reach.COUNT:
            rank, ranked = self._ranked("row_number()", step.within, orders, held)
            test = f"{rank} <= {self._bound.literal(step.amount)}"
        else:
            before, ranked = self._ranked(f"sum({value})", step.within, orders, held, " ROWS BETWEEN " + _BEFORE)
            amount = self._bound.literal(step.amount)
            if step.reach is Reach.PERCENT:
                whole, ranked = self._ranked(f"sum({value})", step.within, (), Held(ranked, {}))
                share = self._bound.literal(100.0)
                amount = f"coalesce(CAST({whole} AS DOUBLE), {self._bound.literal(0.0)}) * {amount} / {share}"
            test = f"coalesce({before}, {self._bound.literal(0)}) < {amount}"
        return replace(rows, held=(_settled_as(f"SELECT * FROM {ranked} WHERE {test}"),), are_in_order=False)

    def _concatenated(self, rows: _Rows, step: Concatenated, read: set[str]) -> _Rows:
        """The rows that all branches begin with are made once; each branch then tells the place of its rows."""
        name, table, branches = f"p{len(self._named)}", self._table, []
        self._named.append(f"{name} AS MATERIALIZED (SELECT * FROM {_only(rows).rows})")
        for number, (steps, sources) in enumerate(zip(step.branches, step.sources, strict=True)):
            self._table, branch = table, replace(rows, held=(Held(name, {}),), are_in_order=False)
            for one in steps:
                branch = self._after(one, branch, read)
            branch = _cut(branch)
            columns = zip(sources, step.columns, strict=True)
            cells = [_as_column(source, column) for source, column in columns if column.reading.field in read]
            over = f"ORDER BY {', '.join(branch.orders)}" if branch.orders else ""
            cells += [f"{number} AS _part", f"row_number() OVER ({over}) AS k0"]
            branches.append(f"SELECT {', '.join(cells)} FROM {_only(branch).rows}")
        self._table = table.with_columns(step.columns)
        return _Rows((_settled_as(" UNION ALL ".join(branches)),), ("_part", "k0"))

    def _ranked(
        self, function: str, within: Sequence[Column], orders: Sequence[str], held: Held, frame: str = ""
    ) -> tuple[str, str]:
        """The name of a column that a function makes over the rows of each group, and the rows with it."""
        name = f"r{self._ranks}"
        self._ranks += 1
        groups = [_grouping_value(column, self._bound) for column in within]
        over = [f"PARTITION BY {', '.join(groups)}"] if groups else []
        over += [f"ORDER BY {', '.join(orders)}"] if orders else []
        return name, f"(SELECT *, {function} OVER ({' '.join(over)}{frame}) AS {name} FROM {held.rows})"


_LITERAL = re.compile(r"\$(v\d+)")
_BEFORE = "UNBOUNDED PRECEDING AND 1 PRECEDING"


def _grouping_value(column: Column, bound: Literals) -> str:
    """A column by which rows are put together, as groups have it: a number that is none is null."""
    value = quoted(column.reading.field)
    if column.type is not Type.NUMBER:
        return value
    return f"nullif({value} + {bound.literal(0.0)}, {bound.literal(float('nan'))})"


def _as_column(source: Column | None, column: Column) -> str:
    """A column of a branch as one of all branches."""
    value = "NULL" if source is None else quoted(source.reading.field)
    return f"CAST({value} AS {sql_type(column.type)}) AS {quoted(column.reading.field)}"


def _settled_as(sql: str) -> Held:
    return Held(f"({sql})", {})


def _only(rows: _Rows) -> Held:
    (held,) = rows.held
    return held


def _cut(rows: _Rows) -> _Rows:
    """The same rows, cut before what comes next."""
    if not rows.cut:
        return rows
    found = _settled_as(f"SELECT * FROM {_only(rows).rows}{_order_by(rows)}{rows.cut}")
    return replace(rows, held=(found,), cut="")


def _order_by(rows: _Rows) -> str:
    return f" ORDER BY {', '.join(rows.orders)}" if rows.orders and not rows.are_in_order else ""


def _directed(value: str, descending: bool) -> str:
    """Null comes before all values, so last where descending (OData 4.01 part 1, 11.2.6.2)."""
    return f"{value} DESC NULLS LAST" if descending else f"{value} ASC NULLS FIRST"
