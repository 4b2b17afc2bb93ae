"""Lent: the documented tables as a statement's relations, with the columns that a key sees."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from datamodel.sql.dialect.values import FREE, Kind, Value
from datamodel.sql.words import Area, SqlColumn, SqlTable
from tabular.errors import StatementUnsupported, UnknownSqlTable
from tabular.month import Month

Place = tuple[SqlTable, Month | None]
"""A table, and its month where it has months."""

_TYPE = re.compile(r"([a-z]+)(?:\((\d+)(?:,(\d+))?\))?( unsigned)?")


@dataclass(slots=True)
class Lent:
    """The tables that one statement reads, called b0, b1, … in the engine.

    `columns` are those of a table that the key sees, none where it does not see the table; `exact` says whether each
    spelling in a column of texts is another text, too.
    """

    area: Area
    named: Callable[[str], Place | None]
    columns: Callable[[SqlTable], Sequence[SqlColumn]]
    all_names: Callable[[], Sequence[str]]
    exact: Callable[[Place, SqlColumn], bool] = lambda place, column: False
    places: dict[Place, str] = field(default_factory=dict)
    aliases: dict[str, Place] = field(default_factory=dict)

    def relation(self, name: str, alias: str) -> tuple[str, Mapping[str, tuple[str, Value]]]:
        """What a table is called in the engine, and its columns as `alias` has them. Raises UnknownSqlTable."""
        place = self.named(name)
        seen = self.columns(place[0]) if place is not None else ()
        if place is None or not seen or place[0].area is not self.area:
            raise UnknownSqlTable(name, self.area.value, self.all_names())
        ours = self.places.setdefault(place, f"b{len(self.places)}")
        self.aliases[alias] = place
        whole = {column.name: at for at, column in enumerate(place[0].columns)}
        return ours, {
            column.name.lower(): (column.name, self._value(place, column, alias, whole[column.name])) for column in seen
        }

    def _value(self, place: Place, column: SqlColumn, alias: str, at: int) -> Value:
        found = _TYPE.match(column.sql_type)
        word, size, digits, unsigned = found.groups() if found else ("text", None, None, None)
        sql = f"{alias}.c{at}"
        match word:
            case "int" | "tinyint" | "bigint" | "smallint" | "mediumint":
                return Value(sql, Kind.INTEGER, unsigned=bool(unsigned))
            case "decimal":
                return Value(sql, Kind.DECIMAL, scale=int(digits or 0), digits=int(digits or 0))
            case "double" | "float":
                return Value(sql, Kind.DOUBLE, scale=FREE)
            case "date":
                return Value(sql, Kind.DATE)
            case "timestamp" | "datetime":
                return Value(sql, Kind.DATETIME, scale=int(size or 0))
            case "enum":
                return Value(sql, Kind.TEXT, FREE, key=f"{alias}.k{at}", rank=f"{alias}.r{at}", order=f"{alias}.o{at}",
                             exact=self.exact(place, column), source=f"{alias}.{at}")  # fmt: skip
            case "varchar" | "char" | "text" | "mediumtext" | "longtext":
                return Value(
                    sql,
                    Kind.TEXT,
                    FREE,
                    key=f"{alias}.k{at}",
                    rank=f"{alias}.r{at}",
                    exact=self.exact(place, column),
                    source=f"{alias}.{at}",
                )
        raise StatementUnsupported(f"a column of type {word}", advice="Name other columns.")


_USED = re.compile(r"\b(t\d+)\.([ckro])(\d+)\b")


def used(sql: str, lent: Lent) -> dict[Place, dict[str, set[str]]]:
    """The columns of each table that a statement names, with the forms in which it does: c as they are, k and r what
    is compared and sorted by, o the order of an enum."""
    found: dict[Place, dict[str, set[str]]] = {place: {} for place in lent.places}
    for alias, form, at in _USED.findall(sql):
        place = lent.aliases.get(alias)
        if place is not None:
            found[place].setdefault(place[0].columns[int(at)].name, set()).add(form)
    return found
