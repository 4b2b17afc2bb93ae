"""The journey of a GraphQL request, in one place: document → what it asks → the store → JSON."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

import pyarrow as pa
from graphql import GraphQLSchema

from answers.sql.rows import SqlRows
from datamodel.asking import Advanced, Asked, Asking, Count, One, Page, Told
from datamodel.catalogue import Catalogue
from datamodel.documents import Document
from datamodel.faults import Fault, RequestRefused
from datamodel.shapes import Shape
from formats.trees import elements_of
from store.patience import Patience
from store.store import Store
from tabular.criteria import Criteria, Criterion, Matching, Test
from tabular.errors import NotOffered, TablesError, UnknownContact
from tabular.month import Month
from tabular.partition import Partition
from tabular.search import Lookup, Search
from tabular.table import Grain, Table

# What reads SQL is loaded when it is first asked for: it takes longer than a command takes to start.
if TYPE_CHECKING:
    from answers.sql.advanced import AdvancedQueries

SCHEMAS_KEPT = 64
"""Catalogues whose schemas are remembered: making one takes a twentieth of a second."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a GraphQL request: its JSON in pieces, its faults, and whether it was executed at all."""

    pieces: tuple[bytes, ...]
    faults: tuple[Fault, ...]
    executed: bool

    @property
    def body(self) -> bytes:
        """The JSON in one piece."""
        return b"".join(self.pieces)


@dataclass(frozen=True, slots=True)
class Reads:
    """The months of tables that a document reads; `is_answered`: the store can answer it, if only by a refusal."""

    places: tuple[tuple[Table, Month | None], ...]
    is_answered: bool


class DataModel:
    """The documented Data Model over one store."""

    def __init__(self, store: Store, advanced: "Callable[[], AdvancedQueries] | None" = None) -> None:
        """`advanced` answers advanced queries; without it they are not offered here."""
        self._store = store
        self._advanced = advanced
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self._asking = lru_cache(SCHEMAS_KEPT)(Asking)

    def schema(self, catalogue: Catalogue) -> GraphQLSchema:
        """The schema that a catalogue shows."""
        return self._asking(catalogue).schema

    def answer(
        self,
        document: Document,
        catalogue: Catalogue,
        key_name: str,
        patience: Patience | None = None,
        version: int | None = None,
    ) -> Reply:
        """The answer to a document, as the key of that name and catalogue sees the Data Model; never raises a refusal.

        All of it is read at one version of the store, the newest if none is named. `patience` ends the work when it
        ends.
        """
        patient = patience or Patience()
        try:
            asked = self._asking(catalogue).asked(document, key_name)
        except RequestRefused as refused:
            return Reply((b'{"errors":%s}' % _entries(refused.faults),), refused.faults, executed=False)
        version = self._store.version if version is None else version
        pieces: list[bytes] = []
        faults: list[Fault] = []
        is_null = False
        for field in asked:
            pieces.append(b"%s%s:" % (b"," if pieces else b"{", json.dumps(field.key).encode()))
            try:
                pieces.extend(self._value(field, catalogue, version, patient))
            except TablesError as error:
                faults.append(field.fault(error))
                is_null = is_null or not field.nullable
                pieces.append(b"null")
        data = [b"null"] if is_null else [*(pieces or [b"{"]), b"}"]
        errors = b'{"errors":%s,"data":' % _entries(faults) if faults else b'{"data":'
        return Reply((errors, *data, b"}"), tuple(faults), executed=True)

    def reads(self, document: Document, catalogue: Catalogue, key_name: str) -> Reads:
        """What of the store a document reads, or that it cannot be answered from it."""
        try:
            asked = self._asking(catalogue).asked(document, key_name)
        except RequestRefused:
            return Reads((), is_answered=False)
        places: list[tuple[Table, Month | None]] = []
        for field in asked:
            match field.asks:
                case NotOffered() | Advanced():
                    return Reads((), is_answered=False)
                case Count(search):
                    places.append((search.table, search.month))
                case Page() as page:
                    places.append((page.search.table, page.search.month))
                case One() as one:
                    months = self._months(one.lookup)
                    places.extend((one.lookup.table, month) for month in months)
        return Reads(tuple(places), is_answered=True)

    def _months(self, lookup: Lookup) -> Sequence[Month | None]:
        """The month that its id names, or no month where the table has none; nothing where the id does not tell."""
        if not lookup.table.monthly:
            return [None]
        month = Month.of_id(lookup.value, self._store.zone)
        return [] if month is None or lookup.column.mask is not None else [month]

    def _value(self, field: Asked, catalogue: Catalogue, version: int, patience: Patience) -> Sequence[bytes]:
        """The JSON of a root field, in pieces. Raises TablesError."""
        match field.asks:
            case TablesError() as error:
                raise error
            case Told(text):
                return [text.encode()]
            case Count(search):
                self._check(search.criteria)
                return [str(self._counted(search, version, patience)).encode()]
            case Page() as page:
                self._check(page.search.criteria)
                return self._page(page, version, patience)
            case One() as one:
                return self._one(one, version, patience)
            case Advanced(area, statement):
                if self._advanced is None:
                    raise NotOffered("advancedQuery")
                rows = SqlRows(self._store, catalogue)
                # Keys with one catalogue have one schema, and see the same rows.
                return self._advanced().json(
                    statement, area, rows, self._asking(catalogue), patience, self.now(), version
                )

    def _counted(self, search: Search, version: int, patience: Patience) -> int:
        partition = self._partition(search, version)
        return 0 if partition is None else self._store.count(search, partition, version, patience)

    def _page(self, page: Page, version: int, patience: Patience) -> Sequence[bytes]:
        partition = self._partition(page.search, version)
        if partition is None:
            return [b"[]"]
        rows = self._store.page(page.search, page.shape.shown, partition, version, patience)
        return [b"[", *_elements(page.shape, rows), b"]"]

    def _one(self, one: One, version: int, patience: Patience) -> Sequence[bytes]:
        for partition in self._held(one.lookup, version):
            rows = self._store.lookup(one.lookup, one.shape.shown, partition, version, patience)
            if rows.num_rows:
                return _elements(one.shape, rows)
        if one.required:
            raise UnknownContact(one.lookup.value)
        return [b"null"]

    def _partition(self, search: Search, version: int) -> Partition | None:
        held = self._store.partitions(search.table.name, version)
        return next((partition for partition in held if partition.month == search.month), None)

    def _held(self, lookup: Lookup, version: int) -> Sequence[Partition]:
        """The partitions that may hold an interaction: its id's month, all of them if it has none or is masked."""
        held = self._store.partitions(lookup.table.name, version)
        month = Month.of_id(lookup.value, self._store.zone)
        if lookup.table.grain is not Grain.STEP or lookup.column.mask is not None or month is None:
            return held[::-1]
        return [partition for partition in held if partition.month == month]

    def _check(self, criteria: Criteria) -> None:
        """Raise BadPattern for a regular expression that the engine cannot read."""
        for test in _tests(criteria):
            if isinstance(test, Matching):
                self._store.check_pattern(test.pattern)


def _tests(criteria: Criteria) -> Iterator[Test]:
    for one in criteria:
        yield from [one.test] if isinstance(one, Criterion) else _tests(one.criteria)


def _elements(shape: Shape, rows: pa.Table) -> tuple[bytes, ...]:
    places, *columns = (column.combine_chunks() for column in rows.columns)
    return elements_of(shape, places, columns)


def _entries(faults: Sequence[Fault]) -> bytes:
    return json.dumps([fault.described() for fault in faults], ensure_ascii=False, separators=(",", ":")).encode()
