"""Placing: the month that an interaction belongs to, by the Unix time in its id, else by its earliest time."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import duckdb

from store.layout import quoted
from tabular.errors import NoPlace
from tabular.month import Month
from tabular.table import Table

_UNIX_TIME = r"^(\d{8,10})(?:\.|$)"


def placed_at(table: Table) -> str:
    """The moment (UTC) that decides a row's month, as SQL over the table's fields: the same for all steps."""
    key = quoted(table.key[0])
    seconds = f"TRY_CAST(nullif(regexp_extract(CAST({key} AS VARCHAR), '{_UNIX_TIME}', 1), '') AS BIGINT)"
    clock = f"min({quoted(table.clock)}) OVER (PARTITION BY {key})" if table.clock else "NULL"
    return f"coalesce(make_timestamp({seconds} * 1000000), {clock})"


def months_placed(
    connection: duckdb.DuckDBPyConnection, table: Table, centre: ZoneInfo
) -> Iterator[tuple[Month, datetime, datetime]]:
    """The months of the rows in `placed`, with their first moment and the first one after them (UTC, no zone).

    Raises NoPlace for a row without any time.
    """
    key = quoted(table.key[0])
    first, last, lost = connection.execute(
        f"SELECT min(_placed), max(_placed), min(CAST({key} AS VARCHAR)) FILTER (_placed IS NULL) FROM placed"
    ).fetchall()[0]
    if lost is not None:
        raise NoPlace(table.name, lost)
    if first is None:
        return
    held = Month.of(first.replace(tzinfo=UTC).astimezone(centre))
    for month in held.until(Month.of(last.replace(tzinfo=UTC).astimezone(centre))):
        begins, ends = (moment.replace(tzinfo=None) for moment in (month.begins(centre), month.ends(centre)))
        count = connection.execute(
            "SELECT count(*) FROM placed WHERE _placed >= $begins AND _placed < $ends", {"begins": begins, "ends": ends}
        ).fetchall()[0][0]
        if count:
            yield month, begins, ends
