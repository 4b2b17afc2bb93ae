"""Lines become records: where each begins and ends, and which line of the file it is."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from connectors.files.decoding import Lines

LONGEST_RECORD = 1 << 20
"""Bytes within which a quoted field must end, so that one stray quote does not swallow the file."""

_QUOTES = "its quotes do not pair; a quote in a quoted field is written twice"
_RETURN = "a carriage return inside the line"
_LF, _CR = 10, 13

Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that cannot be loaded: its number in the file (from 1), why, and its text without the line end."""

    line: int
    reason: str
    text: bytes


@dataclass(frozen=True)
class Records:
    """Records as they stand in `data`: record i is data[starts[i]:ends[i]] and begins in line lines[i].

    Empty lines are no records; `refused` are the lines that cannot be split, and are not in `data`.
    """

    data: bytes
    starts: Positions
    ends: Positions
    lines: Positions
    refused: list[Refused] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.starts)

    def refuse(self, at: int, reason: str) -> Refused:
        """Record `at` as a refused line."""
        return Refused(int(self.lines[at]), reason, self.data[self.starts[at] : self.ends[at]])

    def only(self, keep: NDArray[np.bool_]) -> "Records":
        """Some of the records, over the same data."""
        return Records(self.data, self.starts[keep], self.ends[keep], self.lines[keep], self.refused)

    def slice(self, start: int) -> "Records":
        """The records from `start` on."""
        if start >= len(self):
            return Records(b"", self.starts[:0], self.ends[:0], self.lines[:0], self.refused)
        begin = int(self.starts[start])
        return Records(
            self.data[begin:], self.starts[start:] - begin, self.ends[start:] - begin, self.lines[start:], self.refused
        )


def split(blocks: Iterable[Lines], separator: str, quote: str) -> Iterator[Records]:
    """The records of a file, block by block; a record ends with its line, or, with a `quote`, where its quotes have."""
    if not quote:
        yield from (_by_line(block) for block in blocks)
        return
    quoted = _Quoted(separator, quote)
    held, first = b"", 1
    for block in blocks:
        data = held + block.data
        if quote.encode() not in data:
            yield _by_line(Lines(data, first))
            held, first = b"", first + data.count(b"\n")
            continue
        records, cut = quoted.split(data, first, last=block.last)
        yield records
        held, first = data[cut:], first + data.count(b"\n", 0, cut)


def _by_line(block: Lines) -> Records:
    octets = np.frombuffer(block.data, np.uint8)
    ends = np.flatnonzero(octets == _LF)
    starts = np.concatenate(([0], ends + 1))
    ends = np.append(ends, len(octets))
    lines = block.first + np.arange(len(starts))
    filled = ends > starts
    starts, ends, lines = starts[filled], ends[filled], lines[filled]
    ends = ends - (octets[ends - 1] == _CR)
    filled = ends > starts
    records = Records(block.data, starts[filled], ends[filled], lines[filled])
    if block.data.count(b"\r") == block.data.count(b"\r\n"):
        return records
    return _without_returns(records, octets)


def _without_returns(records: Records, octets: NDArray[np.uint8]) -> Records:
    returns = np.flatnonzero(octets == _CR)
    inside = np.searchsorted(returns, records.starts) < np.searchsorted(returns, records.ends)
    refused = [records.refuse(int(at), _RETURN) for at in np.flatnonzero(inside)]
    return _kept(records, ~inside, refused)


def _kept(records: Records, keep: NDArray[np.bool_], refused: list[Refused]) -> Records:
    """Only some of the records, copied together; each line ends with a line feed."""
    starts, ends = records.starts[keep], records.ends[keep]
    view = memoryview(records.data)
    data = b"\n".join(view[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True))
    lengths = ends - starts
    begins = np.concatenate(([0], np.cumsum(lengths + 1)[:-1])) if len(lengths) else starts
    return Records(data, begins, begins + lengths, records.lines[keep], refused)


class _Quoted:
    """Splits text in which fields may be quoted, and then hold separators, doubled quotes and line ends.

    A quote counts only where it begins a field, as in Excel and in Arrow; elsewhere it is a letter like any other.
    """

    def __init__(self, separator: str, quote: str) -> None:
        s, q = re.escape(separator), re.escape(quote)
        quoted = rf"{q}(?:[^{q}]++|{q}{q})*+{q}(?=[{s}\r\n]|\Z)"
        fields = rf"(?:(?:{quoted}|[^{q}{s}\r\n][^{s}\r\n]*+|){s})*+"
        last = rf"(?:{quoted}|[^{q}{s}\r\n][^{s}\r\n]*+|)"
        self._record = re.compile(rf"{fields}{last}(?=\r?\n|\Z)".encode())
        self._unfinished = re.compile(rf"{fields}{q}(?:[^{q}]++|{q}{q})*+\Z".encode())

    def split(self, data: bytes, first: int, *, last: bool) -> tuple[Records, int]:
        """The records of `data`, and how much of it they are: the rest waits for more, unless this is the last."""
        starts, ends, lines = [], [], []
        refused: list[Refused] = []
        at, line, size = 0, first, len(data)
        match_record = self._record.match
        while at < size:
            found = match_record(data, at)
            if found is not None:
                end = found.end()
                if end > at:
                    starts.append(at)
                    ends.append(end)
                    lines.append(line)
                # Most records are of one line, and need not be searched for line ends.
                after = data.find(b"\n", end) + 1 or size
                line += data.count(b"\n", at, after)
            elif not last and size - at < LONGEST_RECORD and self._unfinished.match(data, at):
                break
            else:
                after = data.find(b"\n", at) + 1 or size
                text = data[at:after].rstrip(b"\r\n")
                refused.append(Refused(line, _RETURN if b"\r" in text else _QUOTES, text))
                line += 1
            at = after
        begin, stop, number = (np.array(places, np.int64) for places in (starts, ends, lines))
        records = Records(data[:at], begin, stop, number)
        return (_kept(records, np.ones(len(starts), bool), refused) if refused else records), at
