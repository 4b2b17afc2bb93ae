"""Targets are the fields of a table that a mapping fills; together they make its batches."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connectors.files.expression import Block, Cells, Expression, Wrong, arrow_of, as_type, gathered, spoiled
from store.layout import arrow_schema, arrow_type
from tabular.errors import nearest
from tabular.table import Column, Field, Table, Type

_MAY_BE_LEFT_OUT = "lastUpdateTime"
_CONVERSIONS = {
    Type.INTEGER: "integer(…)",
    Type.NUMBER: "number(…)",
    Type.BOOLEAN: "boolean(…)",
    Type.TIME: "time(…)",
    Type.TEXT: "text(…)",
}


@dataclass(frozen=True)
class Target:
    """A column of the table and the expression that fills it, of the column's type."""

    column: Column
    expression: Expression
    is_key: bool

    def cells(self, block: Block) -> Cells:
        """The values; an enum's unknown value and a key without a value are faults."""
        cells = block.cells(self.expression)
        column = self.column
        if column.values:
            unknown = pc.and_not(pc.is_valid(cells.values), pc.is_in(cells.values, value_set=pa.array(column.values)))
            cells = gathered([cells], spoiled(cells.values, unknown, cells.values, "is none of its values"))
        if self.is_key:
            empty = pc.is_null(cells.values)
            if column.type is Type.TEXT:
                empty = pc.or_(empty, pc.fill_null(pc.equal(cells.values, ""), True))
            missing = pc.if_else(empty, pa.scalar("is null"), pa.scalar(None, pa.string()))
            if missing.null_count < len(missing):
                cells = gathered([cells], Cells(cells.values, missing))
        if column.type is Type.INTEGER and not column.nullable and cells.values.null_count:
            # The Data Model's numbers that are never null are 0 where absent.
            cells = Cells(cells.values.fill_null(0), cells.faults, cells.repairs)
        return cells


def target(table: Table, column: Column, expression: Expression) -> Target:
    """The filling of a column. Raises Wrong where the expression has another type, or gives what is no value of it."""
    if column.type is Type.JSON:
        raise Wrong(f"{column.name} holds JSON, which is not filled from a file")
    typed = as_type(expression, column.type)
    if typed is None:
        reason = f"{column.name} holds {_a(column.type)}, the formula gives {_a(expression.type)}"
        raise Wrong(reason, f"Read it with {_CONVERSIONS[column.type]}.")
    if column.values:
        for value in sorted(expression.produces - set(column.values)):
            near = nearest(value, column.values)
            advice = f'Did you mean "{near}"?' if near else f"Its values are {', '.join(column.values)}."
            raise Wrong(f'"{value}" is no value of {column.name}', advice)
    return Target(column, typed, column.name in table.key)


def check_complete(table: Table, columns: Sequence[Column]) -> None:
    """Raises Wrong where a part of the table's key is not filled. Other fields may be left out."""
    given = {column.name for column in columns}
    for name in table.key:
        if name not in given:
            reason = f"{name} is not filled, and is part of the key of {table.name}"
            raise Wrong(reason, f'Add {name} = "…" to [columns].')


def _a(kind: Type | None) -> str:
    return "nothing" if kind is None else f"an {kind}" if kind is Type.INTEGER else f"a {kind}"


@dataclass(frozen=True)
class Filled:
    """Batch rows of a block: `faults` is null for the rows that are right, `repairs` marks changed values by label."""

    batch: pa.RecordBatch
    faults: pa.Array | None
    repairs: Mapping[str, pa.Array]


def fill(table: Table, targets: Sequence[Target], block: Block) -> Filled:
    """The rows of a block in the table's layout. Fields left out are null; integers that are never null are 0."""
    given: dict[str, list[tuple[Target, pa.Array]]] = {}
    parts = []
    for one in targets:
        cells = one.cells(block)
        given.setdefault(one.column.reading.field, []).append((one, cells.values))
        faults = cells.faults
        if faults is not None:
            # The null of a key has no value to name.
            faults = pc.binary_join_element_wise(pa.scalar(one.column.name), faults, _between(faults))
        parts.append(Cells(cells.values, faults, cells.repairs))
    filled = gathered(parts, pa.nulls(block.rows))
    never_null = {c.reading.field for c in table.columns if c.type is Type.INTEGER and not c.nullable}
    arrays = [_array(field, given.get(field.name, []), block.rows, field.name in never_null) for field in table.fields]
    return Filled(pa.RecordBatch.from_arrays(arrays, schema=arrow_schema(table)), filled.faults, filled.repairs)


def _between(faults: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(faults, "is null"), " ", ": ")


def _array(field: Field, given: Sequence[tuple[Target, pa.Array]], rows: int, zero: bool) -> pa.Array:
    if field.items:
        return _list(field, given, rows)
    if given:
        return given[0][1]
    if zero:
        return pa.repeat(pa.scalar(0, arrow_of(field.type)), rows)
    return pa.nulls(rows, arrow_type(field))


def _list(field: Field, given: Sequence[tuple[Target, pa.Array]], rows: int) -> pa.Array:
    """A list of records from its wide columns: as long as the last of a row's elements that has a value."""
    kind = arrow_type(field)
    if not given:
        return pa.nulls(rows, kind)
    cells = {(t.column.reading.index or 0, t.column.reading.item): values for t, values in given}
    width = 1 + max(index for index, _ in cells)
    lengths = np.zeros(rows, np.int64)
    for (index, _), values in cells.items():
        lengths[pc.is_valid(values).to_numpy(zero_copy_only=False) & (lengths < index + 1)] = index + 1
    offsets = np.concatenate(([0], np.cumsum(lengths)))
    owners = np.repeat(np.arange(rows), lengths)
    places = np.arange(len(owners)) - offsets[owners]
    # Element p of row r is row p * rows + r of all elements, put one index after the other.
    at = pa.array(places * rows + owners)
    items = list(_items(field, cells, width, rows))
    elements = pa.StructArray.from_arrays([item.take(at) for item in items], names=[name for name, _ in field.items])
    mask = pa.array(lengths == 0)
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), elements, mask=mask).cast(kind)


def _items(field: Field, cells: Mapping[tuple[int, str | None], pa.Array], width: int, rows: int) -> Iterator[pa.Array]:
    for name, kind in field.items:
        nothing = pa.nulls(rows, arrow_of(kind))
        yield pa.concat_arrays([cells.get((index, name), nothing) for index in range(width)])
