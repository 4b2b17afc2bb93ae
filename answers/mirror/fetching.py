"""Fetching a whole month: its pages in the order of its ids, what changed meanwhile, and then one transaction."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from answers.mirror.flights import Flight
from answers.mirror.places import Place
from answers.mirror.rules import ORIGIN
from datamodel.catalogue import Catalogue
from store.drafts import Draft, Drafted, Drafts
from store.store import Store
from tabular.errors import KeyRepeated, UpstreamWrong
from tabular.table import Table
from tabular.upstream import PAGE, Page, Upstream

OVERLAP = timedelta(minutes=5)
"""How far what changed is asked for again: clocks differ, and an update is written a moment after its time."""

_LOOKS = 3
"""How often what changed is asked for until the month adds up."""


@dataclass(frozen=True, slots=True)
class _Whole:
    """A month as it was at `sent`: the pages of the draft, and the interactions that changed since it was begun."""

    changed: pa.RecordBatch | None
    held: int | None
    sent: datetime


class _DoesNotAddUp(Exception):
    """The pages are not the month: `args` say in which way."""


class Drafting:
    """The drafts of a mirror: of each place, the first page is asked for by one at a time."""

    def __init__(self, upstream: Upstream, drafts: Drafts, now: Callable[[], datetime]) -> None:
        self.upstream = upstream
        self._drafts = drafts
        self._now = now
        self._guard = threading.Lock()
        self._first: dict[object, threading.Lock] = {}

    def begun(self, place: Place, flight: Flight) -> Draft:
        """The draft of a place with its first page at least: one request if there is none. Raises UpstreamFailed."""
        with self._guard:
            lock = self._first.setdefault(place.name, threading.Lock())
        with lock:
            draft = self.there(place)
            if not draft.pages:
                _keep(place, draft, self.upstream.page(place.table, place.month, 0, flight))
            return draft

    def there(self, place: Place) -> Draft:
        """The draft of a place as far as it is."""
        return self._drafts.of(place.table, place.month, self._now())


def fetch(place: Place, drafting: Drafting, store: Store, catalogue: Catalogue, flight: Flight) -> None:
    """Bring a month into the store, whole or not at all, going on where an earlier attempt was cut off.

    Pages are asked for in the order of the ids, and with the last one what changed since the first: so what came,
    changed or moved to another page meanwhile is not lost. The upstream's own count has to be what came; if it is
    not, the month is fetched once more. Raises UpstreamFailed; the store then holds what it held.
    """
    for is_last_try in (False, True):
        draft = drafting.begun(place, flight)
        try:
            _write(place, _pages(place, drafting.upstream, draft, flight), draft, store, catalogue)
        except (_DoesNotAddUp, KeyRepeated) as failure:
            draft.discard()
            if is_last_try:
                raise UpstreamWrong(str(place), str(failure).removesuffix(".")) from failure
        else:
            draft.discard()
            return


def _pages(place: Place, upstream: Upstream, draft: Draft, flight: Flight) -> _Whole:
    """Complete a draft that has its first page; what is known besides its pages."""
    table, month = place.table, place.month
    tells_changes = month is not None and upstream.knows_changes(table)
    page: Page | None = None
    while True:
        first, last = draft.pages[0], draft.pages[-1]
        flight.done, flight.rows = len(draft.pages), draft.rows
        flight.of = max(flight.done, -(-(last.held or 0) // PAGE))
        if last.is_last:
            break
        is_last = last.held is not None and draft.next + PAGE >= last.held
        since = first.sent - OVERLAP if is_last and tells_changes else None
        page = upstream.page(table, month, draft.next, flight, since)
        _keep(place, draft, page)
    whole = _Whole(None, last.held, last.sent)
    if page is not None and page.changed is not None:
        whole = _Whole(page.changed, page.held, page.sent)
    elif tells_changes and len(draft.pages) > 1:
        # Pages of an earlier attempt, or a last page that nobody could know to be the last.
        whole = _changes(place, upstream, first.sent, flight)
    for _ in range(_LOOKS - 1):
        if _adds_up(table, draft, whole) or not tells_changes:
            break
        whole = _changes(place, upstream, first.sent, flight)
    if not _adds_up(table, draft, whole):
        raise _DoesNotAddUp(f"it counts {whole.held:,} of them and gave {_counted(table, draft, whole)[0]:,}")
    return whole


def _changes(place: Place, upstream: Upstream, began: datetime, flight: Flight) -> _Whole:
    assert place.month is not None
    page = upstream.changes(place.table, place.month, began - OVERLAP, flight)
    return _Whole(page.changed, page.held, page.sent)


def _keep(place: Place, draft: Draft, page: Page) -> None:
    """Add a page to a draft, without the rows that the page before had already: they moved down when others came."""
    rows = page.rows
    if draft.pages and page.rows.num_rows:
        rows = _without(rows, draft.last_rows(), place.table)
        if not rows.num_rows:
            raise UpstreamWrong(str(place), f"page {len(draft.pages) + 1} is page {len(draft.pages)} again")
    is_last = page.is_last or page.held == draft.next + page.elements
    drafted = Drafted(draft.next, page.elements, rows.num_rows, page.held, page.sent, is_last, page.cut)
    draft.add(drafted, rows)


def _without(rows: pa.RecordBatch, earlier: pa.RecordBatch, table: Table) -> pa.RecordBatch:
    """The rows that `earlier` does not hold, by their key; without one, all."""
    if not table.key or not earlier.num_rows:
        return rows
    known = pc.is_in(_keys(rows, table), _keys(earlier, table))
    return rows.filter(pc.invert(known)) if pc.any(known).as_py() else rows


def _keys(rows: pa.RecordBatch, table: Table) -> pa.Array:
    """The key of each row as one text."""
    parts = [rows.column(name).cast(pa.string()) for name in table.key]
    return pc.binary_join_element_wise(*parts, "\x00")


def _counted(table: Table, draft: Draft, whole: _Whole) -> tuple[int, int]:
    """How many interactions (or records) and how many rows the pages and what changed make together."""
    if not table.key:
        return draft.rows, draft.rows
    pages = draft.column(table.key[0])
    rows = len(pages)
    if whole.changed is not None and whole.changed.num_rows:
        changed = whole.changed.column(table.key[0])
        rows += len(changed) - pc.sum(pc.is_in(pages, changed)).as_py()
        pages = pa.chunked_array([*pages.chunks, changed])
    return pc.count_distinct(pages).as_py(), rows


def _adds_up(table: Table, draft: Draft, whole: _Whole) -> bool:
    """Whether the upstream's count is ours. It counts interactions, or, where each step is one of its own, rows."""
    return whole.held is None or whole.held in _counted(table, draft, whole)


def _write(place: Place, whole: _Whole, draft: Draft, store: Store, catalogue: Catalogue) -> None:
    """Make the month what its pages say, with what changed in the place of what they said of it."""
    table = place.table
    with store.writing(ORIGIN) as writing:
        batches = _with_changes(draft.batches(), whole.changed, table)
        writing.replace(table, place.month, batches, catalogue.summary_of(table), whole.sent)


def _with_changes(
    pages: Iterator[pa.RecordBatch], changed: pa.RecordBatch | None, table: Table
) -> Iterator[pa.RecordBatch]:
    if changed is None or not changed.num_rows:
        yield from pages
        return
    newer = changed.column(table.key[0])
    for rows in pages:
        older = pc.is_in(rows.column(table.key[0]), newer)
        yield rows.filter(pc.invert(older)) if pc.any(older).as_py() else rows
    yield changed
