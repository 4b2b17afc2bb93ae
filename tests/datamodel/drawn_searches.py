"""Searches drawn from the schema: every criterion, every operator, values near what the rows hold."""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInputType, GraphQLList, get_named_type
from hypothesis import strategies as st

from datamodel.catalogue import documented_schema
from tests.datamodel.drawn_rows import ADDRESS_BOOK, JUNE, MAY, MOMENTS, pools
from tests.datamodel.plain_searching import LISTS, NEEDS_NOTHING, NOT_CRITERIA, without_marks

Search = dict[str, Any]
"""A search as JSON would have it: enums and times as text."""

# No \w, \b or \s: RE2 reads them as ASCII, Python as Unicode.
EXPRESSIONS = (
    "", "^a", "A$", "n+A", "[àbx]", "(?i)anna", r"\d+", r"^\d{3,4}$", "^$", "x|y", r"\(", r"\.", "^.{3}$", "É", "^[^a]",
    "(an|na){2}", "ø", r"[\[\]|]", "日", "^(?:z|Z).*[!]?$", "%", r"\\", "'",
)  # fmt: skip
BAD_EXPRESSIONS = ("(", "[a", "*a", "a{2,1}", "(?=a)", r"(a)\1", "a)", "a**")

TURNS: tuple[Callable[[str], str], ...] = (
    lambda text: text,
    str.upper,
    str.lower,
    without_marks,
    lambda text: unicodedata.normalize("NFD", text),
    lambda text: text[:2],
    lambda text: text[-2:],
    lambda text: text[1:3],
    lambda text: text + "x",
    lambda _: "",
)
"""What may become of a text before it is searched for."""


def search_type(table: str) -> GraphQLInputObjectType:
    """The type of the search of a table."""
    query = documented_schema().query_type
    assert query is not None
    kind = get_named_type(query.fields[table].args["search"].type)
    assert isinstance(kind, GraphQLInputObjectType)
    return kind


def criteria_of(
    kind: GraphQLInputObjectType, above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], GraphQLInputType]]:
    """The path and type of every criterion of a search."""
    for name, field in kind.fields.items():
        inner = get_named_type(field.type)
        if name in NOT_CRITERIA:
            continue
        if isinstance(inner, GraphQLInputObjectType) and not inner.name.startswith("Comparison"):
            yield from criteria_of(inner, (*above, name))
        else:
            yield (*above, name), field.type


def held(table: str, path: Sequence[str]) -> Sequence[Any]:
    """What the field of a criterion may hold, without null."""
    return [value for value in pools(table)["_".join(path)] if value is not None]


def operators(kind: GraphQLInputType) -> list[str]:
    """The operators of a comparison's type; none if it is no comparison."""
    inner = get_named_type(kind)
    if not isinstance(inner, GraphQLInputObjectType):
        return []
    of = get_named_type(inner.fields["operator"].type)
    assert isinstance(of, GraphQLEnumType)
    return list(of.values)


def near_texts(table: str, path: Sequence[str]) -> st.SearchStrategy[str]:
    """Texts as the field has them, turned one way or another."""
    return st.builds(lambda turn, text: turn(text), st.sampled_from(TURNS), st.sampled_from(held(table, path)))


def near_numbers(table: str, path: Sequence[str]) -> st.SearchStrategy[int]:
    """Numbers as the field has them, or beside them."""
    return st.builds(int.__add__, st.sampled_from(held(table, path)), st.sampled_from([0, 0, 1, -1]))


def near_times() -> st.SearchStrategy[str]:
    """Time literals in all their spellings, at the moments of the rows or beside them."""
    return st.builds(spelled, st.sampled_from(MOMENTS), st.sampled_from(range(6)))


def spelled(moment: datetime, way: int) -> str:
    """A moment as a literal: UTC, other offsets, a date alone, a moment earlier or later."""
    text = moment.isoformat()
    match way:
        case 0:
            return f"{text}Z"
        case 1:
            return f"{(moment + timedelta(hours=2)).isoformat()}+02:00"
        case 2:
            return f"{(moment - timedelta(hours=9, minutes=30)).isoformat()}-09:30"
        case 3:
            return text[:10]
        case 4:
            return f"{(moment + timedelta(microseconds=1)).isoformat()}Z"
    return f"{(moment - timedelta(seconds=1)).isoformat()}+00:00"


@st.composite
def comparisons(
    draw: st.DrawFn, table: str, path: tuple[str, ...], kind: GraphQLInputType, operator: str | None = None
) -> Search:
    """A comparison that is in order."""
    chosen = operator or draw(st.sampled_from(operators(kind)))
    near: st.SearchStrategy[Any]
    match get_named_type(kind).name:
        case "ComparisonString":
            near = near_texts(table, path)
        case "ComparisonTime":
            near = near_times()
        case _:
            near = near_numbers(table, path)
    comparison: Search = {"operator": chosen}
    if chosen == "BETWEEN":
        comparison |= {"valueLeft": draw(near), "valueRight": draw(near)}
    elif chosen == "REGEXP":
        comparison["regexp"] = draw(st.sampled_from(EXPRESSIONS))
    elif get_named_type(kind).name in {"ComparisonString", "ComparisonNumber"}:
        if chosen not in NEEDS_NOTHING or draw(st.integers(0, 3)) == 3:
            comparison["value"] = draw(st.lists(near, max_size=3))
    else:
        comparison["value"] = draw(near)
    return comparison


def criterion(table: str, path: tuple[str, ...], kind: GraphQLInputType) -> st.SearchStrategy[Any]:
    """A criterion of a search, whatever its type."""
    inner = get_named_type(kind)
    if isinstance(inner, GraphQLInputObjectType):
        return comparisons(table, path, kind)
    if isinstance(kind, GraphQLList):
        values = list(inner.values)[:5] if isinstance(inner, GraphQLEnumType) else held(table, path)
        return st.lists(st.sampled_from(values), max_size=3)
    return st.booleans()


@st.composite
def searches(draw: st.DrawFn, table: str, paged: bool = True) -> Search:
    """A search of a table that is in order: some criteria, an order, a page."""
    kind = search_type(table)
    search: Search = {}
    if table != ADDRESS_BOOK:
        month = draw(st.sampled_from([MAY] * 7 + [JUNE] * 3 + [MAY - 1]))
        search = {"year": month.year, "month": month.month}
    every = dict(criteria_of(kind))
    chosen = draw(st.lists(st.sampled_from(list(every)), max_size=3, unique=True))
    if chosen and len(chosen[0]) > 1 and draw(st.booleans()):
        # Of one object more than one thing at once: one step, one element must meet them all.
        chosen = list(dict.fromkeys([*chosen, *(path for path in every if path[:-1] == chosen[0][:-1])][:4]))
    for path in chosen:
        place = search
        for name in path[:-1]:
            place = place.setdefault(name, {})
        place[path[-1]] = draw(criterion(table, path, every[path]))
    if table != ADDRESS_BOOK:
        search |= draw(st.sampled_from([{}, {}, {"step": None}, {"step": "ALL"}, {"step": "LAST"}, {"step": "LAST"}]))
    search |= draw(idle(kind, search))
    if draw(st.booleans()):
        search["sorting"] = draw(orders(table))
    if paged and draw(st.booleans()):
        search["pagination"] = draw(pages())
    return search


def idle(kind: GraphQLInputObjectType, search: Search) -> st.SearchStrategy[Search]:
    """At times a criterion that asks nothing: null, or an object without criteria."""
    free = [name for name in kind.fields if name not in search and name not in {"year", "month"}]
    objects = [name for name in free if get_named_type(kind.fields[name].type).name.startswith("SearchA")]
    objects += [name for name in ("contact", "popup", "multiChannel", "callTag") if name in free]
    nothing = [{}, {}, {}, *({name: None} for name in free[:40:5]), *({name: {}} for name in objects)]
    return st.sampled_from(nothing + [{name: {"value": None}} for name in objects if name in LISTS])


def orders(table: str) -> st.SearchStrategy[Search | None]:
    """An order: any key, any direction, either left out."""
    keys = get_named_type(search_type(table).fields["sorting"].type)
    assert isinstance(keys, GraphQLInputObjectType)
    of = get_named_type(keys.fields["key"].type)
    assert isinstance(of, GraphQLEnumType)
    key = st.sampled_from([None, *of.values])
    direction = st.sampled_from([None, "ASC", "DESC"])
    return st.one_of(
        st.fixed_dictionaries({"key": key}, optional={"direction": direction}),
        st.fixed_dictionaries({"direction": direction}),
        st.just(None),
        st.just({}),
    )


def pages() -> st.SearchStrategy[Search | None]:
    """A page: small, whole, empty, or partly left out."""
    limit = st.sampled_from([None, 0, 1, 2, 3, 5, 1000])
    offset = st.sampled_from([None, 0, 1, 2, 4, 50])
    return st.one_of(st.fixed_dictionaries({}, optional={"limit": limit, "offset": offset}), st.just(None))


@st.composite
def wrong_searches(draw: st.DrawFn, table: str, counted: bool = False) -> Search:
    """A search with one thing that makes it an error; a search that is `counted` has no page to be wrong."""
    search = draw(searches(table))
    comparisons_ = [(path, of) for path, of in criteria_of(search_type(table)) if operators(of)]
    path, of = draw(st.sampled_from(comparisons_))
    comparison = draw(comparisons(table, path, of))
    faults = [
        "operator",
        "value",
        "expression",
        *([] if counted else ["page"]),
        *(["month"] if table != ADDRESS_BOOK else []),
    ]
    match draw(st.sampled_from(faults)):
        case "operator":
            comparison = draw(st.sampled_from([{}, {"operator": None}, {**comparison, "operator": None}]))
        case "value":
            needing = [name for name in operators(of) if name not in NEEDS_NOTHING]
            comparison = draw(comparisons(table, path, of, draw(st.sampled_from(needing))))
            needed = draw(st.sampled_from([name for name in comparison if name != "operator"]))
            comparison = {**comparison, needed: None}
            if draw(st.booleans()):
                del comparison[needed]
        case "expression":
            path, _ = draw(st.sampled_from([one for one in comparisons_ if "REGEXP" in operators(one[1])]))
            comparison = {"operator": "REGEXP", "regexp": draw(st.sampled_from(BAD_EXPRESSIONS))}
        case "page":
            wrong = [{"limit": 1001}, {"limit": -1}, {"offset": -1}, {"limit": 2**31 - 1}, {"limit": 5, "offset": -5}]
            return search | {"pagination": draw(st.sampled_from(wrong))}
        case "month":
            wrong_months = [{"month": 13}, {"month": 0}, {"month": -1}, {"month": None}, {"year": None}]
            search |= draw(st.sampled_from(wrong_months))
            return {name: value for name, value in search.items() if value is not None or name not in {"year", "month"}}
    place = search
    for name in path[:-1]:
        place[name] = dict(place.get(name) or {})
        place = place[name]
    place[path[-1]] = comparison
    return search
