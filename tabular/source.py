"""A Source is where rows come from: the demo centre, a file, a TVox."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from tabular.month import Month
from tabular.table import Table

if TYPE_CHECKING:
    import pyarrow as pa


class Source(Protocol):
    """What fills a store.

    A month of None stands for the whole of a table that has no months. Batches hold the table's fields, by name, in
    the layout of `store.layout.arrow_schema`; they may come in any order of rows.
    """

    name: str

    def months(self, table: Table) -> Sequence[Month | None]:
        """The months of a table that the source has, earliest first; none where it does not know the table."""
        ...

    def fetch(self, table: Table, month: Month | None) -> Iterator["pa.RecordBatch"]:
        """The rows of one month as they are now."""
        ...

    def changed(self, table: Table, month: Month | None, since: datetime) -> bool:
        """Whether rows of that month may have changed after `since`."""
        ...
