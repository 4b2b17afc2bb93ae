"""What the tables of records share: rows out of columns by name, and times out of seconds of a month."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray


def laid_out(columns: Mapping[str, pa.Array], count: int, layout: pa.Schema, order: tuple[str, ...] = ()) -> pa.Table:
    """Columns in this layout, null where there is none, in the order of some of them."""
    arrays = [_cell(columns.get(field.name), count, field.type) for field in layout]
    rows = pa.Table.from_arrays(arrays, schema=layout)
    if not order or not count:
        return rows
    return rows.take(pc.sort_indices(rows, [(name, "ascending") for name in order]))


def _cell(values: pa.Array | None, count: int, kind: pa.DataType) -> pa.Array:
    if values is None:
        return pa.nulls(count, kind)
    return values if values.type == kind else values.cast(kind)


def moments(seconds: NDArray[np.int64], begins: int = 0, where: NDArray[np.bool_] | None = None) -> pa.Array:
    """Times (UTC) out of seconds after `begins`, a Unix time; null where they are negative, or not in `where`."""
    absent = seconds < 0 if where is None else ~where
    return pa.array((seconds + begins) * 1_000_000, mask=absent).view(pa.timestamp("us"))


def numbers_of(values: NDArray[np.int64], where: NDArray[np.bool_]) -> pa.Array:
    """Whole numbers, null where they are not in `where`."""
    return pa.array(values.astype(np.int64), mask=~where)
