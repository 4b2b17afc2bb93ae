"""Numbers of rows: which of a partition's rows lie in a window, by the engine's own count of them from 0."""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock

from store.plan import Part
from tabular.query import Window

MOST_ODD = 10_000
"""A window that cuts more rows off a partition, and leaves more, is not counted: its rows are tested one by one."""

MOST_KNOWN = 200
"""Windows that are remembered."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """The rows of a partition that are wanted: all of its `rows` but the odd ones, or (`only_odd`) none but these.

    >>> late = Numbers(10, (7, 9))
    >>> late.count, late.span(0, 8), late.span(6, 8)
    (8, (0, 9), (6, 9))
    >>> Numbers(10, (7, 9), only_odd=True).span(1, 2)
    (9, 10)
    """

    rows: int
    odd: Sequence[int] = ()
    only_odd: bool = False

    @property
    def count(self) -> int:
        """How many are wanted."""
        return len(self.odd) if self.only_odd else self.rows - len(self.odd)

    def span(self, first: int, after: int) -> tuple[int, int]:
        """Numbers between which, with the first and without the last, lie the wanted rows from place `first` up to but
        without `after` (0 ≤ first < after ≤ count), and no other wanted one."""
        return self._number(first), self._number(after - 1) + 1

    def _number(self, place: int) -> int:
        if self.only_odd:
            return self.odd[place]
        # The k-th odd one has odd[k] - k wanted ones before it.
        return place + bisect_right(range(len(self.odd)), place, key=lambda k: self.odd[k] - k)


Place = tuple[str, object, Window]


class KnownNumbers:
    """What windows cut off partitions that never changed, found once; for any number of threads."""

    def __init__(self) -> None:
        self._known: OrderedDict[Place, Numbers | None] = OrderedDict()
        self._guard = Lock()

    def of(self, part: Part, window: Window, find: Callable[[bool], Sequence[int]]) -> Numbers | None:
        """The numbers of the rows of a part that lie in a window; None where too many lie within and without.

        `find` gives, sorted, the numbers of those rows that lie within (True) or without, at most one more than
        MOST_ODD.
        """
        place = (part.partition.table, part.partition.month, window)
        with self._guard:
            if place in self._known:
                self._known.move_to_end(place)
                return self._known[place]
        found = _found(part.partition.rows, find)
        with self._guard:
            self._known[place] = found
            while len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)
        return found


def _found(rows: int, find: Callable[[bool], Sequence[int]]) -> Numbers | None:
    for is_within in (False, True):
        odd = find(is_within)
        if len(odd) <= MOST_ODD:
            return Numbers(rows, odd, only_odd=is_within)
    return None
