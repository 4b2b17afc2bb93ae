"""Laws over drawn documents and paths: what was compiled finds what the plainest reading finds."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tabular.errors import TablesError
from tabular.jsonpath import Contents, Dialect, Shape, compiled, select
from tests.tabular.jsonpath import naive
from tests.tabular.jsonpath.naive import Part, Selector

NAMES = ("a", "b", "c", "имя")
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-2, 3), st.sampled_from(["", "x", "a"]))
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)),
    max_leaves=25,
).filter(lambda document: isinstance(document, dict | list))

_bound = st.one_of(st.none(), st.integers(-3, 3))


def _sliced(start: int | None, stop: int | None, step: int | None) -> Selector:
    text = ":".join("" if bound is None else str(bound) for bound in (start, stop, step))
    return Selector(text, bounds=(start, stop, step))


SELECTORS = st.one_of(
    st.sampled_from(NAMES).map(lambda name: Selector(f"'{name}'", name=name)),
    st.integers(-3, 3).map(lambda index: Selector(str(index), index=index)),
    st.just(Selector("*")),
    st.builds(_sliced, _bound, _bound, _bound),
    st.tuples(st.sampled_from(NAMES), st.sampled_from(["==", "!=", "<="]), SCALARS).map(
        lambda drawn: Selector(f"?@['{drawn[0]}']{drawn[1]}{json.dumps(drawn[2])}", compared=drawn)
    ),
)
PARTS = st.builds(Part, st.lists(SELECTORS, min_size=1, max_size=2).map(tuple), st.sampled_from([False, False, True]))
PATHS = st.lists(PARTS, max_size=4).map(tuple).filter(lambda parts: sum(part.descends for part in parts) <= 2)
COLUMNS = st.lists(
    st.tuples(st.integers(0, 4), st.lists(st.sampled_from(NAMES), max_size=2).map(tuple), st.booleans()),
    min_size=1,
    max_size=4,
)


def spelt(parts: tuple[Part, ...]) -> str:
    return "$" + "".join(part.text for part in parts)


def in_json(value: object) -> str:
    """JSON text: true is not 1 in it."""
    return json.dumps(value)


@pytest.mark.law
@given(DOCUMENTS, PATHS)
def test_a_path_finds_what_the_plainest_reading_finds(document: Any, parts: tuple[Part, ...]) -> None:
    expected = [naive.at(document, place) for place in naive.found(document, parts)]
    assert in_json(select(spelt(parts), document)) == in_json(expected)


@pytest.mark.law
@given(DOCUMENTS, PATHS, COLUMNS)
def test_columns_hold_what_the_plainest_reading_finds_of_each_row(
    document: Any, parts: tuple[Part, ...], columns: list[tuple[int, tuple[str, ...], bool]]
) -> None:
    places = naive.found(document, parts)
    texts = [f"@{'^' * ups}{''.join(f'.{name}' for name in names)}{'~' if key else ''}" for ups, names, key in columns]
    expected = [[naive.cell(document, place, *column) for place in places] for column in columns]
    assert in_json(compiled(spelt(parts), texts).pluck(document)) == in_json(expected)


@pytest.mark.law
@given(DOCUMENTS, PATHS)
def test_a_path_of_both_dialects_finds_the_same_in_both(document: Any, parts: tuple[Part, ...]) -> None:
    try:
        found = select(spelt(parts), document, Dialect.NG)
    except TablesError:
        return
    assert in_json(found) == in_json(select(spelt(parts), document))


def _members(inner: st.SearchStrategy[Shape]) -> st.SearchStrategy[tuple[Shape, ...]]:
    return st.lists(inner, min_size=1, max_size=3, unique_by=lambda shape: shape.name).map(tuple)


def _shapes() -> st.SearchStrategy[Shape]:
    names, lists = st.sampled_from(NAMES), st.integers(0, 2)
    contents = st.sampled_from([*[Contents.SCALAR] * 8, Contents.JSON])
    inner = st.builds(Shape, names, st.just(()), lists, contents)
    for _ in range(3):
        inner = st.one_of(inner, st.builds(Shape, names, _members(inner), lists))
    return st.builds(Shape, st.just(""), _members(inner))


@st.composite
def conforming(draw: st.DrawFn, shape: Shape) -> Any:
    """A document of a shape: any of it null, members missing, lists of any length."""
    return _drawn(draw, shape, shape.lists)


def _drawn(draw: st.DrawFn, shape: Shape, lists: int) -> Any:
    if draw(st.integers(0, 9)) == 0:
        return None
    if lists:
        return [_drawn(draw, shape, lists - 1) for _ in range(draw(st.integers(0, 3)))]
    if shape.contents is Contents.SCALAR:
        return draw(SCALARS)
    if shape.contents is Contents.JSON:
        return draw(DOCUMENTS)
    kept = [child for child in shape.children if draw(st.integers(0, 9))]
    return {child.name: _drawn(draw, child, child.lists) for child in kept}


@pytest.mark.law
@given(st.data(), _shapes(), st.sampled_from(NAMES), PATHS, st.sampled_from(NAMES))
def test_a_path_made_exact_by_the_shape_finds_the_same(
    data: st.DataObject, shape: Shape, first: str, parts: tuple[Part, ...], second: str
) -> None:
    document = data.draw(conforming(shape))
    rest = "" if any(part.descends for part in parts) else f"..{second}"
    rows = f"$..{first}{spelt(parts)[1:]}{rest}" if sum(part.descends for part in parts) < 2 else f"$..{first}"
    columns = ["@", "^", "^.a", "~"]
    assert in_json(compiled(rows, columns, shape=shape).pluck(document)) == in_json(
        compiled(rows, columns).pluck(document)
    )
