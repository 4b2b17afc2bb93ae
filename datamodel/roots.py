"""Roots: what the fields of the Data Model's Query ask of which table."""

from dataclasses import dataclass
from enum import StrEnum

from graphql import GraphQLSchema

from datamodel.catalogue import Catalogue, documented
from datamodel.derive import singular
from tabular.criteria import Elements
from tabular.table import Column, Grain, Table


class Kind(StrEnum):
    """A page of a table's interactions or records, how many there are, or one by its key."""

    PAGE = "page"
    COUNT = "count"
    ONE = "one"


@dataclass(frozen=True, slots=True)
class Root:
    """A field of Query and the table, as a key sees it, that answers it."""

    name: str
    kind: Kind
    table: Table


def roots_of(schema: GraphQLSchema, catalogue: Catalogue) -> dict[str, Root]:
    """The fields of Query that tables of a catalogue answer, by name."""
    known = schema.query_type.fields if schema.query_type else {}
    found: dict[str, Root] = {}
    for table in catalogue:
        if table.grain not in (Grain.STEP, Grain.RECORD):
            continue
        one = singular(table.name)
        names = {table.name: Kind.PAGE, f"{table.name}Count": Kind.COUNT, f"{one}Count": Kind.COUNT}
        if table.key[0] in table.spellings:
            names[one] = Kind.ONE
        found |= {name: Root(name, kind, table) for name, kind in names.items() if name in known}
    return found


def column_at(table: Table, path: tuple[str, ...]) -> Column | None:
    """The column that shows what lies at a path of a table's records; None where the key may not see it.

    An item of a list (`tel`, `value`) has several columns, one for each of the first elements: it is seen where all
    of them are, and behind a mask where one of them is.
    """
    spelling = ".".join(path)
    found = table.spellings.get(spelling)
    if found is not None or len(path) == 1:
        return found
    wide = [column for column in table.columns if _is_item(column, path)]
    whole = [column for column in documented().table(table.name).columns if _is_item(column, path)]
    if not wide or len(wide) < len(whole):
        return None
    return next((column for column in wide if column.mask is not None), wide[0])


def is_list(table: Table, path: tuple[str, ...]) -> bool:
    """Whether a list of records lies at a path of the table's records."""
    return len(path) == 1 and any(field.name == path[0] and field.items for field in table.fields)


def elements_at(table: Table, name: str) -> Elements:
    """The list of that name with the items that the key may see of its elements."""
    stored = next(field.items for field in table.fields if field.name == name)
    seen = ((item, column_at(table, (name, item))) for item, _ in stored)
    return Elements(name, tuple((item, column) for item, column in seen if column is not None))


def _is_item(column: Column, path: tuple[str, ...]) -> bool:
    return column.reading.field == path[0] and column.reading.item == path[-1]
