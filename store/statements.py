"""A Plan as one SQL statement: every literal bound, every name from a Table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from store.expressions import Bound, value_of
from store.filtering import filter_test
from store.grouping import Held, groups_statement
from store.layout import quoted, sql_type
from store.plan import Part, Plan
from tabular.month import Month
from tabular.partition import Partition
from tabular.query import Query
from tabular.table import Table

OPEN_END = 2**63 - 1
"""`_until` of a row that is still true."""


PAGE_ROWS = 10_000
"""To a page of up to so many rows DuckDB skips where none is tested; a larger one it would make whole first."""


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL text and the literals that it names."""

    sql: str
    literals: Mapping[str, object]


def partition_name(table: str, month: Month | None) -> str:
    """The SQL name of the DuckDB table that holds a partition."""
    return f"kept.{quoted(table if month is None else f'{table}@{month}')}"


def rows_statement(plan: Plan, secret: bytes, unchanged: Callable[[Partition], bool] = lambda _: False) -> Statement:
    """The statement that answers `plan`; `secret` is what masked values are hashed with.

    `unchanged` says of a partition that it has had one version only: its rows need no test of theirs, and a small
    page of them is found without reading the rows before it.

    Rows come in the order asked, and always last by month and key (groups by theirs), so that pages never overlap.
    """
    query, bound = plan.query, Bound(secret)
    if query.grouping is None:
        sql = _rows(plan, unchanged, bound)
    else:
        held = [Held(_held(plan, part, False, bound), part.partition.extents) for part in plan.parts]
        sql = groups_statement(query, query.grouping, held, bound)
    if query.limit is not None:
        sql += f" LIMIT {bound.literal(query.limit)}"
    if query.offset:
        sql += f" OFFSET {bound.literal(query.offset)}"
    return Statement(sql, bound.values)


def _rows(plan: Plan, unchanged: Callable[[Partition], bool], bound: Bound) -> str:
    query = plan.query
    in_order = not query.sort and not query.table.element and all(part.partition.tidy for part in plan.parts)
    is_page = query.limit is not None and query.limit <= PAGE_ROWS
    branches = [
        _branch(plan, part, number, in_order, is_page and unchanged(part.partition), bound)
        for number, part in enumerate(plan.parts)
    ]
    names = [f"c{number}" for number in range(len(query.columns))]
    shown = ", ".join(f"{name} AS {quoted(chosen.name)}" for name, chosen in zip(names, query.columns, strict=True))
    sql = f"SELECT {shown} FROM ({' UNION ALL '.join(branches) or _nothing(query, bound)})"
    if not in_order and branches:
        # Named, for else the order would be that of a column which the caller calls s0.
        sql += f" AS r ORDER BY {', '.join(_order(query))}"
    return sql


def _branch(plan: Plan, part: Part, number: int, in_order: bool, unchanged: bool, bound: Bound) -> str:
    query = plan.query
    table = query.table
    chosen = [f"{value_of(c.column, table, bound)} AS c{i}" for i, c in enumerate(query.columns)]
    if not in_order:
        chosen += [f"{value_of(sort.column, table, bound)} AS s{i}" for i, sort in enumerate(query.sort)]
        chosen.append(f"{number} AS _part")
        chosen += [f"{_key_value(name, table)} AS k{i}" for i, name in enumerate(table.key)]
    return f"SELECT {', '.join(chosen)} FROM {_held(plan, part, unchanged, bound)}"


def _held(plan: Plan, part: Part, unchanged: bool, bound: Bound) -> str:
    """The rows of a part that the question keeps, as SQL to stand behind FROM."""
    query = plan.query
    table = query.table
    tests = []
    if not unchanged:
        version = bound.literal(plan.version)
        tests = [f"_from <= {version}", f"_until > {version}"]
    window = query.window
    if window is not None and not part.whole:
        clock = quoted(table.clock or "")
        tests.append(f"{clock} IS NOT NULL")
        if window.since is not None:
            tests.append(f"{clock} >= {bound.literal(window.since.replace(tzinfo=None))}")
        if window.until is not None:
            tests.append(f"{clock} < {bound.literal(window.until.replace(tzinfo=None))}")
    held = partition_name(part.partition.table, part.partition.month)
    if table.element:
        listed = quoted(table.element)
        held += _where(tests)
        held = f"(SELECT *, unnest({listed}) AS _element, generate_subscripts({listed}, 1) AS _position FROM {held})"
        tests = []
    if query.filter is not None:
        tests.append(filter_test(query.filter, table, bound, part.partition.extents))
    return held + _where(tests)


def _where(tests: list[str]) -> str:
    return f" WHERE {' AND '.join(tests)}" if tests else ""


def _key_value(name: str, table: Table) -> str:
    return "_position" if table.element and name == "position" else quoted(name)


def _order(query: Query) -> list[str]:
    asked = [f"r.s{i} {'DESC' if sort.descending else 'ASC'} NULLS LAST" for i, sort in enumerate(query.sort)]
    return [*asked, "r._part", *(f"r.k{i}" for i in range(len(query.table.key)))]


def _nothing(query: Query, bound: Bound) -> str:
    cells = ", ".join(f"CAST(NULL AS {sql_type(c.column.type)}) AS c{i}" for i, c in enumerate(query.columns))
    return f"SELECT {cells} WHERE {bound.literal(False)}"
