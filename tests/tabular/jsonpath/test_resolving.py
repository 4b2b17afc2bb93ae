"""`$..name` made exact by the shape of the document, where that leaves no doubt."""

from typing import Any

import pytest

from tabular.jsonpath import Contents, Shape, compiled
from tabular.jsonpath.ir import Child, Descend, Dialect, Name, Path, Wild
from tabular.jsonpath.reading import path_of
from tabular.jsonpath.resolving import resolve


def leaf(name: str, contents: Contents = Contents.SCALAR) -> Shape:
    return Shape(name, contents=contents)


TEL = Shape("tel", (leaf("value"), leaf("id")), lists=1)
CALL = (leaf("id"), TEL, Shape("contact", (Shape("mail", (leaf("value"),), lists=2),)))
CENTRE = Shape("", (Shape("data", (Shape("calls", CALL, lists=2),)),))
WITH_JSON = Shape("", (*CENTRE.children, leaf("extensions", Contents.JSON)))

DOCUMENT: dict[str, Any] = {
    "data": {
        "calls": [
            [{"id": 1, "tel": [{"value": "a", "id": 2}], "contact": {"mail": [[{"value": "m"}], [{"value": "n"}]]}}],
            [{"id": 3, "tel": [{"value": "b", "id": 4}], "contact": None}, {"id": 5, "tel": None}],
        ]
    }
}


def resolved(text: str, shape: Shape) -> Path:
    return resolve(path_of(text, Dialect.RFC9535), shape)


def ways(path: Path) -> str:
    """The path as text: a dot before a name, an asterisk for a wildcard, two dots for a descent that is left."""
    spelt = ""
    for segment in path.segments:
        assert isinstance(segment, Child | Descend)
        spelt += ".." if isinstance(segment, Descend) else "."
        spelt += ",".join(
            each.name if isinstance(each, Name) else "*" if isinstance(each, Wild) else "?"
            for each in segment.selectors
        )
    return spelt


@pytest.mark.parametrize(
    ("path", "way"),
    [
        ("$..calls", ".data.calls"),
        ("$..calls[*][*]", ".data.calls.*.*"),
        ("$..tel", ".data.calls.*.*.tel"),
        ("$..mail", ".data.calls.*.*.contact.mail"),
        ("$..calls[*]..mail[*][*].value", ".data.calls.*.*.contact.mail.*.*.value"),
        ("$..calls[0][?@.id]..mail", ".data.calls.?.?.contact.mail"),
        ("$..value", "..value"),
        ("$..id", "..id"),
        ("$..*", "..*"),
        ("$..nothing", "."),
        ("$..calls..id", ".data.calls..id"),
        ("$.data.calls.tel..value", ".data.calls.tel..value"),
    ],
)
def test_a_descent_becomes_the_only_way_that_there_is(path: str, way: str) -> None:
    assert ways(resolved(path, CENTRE)) == way
    assert compiled(path, "@,~,^~", shape=CENTRE).pluck(DOCUMENT) == compiled(path, "@,~,^~").pluck(DOCUMENT)


def test_whatever_json_there_is_may_hold_any_name() -> None:
    document = DOCUMENT | {"extensions": {"tel": 7}}
    assert ways(resolved("$..tel", WITH_JSON)) == "..tel"
    assert ways(resolved("$.data..tel", WITH_JSON)) == ".data.calls.*.*.tel"
    (found,) = compiled("$..tel", "@", shape=WITH_JSON).pluck(document)
    assert found[0] == 7 or found[-1] == 7


def test_names_in_two_places_come_in_the_order_of_the_document() -> None:
    (found,) = compiled("$..id", "@", shape=CENTRE).pluck(DOCUMENT)
    assert found == [1, 2, 3, 4, 5]
