"""Which partitions can hold the entities that a navigation leads to: those of an interaction lie in its month."""

from collections.abc import Iterable, Set
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from store.store import Store
from tabular.filter.bound import Bound, relations
from tabular.month import UNIX_TIME, Month
from tabular.partition import Partition
from tabular.table import Table

_SECONDS = UNIX_TIME.replace("(", "(?P<seconds>", 1)

SLACK = timedelta(days=1)
"""How far from its id's month an interaction may lie: a source decides by its own zone which month it belongs to."""


def partitions_of(
    source: Table, target: Table, keys: pa.Array, store: Store, version: int, months: Set[Month | None] | None = None
) -> tuple[Partition, ...]:
    """The partitions of `target` that can hold rows with these keys of `source`'s rows.

    Of what is made of the same records only the months that the keys can belong to are read, and of these those among
    `months`, the months of the parents, where they are known. Reads nothing. Raises SnapshotGone.
    """
    held = [one for one in store.holding(target, version) if one.rows]
    if (not target.monthly and not any(one.month for one in held)) or source.root != target.root:
        return tuple(held)
    if months is not None:
        held = [one for one in held if one.month in months]
    seconds = _seconds(keys)
    if seconds is None:
        return tuple(held)
    return tuple(one for one in held if one.month is None or _meets(seconds, one.month, store.zone))


def beside_of(conditions: Iterable[Bound | None], store: Store, version: int) -> tuple[Partition, ...]:
    """The partitions that can hold what expressions ask of related rows: what a Plan and a Related have beside them.

    Reads nothing. Raises SnapshotGone.
    """
    asked = (one for condition in conditions if condition is not None for one in relations(condition))
    names = dict.fromkeys(name for relation in asked for name in relation.table.stored_in)
    return tuple(one for name in names for one in store.partitions(name, version) if one.rows)


def _seconds(keys: pa.Array) -> "np.ndarray | None":
    """When the interactions of these ids began, in order; None where an id does not tell."""
    found = pc.struct_field(pc.extract_regex(keys.cast(pa.string()), _SECONDS), "seconds")
    if found.null_count:
        return None
    return np.sort(found.cast(pa.int64()).to_numpy(zero_copy_only=False))


def _meets(seconds: "np.ndarray", month: Month, zone: ZoneInfo) -> bool:
    first, after = (_unix(month.begins(zone) - SLACK), _unix(month.ends(zone) + SLACK))
    return bool(np.searchsorted(seconds, first) < np.searchsorted(seconds, after))


def _unix(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp())
