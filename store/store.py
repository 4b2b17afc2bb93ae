"""The Store: typed tables in one DuckDB file, cut into months, every version of them readable while it is kept."""

import re
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from store import records
from store.absent import remember_absent
from store.failures import translated
from store.kept import Kept, fields_held
from store.known import KnownRows
from store.patience import Patience
from store.pipelines import Piped, pipeline_statement
from store.plan import Plan
from store.reading import Rows
from store.related import KEY, KEYS, PLACE, Related, related_statement
from store.searching import PATTERN_TEST, Searching, in_order
from store.statements import Statement, partition_name, rows_statement
from store.writing import Writing
from tabular.errors import BadPattern, SnapshotGone, StoreBusy, StoreUnreadable
from tabular.filter.costs import MOST_COST, cost_of_pattern
from tabular.month import Month
from tabular.partition import Extent, Partition
from tabular.search import Lookup, Search, Shown
from tabular.table import Grain, Table

# The engine's client looks for pandas twice at every literal that it binds, which costs more than binding it.
remember_absent("pandas")

SNAPSHOT_LIFE = timedelta(hours=24)
"""How long an old version stays readable: longer than any paging token lives."""

MEMORY = ":memory:"
"""In place of a path: a store that is gone when it is closed."""

_HOLDER = re.compile(r"held in (.+?) \(PID (\d+)\)")


class Store:
    """One store, open in this process; any number of threads may read, one at a time writes.

    `tables` are those of this release: what an earlier one kept of them is given the fields that are new.

    Raises StoreBusy when another process holds the file, StoreUnreadable when it is no store.
    """

    def __init__(
        self,
        path: Path,
        zone: str = "Europe/Rome",
        secret: bytes | None = None,
        memory: str = "2GB",
        threads: int | None = None,
        tables: Iterable[Table] = (),
    ) -> None:
        self.path = path
        self.zone = ZoneInfo(zone)
        self._secret = secret or secrets.token_bytes(32)
        self._writer = threading.Lock()
        self._guard = threading.Lock()
        self._committing = False
        self._connection = _connect(path, memory, threads)
        try:
            self.identity, layout = records.prepare(self._connection, uuid4().hex)
        except duckdb.Error as failure:
            self._connection.close()
            raise StoreUnreadable(str(path), _first_line(failure)) from failure
        if layout != records.LAYOUT:
            self._connection.close()
            raise StoreUnreadable(str(path), f"it has layout {layout} and this release reads layout {records.LAYOUT}")
        self._versions: dict[tuple[str, Month | None], list[Partition]] = {}
        for partition in records.read_all(self._connection):
            self._versions.setdefault((partition.table, partition.month), []).append(partition)
        changed = {place for place, kept in self._versions.items() if len(kept) > 1}
        self._known = KnownRows(self._connection, changed)
        self._oldest, self.version = records.versions_kept(self._connection)
        self.adapt(tables)

    def close(self) -> None:
        """Close the file; running reads end with an error."""
        self._connection.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def beside(self, version: int = 0, threads: int | None = None) -> "Store":
        """An empty store in memory that shows what it is given as this one would: same zone, same pseudonyms.

        With a `version`, what is written to it first has that one, and answers from it are named as if they were from
        here: whoever writes the same under that version again gives them the same names.
        """
        beside = Store(Path(MEMORY), self.zone.key, self._secret, threads=threads)
        if version:
            beside.version, beside.identity = version - 1, self.identity
        return beside

    # Reading

    def partitions(self, table: str, version: int | None = None) -> Sequence[Partition]:
        """A table's partitions as they were at a version (the newest, if none is named), earliest month first.

        Raises SnapshotGone if that version is no longer kept.
        """
        at = self.version if version is None else version
        if at < self._oldest:
            raise SnapshotGone(at)
        with self._guard:
            held = [
                next((p for p in reversed(kept) if p.version <= at), None)
                for (name, _), kept in self._versions.items()
                if name == table
            ]
        return sorted((p for p in held if p is not None), key=lambda p: (p.month is not None, p.month or Month(1, 1)))

    def holding(self, table: Table, version: int | None = None) -> Sequence[Partition]:
        """The partitions that hold a table's rows, as `partitions` gives them, with the extents of the times under the
        names of that table's columns; of one month in the order of `Table.stored_in`."""
        found = [one for name in table.stored_in for one in self.partitions(name, version)]
        if not table.made:
            return found
        seen = [replace(one, extents=_extents_seen(table, one)) for one in found]
        return sorted(seen, key=lambda one: (one.month is not None, one.month or Month(1, 1)))

    def origins(self) -> frozenset[str]:
        """Where the rows now held came from: `demo`, `file`, the name of another source."""
        with self._guard:
            return frozenset(kept[-1].origin for kept in self._versions.values())

    def read(self, plan: Plan, patience: Patience | None = None) -> Rows:
        """The rows that answer a plan, as a stream of Arrow batches.

        Times are UTC without a zone. Raises SnapshotGone, TookTooLong, StoreOutOfMemory.
        """
        return self._rows(
            plan.version, lambda: rows_statement(plan, self._secret, self._known, self.zone.key), patience
        )

    def run(self, piped: Piped, patience: Patience | None = None) -> Rows:
        """The rows that a pipeline makes of what its plan reads; as `read` gives them, and raises."""
        return self._rows(piped.plan.version, lambda: pipeline_statement(piped, self._secret, self.zone.key), patience)

    def _rows(self, version: int, ask: Callable[[], Statement], patience: Patience | None) -> Rows:
        if self._is_newest(version):
            rows = Rows(self._connection.cursor(), ask(), str(self.path), patience)
            # The engine took its snapshot after the question was planned: was there another version in between?
            if self._is_newest(version):
                return rows
            rows.close()
        cursor, _ = self._pinned(version)
        return Rows(cursor, ask(), str(self.path), patience)

    def related(self, asked: Related, keys: pa.Array, patience: Patience | None = None) -> pa.Table:
        """The rows that are related to keys, no two of which are the same: `related_statement` says which columns.

        Times are UTC without a zone. Raises SnapshotGone, TookTooLong, StoreOutOfMemory.
        """
        given = pa.table({PLACE: pa.array(range(len(keys)), pa.int32()), KEY: keys})
        if self._is_newest(asked.version):
            with closing(self._connection.cursor()) as cursor:
                rows = self._related(cursor, asked, given, patience)
            if self._is_newest(asked.version):
                return rows
        cursor, _ = self._pinned(asked.version)
        with closing(cursor):
            return self._related(cursor, asked, given, patience)

    def _related(
        self, cursor: duckdb.DuckDBPyConnection, asked: Related, given: pa.Table, patience: Patience | None
    ) -> pa.Table:
        # A list of thousands of literals would take the engine seconds: Arrow's columns it reads as they are.
        cursor.register(KEYS, given)
        return self._run(
            cursor, related_statement(asked, self._secret, self._known, self.zone.key), patience or Patience()
        )

    def page(
        self, search: Search, shown: Sequence[Shown], partition: Partition, version: int, patience: Patience
    ) -> pa.Table:
        """The rows of a search's page in one partition: PLACE, then what is shown, in its order.

        Rows of one interaction follow each other, the most recent step first. Raises SnapshotGone, BadPattern,
        TookTooLong, StoreOutOfMemory.
        """
        return in_order(self._sought(partition, version, search.table, patience, lambda ask: ask.page(search, shown)))

    def count(self, search: Search, partition: Partition, version: int, patience: Patience) -> int:
        """How many interactions of one partition a search finds. Raises as `page` does."""
        counted = self._sought(partition, version, search.table, patience, lambda ask: ask.count(search))
        return int(counted.column(0)[0].as_py())

    def lookup(
        self, lookup: Lookup, shown: Sequence[Shown], partition: Partition, version: int, patience: Patience
    ) -> pa.Table:
        """The rows of one interaction or record, as `page` gives them; none if the partition does not hold it."""
        return in_order(self._sought(partition, version, lookup.table, patience, lambda ask: ask.lookup(lookup, shown)))

    def check_pattern(self, pattern: str) -> None:
        """Raise BadPattern if the engine cannot read a regular expression, or it costs too much."""
        if cost_of_pattern(pattern) > MOST_COST:
            raise BadPattern(pattern, "it is too large")
        with closing(self._connection.cursor()) as cursor:
            try:
                cursor.execute(PATTERN_TEST, {"pattern": pattern}).fetchall()
            except duckdb.Error as failure:
                raise BadPattern(pattern, _first_line(failure).partition(": ")[2]) from failure

    def _sought(
        self,
        partition: Partition,
        version: int,
        table: Table,
        patience: Patience,
        ask: Callable[[Searching], Statement],
    ) -> pa.Table:
        with closing(self._connection.cursor()) as cursor:
            unchanged = self._known.is_unchanged(partition)
            rows = self._run(cursor, ask(Searching(table, partition, version, self._secret, unchanged)), patience)
        if self._is_newest(version):
            return rows
        # What is known of the partition holds for the newest version: a later one may have laid it out anew.
        cursor, is_newest = self._pinned(version)
        with closing(cursor):
            known = partition if is_newest else replace(partition, tidy=False)
            unchanged = is_newest and self._known.is_unchanged(partition)
            return self._run(cursor, ask(Searching(table, known, version, self._secret, unchanged)), patience)

    def _run(self, cursor: duckdb.DuckDBPyConnection, statement: Statement, patience: Patience) -> pa.Table:
        with translated(str(self.path)), patience.lent_to(cursor):
            return cursor.execute(statement.sql, dict(statement.literals) or None).to_arrow_table()

    def _pinned(self, version: int) -> tuple[duckdb.DuckDBPyConnection, bool]:
        """A cursor with its snapshot taken, and whether `version` is the newest in it. Raises SnapshotGone.

        The engine's snapshot is taken first: what a write or a sweep in it has done was told of before.
        """
        cursor = self._connection.cursor()
        cursor.begin()
        newest = cursor.execute("SELECT max(version) FROM versions").fetchall()[0][0]
        if version < self._oldest:
            cursor.close()
            raise SnapshotGone(version)
        return cursor, newest == version

    def _is_newest(self, version: int) -> bool:
        # In this order: a version that is told of after it was asked for has been committing.
        return not self._committing and version == self.version

    # Writing

    @contextmanager
    def writing(self, origin: str) -> Iterator[Writing]:
        """One transaction: what is written inside becomes the store's next version when it ends, or never was."""
        with self._writer:
            connection = self._connection.cursor()
            connection.begin()
            version = self.version + 1
            writing = Writing(connection, version, origin, self._newest(), self.zone, self._known.changed.add)
            try:
                with translated(str(self.path)):
                    yield writing
                    if writing.written:
                        connection.execute(
                            "INSERT INTO versions VALUES ($version, $written, $origin)",
                            {"version": version, "written": _now(), "origin": origin},
                        )
                    self._committing = True
                    connection.commit()
                self._adopt(writing, version)
            except BaseException:
                connection.rollback()
                raise
            finally:
                self._committing = False
                connection.close()

    def adapt(self, tables: Iterable[Table]) -> None:
        """Add the fields that partitions of an earlier schema lack: null in steps and records, made in summaries."""
        known = {table.name: table for table in tables}
        if not (known and self._versions):  # to ask the engine what is held takes as long as to open it
            return
        held = fields_held(self._connection)
        for (name, month), kept in list(self._versions.items()):
            table = known.get(name)
            if table is None or not Kept(self._connection, table, month).add_missing_fields(held):
                continue
            if table.grain is Grain.INTERACTION and (table.root, month) in self._versions:
                with self.writing(kept[-1].origin) as writing:
                    writing.summarise_again(known[table.root], table, month)

    def _newest(self) -> dict[tuple[str, Month | None], Partition]:
        return {place: kept[-1] for place, kept in self._versions.items()}

    def _adopt(self, writing: Writing, version: int) -> None:
        with self._guard:
            for partition in writing.confirmed:
                self._versions[partition.table, partition.month][-1] = partition
            for partition in writing.written:
                self._versions.setdefault((partition.table, partition.month), []).append(partition)
            if writing.written:
                self.version = version

    def sweep(self, life: timedelta = SNAPSHOT_LIFE, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> int:
        """Remove the rows that only versions older than `life` can see; how many were removed."""
        with self._writer, closing(self._connection.cursor()) as cursor:
            before = (now() - life).astimezone(UTC).replace(tzinfo=None)
            horizon: int = cursor.execute(
                "SELECT coalesce(max(version), 0) FROM versions WHERE written <= $before", {"before": before}
            ).fetchall()[0][0]
            if horizon <= self._oldest:
                return 0
            # Told before it is done: who asks for an older version is refused rather than given half of it.
            self._oldest = horizon
            cursor.begin()
            removed = 0
            for table, month in list(self._versions):
                name = partition_name(table, month)
                deleted = cursor.execute(f"DELETE FROM {name} WHERE _until <= $horizon", {"horizon": horizon})
                removed += deleted.fetchall()[0][0]
            records.forget(cursor, horizon)
            cursor.commit()
            with self._guard:
                for kept in self._versions.values():
                    while len(kept) > 1 and kept[1].version <= horizon:
                        kept.pop(0)
            return removed


def _connect(path: Path, memory: str, threads: int | None) -> duckdb.DuckDBPyConnection:
    if str(path) != MEMORY:
        path.parent.mkdir(parents=True, exist_ok=True)
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory,
        "enable_external_access": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "python_enable_replacements": "false",
        "allow_community_extensions": "false",
        # Writing the log into the file costs much for months that are not full yet: do it seldom.
        "checkpoint_threshold": "256MB",
    }
    if threads:
        config["threads"] = str(threads)
    try:
        return duckdb.connect(str(path), config=config)
    except duckdb.Error as failure:
        holder = _HOLDER.search(str(failure))
        if "lock" in str(failure).lower():
            raise StoreBusy(str(path), f"process {holder[2]}" if holder else "another process") from failure
        raise StoreUnreadable(str(path), _first_line(failure)) from failure


def _extents_seen(table: Table, partition: Partition) -> dict[str, Extent]:
    return {one.name: partition.extents[one.field] for one in table.made if one.field in partition.extents}


def _first_line(failure: Exception) -> str:
    return str(failure).splitlines()[0].rstrip(".")


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
