"""A Writing is one transaction on the store: when it ends every partition has its new version, or none has."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from store import records
from store.incoming import incoming, staged
from store.kept import Kept
from store.layout import arrow_schema, quoted
from store.ordinals import Ordinals
from store.placing import months_placed, place
from store.summarising import Summarising, fields_needed, summarised
from tabular.month import Month
from tabular.partition import Partition
from tabular.table import Table

Place = tuple[str, Month | None]
"""A table's name and a month: what names a partition."""


@dataclass(frozen=True, slots=True)
class _Look:
    """What a look at the source gives besides rows: when it was taken and whether the month is settled since."""

    fetched: datetime
    settled: bool


class Writing:
    """What one transaction does to the partitions; made by `Store.writing`."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        version: int,
        origin: str,
        held: dict[Place, Partition],
        zone: ZoneInfo,
        changes: Callable[[Place], None],
    ) -> None:
        self.written: list[Partition] = []
        self.confirmed: list[Partition] = []
        self._connection = connection
        self._version = version
        self._origin = origin
        self._held = held
        self._zone = zone
        self._changes = changes

    def replace(
        self,
        table: Table,
        month: Month | None,
        batches: Iterable[pa.RecordBatch],
        summary: Table | None = None,
        fetched: datetime | None = None,
        settled: bool = False,
    ) -> None:
        """Make `batches` (laid out as `arrow_schema(table)`, in any order) the rows of a month, and renew its summary.

        Rows that are the same stay; a month in which nothing changed keeps its version. Raises KeyRepeated.
        """
        look = _Look(fetched or datetime.now(UTC), settled)
        kept = Kept(self._connection, table, month)
        if (table.name, month) not in self._held:
            self._stream(kept, month, batches, look, summary)
            return
        with staged(self._connection, arrow_schema(table), iter(batches), "staged") as rows:
            kept.refuse_repeated(rows)
            self._renew(kept, month, rows, None, summary, look)

    def merge(
        self,
        table: Table,
        batches: Iterable[pa.RecordBatch],
        summary: Table | None = None,
        fetched: datetime | None = None,
    ) -> None:
        """Put the interactions of `batches` in the place of those with the same id, each in its month; others stay.

        Raises KeyRepeated, and NoPlace for a row of a monthly table with neither a Unix time in its id nor a clock.
        """
        look = _Look(fetched or datetime.now(UTC), settled=False)
        with staged(self._connection, arrow_schema(table), iter(batches), "staged") as rows:
            Kept(self._connection, table, None).refuse_repeated(rows)
            if not table.monthly:
                self._merge_month(table, None, rows, summary, look)
                return
            place(self._connection, table, rows)
            for month, begins, ends in months_placed(self._connection, rows, self._zone):
                # A view takes no bound literals; these two are the month's own.
                self._run(
                    f"CREATE OR REPLACE TEMP VIEW of_month AS SELECT * FROM {rows} "
                    f"WHERE _placed >= TIMESTAMP '{begins}' AND _placed < TIMESTAMP '{ends}'"
                )
                self._merge_month(table, month, "of_month", summary, look)
            self._run("DROP VIEW IF EXISTS of_month")

    def renew(
        self,
        table: Table,
        month: Month | None,
        batches: Iterable[pa.RecordBatch],
        summary: Table | None = None,
        fetched: datetime | None = None,
        settled: bool = False,
    ) -> None:
        """Put the interactions of `batches`, all of one month, in the place of those with the same id; others stay.

        For a source that says itself which month they belong to. Raises KeyRepeated.
        """
        look = _Look(fetched or datetime.now(UTC), settled)
        with staged(self._connection, arrow_schema(table), iter(batches), "staged") as rows:
            Kept(self._connection, table, month).refuse_repeated(rows)
            self._merge_month(table, month, rows, summary, look)

    def confirm(self, table: Table, month: Month | None, fetched: datetime, settled: bool) -> None:
        """Record that a month was found unchanged at `fetched`."""
        self._confirm(table, month, _Look(fetched, settled))

    def held(self, table: Table, month: Month | None) -> Partition | None:
        """What a month will be if the transaction ends now."""
        return self._held.get((table.name, month))

    def summarise_again(self, table: Table, summary: Table, month: Month | None) -> None:
        """Make the summary of a month anew out of the steps that are held."""
        known = self._held[table.name, month]
        look = _Look(known.fetched, known.settled)
        self._summarise(Kept(self._connection, table, month), summary, month, None, look)

    def _merge_month(self, table: Table, month: Month | None, rows: str, summary: Table | None, look: _Look) -> None:
        kept = Kept(self._connection, table, month)
        if (table.name, month) not in self._held:
            self._create(kept, month, f"SELECT {kept.names} FROM {rows}", look)
            if summary is not None:
                self._summarise(kept, summary, month, None, look)
            return
        self._run(f"CREATE OR REPLACE TEMP TABLE scope AS SELECT DISTINCT {quoted(table.key[0])} AS key FROM {rows}")
        self._renew(kept, month, rows, "scope", summary, look)
        self._run("DROP TABLE scope")

    def _stream(
        self,
        kept: Kept,
        month: Month | None,
        batches: Iterable[pa.RecordBatch],
        look: _Look,
        summary: Table | None = None,
    ) -> None:
        """A new partition straight from the batches; put in order only if they did not come in order."""
        kept.create()
        ordinals = Ordinals(kept.table.key)
        summarising = Summarising(summary) if summary is not None else None
        passing = batches if summarising is None else summarising.through(batch for batch in batches if batch.num_rows)
        schema = arrow_schema(kept.table).insert(0, pa.field("_ordinal", pa.int64()))
        with incoming(self._connection, schema, ordinals.through(passing)) as rows:
            kept.add(rows, self._version)
        if kept.table.key and not ordinals.in_order:
            kept.refuse_repeated(kept.name)
            kept.put_in_order()
        else:
            kept.index()
        self._record(kept, month, look, tidy=True)
        if summary is not None and summarising is not None and ordinals.in_order:
            self._stream(Kept(self._connection, summary, month), month, summarising.made, look)
        elif summary is not None:
            self._summarise(kept, summary, month, None, look)

    def _create(self, kept: Kept, month: Month | None, select: str, look: _Look) -> None:
        kept.create()
        kept.add_in_order(select, self._version)
        kept.index()
        self._record(kept, month, look, tidy=True)

    def _renew(
        self, kept: Kept, month: Month | None, rows: str, scope: str | None, summary: Table | None, look: _Look
    ) -> None:
        """Write what changed of a month that is held, and only within `scope`, a table of keys, where there is one."""
        if not kept.find_changed(rows, scope):
            self._confirm(kept.table, month, look)
            if summary is not None:
                self._confirm(summary, month, look)
            return
        if summary is not None:
            self._run("CREATE OR REPLACE TEMP TABLE to_summarise AS SELECT key FROM changed")
        self._changes((kept.table.name, month))
        whole = kept.put_changed(rows, self._version)
        tidy = whole and self._held[kept.table.name, month].tidy
        if kept.table.key and not tidy and kept.is_disordered():
            kept.put_in_order()
            tidy = True
        self._record(kept, month, look, tidy)
        if summary is not None:
            self._summarise(kept, summary, month, "to_summarise", look)

    def _summarise(self, steps: Kept, summary: Table, month: Month | None, scope: str | None, look: _Look) -> None:
        """The summary of a month's steps: all of it, or of the interactions in `scope`."""
        kept = Kept(self._connection, summary, month)
        if (summary.name, month) not in self._held:
            self._stream(kept, month, self._summaries(steps, summary), look)
            return
        rows = steps.in_scope(fields_needed(summary), scope)
        made = iter([summarised(summary, rows)])
        with staged(self._connection, arrow_schema(summary), made, "summaries") as summaries:
            self._renew(kept, month, summaries, scope, None, look)

    def _summaries(self, steps: Kept, summary: Table) -> list[pa.RecordBatch]:
        """The summary of a month that has just been put in order, some interactions at a time."""
        needed = fields_needed(summary)
        return [summarised(summary, block) for block in steps.blocks(needed)]

    def _record(self, kept: Kept, month: Month | None, look: _Look, tidy: bool) -> None:
        table = kept.table
        rows, extents = records.measured(self._connection, table, month)
        partition = Partition(
            table.name, month, self._version, look.fetched, rows, look.settled, tidy, self._origin, extents
        )
        records.add(self._connection, partition)
        self._held[table.name, month] = partition
        self.written.append(partition)

    def _confirm(self, table: Table, month: Month | None, look: _Look) -> None:
        known = self._held.get((table.name, month))
        if known is None or known.version == self._version:
            return
        partition = replace(known, fetched=look.fetched, settled=look.settled, origin=self._origin)
        records.confirm(self._connection, partition)
        self._held[table.name, month] = partition
        self.confirmed.append(partition)

    def _run(self, sql: str, **literals: object) -> None:
        self._connection.execute(sql, literals or None)
