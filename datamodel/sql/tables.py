"""The documented SQL tables, and what each is called in SQL."""

import re

from datamodel.sql.declaration import declared
from datamodel.sql.words import Area, SqlColumn, SqlTable
from tabular.month import Month

__all__ = ["BY_NAME", "SQL_TABLES", "Area", "SqlColumn", "SqlTable", "table_named"]

SQL_TABLES: tuple[SqlTable, ...] = declared()
"""Every documented SQL table, in the order of the document."""

BY_NAME = {table.name: table for table in SQL_TABLES}
"""They by their names without a month."""


def table_named(name: str) -> tuple[SqlTable, Month | None] | None:
    """The table that a name in SQL means, and its month; None where no table is called so.

    >>> found = table_named("ast_calls_202005")
    >>> (found[0].name, str(found[1])) if found else None
    ('ast_calls', '2020-05')
    >>> table_named("ast_calls"), table_named("tickets_202005"), table_named("ast_calls_202013")
    (None, None, None)
    """
    plain = BY_NAME.get(name)
    if plain is not None:
        return None if plain.monthly else (plain, None)
    found = re.fullmatch(r"(\w+)_(\d{4})(\d{2})", name, re.ASCII)
    table = BY_NAME.get(found[1]) if found else None
    if found is None or table is None or not table.monthly:
        return None
    try:
        return table, Month.parse(f"{found[2]}-{found[3]}")
    except ValueError:
        return None
