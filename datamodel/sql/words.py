"""What the declaration of an SQL table says, as values: its area, its columns with the documented types, its key."""

import re
from dataclasses import dataclass
from enum import StrEnum

from tabular.month import Month
from tabular.table import Type


class Area(StrEnum):
    """The group of tables that one advanced query may read: the names of the Data Model's AdvancedQueryType."""

    TVOX = "TVOX"
    ADDRESSBOOK = "ADDRESSBOOK"
    SUPPORT = "SUPPORT"


@dataclass(frozen=True, slots=True)
class SqlColumn:
    """One column; `sql_type` is the documented type as it is written there, `values` those of an enum or a code.

    `origin` says where its value comes from, as `tables.txt` explains (empty: it is kept under its own name), `tells`
    which columns of the Data Model tell the same.
    """

    name: str
    sql_type: str
    description: str
    values: tuple[str, ...] = ()
    origin: str = ""
    tells: tuple[str, ...] = ()

    @property
    def internal(self) -> bool:
        """Whether it is there and null."""
        return self.origin == "*"

    @property
    def type(self) -> Type:
        """What its cells hold on the faces that know no SQL."""
        word = re.match(r"[a-z]*", self.sql_type)
        return _TYPES.get(word[0] if word else "", Type.TEXT)

    @property
    def scale(self) -> tuple[int, int] | None:
        """The digits in all and behind the point of a decimal type."""
        found = re.fullmatch(r"decimal\((\d+),(\d+)\)", self.sql_type)
        return (int(found[1]), int(found[2])) if found else None


_TYPES = {
    "int": Type.INTEGER,
    "tinyint": Type.INTEGER,
    "decimal": Type.NUMBER,
    "date": Type.DATE,
    "timestamp": Type.TIME,
    "datetime": Type.TIME,
}


@dataclass(frozen=True, slots=True)
class SqlTable:
    """One table.

    `of` are the tables of the Data Model whose rows it shows; where there are none, its rows are kept under its own
    name, with the fields `keeps` besides its columns. `clock` is the column that a window of time tests.
    """

    name: str
    area: Area
    monthly: bool
    title: str
    description: str
    columns: tuple[SqlColumn, ...]
    key: tuple[str, ...] = ()
    clock: str | None = None
    of: tuple[str, ...] = ()
    keeps: tuple[tuple[str, Type], ...] = ()

    def named(self, month: Month | None) -> str:
        """Its name in SQL: of a monthly table, with the month."""
        return self.name if month is None else f"{self.name}_{month.year:04}{month.month:02}"
