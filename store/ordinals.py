"""Ordinals: every interaction's place in the order of its month, given while its rows stream past."""

from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc


class Ordinals:
    """Adds the column `_ordinal` to batches and watches whether they come strictly in the order of the key.

    Rows of one interaction share an ordinal. `in_order` is known when the batches are through; where it is False the
    ordinals mean nothing and the partition has to be put in order.
    """

    def __init__(self, key: tuple[str, ...]) -> None:
        self.in_order = bool(key)
        self._key = key
        self._next = 0
        self._last: pa.RecordBatch | None = None

    def through(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The batches with their ordinals as first column."""
        for batch in batches:
            if batch.num_rows:
                yield batch.add_column(0, "_ordinal", self._ordinals(batch))

    def _ordinals(self, batch: pa.RecordBatch) -> pa.Array:
        if not self._key:
            numbers = pa.array(range(self._next, self._next + batch.num_rows), pa.int64())
            self._next += batch.num_rows
            return numbers
        columns = [batch.column(name) for name in self._key]
        before = [
            self._before(i, name, column) for i, (name, column) in enumerate(zip(self._key, columns, strict=True))
        ]
        begins = pc.fill_null(pc.not_equal(columns[0], before[0]), True)
        if self.in_order:
            self.in_order = _ascends(before, columns)
        ordinals = pc.add(pc.cumulative_sum(begins.cast(pa.int64())), self._next - 1)
        self._next = ordinals[-1].as_py() + 1
        self._last = batch.slice(batch.num_rows - 1)
        return ordinals

    def _before(self, place: int, name: str, column: pa.Array) -> pa.Array:
        """The same column one row earlier; the first row looks back at the last batch."""
        first = pa.nulls(1, column.type) if self._last is None else self._last.column(name)
        return pa.concat_arrays([first, column.slice(0, len(column) - 1)])


def _ascends(before: list[pa.Array], columns: list[pa.Array]) -> bool:
    """Whether every row's key is greater than the row's before it; nothing is greater than a null."""
    greater: pa.Array | None = None
    for earlier, column in reversed(list(zip(before, columns, strict=True))):
        larger, equal = pc.greater(column, earlier), pc.equal(column, earlier)
        greater = larger if greater is None else pc.or_kleene(larger, pc.and_kleene(equal, greater))
    assert greater is not None
    # A single row has none before it: it is in order.
    ascends = pc.all(greater, skip_nulls=True, min_count=0).as_py()
    return bool(ascends) and not any(column.null_count for column in columns)
