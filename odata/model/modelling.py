"""A Model from a Catalogue: which tables are sets of entities, and what their columns are in OData's words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b

from datamodel.catalogue import Catalogue
from odata.model.elements import CONTAINER, EntitySet, EntityType, Model, Navigation, Property
from odata.model.navigating import navigations
from odata.model.numbering import identifies, numbered
from odata.model.offered import OFFERED, Offered
from tabular.release import RELEASE
from tabular.table import Column, Grain, Table, Type

_TYPES = {
    Type.TEXT: "Edm.String",
    Type.INTEGER: "Edm.Int64",
    Type.NUMBER: "Edm.Double",
    Type.BOOLEAN: "Edm.Boolean",
    Type.TIME: "Edm.DateTimeOffset",
    Type.DATE: "Edm.Date",
    Type.JSON: "Edm.String",
}
_MICROSECONDS = 6
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_NOT_OF_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML document can hold, not even escaped."""


@dataclass(frozen=True)
class _Seen:
    """A catalogue as a cache's key: two that hold the same are the same."""

    fingerprint: str
    catalogue: Catalogue = field(compare=False)


def model_of(catalogue: Catalogue, offered: Offered = OFFERED) -> Model:
    """The model of what a key sees; catalogues of one fingerprint have one model, as long as it is remembered.

    A table is a set only where each column of its key is seen and still tells rows apart behind its mask, and where
    that key does identify a row.
    """
    return _model(_Seen(catalogue.fingerprint, catalogue), offered)


@lru_cache(maxsize=64)
def _model(seen: _Seen, offered: Offered) -> Model:
    tables = {table.name: numbered(table) for table in seen.catalogue if _is_set(table, seen.catalogue)}
    ways = navigations(tables)
    sets = tuple(_entity_set(table, ways.get(name, ())) for name, table in tables.items())
    told = f"{seen.fingerprint} {offered!r} {RELEASE}"
    return Model(sets, offered, blake2b(told.encode(), digest_size=8).hexdigest())


def _is_set(table: Table, catalogue: Catalogue) -> bool:
    seen = {column.name: column for column in table.columns}
    keyed = bool(table.key) and all(name in seen and identifies(seen[name]) for name in table.key)
    return keyed and _is_name(table.name) and table.name != CONTAINER and _is_identified(table, catalogue)


def _is_identified(table: Table, catalogue: Catalogue) -> bool:
    """Whether no two rows have one key: elements of steps have only their interaction's id and their place."""
    if table.grain is not Grain.ELEMENT:
        return True
    root = next((one for one in catalogue if one.name == table.root), None)
    # Steps are known by "id" and "step": where the key does not see the root, another name than "id" is no step's.
    return table.key[0] != "id" if root is None else root.key == table.key[:1]


def _is_name(name: str) -> bool:
    return _IDENTIFIER.fullmatch(name) is not None


def _entity_set(table: Table, ways: tuple[Navigation, ...]) -> EntitySet:
    entity = EntityType(table.name, table, table.key, tuple(_properties(table)), ways)
    title = _written(table.title or table.name)
    return EntitySet(table.name, title, _written(table.description) or title, entity)


def _properties(table: Table) -> Iterator[Property]:
    for column in table.columns:
        if _is_name(column.name):
            yield Property(
                name=column.name,
                column=column,
                type=_TYPES[column.type],
                nullable=column.name not in table.key and not column.reading.numbered,
                description=_written(column.description) or _written(column.label),
                detail=_detail(column),
                precision=_MICROSECONDS if column.type is Type.TIME else None,
            )


def _detail(column: Column) -> str | None:
    """The unit and the values, which nothing else of the metadata tells."""
    told = ["In seconds."] if column.unit == "s" else []
    told += [f"One of {', '.join(map(_written, column.values))}."] if column.values and column.mask is None else []
    told += ["A value of any shape, as JSON text."] if column.type is Type.JSON else []
    return " ".join(told) or None


def _written(text: str) -> str:
    return _NOT_OF_XML.sub("", text)
