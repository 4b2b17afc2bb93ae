"""The journey of an advanced query, in one place: statement → tables and columns → rows → engine → JSON."""

import json
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from answers.sql.rows import Read
from datamodel.sql.dialect.casing import lower, upper
from datamodel.sql.dialect.collation import folded, key_of
from datamodel.sql.dialect.lent import Lent, Place, used
from datamodel.sql.dialect.statement import Translated, translated
from datamodel.sql.tables import SQL_TABLES, table_named
from datamodel.sql.words import Area, SqlColumn, SqlTable
from formats.jsontext import escaped
from formats.spelling import joined
from store.advanced import Advanced
from store.patience import Patience
from tabular.errors import StatementTooLarge
from tabular.month import Month

MOST_ROWS = 100_000
"""Rows of an answer."""
_ROWS_AT_ONCE = 20_000
"""Rows whose JSON is one piece."""


class Rows(Protocol):
    """The rows of SQL tables as a key sees them: `answers/sql/rows.py` says what each method gives."""

    def columns(self, table: SqlTable) -> tuple[SqlColumn, ...]:
        """The columns that are seen."""

    def version(self, table: SqlTable, month: Month | None, at: int | None = None) -> Read:
        """What is read."""

    def rows(
        self,
        table: SqlTable,
        month: Month | None,
        columns: tuple[str, ...],
        patience: Patience | None = None,
        at: int | None = None,
    ) -> pa.Table:
        """The rows."""


@dataclass(frozen=True, slots=True)
class Held:
    """A column of a table: its values, and of texts what is compared in place of them (`ranks` in the order of `keys`;
    `order` of an enum). `exact`: each spelling has a rank of its own."""

    values: pa.Array
    ranks: pa.Array | None = None
    keys: pa.Array | None = None
    order: pa.Array | None = None
    exact: bool = False

    @property
    def size(self) -> int:
        """Its bytes."""
        return sum(part.nbytes for part in (self.values, self.keys, self.order) if part is not None)

    def form(self, form: str) -> pa.Array:
        """The values (c), the keys (k), the ranks (r) or the order (o)."""
        return {"c": self.values, "k": self.keys, "r": self.ranks, "o": self.order}[form]


class AdvancedQueries:
    """Answers advanced queries; columns that statements named stay in memory, as far as `kept` bytes hold them."""

    def __init__(
        self,
        zone: ZoneInfo,
        memory: str = "512MB",
        kept: int = 256 << 20,
        threads: int | None = None,
    ) -> None:
        self._zone = zone
        self._engine = Advanced({"mdb_folded": folded, "mdb_upper": upper, "mdb_lower": lower}, memory, threads)
        self._kept = kept
        self._guard = threading.Lock()
        self._held: OrderedDict[object, Held] = OrderedDict()
        self._bytes = 0

    def close(self) -> None:
        """Close the engine."""
        self._engine.close()

    def json(
        self,
        statement: str,
        area: Area,
        rows: Rows,
        seen: object,
        patience: Patience,
        now: datetime,
        version: int | None = None,
    ) -> Sequence[bytes]:
        """The answer as the JSON of a list of objects, in pieces.

        `seen` tells apart what keys see: those with the same one see the same rows. Raises the errors of
        tabular/errors/advanced.py and TookTooLong.
        """
        made, answer = self.table(statement, area, rows, seen, patience, now, version)
        keys = [json.dumps(name, ensure_ascii=False) for name in made.names]
        pieces = [b"["]
        for batch in answer.to_batches(max_chunksize=_ROWS_AT_ONCE):
            if batch.num_rows:
                pieces += [b",", _objects(batch, keys)] if len(pieces) > 1 else [_objects(batch, keys)]
        return [*pieces, b"]"]

    def table(
        self,
        statement: str,
        area: Area,
        rows: Rows,
        seen: object,
        patience: Patience,
        now: datetime,
        version: int | None = None,
    ) -> tuple[Translated, pa.Table]:
        """The answer as columns of texts, and the statement that gave it."""
        now = now.astimezone(self._zone).replace(tzinfo=None)
        lent = self._lent(area, rows)
        made = translated(statement, lent, now, self._zone.key, MOST_ROWS + 1)
        needed = used(made.sql, lent)
        held = {place: self._columns(place, needed[place], rows, seen, patience, version) for place in needed}
        if any(column.exact for columns in held.values() for column in columns.values()):
            # Now it is known which columns have one spelling of each text: their statement is a simpler one.
            lent = self._lent(area, rows)
            lent.exact = lambda place, column: bool(column.name in held[place] and held[place][column.name].exact)
            made = translated(statement, lent, now, self._zone.key, MOST_ROWS + 1)
            needed = used(made.sql, lent)
        tables = {
            name: _lent_table(place, needed[place], held[place], rows, version) for place, name in lent.places.items()
        }
        answer = self._engine.answer(made.sql, made.literals, tables, patience)
        if answer.num_rows > MOST_ROWS:
            raise StatementTooLarge("rows", MOST_ROWS)
        return made, _spelt(made, answer, lent, held)

    def _lent(self, area: Area, rows: Rows) -> Lent:
        def names() -> Sequence[str]:
            return [table.name + ("_202005" if table.monthly else "") for table in SQL_TABLES if table.area is area]

        return Lent(area, table_named, rows.columns, names)

    def _columns(
        self,
        place: Place,
        needed: Mapping[str, set[str]],
        rows: Rows,
        seen: object,
        patience: Patience,
        version: int | None,
    ) -> dict[str, Held]:
        """The columns of a table that a statement needs, read where they are not held."""
        table, month = place
        read = rows.version(table, month, version)
        found: dict[str, Held] = {}
        missing = []
        with self._guard:
            for name, forms in needed.items():
                held = self._held.get((seen, read, table.name, month, name))
                if held is None or (forms & {"k", "r"} and held.keys is None):
                    missing.append(name)
                else:
                    self._held.move_to_end((seen, read, table.name, month, name))
                    found[name] = held
        if not missing:
            return found
        came = rows.rows(table, month, tuple(missing), patience, version)
        columns = {column.name: column for column in table.columns}
        for name in missing:
            patience.check()
            held = _held_of(columns[name], came.column(name).combine_chunks(), bool(needed[name] & {"k", "r"}))
            found[name] = held
            self._keep((seen, read, table.name, month, name), held)
        return found

    def _keep(self, key: object, held: Held) -> None:
        with self._guard:
            before = self._held.pop(key, None)
            self._bytes += held.size - (before.size if before is not None else 0)
            self._held[key] = held
            while self._bytes > self._kept and self._held:
                _, oldest = self._held.popitem(last=False)
                self._bytes -= oldest.size


def _spelt(made: Translated, answer: pa.Table, lent: Lent, held: Mapping[Place, Mapping[str, Held]]) -> pa.Table:
    """The answer with the texts for which some of its columns hold ranks."""
    for field, source in made.ranked.items():
        alias, _, at = source.partition(".")
        place = lent.aliases[alias]
        spellings = held[place][place[0].columns[int(at)].name].values.dictionary
        texts = pc.take(spellings, answer.column(field))
        answer = answer.set_column(field, answer.schema.field(field).name, texts)
    return answer


def _held_of(column: SqlColumn, values: pa.Array, compared: bool) -> Held:
    """A column as the engine takes it."""
    if isinstance(values, pa.ChunkedArray):
        values = pa.concat_arrays(values.chunks) if values.num_chunks else pa.array([], values.type)
    word = column.sql_type.partition("(")[0]
    if pa.types.is_decimal(values.type):
        return Held(values.cast(pa.decimal128(38, values.type.scale)))
    if not (pa.types.is_string(values.type) or pa.types.is_large_string(values.type)):
        return Held(values)
    order = None
    if word == "enum":
        order = pc.index_in(values, pa.array(column.values, values.type)).cast(pa.int32())
    if not compared:
        return Held(values, order=order)
    encoded = values.dictionary_encode()
    keyed = _keys(encoded.dictionary).dictionary_encode()
    by_rank = pc.sort_indices(keyed.dictionary)
    keys = pc.take(keyed.dictionary, by_rank)
    rank_of = np.empty(len(keys), np.int32)
    rank_of[by_rank.to_numpy()] = np.arange(len(keys), dtype=np.int32)
    ranks_of_texts = rank_of[keyed.indices.to_numpy()]
    ranks = pc.take(pa.array(ranks_of_texts), encoded.indices)
    exact = len(keys) == len(encoded.dictionary)
    if exact:
        # The same indices tell the values, too.
        spelt = pc.take(encoded.dictionary, pa.array(np.argsort(ranks_of_texts)))
        values = pa.DictionaryArray.from_arrays(ranks, spelt)
    return Held(values, ranks, pa.DictionaryArray.from_arrays(ranks, keys), order, exact)


def _keys(texts: pa.Array) -> pa.Array:
    """What texts are compared by: `key_of` each, whole columns at a time where there are no letters beyond ASCII."""
    if pc.all(pc.string_is_ascii(texts)).as_py() is False:
        return pa.array([key_of(text) for text in texts.to_pylist()], pa.string())
    return pc.binary_join_element_wise(pc.ascii_rtrim(pc.ascii_upper(texts), " "), " ", "")


def _lent_table(
    place: Place, needed: Mapping[str, set[str]], held: Mapping[str, Held], rows: Rows, version: int | None
) -> pa.Table:
    """The columns under the names that the statement has for them."""
    at = {column.name: number for number, column in enumerate(place[0].columns)}
    arrays = {f"{form}{at[name]}": held[name].form(form) for name, forms in needed.items() for form in sorted(forms)}
    if not arrays:
        # COUNT(*) of a table: any column tells how many rows there are.
        first = rows.columns(place[0])[0].name
        arrays = {"n": rows.rows(place[0], place[1], (first,), None, version).column(0).combine_chunks()}
    return pa.table(arrays)


def _objects(batch: pa.RecordBatch, keys: Sequence[str]) -> bytes:
    """Each row as a JSON object, with commas between them."""
    parts: list[pa.Array | str] = []
    constant = "{"
    for key, values in zip(keys, batch.columns, strict=True):
        if values.null_count:
            quoted = pc.binary_join_element_wise('"', escaped(values), '"', "")
            parts += [f"{constant}{key}:", pc.fill_null(quoted, "null")]
            constant = ","
        else:
            parts += [f'{constant}{key}:"', escaped(values)]
            constant = '",'
    parts.append(f"{constant.removesuffix(',')}}},")
    return joined(parts)[:-1]
