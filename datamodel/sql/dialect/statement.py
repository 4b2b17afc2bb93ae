"""A statement from end to end: its text becomes the engine's SQL, the texts it binds, and its fields' names."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlglot import exp

from datamodel.sql.dialect.naming import names_of
from datamodel.sql.dialect.queries import Queries
from datamodel.sql.dialect.reading import read
from datamodel.sql.dialect.relations import Tables
from datamodel.sql.dialect.scopes import Writing
from tabular.errors import StatementTooLarge, UnknownSqlColumn

_BOUND = re.compile(r"\$(p\d+)\b")


@dataclass(frozen=True, slots=True)
class Translated:
    """A statement for the engine: all of its fields are texts, and no text of the caller is part of `sql`."""

    sql: str
    literals: Mapping[str, str]
    names: tuple[str, ...]
    ranked: Mapping[int, str]
    """Fields that are ranks in place of texts, with the column whose spellings they are."""


def translated(statement: str, tables: Tables, now: datetime, zone: str, most: int) -> Translated:
    """A statement of MySQL for the engine, which gives at most so many rows; `now` is in the zone, without it.

    Raises the errors of tabular/errors/advanced.py.
    """
    try:
        tree, lexed = read(statement)
        writing = Writing(lexed, now, zone)
        sql, fields = Queries(writing, tables).printed(tree, most)
        first: exp.Expression = tree
        while not isinstance(first, exp.Select):
            first = first.this
    except RecursionError as failure:
        raise StatementTooLarge("levels", 200) from failure
    said = names_of(lexed)
    unnamed = iter(
        name
        for name, item in zip(said, first.expressions, strict=False)
        if not isinstance(item, exp.Alias | exp.Column | exp.Star)
    )
    names = tuple(field.name or next(unnamed, "") for field in fields)
    for name in names:
        if names.count(name) > 1:
            raise UnknownSqlColumn(
                name or "*", problem="is twice among the fields", advice="Give one of them another name with AS."
            )
    # Some were looked at only: a date, a format.
    bound = {name: writing.literals[name] for name in set(_BOUND.findall(sql))}
    ranked = {place: str(one.value.source) for place, one in enumerate(fields) if one.value.is_told_by_rank}
    return Translated(sql, bound, names, ranked)
