"""Rows of text put together of texts that repeat: each text is made once, and each row says which ones it has.

One kernel then copies them all behind each other: half of what joining columns of text costs, or less.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Places = npt.NDArray[np.int32]
"""For each row the place of its text."""

Known = npt.NDArray[np.bool_] | None
"""For each row whether it has a text; None says that all have."""

_ROWS_A_TEXT = 8
"""Two parts become one where their texts together are fewer than the rows by this: making a text takes as long as
copying some."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that are made already, but for copying: each has of each part the text at its place (the same for all)."""

    num_rows: int
    texts: pa.Array
    parts: Sequence[Places | int]

    def slices(self, most: int) -> "Iterator[Rows]":
        """The same rows, so many at a time."""
        for begin in range(0, self.num_rows, most):
            parts = [one if isinstance(one, int) else one[begin : begin + most] for one in self.parts]
            yield Rows(min(most, self.num_rows - begin), self.texts, parts)

    def joined(self) -> pa.Array:
        """The text of each row."""
        places = np.empty((self.num_rows, len(self.parts)), np.int32)
        for number, part in enumerate(self.parts):
            places[:, number] = part
        whole = pc.take(self.texts, pa.array(places.reshape(-1)), boundscheck=False)
        ends = np.frombuffer(whole.buffers()[1], np.int32)[: len(whole) + 1 : len(self.parts)]
        return pa.StringArray.from_buffers(self.num_rows, pa.py_buffer(np.ascontiguousarray(ends)), whole.buffers()[2])


@dataclass(frozen=True, slots=True)
class _Part:
    """A text of each row: its places among the texts of `array`, or among the few ones (None)."""

    array: int | None
    places: Places | int
    known: Known = None


class Texts:
    """The text of a number of rows, part behind part."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._few = [""]
        self._arrays: dict[int, pa.Array] = {}
        self._parts: list[_Part] = []
        # What stands before the next part of many texts: one of these.
        self._last: list[str] = [""]
        self._places: Places | None = None

    def same(self, text: str) -> None:
        """Add what is the same in every row."""
        self._last = [one + text for one in self._last]

    def few(self, texts: Sequence[str], places: Places) -> None:
        """Add one of a few texts to each row."""
        if self._places is None:
            (before,) = self._last
            self._last, self._places = [before + text for text in texts], places
        elif len(self._last) * len(texts) * _ROWS_A_TEXT <= self._count:
            self._last = [one + text for one in self._last for text in texts]
            self._places = self._places * np.int32(len(texts)) + places
        else:
            self._end_few()
            self._last, self._places = list(texts), places

    def many(self, texts: pa.Array, places: Places, known: Known = None) -> None:
        """Add one of many texts, none of which is null, to each row that is known; the same ones may come again."""
        self._end_few()
        self._arrays[id(texts)] = texts
        self._parts.append(_Part(id(texts), places, known))

    def own(self, texts: pa.Array, known: Known = None) -> None:
        """Add a text of its own to each row that is known."""
        self.many(texts, np.arange(self._count, dtype=np.int32), known)

    def rows(self) -> Rows:
        """What was added."""
        self._end_few()
        begins: dict[int | None, int] = {None: 0}
        begin = len(self._few)
        for name, array in self._arrays.items():
            begins[name] = begin
            begin += len(array)
        parts: list[Places | int] = []
        for part in self._parts:
            places = part.places
            if isinstance(places, int):
                parts.append(places)
                continue
            places = places + np.int32(begins[part.array])
            # The first of the few texts is empty.
            parts.append(places if part.known is None else np.where(part.known, places, np.int32(0)))
        texts = pa.concat_arrays([pa.array(self._few, pa.string()), *self._arrays.values()])
        # No row has a null one: the kernel need not look.
        return Rows(self._count, pa.StringArray.from_buffers(len(texts), *texts.buffers()[1:]), parts)

    def _end_few(self) -> None:
        """What was added of few texts is a part."""
        if self._places is not None or self._last != [""] or not self._parts:
            places = len(self._few) if self._places is None else self._places + np.int32(len(self._few))
            self._parts.append(_Part(None, places))
            self._few += self._last
        self._last, self._places = [""], None
