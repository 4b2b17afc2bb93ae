"""The rows of a view: the answer to its question, made once and held in a store of its own beside the others."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2b

import numpy as np
import pyarrow as pa

from answers.answer import Answer
from answers.importing.importing import Import
from answers.views.viewed import Viewed
from store.layout import arrow_schema
from store.patience import Patience
from store.store import Store
from tabular.errors import ViewTooLarge
from tabular.table import Table

ORIGIN = "view"

_STORE_BYTES, _ROW_BYTES = 3_500_000, 24
"""What a store in memory takes without rows, and beside what is in a row."""


@dataclass(frozen=True, eq=False, slots=True)
class Rows:
    """The rows of a view for whoever sees it as `table`, in the store that holds nothing else, as its `version`.

    `bytes` is the memory that they take.
    """

    table: Table
    store: Store
    version: int
    bytes: int

    def looked_at(self, answer: Answer | Import) -> None:
        """Have them tell when the source was last asked: nothing else of them has changed."""
        fetched = answer.as_of
        (held,) = self.store.partitions(self.table.name)
        if fetched is not None and (held.fetched, held.settled) != (fetched, is_settled(answer)):
            with self.store.writing(ORIGIN) as writing:
                writing.confirm(self.table, None, fetched, is_settled(answer))


def version_of(viewed: Viewed, answer: Answer | Import) -> int:
    """The number that stands for the rows which the answer to a view's question has: others have another one.

    It says all that they depend on, so the same rows made again, in another process too, have it again: pages that
    name it go on.
    """
    told = f"{answer.etag} {viewed.table!r}"
    # The spelling of a moment has room for 18 digits.
    return int.from_bytes(blake2b(told.encode(), digest_size=7).digest()) + 1


def is_settled(answer: Answer | Import) -> bool:
    """Whether nothing that was read of can change any more."""
    return all(part.partition.settled for part in answer.plan.parts)


def rows_of(viewed: Viewed, answer: Answer | Import, store: Store, most: int, patience: Patience) -> Rows:
    """Make the rows, in the order of the view's question, of the store that the question is answered from.

    Raises ViewTooLarge beyond `most` bytes, SnapshotGone, TookTooLong, StoreOutOfMemory.
    """
    # Without a key nothing is put into another order.
    table, version = replace(viewed.table, key=()), version_of(viewed, answer)
    beside = store.beside(version, threads=1)
    filling = _Filling(viewed, answer, store, most, patience)
    with beside.writing(ORIGIN) as writing:
        fetched = answer.as_of or datetime.now(UTC)
        writing.replace(table, None, filling.batches(), fetched=fetched, settled=is_settled(answer))
    return Rows(viewed.table, beside, version, filling.bytes)


class _Filling:
    def __init__(self, viewed: Viewed, answer: Answer | Import, store: Store, most: int, patience: Patience) -> None:
        self.bytes = _STORE_BYTES
        self._viewed = viewed
        self._answer = answer
        self._store = store
        self._most = most
        self._patience = patience
        self._numbered = 0

    def batches(self) -> Iterator[pa.RecordBatch]:
        for batch in self._read():
            self._patience.check()
            laid = self._laid(batch)
            self.bytes += laid.nbytes + _ROW_BYTES * laid.num_rows
            if self.bytes > self._most:
                raise ViewTooLarge(self._viewed.view.name, _spelt(self._most))
            yield laid

    def _read(self) -> Iterator[pa.RecordBatch]:
        if isinstance(self._answer, Import):
            yield from self._answer.batches(self._patience)
            return
        with closing(self._store.read(self._answer.plan, self._patience)) as rows:
            yield from rows

    def _laid(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """A batch as the view's table has it."""
        columns, schema = [batch.column(place) for place in self._viewed.places], arrow_schema(self._viewed.table)
        if self._viewed.is_numbered:
            first = self._numbered + 1
            self._numbered += batch.num_rows
            columns.insert(0, pa.array(np.arange(first, self._numbered + 1, dtype=np.int64)))
        laid = [_as(column, field.type) for column, field in zip(columns, schema, strict=True)]
        return pa.RecordBatch.from_arrays(laid, schema=schema)


def _as(column: pa.Array, kind: pa.DataType) -> pa.Array:
    # A zone is only how instants are written: all are UTC.
    return column.view(kind) if pa.types.is_timestamp(column.type) else column.cast(kind)


def _spelt(size: int) -> str:
    """A size as a sentence says it.

    >>> _spelt(256_000_000), _spelt(1_500_000)
    ('256 MB', '1.5 MB')
    """
    return f"{size / 1_000_000:g} MB"
