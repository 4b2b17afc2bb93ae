"""Reaching: whether interactions of one month go on in the next, asked without fetching the month."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from answers.mirror.fetching import OVERLAP
from answers.mirror.flights import Flight
from answers.mirror.places import Place
from answers.mirror.rules import Rules
from store.edges import Edges
from tabular.upstream import Upstream

LONGEST_INTERACTION = timedelta(days=1)
"""A window that begins later than this after a month does cannot hold steps of the month before."""


class Reaching:
    """What is known of months whose interactions have steps in the month after.

    Such an interaction was updated after its month's end: those few are asked for, one request in most cases.
    """

    def __init__(self, upstream: Upstream, rules: Rules, now: Callable[[], datetime], edges: Edges) -> None:
        self._upstream = upstream
        self._rules = rules
        self._now = now
        self._edges = edges

    def known(self, place: Place, now: datetime) -> bool | None:
        """Whether a month reaches into the next one; None where that has to be asked. Sends nothing."""
        assert place.month is not None
        edge = self._edges.find(place.table.name, place.month)
        if edge is None:
            return None
        asked, reaches = edge
        lasting = self._rules.may_settle(place.table, place.month, asked) or now - asked < self._rules.open_months
        return reaches if reaches or lasting else None

    def ask(self, flight: Flight) -> None:
        """Find out; where the upstream cannot say what changed, the month is taken to go on. Raises UpstreamFailed."""
        place = flight.place
        assert place.month is not None
        if not self._upstream.knows_changes(place.table):
            self._edges.note(place.table.name, place.month, self._now(), reaches=True)
            return
        ends = place.month.ends(self._rules.zone)
        asked = self._now()
        changed = self._upstream.changes(place.table, place.month, ends - OVERLAP, flight).changed
        reaches = False
        if changed is not None and changed.num_rows and place.table.clock:
            end = pa.scalar(ends.replace(tzinfo=None), pa.timestamp("us"))
            reaches = bool(pc.any(pc.greater_equal(changed.column(place.table.clock), end)).as_py())
        self._edges.note(place.table.name, place.month, asked, reaches)
