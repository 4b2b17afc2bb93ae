"""A partition as DuckDB keeps it: every version of its rows, each row with the versions in which it is true."""

from collections.abc import Iterator

import duckdb
import pyarrow as pa

from store.layout import duckdb_type, quoted
from store.statements import OPEN_END, partition_name
from tabular.errors import KeyRepeated
from tabular.month import Month
from tabular.table import Grain, Table

BLOCK = 100_000
"""Interactions that are summarised at a time."""

UNTIDY_SHARE = 8
"""A partition of which more than one row in this many lies out of order is put in order again."""


def fields_held(connection: duckdb.DuckDBPyConnection) -> frozenset[tuple[str, str]]:
    """The SQL name of every partition with the name of each of its fields."""
    found = connection.execute(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'kept'"
    ).fetchall()
    return frozenset((f"kept.{quoted(table)}", column) for table, column in found)


class Kept:
    """The rows of one partition, and the SQL that changes them inside a transaction."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, table: Table, month: Month | None) -> None:
        self.table = table
        self.name = partition_name(table.name, month)
        self.names = ", ".join(quoted(field.name) for field in table.fields)
        self.live = f"{self.name} WHERE _until = {OPEN_END}"
        self._connection = connection
        self._index = quoted(f"{table.name}@{month or ''} by key")
        self._key = quoted(table.key[0]) if table.key else "NULL"

    def create(self) -> None:
        """Make the partition, empty."""
        self._create(self.name)

    def add_missing_fields(self, held: frozenset[tuple[str, str]]) -> int:
        """Add the table's fields that the partition lacks, null in every row; how many there were.

        `held` names the fields of all partitions, as `fields_held` gives them.
        """
        missing = [field for field in self.table.fields if (self.name, field.name) not in held]
        for field in missing:
            self._run(f"ALTER TABLE {self.name} ADD COLUMN {quoted(field.name)} {duckdb_type(field)}")
        return len(missing)

    def add(self, source: str, version: int) -> None:
        """Add the rows of `source`, which holds `_ordinal` and the fields, in its order."""
        self._run(
            f"INSERT INTO {self.name} (_ordinal, _from, _until, {self.names}) "
            f"SELECT _ordinal, $version, $open, {self.names} FROM {source}",
            version=version,
            open=OPEN_END,
        )

    def add_in_order(self, select: str, version: int) -> None:
        """Add the rows of a SELECT of the fields, in the order of the key, with their ordinals."""
        if len(self.table.key) == 1:
            # Every row is an interaction of its own: numbering the sorted rows is all.
            select = f"SELECT row_number() OVER () - 1 AS _ordinal, * FROM ({select}{self._in_key_order()})"
        elif self.table.key:
            ranked = f"SELECT dense_rank() OVER (ORDER BY {self._key}) - 1 AS _ordinal, * FROM ({select})"
            select = ranked + self._in_key_order()
        else:
            select = f"SELECT row_number() OVER () - 1 AS _ordinal, * FROM ({select})"
        self.add(f"({select})", version)

    def index(self) -> None:
        """Make the index that finds an interaction by its id; a summary's lies where the interaction's steps say, and
        rows that only SQL shows are found by their order."""
        if self.table.key and self.table.grain is not Grain.INTERACTION and not self.table.tells_of:
            self._run(f"CREATE INDEX {self._index} ON {self.name} ({self._key})")

    def refuse_repeated(self, rows: str) -> None:
        """Raise KeyRepeated if `rows` holds a key more than once."""
        if not self.table.key:
            return
        key = ", ".join(quoted(name) for name in self.table.key)
        found = self._run(f"SELECT {key} FROM {rows} GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL LIMIT 1").fetchall()
        if found:
            raise KeyRepeated(self.table.name, tuple(str(value) for value in found[0]))

    def find_changed(self, staged: str, scope: str | None) -> int:
        """Fill the table `changed` with the keys whose rows in `staged` are not those that are live; how many.

        `scope` names a table of keys outside of which nothing counts as changed. Without a key the whole partition
        is one thing that changed or did not.

        Rows are compared by the sum of their 64-bit hashes for each key: a tenth of the time and memory of comparing
        them whole, and wrong once in 2^64 changed interactions.
        """
        within = f" AND {self._key} IN (SELECT key FROM {scope})" if scope else ""
        sums = f"SELECT {self._key} AS key, count(*) AS rows, sum(hash({self.names})::HUGEINT) AS sum"
        self._run(
            "CREATE OR REPLACE TEMP TABLE changed AS SELECT coalesce(new.key, old.key) AS key "
            f"FROM ({sums} FROM {staged} GROUP BY ALL) new "
            f"FULL JOIN ({sums} FROM {self.live}{within} GROUP BY ALL) old ON new.key IS NOT DISTINCT FROM old.key "
            "WHERE new.rows IS DISTINCT FROM old.rows OR new.sum IS DISTINCT FROM old.sum"
        )
        return self._count("changed")

    def put_changed(self, staged: str, version: int) -> bool:
        """Close the live rows of what changed and add its rows of `staged`; whether the order is still whole.

        An interaction keeps its ordinal; a new one after all others takes the next; a new one in between gets none
        until the partition is put in order.
        """
        if not self.table.key:
            self._run(f"UPDATE {self.name} SET _until = $version WHERE _until = {OPEN_END}", version=version)
            self.add_in_order(f"SELECT {self.names} FROM {staged}", version)
            return False
        changed = f"{self._key} IN (SELECT key FROM changed)"
        last_key, last = self._run(f"SELECT max({self._key}), max(_ordinal) FROM {self.live}").fetchall()[0]
        self._run(
            "CREATE OR REPLACE TEMP TABLE ordinals AS SELECT new.key, CASE WHEN old.key IS NOT NULL THEN old._ordinal "
            "WHEN new.is_last THEN $last + dense_rank() OVER (PARTITION BY old.key IS NULL AND new.is_last "
            "ORDER BY new.key) END AS _ordinal "
            f"FROM (SELECT DISTINCT {self._key} AS key, $last_key IS NULL OR {self._key} > $last_key AS is_last "
            f"FROM {staged} WHERE {changed}) new "
            f"LEFT JOIN (SELECT {self._key} AS key, min(_ordinal) AS _ordinal FROM {self.live} GROUP BY ALL) old "
            "ON new.key = old.key",
            last_key=last_key,
            last=-1 if last is None else last,
        )
        closed = self._count(f"{self.live} AND {changed}")
        self._run(f"UPDATE {self.name} SET _until = $version WHERE _until = {OPEN_END} AND {changed}", version=version)
        order = ", ".join(f"s.{quoted(name)}" for name in self.table.key)
        self.add(
            f"(SELECT o._ordinal, s.* FROM {staged} s JOIN ordinals o ON s.{self._key} = o.key ORDER BY {order})",
            version,
        )
        loose = self._count("ordinals WHERE _ordinal IS NULL")
        self._run("DROP TABLE ordinals")
        return not closed and not loose

    def blocks(self, fields: tuple[str, ...]) -> Iterator[pa.Table]:
        """Fields of the live rows, some interactions at a time, in the order of the key; for a tidy partition."""
        names = ", ".join(quoted(name) for name in fields)
        last = self._run(f"SELECT coalesce(max(_ordinal), -1) FROM {self.live}").fetchall()[0][0]
        for first in range(0, last + 1, BLOCK):
            yield self._run(
                f"SELECT {names} FROM {self.live} AND _ordinal >= $first AND _ordinal < $after",
                first=first,
                after=first + BLOCK,
            ).to_arrow_table()

    def in_scope(self, fields: tuple[str, ...], scope: str | None) -> pa.Table:
        """Fields of the live rows whose key is in the table `scope` (None: of all), in the order of the key."""
        names = ", ".join(quoted(name) for name in fields)
        within = f" AND {self._key} IN (SELECT key FROM {scope})" if scope else ""
        return self._run(f"SELECT {names} FROM {self.live}{within}{self._in_key_order()}").to_arrow_table()

    def is_disordered(self) -> bool:
        """Whether so many rows came after the first version that putting them in order pays."""
        later = self._count(f"{self.live} AND _from > (SELECT min(_from) FROM {self.name})")
        return later * UNTIDY_SHARE > self._count(self.live)

    def put_in_order(self) -> None:
        """Lay the partition out by key again, with all its versions and with ordinals that have no gap."""
        ordered = partition_name("being ordered", None)
        self._create(ordered)
        fields = ", ".join(f"r.{quoted(field.name)}" for field in self.table.fields)
        key = ", ".join(f"r.{quoted(name)}" for name in self.table.key)
        self._run(
            f"INSERT INTO {ordered} SELECT o._ordinal, r._from, r._until, {fields} FROM {self.name} r LEFT JOIN "
            "(SELECT key, row_number() OVER (ORDER BY key) - 1 AS _ordinal FROM "
            f"(SELECT DISTINCT {self._key} AS key FROM {self.live})) o ON r.{self._key} = o.key ORDER BY {key}, r._from"
        )
        self._run(f"DROP TABLE {self.name}")
        self._run(f"ALTER TABLE {ordered} RENAME TO {self.name.partition('.')[2]}")
        self.index()

    def _create(self, name: str) -> None:
        fields = ", ".join(f"{quoted(field.name)} {duckdb_type(field)}" for field in self.table.fields)
        self._run(f"CREATE TABLE {name} (_ordinal BIGINT, _from BIGINT NOT NULL, _until BIGINT NOT NULL, {fields})")

    def _in_key_order(self) -> str:
        return f" ORDER BY {', '.join(quoted(name) for name in self.table.key)}" if self.table.key else ""

    def _count(self, rows: str) -> int:
        return int(self._run(f"SELECT count(*) FROM {rows}").fetchall()[0][0])

    def _run(self, sql: str, **literals: object) -> duckdb.DuckDBPyConnection:
        return self._connection.execute(sql, literals or None)
