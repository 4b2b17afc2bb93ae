"""The grammar against the OASIS ABNF test cases, which nobody on this project wrote."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest

from tabular.errors import FilterWrong, TablesError
from tabular.filter import bind, parse, parse_order
from tests.conftest import SHARED
from tests.steps import CALLS

FOLDER = SHARED / "cases" / "odata-abnf"

pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="the shared cases are not here")

EXPRESSIONS = {
    "anyExpr": "Products/{}",
    "boolCommonExpr": "{}",
    "boolcommonExpr": "{}",
    "commonExpr": "{}",
    "filter": "{}",
    "firstMemberExpr": "{}",
    "isofExpr": "{}",
    "notExpr": "{}",
    "propertyPathExpr": "{}",
    "functionParameter": "Model.Available({})",
    "orderBy": "{}",
    "orderby": "{}",
}
"""The rules of expressions and orders, and where each is put to be an expression."""

_LITERALS = """
binaryLiteral boolean date dateTimeOffsetLiteral dateTimeOffsetValue dateTimeOffsetValueInUrl dateValue decimalLiteral
decimalValue doubleLiteral doubleValue durationLiteral enumLiteral geographyCollection geographyLineString
geographyMultiLineString geographyMultiPoint geographyMultiPolygon geographyPoint geographyPolygon geometryCollection
geometryLineString geometryMultiLineString geometryMultiPoint geometryMultiPolygon geometryPoint geometryPolygon guid
int16Literal int32Literal int64Literal null primitiveLiteral sbyteLiteral singleLiteral stringLiteral timeOfDayLiteral
timeOfDayValue
"""
LITERALS = dict.fromkeys(_LITERALS.split(), "{}")
"""The rules of literals, each of which is an expression."""

BY_CHOICE = {
    "Self.TopProduct()/Sales/aggregate(Amount with sum)": "aggregation belongs to $apply, which is no filter",
}
"""Positive cases that are refused, with the reason."""

REFUSED_WHEN_BOUND = {
    "Model.Available": "a dotted name is a column's path in this project, so that only binding knows there is none",
}
"""Negative cases that can be read and are refused when names are looked up."""

NOT_OF_FILTERS = {
    "-INF": "a number in a filter, though no moment and no day",
    "INF": "a number in a filter, though no moment and no day",
    "0": "a number in a filter, though no boolean",
    "1": "a number in a filter, though no boolean",
    "2012-09-03T23%3A59Z": "addresses are decoded before they are read",
    "2012-09-03T23:59+01%3A00": "addresses are decoded before they are read",
    "11%3A22%3a33": "addresses are decoded before they are read",
}
"""Negative cases of a rule whose text is right as another literal."""


def cases(rules: dict[str, str]) -> list[dict[str, Any]]:
    """The cases of these rules in all three files."""
    found: list[dict[str, Any]] = []
    for name in ("abnf", "aggregation", "temporal"):
        path = FOLDER / f"odata-{name}-testcases.json"
        if path.exists():
            found += [case for case in json.loads(path.read_text())["TestCases"] if case["Rule"] in rules]
    return found


def read(case: dict[str, Any]) -> None:
    """Parse a case as a service would: decoded, without the option's name. Raises FilterWrong."""
    rule, text = case["Rule"], case["Input"]
    reader: Callable[[str], object] = parse
    if rule in ("filter", "orderby", "orderBy"):
        option, _, text = text.partition("=")
        if option.lower().removeprefix("$") not in ("filter", "orderby"):
            raise FilterWrong(0, f'there is no option "{option}"', "")
        reader = parse if rule == "filter" else parse_order
    where = (EXPRESSIONS | LITERALS)[rule]
    reader(where.format(unquote(text)))


def name_of(case: dict[str, Any]) -> str:
    return f"{case['Rule']}: {case['Input']}"


ALL = cases(EXPRESSIONS | LITERALS)
ALLOWED = [case for case in ALL if "FailAt" not in case]
FORBIDDEN = [case for case in ALL if "FailAt" in case]


@pytest.mark.parametrize("case", ALLOWED, ids=name_of)
def test_what_the_grammar_allows_is_read(case: dict[str, Any]) -> None:
    if case["Input"] in BY_CHOICE:
        with pytest.raises(FilterWrong):
            read(case)
    else:
        read(case)


def test_few_cases_are_refused_by_choice() -> None:
    refused = [case for case in ALLOWED if case["Input"] in BY_CHOICE]
    assert len(refused) == len(BY_CHOICE) <= 0.05 * len([case for case in ALLOWED if case["Rule"] in EXPRESSIONS])


@pytest.mark.parametrize("case", FORBIDDEN, ids=name_of)
def test_what_the_grammar_forbids_is_refused(case: dict[str, Any]) -> None:
    if case["Rule"] in LITERALS and case["Input"] in NOT_OF_FILTERS:
        read(case)
        return
    if case["Input"] in REFUSED_WHEN_BOUND:
        with pytest.raises(TablesError):
            bind(parse(case["Input"]), CALLS)
        return
    with pytest.raises(FilterWrong):
        read(case)
