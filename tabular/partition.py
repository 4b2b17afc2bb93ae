"""A Partition is a table's rows of one month, and what is known of them without reading them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tabular.month import Month


@dataclass(frozen=True, slots=True)
class Extent:
    """The earliest and latest value of a time column in a partition (UTC), and how many rows have none."""

    earliest: datetime | None
    latest: datetime | None
    nulls: int


@dataclass(frozen=True, slots=True)
class Partition:
    """One version of a table's rows of one month (None: the table has no months).

    `version` is the store's version that wrote it, `fetched` when its source was asked. `settled`: the month is over
    and a later check found it unchanged. `tidy`: the rows lie in the order of the key and their ordinals have no gap.
    """

    table: str
    month: Month | None
    version: int
    fetched: datetime
    rows: int
    settled: bool
    tidy: bool
    origin: str
    extents: Mapping[str, Extent] = field(default_factory=dict)
