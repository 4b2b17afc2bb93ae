"""What a format is told of its answer, and how early it is known that a format cannot hold it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from answers.answer import Question, answer
from datamodel.catalogue import documented
from formats import formats
from formats.format import About, Heading, Style, Times
from store.store import Store
from tabular.query import Query, Window
from tests.steps import CALLS, NOW, SUMMARIES, batches, selected, step

BEGAN = datetime(2026, 11, 3, 8)
INSIDE = Window(datetime(2026, 11, 3, 8, 10, tzinfo=UTC), None)


@pytest.fixture
def calls(store: Store) -> Store:
    """A store of 30 calls, a minute apart."""
    with store.writing("test") as writing:
        rows = [step(BEGAN + timedelta(minutes=number), 0, number) for number in range(30)]
        writing.merge(CALLS, batches(rows), SUMMARIES)
    return store


def told(store: Store, most: int | None, window: Window | None = None, **more: int) -> About:
    """What a format that holds `most` rows is told of a question."""
    heard: list[About] = []

    def encode(
        _headings: tuple[Heading, ...], _batches: Iterable[pa.RecordBatch], _style: Style, about: About
    ) -> Iterator[bytes]:
        heard.append(about)
        yield b""

    form = replace(formats()["csv"], encode=encode, most_rows=most)
    query = Query(CALLS, selected(CALLS, "id", "step"), window, **more)  # type: ignore[arg-type]
    question = Question(query, documented(), form, Style(Times.LOCAL), "Europe/Rome", "step eq 0")
    list(answer(question, store, 13, NOW).pieces())
    return heard[0]


def test_a_format_is_told_what_its_rows_are(calls: Store) -> None:
    about = told(calls, None, INSIDE)
    assert (about.table, about.title, about.clock, about.zone) == (CALLS.name, CALLS.title, "startTime", "Europe/Rome")
    assert (about.window, about.months, about.filter) == (INSIDE, ("2026-11",), "step eq 0")
    assert about.as_of is not None
    assert about.rows is None


@pytest.mark.parametrize(
    ("most", "window", "more", "rows"),
    [
        (None, None, {}, 30),
        (10, None, {}, 30),
        (10, None, {"limit": 5}, 5),
        (100, INSIDE, {}, None),  # it fits whatever the window leaves
        (29, INSIDE, {}, 20),
        (29, INSIDE, {"limit": 29}, None),
        (10, INSIDE, {}, 20),
        (10, INSIDE, {"offset": 15}, 5),
    ],
)
def test_rows_are_counted_where_they_may_be_too_many(
    calls: Store, most: int | None, window: Window | None, more: dict[str, int], rows: int | None
) -> None:
    assert told(calls, most, window, **more).rows == rows
