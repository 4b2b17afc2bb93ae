"""A store whose calls and contacts are imported, and how tests ask for them."""

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import httpx

from tabular.month import Month
from tests.serving import Served, opened_at
from tests.steps import CALLS, CONTACTS, SUMMARIES, batches, step

CALLS_OF = {Month(2020, 3): 1003, Month(2020, 4): 1000, Month(2020, 5): 7}
"""Calls of two steps each: pages that are not full, one that is and none after it, and a month of one page."""

COLUMNS = "id,step,cli,contact.value,startTime,waitDuration"
QUERY = "{ inboundCalls(search: {}) { id step cli contact { value } startTime waitDuration } }"
MAY = "{ inboundCalls(search: {year: 2020, month: 5}) { id step cli } }"
EVERY_STEP = "$..inboundCalls[*][*]"
PEOPLE = "{ addressBookContacts(search: {}) { uuid name tel { value type } } }"
OTHER = "query A { me { name } } query B($s: SearchInteraction!) { inboundCalls(search: $s) { id } }"


def steps_of(month: Month, count: int) -> Iterator[dict[str, object]]:
    """The steps of a month's calls."""
    for serial in range(count):
        began = datetime(month.year, month.month, 2) + timedelta(minutes=10 * serial)
        for number in (0, 1):
            yield step(
                began,
                number,
                serial,
                cli="" if serial % 5 == 0 else f'"{serial}", caller',
                contact_value=f"contact {serial}" if serial % 3 else None,
                contact_id="1" if serial % 3 else None,
                waitDuration=serial,
                multiChannel_type="CALL",
                lastUpdateTime=began,
            )


@contextmanager
def importing(path: Path, calls_of: Mapping[Month, int]) -> Iterator[Served]:
    """A service over so many calls of some months, and four contacts."""
    opened = opened_at(path, datamodel_rate=0)
    people: list[dict[str, object]] = [
        {
            "uuid": f"a-{number}",
            "name": "Anna",
            "tel": [{"value": f"04{n}", "type": "WORK" if n else None} for n in range(number)],
        }
        for number in range(4)
    ]
    with opened.store.writing("test") as writing:
        for month, count in calls_of.items():
            writing.replace(CALLS, month, batches(steps_of(month, count)), SUMMARIES)
        writing.replace(CONTACTS, None, batches(people, CONTACTS))
    running = Served(opened)
    yield running
    running.close()
    opened.close()


def asked(served: Served, form: str = "csv", query: str = QUERY, **parameters: str) -> httpx.Response:
    return served.get(f"/import.{form}", params={"query": query, **parameters})


def rows(answer: httpx.Response) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.text, newline="")))
