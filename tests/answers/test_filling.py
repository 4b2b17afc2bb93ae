"""Filling: a source is asked for what is missing or may have changed, and for nothing twice."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import pyarrow as pa
import pytest

from answers.ahead import ahead
from answers.filling import Progress, fill
from answers.jobs import FillDemo, Workplace, from_message
from datamodel.catalogue import documented
from store.store import Store
from tabular.errors import WouldReplace
from tabular.month import Month
from tabular.table import Table
from tests.steps import CALLS, NOW, SUMMARIES, batches, read, step

MAY = Month(2020, 5)
STILL_OPEN = Month(2999, 1)


class Centre:
    """A source of two months of calls, which counts what it is asked for."""

    def __init__(self, name: str = "centre") -> None:
        self.name = name
        self.asked: list[str] = []
        self.changing: set[Month] = set()
        self.user = "anna"

    def months(self, table: Table) -> Sequence[Month | None]:
        return [MAY, STILL_OPEN] if table.name == "inboundCalls" else []

    def fetch(self, table: Table, month: Month | None) -> Iterator[pa.RecordBatch]:
        self.asked.append(f"{table.name} {month}")
        assert month is not None
        yield from batches([step(datetime(month.year, month.month, 2), user=self.user)])

    def changed(self, table: Table, month: Month | None, since: datetime) -> bool:
        return month in self.changing


def settled(store: Store) -> dict[str, bool]:
    return {str(partition.month): partition.settled for partition in store.partitions("inboundCalls")}


def test_each_month_is_asked_for_once_and_settles_when_it_is_over(store: Store) -> None:
    centre = Centre()
    told: list[Progress] = []
    fill(centre, store, documented(), told.append)
    assert centre.asked == ["inboundCalls 2020-05", f"inboundCalls {STILL_OPEN}"]
    assert [(progress.done, progress.of, progress.rows) for progress in told] == [(1, 2, 1), (2, 2, 2)]
    assert settled(store) == {"2020-05": False, str(STILL_OPEN): False}
    assert fill(centre, store, documented()).of == 0
    assert settled(store) == {"2020-05": True, str(STILL_OPEN): False}
    assert len(centre.asked) == 2


def test_what_may_have_changed_is_asked_for_again_but_a_settled_month_is_not(store: Store) -> None:
    centre = Centre()
    fill(centre, store, documented())
    fill(centre, store, documented())
    centre.changing = {MAY, STILL_OPEN}
    centre.user = "luca"
    fill(centre, store, documented())
    assert centre.asked[2:] == [f"inboundCalls {STILL_OPEN}"]
    assert [row["user"] for row in read(store, CALLS, "user")] == ["anna", "luca"]
    assert [row["users"] for row in read(store, SUMMARIES, "users")] == ["anna", "luca"]


def test_what_another_source_had_filled_is_replaced(store: Store) -> None:
    fill(Centre(), store, documented())
    other = Centre("another")
    fill(other, store, documented())
    assert len(other.asked) == 2
    assert store.origins() == {"another"}


def test_a_source_that_breaks_leaves_the_months_before_it(store: Store) -> None:
    class Breaking(Centre):
        def fetch(self, table: Table, month: Month | None) -> Iterator[pa.RecordBatch]:
            if month == STILL_OPEN:
                raise LookupError("no more")
            yield from super().fetch(table, month)

    with pytest.raises(LookupError, match="no more"):
        fill(Breaking(), store, documented())
    assert settled(store) == {"2020-05": False}


def test_the_demo_centre_never_replaces_real_rows(store: Store) -> None:
    job = FillDemo(1, 50, 1)
    with store.writing("file") as writing:
        writing.replace(CALLS, Month.of(datetime.now(store.zone)), batches([step(NOW.replace(tzinfo=None))]), SUMMARIES)
    with pytest.raises(WouldReplace, match="came from a file"):
        job.run(Workplace(store, documented(), b""), lambda _: None)


def test_another_demo_centre_takes_the_place_of_the_first(store: Store) -> None:
    FillDemo(1, 60, 1).run(Workplace(store, documented(), b""), lambda _: None)
    first = read(store, documented().table("addressBookContacts"), "uuid")
    assert FillDemo(1, 60, 2).replaces(store, documented())
    FillDemo(1, 60, 2).run(Workplace(store, documented(), b""), lambda _: None)
    assert read(store, documented().table("addressBookContacts"), "uuid") != first
    assert not FillDemo(1, 60, 2).replaces(store, documented())


def test_a_job_of_another_release_is_refused() -> None:
    for message in ({"job": "other"}, {}, {"job": "demo", "months": 1}, {"job": "demo", "color": "red"}):
        with pytest.raises(ValueError, match=r".+"):
            from_message(message)


def test_things_made_ahead_come_in_order_and_failures_in_their_place() -> None:
    def failing() -> int:
        raise LookupError("third")

    made = ahead([lambda: 1, lambda: 2, failing, lambda: 4])
    assert [next(made), next(made)] == [1, 2]
    with pytest.raises(LookupError, match="third"):
        next(made)
