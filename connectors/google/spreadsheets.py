"""Spreadsheets of Google: read, written and changed through its Sheets API v4."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from connectors.google.calls import Call, Calls
from connectors.google.chunks import Chunk, chunks
from connectors.google.credentials import ServiceAccount
from connectors.google.facts import MASK, Facts, Mark, SheetFacts, area, facts_of, letters, spreadsheet_id
from connectors.google.line import SECONDS, Line
from connectors.google.pace import Pace
from connectors.tvox.backoff import Draw, by_chance
from tabular.errors import GoogleWrong

__all__ = [
    "ADDRESS",
    "Chunk",
    "Facts",
    "Mark",
    "Pace",
    "ServiceAccount",
    "SheetFacts",
    "Spreadsheets",
    "Written",
    "area",
    "chunks",
    "letters",
    "spreadsheet_id",
]

ADDRESS = "https://sheets.googleapis.com"

_LOG = logging.getLogger("tvox.google")


@dataclass(frozen=True, slots=True)
class Written:
    """What a request wrote; `cells` are those that were given a value: a null leaves its cell as it is."""

    rows: int
    cells: int


class Spreadsheets:
    """The spreadsheets that are shared with a service account; used by many threads.

    Requests wait for their turn in `pace`; each is tried again where that may help and does no harm (`Calls.ask`). An
    answer may take `seconds`, `proxy` is the address of one, `ca` a file of certificates (PEM) to trust as well; the
    environment is not asked. Chance, the date and waiting are given for tests.

    Every method raises GoogleFailed: GoogleUnreachable, GoogleBusy, AccountRefused, GoogleWrong, NotShared,
    NoSuchSpreadsheet, SheetsApiOff, NoSpreadsheet, and what it says itself. Raises ValueError, without secrets, for
    an address, a proxy or certificates that cannot be used.
    """

    def __init__(
        self,
        account: ServiceAccount,
        pace: Pace,
        *,
        address: str = ADDRESS,
        proxy: str | None = None,
        ca: Path | None = None,
        seconds: float = SECONDS,
        draw: Draw = by_chance,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        wait: Callable[[float], object] | None = None,
    ) -> None:
        if not address.startswith(("https://", "http://")):
            raise ValueError("the address of Google begins with https://")
        if not address.startswith("https://"):
            _LOG.warning("Google is asked at %s without TLS: others on the way can read its tokens.", address)
        self.email = account.email
        self._address = address.rstrip("/")
        tls = any(one.startswith("https:") for one in (address, account.token_address))
        line = Line(tls=tls, proxy=proxy, ca=ca, seconds=seconds)
        self._calls = Calls(account, pace, line, draw, now, wait)

    def facts(self, spreadsheet: str) -> Facts:
        """Its title, zone, locale, sheets and marks; no cells."""
        answer = self._ask("GET", spreadsheet, "", {"fields": MASK}, "what is in the spreadsheet")
        try:
            return facts_of(answer)
        except (KeyError, TypeError, ValueError, AttributeError) as failure:
            raise GoogleWrong("what is in the spreadsheet", "it says something else") from failure

    def values(self, spreadsheet: str, cells: str) -> list[list[Any]]:
        """The rows of an area in A1 notation: str, int, float, bool, and "" for an empty cell; dates are numbers.

        As Google gives them: empty rows at the end and empty cells at the end of a row are left out. Raises
        NoSuchSheet.
        """
        options = {
            "majorDimension": "ROWS",
            "valueRenderOption": "UNFORMATTED_VALUE",
            "dateTimeRenderOption": "SERIAL_NUMBER",
            "fields": "values",
        }
        what = f"the values of {cells}"
        rows = self._ask("GET", spreadsheet, f"/values/{quote(cells, safe='')}", options, what).get("values", [])
        if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
            raise GoogleWrong(what, "it says something else")
        return rows

    def put_values(self, spreadsheet: str, cells: str, rows: bytes) -> Written:
        """Write rows (a JSON array of arrays, as `chunks` cuts them) into an area, as they are (RAW).

        The area has to hold all of them and lie within the grid. A null leaves its cell as it was; "" empties it. Done
        twice it is done once, so it is tried again whatever happened. Raises NoSuchSheet, RangeProtected,
        SpreadsheetFull, CellTooLong.
        """
        body = b'{"range":' + json.dumps(cells).encode() + b',"majorDimension":"ROWS","values":' + rows + b"}"
        what = f"to write {cells}"
        path = f"/values/{quote(cells, safe='')}"
        answer = self._ask("PUT", spreadsheet, path, {"valueInputOption": "RAW"}, what, body)
        return _written(answer, "updatedRows", "updatedCells")

    def put_areas(self, spreadsheet: str, areas: Sequence[tuple[str, bytes]]) -> Written:
        """Write several areas at once, all or none of them; each as `put_values` does. One request."""
        data = b",".join(
            b'{"range":' + json.dumps(cells).encode() + b',"majorDimension":"ROWS","values":' + rows + b"}"
            for cells, rows in areas
        )
        body = b'{"valueInputOption":"RAW","data":[' + data + b"]}"
        mask = {"fields": "totalUpdatedRows,totalUpdatedCells"}
        answer = self._ask("POST", spreadsheet, "/values:batchUpdate", mask, f"to write {len(areas)} areas", body)
        return _written(answer, "totalUpdatedRows", "totalUpdatedCells")

    def batch(self, spreadsheet: str, requests: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Change a spreadsheet by requests of spreadsheets.batchUpdate, all or none of them; a reply to each.

        Never sent twice where it may have been done: then OutcomeUnknown is raised, and the caller looks for itself,
        best by a mark that the same batch makes. Google may still be at work on it for three minutes; so a batch should
        have a request that is refused the second time: a sheet that is made with an id, or deleted. Raises NoSuchSheet,
        RangeProtected, SpreadsheetFull, too.
        """
        kinds = list(dict.fromkeys(kind for request in requests for kind in request))
        body = json.dumps({"requests": list(requests)}, ensure_ascii=False, separators=(",", ":")).encode()
        what = ", ".join(kinds)
        replies = self._ask("POST", spreadsheet, ":batchUpdate", {"fields": "replies"}, what, body, harmless=False)
        found = replies.get("replies", [{} for _ in requests])
        if not isinstance(found, list) or len(found) != len(requests):
            raise GoogleWrong(what, f"it gives no reply to each of {len(requests)} requests")
        return [each if isinstance(each, dict) else {} for each in found]

    def close(self) -> None:
        """Hang up; who waits is refused. The pace is closed by whoever made it."""
        self._calls.close()

    def _ask(
        self,
        method: str,
        spreadsheet: str,
        path: str,
        options: Mapping[str, str],
        what: str,
        body: bytes | None = None,
        *,
        harmless: bool = True,
    ) -> dict[str, Any]:
        url = f"{self._address}/v4/spreadsheets/{quote(spreadsheet, safe='')}{path}?{urlencode(options)}"
        return self._calls.ask(Call(method, url, spreadsheet, what, harmless, body))


def _written(answer: Mapping[str, Any], rows: str, cells: str) -> Written:
    """Google leaves out what is 0."""
    return Written(int(answer.get(rows, 0)), int(answer.get(cells, 0)))
