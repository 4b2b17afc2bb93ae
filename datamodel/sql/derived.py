"""The SQL tables as Tables, beside those of the Data Model whose rows some of them show another way."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from datamodel.sql.tables import SQL_TABLES
from datamodel.sql.words import SqlColumn, SqlTable
from tabular.table import Column, Field, Grain, Made, Making, Reading, Table

_TOLD = ("inboundCalls", "outboundCalls", "addressBookContacts")
"""Where a column of the Data Model is looked for that an SQL column tells the same as."""

_ITEM = re.compile(r"(\w+)\[(\d+)\]\.(\w+)")
_CROSSED = "grpservizio"


def with_sql_tables(tables: Sequence[Table]) -> tuple[Table, ...]:
    """The Data Model's tables, with the fields that only SQL tables show, and behind them every SQL table."""
    whole = tuple(_with_own_fields(table) for table in tables)
    return (*whole, *(_table(one, whole) for one in SQL_TABLES))


def with_sql_views(tables: Sequence[Table]) -> tuple[Table, ...]:
    """Tables, and behind them the SQL tables that show their rows another way, but for names that are taken."""
    taken, known = {table.name.casefold() for table in tables}, {table.name for table in tables}
    shown = (one for one in SQL_TABLES if known & set(one.of) and one.name.casefold() not in taken)
    return (*tables, *(_table(one, tables) for one in shown))


def only_in_sql(tables: Iterable[Table]) -> Mapping[str, str]:
    """The SQL tables that are not among tables, each with its area: nothing but an advanced query gives their rows."""
    taken = {table.name.casefold() for table in tables}
    return {one.name: one.area.value for one in SQL_TABLES if one.name.casefold() not in taken}


def _with_own_fields(table: Table) -> Table:
    """The table with what SQL tables show of its rows and it does not."""
    shown = (one for one in SQL_TABLES if table.name in one.of)
    own = (Field(c.name, c.type) for one in shown for c in one.columns if not c.origin and c.name != _CROSSED)
    return replace(table, fields=(*table.fields, *own))


def _table(declared: SqlTable, tables: Sequence[Table]) -> Table:
    by_name = {table.name: table for table in tables}
    roots = tuple(by_name[name] for name in declared.of if name in by_name)
    kept = [Field(name, kind) for name, kind in declared.keeps]
    kept += [Field(column.name, column.type) for column in declared.columns if not column.origin]
    fields = () if roots else tuple(kept)
    is_made = any(column.origin for column in declared.columns)
    made = (
        [_made(column, [root.fields for root in roots] or [fields]) for column in declared.columns] if is_made else []
    )
    if roots:
        made = [_crossed(one, roots, tables) if one.name == _CROSSED else one for one in made]
    return Table(
        name=declared.name,
        title=declared.title,
        description=declared.description,
        columns=tuple(_column(column, declared, roots, by_name) for column in declared.columns),
        key=declared.key,
        grain=Grain.RECORD,
        root=declared.name,
        fields=fields,
        clock=declared.clock,
        monthly=declared.monthly,
        of=tuple(root.name for root in roots),
        made=tuple(made),
        tells_of=_tells_of(declared),
    )


def _tells_of(declared: SqlTable) -> tuple[str, ...]:
    """The tables whose columns it tells something of."""
    if declared.of:
        return declared.of
    return ("inboundCalls", "outboundCalls", "inboundVideoCalls", "inboundChats", "addressBookContacts")


def _column(column: SqlColumn, of: SqlTable, roots: Sequence[Table], tables: Mapping[str, Table]) -> Column:
    field = _field_of(column)
    origins = [origin for root in roots for origin in _origins(root, field)] if field else []
    for name in column.tells:
        told = (tables[one] for one in _TOLD if one in tables)
        origins += [origin for table in told for origin in _origins(table, name)] or [name]
    return Column(
        name=column.name,
        path=column.name,
        type=column.type,
        description=column.description,
        reading=Reading(column.name),
        origins=tuple(dict.fromkeys(origins)),
        nullable=column.name not in of.key,
        unit="s" if column.description.startswith("Seconds") else None,
        values=column.values,
    )


def _origins(table: Table, field: str) -> Iterator[str]:
    """What a field of a table, or an item of a list (`tel.value`), is made of."""
    listed, _, item = field.partition(".")
    for column in table.columns:
        if column.reading.field == listed and column.reading.item == (item or None):
            yield from column.origins
            return


def _field_of(column: SqlColumn) -> str:
    """The field that a column's origin names: `tel.value` for an item of a list."""
    origin = column.origin
    if origin in ("", "*") or origin.startswith("text"):
        return ""
    word = origin.partition(" ")[0]
    if word in ("day", "clock", "code"):
        origin = origin.removeprefix(word).strip()
    field = re.split(r"[:&]", origin)[0].strip()
    return re.sub(r"\[\d+\]", "", field)


def _crossed(one: Made, roots: Sequence[Table], tables: Sequence[Table]) -> Made:
    """The services that interactions have crossed, which their summaries know."""
    pairs = tuple((root.name, table.name) for root in roots for table in tables if _sums_up(table, root))
    return replace(one, how=Making.CROSSED, field=roots[0].key[0], pairs=pairs)


def _made(column: SqlColumn, kept: Sequence[Sequence[Field]]) -> Made:
    """How a column is made of the fields that are kept, in each of the tables that keep them; of nothing where one of
    these knows nothing of it."""
    nothing = Made(column.name, column.type, Making.NOTHING)
    word, _, rest = column.origin.partition(" ")
    if word == "*":
        return nothing
    if word == "text":
        return replace(nothing, how=Making.TEXT, text=rest)
    field = _field_of(column) or column.name
    listed, _, item = field.partition(".")
    fields = [next((one for one in of if one.name == listed), None) for of in kept]
    if any(one is None or bool(item) != bool(one.items) for one in fields):
        return nothing
    if word in ("day", "clock"):
        return replace(nothing, how=Making(word), field=listed)
    made = replace(nothing, how=Making.FIELD, field=listed)
    if item:
        place = _ITEM.search(column.origin)
        assert place is not None
        made = replace(made, index=int(place[2]) - 1, item=item)
    if word == "code":
        return replace(made, how=Making.CODE, pairs=tuple(_pairs(column)))
    if " & " in column.origin:
        return replace(made, how=Making.JOINED, text=column.origin.partition(" & ")[2])
    return replace(made, cast=not item and any(one is not None and one.type is not column.type for one in fields))


def _pairs(column: SqlColumn) -> Iterator[tuple[str, str | int]]:
    for pair in column.origin.partition(":")[2].split(","):
        name, code = pair.strip().split("=")
        yield name, int(code) if column.sql_type.startswith("int") else code


def _sums_up(table: Table, root: Table) -> bool:
    return table.grain is Grain.INTERACTION and table.root == root.name and "services" in table.spellings
