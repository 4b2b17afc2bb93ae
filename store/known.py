"""What a store knows of its partitions beside their records: which never changed, and what windows cut off them."""

from array import array
from collections.abc import Sequence
from contextlib import closing

import duckdb

from store.expressions import Bound
from store.numbers import MOST_ODD, KnownNumbers, Numbers
from store.plan import Part
from store.statements import in_window, partition_name
from tabular.month import Month
from tabular.partition import Partition
from tabular.query import Query

Place = tuple[str, Month | None]


class KnownRows:
    """Found once and remembered; `changed` are the partitions that have had another version since they were made.

    What changes does so for as long as the process lives, so nothing remembered of what did not becomes wrong.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, changed: set[Place]) -> None:
        self.changed = changed
        self._connection = connection
        self._gapless: dict[Place, bool] = {}
        self._numbers = KnownNumbers()

    def is_unchanged(self, partition: Partition) -> bool:
        """Whether a partition has had one version only."""
        return (partition.table, partition.month) not in self.changed

    def numbers(self, part: Part, query: Query) -> Numbers | None:
        """The numbers of a part's rows that lie in the window of a query; None where they are not known."""
        partition = part.partition
        if not (partition.tidy and self.is_unchanged(partition) and self._is_gapless(partition)):
            return None
        if part.whole or query.window is None:
            return Numbers(partition.rows)
        return self._numbers.of(part, query.window, lambda is_within: self._odd(part, query, is_within))

    def _odd(self, part: Part, query: Query, is_within: bool) -> Sequence[int]:
        bound = Bound(b"")
        test = " AND ".join(in_window(query, part, bound))
        name = partition_name(part.partition.table, part.partition.month)
        wanted = test if is_within else f"NOT coalesce({test}, FALSE)"
        most = bound.literal(MOST_ODD + 1)
        with closing(self._connection.cursor()) as cursor:
            found = cursor.execute(f"SELECT rowid FROM {name} WHERE {wanted} LIMIT {most}", bound.values).fetchall()
        return array("q", sorted(number for (number,) in found))

    def _is_gapless(self, partition: Partition) -> bool:
        """Whether the engine numbers the rows of an unchanged partition from 0 without a gap, as it does unless an
        earlier process removed old versions of them."""
        place = (partition.table, partition.month)
        if place not in self._gapless:
            with closing(self._connection.cursor()) as cursor:
                name = partition_name(*place)
                beyond = cursor.execute(f"SELECT 1 FROM {name} WHERE rowid >= $rows LIMIT 1", {"rows": partition.rows})
                self._gapless[place] = not beyond.fetchall()
        return self._gapless[place]
