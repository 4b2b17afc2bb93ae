"""Chunks: the rows in order, cut between rows only, none too long; whatever stands in the cells."""

import json
from itertools import pairwise
from typing import cast

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.google.chunks import ENVELOPE, MOST, chunks
from formats.format import About, Header, Heading, Style, Times
from formats.grid import FORMAT
from tabular.table import Column, Reading, Type

nasty = st.sampled_from(
    ['",\n["', "],\n[", "\\", '\\"', "\n", "\r\n", "\u2028", "[", "]]", ",", "é", "😀", "=1+1", "+39045"]
)
cells = st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.floats(-1e9, 1e9), st.text(), nasty)
tables = st.lists(st.lists(cells, min_size=1, max_size=4), max_size=30)


def pieces_of(text: bytes, cuts: list[int]) -> list[bytes]:
    """The same bytes in pieces."""
    places = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    return [text[start:end] for start, end in pairwise(places)]


def grid(rows: list[list[object]]) -> bytes:
    """Rows as the format `grid` writes them."""
    lines = (json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    return ("[" + ",\n".join(lines) + "]\n").encode()


@pytest.mark.law
@given(tables, st.lists(st.integers(0, 10_000), max_size=6), st.integers(8, 400))
def test_the_chunks_together_are_the_rows(rows: list[list[object]], cuts: list[int], most: int) -> None:
    found = list(chunks(pieces_of(grid(rows), cuts), most))
    decoded = [json.loads(chunk.body) for chunk in found]
    assert [row for chunk in decoded for row in chunk] == rows
    assert [chunk.rows for chunk in found] == [len(chunk) for chunk in decoded]
    assert all(len(chunk.body) <= most or chunk.rows == 1 for chunk in found)


@pytest.mark.law
@given(tables, st.integers(50, 400))
def test_no_two_chunks_would_have_been_one(rows: list[list[object]], most: int) -> None:
    found = list(chunks([grid(rows)], most))
    for one, two in pairwise(found):
        first = two.body[1:-1].split(b",\n[")[0]
        assert len(one.body) + len(first) + 2 > most - 2


def test_the_format_grid_is_cut_as_it_comes() -> None:
    texts = ['a "b"', "line\nbreak", "],\n[", "x" * 300, "+390432", None]
    column = Column("cli", "cli", Type.TEXT, "", cast(Reading, None), ("cli",))
    batches = [
        pa.RecordBatch.from_pydict({"cli": [f"{number} {text}" if text else None for text in texts * 2_000]})
        for number in range(10)
    ]
    style = Style(header=Header.NAMES, times=Times.ISO)
    encoded = list(FORMAT.encode((Heading("cli", column),), iter(batches), style, _about()))
    found = list(chunks(encoded))
    assert len(found) > 2
    assert max(len(chunk.body) for chunk in found) <= MOST - ENVELOPE
    assert min(len(chunk.body) for chunk in found[:-1]) > MOST - ENVELOPE - 1_000
    rows = [row for chunk in found for row in json.loads(chunk.body)]
    assert rows == [["cli"]] + [row for batch in batches for row in ([text] for text in batch["cli"].to_pylist())]


def _about() -> About:
    return About("calls", "Calls", "", None, "UTC")


@pytest.mark.parametrize("text", [b"", b"{}", b"[[1],\n[2]", b"[1\n"])
def test_what_is_no_grid_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match="a grid"):
        list(chunks([text]))
