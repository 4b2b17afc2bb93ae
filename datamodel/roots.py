"""Roots: what the fields of the Data Model's Query ask of which table."""

import re
from dataclasses import dataclass
from enum import StrEnum

from graphql import GraphQLSchema

from datamodel.catalogue import Catalogue, documented
from datamodel.derive import singular
from tabular.criteria import Elements
from tabular.table import LONGEST_SPELLING, Column, Grain, Mask, MaskKind, Reading, Table, Type, plain_path

_EVERY = re.compile(r"(\w{1,100})\[\*\]\.(\w{1,100})", re.ASCII)
_JOINED = (Type.TEXT, Type.INTEGER, Type.BOOLEAN)
"""Types whose values are spelt the same wherever they stand in a text."""


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


def every_at(table: Table, spelling: str) -> Column | None:
    """The column of an item of every element of a list, such as `$.tel[*].value`; None where a spelling is none of
    that kind, or the key may not see the item."""
    found = _EVERY.fullmatch(plain_path(spelling)) if len(spelling) <= LONGEST_SPELLING else None
    if found is None or not is_list(table, (found[1],)):
        return None
    listed, item = found.groups()
    wide = column_at(table, (listed, item))
    if wide is None or wide.type not in _JOINED:
        return None
    # What is no text has no hash and no last digits that tell nothing of it.
    mask = Mask(MaskKind.NULL) if wide.mask is not None and wide.type is not Type.TEXT else wide.mask
    return Column(
        name=f"{listed}[*].{item}",
        path=f"{listed}[*].{item}",
        type=Type.TEXT,
        description=f"`{item}` of every element of `{listed}`, with commas between them.",
        reading=Reading(listed, item=item, every=True),
        origins=(f"{listed}.{item}",),
        mask=mask,
    )


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
