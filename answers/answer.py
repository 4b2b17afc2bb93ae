"""The journey of a question, in one function: plan → rows → zone → format → bytes."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from time import perf_counter

import pyarrow as pa

from answers.plan import plan
from datamodel.catalogue import Catalogue
from formats.format import About, Format, Heading, Style
from store.patience import Patience
from store.plan import Plan
from store.store import Store
from tabular.filter.bound import patterns
from tabular.query import Query
from tabular.release import RELEASE


@dataclass(frozen=True, slots=True)
class Question:
    """A query, as the key's catalogue has it, with the format and the way to write it; `filter` as it was asked."""

    query: Query
    catalogue: Catalogue
    form: Format
    style: Style
    zone: str
    filter: str = ""

    @property
    def headings(self) -> tuple[Heading, ...]:
        """The columns of the answer, as a format takes them."""
        return tuple(Heading(chosen.name, chosen.column) for chosen in self.query.columns)


class Answer:
    """What is known of an answer before its first byte, and then its bytes.

    Two answers of one store with the same `name` have the same bytes.
    """

    def __init__(self, question: Question, planned: Plan, store: Store, planning: float) -> None:
        fetched = [part.partition.fetched for part in planned.parts]
        open_since = [part.partition.fetched for part in planned.parts if not part.partition.settled]
        self.plan = planned
        self.etag = _etag(question, planned, store)
        self.row_count = planned.row_count
        self.last_modified = max(fetched, default=None)
        self.as_of = min(open_since, default=self.last_modified)
        # An open month is looked at again and again: some formats tell when, though nothing else has changed.
        self.name = f"{self.etag} {self.as_of} {question.filter}"
        self.planning = planning
        self.rows_made = 0
        self._question = question
        self._store = store

    def pieces(self, patience: Patience | None = None) -> Iterator[bytes]:
        """The answer in pieces of about a batch; the engine starts at the first and stops when this is closed.

        Raises TookTooLong when the patience has ended.
        """
        question = self._question
        about = self._about(patience)
        with closing(self._store.read(self.plan, patience)) as rows:
            counted = self._counted(_in_zone(rows, question.zone))
            yield from question.form.encode(question.headings, counted, question.style, about)

    def _counted(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The batches; how many rows they had so far is told to who asks how far the answer is."""
        for batch in batches:
            self.rows_made += batch.num_rows
            yield batch

    def _about(self, patience: Patience | None) -> About:
        question, table = self._question, self._question.query.table
        grouping = question.query.grouping
        return About(
            table=table.name,
            title=table.title,
            description=table.description,
            clock=table.clock_column.name if table.clock_column else None,
            zone=question.zone,
            window=question.query.window,
            months=tuple(str(part.partition.month) for part in self.plan.parts if part.partition.month),
            filter=question.filter,
            as_of=self.as_of,
            rows=self._rows(question.form.most_rows, patience),
            groups=None if grouping is None else tuple(key.column.name for key in grouping.keys),
        )

    def _rows(self, most: int | None, patience: Patience | None) -> int | None:
        """How many rows there are, where that is known or the format cannot hold just any number of them: rows that
        may be too many are counted first, one column of them and not further than one too many, so that the refusal
        comes before the first byte."""
        query = self.plan.query
        if self.row_count is not None or most is None:
            return self.row_count
        held = sum(part.partition.rows for part in self.plan.parts)
        if not query.table.element and min(held, query.limit or held) <= most:
            return None
        counted = 0
        with closing(self._store.read(replace(self.plan, query=query.narrowed()), patience)) as rows:
            for batch in rows:
                counted += batch.num_rows
                if counted > most:
                    break
        return counted


def answer(question: Question, store: Store, history: int, now: datetime, version: int | None = None) -> Answer:
    """Plan a question of the store as it is, or as it was at a version; its rows are read when the answer's pieces are
    asked for. Raises TablesError."""
    started = perf_counter()
    for pattern in patterns(question.query.filter) if question.query.filter else ():
        store.check_pattern(pattern)
    planned = plan(question.query, store, history, now, version)
    return Answer(question, planned, store, perf_counter() - started)


def _in_zone(batches: Iterable[pa.RecordBatch], zone: str) -> Iterator[pa.RecordBatch]:
    """The batches with their instants in `zone`: only their type says so, since instants are kept in UTC anyway."""
    instant = pa.timestamp("us", zone)
    for batch in batches:
        columns = [column.view(instant) if pa.types.is_timestamp(column.type) else column for column in batch.columns]
        yield pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _etag(question: Question, planned: Plan, store: Store) -> str:
    """What changes when the bytes may: the versions read, the question, the way of writing, the release."""
    query = question.query
    facts = (
        RELEASE,
        store.identity,
        [
            (part.partition.table, str(part.partition.month), part.partition.version, part.whole)
            for part in planned.parts
        ],
        question.catalogue.fingerprint,
        query.table.name,
        [(chosen.column.name, chosen.name) for chosen in query.columns],
        query.window,
        query.filter,
        query.grouping,
        [(sort.column.name, sort.descending) for sort in query.sort],
        (query.limit, query.offset),
        (question.form.name, question.style, question.zone),
    )
    return f'W/"{blake2b(repr(facts).encode(), digest_size=16).hexdigest()}"'
