"""What the store knows of its partitions without reading them, kept beside the rows in the same transactions."""

import json
from datetime import UTC, datetime

import duckdb

from store.layout import quoted
from store.statements import OPEN_END, partition_name
from tabular.month import Month
from tabular.partition import Extent, Partition
from tabular.table import Table, Type

LAYOUT = 1
"""The layout of the store's file; a file of another layout is refused, never guessed at."""

_TABLES = """
CREATE SCHEMA IF NOT EXISTS kept;
CREATE TABLE IF NOT EXISTS store (identity VARCHAR NOT NULL, layout INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS versions (version BIGINT NOT NULL, written TIMESTAMP NOT NULL, origin VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS partitions (
    "table" VARCHAR NOT NULL, month VARCHAR, version BIGINT NOT NULL, fetched TIMESTAMP NOT NULL, rows BIGINT NOT NULL,
    settled BOOLEAN NOT NULL, tidy BOOLEAN NOT NULL, origin VARCHAR NOT NULL, extents VARCHAR NOT NULL
);
"""


def prepare(connection: duckdb.DuckDBPyConnection, identity: str) -> tuple[str, int]:
    """Make the records' tables in a new file; the store's identity and the layout that the file has."""
    connection.begin()
    connection.execute(_TABLES)
    if connection.execute("SELECT count(*) FROM store").fetchall() == [(0,)]:
        connection.execute("INSERT INTO store VALUES ($identity, $layout)", {"identity": identity, "layout": LAYOUT})
    connection.commit()
    found: tuple[str, int] = connection.execute("SELECT identity, layout FROM store").fetchall()[0]
    return found


def read_all(connection: duckdb.DuckDBPyConnection) -> list[Partition]:
    """Every version of every partition, oldest version first."""
    rows = connection.execute("SELECT * FROM partitions ORDER BY version").fetchall()
    return [_partition(row) for row in rows]


def _partition(row: tuple[object, ...]) -> Partition:
    table, month, version, fetched, rows, settled, tidy, origin, extents = row
    assert isinstance(fetched, datetime)
    return Partition(
        table=str(table),
        month=None if month is None else Month.parse(str(month)),
        version=int(str(version)),
        fetched=fetched.replace(tzinfo=UTC),
        rows=int(str(rows)),
        settled=bool(settled),
        tidy=bool(tidy),
        origin=str(origin),
        extents={
            name: Extent(_moment(extent[0]), _moment(extent[1]), extent[2])
            for name, extent in json.loads(str(extents)).items()
        },
    )


def versions_kept(connection: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """The oldest version that can still be read, and the newest; a store that was never swept begins with 0, empty."""
    oldest, newest = connection.execute("SELECT min(version), coalesce(max(version), 0) FROM versions").fetchall()[0]
    return (oldest if oldest is not None and oldest > 1 else 0), newest


def forget(connection: duckdb.DuckDBPyConnection, horizon: int) -> None:
    """Drop the records of what only versions before `horizon` could see, in the running transaction."""
    connection.execute("DELETE FROM versions WHERE version < $horizon", {"horizon": horizon})
    connection.execute(
        'DELETE FROM partitions old WHERE EXISTS (SELECT 1 FROM partitions new WHERE new."table" = old."table" '
        "AND new.month IS NOT DISTINCT FROM old.month AND new.version > old.version AND new.version <= $horizon)",
        {"horizon": horizon},
    )


def add(connection: duckdb.DuckDBPyConnection, partition: Partition) -> None:
    """Record a version of a partition in the running transaction."""
    connection.execute(
        "INSERT INTO partitions VALUES ($table, $month, $version, $fetched, $rows, $settled, $tidy, $origin, $extents)",
        {
            "table": partition.table,
            "month": _text(partition.month),
            "version": partition.version,
            "fetched": partition.fetched.astimezone(UTC).replace(tzinfo=None),
            "rows": partition.rows,
            "settled": partition.settled,
            "tidy": partition.tidy,
            "origin": partition.origin,
            "extents": json.dumps(
                {name: [_spelt(e.earliest), _spelt(e.latest), e.nulls] for name, e in partition.extents.items()}
            ),
        },
    )


def confirm(connection: duckdb.DuckDBPyConnection, partition: Partition) -> None:
    """Record that a version was found unchanged: when and by which source, and whether it is settled."""
    connection.execute(
        'UPDATE partitions SET fetched = $fetched, settled = $settled, origin = $origin WHERE "table" = $table '
        "AND month IS NOT DISTINCT FROM $month AND version = $version",
        {
            "table": partition.table,
            "month": _text(partition.month),
            "version": partition.version,
            "fetched": partition.fetched.astimezone(UTC).replace(tzinfo=None),
            "settled": partition.settled,
            "origin": partition.origin,
        },
    )


def measured(connection: duckdb.DuckDBPyConnection, table: Table, month: Month | None) -> tuple[int, dict[str, Extent]]:
    """The number of rows that are true now, and the extents of their time columns."""
    clocks = [field.name for field in table.fields if field.type is Type.TIME]
    parts = [f"min({quoted(c)}), max({quoted(c)}), count(*) - count({quoted(c)})" for c in clocks]
    name = partition_name(table.name, month)
    row = connection.execute(
        f"SELECT {', '.join(['count(*)', *parts])} FROM {name} WHERE _until = $open", {"open": OPEN_END}
    ).fetchall()[0]
    extents = {
        clock: Extent(_aware(row[i * 3 + 1]), _aware(row[i * 3 + 2]), row[i * 3 + 3]) for i, clock in enumerate(clocks)
    }
    return int(row[0]), extents


def _aware(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)


def _text(month: Month | None) -> str | None:
    return None if month is None else str(month)


def _spelt(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
