"""Reading: the JSON of a TVox's answer becomes Arrow batches and counts, and what cannot be true is refused."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connectors.tvox.leaves import Leaf
from connectors.tvox.selection import Selection, Tree
from connectors.tvox.times import instants
from connectors.tvox.wire import Wrong, data_in, loose_data_in, read_again
from store.layout import arrow_schema, arrow_type
from tabular.table import Field, Grain, Type


@dataclass(frozen=True, slots=True)
class Listed:
    """A list that was asked for: what of each record, whether in lists of steps, and how many elements at most."""

    selection: Selection
    nested: bool
    limit: int | None


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that came, laid out as the store takes them, and how many elements they were."""

    batch: pa.RecordBatch
    elements: int


@dataclass(frozen=True, slots=True)
class Answered:
    """What came under each name."""

    rows: Mapping[str, Rows]
    counts: Mapping[str, int]


def read(body: bytes, lists: Mapping[str, Listed], counts: Collection[str] = ()) -> Answered:
    """The lists and the counts that were asked for under these names.

    Raises Wrong with what came instead; QueryRefused where errors came without any data.
    """
    kind = pa.struct([*((name, _kind(listed)) for name, listed in lists.items()), *((n, pa.int64()) for n in counts)])
    data = _tight(body, lists, kind) if any(one.selection.loose for one in lists.values()) else data_in(body, kind)
    rows = {name: _rows(data[name].values, listed, name) for name, listed in lists.items()}
    found = {name: int(data[name].as_py()) for name in counts}
    for name, count in found.items():
        if count < 0:
            raise Wrong(f"{name} is {count}, where a count was expected")
    return Answered(rows, found)


def _kind(listed: Listed) -> pa.DataType:
    rows = pa.list_(listed.selection.wire)
    return pa.list_(rows) if listed.nested else rows


# JSON columns


def _tight(body: bytes, lists: Mapping[str, Listed], kind: pa.StructType) -> pa.StructScalar:
    """An answer that holds any JSON values somewhere: these become text first, one by one, then all is read as one."""
    data = loose_data_in(body)
    for name, listed in lists.items():
        for record in _records(data.get(name)):
            for leaf in listed.selection.loose:
                _tighten(record, leaf.path, leaf)
    return read_again(data, kind)


def _records(found: Any) -> Iterator[dict[str, Any]]:
    """The records of a list, or of lists in it; what is none is refused later."""
    for one in found if isinstance(found, list) else ():
        if isinstance(one, dict):
            yield one
        else:
            yield from _records(one)


def _tighten(record: Any, path: tuple[str, ...], leaf: Leaf) -> None:
    for name in path[:-1]:
        record = record.get(name) if isinstance(record, dict) else None
    value = record.get(path[-1]) if isinstance(record, dict) else None
    if value is None:
        return
    if leaf.items:
        for element in _records(value):
            for item in leaf.items:
                if item.is_loose:
                    _tighten(element, item.path, item)
    elif leaf.kind is Type.JSON or not isinstance(value, str):
        record[path[-1]] = json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# Columns


def _rows(found: pa.ListArray, listed: Listed, name: str) -> Rows:
    elements = len(found)
    if listed.limit is not None and elements > listed.limit:
        raise Wrong(f"{name} has {elements} elements, where {listed.limit} were asked for")
    if found.null_count:
        raise Wrong(f"{name} has an element that is null")
    records, lengths = found, None
    if listed.nested:
        lengths = pc.list_value_length(found).to_numpy(zero_copy_only=False)
        records = found.flatten()
        if records.null_count:
            raise Wrong(f"{name} has a step that is null")
    selection = listed.selection
    columns = dict(_spread(records, selection.tree))
    arrays = [_column(field, leaf, columns, len(records)) for field, leaf in selection.fields]
    batch = pa.RecordBatch.from_arrays(arrays, schema=arrow_schema(selection.table))
    _check_keys(batch, selection, lengths)
    return Rows(batch, elements)


def _spread(records: pa.StructArray, tree: Tree) -> Iterator[tuple[tuple[str, ...], pa.Array]]:
    """The leaves of records by their paths; what lies in a null object is null."""
    for inside, array in zip(tree.values(), records.flatten(), strict=True):
        if isinstance(inside, Leaf):
            yield inside.path, array
        else:
            yield from _spread(array, inside)


def _column(field: Field, leaf: Leaf | None, columns: Mapping[tuple[str, ...], pa.Array], count: int) -> pa.Array:
    kind = arrow_type(field)
    if leaf is None:
        return pa.nulls(count, kind)
    if not field.items:
        return _values(columns[leaf.path], field.type, kind, ".".join(leaf.path))
    return _lists(columns[leaf.path], field, leaf, kind)


def _lists(lists: pa.ListArray, field: Field, leaf: Leaf, kind: pa.ListType) -> pa.ListArray:
    """Lists of records with all items that the field keeps, in its order."""
    elements = lists.values
    came = {item.path[0]: array for item, array in zip(leaf.items, elements.flatten(), strict=True)}
    arrays = [
        _values(came[name], of, part.type, f"{field.name}.{name}")
        if name in came
        else pa.nulls(len(elements), part.type)
        for (name, of), part in zip(field.items, kind.value_type, strict=True)
    ]
    structs = pa.StructArray.from_arrays(arrays, fields=list(kind.value_type), mask=elements.is_null())
    return pa.ListArray.from_arrays(lists.offsets, structs, type=kind, mask=lists.is_null())


def _values(values: pa.Array, of: Type, kind: pa.DataType, path: str) -> pa.Array:
    if of is Type.TIME:
        return instants(values, path)
    if pa.types.is_floating(values.type) and not pc.all(pc.is_finite(values), min_count=0).as_py():
        raise Wrong(f"{path} holds what is no number")
    try:
        return values.cast(kind)
    except pa.ArrowInvalid as failure:
        raise Wrong(f"{path} holds a number that is too large") from failure


# What cannot be


def _check_keys(batch: pa.RecordBatch, selection: Selection, lengths: "np.ndarray[Any, Any] | None") -> None:
    """Refuse a page in which a row has no key, two have the same, or an interaction comes twice."""
    key = selection.table.key
    if not key:
        return
    for name in key:
        if batch.column(name).null_count:
            raise Wrong(f"a row has no {name}")
    keys = pa.table([batch.column(name) for name in key], names=list(key))
    _check_distinct(keys, key[0])
    if lengths is not None and selection.table.grain is Grain.STEP:
        places = pa.array(np.repeat(np.arange(len(lengths)), lengths))
        pairs = pa.table([places, keys.column(0)], names=["place", key[0]])
        steps = pairs.group_by(["place", key[0]], use_threads=False).aggregate([])
        if len(pc.unique(steps.column("place"))) < len(steps):
            raise Wrong("the steps of two interactions came as one")
        _check_distinct(steps.select([key[0]]), key[0])


def _check_distinct(keys: pa.Table, name: str) -> None:
    counted = keys.group_by(keys.column_names, use_threads=False).aggregate([([], "count_all")])
    if len(counted) < len(keys):
        twice = counted.filter(pc.greater(counted.column("count_all"), 1)).column(name)[0]
        raise Wrong(f"{twice} came twice in one page")
