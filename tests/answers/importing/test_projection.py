"""Types of columns are known before anything is asked: whatever a document of a shape holds, they are right."""

import json
import re
from datetime import datetime

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from answers.importing.projection import Projection, array_of
from answers.importing.reaching import leaves_of, reached
from answers.importing.selection import Kind, Spot, shape_of
from tabular.errors import ColumnsWrong, PathWrong
from tabular.jsonpath import Budget, Dialect, compiled, select
from tabular.jsonpath.limits import MOST_DESCENTS
from tabular.jsonpath.reading import path_of
from tabular.table import Type

VALUES = {
    Type.TEXT: st.sampled_from(["", "a", "12", "è\n"]),
    Type.INTEGER: st.integers(-3, 3),
    Type.NUMBER: st.sampled_from([0.5, -2.0, 3]),
    Type.BOOLEAN: st.booleans(),
    Type.TIME: st.sampled_from(["2020-05-01T08:39:49Z", "2020-05-01T08:39:49.5Z"]),
}
NAMES = ("a", "b", "length")


def tree() -> Spot:
    """`{data: {a: [[{a: text, b: {a: integer, b: time}, length: [number]}]], b: {a: boolean, b: JSON}}}`."""

    def value(name: str, type_: Type) -> Spot:
        return Spot(name, Kind.VALUE, None, type_)

    def of(name: str, kind: Kind, *below: Spot) -> Spot:
        spot = Spot(name, kind, below=list(below))
        for one in below:
            one.above = spot
        return spot

    inner = of("b", Kind.OBJECT, value("a", Type.INTEGER), value("b", Type.TIME))
    numbers = of("length", Kind.LIST, value("", Type.NUMBER))
    element = of("", Kind.OBJECT, value("a", Type.TEXT), inner, numbers)
    lists = of("a", Kind.LIST, of("", Kind.LIST, element))
    beside = of("b", Kind.OBJECT, value("a", Type.BOOLEAN), Spot("b", Kind.JSON))
    return of("", Kind.OBJECT, of("data", Kind.OBJECT, lists, beside))


TREE = tree()
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from(["x", "7"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=2),
    max_leaves=5,
)


def documents(spot: Spot) -> st.SearchStrategy[object]:
    """What may lie at a spot."""
    match spot.kind:
        case Kind.OBJECT:
            whole = st.fixed_dictionaries({one.name: documents(one) for one in spot.below})
            return whole if spot.above is None else st.none() | whole
        case Kind.LIST:
            return st.none() | st.lists(documents(spot.below[0]), max_size=3)
        case Kind.VALUE:
            return st.none() | VALUES[spot.type]
    return ANY_JSON


STEPS = ("['data']", ".a", ".b", "['length']", "..a", "..b", "[0]", "[-1]", "[*]", "[1:]", "[?@.a]", "..[*]", "[0,1]")
WAYS = ("a", "b", ".length", "[0]", "[-1]", "[*]", "[0:2]", "..a", "'b'")
paths = (
    st.lists(st.sampled_from(STEPS), max_size=4)
    .map(lambda steps: "$" + "".join(steps))
    .filter(lambda path: path.count("..") <= MOST_DESCENTS)
)
columns = st.tuples(
    st.sampled_from(["", "", "$", "^", "^^", "^^^"]),
    st.lists(st.sampled_from(WAYS), max_size=3).map(".".join),
    st.sampled_from(["", "", "", "~"]),
).map("".join)


@given(path=paths, document=documents(TREE))
def test_a_path_finds_nothing_where_it_can_lead_nowhere(path: str, document: object) -> None:
    spots = reached(path_of(path, Dialect.RFC9535).segments, [TREE])
    if select(path, document):
        assert spots
        # And what it finds is what lies there.
        kinds = {spot.kind for spot in spots}
        if Kind.JSON not in kinds:
            for value in select(path, document):
                if value is not None:
                    found = Kind.OBJECT if isinstance(value, dict) else Kind.LIST if isinstance(value, list) else None
                    assert (found or Kind.VALUE) in kinds


@given(path=paths, column=columns, document=documents(TREE))
def test_every_cell_is_of_its_columns_type(path: str, column: str, document: object) -> None:
    column = column or "@"
    try:
        projection = Projection(TREE, path, column, Dialect.RFC9535)
    except (ColumnsWrong, PathWrong) as refused:
        if not re.search("does not select|leads to nothing", str(refused)):
            raise
        (cells,) = compiled(path, column).pluck(document)
        event("refused, and rightly so" if cells else "refused")
        if set(cells) - {None}:
            raise
        return
    (heading,) = projection.headings
    batch = projection.batch(document, "Europe/Rome", Budget())
    assert batch.num_rows == len(select(path, document))
    if heading.column.type is Type.JSON:
        for value in batch.column(0).to_pylist():
            assert value is None or isinstance(json.loads(value), dict)


@given(path=paths, document=documents(TREE))
def test_the_leaves_of_rows_show_all_that_is_in_them(path: str, document: object) -> None:
    spots = reached(path_of(path, Dialect.RFC9535).segments, [TREE])
    assume(spots)
    projection = Projection(TREE, path, "", Dialect.RFC9535)
    assert tuple(heading.name for heading in projection.headings) == leaves_of(spots)
    assert projection.batch(document, "UTC", Budget()).num_rows == len(select(path, document))


def test_a_shape_is_what_the_compiler_takes() -> None:
    shape = shape_of(TREE).children[0]
    assert [(one.name, one.lists, one.contents.value) for one in shape.children] == [
        ("a", 2, "object"),
        ("b", 0, "object"),
    ]
    assert [one.contents.value for one in shape.children[1].children] == ["scalar", "json"]


@pytest.mark.parametrize(
    ("values", "type_", "expected"),
    [
        (["1", 2, None], Type.INTEGER, [1, 2, None]),
        (["1.5", 2], Type.NUMBER, [1.5, 2.0]),
        ([True, 0.5, {"a": "è"}], Type.TEXT, ["true", "0.5", '{"a": "è"}']),
        (["2020-05-01", None], Type.TIME, ["2020-05-01T02:00:00+02:00", None]),
        (["2020-05-01T08:00:00+03:00"], Type.TIME, ["2020-05-01T07:00:00+02:00"]),
        (["2020-05-01T08:00:00"], Type.TIME, ["2020-05-01T10:00:00+02:00"]),
    ],
)  # fmt: skip
def test_what_a_tvox_spells_otherwise_is_read_too(values: list[object], type_: Type, expected: list[object]) -> None:
    found = array_of(values, type_, "Europe/Rome").to_pylist()
    assert [one.isoformat() if isinstance(one, datetime) else one for one in found] == expected


@pytest.mark.parametrize(("value", "type_"), [("x", Type.INTEGER), ("yes", Type.BOOLEAN), ("may", Type.TIME)])
def test_what_is_not_of_its_type_is_no_cell(value: object, type_: Type) -> None:
    with pytest.raises(ValueError, match=str(value)):
        array_of([value], type_, "UTC")
