"""How a table's fields lie in the store: their types in Arrow and in DuckDB."""

import pyarrow as pa

from tabular.month import Month
from tabular.table import Field, Table, Type

_ARROW: dict[Type, pa.DataType] = {
    Type.TEXT: pa.string(),
    Type.INTEGER: pa.int64(),
    Type.NUMBER: pa.float64(),
    Type.BOOLEAN: pa.bool_(),
    Type.TIME: pa.timestamp("us"),
    Type.DATE: pa.date32(),
    Type.JSON: pa.string(),
}
_DUCKDB: dict[Type, str] = {
    Type.TEXT: "VARCHAR",
    Type.INTEGER: "BIGINT",
    Type.NUMBER: "DOUBLE",
    Type.BOOLEAN: "BOOLEAN",
    Type.TIME: "TIMESTAMP",
    Type.DATE: "DATE",
    Type.JSON: "VARCHAR",
}


def arrow_type(field: Field) -> pa.DataType:
    """A field's type in a batch; times are UTC without a zone."""
    if field.items:
        return pa.list_(pa.struct([pa.field(name, _ARROW[kind]) for name, kind in field.items]))
    return _ARROW[field.type]


def arrow_schema(table: Table) -> pa.Schema:
    """The schema of the batches that fill a table: its fields in order, times as UTC without a zone."""
    return pa.schema([pa.field(field.name, arrow_type(field)) for field in table.fields])


def duckdb_type(field: Field) -> str:
    """A field's type in a partition."""
    if field.items:
        return f"STRUCT({', '.join(f'{quoted(name)} {_DUCKDB[kind]}' for name, kind in field.items)})[]"
    return _DUCKDB[field.type]


def sql_type(kind: Type) -> str:
    """The DuckDB type of a plain value."""
    return _DUCKDB[kind]


def quoted(name: str) -> str:
    """A name as an SQL identifier; names come from Tables, never from a question."""
    return '"' + name.replace('"', '""') + '"'


def partition_name(table: str, month: Month | None) -> str:
    """The SQL name of the DuckDB table that holds a partition."""
    return f"kept.{quoted(table if month is None else f'{table}@{month}')}"
