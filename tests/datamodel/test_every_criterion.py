"""Every criterion with every operator, and every sort key in both directions, once, over the same rich rows."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInputType, GraphQLList, get_named_type

from tests.datamodel.asking import Shelf, shelf
from tests.datamodel.drawn import Drawn
from tests.datamodel.drawn_histories import rich_history
from tests.datamodel.drawn_rows import ADDRESS_BOOK, MAY, rich
from tests.datamodel.drawn_searches import Search, criteria_of, operators, search_type, spelled
from tests.datamodel.plain_searching import LISTS, folded

SEARCHED = ("inboundCalls", "outboundCalls", ADDRESS_BOOK)
"""One table for each type of search."""

PAIRS = {"inboundCalls": 403, "outboundCalls": 382, ADDRESS_BOOK: 327}
"""Criteria times their operators; a list or a truth value counts as one."""

pytestmark = pytest.mark.law


@pytest.fixture(scope="module")
def shelved() -> Iterator[Shelf]:
    """Forty records of each table, in several versions."""
    with shelf(rich_history()) as made:
        yield made


# ---- searches that tell --------------------------------------------------------------------------------------


def met(table: str, path: Sequence[str]) -> list[Any]:
    """The values that the rich rows have in the field of a criterion, the most frequent first; empty texts last."""
    rows = rich(table)
    if path[0] in LISTS:
        rows = [element for row in rows for element in row[path[0]] or ()]
        path = path[1:]
    counted = Counter(row["_".join(path)] for row in rows if row["_".join(path)] is not None)
    return sorted(counted, key=lambda value: (value == "", -counted[value], str(value)))


def of_text(operator: str, values: Sequence[str]) -> Search:
    """A comparison of a text that finds some of these."""
    first, second, *_ = values
    match operator:
        case "REGEXP":
            return {"regexp": f"^({re.escape(first[0])}|.*{re.escape(second[-1])}$)"}
        case "EQUAL":
            return {"value": [first.upper(), second.lower()]}
        case "NOT_EQUAL":
            return {"value": [value for value in values if len(value) != 3][: len(values) // 2 + 1]}
        case "CONTAIN":
            return {"value": [first[1:], second[1:]]}
        case "START_WITH":
            return {"value": [first[:2].lower()]}
        case "END_WITH":
            return {"value": ["nothing", second[-2:].upper()]}
    return {}


def of_number(operator: str, values: Sequence[int]) -> Search:
    """A comparison of a number that finds some of these."""
    low, *_, high = sorted(values)
    middle = sorted(values)[len(values) // 2]
    match operator:
        case "BETWEEN":
            return {"valueLeft": low + 1, "valueRight": middle}
        case "EQUAL" | "NOT_EQUAL":
            return {"value": [middle, low]}
        case "CONTAIN":
            return {"value": [0, -2]}
        case "GREATER_THAN" | "LESSER_THAN" | "GREATER_EQUAL_THAN" | "LESSER_EQUAL_THAN":
            return {"value": [middle, high] if operator.startswith("GREATER") else [middle]}
    return {}


def probes(table: str, path: tuple[str, ...], kind: GraphQLInputType) -> dict[str, Any]:
    """A criterion for each operator that a field can be searched by."""
    inner, values = get_named_type(kind), met(table, path)
    if isinstance(kind, GraphQLList):
        return {"of a list": values[:2]}
    match inner.name:
        case "ComparisonString":
            return {name: {"operator": name, **of_text(name, values)} for name in operators(kind)}
        case "ComparisonNumber":
            return {name: {"operator": name, **of_number(name, values)} for name in operators(kind)}
        case "ComparisonTime" | "ComparisonDuration":
            several = sorted(values)[1:6:2] if len(values) < 9 else sorted(values)[2:9:3]
            if inner.name == "ComparisonTime":
                several = [spelled(value, way) for way, value in enumerate(several)]
            one, two, three = several
            return {
                "GREATER_THAN": {"operator": "GREATER_THAN", "value": three},
                "LESSER_THAN": {"operator": "LESSER_THAN", "value": one},
                "BETWEEN": {"operator": "BETWEEN", "valueLeft": one, "valueRight": two},
            }
    return {"true or false": path != ("callbackCall",)}


def search_of(table: str, path: tuple[str, ...], criterion: Any, turn: int) -> Search:
    """A search by one criterion; every second one looks at step 0 only."""
    search: Search = {"year": MAY.year, "month": MAY.month, "step": ("ALL", "LAST")[turn % 2]}
    if table == ADDRESS_BOOK:
        search = {}
    for name in reversed(path[1:]):
        criterion = {name: criterion}
    return search | {path[0]: criterion}


# ---- the passes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", SEARCHED)
def test_every_criterion_with_every_operator(shelved: Shelf, table: str) -> None:
    kind, key = search_type(table), "uuid" if table == ADDRESS_BOOK else "id step"
    all_of_them, disagreements = len({row[key.split()[0]] for row in rich(table)}), []
    found: dict[tuple[tuple[str, ...], str], int] = {}
    for path, of in criteria_of(kind):
        tried = probes(table, path, of)
        names = dict(zip((f"p{number}" for number in range(len(tried))), tried, strict=True))
        variables = {name: search_of(table, path, tried[names[name]], turn) for turn, name in enumerate(names)}
        declared = ", ".join(f"${name}: {kind.name}!" for name in names)
        fields = " ".join(f"{name}: {table}(search: ${name}) {{ {key} }}" for name in names)
        drawn = Drawn(f"query ({declared}) {{ {fields} }}", variables)
        expected = shelved.expected(drawn)
        disagreements += [one for one in [shelved.disagreement(drawn, expected)] if one]
        data = expected["data"]
        found |= {(path, names[name]): len(data[name]) for name in names}
    assert not disagreements, "\n\n".join(disagreements)
    assert len(found) == PAIRS[table]
    # It could fail: what is searched for tells most records from others.
    silent = {pair: count for pair, count in found.items() if count in {0, all_of_them}}
    assert len(silent) < len(found) / 10, silent


@pytest.mark.parametrize("name", sorted(LISTS))
def test_one_element_must_meet_what_is_asked_of_a_list(shelved: Shelf, name: str) -> None:
    lists = {row["uuid"]: row[name] or () for row in rich(ADDRESS_BOOK)}
    apart = 0
    for value in met(ADDRESS_BOOK, (name, "value"))[:4]:
        for type_ in met(ADDRESS_BOOK, (name, "type")):
            criteria = {name: {"value": {"operator": "EQUAL", "value": [value]}, "type": [type_]}}
            source = "query ($of: SearchAddressBookContact!) { addressBookContacts(search: $of) { uuid } }"
            drawn = Drawn(source, {"of": criteria})
            expected = shelved.expected(drawn)
            assert not shelved.disagreement(drawn, expected)
            like = folded(value)
            with_value = {uuid for uuid, held in lists.items() if any(folded(e["value"] or "") == like for e in held)}
            with_type = {uuid for uuid, held in lists.items() if any(e["type"] == type_ for e in held)}
            apart += len(with_value & with_type) > len(expected["data"]["addressBookContacts"])
    # Some contacts have the one in one element and the other in another.
    assert apart > 1


@pytest.mark.parametrize("table", SEARCHED)
def test_every_sort_key_in_both_directions(shelved: Shelf, table: str) -> None:
    sorting = get_named_type(search_type(table).fields["sorting"].type)
    assert isinstance(sorting, GraphQLInputObjectType)
    keys = get_named_type(sorting.fields["key"].type)
    assert isinstance(keys, GraphQLEnumType)
    assert len(keys.values) == (30 if table == ADDRESS_BOOK else 51)
    month = "" if table == ADDRESS_BOOK else f"year: {MAY.year} month: {MAY.month} step: LAST "
    key, orders, disagreements = "uuid" if table == ADDRESS_BOOK else "id", set(), []
    for name in keys.values:
        fields = " ".join(
            f"{way}: {table}(search: {{ {month}sorting: {{ key: {name} direction: {way} }} }}) {{ {key} }}"
            for way in ("ASC", "DESC")
        )
        drawn = Drawn(f"{{ {fields} }}")
        expected = shelved.expected(drawn)
        disagreements += [one for one in [shelved.disagreement(drawn, expected)] if one]
        orders |= {str(order) for order in expected["data"].values()}
    assert not disagreements, "\n\n".join(disagreements)
    # Sorting matters: hardly two keys give the same order.
    assert len(orders) > 2 * len(keys.values) - 5
