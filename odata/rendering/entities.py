"""Rows as JSON objects, built from whole Arrow columns: no value passes through Python."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from odata.rendering.control import Control


@dataclass(frozen=True, slots=True)
class Member:
    """A member of each object, which a column of the batches holds: its name, and how the column is to be read.

    `is_json` says that the column's texts are JSON already: nested entities, counts of them and such. `is_optional`
    leaves the member out wherever it is null, whatever the client would like: annotations are there or not.
    """

    name: str
    is_json: bool = False
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Constant:
    """A member that is the same JSON in every object, and needs no column."""

    name: str
    json: str


@dataclass(frozen=True, slots=True)
class Spelling:
    """How values are spelt in the service's text formats, which whoever brings the rows knows.

    `escaped` makes a text column the inside of JSON strings, `instants` a column of UTC without a zone RFC 3339 text
    without its Z, and `text_bytes` joins a text column without nulls end to end, but for the first bytes.
    """

    escaped: Callable[[pa.Array], pa.Array]
    instants: Callable[[pa.Array], pa.Array]
    text_bytes: Callable[[pa.Array, int], bytes]


def entities(
    batches: Iterable[pa.RecordBatch], members: Sequence[Member | Constant], control: Control, spelling: Spelling
) -> Iterator[bytes]:
    """The objects of all rows, separated by commas, in a piece for each batch that has rows.

    The batches have a column for each Member, in the same order. Times are instants of UTC, with a zone in their type
    or without.
    """
    begun = False
    for batch in batches:
        if batch.num_rows:
            yield spelling.text_bytes(_objects(batch, members, control, spelling), 0 if begun else 1)
            begun = True


def _objects(
    batch: pa.RecordBatch, members: Sequence[Member | Constant], control: Control, spelling: Spelling
) -> pa.Array:
    """Each row as `,{…}`."""
    own = [member for member in members if isinstance(member, Member)]
    columns = dict(zip(own, batch.columns, strict=True))
    written: list[_Written] = []
    for member in members:
        if isinstance(member, Constant):
            written.append(_Written(_key(member.name) + member.json, None, "", may_lack=False))
            continue
        column = columns[member]
        if not _is_absent(member, column, control):
            written.append(_Written.of(member, column, control, spelling))
    # A comma stands behind each member before the first one that every row has, and before each one behind it.
    first = next((place for place, member in enumerate(written) if not member.may_lack), None)
    if first is None:
        return _without_certain(written, batch.num_rows)
    pieces = _Pieces(",{")
    for place, one in enumerate(written):
        pieces.add(one, "," if place > first else "", "," if place < first else "")
    pieces.text("}")
    return pieces.joined(batch.num_rows)


def _without_certain(written: "Sequence[_Written]", count: int) -> pa.Array:
    """Rows of which each may lack any member: the first comma is cut off again."""
    pieces = _Pieces("")
    for member in written:
        pieces.add(member, ",", "")
    inside = pc.binary_replace_slice(pieces.joined(count), 0, 1, "")
    return pc.binary_join_element_wise(",{", inside, "}", "")


def _key(name: str) -> str:
    return json.dumps(name, ensure_ascii=False) + ":"


def _is_absent(member: Member, column: pa.Array, control: Control) -> bool:
    """Whether no row has the member."""
    return column.null_count == len(column) and (member.is_optional or control.without_nulls)


@dataclass(frozen=True, slots=True)
class _Written:
    """A member's key and values as JSON: `before` and `behind` stand around each value that is not null.

    A member without values is the same everywhere.
    """

    before: str
    values: pa.Array | None
    behind: str
    may_lack: bool

    @classmethod
    def of(cls, member: Member, column: pa.Array, control: Control, spelling: Spelling) -> "_Written":
        values, is_quoted = _spelt(column, member.is_json, control.exact, spelling)
        quote = '"' if is_quoted else ""
        may_lack = bool(values.null_count) and (member.is_optional or control.without_nulls)
        return cls(_key(member.name) + quote, values, quote, may_lack)


class _Pieces:
    """Constant text and columns of text that, joined row by row, are the objects."""

    def __init__(self, opening: str) -> None:
        self._parts: list[pa.Array | str] = [opening]

    def text(self, text: str) -> None:
        """Add what is the same in every row."""
        if isinstance(self._parts[-1], str):
            self._parts[-1] += text
        else:
            self._parts.append(text)

    def add(self, member: _Written, opening: str, closing: str) -> None:
        """Add a member between two texts, which are absent where it is."""
        values, before, behind = member.values, opening + member.before, member.behind + closing
        if values is None:
            self.text(before + behind)
        elif not values.null_count:
            self.text(before)
            self._parts.append(values)
            self.text(behind)
        elif member.may_lack:
            self._parts.append(pc.fill_null(pc.binary_join_element_wise(before, values, behind, ""), ""))
        else:
            key = before.removesuffix('"') if member.behind else before
            self.text(key)
            whole = pc.binary_join_element_wise('"', values, '"', "") if member.behind else values
            self._parts.append(pc.fill_null(whole, "null"))
            self.text(closing)

    def joined(self, count: int) -> pa.Array:
        """The objects, of which there are `count`."""
        if len(self._parts) == 1:
            return pa.repeat(pa.scalar(self._parts[0], pa.string()), count)
        return pc.binary_join_element_wise(*self._parts, "")


def _spelt(column: pa.Array, is_json: bool, exact: bool, spelling: Spelling) -> tuple[pa.Array, bool]:
    """A column as text, nulls as nulls, and whether quotes stand around each value."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _spelt(column.cast(kind.value_type), is_json, exact, spelling)
    if pa.types.is_null(kind):
        return column.cast(pa.string()), False
    if is_json:
        return column.cast(pa.string()), False
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return spelling.escaped(column.cast(pa.string())), True
    if pa.types.is_timestamp(kind):
        # Without a zone Arrow's instants are those of UTC.
        utc = column.cast(pa.timestamp(kind.unit))
        return pc.binary_join_element_wise(spelling.instants(utc), "Z", ""), True
    if pa.types.is_date(kind):
        return column.cast(pa.string()), True
    if pa.types.is_floating(kind):
        return _numbers(column), False
    if pa.types.is_integer(kind) or pa.types.is_decimal(kind) or pa.types.is_boolean(kind):
        return column.cast(pa.string()), exact and (pa.types.is_decimal(kind) or kind.bit_width == 64)
    raise TypeError(f"no column of type {kind} is part of an answer")


def _numbers(column: pa.Array) -> pa.Array:
    """Numbers as JSON; those that JSON has not are strings (OData JSON 4.01, 7.1)."""
    text = column.cast(pa.string())
    if pc.all(pc.is_finite(column), skip_nulls=True, min_count=0).as_py():
        return text
    values = pc.fill_null(column, 0.0).to_numpy(zero_copy_only=False)
    others = np.select([np.isnan(values), np.isposinf(values), np.isneginf(values)], ['"NaN"', '"INF"', '"-INF"'], "")
    found = pa.array(others, pa.string())
    return pc.if_else(pc.equal(found, ""), text, found)
