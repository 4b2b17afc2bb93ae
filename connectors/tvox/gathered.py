"""Tables gathered from schemas: the documented ones whole, then what any schema that was seen has beyond them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache

from graphql import GraphQLObjectType, GraphQLSchema, get_directive_values

from datamodel.catalogue import data_model, documented_schema
from datamodel.derive import singular, tables_from
from datamodel.summaries import summary_of
from tabular.table import Grain, Table


def gathered(schemas: Iterable[Sequence[Table]]) -> tuple[Table, ...]:
    """The documented tables, then those of the schemas in their order; no table, column or field is ever lost.

    What is new of a table comes at its end, so that what was known before stays where it was. Names that differ by
    capitals alone are one, as in the store.
    """
    known = {table.name.casefold(): table for table in data_model()}
    for tables in schemas:
        queries = {table.name.casefold() for table in tables if table.root == table.name}
        for table in tables:
            name = table.name.casefold()
            if table.root != table.name and name in queries:
                continue  # what a query gives comes before what is made of another one's lists
            older = known.get(name)
            if older is None and (table.root == table.name or _belongs(table, known.get(table.root.casefold()))):
                known[name] = table
            elif older is not None and table.root == table.name and older.root == older.name:
                known[name] = _united(older, table)
        for table in tables:
            if table.grain is Grain.INTERACTION:
                _summarise_again(known, table.name.casefold())
    return tuple(known.values())


def derived(schema: GraphQLSchema) -> tuple[Table, ...]:
    """The tables of a schema, with what no store could hold left out."""
    return tuple(_storable(table) for table in tables_from(schema, _widths()))


@cache
def _widths() -> dict[str, int]:
    """How many elements of a list are columns, where the documented schema says so: introspection does not."""
    schema = documented_schema()
    wide = schema.get_directive("wide")
    assert wide is not None
    found: dict[str, int] = {}
    for kind in schema.type_map.values():
        for name, field in kind.fields.items() if isinstance(kind, GraphQLObjectType) else ():
            said = get_directive_values(wide, field.ast_node) if field.ast_node is not None else None
            if said is not None:
                found[f"{kind.name}.{name}"] = int(said["count"])
    return found


def _storable(table: Table) -> Table:
    """The table without second fields of the same name, capitals aside, and without names of the store's own."""
    fields = {field.name.casefold(): field for field in reversed(table.fields) if not field.name.startswith("_")}
    kept = tuple(field for field in table.fields if fields.get(field.name.casefold()) is field)
    names = {field.name for field in kept}
    columns = {column.name.casefold(): column for column in reversed(table.columns)}
    return replace(
        table,
        fields=kept,
        columns=tuple(
            column
            for column in table.columns
            if columns[column.name.casefold()] is column and (not table.fields or column.reading.field in names)
        ),
    )


def _belongs(table: Table, root: Table | None) -> bool:
    """Whether a summary or a table of elements can be read from a root as it is known."""
    if root is None or table.grain is Grain.INTERACTION:
        return root is not None and root.grain is Grain.STEP
    items = next((field.items for field in root.fields if field.name == table.element), ())
    asked = {column.reading.item for column in table.columns if column.reading.field == table.element}
    return asked - {None} <= {name for name, _ in items}


def _united(older: Table, newer: Table) -> Table:
    """The older table with what is new of the newer one at its end."""
    held = {field.name.casefold() for field in older.fields}
    fields = [field for field in newer.fields if field.name.casefold() not in held]
    new = {field.name for field in fields}
    taken = {column.name.casefold() for column in older.columns}
    columns = [c for c in newer.columns if c.reading.field in new and c.name.casefold() not in taken]
    if not fields:
        return older
    return replace(older, fields=(*older.fields, *fields), columns=(*older.columns, *columns))


def _summarise_again(known: dict[str, Table], name: str) -> None:
    """Append to a summary what the steps, as they are now known, add to it."""
    summary = known.get(name)
    steps = known.get(summary.root.casefold()) if summary is not None else None
    if summary is not None and steps is not None and summary.grain is Grain.INTERACTION:
        known[name] = _united(summary, _storable(summary_of(steps, singular(steps.name))))
