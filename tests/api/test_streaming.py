"""Bytes on their way out: whole, or visibly broken."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache

import httpx
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.streaming import PIECE_BYTES, encoding_for, gathered
from store.reading import Rows
from tests.serving import Served
from tests.steps import CALLS, SUMMARIES, batches, step


@cache
def several() -> list[pa.RecordBatch]:
    """Calls that make several batches when they are read."""
    return batches(step(datetime(2026, 11, 3) + timedelta(seconds=i), 0, i) for i in range(45_000))


@given(st.lists(st.binary(max_size=40)))
def test_gathering_changes_no_byte(pieces: list[bytes]) -> None:
    assert b"".join(gathered(iter(pieces))) == b"".join(pieces)


def test_pieces_are_gathered_up_to_a_size() -> None:
    sizes = [len(piece) for piece in gathered(iter([b"x" * 1000] * 1000))]
    assert all(size >= PIECE_BYTES for size in sizes[:-1])
    assert sum(sizes) == 1_000_000


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("", None),
        ("gzip", "gzip"),
        ("gzip, zstd", "zstd"),
        ("zstd;q=0.1, gzip;q=0.9", "gzip"),
        ("zstd;q=0, *", "gzip"),
        ("identity", None),
        ("br;q=1.0, *;q=0", None),
        ("gzip;q=nonsense", None),
    ],
)
def test_the_encoding_that_a_client_prefers(accepted: str, chosen: str | None) -> None:
    assert encoding_for(accepted) == chosen


def fill(served: Served) -> None:
    with served.services.store.writing("test") as writing:
        writing.merge(CALLS, several(), SUMMARIES)


@pytest.mark.parametrize("form", ["csv", "json"])
def test_an_answer_that_fails_on_its_way_breaks_the_connection(
    served: Served, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    fill(served)
    whole = Rows.__iter__

    def failing(rows: Rows) -> Iterator[pa.RecordBatch]:
        for number, batch in enumerate(whole(rows)):
            if number == 1:
                raise OSError("the disk is gone")
            yield batch

    monkeypatch.setattr(Rows, "__iter__", failing)
    with pytest.raises(httpx.RemoteProtocolError):
        served.get(f"/tables/inboundCalls.{form}", headers={"Accept-Encoding": "identity"})


def test_what_fails_before_the_first_byte_is_a_status(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(served)

    def failing(rows: Rows) -> Iterator[pa.RecordBatch]:
        raise OSError("the disk is gone")
        yield

    monkeypatch.setattr(Rows, "__iter__", failing)
    answer = served.get("/tables/inboundCalls.csv")
    assert answer.status_code == 500
    assert answer.text.startswith("The service failed to answer. The administrator finds the cause in the log under ")
    assert "disk" not in answer.text


def test_a_client_that_leaves_stops_the_work(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(served)
    closed: list[Rows] = []
    close = Rows.close

    def watched(rows: Rows) -> None:
        closed.append(rows)
        close(rows)

    monkeypatch.setattr(Rows, "close", watched)
    with served.client.stream("GET", "/tables/inboundCalls.csv", headers={"Accept-Encoding": "identity"}) as answer:
        next(answer.iter_raw(1000))
    served.get("/tables/inboundCalls.csv?limit=1")
    served.close()
    assert len(closed) == 2
