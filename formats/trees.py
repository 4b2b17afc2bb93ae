"""Rows as the nested JSON of the Data Model, built from whole columns: no value passes through Python."""

import json
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from datamodel.shapes import Constant, Listed, Members, Object, Shape, Value
from formats.format import Times
from formats.jsontext import escaped
from formats.spelling import bytes_of, text_of, utc_text

Columns = Mapping[int | str, pa.Array]
"""Where values come from: the row's columns by their places, or an element's items by their names."""

_BETWEEN_STEPS, _BETWEEN_LISTS = ",", "],["


def elements_of(shape: Shape, places: pa.Array, columns: Sequence[pa.Array]) -> tuple[bytes, ...]:
    """The elements of the answer's list, without its brackets: objects, or for steps a list for each interaction.

    `places` says which interaction a row belongs to; rows of one follow each other. In pieces to be sent one after
    the other; none for no rows.
    """
    if not len(places):
        return ()
    separators: pa.Array | str = _BETWEEN_STEPS
    if shape.lists:
        moved = np.diff(places.to_numpy(zero_copy_only=False), prepend=-1) != 0
        separators = pc.if_else(pa.array(moved), _BETWEEN_LISTS, _BETWEEN_STEPS)
    text = _objects(shape.members, dict(enumerate(columns)), len(places), separators)
    # The first element has a separator before it too, of which only the opening bracket belongs there.
    return (bytes_of(text, skip=2), b"]") if shape.lists else (bytes_of(text, skip=1),)


def _objects(members: Members, columns: Columns, count: int, before: pa.Array | str = "") -> pa.Array:
    """Each row as the text of a JSON object, with something before it."""
    pieces = _Pieces(before)
    pieces.open(members, columns)
    joined = pieces.joined()
    return pa.repeat(joined, count) if isinstance(joined, str) else joined


class _Pieces:
    """Constant text and columns of text that, joined row by row, are the objects."""

    def __init__(self, before: pa.Array | str) -> None:
        self._parts: list[pa.Array | str] = [before]

    def open(self, members: Members, columns: Columns) -> None:
        """Add an object."""
        self._text("{")
        for number, member in enumerate(members):
            self._text(f"{',' if number else ''}{json.dumps(member.key)}:")
            self._member(member, columns)
        self._text("}")

    def joined(self) -> pa.Array | str:
        """The objects; one text if all are the same."""
        if len(self._parts) == 1:
            return self._parts[0]
        return pc.binary_join_element_wise(*self._parts, "", null_handling="replace", null_replacement="null")

    def _member(self, member: Constant | Value | Object | Listed, columns: Columns) -> None:
        match member:
            case Constant():
                self._text(member.json)
            case Value():
                self._value(columns[member.place])
            case Listed():
                self._column(_lists(member, columns[member.place]))
            case Object() if member.nullable:
                self._nullable(member, columns)
            case Object():
                self.open(member.members, columns)

    def _nullable(self, member: Object, columns: Columns) -> None:
        """An object that is null where nothing in it is known; mostly it is nowhere, or everywhere."""
        there = _is_there(member, columns)
        if there.true_count == len(there):
            self.open(member.members, columns)
        elif there.true_count:
            self._column(pc.if_else(there, _objects(member.members, columns, len(there)), None))
        else:
            self._text("null")

    def _value(self, values: pa.Array) -> None:
        kind = values.type
        if values.null_count == len(values):
            self._text("null")
            return
        if pa.types.is_timestamp(kind):
            # No time has what is to be escaped.
            self._quoted(utc_text(values), 'Z"')
        elif pa.types.is_string(kind):
            self._quoted(escaped(values), '"')
        else:
            self._column(text_of(values, Times.ISO))

    def _quoted(self, text: pa.Array, closing: str) -> None:
        if not text.null_count:
            self._text('"')
            self._column(text)
            self._text(closing)
            return
        there = text.is_valid()
        self._column(pc.if_else(there, '"', ""))
        self._column(text)
        self._column(pc.if_else(there, closing, ""))

    def _text(self, text: str) -> None:
        if isinstance(self._parts[-1], str):
            self._parts[-1] += text
        else:
            self._parts.append(text)

    def _column(self, text: pa.Array | str) -> None:
        if isinstance(text, str):
            self._text(text)
        else:
            self._parts.append(text)


def _is_there(member: Object, columns: Columns) -> pa.Array:
    """Where something in an object is known, and all that it needs."""
    there = pa.array(np.zeros(len(columns[member.known[0]]), bool))
    for place in member.known:
        there = pc.or_(there, columns[place].is_valid())
    for place in member.needed:
        there = pc.and_(there, columns[place].is_valid())
    return there


def _lists(member: Listed, lists: pa.Array) -> pa.Array:
    """Lists of records as the text of JSON arrays."""
    elements = lists.flatten()
    items: Columns = {item.name: elements.field(place) for place, item in enumerate(elements.type)}
    texts = _objects(member.members, items, len(elements))
    lengths = pc.list_value_length(lists).fill_null(0).to_numpy(zero_copy_only=False)
    offsets = np.concatenate(([0], np.cumsum(lengths))).astype(np.int32)
    joined = pc.binary_join(pa.ListArray.from_arrays(pa.array(offsets), texts), ",")
    return pc.if_else(lists.is_valid(), pc.binary_join_element_wise("[", joined, "]", ""), None)
