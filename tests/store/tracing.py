"""Every statement that reaches the engine, and what may stand in it: names of the catalogue and words of ours alone."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from store import store
from tabular.grouping import Function, Part
from tabular.table import Table


@dataclass(frozen=True)
class Executed:
    """A statement's text, and the literals that were bound in it."""

    sql: str
    literals: tuple[object, ...]


class Traced:
    """A connection of the engine whose `execute`, the only way in for SQL, notes what it is given."""

    _HARMLESS = frozenset(
        ("begin", "commit", "rollback", "close", "interrupt", "register", "unregister", "fetchall")
    ) | {"to_arrow_table", "to_arrow_reader"}
    """What takes no SQL; whatever else is used of a connection is a way in that nobody watches."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, noted: list[Executed]) -> None:
        self._connection = connection
        self._noted = noted

    def execute(self, sql: str, literals: Mapping[str, object] | None = None) -> "Traced":
        """Note and execute."""
        self._noted.append(Executed(sql, tuple((literals or {}).values())))
        self._connection.execute(sql, literals)
        return self

    def cursor(self) -> "Traced":
        """Another one that notes in the same place."""
        return Traced(self._connection.cursor(), self._noted)

    def __getattr__(self, name: str) -> Any:
        assert name in self._HARMLESS, f"{name} may be a way for SQL into the engine"
        return getattr(self._connection, name)


@contextmanager
def traced() -> Iterator[list[Executed]]:
    """Stores that are opened inside note their statements in the list."""
    noted: list[Executed] = []
    connect = store._connect

    def connected(path: Path, memory: str, threads: int | None) -> Traced:
        return Traced(connect(path, memory, threads), noted)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "_connect", connected)
        yield noted


_TOKEN = re.compile(
    r"""
      (?P<blank>\s+)
    | (?P<text>'(?:[^']|'')*')
    | (?P<name>"(?:[^"]|"")*")
    | (?P<bound>\$[a-z_]\w*)
    | (?P<number>[0-9]+(?:e[0-9]+)?)
    | (?P<word>[A-Za-z_]\w*)
    | (?P<sign>::|:=|\|\||//|<>|<=|>=|[-+*/%=<>(),.;\[\]:])
    """,
    re.VERBOSE,
)

_WORDS = """
add all alter and any_value array_to_string as asc avg between bigint blob boolean by case cast ceil coalesce column
contains count create date date_trunc day delete dense_rank desc distinct double drop duckdb_columns else encode end
ends_with epoch_us exists false first floor from full generate_subscripts greatest group hash having hour hugeint if
in index insert integer into is isinf isnan isodow join lag lambda last least left len length limit list_filter
list_transform lower make_timestamp materialized max md5_number_lower microsecond min minute month not null nullif
nulls offset on or order over partition preceding quantile_cont rank regexp_extract regexp_full_match regexp_matches
rename repeat replace right round row_number rowid rtrim schema second select set sha256 split_part starts_with
strftime string_split strip_accents strpos struct struct_pack substr sum table temp then time timestamp to trim true
try_cast unbounded unhex union unnest update upper using values varchar view when where with year
"""
_OURS = """
kept store identity layout versions version written origin partitions month fetched rows settled tidy extents
incoming staged scope summaries changed to_summarise of_month ordinals placed found newest earliest at before one key
new old is_last table_name column_name schema_name step g r s o k p
_from _until _ordinal _placed _place _step _part _position _element _key _rows _rank
_related _value related related_keys
"""
_ALLOWED_WORDS = frozenset((_WORDS + _OURS).split())
_NUMBERED = re.compile(r"[acgkprsx]\d+|_[em]\d+")
"""Names that are made for the columns, groups, elements and values of one statement."""

_STEP = re.compile(r"made \d+")
"""The fields that the steps of a pipeline make."""

_TEXTS = frozenset(
    {"", "*", "0", ".", "Z", "i", "%H:%M", "%Y-%m-%dT%H:%M:%S.%f", "kept", r"^(\d{8,10})(?:\.|$)"}
    | {"NaN", "INF", "-INF", "nan", "inf", "-inf", "true", "false"}
    | {part.value for part in Part}
)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
"""The edges of a month, where a view is made: it takes no bound literals."""

_NUMBERS = frozenset({"1970", "1969", "1000000", "1e6", "9223372036854775807", "9223372036854775808e0"})
_SMALL = 300
"""Places of elements, numbers of partitions, halves of an hour."""

_MONTH = re.compile(r"(.+)@(?:\d{4}-\d\d)?(?: by key)?")


class Words:
    """What may stand in the statements that ask these tables and write them."""

    def __init__(self, tables: Iterable[Table]) -> None:
        fields = {field for table in tables for field in table.fields}
        self._known: dict[str, list[str]] = {}
        self._tables = {table.name for table in tables}
        self._names = {field.name for field in fields} | {item for field in fields for item, _ in field.items}
        self._names |= self._tables | {"being ordered", "table"}
        # What an answer's columns are called: as the catalogue calls them, or by what is made of them.
        columns = {column.name for table in tables for column in table.columns}
        self._names |= columns | {"count"}
        makers = [*Part, *Function]
        self._made = re.compile(rf"(?:{'|'.join(makers)}|p\d+(?:_\d+)?)_({'|'.join(sorted(columns, reverse=True))})")

    def strange(self, sql: str) -> list[str]:
        """What stands in a statement and should not."""
        if sql not in self._known:
            self._known[sql] = self._strange(sql)
        return self._known[sql]

    def _strange(self, sql: str) -> list[str]:
        found: list[str] = []
        place = 0
        while place < len(sql):
            token = _TOKEN.match(sql, place)
            if token is None:
                return [*found, sql[place : place + 40]]
            place = token.end()
            if not self._is_known(str(token.lastgroup), token[0]):
                found.append(token[0])
        return found

    def _is_known(self, kind: str, token: str) -> bool:
        match kind:
            case "text":
                return token[1:-1] in _TEXTS or _MOMENT.fullmatch(token[1:-1]) is not None
            case "name":
                name = token[1:-1]
                of_month = _MONTH.fullmatch(name)
                return name in self._names or (of_month[1] in self._tables if of_month else self._is_made(name))
            case "number":
                return token in _NUMBERS or (token.isdecimal() and int(token) < _SMALL)
            case "word":
                return token.lower() in _ALLOWED_WORDS or _NUMBERED.fullmatch(token) is not None
        return True

    def _is_made(self, name: str) -> bool:
        return self._made.fullmatch(name) is not None or _STEP.fullmatch(name) is not None
