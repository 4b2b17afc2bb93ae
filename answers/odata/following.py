"""Batches of entities are given what is related to them, as JSON: read for a whole batch at once, never one by one."""

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from answers.odata.expanding import OPTION
from answers.odata.expands import Expand, members_of, needed, patterns_of
from answers.odata.identifying import identified, written
from answers.odata.reaching import beside_of, partitions_of
from odata.model import EntitySet
from odata.options import Form
from odata.rendering import Control, Spelling
from odata.rendering.nested import arrays, objects, single_objects
from store.patience import Patience
from store.related import COUNT, PLACE, SHOWN, Related
from store.store import Store
from tabular.errors import OptionWrong
from tabular.month import Month

MOST_BYTES = 400_000_000
"""What is related to a batch may be so large, once read and again as text; beyond it the batch is halved."""


@dataclass(frozen=True, slots=True)
class Following:
    """How related entities are read and written: as those that they are related to.

    `version` is the store's that the parents were read at; `months` are those of their partitions, where known.
    """

    store: Store
    version: int
    control: Control
    spelling: Spelling
    patience: Patience | None = None
    months: Set[Month | None] | None = None
    most_bytes: int = MOST_BYTES


class _TooLarge(Exception):
    """What is related to some rows is more than fits."""


def expanded(
    batches: Iterable[pa.RecordBatch],
    entity_set: EntitySet,
    expands: Sequence[Expand],
    shown: Sequence[str],
    following: Following,
) -> Iterator[pa.RecordBatch]:
    """The columns `shown` of each batch, and behind them those that `members_of` the expands names.

    Batches are of entities of the set, their columns called as its properties, among them those `needed`. An array is
    empty, an object null where nobody is related. Raises BadPattern before anything is read, SnapshotGone, TookTooLong,
    OptionWrong where what is related to one entity alone is too large.
    """
    for pattern in patterns_of(expands):
        following.store.check_pattern(pattern)
    for batch in batches:
        yield from _pieces(batch, entity_set, expands, shown, following)


def _pieces(
    batch: pa.RecordBatch,
    entity_set: EntitySet,
    expands: Sequence[Expand],
    shown: Sequence[str],
    following: Following,
) -> Iterator[pa.RecordBatch]:
    try:
        added = _added(batch, entity_set, expands, following)
    except _TooLarge as failure:
        if batch.num_rows < 2:
            problem = f"it leads from one entity to more than {following.most_bytes // 1_000_000} MB"
            raise OptionWrong(OPTION, expands[0].place, problem, "Ask for fewer, by $top and $select.") from failure
        half = batch.num_rows // 2
        yield from _pieces(batch.slice(0, half), entity_set, expands, shown, following)
        yield from _pieces(batch.slice(half), entity_set, expands, shown, following)
        return
    names = [*shown, *(member.name for member in members_of(expands, following.control))]
    yield pa.RecordBatch.from_arrays([*(batch.column(name) for name in shown), *added], names=names)


def _added(batch: pa.RecordBatch, source: EntitySet, expands: Sequence[Expand], following: Following) -> list[pa.Array]:
    """The columns that expands add to a batch, in the order of `members_of`."""
    return [column for expand in expands for column in _followed(batch, source, expand, following)]


def _followed(batch: pa.RecordBatch, source: EntitySet, expand: Expand, following: Following) -> Iterator[pa.Array]:
    """The columns of one expand: how many are related, where asked, and what they are."""
    encoded = batch.column(expand.own).dictionary_encode()
    keys, whose = encoded.dictionary, encoded.indices
    columns = () if expand.form is Form.COUNT else _read(expand, following)
    rows = _related(keys, columns, source, expand, following)
    places = rows.column(PLACE).to_numpy()
    if expand.form is Form.COUNT:
        yield _counts(len(keys), places, rows.column(COUNT).to_numpy(), whose)
        return
    if COUNT in rows.schema.names:
        first = np.flatnonzero(np.diff(places, prepend=-1))
        yield _counts(len(keys), places[first], rows.column(COUNT).to_numpy()[first], whose)
        rows = rows.filter(rows.column(SHOWN))
        places = rows.column(PLACE).to_numpy()
    elif expand.counted:
        found, counts = np.unique(places, return_counts=True)
        yield _counts(len(keys), found, counts, whose)
    texts = _objects(rows, expand, following)
    if expand.navigation.many:
        lists = arrays(texts, np.searchsorted(places, np.arange(len(keys) + 1)))
        yield _taken(lists, whose, following).fill_null("[]")
        return
    row_of = np.full(len(keys), -1, np.int64)
    row_of[places[::-1]] = np.arange(len(places))[::-1]
    rows_of = pc.take(pa.array(row_of, mask=row_of < 0), whose)
    yield _taken(single_objects(texts), rows_of, following)


def _read(expand: Expand, following: Following) -> tuple[str, ...]:
    """The properties that are read of related entities: those shown, and those that lead on or identify them."""
    names = [column.name for column in expand.columns]
    names += needed(expand.expands)
    names += identified(expand.target, following.control, expand.form)
    # One is read even where none is shown: an entity that is there is no null.
    return tuple(dict.fromkeys(names)) or expand.target.type.key[:1]


def _related(
    keys: pa.Array, columns: Sequence[str], source: EntitySet, expand: Expand, following: Following
) -> pa.RecordBatch:
    store, table = following.store, expand.target.type.table
    asked = Related(
        table=table,
        by=expand.by,
        columns=tuple(table.column(name) for name in columns),
        partitions=partitions_of(source.type.table, table, keys, store, following.version, following.months),
        version=following.version,
        filter=expand.filter,
        order=expand.order,
        top=expand.top,
        skip=expand.skip,
        counted=expand.counted,
        beside=beside_of((expand.filter, *(one.value for one in expand.order)), store, following.version),
    )
    found = store.related(asked, keys, following.patience)
    if found.nbytes > following.most_bytes:
        raise _TooLarge
    before = [name for name in found.schema.names if name in (PLACE, COUNT, SHOWN)]
    named = found.rename_columns([*before, *columns])
    return pa.RecordBatch.from_arrays([_one(column) for column in named.columns], names=named.schema.names)


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def _objects(rows: pa.RecordBatch, expand: Expand, following: Following) -> pa.Array:
    """Related entities as JSON objects, each behind a comma, with what is nested in them."""
    if not rows.num_rows:
        return pa.array([], pa.string())
    control, target = following.control, expand.target
    members, columns = written(rows, target, [column.name for column in expand.columns], control, expand.form)
    members += members_of(expand.expands, control)
    columns += _added(rows, target, expand.expands, following)
    if not columns:
        return pa.repeat(pa.scalar(",{}", pa.string()), rows.num_rows)
    held = pa.RecordBatch.from_arrays(columns, names=[str(place) for place in range(len(columns))])
    if held.nbytes > following.most_bytes:
        raise _TooLarge
    return objects(held, members, control, following.spelling)


def _counts(count: int, places: "np.ndarray", counts: "np.ndarray", whose: pa.Array) -> pa.Array:
    """How many are related to each parent, from how many there are for the keys that have some."""
    of_key = np.zeros(count, np.int64)
    of_key[places] = counts
    return pc.take(pa.array(of_key), whose).fill_null(0)


def _taken(texts: pa.Array, indices: pa.Array, following: Following) -> pa.Array:
    """The text of each parent; parents that are related to the same have it each."""
    lengths = pc.take(pc.binary_length(texts), indices)
    if (pc.sum(lengths.cast(pa.int64())).as_py() or 0) > following.most_bytes:
        raise _TooLarge
    return pc.take(texts, indices)
