"""The elements of a model: sets of entities, what an entity consists of, and where it leads."""

from dataclasses import dataclass
from functools import cached_property

from odata.model.offered import Offered
from tabular.table import Column, Table

NAMESPACE = "TVox"
CONTAINER = "Centre"


@dataclass(frozen=True, slots=True)
class Property:
    """A property, which is a column: it has the column's name.

    `type` is an Edm type (`Edm.Int64`); `precision` the decimals of a second, where it is a time. Only what identifies
    an entity is never null: a column that the Data Model calls so is empty where rows came from elsewhere.
    `description` is one sentence, `detail` what else a reader needs: the unit, the values.
    """

    name: str
    column: Column
    type: str
    nullable: bool
    description: str
    detail: str | None = None
    precision: int | None = None


@dataclass(frozen=True, slots=True)
class Navigation:
    """A way from an entity to those of another set: all whose properties equal its own, as `pairs` say.

    `pairs` are of an own property's name and a target property's. `many` is a list, else there is one entity, or
    perhaps none where `nullable`. `partner` is the way back, if there is one.
    """

    name: str
    target: str
    many: bool
    nullable: bool
    partner: str | None
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, eq=False)
class EntityType:
    """What an entity of a set consists of.

    `table` is what a Query asks for its entities: the key's table, with a number for its text key where one belongs.
    `key` are names of properties.
    """

    name: str
    table: Table
    key: tuple[str, ...]
    properties: tuple[Property, ...]
    navigations: tuple[Navigation, ...]

    @cached_property
    def by_name(self) -> dict[str, Property | Navigation]:
        """Properties and navigations by their names, of which no two are the same."""
        properties: dict[str, Property | Navigation] = {one.name: one for one in self.properties}
        return properties | {one.name: one for one in self.navigations}

    @property
    def qualified(self) -> str:
        """The name with its namespace."""
        return f"{NAMESPACE}.{self.name}"


@dataclass(frozen=True, slots=True)
class EntitySet:
    """A set of entities, called as its table is; `title` is for a person's eyes."""

    name: str
    title: str
    description: str
    type: EntityType


@dataclass(frozen=True, eq=False)
class Model:
    """All sets that a key sees, in the order of its catalogue; equal only to itself, so that it may be a cache's key.

    `fingerprint` tells its documents from those of any other model or release: the ETag of the metadata.
    """

    sets: tuple[EntitySet, ...]
    offered: Offered
    fingerprint: str
    namespace: str = NAMESPACE
    container: str = CONTAINER

    @cached_property
    def by_name(self) -> dict[str, EntitySet]:
        """The sets by their names."""
        return {one.name: one for one in self.sets}
