"""Placing: the month that an interaction belongs to, by the Unix time in its id, else by its earliest time."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import duckdb

from store.layout import quoted
from tabular.errors import NoPlace
from tabular.month import UNIX_TIME, Month
from tabular.table import Table


def place(connection: duckdb.DuckDBPyConnection, table: Table, rows: str) -> None:
    """Add to the temporary table `rows` the column `_placed`: the moment (UTC) that decides a row's month.

    It is the same for all steps of an interaction. Raises NoPlace for a row without any time.
    """
    key = quoted(table.key[0])
    seconds = f"TRY_CAST(nullif(regexp_extract(CAST({key} AS VARCHAR), '{UNIX_TIME}', 1), '') AS BIGINT)"
    connection.execute(f"ALTER TABLE {rows} ADD COLUMN _placed TIMESTAMP")
    connection.execute(f"UPDATE {rows} SET _placed = make_timestamp({seconds} * 1000000)")
    if table.clock:
        connection.execute(
            f"UPDATE {rows} SET _placed = earliest.at FROM (SELECT {key} AS key, min({quoted(table.clock)}) AS at "
            f"FROM {rows} WHERE _placed IS NULL GROUP BY ALL) earliest WHERE _placed IS NULL AND {key} = earliest.key"
        )
    lost = connection.execute(f"SELECT min(CAST({key} AS VARCHAR)) FROM {rows} WHERE _placed IS NULL").fetchall()[0][0]
    if lost is not None:
        raise NoPlace(table.name, lost)


def months_placed(
    connection: duckdb.DuckDBPyConnection, rows: str, centre: ZoneInfo
) -> Iterator[tuple[Month, datetime, datetime]]:
    """The months of the rows that `place` has placed, each with its first moment and the first one after it (UTC)."""
    first, last = connection.execute(f"SELECT min(_placed), max(_placed) FROM {rows}").fetchall()[0]
    if first is None:
        return
    held = Month.of(first.replace(tzinfo=UTC).astimezone(centre))
    for month in held.until(Month.of(last.replace(tzinfo=UTC).astimezone(centre))):
        begins, ends = (moment.replace(tzinfo=None) for moment in (month.begins(centre), month.ends(centre)))
        count = connection.execute(
            f"SELECT count(*) FROM {rows} WHERE _placed >= $begins AND _placed < $ends",
            {"begins": begins, "ends": ends},
        ).fetchall()[0][0]
        if count:
            yield month, begins, ends
