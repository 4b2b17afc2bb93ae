"""A demo centre in a store, its rows read as a key reads them, for the tests of its SQL tables."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from answers.filling import fill
from answers.sql.rows import SqlRows
from datamodel.catalogue import documented
from datamodel.demo import DemoCentre
from datamodel.sql.tables import BY_NAME
from store.store import MEMORY, Store
from tabular.month import Month
from tests.steps import read

Record = Mapping[str, Any]

ROME = ZoneInfo("Europe/Rome")
AT = datetime(2026, 11, 18, 15, 30, tzinfo=UTC)
OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)
"""October has a day of 25 hours; November is open."""


@cache
def centre_store() -> Store:
    """A store in memory with two months of a centre of 600 calls a month."""
    store = Store(Path(MEMORY), secret=b"a secret of tests", tables=tuple(documented()))
    fill(DemoCentre(600, now=AT, months=2), store, documented())
    return store


@cache
def rows(name: str, month: Month | None = None) -> list[Record]:
    """All rows of a table of the Data Model or of an SQL table: of a month, or of all months."""
    store, table = centre_store(), documented().table(name)
    if month is None:
        return list(read(store, table))
    return [row for row in read(store, table) if _month_of(row) == month]


@cache
def in_sql(name: str, month: Month | None) -> list[Record]:
    """All rows of an SQL table as advanced queries read them: of a month, or of a table without months."""
    table = BY_NAME[name]
    found = SqlRows(centre_store(), documented())
    return list(found.rows(table, month, tuple(column.name for column in table.columns)).to_pylist())


def _month_of(row: Record) -> Month | None:
    return Month.of_id(str(row["id"]), ROME)
