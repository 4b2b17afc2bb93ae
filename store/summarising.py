"""Summaries: one row per interaction out of the rows of its steps, a column at a time."""

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from store.expressions import PATH_SEPARATOR
from store.layout import arrow_schema
from tabular.table import Field, Summarise, Table

Places = npt.NDArray[np.int64]
_NEVER = np.iinfo(np.int64)


def fields_needed(summary: Table) -> tuple[str, ...]:
    """The fields of the steps that a summary is made of."""
    return tuple(dict.fromkeys(field.of for field in summary.fields if field.of is not None))


def summarised(summary: Table, steps: pa.Table) -> pa.RecordBatch:
    """A summary's rows, laid out as `arrow_schema(summary)`, in the order of the steps.

    `steps` holds `fields_needed(summary)`, all steps of each interaction together, the most recent (0) first.
    """
    schema = arrow_schema(summary)
    if not steps.num_rows:
        return pa.RecordBatch.from_pylist([], schema=schema)
    columns = {name: steps.column(name).combine_chunks() for name in steps.column_names}
    key = next(field.of for field in summary.fields if field.summarise is Summarise.KEY)
    groups = _Groups(columns[key or ""])
    made = [groups.summary(field, columns[field.of or ""]) for field in summary.fields]
    return pa.RecordBatch.from_arrays([a.cast(f.type) for a, f in zip(made, schema, strict=True)], schema=schema)


class Summarising:
    """Makes a summary of steps while they stream past in the order of the key; of no use if they did not."""

    def __init__(self, summary: Table) -> None:
        self.made: list[pa.RecordBatch] = []
        self._summary = summary
        self._needed = list(fields_needed(summary))
        self._key = next(field.of or "" for field in summary.fields if field.summarise is Summarise.KEY)
        self._rest: pa.Table | None = None

    def through(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The batches as they came; when they are through, `made` holds the summary."""
        for batch in batches:
            steps = pa.table(batch.select(self._needed))
            steps = steps if self._rest is None else pa.concat_tables([self._rest, steps])
            # The last interaction may go on in the next batch.
            whole = _last_begin(steps.column(self._key).combine_chunks())
            self.made.append(summarised(self._summary, steps.slice(0, whole)))
            self._rest = steps.slice(whole)
            yield batch
        if self._rest is not None:
            self.made.append(summarised(self._summary, self._rest))


def _last_begin(keys: pa.Array) -> int:
    """Where the last run of equal keys begins."""
    others = pc.fill_null(pc.not_equal(keys, keys[-1]), True).to_numpy(zero_copy_only=False)
    before = np.flatnonzero(others)
    return int(before[-1]) + 1 if len(before) else 0


class _Groups:
    """The interactions of a block of steps: where each begins."""

    def __init__(self, keys: pa.Array) -> None:
        self._rows = len(keys)
        differs = pc.fill_null(pc.not_equal(keys.slice(1), keys.slice(0, self._rows - 1)), True)
        begins = differs.to_numpy(zero_copy_only=False)
        self._begins: Places = np.concatenate([[0], np.flatnonzero(begins) + 1]).astype(np.int64)

    def summary(self, field: Field, values: pa.Array) -> pa.Array:
        """One field of every interaction, of the values of its steps."""
        match field.summarise:
            case Summarise.KEY:
                return values.take(pa.array(self._begins))
            case Summarise.COUNT:
                return pa.array(np.diff(self._begins, append=self._rows))
            case Summarise.COUNT_SET:
                return pa.array(np.add.reduceat(_set(values).astype(np.int64), self._begins))
            case Summarise.ANY:
                return pa.array(np.logical_or.reduceat(_set(values), self._begins))
            case Summarise.SUM:
                return pa.array(np.add.reduceat(_numbers(values, 0), self._begins))
            case Summarise.EARLIEST:
                return self._extreme(np.minimum, values, _NEVER.max)
            case Summarise.LATEST:
                return self._extreme(np.maximum, values, _NEVER.min)
            case Summarise.NEWEST:
                return self._taken(np.minimum, values, self._rows)
            case Summarise.OLDEST:
                return self._taken(np.maximum, values, -1)
            case Summarise.PATH:
                return self._paths(values)
            case None:
                raise AssertionError(f"{field.name} is no field of a summary")

    def _extreme(self, least: np.ufunc, values: pa.Array, never: int) -> pa.Array:
        found = least.reduceat(_numbers(values, never), self._begins)
        return pa.array(found, mask=found == never).cast(values.type)

    def _taken(self, least: np.ufunc, values: pa.Array, never: int) -> pa.Array:
        """The value at the first or the last step that has one."""
        places = np.where(_set(values), np.arange(self._rows), never)
        found = least.reduceat(places, self._begins)
        return values.take(pa.array(found, mask=found == never))

    def _paths(self, values: pa.Array) -> pa.Array:
        """The values from the oldest step to the newest, each once for as long as it stays; null if there is none."""
        of_group = np.repeat(np.arange(len(self._begins)), np.diff(self._begins, append=self._rows))
        backward = np.flatnonzero(_set(values))[::-1]
        group = of_group[backward]
        code = values.dictionary_encode().indices.fill_null(-1).to_numpy(zero_copy_only=False)[backward]
        moved = np.ones(len(backward), np.bool_)
        moved[1:] = (group[1:] != group[:-1]) | (code[1:] != code[:-1])
        # Oldest first within an interaction, and the interactions in their own order again.
        order = np.argsort(group[moved], kind="stable")
        lengths = np.bincount(group[moved], minlength=len(self._begins))
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
        listed = pa.ListArray.from_arrays(pa.array(offsets), values.take(pa.array(backward[moved][order])))
        return pc.if_else(pa.array(lengths > 0), pc.binary_join(listed, PATH_SEPARATOR), None)


def _set(values: pa.Array) -> npt.NDArray[np.bool_]:
    valid: npt.NDArray[np.bool_] = values.is_valid().to_numpy(zero_copy_only=False)
    return valid


def _numbers(values: pa.Array, null: int) -> Places:
    plain = values.cast(pa.int64()).fill_null(null)
    numbers: Places = plain.to_numpy(zero_copy_only=False)
    return numbers
