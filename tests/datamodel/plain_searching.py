"""Whether a row meets a search, read plainly: one obvious function for each kind of criterion."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from graphql import GraphQLInputObjectType, GraphQLList, get_named_type

Row = Mapping[str, Any]
"""A step or a contact as the store's fields name it: `contact_value`, lists as lists of dicts."""

Criteria = Mapping[str, Any]
"""A search, or a part of it, as GraphQL hands it over: enums by name, times as instants (UTC, without a zone)."""

NOT_CRITERIA = {"year", "month", "pagination", "sorting", "step"}
LINKS = {"abandonedCall", "callbackCall"}
LISTS = {"tel", "mail", "web"}
NEEDS_NOTHING = {"NULL", "EMPTY", "NOT_NULL", "NOT_EMPTY"}
BEYOND_RE2 = re.compile(r"\(\?[=!<>#(]|\\[1-9]|[*+?}]\+")
"""What Python's expressions know and RE2 refuses: looking around, references, possessive repetition."""


class Wrong(Exception):
    """A search that the rulings call an error."""


def folded(text: str) -> str:
    """A text without accents, each letter in lower case."""
    # One letter at a time: Python's lower() writes a capital sigma one way inside a word and another at its end.
    return "".join(letter.lower() for letter in without_marks(text))


def without_marks(text: str) -> str:
    """A text without its combining marks."""
    return "".join(
        each for each in unicodedata.normalize("NFD", text) if not unicodedata.category(each).startswith("M")
    )


# ---- what a search must have ---------------------------------------------------------------------------------


def check(criteria: Criteria, kind: GraphQLInputObjectType) -> None:
    """Raise Wrong for a comparison without its operator, an operator without its value, a bad expression."""
    for name, wanted in criteria.items():
        inner = get_named_type(kind.fields[name].type)
        if wanted is None or name in NOT_CRITERIA or not isinstance(inner, GraphQLInputObjectType):
            continue
        if inner.name.startswith("Comparison"):
            _check_comparison(name, wanted)
        else:
            check(wanted, inner)


def _check_comparison(name: str, comparison: Criteria) -> None:
    operator = comparison.get("operator")
    if operator is None:
        raise Wrong(f"{name}: the operator is missing")
    for needed in _needed(operator):
        if comparison.get(needed) is None:
            raise Wrong(f"{name}: {operator} needs {needed}")
    if operator == "REGEXP":
        expression(comparison["regexp"])


def _needed(operator: str) -> tuple[str, ...]:
    if operator in NEEDS_NOTHING:
        return ()
    return {"BETWEEN": ("valueLeft", "valueRight"), "REGEXP": ("regexp",)}.get(operator, ("value",))


def expression(pattern: str) -> re.Pattern[str]:
    """The pattern that REGEXP looks for; Wrong if RE2 would not have it."""
    if BEYOND_RE2.search(pattern):
        raise Wrong(f"regexp: {pattern} is not RE2")
    try:
        return re.compile(without_marks(pattern), re.IGNORECASE)
    except re.error as failure:
        raise Wrong(f"regexp: {pattern}: {failure}") from failure


# ---- whether a row meets it ----------------------------------------------------------------------------------


def meets(row: Row, criteria: Criteria, kind: GraphQLInputObjectType, prefix: str = "") -> bool:
    """Whether a row meets every criterion; a criterion given as null is as if not given."""
    return all(
        _meets_one(row, name, wanted, kind, prefix)
        for name, wanted in criteria.items()
        if wanted is not None and name not in NOT_CRITERIA
    )


def _meets_one(row: Row, name: str, wanted: Any, kind: GraphQLInputObjectType, prefix: str) -> bool:
    of = kind.fields[name].type
    inner = get_named_type(of)
    field = prefix + name
    match inner.name:
        case "ComparisonString":
            return text_meets(row.get(field), wanted)
        case "ComparisonNumber":
            return number_meets(row.get(field), wanted)
        case "ComparisonDuration":
            return within(row.get(field) or 0, wanted)
        case "ComparisonTime":
            return time_meets(row.get(field), wanted, exactly=name == "lastUpdateTime")
    if isinstance(inner, GraphQLInputObjectType):
        if name in LISTS:
            elements: Sequence[Row] = row.get(field) or ()
            return _asks_nothing(wanted) or any(meets(element, wanted, inner) for element in elements)
        return meets(row, wanted, inner, f"{field}_")
    if isinstance(of, GraphQLList):
        value = row.get(field)
        return (0 if value is None and inner.name == "Int" else value) in wanted
    if name in LINKS:
        return (row.get(field) is not None) is wanted
    return row.get(field) is not None and bool(row[field] == wanted)


def _asks_nothing(criteria: Criteria) -> bool:
    return all(wanted is None for wanted in criteria.values())


def text_meets(text: str | None, comparison: Criteria) -> bool:
    """ComparisonString: the text against any of the values, without regard to capitals and accents."""
    operator = comparison["operator"]
    if operator in NEEDS_NOTHING:
        return {
            "NULL": text is None,
            "NOT_NULL": text is not None,
            "EMPTY": text is None or text == "",
            "NOT_EMPTY": text is not None and text != "",
        }[operator]
    if text is None:
        return False
    if operator == "REGEXP":
        return expression(comparison["regexp"]).search(without_marks(text)) is not None
    ours, values = folded(text), [folded(value) for value in comparison["value"]]
    match operator:
        case "EQUAL":
            return any(ours == value for value in values)
        case "NOT_EQUAL":
            return all(ours != value for value in values)
        case "CONTAIN":
            return any(value in ours for value in values)
        case "START_WITH":
            return any(ours.startswith(value) for value in values)
        case "END_WITH":
            return any(ours.endswith(value) for value in values)
    raise AssertionError(operator)


def number_meets(number: int | None, comparison: Criteria) -> bool:
    """ComparisonNumber: strict, except where the operator's name says equal; of several values any will do."""
    operator = comparison["operator"]
    if operator in {"NULL", "EMPTY"}:
        return number is None
    if operator in {"NOT_NULL", "NOT_EMPTY"}:
        return number is not None
    if number is None:
        return False
    if operator == "BETWEEN":
        return bool(comparison["valueLeft"] <= number <= comparison["valueRight"])
    values: list[int] = comparison["value"]
    match operator:
        case "EQUAL":
            return any(number == value for value in values)
        case "NOT_EQUAL":
            return all(number != value for value in values)
        case "CONTAIN":
            return any(str(value) in str(number) for value in values)
        case "GREATER_THAN":
            return any(number > value for value in values)
        case "LESSER_THAN":
            return any(number < value for value in values)
        case "GREATER_EQUAL_THAN":
            return any(number >= value for value in values)
        case "LESSER_EQUAL_THAN":
            return any(number <= value for value in values)
    raise AssertionError(operator)


def time_meets(moment: datetime | None, comparison: Criteria, exactly: bool) -> bool:
    """ComparisonTime: by the UTC day, or exactly; null meets nothing."""
    if moment is None:
        return False
    if exactly:
        return within(moment, comparison)
    days = {name: value.date() if isinstance(value, datetime) else value for name, value in comparison.items()}
    return within(moment.date(), days)


def within(value: int | date, comparison: Criteria) -> bool:
    """Whether a duration, a day or an instant lies where the comparison says, ends included."""
    match comparison["operator"]:
        case "GREATER_THAN":
            return bool(value >= comparison["value"])
        case "LESSER_THAN":
            return bool(value <= comparison["value"])
        case "BETWEEN":
            return bool(comparison["valueLeft"] <= value <= comparison["valueRight"])
    raise AssertionError(comparison["operator"])
