"""Many rows as objects: the same bytes as each value written alone, whatever is shared, cut and copied on the way."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from random import Random

import numpy as np
import pyarrow as pa
import pytest

from odata.rendering import Constant, Control, Member, entities
from odata.rendering.entities import SLICE_ROWS
from odata.rendering.nested import objects
from odata.rendering.texts import Texts
from tests.odata.rendering.spelt import SPELLING

ROWS = 2 * SLICE_ROWS + 77
JSON, OPTIONAL = frozenset({"steps"}), frozenset({"steps", "note"})
STATES = ["HANGUP", 'a "b"', "back\\slash", "line\nend", "\x01\x1f", "è\u2028😀", "", "null"]


def drawn() -> dict[str, pa.Array]:
    """Columns of every kind, and for each the values that are near the ends of a way to write it."""
    random = Random(7)  # noqa: S311  # nothing secret

    def some(values: list[object], kind: pa.DataType, nulls: float = 0.3) -> pa.Array:
        picked = [None if random.random() < nulls else random.choice(values) for _ in range(ROWS)]
        return pa.array(picked, kind)

    def moments(begin: datetime, seconds: int, nulls: float = 0.3, step: int = 1_000_000) -> pa.Array:
        found = [begin + timedelta(microseconds=step * random.randrange(seconds)) for _ in range(ROWS)]
        return some(list(found), pa.timestamp("us"), nulls)

    utc = moments(datetime(2026, 3, 28, 23), 90_000)
    return {
        "status": some([*STATES], pa.string()),
        "id": pa.array([f'{number} "{number % 7}"' for number in range(ROWS)]),
        "service": some([*STATES], pa.string(), 0),
        "kind": some([*STATES], pa.string()).dictionary_encode(),
        "large": some([*STATES], pa.large_string()),
        "late": pa.array([None] * 400 + [f"x{number}" for number in range(ROWS - 400)]),
        "none": pa.nulls(ROWS, pa.int64()),
        "step": some([*range(5)], pa.int64()),
        "tiny": some([*range(-128, 128)], pa.int8()),
        "small": some([-(2**31), 2**31 - 1], pa.int32()),
        "lowest": some([-(2**63), -(2**63) + 3], pa.int64()),
        "highest": some([2**63 - 1, 2**63 - 3], pa.int64(), 0),
        "widest": some([-(2**63), 2**63 - 1], pa.int64()),
        "unsigned": some([2**64 - 1, 2**64 - 9], pa.uint64()),
        "share": some([0.5, -1.25], pa.float64()),
        "open": some([True, False], pa.bool_()),
        "at": utc,
        "sure": moments(datetime(1969, 12, 30, 23, 59), 200_000, 0),
        "zoned": utc.cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us", "Europe/Rome")),
        "first": moments(datetime(1, 1, 1), 90_000),
        "last": moments(datetime(9999, 12, 30), 172_800),
        "fraction": moments(datetime(2026, 1, 1), 90_000, step=1_000_500),
        "century": moments(datetime(1902, 1, 1), 3_000_000_000),
        "coarse": moments(datetime(2026, 1, 1), 90_000).cast(pa.timestamp("s")),
        "steps": some(['[{"n":1}]', "[]"], pa.string(), 0.5),
        "note": some([*STATES], pa.string(), 0.9),
    }


COLUMNS = drawn()


@cache
def alone(name: str, exact: bool) -> list[str | None]:
    """Each value of a column as JSON, None for null."""
    column = COLUMNS[name]

    def spelt(value: object) -> str:
        if name in JSON:
            return str(value)
        if isinstance(value, datetime):
            text = (value.astimezone(UTC) if value.tzinfo else value).replace(tzinfo=None).isoformat()
            return f'"{text.rstrip("0").rstrip(".") if "." in text else text}Z"'
        text = json.dumps(value, ensure_ascii=False)
        is_long = pa.types.is_integer(column.type) and column.type.bit_width == 64
        return f'"{text}"' if exact and is_long else text

    return [None if value is None else spelt(value) for value in column.to_pylist()]


def expected(names: Sequence[str], control: Control, begin: int = 0, count: int = ROWS) -> list[str]:
    """The objects of some rows, each of its values alone."""
    cells = {name: alone(name, control.exact)[begin : begin + count] for name in names}
    rows = []
    for number in range(count):
        members = []
        for name, values in cells.items():
            value = values[number]
            if value is not None or not (control.without_nulls or name in OPTIONAL):
                members.append(f'"{name}":{"null" if value is None else value}')
        rows.append("{" + ",".join(members) + "}")
    return rows


def batch_of(names: Sequence[str]) -> tuple[pa.RecordBatch, list[Member]]:
    members = [Member(name, name in JSON, name in OPTIONAL) for name in names]
    return pa.record_batch([COLUMNS[name] for name in names], names=list(names)), members


CONTROLS = [Control(exact=exact, without_nulls=omits) for exact in (False, True) for omits in (False, True)]


@pytest.mark.parametrize("control", CONTROLS, ids=lambda one: f"exact={one.exact} without_nulls={one.without_nulls}")
@pytest.mark.parametrize("names", [[*COLUMNS], [*COLUMNS][::-1], ["note", "status", "at", "step", "late"]], ids=len)
def test_many_rows_are_the_bytes_of_each_value_alone(names: list[str], control: Control) -> None:
    batch, members = batch_of(names)
    wanted = expected(names, control)
    pieces = list(entities([batch], members, control, SPELLING))
    assert b"".join(pieces).decode() == ",".join(wanted)
    assert len(pieces) == 3
    assert objects(batch, members, control, SPELLING).to_pylist() == [f",{row}" for row in wanted]


@pytest.mark.parametrize("name", list(COLUMNS))
def test_each_column_alone_in_slices_of_any_place_and_length(name: str) -> None:
    """A row that may lack its only member is an empty object."""
    batch, members = batch_of([name])
    for begin, count in ((0, 1), (3, 63), (5, 64), (401, 1000), (11, ROWS - 13)):
        for control in (Control(), Control(exact=True, without_nulls=True)):
            found = b"".join(entities([batch[begin : begin + count]], members, control, SPELLING)).decode()
            assert found == ",".join(expected([name], control, begin, count))


def test_constants_stand_between_members_as_full_metadata_have_them() -> None:
    names = ["status", "at", "step", "id"]
    batch, members = batch_of(names)
    typed = [one for member in members for one in (Constant(f"{member.name}@type", '"#T"'), member)]
    found = json.loads(b"[" + b"".join(entities([batch], typed, Control(without_nulls=True), SPELLING)) + b"]")
    wanted = [json.loads(row) for row in expected(names, Control(without_nulls=True))]
    told = {f"{name}@type": "#T" for name in names}
    assert found == [row | told for row in wanted]
    assert next(iter(found[0])) == "status@type"


def test_batches_of_other_offsets_and_buffers_follow_each_other() -> None:
    batch, members = batch_of([*COLUMNS])
    cuts = [0, 1, 9, 600, SLICE_ROWS + 600, ROWS]
    parts = [batch[begin:end] for begin, end in pairwise(cuts)]
    whole = b"".join(entities([batch], members, Control(), SPELLING))
    assert b"".join(entities(parts, members, Control(), SPELLING)) == whole


def test_texts_follow_each_other_whether_they_are_few_many_or_the_same() -> None:
    texts, count = Texts(400), 400
    few = np.arange(count, dtype=np.int32) % 3
    own = pa.array([f"<{number}>" for number in range(count)])
    known = np.arange(count) % 2 == 0
    texts.same("a")
    texts.few(["x", "y", "z"], few)
    texts.few(["0", "1", "2"], few[::-1].copy())
    texts.many(own, np.arange(count, dtype=np.int32)[::-1].copy(), known)
    texts.few([str(number) for number in range(300)], few)
    texts.few(["p", "q", "r"], few)
    texts.own(own)
    texts.same("b")
    rows = texts.rows()
    wanted = [
        f"a{'xyz'[n % 3]}{(399 - n) % 3}{f'<{399 - n}>' if n % 2 == 0 else ''}{n % 3}{'pqr'[n % 3]}<{n}>b"
        for n in range(count)
    ]
    assert rows.joined().to_pylist() == wanted
    assert [one for part in rows.slices(7) for one in part.joined().to_pylist()] == wanted
    assert replace(rows, num_rows=0, parts=[0]).joined().to_pylist() == []


def test_years_of_five_letters_are_the_bytes_of_each_row_alone() -> None:
    """No day of them has the ten letters of those that are made once."""
    begin = int(datetime(9999, 12, 31, 23, 58, tzinfo=UTC).timestamp())
    moments = pa.array([(begin + number) * 1_000_000 for number in range(300)], pa.timestamp("us"))
    batch = pa.record_batch([moments], names=["at"])
    whole = b"".join(entities([batch], [Member("at")], Control(), SPELLING))
    one_by_one = (batch[number : number + 1] for number in range(len(batch)))
    assert whole == b"".join(entities(one_by_one, [Member("at")], Control(), SPELLING))
