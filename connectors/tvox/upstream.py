"""A TVox as an Upstream: asked in its own dialect, its pages as Arrow batches."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from connectors.tvox import asking
from connectors.tvox.asker import Asker
from connectors.tvox.asking import Asked, named
from connectors.tvox.changes import Changes, joined
from connectors.tvox.introspection import Introspection
from connectors.tvox.known import Known
from connectors.tvox.sending import Sends
from store.schemas import Schemas
from tabular.month import Month
from tabular.table import Table
from tabular.upstream import PAGE, Page, Tally, Urgency, Urgent

ROOTS = 20
"""Counts asked for in one request: no more than our own Data Model answers, should it be the upstream."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Somebody waits, who did not say how urgently."""

    urgency: Urgency = Urgency.INTERACTIVE


class Tvox:
    """A TVox behind `sends`, its schema remembered in `schemas`.

    `on_change` is called when it has another schema than before: its tables may be other ones then.
    """

    name = "tvox"

    def __init__(
        self,
        sends: Sends,
        schemas: Schemas,
        on_change: Callable[[], None] = lambda: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._sends, self._now = sends, now
        self._introspection = Introspection(sends, schemas, on_change, now)
        self._asker = Asker(sends, self._introspection)

    def tables(self) -> tuple[Table, ...]:
        """The documented tables whole, then the TVox's own and those it once had. No request where any was made before.

        Raises UpstreamFailed.
        """
        return self._known.tables

    def knows_changes(self, table: Table) -> bool:
        """Whether it can say what of a month changed since a moment. Raises as `tables`."""
        known = self._known
        listing = known.listing(table)
        return listing is not None and listing.gives_changes and known.refusal(table) is None

    def knows(self, document: str) -> bool:
        """Whether GraphQL text asks the TVox's own schema a valid query. Raises as `tables`."""
        return self._known.knows(document)

    def missing(self) -> tuple[str, ...]:
        """What the tables have and the TVox lacks, in sentences; none before anything is known of it."""
        known = self._introspection.current
        return known.missing() if known else ()

    def needing_arguments(self) -> tuple[str, ...]:
        """The list queries that are no tables, because they need arguments of their own."""
        known = self._introspection.current
        return known.needing_arguments() if known else ()

    def state(self) -> dict[str, object]:
        """What is known of the TVox's schema, as JSON takes it; no request."""
        reading, known = self._introspection, self._introspection.current
        by = None if known is None else "documentation" if known.hash is None else "introspection"
        listings = known.listings.values() if known else ()
        return {
            "schema": known.hash if known else None,
            "read": reading.seen.isoformat() if reading.seen else None,
            "by": by,
            "trouble": reading.trouble,
            "queries": {listing.way.name: listing.described() for listing in listings},
            "missing": list(self.missing()),
            "needing_arguments": list(self.needing_arguments()),
        }

    def page(
        self, table: Table, month: Month | None, offset: int, urgent: Urgent, changed_since: datetime | None = None
    ) -> Page:
        """The page of a month that begins at `offset` elements, in the order of ids where the TVox has one: one
        request, and more only to complete what changed.

        Raises UpstreamFailed.
        """
        reply = self._asker.ask(
            named(table, month), urgent, lambda known: asking.page(known, table, month, offset, changed_since)
        )
        listing, rows = reply.known.listing(table), reply.came.rows["rows"]
        assert listing is not None
        is_last = not listing.pages or rows.elements < PAGE
        changed = None
        if changed_since is not None:
            changed = Changes(self._asker, table, month, changed_since, urgent).whole(reply)
        return Page(
            rows=rows.batch,
            elements=rows.elements,
            is_last=is_last,
            held=reply.came.counts.get("held"),
            cut=listing.steps and not listing.nested and not is_last,
            sent=reply.sent.at,
            changed=changed,
        )

    def changes(self, table: Table, month: Month, since: datetime, urgent: Urgent) -> Page:
        """What changed of a month since a moment, all of it: one request where nothing did. Raises UpstreamFailed."""
        reply = self._asker.ask(named(table, month), urgent, lambda known: asking.changes(known, table, month, since))
        return Page(
            rows=joined(table, []),
            elements=0,
            is_last=True,
            held=reply.came.counts.get("held"),
            cut=False,
            sent=reply.sent.at,
            changed=Changes(self._asker, table, month, since, urgent).whole(reply),
        )

    def tallies(self, asked: Sequence[tuple[Table, Month | None, datetime | None]], urgent: Urgent) -> list[Tally]:
        """What it counts of several months: a request for each twenty counts. Raises UpstreamFailed."""
        return [tally for some in _parcelled(asked) for tally in self._tallied(some, urgent)]

    def answer(self, body: bytes, urgent: Urgent) -> bytes:
        """Its own answer to a GraphQL request that is passed on as it came. Raises UpstreamFailed."""
        return self._sends.send(body, urgent, "a request that is passed on").body

    @property
    def _known(self) -> Known:
        return self._introspection.begun(_Waiting())

    def _tallied(self, asked: dict[int, Asked], urgent: Urgent) -> list[Tally]:
        known = self._introspection.known(urgent)
        if not asking.tallies(known, asked).roots:
            return [Tally(None, None, self._now()) for _ in asked]
        reply = self._asker.ask("its counts", urgent, lambda known: asking.tallies(known, asked))
        counts = reply.came.counts
        return [Tally(counts.get(f"t{n}_held"), counts.get(f"t{n}_changed"), reply.sent.at) for n in asked]


def _parcelled(asked: Sequence[Asked]) -> Iterator[dict[int, Asked]]:
    """What is counted, by its number, in parcels of so many counts as one request may hold."""
    parcel: dict[int, Asked] = {}
    roots = 0
    for number, one in enumerate(asked):
        counts = 2 if one[2] is not None else 1
        if roots + counts > ROOTS:
            yield parcel
            parcel, roots = {}, 0
        parcel[number] = one
        roots += counts
    if parcel:
        yield parcel
