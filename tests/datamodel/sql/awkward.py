"""Rows for every documented SQL table, the same each time, with what is awkward in each type: nulls, accents, capitals,
blanks at the end, numbers in texts, the last day of a month."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pyarrow as pa

from answers.sql.rows import arrow_type_of
from datamodel.sql.tables import BY_NAME, SQL_TABLES
from datamodel.sql.words import SqlColumn, SqlTable
from store.patience import Patience
from tabular.month import Month

MAY = Month(2020, 5)
ROWS = 60
_TEXTS = (
    "Rossi", "Bianchi", "Èva", "Müller", "Strauß", "O'Neill", "100%", "a_b", "a\\b", "x|y|z", "12abc", "3.50", " lead",
    "line\nbreak", "tab\there", "café", "Zoë", "ñandú", "日本", "", "007", "1e3", "-5", "Čapek", "abc,def", 'say "hi"',
)  # fmt: skip
"""No two of them are one text to MariaDB: which spelling of several it shows, nobody knows."""
_TWINS = ("Verdi", "VERDI", "verdi ", "Vérdi")
"""All of them are."""


def month_of(table: SqlTable) -> Month | None:
    """The month of a table that has months."""
    return MAY if table.monthly else None


def rows_of(table: SqlTable) -> pa.Table:
    """The rows of a table."""
    dice = random.Random(table.name)  # noqa: S311 (the same rows every time)
    columns = [_column(table, column, dice) for column in table.columns]
    names = [column.name for column in table.columns]
    kinds = [arrow_type_of(column) for column in table.columns]
    return pa.table([pa.array(values, kind) for values, kind in zip(columns, kinds, strict=True)], names)


def _column(table: SqlTable, column: SqlColumn, dice: random.Random) -> Sequence[object]:
    if column.name in ("id", "uniqueid") or column.name in table.key[:1]:
        if arrow_type_of(column) == pa.int64():
            return list(range(1, ROWS + 1))
        return [f"{1588300000 + row // 2 * 977}.{row // 2}" for row in range(ROWS)]
    if column.name == "step":
        return [row % 2 for row in range(ROWS)]
    if column.name.startswith("ora"):
        return [f"{dice.randint(0, 23):02},{dice.randint(0, 59):02}{dice.randint(0, 59):02}" for _ in range(ROWS)]
    if column.name in ("cli", "servizio", "service"):
        return [dice.choice(("0461234567", "+39045", "anonymous", "199", None)) for _ in range(ROWS)]
    return [None if dice.random() < 0.15 else _value(table, column, dice) for _ in range(ROWS)]


def _value(table: SqlTable, column: SqlColumn, dice: random.Random) -> object:
    word = column.sql_type.partition("(")[0]
    if column.name.endswith("_id") and word == "int":
        return dice.randint(1, 12)
    match word:
        case "enum":
            return dice.choice(column.values)
        case "int":
            return dice.choice((0, 1, 2, 3, 7, 45, 60, 3600, dice.randint(0, 9999)))
        case "tinyint":
            return dice.randint(0, 1)
        case "decimal":
            return Decimal(dice.randint(0, 99999)).scaleb(-2)
        case "date":
            return date(2020, 1, 1) + timedelta(days=dice.choice((0, 30, 59, 60, 121, 151, dice.randint(0, 400))))
        case "timestamp" | "datetime":
            at = datetime(2020, 5, 1, tzinfo=UTC) + timedelta(seconds=dice.randint(0, 30 * 86400))
            digits = int(column.sql_type.partition("(")[2].rstrip(")") or 0)
            unit = 10 ** (6 - digits)
            return at.replace(tzinfo=None, microsecond=dice.randint(0, 999_999) // unit * unit)
        case "char":
            return dice.choice("IOX") if column.sql_type == "char(1)" else dice.choice(_TEXTS[:6])
    if column.name in ("surname", "lastname", "skillset"):
        return dice.choice(_TWINS)
    size = int(column.sql_type.partition("(")[2].rstrip(")") or 100)
    return dice.choice(_TEXTS)[:size]


class AwkwardRows:
    """The rows, as answers/sql/rows.py would give them to a key that sees everything."""

    def __init__(self) -> None:
        self._rows = {table.name: rows_of(table) for table in SQL_TABLES}

    def columns(self, table: SqlTable) -> tuple[SqlColumn, ...]:
        """All of them."""
        return BY_NAME[table.name].columns

    def version(self, table: SqlTable, month: Month | None, at: int | None = None) -> tuple[tuple[str, int], ...]:
        """Always the same."""
        return ((table.name, 1),) if month == month_of(table) else ()

    def rows(
        self,
        table: SqlTable,
        month: Month | None,
        columns: tuple[str, ...],
        patience: Patience | None = None,
        at: int | None = None,
    ) -> pa.Table:
        """The columns of a month; none in other months."""
        found = self._rows[table.name].select(columns)
        return found if month == month_of(table) else found.slice(0, 0)
