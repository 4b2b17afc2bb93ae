"""The plain reading of a pipeline: dicts into dicts, step by step, one row and one value at a time."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tabular.filter.evaluate import evaluate, matches
from tabular.grouping import Grouping
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
)
from tabular.table import Column
from tests.store.plain_grouping import key_of, measured

Row = Mapping[str, Any]


def made(pipeline: Pipeline, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """What a pipeline makes of stored rows, in the order in which they lie; cells under the names that are shown."""
    query = pipeline.query
    found: list[Row] = [row for row in rows if query.filter is None or matches(query.filter, row)]
    for step in pipeline.steps:
        found = after(step, found)
    return [{one.name: row[one.column.name] for one in pipeline.shown} for row in found]


def after(step: Step, rows: list[Row]) -> list[Row]:
    """The rows after a step."""
    match step:
        case Kept(condition):
            return [row for row in rows if matches(condition, row)]
        case Computed(column, value):
            return [{**row, column.name: evaluate(value, row)} for row in rows]
        case Settled():
            return rows
        case Grouped(grouping, columns):
            return groups(grouping, columns, rows)
        case Ordered(orders):
            return in_order(rows, orders)
        case Limited(skip, top, within):
            end = None if top is None else skip + top
            return each(rows, within, lambda members: members[skip:end])
        case Concatenated():
            return concatenated(step, rows)
        case Extreme():
            return each(rows, step.within, lambda members: extreme(step, members))


def concatenated(step: Concatenated, rows: list[Row]) -> list[Row]:
    """What each branch makes of the rows, one behind the other."""
    found: list[Row] = []
    for steps, sources in zip(step.branches, step.sources, strict=True):
        branch = rows
        for one in steps:
            branch = after(one, branch)
        names = [(column.name, source) for source, column in zip(sources, step.columns, strict=True)]
        found += [{name: None if source is None else row[source.name] for name, source in names} for row in branch]
    return found


def groups(grouping: Grouping, columns: Sequence[Column], rows: list[Row]) -> list[Row]:
    """The groups of rows in the order of their keys, null first; without keys one, even of nothing."""
    held: dict[tuple[Any, ...], list[Row]] = {} if grouping.keys else {(): []}
    for row in rows:
        held.setdefault(tuple(key_of(row, key, "UTC") for key in grouping.keys), []).append(row)
    found = sorted(held.items(), key=lambda group: [(cell is not None, cell) for cell in group[0]])
    made = [(*keys, *(measured(members, one) for one in grouping.measures)) for keys, members in found]
    return [dict(zip((column.name for column in columns), cells, strict=True)) for cells in made]


def in_order(rows: Sequence[Row], orders: Sequence[Order]) -> list[Row]:
    """Rows sorted: null before all values, a number that is none behind all others, equal ones as they were."""
    found = list(rows)
    for order in reversed(orders):
        found.sort(key=lambda row: _place(evaluate(order.value, row)), reverse=order.descending)
    return found


def _place(cell: Any) -> tuple[bool, bool, Any]:
    is_none = isinstance(cell, float) and cell != cell
    return (cell is not None, is_none, 0 if cell is None or is_none else cell)


def each(rows: list[Row], within: Sequence[Column], cut: Callable[[list[Row]], list[Row]]) -> list[Row]:
    """What is left of each group of rows with equal cells, in the order of all."""
    held: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        cells = [row[column.name] for column in within]
        held.setdefault(tuple(None if cell != cell else cell for cell in cells), []).append(row)
    left = {id(row) for members in held.values() for row in cut(members)}
    return [row for row in rows if id(row) in left]


def extreme(step: Extreme, rows: list[Row]) -> list[Row]:
    """The first rows by an order, as few as reach the amount."""
    ordered = in_order(rows, [step.order])
    if step.reach is Reach.COUNT:
        return ordered[: int(step.amount)]
    values: list[Any] = [evaluate(step.order.value, row) or 0 for row in ordered]
    amount = step.amount
    if step.reach is Reach.PERCENT:
        amount = float(sum(values)) * step.amount / 100
    return [row for place, row in enumerate(ordered) if sum(values[:place]) < amount]
