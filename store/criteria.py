"""Criteria as SQL over one partition's rows: every literal bound, masks in front of every value."""

from datetime import datetime

from store.expressions import Bound, masked, value_of
from store.layout import quoted
from tabular.criteria import (
    Among,
    AnyElement,
    Criteria,
    Criterion,
    Elements,
    Empty,
    Holding,
    Matching,
    Nothing,
    Null,
    Place,
    Test,
    Within,
)
from tabular.table import Column, Table, Type

_PLACES = {Place.ANYWHERE: "contains", Place.START: "starts_with", Place.END: "ends_with"}


def tests_of(criteria: Criteria, table: Table, bound: Bound) -> list[str]:
    """SQL conditions that a row must all meet."""
    return [_condition(criterion, table, bound) for criterion in criteria]


def shown_value(column: Column, table: Table, bound: Bound) -> str:
    """A column as the Data Model shows it: an enum that is masked is null, since a mask is no value of it; a number
    that is never null is 0 where the store has none."""
    if column.mask is not None and column.values:
        return "CAST(NULL AS VARCHAR)"
    value = value_of(column, table, bound)
    if column.type is Type.INTEGER and not column.nullable and column.mask is None:
        return f"coalesce({value}, 0)"
    return value


def shown_elements(elements: Elements, bound: Bound) -> str:
    """A list with the items that are seen of its elements."""
    listed = quoted(elements.field)
    if all(column.mask is None for _, column in elements.items):
        return listed
    items = ", ".join(f"{quoted(name)} := {_item(name, column, bound)}" for name, column in elements.items)
    return f"list_transform({listed}, lambda one: struct_pack({items}))"


def sort_value(column: Column, table: Table, bound: Bound) -> str:
    """A column as it is sorted by: text in folded capitals, keys as they are."""
    value = shown_value(column, table, bound)
    if column.type is Type.TEXT and column.name not in table.key and not column.values:
        return f"upper(strip_accents({value}))"
    return value


def _item(name: str, column: Column, bound: Bound) -> str:
    if column.mask is not None and column.values:
        return "CAST(NULL AS VARCHAR)"
    return masked(f"one.{quoted(name)}", column, bound)


def _condition(criterion: Criterion | AnyElement, table: Table, bound: Bound) -> str:
    if isinstance(criterion, Criterion):
        return _test(shown_value(criterion.column, table, bound), criterion.column, criterion.test, bound)
    names = {column: name for name, column in criterion.elements.items}
    tests = [
        _test(_item(names[one.column], one.column, bound), one.column, one.test, bound) for one in criterion.criteria
    ]
    if not tests:
        return bound.literal(True)
    met = f"list_filter({quoted(criterion.elements.field)}, lambda one: {' AND '.join(tests)})"
    return f"coalesce(len({met}), 0) > 0"


def _test(value: str, column: Column, test: Test, bound: Bound) -> str:
    is_text = column.type is Type.TEXT
    match test:
        case Null(wanted):
            return f"{value} IS {'' if wanted else 'NOT '}NULL"
        case Empty(wanted) if is_text:
            return f"coalesce({value}, '') {'=' if wanted else '<>'} ''"
        case Empty(wanted):
            return f"{value} IS {'' if wanted else 'NOT '}NULL"
        case Nothing():
            return "false"
        case Among(values, wanted):
            # An enum's values are spelt in one way: compared as they are, they let DuckDB skip what cannot meet them.
            fold = folded if is_text and not column.values else str
            listed = ", ".join(fold(bound.literal(one)) for one in values)
            return f"{fold(value)} {'' if wanted else 'NOT '}IN ({listed})"
        case Holding(values, at):
            text = folded(value if is_text else f"CAST({value} AS VARCHAR)")
            found = (f"{_PLACES[at]}({text}, {folded(bound.literal(one))})" for one in values)
            return f"({' OR '.join(found)})"
        case Matching(pattern):
            return f"regexp_matches(strip_accents({value}), strip_accents({bound.literal(pattern)}), 'i')"
        case Within():
            return _within(value, test, bound)


def _within(value: str, test: Within, bound: Bound) -> str:
    tests = []
    if test.least is not None:
        tests.append(f"{value} >{'=' if test.with_least else ''} {bound.literal(_plain(test.least))}")
    if test.most is not None:
        tests.append(f"{value} <{'=' if test.with_most else ''} {bound.literal(_plain(test.most))}")
    return " AND ".join(tests) or f"{value} IS NOT NULL"


def _plain(value: object) -> object:
    """A literal as the store holds such values: instants are UTC without a zone."""
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def folded(text: str) -> str:
    """An SQL text without regard to case and accents."""
    return f"lower(strip_accents({text}))"
