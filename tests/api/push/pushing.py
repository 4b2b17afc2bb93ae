"""A service that pushes into the stand-in of Google: a few calls, a clock that can be moved, no waiting."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from api.push.asking import Asking
from api.push.pusher import Pusher, Task
from api.services import Services
from api.settings import Settings
from connectors.google.spreadsheets import Pace, ServiceAccount, Spreadsheets
from store.pushes import Mode, Pushes, Wanted
from tests.api.linking import Clock
from tests.google.standin import StandIn
from tests.serving import opened_at
from tests.steps import CALLS, SUMMARIES, batches, step

BEGAN = datetime(2026, 11, 22, 8, 0, 30)
"""UTC; in Rome it is an hour later."""
ROWS = [
    step(BEGAN - timedelta(days=i), 0, i, user=f"=user({i})", cli=f"+39043200{i:02}", waitDuration=i * 10)
    for i in range(6)
]
ASKED = {"last": "30d", "columns": "id,step,startTime,cli,user,waitDuration", "sort": "id"}
KEY = "tests"


class Pushing:
    """Services whose pushes go to the stand-in, and a spreadsheet there."""

    def __init__(self, folder: Path, google: StandIn, **settings: object) -> None:
        self.google = google
        self.clock = Clock()
        self.account = google.account(folder)
        self.path = folder / "tvox.duckdb"
        self._settings = settings
        self.services = self.opened()
        self.key = self.services.keys.create(KEY)
        self.book = google.spreadsheet("Reports", sheets=[{"id": 0, "title": "Other"}])

    def opened(self) -> Services:
        """The services, as a process has them that has just begun."""
        opened = opened_at(self.path, google_credentials=self.account, sheets_url=self.google.address, **self._settings)
        pusher = Pusher(Pushes(opened.control), self.connect)
        return replace(opened, now=lambda: self.clock.now, pusher=pusher)

    def connect(self, settings: Settings) -> tuple[Spreadsheets, Pace]:
        """What speaks with the stand-in, without a pause."""
        pace = Pace(self.path, 0, 0)
        account = ServiceAccount.read(self.account)
        return Spreadsheets(account, pace, address=self.google.address, wait=lambda seconds: None), pace

    def restart(self) -> None:
        """End the services, and open them again."""
        self.close()
        self.services = self.opened()

    def fill(self, rows: list[dict[str, object]] = ROWS) -> None:
        """Bring rows in, beside or in the place of those that are there."""
        with self.services.store.writing("test") as writing:
            writing.merge(CALLS, batches(rows), SUMMARIES)

    def wanted(self, mode: str = "replace", sheet: str = "Calls", **more: Any) -> Wanted:
        """What a push wants."""
        asked = more.pop("asked", ASKED)
        return Wanted("inboundCalls", asked, more.pop("book", self.book), sheet, mode=Mode(mode), **more)

    def begun(self, wanted: Wanted, push: str | None = None) -> Task:
        """A run that has begun."""
        return self.services.pusher.begin(Asking(self.services), wanted, KEY, "test", push)

    def ran(self, wanted: Wanted) -> Any:
        """A run that has ended. Raises what ended it."""
        return self.begun(wanted).future.result(60)

    def rows(self, sheet: str = "Calls") -> list[list[Any]]:
        """The cells of a sheet."""
        return self.google.rows(self.book, sheet)

    def close(self) -> None:
        """Close the store."""
        self.services.pusher.close()
        self.services.close()


def serial(moment: datetime) -> float:
    """A moment of a clock on the wall as a spreadsheet counts it, as exactly as pushes say it."""
    return round((moment - datetime(1970, 1, 1)) / timedelta(microseconds=1) / 86_400_000_000 + 25569, 10)


HEADER = ["id", "step", "startTime", "cli", "user", "waitDuration"]


def cells(row: dict[str, Any]) -> list[Any]:
    """A row of ROWS as the cells that ASKED makes of it."""
    local = serial(row["startTime"] + timedelta(hours=1))
    return [row["id"], row["step"], local, row["cli"], row["user"], row["waitDuration"]]


TABLE = [HEADER, *(cells(row) for row in sorted(ROWS, key=lambda row: str(row["id"])))]
