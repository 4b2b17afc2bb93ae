"""Values of any kind, which no documented table has, become columns of JSON text."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.tvox.upstream import Tvox
from tabular.errors import UpstreamWrong
from tabular.table import Type
from tests.connectors.tvox.answering import InProcess, read, upstreams

Record = dict[str, Any]

LOOSE = """
scalar Time
scalar Long
scalar StringMap
type Query { things(search: Search, pagination: Pagination): [Thing!]! }
input Search { name: String }
input Pagination { limit: Int offset: Int }
type Thing {
  id: Int!
  weight: Float
  serial: Long
  map: StringMap
  tags: [String!]
  part: Part
  parts: [Part!]
  any: Any
  shown: Shown
}
type Part { name: String more: [Thing!] serial: Long size(unit: String!): Int }
union Any = Thing | Part
interface Shown { name: String }
"""
THING: Record = {
    "id": 1,
    "weight": None,
    "serial": None,
    "map": None,
    "tags": None,
    "part": None,
    "parts": None,
    "any": None,
    "shown": None,
}


@pytest.fixture
def things(tmp_path: Path) -> Iterator[Tvox]:
    """A TVox of things."""
    with upstreams(tmp_path) as opened:
        opened.schemas.remember(LOOSE)
        yield opened.of(lambda source, variables: b"")[0]


def thing(tvox: Tvox, body: bytes) -> Record:
    """The one row of things that a body is read as."""
    table = next(table for table in tvox.tables() if table.name == "things")
    rows: list[Record] = read(tvox, body, table).rows.to_pylist()
    assert len(rows) == 1
    return rows[0]


def test_values_of_any_kind_become_json_text(things: Tvox) -> None:
    table = next(table for table in things.tables() if table.name == "things")
    assert {field.name: field.type for field in table.fields} == {
        "id": Type.INTEGER,
        "weight": Type.NUMBER,
        "serial": Type.TEXT,
        "map": Type.JSON,
        "tags": Type.JSON,
        "part_name": Type.TEXT,
        "part_more": Type.JSON,
        "part_serial": Type.TEXT,
        "parts": Type.JSON,
        "any": Type.JSON,
        "shown": Type.JSON,
    }
    full = THING | {
        "weight": 3,
        "serial": 2**60,
        "map": {"b": '"', "a": [None, 1.5, True, "😀"]},
        "tags": ["", "x\x00"],
        "part": {"name": "p", "more": [{"id": 2}], "serial": "s"},
        "parts": [{"name": None, "more": None, "serial": False}, {"name": "q", "more": [], "serial": 0.5}],
        "any": {"__typename": "Part"},
        "shown": {"name": "n"},
    }
    assert thing(things, json.dumps({"data": {"rows": [full]}}).encode()) == {
        "id": 1,
        "weight": 3.0,
        "serial": str(2**60),
        "map": '{"b":"\\"","a":[null,1.5,true,"😀"]}',
        "tags": '["","x\\u0000"]',
        "part_name": "p",
        "part_more": '[{"id":2}]',
        "part_serial": "s",
        "parts": [{"name": None, "more": None, "serial": "false"}, {"name": "q", "more": "[]", "serial": "0.5"}],
        "any": '{"__typename":"Part"}',
        "shown": '{"name":"n"}',
    }
    nothing = json.dumps({"data": {"rows": [THING]}}).encode()
    assert set(thing(things, nothing).values()) == {1, None}


def test_what_is_asked_of_deeper_objects_ends_somewhere(things: Tvox) -> None:
    thing(things, json.dumps({"data": {"rows": [THING]}}).encode())
    assert isinstance(things._sends, InProcess)
    document = things._sends.asked[0]
    assert things.knows(document)
    more = "more { id weight serial map tags parts { name serial } any { __typename } shown { name } }"
    assert f"part {{ name {more} serial }}" in document.replace("part { name serial } parts", "parts")
    assert "any { __typename } shown { name } }" in document


@pytest.mark.parametrize(
    ("field", "value", "came"),
    [
        ("weight", "NaN", "NaN is no number"),
        ("weight", "-Infinity", "-Infinity is no number"),
        ("weight", "1e400", "1e400 is too large a number"),
        ("weight", '"3"', 'rows[0].weight is "3", where a number was expected'),
        ("map", '{"a":1,"a":2}', "a came twice in one object"),
        ("map", "[1e400]", "1e400 is too large a number"),
        ("map", '"\\ud800"', 'rows[0].map is ""?"", where text was expected'),
        ("colour", "1", "rows[0].colour came, which was not asked for"),
        ("parts", '["x"]', 'rows[0].parts[0] is "x", where an object was expected'),
        ("part", "[]", "rows[0].part is a list, where an object was expected"),
    ],
)
def test_values_of_any_kind_are_refused_likewise(things: Tvox, field: str, value: str, came: str) -> None:
    body = json.dumps({"data": {"rows": [THING | {field: "@"}]}}).replace('"@"', value).encode()
    with pytest.raises(UpstreamWrong) as refused:
        thing(things, body)
    assert refused.value.came == came
