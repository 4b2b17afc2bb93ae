"""The language of columns, in both styles."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tabular.errors import ColumnsWrong, PathTooLong
from tabular.jsonpath import Contents, Dialect, Shape, Style, compiled

ROW: dict[str, Any] = {
    "id": 7,
    "first name": "Ann",
    "x,y": "comma",
    "wait": "42 s",
    "at": "2020-05-01T10:00:00+02:00",
    "none": None,
    "tel": [{"value": "1", "type": "WORK"}, {"value": None}, {"type": "HOME"}],
    "tags": ["a", 2.0, None, True],
    "long": {"text": "x" * 60},
    "nested": [[1], [2, 3]],
}
DOCUMENT = {"total": 3, "rows": [ROW]}


def cell(column: str, style: Style = Style.NATIVE) -> object:
    (found,) = compiled("$.rows[*]", [column], style=style).pluck(DOCUMENT)
    return found[0]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("id", 7),
        ("@.id", 7),
        ("'first name'", "Ann"),
        ('"x%2cy"', "comma"),
        ("['first name']", "Ann"),
        ("missing", None),
        ("id.deeper", None),
        ("wait>n", 42),
        ("id > n", 7),
        ("none>n", None),
        ("at>d", datetime(2020, 5, 1, 8, tzinfo=UTC)),
        ("id>d", datetime(1970, 1, 1, 0, 0, 0, 7000, tzinfo=UTC)),
        ("wait>d", None),
        ("tel[0].value", "1"),
        ("tel.0.value", "1"),
        ("tel[-1].type", "HOME"),
        ("tel[9].type", None),
        ("tel.length", 3),
        ("tel[*].value", "1,null"),
        ("tel.*.type", "WORK,HOME"),
        ("tel..type", "WORK,HOME"),
        ("tel[1:].type", "HOME"),
        ("tel[?@.type=='WORK'].value", "1"),
        ("tel[*].nothing", None),
        ("tel[*]", '[{"value":"1","type":"WORK"},{"value":null},{"type":"HOME"}]'),
        ("tags", "a,2,null,true"),
        ("long", '{"text":"' + "x" * 60 + '"}'),
        ("nested", "[[1],[2,3]]"),
        ("nested[*][*]", "1,2,3"),
        ("$.total", 3),
        ("$.rows[*].id", "7"),
        ("~", 0),
        ("^~", "rows"),
        ("^^.total", 3),
        ("^^^^^.total", 3),
        ("^^^~", None),
        ("tel.~", "tel"),
        ("none.~", None),
        ("tel[0].value.^.type", "WORK"),
        ("tel[*]~", "0,1,2"),
        ("tel[0].value.^^~", "tel"),
    ],
)
def test_a_column_finds(column: str, value: object) -> None:
    assert cell(column) == value
    assert type(cell(column)) is type(value)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("tel[-1].type", None),
        ("tel.0.value", None),
        ("~", "0"),
        ("long", '{"text":"' + "x" * 41 + "..."),
        ("none.x", None),
    ],
)
def test_the_drop_in_writes_as_importjsonapi_does(column: str, value: object) -> None:
    assert cell(column, Style.IMPORTJSONAPI) == value


@pytest.mark.parametrize(
    ("columns", "offset"),
    [
        ("", 0),
        ("id,,at", 3),
        ("id,first name", 8),
        ("id.$.x", 3),
        ("id,~.x", 4),
        ("tel..", 5),
        ("tel[x]", 3),
        ("tel[1:2:3:4]", 3),
        ("tel[?@.a=]", 3),
        ("tel[?", 3),
        ("'id", 0),
        ("id>x", 2),
        ("id`", 2),
    ],
)
def test_a_wrong_column_is_told_with_its_place(columns: str, offset: int) -> None:
    with pytest.raises(ColumnsWrong) as refused:
        compiled("$", columns)
    assert refused.value.offset == offset, refused.value.message


def test_columns_are_counted() -> None:
    with pytest.raises(PathTooLong, match="columns"):
        compiled("$", ["id"] * 65)
    with pytest.raises(ColumnsWrong):
        compiled("$", [])


def test_headings_are_the_columns_as_written() -> None:
    plucker = compiled("$", " id ,'x%2Cy',tel[?@.a=='1,2'].b, ^.id")
    assert [heading.name for heading in plucker.columns] == ["id", "x,y", "tel[?@.a=='1,2'].b", "^.id"]


def test_the_filter_of_a_column_is_of_the_rows_dialect() -> None:
    column = "tel[?type = WORK].value"
    assert compiled("$.rows[*]", column, Dialect.NG).pluck(DOCUMENT) == [["1"]]
    with pytest.raises(ColumnsWrong):
        compiled("$.rows[*]", column)


def leaf(name: str) -> Shape:
    return Shape(name, contents=Contents.SCALAR)


def test_without_columns_each_leaf_is_one() -> None:
    tel = Shape("tel", (leaf("value"), leaf("type")), lists=1)
    row = (leaf("id"), Shape("tags", lists=1, contents=Contents.SCALAR), tel, Shape("long", (leaf("text"),)))
    shape = Shape("", (leaf("total"), Shape("rows", row, lists=1)))
    plucker = compiled("$..rows[*]", None, shape=shape)
    names = [heading.name for heading in plucker.columns]
    assert names == ["id", "tags", "tel[*].value", "tel[*].type", "long.text"]
    assert [cells[0] for cells in plucker.pluck(DOCUMENT)][:4] == [7, "a,2,null,true", "1,null", "WORK,HOME"]
    assert [heading.name for heading in compiled("$..rows[*]", None).columns] == ["@"]


def test_more_rows_than_a_block_keep_their_order() -> None:
    document = [{"id": number, "in": {"x": [number]}} for number in range(1_000)]
    ids, inner, keys = compiled("$[*]", "id,in.x[0],~").pluck(document)
    assert ids == inner == keys == list(range(1_000))
