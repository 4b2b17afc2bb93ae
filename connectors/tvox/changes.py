"""Changes: all rows of what a TVox updated since a moment, of which an answer brings the first page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

import pyarrow as pa
import pyarrow.compute as pc

from connectors.tvox import asking
from connectors.tvox.asker import Asker, Reply
from connectors.tvox.asking import named
from store.layout import arrow_schema
from tabular.errors import UpstreamWrong
from tabular.month import Month
from tabular.table import Table
from tabular.upstream import PAGE, Urgent

IDS = 200
"""Interactions whose steps are asked for in one request."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What of a month of a table changed since a moment."""

    asker: Asker
    table: Table
    month: Month | None
    since: datetime
    urgent: Urgent

    def whole(self, first: Reply) -> pa.RecordBatch:
        """All rows of what changed, `first` being the reply with its first page. Raises UpstreamFailed.

        Where single steps come, they say which interactions changed; all steps of these are asked for by their ids.
        """
        pages, listing = list(self._pages(first)), first.known.listing(self.table)
        if listing is None or listing.nested or not listing.steps:
            return self._newest(pages)
        ids = list(dict.fromkeys(id_ for page in pages for id_ in page.column(self.table.key[0]).to_pylist()))
        some = [self._steps(ids[begin : begin + IDS]) for begin in range(0, len(ids), IDS)]
        return joined(self.table, some)

    def _pages(self, reply: Reply) -> Iterator[pa.RecordBatch]:
        first, seen, before = reply.known.listing(self.table), 0, None
        while True:
            rows, listing = reply.came.rows["changed"], reply.known.listing(self.table)
            self._check_moved(before, rows.batch)
            if first is None or listing is None or listing.nested != first.nested:
                self._refuse("it changed its ways in between")
            seen += rows.elements
            yield rows.batch
            # The count says more where the TVox gives fewer at once than it was asked for.
            whole = rows.elements < PAGE and seen >= reply.came.counts.get("changes", 0)
            if whole or not rows.elements or not listing.pages:
                return
            reply, before = self._from(seen), rows.batch

    def _from(self, offset: int) -> Reply:
        return self.asker.ask(
            named(self.table, self.month),
            self.urgent,
            lambda known: asking.changes(known, self.table, self.month, self.since, offset),
        )

    def _steps(self, ids: Sequence[object]) -> pa.RecordBatch:
        """All steps of some interactions."""
        pages, seen, is_last = list[pa.RecordBatch](), 0, False
        while not is_last:
            reply = self._steps_from(ids, seen)
            rows, listing = reply.came.rows["rows"], reply.known.listing(self.table)
            self._check_moved(pages[-1] if pages else None, rows.batch)
            pages.append(rows.batch)
            seen += rows.elements
            is_last = rows.elements < PAGE or listing is None or not listing.pages
        whole, key = joined(self.table, pages), list(self.table.key)
        found = whole.column(key[0])
        # A TVox compares without regard to capitals: it may give others beside those that were asked for.
        whole = whole.filter(pc.is_in(found, pa.array(ids, found.type)))
        keys = pa.table([whole.column(name) for name in key], names=key)
        missed = len(ids) - len(pc.unique(keys.column(key[0])))
        if missed:
            self._refuse(f"{missed} of {len(ids)} interactions that changed were not found by their ids")
        if len(keys.group_by(key, use_threads=False).aggregate([])) < len(keys):
            self._refuse("a step came on two pages")
        return whole

    def _steps_from(self, ids: Sequence[object], offset: int) -> Reply:
        return self.asker.ask(
            named(self.table, self.month),
            self.urgent,
            lambda known: asking.steps(known, self.table, self.month, ids, offset),
        )

    def _check_moved(self, before: pa.RecordBatch | None, page: pa.RecordBatch) -> None:
        """Refuse a page that came before: nobody knows how often it would come again."""
        if before is not None and len(page) and page.equals(before):
            self._refuse("the same page came twice, at two offsets")

    def _refuse(self, came: str) -> NoReturn:
        raise UpstreamWrong(named(self.table, self.month), came)

    def _newest(self, pages: Sequence[pa.RecordBatch]) -> pa.RecordBatch:
        """The pages as one; what came twice, since something before it moved in, as it came on the later page."""
        if len(pages) == 1 or not self.table.key:
            return joined(self.table, pages)
        key = self.table.key[0]
        kept, later = [], pa.array([], pages[0].column(key).type)
        for page in reversed(pages):
            ids = page.column(key)
            kept.append(page.filter(pc.invert(pc.is_in(ids, later))))
            later = pa.concat_arrays([later, ids])
        return joined(self.table, kept[::-1])


def joined(table: Table, batches: Sequence[pa.RecordBatch]) -> pa.RecordBatch:
    """Batches of a table as one; an empty one of none."""
    if len(batches) == 1:
        return batches[0]
    whole = pa.Table.from_batches(batches, schema=arrow_schema(table)).combine_chunks().to_batches()
    return whole[0] if whole else pa.RecordBatch.from_pylist([], schema=arrow_schema(table))
