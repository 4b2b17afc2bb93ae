"""The plain reading of OData's options over rows, one row and one value at a time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tabular.filter import Scope, bind, bind_value, parse, parse_order
from tabular.filter.evaluate import evaluate, matches
from tests.api.odata import drawn
from tests.steps import CALLS, NOW

Row = dict[str, Any]

SCOPE = Scope(CALLS, (), "UTC", NOW)
ROWS: list[Row] = [{column.name: None for column in CALLS.columns} | row for row in drawn.rows()]
"""All rows that were drawn, with all columns."""


def kept_of(rows: Sequence[Row], text: str | None) -> list[Row]:
    """The rows that a filter keeps."""
    if text is None:
        return list(rows)
    condition = bind(parse(text), SCOPE)
    return [row for row in rows if matches(condition, row)]


def in_order(rows: Sequence[Row], text: str | None) -> list[Row]:
    """Rows in an order: null before all values, equal ones as they were."""
    found = list(rows)
    for one in reversed(parse_order(text) if text else ()):
        value = bind_value(one.expression, SCOPE)
        places = {id(row): place(evaluate(value, row)) for row in found}
        found = sorted(found, key=lambda row, places=places: places[id(row)], reverse=one.descending)  # type: ignore[misc]
    return found


def place(cell: Any) -> list[Any]:
    """What a value is sorted by: null comes before all others."""
    return [] if cell is None else [cell]


def read(row: Row) -> Row:
    """A row of an answer with its moments as such."""
    return {name: _cell(name, value) for name, value in row.items()}


def _cell(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value).replace(tzinfo=None) if name.endswith("Time") and value else value


def measured(rows: Sequence[Row], name: str, method: str) -> Any:
    """What a method of aggregation says of a column."""
    values = [row[name] for row in rows if row[name] is not None]
    if method == "countdistinct":
        return len(set(values))
    if not values:
        return None
    match method:
        case "sum":
            return sum(values)
        case "average":
            return sum(values) / len(values)
        case "min":
            return min(values)
    return max(values)
