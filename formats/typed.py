"""Batches with the types that the columns declare, so that an answer without rows has the same as any other."""

import pyarrow as pa

from formats.format import About, Header, Heading, titles
from tabular.release import RELEASE
from tabular.table import Type

_TYPES: dict[Type, pa.DataType] = {
    Type.TEXT: pa.string(),
    Type.INTEGER: pa.int64(),
    Type.NUMBER: pa.float64(),
    Type.BOOLEAN: pa.bool_(),
    Type.TIME: pa.timestamp("us", "UTC"),
    Type.DATE: pa.date32(),
    Type.JSON: pa.string(),
}

INSTANTS = "instants in UTC"


def schema_of(headings: tuple[Heading, ...], header: Header, about: About) -> pa.Schema:
    """The columns with their descriptions, labels and units as metadata, and what the table is as the schema's."""
    fields = [
        pa.field(title, _TYPES[heading.column.type], metadata=_metadata(heading))
        for heading, title in zip(headings, titles(headings, header), strict=True)
    ]
    facts = {"table": about.table, "title": about.title, "description": about.description, "filter": about.filter}
    facts |= {"as_of": about.as_of.isoformat() if about.as_of else "", "made_by": f"TVox Tables {RELEASE}"}
    return pa.schema(fields, {name: text for name, text in facts.items() if text})


def typed(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """A batch in a schema; instants are UTC, whatever zone they came in."""
    columns = [values.cast(field.type) for values, field in zip(batch.columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _metadata(heading: Heading) -> dict[str, str]:
    column = heading.column
    facts = {"description": column.description, "label": column.label, "path": column.path, "type": column.type.value}
    return {name: text for name, text in (facts | {"unit": column.unit or ""}).items() if text}
