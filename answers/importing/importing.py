"""The journey of an import: query → pages → documents → rows and columns → format → bytes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from time import perf_counter
from zoneinfo import ZoneInfo

import pyarrow as pa
from graphql import GraphQLSchema

from answers.datamodel import SCHEMAS_KEPT, DataModel
from answers.importing.projection import Projection
from answers.importing.selection import selected
from answers.importing.sources import PassedOn, Source, Stored
from answers.importing.walking import Walk
from datamodel.catalogue import Catalogue
from datamodel.documents import Document, Documents
from datamodel.faults import RequestRefused
from formats.format import About, Format, Style
from store.patience import Patience
from store.plan import Part, Plan
from store.store import Store
from tabular.errors import NoClock, UpstreamWrong
from tabular.jsonpath import Budget, Dialect
from tabular.month import Month
from tabular.partition import Partition
from tabular.query import Query, Selected, Window
from tabular.release import RELEASE
from tabular.search import MOST_FOUND
from tabular.table import Table, label_of


@dataclass(frozen=True, slots=True)
class Question:
    """A query of the Data Model, what of its answer are rows and columns, and how these are written.

    `rows` is a JSONPath in `dialect`, `columns` are in the language of columns; both may be empty. `all_pages`: the
    query is asked page after page, and for each of `months` if the parameter `window` names some.
    """

    document: Document
    rows: str
    columns: str
    dialect: Dialect
    all_pages: bool
    months: tuple[Month, ...] | None
    window: str
    form: Format
    style: Style
    zone: str


class Prepared:
    """A question that can be asked: its query is valid, and its paths lead somewhere. Raises TablesError."""

    def __init__(self, question: Question, schema: GraphQLSchema) -> None:
        began = perf_counter()
        try:
            operation = _documents(schema).operation(question.document)
        except RequestRefused as refused:
            raise refused.faults[0].error from refused
        self.question = question
        selection = selected(schema, operation)
        self.fields = tuple(spot.name for spot in selection.below[0].below)
        self.projection = Projection(selection, question.rows, question.columns, question.dialect)
        self.walk = Walk(schema, question.document, operation, question.all_pages, question.months)
        if question.months is not None and not self.walk.is_monthly:
            raise NoClock(", ".join(self.fields), question.window)
        self.preparing = perf_counter() - began

    def places(self, model: DataModel, catalogue: Catalogue, key_name: str) -> tuple[tuple[Table, Month | None], ...]:
        """The months of tables that all its pages read, each once."""
        return tuple(dict.fromkeys(self._reads(model, catalogue, key_name)))

    def _reads(self, model: DataModel, catalogue: Catalogue, key_name: str) -> list[tuple[Table, Month | None]]:
        """The month that each field reads, for every month of the walk."""
        found = (model.reads(self.walk.document(month), catalogue, key_name) for month in self.walk.months)
        return [place for reads in found for place in reads.places]

    def of_store(self, model: DataModel, store: Store, catalogue: Catalogue, key_name: str, seconds: float) -> "Import":
        """The answer from the store as it is now, as the key of that name and catalogue sees it.

        Following a path through one page takes `seconds` at most.
        """
        version = store.version
        reads = self._reads(model, catalogue, key_name)
        places = tuple(dict.fromkeys(reads))
        held = [
            (table, partition)
            for table, month in places
            for partition in store.partitions(table.name, version)
            if partition.month == month
        ]
        facts = (
            store.identity,
            catalogue.fingerprint,
            key_name,
            [(table.name, str(partition.month), partition.version) for table, partition in held],
            # What looks in every month for an id names none of them.
            version if len(reads) < len(self.fields) * len(self.walk.months) else None,
        )
        table = places[0][0] if places else next(iter(catalogue))
        plan = _plan(table, [partition for _, partition in held], version)
        return Import(self, Stored(model, catalogue, key_name, version), plan, seconds, facts, store.zone)

    def of_upstream(self, source: PassedOn, store: Store, catalogue: Catalogue, seconds: float) -> "Import":
        """The answer from the TVox itself."""
        plan = _plan(next(iter(catalogue)), [], store.version)
        return Import(self, source, plan, seconds, None, store.zone)


class Import:
    """What is known of an import before its first byte, and then its bytes, as `answers.answer.Answer` has them.

    Without `facts`, what the bytes depend on beside the question, nothing tells it from another answer: `etag` is None.
    """

    def __init__(
        self, prepared: Prepared, source: Source, plan: Plan, seconds: float, facts: object, centre_zone: ZoneInfo
    ) -> None:
        fetched = [part.partition.fetched for part in plan.parts]
        open_since = [part.partition.fetched for part in plan.parts if not part.partition.settled]
        self.plan = plan
        self.row_count: int | None = None
        self.planning = prepared.preparing
        self.last_modified = max(fetched, default=None)
        self.as_of = min(open_since, default=self.last_modified)
        self.etag = None if facts is None else _etag(prepared.question, facts)
        self.name = f"{self.etag} {self.as_of}"
        self.headings = prepared.projection.headings
        self._prepared = prepared
        self._source = source
        self._seconds = seconds
        self._centre_zone = centre_zone

    def pieces(self, patience: Patience | None = None) -> Iterator[bytes]:
        """The answer in pieces of about a page of the Data Model.

        Raises what the Data Model answers with errors, PathTooCostly, TookTooLong.
        """
        question, projection = self._prepared.question, self._prepared.projection
        yield from question.form.encode(projection.headings, self.batches(patience), question.style, self._about())

    def batches(self, patience: Patience | None = None) -> Iterator[pa.RecordBatch]:
        """The rows, a batch for each page that has any; times are in the question's zone. Raises the same."""
        walk, zone = self._prepared.walk, self._prepared.question.zone
        for month in walk.months:
            offset, is_over = 0, False
            while not is_over:
                answer = self._source.ask(walk.document(month, offset), patience)
                try:
                    batch = self._prepared.projection.batch(answer, zone, Budget(seconds=self._seconds))
                except ValueError as failure:
                    # The store keeps what its columns can hold; a TVox may answer otherwise than its schema says.
                    raise UpstreamWrong("a query that is passed on", str(failure)) from failure
                is_over = walk.is_over(answer)
                offset += MOST_FOUND
                del answer
                if batch.num_rows:
                    yield batch

    def _about(self) -> About:
        question, months = self._prepared.question, sorted(_months(self.plan))
        named = question.months or months
        name = self._prepared.fields[0] if self._prepared.fields else "import"
        window = None
        if named:
            window = Window(named[0].begins(self._centre_zone), named[-1].ends(self._centre_zone))
        return About(
            table=name,
            title=label_of(name),
            description="What a query of the Data Model selects.",
            clock="month" if named else None,
            zone=question.zone,
            window=window,
            months=tuple(str(month) for month in months),
            filter=" ".join(question.document.source.split()),
            as_of=self.as_of,
        )


@lru_cache(SCHEMAS_KEPT)
def _documents(schema: GraphQLSchema) -> Documents:
    return Documents(schema)


def _months(plan: Plan) -> set[Month]:
    return {part.partition.month for part in plan.parts if part.partition.month is not None}


def _plan(table: Table, held: Sequence[Partition], version: int) -> Plan:
    """What is read, as far as it says how much work it is."""
    query = Query(table, (Selected(table.columns[0], table.columns[0].name),))
    return Plan(query, version, tuple(Part(partition, whole=False) for partition in held))


def _etag(question: Question, facts: object) -> str:
    """What changes when the bytes may: the versions read, the question, the way of writing, the release."""
    document = question.document
    asked = (document.source, document.variables, document.operation, question.rows, question.columns)
    written = (question.dialect, question.all_pages, question.months, question.form.name, question.style, question.zone)
    return f'W/"{blake2b(repr((RELEASE, asked, written, facts)).encode(), digest_size=16).hexdigest()}"'
