"""The rows of views that are kept, in a bounded memory."""

import threading
from collections import OrderedDict

from answers.views.rows import Rows
from tabular.table import Table


class KeptViews:
    """Rows by their version; what was not asked for longest goes first. For any number of threads.

    A version says all that the rows depend on: nothing here ever becomes wrong.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.bytes = 0
        self._rows: OrderedDict[int, Rows] = OrderedDict()
        self._guard = threading.Lock()

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, version: int, table: Table) -> Rows | None:
        """The rows of that version, if they are kept and those of that very table."""
        with self._guard:
            found = self._rows.get(version)
            if found is None or found.table != table:
                return None
            self._rows.move_to_end(version)
            return found

    def put(self, rows: Rows) -> None:
        """Keep rows; others go where they need their room.

        The store of what goes is not closed: who reads in it holds it, and it ends with the last of them.
        """
        with self._guard:
            before = self._rows.pop(rows.version, None)
            self.bytes += rows.bytes - (before.bytes if before else 0)
            self._rows[rows.version] = rows
            while self.bytes > self.most and len(self._rows) > 1:
                _, gone = self._rows.popitem(last=False)
                self.bytes -= gone.bytes
