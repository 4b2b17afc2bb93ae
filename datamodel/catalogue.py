"""A Catalogue is the tables that one key sees; faces take a catalogue, never tables from elsewhere."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache, cached_property, lru_cache
from hashlib import blake2b
from pathlib import Path

from graphql import GraphQLSchema, build_schema

from datamodel.derive import tables_from
from datamodel.sql.derived import only_in_sql, with_sql_tables, with_sql_views
from tabular.errors import OnlyInSql, UnknownTable
from tabular.restriction import Restriction
from tabular.table import Grain, Table

SCHEMA_FILE = Path(__file__).with_name("schema.graphql")


class Catalogue:
    """Tables by name, in the order in which they are listed.

    `beyond` are the SQL tables that it lacks since they are a TVox's alone, each with its area.
    """

    def __init__(self, tables: Iterable[Table], beyond: Mapping[str, str] | None = None) -> None:
        self._tables = {table.name: table for table in tables}
        self.beyond = beyond or {}

    def __iter__(self) -> Iterator[Table]:
        return iter(self._tables.values())

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the tables, as listed."""
        return tuple(self._tables)

    def table(self, name: str) -> Table:
        """The table of that name. Raises OnlyInSql, or UnknownTable with the nearest name."""
        if name not in self._tables:
            if name in self.beyond:
                raise OnlyInSql(name, self.beyond[name])
            raise UnknownTable(name, self.names)
        return self._tables[name]

    def summary_of(self, table: Table) -> Table | None:
        """The table of one row per interaction of `table`'s steps, where it has one."""
        return next((t for t in self if t.grain is Grain.INTERACTION and t.root == table.name), None)

    @cached_property
    def fingerprint(self) -> str:
        """What tells this catalogue's answers from those of any other."""
        return blake2b(repr(tuple(self)).encode(), digest_size=8).hexdigest()

    def restricted(self, restriction: Restriction) -> "Catalogue":
        """The catalogue of a key: hidden columns do not exist in it, masked ones carry their mask.

        A table without a column left does not exist either.
        """
        if restriction.is_open:
            return self
        seen = (_restricted(table, restriction) for table in self if restriction.opens(table))
        return Catalogue((table for table in seen if table.columns), self.beyond)


def _restricted(table: Table, restriction: Restriction) -> Table:
    return table.with_columns(
        tuple(
            replace(column, mask=restriction.mask(table, column))
            for column in table.columns
            if not restriction.hides(table, column)
        )
    )


@cache
def documented_schema() -> GraphQLSchema:
    """The GraphQL schema of the documented Data Model (`schema.graphql`)."""
    return build_schema(SCHEMA_FILE.read_text(encoding="utf-8"))


@cache
def documented() -> Catalogue:
    """Every table of the documented Data Model and every documented SQL table, with nothing hidden."""
    return Catalogue(with_sql_tables(tuple(data_model())))


@cache
def data_model() -> Catalogue:
    """The tables of the documented Data Model alone: what a TVox's queries give."""
    return Catalogue(tables_from(documented_schema()))


@lru_cache(maxsize=8)
def mirrored(tables: tuple[Table, ...]) -> Catalogue:
    """The catalogue of a TVox's tables, and of the SQL tables that show their rows another way; of no others."""
    known = with_sql_views(tables)
    return Catalogue(known, only_in_sql(known))
