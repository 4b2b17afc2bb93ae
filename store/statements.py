"""A Plan as one SQL statement: every literal bound, every name from a Table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from store.expressions import Bound, value_of
from store.filtering import filter_test
from store.grouping import Held, groups_statement
from store.layout import partition_name as partition_name
from store.layout import quoted, sql_type
from store.making import rows_of
from store.numbers import Numbers
from store.plan import Part, Plan
from tabular.partition import Partition
from tabular.pipeline.reads import fields_read
from tabular.query import Query
from tabular.table import Table

OPEN_END = 2**63 - 1
"""`_until` of a row that is still true."""

PAGE_ROWS = 10_000
"""To a page of up to so many rows DuckDB skips where none is tested; a larger one it would make whole first."""


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL text and the literals that it names; `names` are what the columns of its answer are called, if not as there:
    they may be the caller's, and never stand in the text."""

    sql: str
    literals: Mapping[str, object]
    names: tuple[str, ...] = ()


class Known(Protocol):
    """What the store knows of its partitions."""

    def is_unchanged(self, partition: Partition) -> bool:
        """Whether it has had one version only, so that its rows need no test of theirs."""
        ...

    def numbers(self, part: Part, query: Query) -> Numbers | None:
        """The engine's numbers of the rows of a part that lie in the query's window, in the order of the rows; None
        where they are not known."""
        ...


class _Unknown:
    def is_unchanged(self, _partition: Partition) -> bool:
        return False

    def numbers(self, _part: Part, _query: Query) -> Numbers | None:
        return None


def rows_statement(plan: Plan, secret: bytes, known: Known = _Unknown(), zone: str = "UTC") -> Statement:  # noqa: B008
    """The statement that answers `plan`; `secret` is what masked values are hashed with, `zone` the centre's.

    What is `known` makes it short: a page of rows whose numbers are known is found by these.

    Rows come in the order asked, and always last by month and key (groups by theirs), so that pages never overlap.
    """
    query, bound = plan.query, Bound(secret, zone)
    if query.grouping is not None:
        held = [Held(held_rows(plan, part, False, bound), part.partition.extents) for part in plan.parts]
        sql = groups_statement(query, query.grouping, held, bound)
    elif (numbers := _numbers(plan, known)) is not None:
        return Statement(_page(plan, numbers, bound), bound.values, _names(query))
    else:
        sql = _rows(plan, known, bound)
    if query.limit is not None:
        sql += f" LIMIT {bound.literal(query.limit)}"
    if query.offset:
        sql += f" OFFSET {bound.literal(query.offset)}"
    return Statement(sql, bound.values, _names(query))


def _names(query: Query) -> tuple[str, ...]:
    return tuple(chosen.name for chosen in query.columns)


def _numbers(plan: Plan, known: Known) -> list[Numbers] | None:
    """The numbers of the rows of each part, where a page is those rows that lie from its offset to its end."""
    query = plan.query
    if (query.limit is None and not query.offset) or query.sort or query.table.element or query.filter is not None:
        return None
    found = [known.numbers(part, query) for part in plan.parts]
    numbers = [one for one in found if one is not None]
    return numbers if len(numbers) == len(found) else None


def _page(plan: Plan, numbers: list[Numbers], bound: Bound) -> str:
    query, branches = plan.query, []
    values: list[str] = []
    before, end = query.offset, None if query.limit is None else query.offset + query.limit
    for part, wanted in zip(plan.parts, numbers, strict=True):
        first, after = max(before, 0), wanted.count if end is None else min(end, wanted.count)
        if first < after:
            # Only now, for a statement has to use each of its literals.
            values = values or [
                f"{value_of(c.column, query.table, bound)} AS c{n}" for n, c in enumerate(query.columns)
            ]
            low, high = wanted.span(first, after)
            tests = [f"rowid >= {bound.literal(low)}"] if low else []
            tests += [f"rowid < {bound.literal(high)}"] if high < part.partition.rows else []
            tests += in_window(query, part, bound)
            held = rows_of(query.table, part.partition, tests, plan.version, bound, fields_read(query))
            branches.append(f"SELECT {', '.join(values)} FROM {held}")
        before, end = before - wanted.count, None if end is None else end - wanted.count
    return " UNION ALL ".join(branches) or _shown(query, [], bound)


def in_window(query: Query, part: Part, bound: Bound) -> list[str]:
    """The tests, if any, that a row of the part lies in the window of the query: true or false, never null."""
    window = query.window
    if window is None or part.whole:
        return []
    clock = quoted(query.table.clock_field)
    tests = [f"{clock} IS NOT NULL"]
    if window.since is not None:
        tests.append(f"{clock} >= {bound.literal(window.since.replace(tzinfo=None))}")
    if window.until is not None:
        tests.append(f"{clock} < {bound.literal(window.until.replace(tzinfo=None))}")
    return tests


def _rows(plan: Plan, known: Known, bound: Bound) -> str:
    query = plan.query
    in_order = not query.sort and not query.table.element and all(part.partition.tidy for part in plan.parts)
    is_page = query.limit is not None and query.limit <= PAGE_ROWS
    branches = [
        _branch(plan, part, number, in_order, is_page and known.is_unchanged(part.partition), bound)
        for number, part in enumerate(plan.parts)
    ]
    sql = _shown(query, branches, bound)
    if not in_order and branches:
        sql += f" AS r ORDER BY {', '.join(_order(query))}"
    return sql


def _shown(query: Query, branches: list[str], bound: Bound) -> str:
    shown = ", ".join(f"c{number}" for number in range(len(query.columns)))
    return f"SELECT {shown} FROM ({' UNION ALL '.join(branches) or _nothing(query, bound)})"


def _branch(plan: Plan, part: Part, number: int, in_order: bool, unchanged: bool, bound: Bound) -> str:
    query = plan.query
    table = query.table
    chosen = [f"{value_of(c.column, table, bound)} AS c{i}" for i, c in enumerate(query.columns)]
    if not in_order:
        chosen += [f"{value_of(sort.column, table, bound)} AS s{i}" for i, sort in enumerate(query.sort)]
        chosen.append(f"{number} AS _part")
        chosen += [f"{key_value(name, table)} AS k{i}" for i, name in enumerate(table.key)]
    return f"SELECT {', '.join(chosen)} FROM {held_rows(plan, part, unchanged, bound)}"


def held_rows(plan: Plan, part: Part, unchanged: bool, bound: Bound, fields: frozenset[str] = frozenset()) -> str:
    """The rows of a part that the question keeps, as SQL to stand behind FROM; where columns are made, those that it
    reads and the `fields` besides."""
    query = plan.query
    table = query.table
    tests = []
    if not unchanged:
        version = bound.literal(plan.version)
        tests = [f"_from <= {version}", f"_until > {version}"]
    tests += in_window(query, part, bound)
    if table.element or table.made:
        held = rows_of(table, part.partition, tests, plan.version, bound, fields | fields_read(query))
        tests = []
    else:
        held = partition_name(part.partition.table, part.partition.month)
    if query.filter is not None:
        tests.append(filter_test(query.filter, table, bound, part.partition.extents, plan.seen_from(part)))
    return held + _where(tests)


def _where(tests: list[str]) -> str:
    return f" WHERE {' AND '.join(tests)}" if tests else ""


def key_value(name: str, table: Table) -> str:
    """A column of the key as SQL, as it lies in the store: what decides ties."""
    return "_position" if table.element and name == "position" else quoted(name)


def _order(query: Query) -> list[str]:
    asked = [f"r.s{i} {'DESC' if sort.descending else 'ASC'} NULLS LAST" for i, sort in enumerate(query.sort)]
    return [*asked, "r._part", *(f"r.k{i}" for i in range(len(query.table.key)))]


def _nothing(query: Query, bound: Bound) -> str:
    cells = ", ".join(f"CAST(NULL AS {sql_type(c.column.type)}) AS c{i}" for i, c in enumerate(query.columns))
    return f"SELECT {cells} WHERE {bound.literal(False)}"
