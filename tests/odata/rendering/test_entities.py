"""Rows as objects: what a JSON reader reads back is what was in the columns."""

import json
import math
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from odata.accepting import Amount, Kind, answer_type
from odata.rendering import Constant, Control, Member, addresses_of, entities, with_types
from tests.odata.rendering.spelt import SPELLING

MOMENT = datetime(2020, 5, 1, 8, 39, 49, 123000)


PLAIN = Control()


def written(columns: dict[str, pa.Array], control: Control = PLAIN, **flags: frozenset[str]) -> str:
    """Columns as one batch, written; `json` and `optional` name the members that are so."""
    members = [Member(name, name in flags.get("json", ()), name in flags.get("optional", ())) for name in columns]
    batch = pa.record_batch(list(columns.values()), names=list(columns))
    return b"".join(entities([batch], members, control, SPELLING)).decode()


ROW = {
    "id": pa.array(['a "b"\n'], pa.string()),
    "count": pa.array([2**53 + 1], pa.int64()),
    "small": pa.array([7], pa.int32()),
    "share": pa.array([0.5]),
    "price": pa.array([Decimal("1.50")], pa.decimal128(9, 2)),
    "open": pa.array([True]),
    "at": pa.array([MOMENT], pa.timestamp("us")),
    "day": pa.array([date(2020, 5, 1)]),
    "steps": pa.array(['[{"n":1}]'], pa.string()),
}
STEPS = frozenset({"steps"})


def test_every_kind_of_value_is_written_as_odata_has_it() -> None:
    assert written(ROW, json=STEPS) == (
        '{"id":"a \\"b\\"\\n","count":9007199254740993,"small":7,"share":0.5,"price":1.50,"open":true,'
        '"at":"2020-05-01T08:39:49.123Z","day":"2020-05-01","steps":[{"n":1}]}'
    )


def test_exact_numbers_are_strings_where_they_are_asked_for() -> None:
    media = answer_type("application/json;IEEE754Compatible=true", None, Kind.DATA)
    found = json.loads(written(ROW, Control.of(media, "4.0"), json=STEPS))
    assert (found["count"], found["price"], found["small"], found["share"]) == ("9007199254740993", "1.50", 7, 0.5)


def test_numbers_that_json_has_not_are_strings() -> None:
    values = pa.array([math.nan, math.inf, -math.inf, None, -0.0, 1e300])
    found = json.loads("[" + written({"x": values}) + "]")
    assert [row["x"] for row in found] == ["NaN", "INF", "-INF", None, -0.0, 1e300]


def test_times_are_those_of_utc_with_a_fraction_where_there_is_one() -> None:
    rome = timezone(timedelta(hours=2))
    whole = pa.array([datetime(2020, 5, 1, 10, 0, tzinfo=rome), None], pa.timestamp("us", "Europe/Rome"))
    assert written({"at": whole}) == '{"at":"2020-05-01T08:00:00Z"},{"at":null}'


def test_nulls_are_left_out_where_that_is_asked_for() -> None:
    columns = {"a": pa.array([None, "x"]), "b": pa.array([1, None]), "c": pa.array([None, None], pa.int64())}
    certain = {"id": pa.array([1, 2])}
    control = Control(without_nulls=True)
    assert written(columns, control) == '{"b":1},{"a":"x"}'
    assert written({**columns, **certain}, control) == '{"b":1,"id":1},{"a":"x","id":2}'
    assert written({**certain, **columns}, control) == '{"id":1,"b":1},{"id":2,"a":"x"}'
    assert written({"c": columns["c"]}, control) == "{},{}"
    assert written(columns) == '{"a":null,"b":1,"c":null},{"a":"x","b":null,"c":null}'


def test_annotations_are_there_or_not() -> None:
    control = Control("4.01")
    columns = {
        control.name("count", of="steps"): pa.array([3, 0]),
        "steps": pa.array(["[{},{}]", "[]"]),
        control.name("nextLink", of="steps"): pa.array(["https://t/calls(1)/steps?$skip=2", None]),
    }
    assert written(columns, control, json=STEPS, optional=frozenset({"steps@nextLink"})) == (
        '{"steps@count":3,"steps":[{},{}],"steps@nextLink":"https://t/calls(1)/steps?$skip=2"},{"steps@count":0,"steps":[]}'
    )


def test_full_metadata_adds_addresses_and_types() -> None:
    control = Control(amount=Amount.FULL)
    ids = pa.array(["a/'b", "x"])
    members = [
        Constant(control.name("type"), '"#Tables.call"'),
        Member(control.name("id")),
        *with_types([Member("id"), Member("at")], {"id": "Edm.String", "at": "Edm.DateTimeOffset"}, control),
    ]
    batch = pa.record_batch(
        [addresses_of("calls", [("id", ids)]), ids, pa.array([MOMENT] * 2, pa.timestamp("us"))], names=["i", "id", "at"]
    )
    found = json.loads(b"[" + b"".join(entities([batch], members, control, SPELLING)) + b"]")
    assert [list(row) for row in found] == [["@odata.type", "@odata.id", "id", "at@odata.type", "at"]] * 2
    assert found[0]["@odata.id"] == "calls('a%2F''b')"
    assert found[0]["at@odata.type"] == "#DateTimeOffset"


def test_batches_follow_each_other_and_empty_ones_write_nothing() -> None:
    batch = pa.record_batch([pa.array([1, 2])], names=["n"])
    pieces = list(entities([batch[:0], batch, batch[:0], batch[1:]], [Member("n")], Control(), SPELLING))
    assert pieces == [b'{"n":1},{"n":2}', b',{"n":2}']


def test_a_slice_of_a_batch_is_written_as_such() -> None:
    columns = {name: pa.concat_arrays([column, column, column])[1:2] for name, column in ROW.items()}
    assert written(columns, json=STEPS) == written(ROW, json=STEPS)


def test_members_and_columns_are_as_many() -> None:
    batch = pa.record_batch([pa.array([1])], names=["n"])
    with pytest.raises(ValueError, match="zip"):
        list(entities([batch], [Member("n"), Member("m")], Control(), SPELLING))


TEXTS = st.text(st.characters(codec="utf-8"), max_size=6) | st.sampled_from(["\0", '"', "\\", "\u2028", "é"])
TIMES = st.datetimes(datetime(1902, 1, 1), datetime(2200, 1, 1))
KINDS: dict[str, tuple[pa.DataType, st.SearchStrategy[object]]] = {
    "text": (pa.string(), TEXTS),
    "integer": (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    "number": (pa.float64(), st.floats()),
    "boolean": (pa.bool_(), st.booleans()),
    "time": (pa.timestamp("us", "UTC"), TIMES.map(lambda moment: moment.replace(tzinfo=UTC))),
    "json": (pa.string(), st.lists(st.integers(0, 9), max_size=3).map(lambda items: json.dumps({"é": items}))),
}


def as_read(kind: str, value: object, control: Control) -> object:
    """What a JSON reader finds where a value was written."""
    match value:
        case float() if math.isnan(value):
            return "NaN"
        case float() if math.isinf(value):
            return "INF" if value > 0 else "-INF"
        case int() if kind == "integer" and control.exact:
            return str(value)
        case str() if kind == "json":
            return json.loads(value)
    return value


@pytest.mark.law
@given(st.data())
def test_what_is_written_is_read_back(data: st.DataObject) -> None:
    kinds = data.draw(st.lists(st.sampled_from(list(KINDS)), min_size=1, max_size=5))
    drawn = [st.none() | KINDS[kind][1] if data.draw(st.booleans()) else KINDS[kind][1] for kind in kinds]
    rows = data.draw(st.lists(st.tuples(*drawn), max_size=6))
    control = Control(exact=data.draw(st.booleans()), without_nulls=data.draw(st.booleans()))
    optional = [data.draw(st.booleans()) for _ in kinds]
    names = [f'm"{place}' for place in range(len(kinds))]
    members = [Member(*one) for one in zip(names, [kind == "json" for kind in kinds], optional, strict=True)]
    arrays = [pa.array([row[place] for row in rows], KINDS[kind][0]) for place, kind in enumerate(kinds)]
    batch = pa.record_batch(arrays, names=names)
    cut = data.draw(st.integers(0, len(rows)))
    text = b"[" + b"".join(entities([batch[:cut], batch[cut:]], members, control, SPELLING)) + b"]"
    found = json.loads(text)
    expected = [
        {
            name: as_read(kind, value, control)
            for name, kind, value, may_go in zip(names, kinds, row, optional, strict=True)
            if value is not None or not (may_go or control.without_nulls)
        }
        for row in rows
    ]
    for row, wanted in zip(found, expected, strict=True):
        assert list(row) == list(wanted)
        for name, value in wanted.items():
            if isinstance(value, datetime):
                assert row[name].endswith("Z")
                assert datetime.fromisoformat(row[name]) == value
            else:
                assert row[name] == value
