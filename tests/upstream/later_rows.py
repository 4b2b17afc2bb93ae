"""The rows of a later TVox: those of a store, whose every new version they follow, and tickets that a test gives."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from graphql import GraphQLSchema

from datamodel.catalogue import data_model
from datamodel.roots import elements_at
from store.patience import Patience
from store.store import Store
from tabular.month import Month
from tabular.partition import Partition
from tabular.search import Search
from tests.datamodel.plain_searching import Row
from tests.upstream.held import Held
from tests.upstream.later_schema import Version, record_of

CONTACTS, TICKETS = "addressBookContacts", "tickets"
EVERYTHING = 2**62


class LaterRows:
    """What each query's table holds of each month; kept until the store has another version of the month."""

    def __init__(self, store: Store, schema: GraphQLSchema, version: Version) -> None:
        self._store, self._schema, self._version = store, schema, version
        self._guard = threading.Lock()
        self._kept: dict[tuple[str, Month | None], tuple[int, Held]] = {}
        self._tickets: dict[Month | None, Held] = {}

    @property
    def newest(self) -> int:
        """The version that the store has now."""
        return self._store.version

    def month(self, query: str, month: Month | None, at: int) -> Held:
        """The rows of a month (None: of a table without months) at a version of the store."""
        if query == TICKETS:
            return self._tickets.get(month) or self._made(query, ())
        for partition in self._store.partitions(query, at):
            if partition.month == month:
                return self._of(partition, at)
        return self._made(query, ())

    def held(self, query: str, at: int) -> Iterator[Held]:
        """The rows of every month there is at a version of the store."""
        return (self._of(partition, at) for partition in self._store.partitions(query, at))

    def put_tickets(self, month: Month, rows: Iterable[Row]) -> None:
        """These are the tickets of that month."""
        self._tickets = self._tickets | {month: self._made(TICKETS, rows)}

    def _of(self, partition: Partition, at: int) -> Held:
        place = partition.table, partition.month
        with self._guard:
            version, held = self._kept.get(place, (None, None))
            if held is None or version != partition.version:
                held = self._made(partition.table, self._read(partition, at))
                self._kept[place] = partition.version, held
            return held

    def _read(self, partition: Partition, at: int) -> list[Row]:
        table = data_model().table(partition.table)
        shown = [elements_at(table, each.name) if each.items else table.column(each.name) for each in table.fields]
        search = Search(table, partition.month, limit=EVERYTHING)
        rows = self._store.page(search, shown, partition, at, Patience()).drop_columns(["_place"])
        found: list[Row] = rows.rename_columns([each.name for each in table.fields]).to_pylist()
        return found if partition.table == CONTACTS else [_later(row) for row in found]

    def _made(self, query: str, rows: Iterable[Row]) -> Held:
        key: Sequence[str] = ("id",) if query == TICKETS else data_model().table(query).key
        together = not self._version.flat and "step" in key
        return Held(rows, tuple(key), record_of(self._schema, query), together)


def _later(step: Row) -> Row:
    """A step with what only later versions know of it."""
    user = step["user"]
    return {**step, "knowledgeBaseUse": user is not None, "operator_fullName": user}


def ticket(opened: datetime, serial: int = 1, **fields: object) -> Row:
    """A ticket opened at a moment (UTC, without a zone), its id made of that and a serial number; whatever else it
    has follows from the number, or is given."""
    unix = int(opened.replace(tzinfo=UTC).timestamp())
    known = serial % 3 != 0
    return {
        "id": f"{unix}.{serial}",
        "subject": f"Ticket {serial}",
        "status": ("NEW", "OPEN", "PENDING", "CLOSED")[serial % 4],
        "createdAt": opened,
        "responseDuration": 60 * serial if known else None,
        "rating": serial % 5 + 0.5,
        "forgotten": serial % 7 == 0,
        "requester_name": f"Customer {serial}" if known else None,
        "requester_mail": f"customer{serial}@example.com" if known else None,
        "tags": [f"tag {number}" for number in range(serial % 3)],
        "articles": [
            {"sentAt": opened, "sender": ("CUSTOMER", "USER")[number % 2], "size": 100 * number}
            for number in range(serial % 4)
        ],
        "lastUpdateTime": opened,
        **fields,
    }
