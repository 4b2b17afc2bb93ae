"""The rows of an SQL table as a key sees them, in Arrow types that say what the documented SQL types do."""

from contextlib import closing

import pyarrow as pa
import pyarrow.compute as pc

from datamodel.catalogue import Catalogue
from datamodel.sql.words import SqlColumn, SqlTable
from store.patience import Patience
from store.plan import Part, Plan
from store.store import Store
from tabular.month import Month
from tabular.partition import Partition
from tabular.query import Query, Selected
from tabular.table import Table, Type

_ARROW: dict[Type, pa.DataType] = {
    Type.TEXT: pa.string(),
    Type.INTEGER: pa.int64(),
    Type.NUMBER: pa.float64(),
    Type.DATE: pa.date32(),
    Type.TIME: pa.timestamp("us"),
}

Read = tuple[tuple[str, int], ...]
"""What is read of the store: the tables that keep the rows, each with the version of its partition."""


def arrow_type_of(column: SqlColumn) -> pa.DataType:
    """The Arrow type of a column's values; times are what the centre's clocks show, without a zone."""
    scale = column.scale
    return _ARROW[column.type] if scale is None else pa.decimal128(*scale)


class SqlRows:
    """A store's SQL tables, as a catalogue shows them: what is hidden is not there, what is masked is masked."""

    def __init__(self, store: Store, catalogue: Catalogue) -> None:
        self._store = store
        self._tables = {table.name: table for table in catalogue}

    def columns(self, table: SqlTable) -> tuple[SqlColumn, ...]:
        """The columns that are seen, in the order of the document; none of a table that is not seen."""
        seen = self._seen(table)
        names = set() if seen is None else {column.name for column in seen.columns}
        return tuple(column for column in table.columns if column.name in names)

    def version(self, table: SqlTable, month: Month | None, at: int | None = None) -> Read:
        """What `rows` reads now, or at a version of the store: as long as it is the same, so are the rows.

        Nothing where no rows are held. Raises SnapshotGone.
        """
        return tuple((one.table, one.version) for one in self._held(table, month, at))

    def rows(
        self,
        table: SqlTable,
        month: Month | None,
        columns: tuple[str, ...],
        patience: Patience | None = None,
        at: int | None = None,
    ) -> pa.Table:
        """The rows of a month (None: of a table without months) now, or at a version of the store: these columns.

        None where none are held. Raises UnknownColumn, SnapshotGone, TookTooLong, StoreOutOfMemory.
        """
        declared = {column.name: column for column in self.columns(table)}
        schema = pa.schema([pa.field(name, arrow_type_of(declared[name])) for name in columns if name in declared])
        seen = self._seen(table)
        version = self._store.version if at is None else at
        held = self._held(table, month, version)
        if seen is None or not held:
            return schema.empty_table()
        query = Query(seen, tuple(Selected(seen.column(name), name) for name in columns))
        plan = Plan(query, version, tuple(Part(one, whole=True) for one in held))
        with closing(self._store.read(plan, patience)) as batches:
            found = pa.Table.from_batches(batches, schema=batches.schema)
        cells = [self._shown(found.column(field.name), field.type) for field in schema]
        return pa.Table.from_arrays(cells, schema=schema)

    def _seen(self, table: SqlTable) -> Table | None:
        """The table as the catalogue has it; a TVox may have a table of its own of that name."""
        found = self._tables.get(table.name)
        return found if found is not None and found.tells_of else None

    def _held(self, table: SqlTable, month: Month | None, version: int | None) -> list[Partition]:
        seen = self._seen(table)
        found = () if seen is None else self._store.holding(seen, version)
        return [one for one in found if one.month == month and one.rows]

    def _shown(self, values: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
        if pa.types.is_timestamp(kind):
            zoned = pc.assume_timezone(values, "UTC").cast(pa.timestamp("us", self._store.zone.key))
            return pc.local_timestamp(zoned)
        return values if values.type == kind else values.cast(kind)
