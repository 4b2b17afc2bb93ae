"""A Plan says what a question reads: one version of the store, and only the partitions that can hold an answer."""

from dataclasses import dataclass, replace

from store.beside import Beside
from tabular.partition import Partition
from tabular.query import Query


@dataclass(frozen=True, slots=True)
class Part:
    """A partition to be read; `whole` where every row of it lies in the window, so that none need be tested."""

    partition: Partition
    whole: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """A question with the version that it reads and the parts it reads, earliest month first.

    `beside` are the partitions of other tables that hold what its filter asks of related rows, if it does.
    """

    query: Query
    version: int
    parts: tuple[Part, ...]
    beside: tuple[Partition, ...] | None = None

    def seen_from(self, part: Part) -> Beside | None:
        """What lies beside one of the parts."""
        return None if self.beside is None else Beside(self.version, part.partition.month, self.beside)

    def cut(self) -> "Plan":
        """The same without the parts that lie wholly before or after its page, where counting is enough to know."""
        query = self.query
        looks_inside = query.grouping or query.sort or query.filter or query.table.element
        if looks_inside or not all(part.whole for part in self.parts):
            return self
        parts, offset = list(self.parts), query.offset
        while parts and offset >= parts[0].partition.rows:
            offset -= parts.pop(0).partition.rows
        if query.limit is not None:
            reach = 0
            for number, part in enumerate(parts):
                if reach >= offset + query.limit:
                    parts = parts[:number]
                    break
                reach += part.partition.rows
        return replace(self, query=replace(query, offset=offset if parts else 0), parts=tuple(parts))

    @property
    def rows_read(self) -> int:
        """How many rows have to be looked at, at most."""
        query, held = self.query, sum(part.partition.rows for part in self.parts)
        if query.limit is None or query.sort or query.grouping or query.filter:
            return held
        return min(held, query.offset + query.limit)

    @property
    def row_count(self) -> int | None:
        """How many rows the answer has, where that is known without reading them."""
        grouping = self.query.grouping
        if grouping is not None and not grouping.keys:
            held = 1
        elif grouping or self.query.table.element or self.query.filter or not all(part.whole for part in self.parts):
            return None
        else:
            held = sum(part.partition.rows for part in self.parts)
        left = max(0, held - self.query.offset)
        return left if self.query.limit is None else min(left, self.query.limit)
