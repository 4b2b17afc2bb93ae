"""The fold report: what a key's clients asked of OData lately, and what became of it."""

from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from time import perf_counter

from answers.odata.made import Made

KEPT, KEYS = 200, 500
"""Requests that are remembered of each key, and keys."""

AFTER = timedelta(minutes=5)
"""For so long a download of a whole table is put down to the refusal before it."""

_FILTERING = ("$filter", "$apply", "$search")


@dataclass(slots=True)
class Seen:
    """One request. `folded` are the names of its options, `rows_read` the rows that were looked at, at most, and
    `rows_given` those of the answer; both None where there were none."""

    time: datetime
    client: str
    method: str
    path: str
    folded: tuple[str, ...]
    status: int = 0
    refusal: str | None = None
    flag: str | None = None
    months: str | None = None
    rows_read: int | None = None
    rows_given: int | None = None
    upstream_requests: int = 0
    milliseconds: float = 0.0
    _found: Made | None = None
    _began: float = field(default_factory=perf_counter)

    def reads(self, found: Made) -> None:
        """Note what the answer is made of."""
        self._found = found
        self.months, self.rows_read = _months(found), found.plan.rows_read

    def ends(self) -> None:
        """Note how long it took, and what is known now of the rows; the answer itself is let go."""
        self.milliseconds = round((perf_counter() - self._began) * 1000, 1)
        if self._found is not None:
            self.rows_given, self._found = self._found.given, None

    def is_whole_table(self) -> bool:
        """Whether it is a list of all rows."""
        names = {name.lower().removeprefix("$") for name in self.folded}
        bounding = {name.removeprefix("$") for name in _FILTERING} | {"top", "skiptoken"}
        return self.rows_read is not None and not names & bounding and "(" not in self.path and "/" not in self.path

    def is_refused_filter(self) -> bool:
        """Whether it asked for some rows and was refused."""
        names = {name.lower().removeprefix("$") for name in self.folded}
        return self.status in range(400, 502) and bool(names & {name.removeprefix("$") for name in _FILTERING})

    def told(self) -> dict[str, object]:
        """The facts for a program."""
        return {
            "time": self.time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "client": self.client,
            "request": f"{self.method} /odata/{self.path}",
            "options": list(self.folded),
            "status": self.status,
            "refusal": self.refusal,
            "flag": self.flag,
            "months": self.months,
            "rowsRead": self.rows_read,
            "rowsGiven": self.rows_given,
            "upstreamRequests": self.upstream_requests,
            "milliseconds": self.milliseconds,
        }


class Report:
    """What was asked, by the name of the key; of what was asked longest ago the oldest is forgotten."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._seen: OrderedDict[str, deque[Seen]] = OrderedDict()

    def note(self, key: str, seen: Seen) -> None:
        """Remember a request that has its status, and flag what a refusal has led to."""
        with self._guard:
            of_key = self._seen.setdefault(key, deque(maxlen=KEPT))
            self._seen.move_to_end(key)
            while len(self._seen) > KEYS:
                self._seen.popitem(last=False)
            before = next(
                (one for one in reversed(of_key) if one.client == seen.client and one.path == seen.path), None
            )
            is_after = before is not None and before.is_refused_filter() and seen.time - before.time <= AFTER
            if before is not None and is_after and seen.is_whole_table():
                seen.flag = f"The whole table, right after a filter of it was refused: {before.refusal}"
            of_key.append(seen)

    def of(self, key: str) -> Sequence[Seen]:
        """What a key's clients asked, the newest first."""
        with self._guard:
            return tuple(reversed(self._seen.get(key, ())))


def _months(found: Made) -> str:
    """The months that were touched, as a stretch."""
    parts = found.plan.cut().parts
    months = [str(part.partition.month) for part in parts if part.partition.month is not None]
    if not months:
        return "all" if parts else "none"
    return months[0] if len(months) == 1 else f"{months[0]} to {months[-1]} ({len(months)})"
