"""The stand-in of Google as tests see it: a process of its own, that goes on when whatever asks it is killed.

with StandIn() as google:
    account = google.account(folder)                       # a key file, made for this test
    book = google.spreadsheet("Reports", account)          # shared with it as an editor
    google.fault("503", asked=":batchUpdate", after=True)  # done, and then the answer is lost
    …
    assert google.rows(book, "Calls") == [["id", "cli"], ["1588581589.1320", "+390432"]]
"""

import http.client
import json
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tests.google.api import Arrival
from tests.google.book import Rect
from tests.google.faults import Kind
from tests.google.serving import CONTROL

ROOT = Path(__file__).resolve().parents[2]
EMAIL = "writer@reports-4711.iam.gserviceaccount.com"
ID = "1qsPaQqiMKLuU3Ksr9NmkKQ8rR_Nmc6jb-{number:04d}"


@cache
def pair(name: str = "") -> tuple[str, str]:
    """A private and a public key (PEM); the same for the same name, for they take a while to make."""
    made = rsa.generate_private_key(65537, 2048)
    private = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private.decode(), made.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


class StandIn:
    """The process, at `address`, for as long as the `with` lasts. Quotas are Google's own until `limit` is called."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.google.serving", "--attached"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self.close()
            raise ValueError("the stand-in did not begin")
        self._port = int(line)
        self._books = 0
        self.address = f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> "StandIn":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()

    # ---- what there is ---------------------------------------------------------------------------------------

    def account(self, folder: Path, email: str = EMAIL, *, known: bool = True, **other: Any) -> Path:
        """A key file of a service account, which only its owner may read; `other` keys take the place of true ones.

        Not `known`: Google has another public key for it.
        """
        private, public = pair()
        key_id = "4f0c21d9a7be4f0c21d9a7be4f0c21d9a7be0001"
        self._tell("account", email=email, key_id=key_id, public=public if known else pair("another")[1])
        given = {
            "type": "service_account",
            "project_id": "reports-4711",
            "private_key_id": key_id,
            "private_key": private,
            "client_email": email,
            "client_id": "471100471100471100471",
            "token_uri": f"{self.address}/token",
        }
        path = folder / f"{email.partition('@')[0]}.json"
        path.touch(mode=0o600)
        path.write_text(json.dumps(given | other))
        return path

    def spreadsheet(
        self, title: str = "Reports", email: str | Path | None = EMAIL, role: str = "writer", **more: Any
    ) -> str:
        """Make a spreadsheet with one empty sheet `Sheet1` of 1,000 by 26; its id. It is shared with `email`.

        `more`: locale, zone, office, and sheets as `{"id", "title", "row_count", "column_count", "hidden"}`.
        """
        self._books += 1
        made = ID.format(number=self._books)
        roles = {} if email is None else {EMAIL if isinstance(email, Path) else email: role}
        self._tell("book", id=made, title=title, roles=roles, **more)
        return made

    def show(self, book: str) -> dict[str, Any]:
        """A spreadsheet as it is kept: title, marks, and of each sheet id, title, hidden, frozen, size, marks, formats
        and typed rows (None is empty, a formula is {"formula": …})."""
        found: dict[str, Any] = self._tell("show", book=book)
        return found

    def sheet(self, book: str, title: str) -> dict[str, Any]:
        """One sheet of `show`."""
        return next(sheet for sheet in self.show(book)["sheets"] if sheet["title"] == title)

    def titles(self, book: str) -> list[str]:
        """The titles of the sheets, hidden ones too, in order."""
        return [sheet["title"] for sheet in self.show(book)["sheets"]]

    def rows(self, book: str, title: str) -> list[list[Any]]:
        """The cells of a sheet: str, int, float, bool or None; nothing behind the last of a row."""
        found: list[list[Any]] = self.sheet(book, title)["rows"]
        return found

    def pattern(self, book: str, title: str, row: int, column: int) -> str:
        """The number format of a cell; empty for none."""
        for top, left, bottom, right, pattern in reversed(self.sheet(book, title)["formats"]):
            if top <= row < bottom and left <= column < right:
                return str(pattern)
        return ""

    # ---- what it did -----------------------------------------------------------------------------------------

    def log(self) -> list[Arrival]:
        """Every request since it began, or since the last reset."""
        return self.arrived(0)

    def arrived(self, count: int, seconds: float = 30) -> list[Arrival]:
        """The log as soon as so many requests have arrived; AssertionError if they do not."""
        told = self._asked("GET", f"{CONTROL}?arrivals={count}&seconds={seconds}")
        found = [Arrival(**{**each, "kinds": tuple(each["kinds"])}) for each in told]
        assert len(found) >= count, f"{len(found)} requests arrived, not {count}"
        return found

    def writes(self) -> list[Arrival]:
        """The writes of the log."""
        return [arrival for arrival in self.log() if arrival.kind == "write"]

    # ---- what it shall do ------------------------------------------------------------------------------------

    def fault(self, kind: str, times: int | None = 1, **details: Any) -> None:
        """Have the next requests go wrong, after the faults that were set before; `details` are those of Fault."""
        self._tell("fault", kind=Kind(kind), times=times, **details)

    def limit(self, user: int | None, project: int | None = None, seconds: float = 60) -> None:
        """Take so many reads and so many writes in any stretch of so many seconds from now on; None is no limit."""
        self._tell("limit", user=user, project=project, seconds=seconds)

    def settings(self, **given: Any) -> None:
        """`payload` (bytes, or None), `enabled` (the API), `lifetime` of tokens (seconds), `disabled` ({email: …})."""
        self._tell("settings", **given)

    def share(self, book: str, email: str, role: str | None) -> None:
        """Share a spreadsheet as "writer" or "reader", or no more."""
        self._tell("share", book=book, email=email, role=role)

    def protect(
        self, book: str, sheet: str, rect: Rect | None = None, editors: Sequence[str] = (), *, warning: bool = False
    ) -> None:
        """Protect cells, or a whole sheet, from all but some."""
        self._tell("protect", book=book, sheet=sheet, rect=rect, editors=list(editors), warning=warning)

    def put(self, book: str, sheet: str, rows: Iterable[Sequence[Any]], top: int = 0, left: int = 0) -> None:
        """Write cells as somebody in the browser would: no request, no quota."""
        self._tell("put", book=book, sheet=sheet, rows=[list(row) for row in rows], top=top, left=left)

    def expire(self) -> None:
        """Let no token hold any more."""
        self._tell("expire")

    def release(self) -> None:
        """Answer what stalls."""
        self._tell("release")

    def reset(self) -> None:
        """No spreadsheets, faults, limits of ours or log; the accounts stay."""
        self._tell("reset")

    def _tell(self, command: str, **details: Any) -> Any:
        return self._asked("POST", CONTROL, json.dumps({command: details}))

    def _asked(self, method: str, target: str, body: str | None = None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self._port)
        try:
            connection.request(method, target, body)
            reply = connection.getresponse()
            told = json.loads(reply.read())
        finally:
            connection.close()
        if reply.status != 200:
            raise ValueError(told["error"])
        return told


def most_writes(log: Iterable[Arrival], seconds: float = 60) -> int:
    """The most writes that arrived in any stretch of so many seconds, refused ones too."""
    held: deque[float] = deque()
    most = 0
    for at in sorted(arrival.at for arrival in log if arrival.kind == "write"):
        held.append(at)
        while held[0] + seconds <= at:
            held.popleft()
        most = max(most, len(held))
    return most
