"""What the Data Model is asked: documents laid out as the vendor's documentation lays out its examples."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from graphql import GraphQLObjectType, get_introspection_query, get_named_type

from datamodel.catalogue import documented_schema
from tabular.month import Month

ROUNDS = 15
VARIANTS = ROUNDS + 4
"""Of a question that is another one every round: one for each round, one for the round not counted, three rehearsed."""

_FOUR = "id\nstep\nstartTime\nendTime"
_BY_ID = "sorting: { key: ID, direction: ASC }"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked in a round, and how many milliseconds the answer may take.

    `peer` asks the peer too, `equal` when its answer must be ours; `calls` are in the answer where that is known.
    """

    what: str
    document: Callable[[int], str]
    at_most: float | None = None
    peer: bool = False
    equal: bool = True
    calls: int | None = None
    variables: Callable[[int], dict[str, object]] | None = None

    def body(self, variant: int) -> bytes:
        """The question as a request's JSON."""
        body: dict[str, object] = {"query": self.document(variant)}
        if self.variables is not None:
            body["variables"] = self.variables(variant)
        return json.dumps(body).encode()


def questions(month: Month, calls: int, ids: Sequence[str]) -> dict[str, Question]:
    """The questions about a month of about `calls` calls; `ids` are some of them, one for each variant."""
    middle = calls // 2

    def moved(variant: int) -> int:
        return (variant + 1) * (middle // VARIANTS)

    def page(limit: int, offset: int, fields: str, *more: str) -> str:
        pagination = f"pagination: {{ limit: {limit}, offset: {offset} }}"
        return f"query {{\ninboundCalls(\n{_search(month, pagination, *more)}\n) {{\n{fields}\n}}\n}}\n"

    def count(variant: int) -> str:
        day = f"{month}-{variant + 1:02}"
        return f"query {{\ninboundCallsCount(\n{_search(month, _between(day, day))}\n)\n}}\n"

    def by_variables(variant: int) -> dict[str, object]:
        pagination = {"limit": 100, "offset": moved(variant)}
        sorting = {"key": "ID", "direction": "ASC"}
        return {"search": {"year": month.year, "month": month.month, "pagination": pagination, "sorting": sorting}}

    leaves = every_leaf()
    everything = "\n".join(leaves)
    first_half, nearly_all = (
        _between(f"{month}-{first:02}", f"{month}-{last:02}") for first, last in ((1, 15), (2, 27))
    )
    contain = 'cli: {\noperator: CONTAIN\nvalue: ["347"]\n}'
    longest = "sorting: { key: TOTAL_DURATION, direction: DESC }"
    return {
        "full": Question(
            "1,000 calls in the middle of the month, all fields",
            lambda _: page(1000, middle, everything),
            at_most=60,
            peer=True,
            calls=1000,
        ),
        "full, moved": Question(
            "  at another offset every round", lambda variant: page(1000, moved(variant), everything), calls=1000
        ),
        "example": Question(
            "100 calls, 4 fields, by ID, of days 1 to 15 (the document's own)",
            lambda _: page(100, 0, _FOUR, _BY_ID, first_half),
            at_most=6,
            peer=True,
            calls=100,
        ),
        "middle": Question(
            "  of days 2 to 27, in the middle of the month",
            lambda _: page(100, middle, _FOUR, _BY_ID, nearly_all),
            peer=True,
            calls=100,
        ),
        "plain": Question(
            "  of any day, in the middle of the month",
            lambda _: page(100, middle, _FOUR, _BY_ID),
            at_most=6,
            peer=True,
            calls=100,
        ),
        "plain, moved": Question(
            "  of any day, at another offset every round",
            lambda variant: page(100, moved(variant), _FOUR, _BY_ID),
            calls=100,
        ),
        "plain, by variables": Question(
            "  of any day, at another offset every round, in variables",
            lambda _: f"query ($search: SearchInteraction!) {{\ninboundCalls(search: $search) {{\n{_FOUR}\n}}\n}}\n",
            calls=100,
            variables=by_variables,
        ),
        "one": Question(
            "one call by id, 4 fields, another every round",
            lambda variant: f'query {{\ninboundCall(id: "{ids[variant]}") {{\n{_FOUR}\n}}\n}}\n',
            at_most=4,
            peer=True,
        ),
        "count": Question("how many calls a day had, another every round", count, at_most=5, peer=True),
        "contain": Question(
            "1,000 calls, all fields with 347 in their cli", lambda _: page(1000, 0, everything, contain)
        ),
        "longest": Question(
            "1,000 calls, all fields, by TOTAL_DURATION downwards",
            lambda _: page(1000, 0, everything, longest),
            calls=1000,
        ),
        "introspection": Question(
            "the introspection query", lambda _: get_introspection_query(), peer=True, equal=False
        ),
        "me": Question("{ me { name } }", lambda _: "query { me { name } }"),
    }


def every_leaf(kind: str = "InboundInteraction") -> list[str]:
    """The selection of all fields of a type, objects with theirs in braces."""
    of = documented_schema().type_map[kind]
    assert isinstance(of, GraphQLObjectType)
    chosen = []
    for name, field in of.fields.items():
        named = get_named_type(field.type)
        inner = every_leaf(named.name) if isinstance(named, GraphQLObjectType) else None
        chosen.append(name if inner is None else f"{name} {{ {' '.join(inner)} }}")
    return chosen


def _search(month: Month, *more: str) -> str:
    return "\n".join(["search: {", f"year: {month.year}", f"month: {month.month}", *more, "}"])


def _between(first: str, last: str) -> str:
    left, right = (f'"{day}T00:00:00Z"' for day in (first, last))
    return f"startTime: {{\noperator: BETWEEN\nvalueLeft: {left}\nvalueRight: {right}\n}}"
