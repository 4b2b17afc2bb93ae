"""A page deep in a long answer of OData's face, beside its first page."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from answers.filling import fill
from bench.figure import Figure, interleaved
from bench.mashup import Mashup, address
from bench.service import Service
from datamodel.catalogue import documented
from datamodel.demo import DemoCentre
from store.control import Control
from store.keys import Keys
from store.store import Store

PAGE, ROUNDS = 25, 5
COLUMNS = "id,step,user,cli,dnis,startTime,endTime,status,service,waitDuration,durationOnUser,contact_value"
ASKED = {
    "all columns": address("inboundCalls"),
    "12 columns": address("inboundCalls", select=COLUMNS),
    "12 columns, filtered": address("inboundCalls", select=COLUMNS, filter="user ne 'anna.gentile'"),
    "12 columns, ordered": address("inboundCalls", select=COLUMNS, orderby="startTime desc"),
}
PLAIN = ("all columns", "12 columns")
_LINK = re.compile(rb'"@odata\.nextLink":"([^"]+)"')


def deep(path: Path) -> Iterator[Figure]:
    """The first page and the 25th of more than 500,000 rows, in turns, nothing kept."""
    control = Control(path)
    key = Keys(control).create("bench")
    with Store(path, secret=control.secret) as store:
        fill(DemoCentre(calls_per_month=260_000, now=datetime.now(UTC), months=2), store, documented())
    control.close()
    words = ["main.py", "serve", "--no-demo", "--port", "0", "--store", str(path)]
    with Service(*words, key=key, settings={"TVOX_KEPT_MEMORY": "0"}) as ours:
        client = Mashup(ours.address, key)
        pages = {what: (f"/odata/{asked}", _link(client, asked)) for what, asked in ASKED.items()}
        measures = [partial(_milliseconds, ours, page) for both in pages.values() for page in both]
        taken = iter(interleaved(measures, ROUNDS))
    for what in pages:
        first, last = next(taken), next(taken)
        yield Figure(f"a page of 20,000 rows, {what}: the first", "ms", first, told=True)
        yield Figure(f"  page {PAGE}", "ms", last, told=True)
        ratios = [one / two for one, two in zip(last, first, strict=True)]
        # What is plain is found by numbers of rows; a filter or an order has to look at all rows before.
        limit = 1.5 if what in PLAIN else None
        yield Figure("  times as long as the first", "times", ratios, at_most=limit, told=limit is None)


def _milliseconds(ours: Service, path: str) -> float:
    return ours.get(path).all


def _link(client: Mashup, asked: str) -> str:
    """The path of the last page, by way of all before it."""
    link = asked
    for _ in range(PAGE - 1):
        found = _LINK.search(client.ask(link).body[-4000:])
        assert found is not None, "the answer ends too soon"
        link = found[1].decode()
    parts = urlsplit(link)
    return f"{parts.path}?{parts.query}"
