"""The Sheets API of the stand-in, without HTTP: who asks for what, within which quotas, and what it changes.

Documented: 300 reads and 300 writes a minute for a project, 60 of each for a user, one for each batch; 429 beyond
(api/limits); refusals are google.rpc.Status. Decided here: the quotas slide (Google refills them every minute); what is
refused counts for nothing; one user's requests come one after the other.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.google import values
from tests.google.book import Book, Refused
from tests.google.changing import change
from tests.google.notation import Unparsable, mask_of, masked
from tests.google.tokens import SCOPE, Tokens
from tests.upstream.arrivals import MINUTE, Limit

PAYLOAD = 2_000_000
"""Bytes of a request; Google recommends that many at most, the stand-in refuses more."""


@dataclass(slots=True)
class Quotas:
    """Reads and writes of a minute: those of each user, and those of the project; None is no limit."""

    user: int | None = 60
    project: int | None = 300
    seconds: float = MINUTE
    spent: dict[tuple[str, str], Limit] = field(default_factory=dict)

    def spend(self, kind: str, email: str) -> None:
        """Take room for a read or a write. Raises Refused."""
        for who, most, unit in ((email, self.user, "PerUser"), ("", self.project, "")):
            limit = self.spent.setdefault((kind, who), Limit(most, self.seconds))
            if limit.spend(time.monotonic()) is not None:
                raise Refused(exhausted(kind, unit), 429, "RESOURCE_EXHAUSTED")


def exhausted(kind: str, unit: str = "PerUser") -> str:
    """The sentence of a quota that is used up."""
    per = "per minute per user" if unit else "per minute"
    name = kind.capitalize()
    return (
        f"Quota exceeded for quota metric '{name} requests' and limit '{name} requests {per}' of service "
        "'sheets.googleapis.com' for consumer 'project_number:471100471100'."
    )


def error(code: int, message: str, status: str) -> dict[str, Any]:
    """google.rpc.Status as JSON, with the ErrorInfo of those that have one."""
    details = []
    reason = {"RESOURCE_EXHAUSTED": "RATE_LIMIT_EXCEEDED", "UNAUTHENTICATED": "ACCESS_TOKEN_EXPIRED"}.get(status)
    if "has not been used in project" in message:
        reason = "SERVICE_DISABLED"
    if reason:
        details = [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": reason,
                "domain": "googleapis.com",
                "metadata": {"service": "sheets.googleapis.com", "consumer": "projects/471100471100"},
            }
        ]
    found: dict[str, Any] = {"code": code, "message": message, "status": status}
    return {"error": found | ({"details": details} if details else {})}


@dataclass(slots=True)
class Arrival:
    """A request: `at` and `answered` are monotonic seconds, `kind` is read, write or token, `kinds` those of a batch.

    `applied`: it changed something, or was read. `status` is None where the connection just ended.
    """

    at: float
    method: str
    target: str
    kind: str
    bytes: int
    user: str = ""
    kinds: tuple[str, ...] = ()
    status: int | None = None
    fault: str | None = None
    applied: bool = False
    answered: float | None = None

    def told(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


class Api:
    """The spreadsheets, the accounts and the quotas."""

    def __init__(self) -> None:
        self.tokens = Tokens()
        self.books: dict[str, Book] = {}
        self.quotas = Quotas()
        self.payload: int | None = PAYLOAD
        self.enabled = True

    def ask(self, arrival: Arrival, authorization: str, body: bytes) -> dict[str, Any]:
        """The answer to a request; what it changes is done. Raises Refused."""
        owner = self.tokens.owner(authorization)
        if owner is None:
            raise Refused(
                "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or "
                "other valid authentication credential.",
                401,
                "UNAUTHENTICATED",
            )
        arrival.user, scopes = owner
        if SCOPE not in scopes:
            raise Refused("Request had insufficient authentication scopes.", 403, "PERMISSION_DENIED")
        if not self.enabled:
            raise Refused(
                "Google Sheets API has not been used in project 471100471100 before or it is disabled. Enable it by "
                "visiting https://console.developers.google.com/apis/api/sheets.googleapis.com/overview then retry.",
                403,
                "PERMISSION_DENIED",
            )
        if self.payload is not None and len(body) > self.payload:
            raise Refused(f"Request payload size exceeds the limit: {self.payload} bytes.")
        self.quotas.spend(arrival.kind, arrival.user)
        parts = urlsplit(arrival.target)
        options = {name: found[-1] for name, found in parse_qs(parts.query).items()}
        try:
            mask = mask_of(options["fields"]) if "fields" in options else {}
        except Unparsable:
            raise Refused("Request contains an invalid argument. Invalid field mask.") from None
        answer = self._routed(arrival, parts.path, options, body)
        arrival.applied = True
        return masked(answer, mask)  # type: ignore[no-any-return]

    def _routed(self, arrival: Arrival, path: str, options: Mapping[str, str], body: bytes) -> dict[str, Any]:
        rest = path.removeprefix("/v4/spreadsheets/")
        identity, slash, tail = rest.partition("/")
        identity, colon, verb = unquote(identity).partition(":")
        book = self._book(identity, arrival.user, writes=arrival.kind == "write")
        asked = (arrival.method, slash + tail if slash else colon + verb)
        if asked == ("GET", ""):
            return book.shown()
        if asked == ("POST", ":batchUpdate"):
            given = _json(body)
            requests = given.get("requests", []) if isinstance(given.get("requests", []), list) else []
            arrival.kinds = tuple(kind for request in requests if isinstance(request, dict) for kind in request)
            replies = self._tried(book, lambda copy: change(copy, given, arrival.user))
            return {"spreadsheetId": book.id, "replies": replies}
        if arrival.method == "POST" and tail == "values:batchUpdate":
            return self._tried(book, lambda copy: values.batch_update(copy, _json(body), arrival.user))  # type: ignore[no-any-return]
        if arrival.method == "POST" and tail == "values:batchClear":
            ranges = _json(body).get("ranges", [])
            cleared = self._tried(book, lambda copy: values.clear(copy, ranges, arrival.user))
            return {"spreadsheetId": book.id, "clearedRanges": cleared}
        # A range is one part of the path: its own slashes have to be written as %2F.
        if not tail.startswith("values/") or "/" in tail.removeprefix("values/"):
            raise Refused("Not found.", 404, "NOT_FOUND")
        # A verb is written plainly after the range, whose own colon clients write so or as %3A.
        cells, _, verb = tail.removeprefix("values/").rpartition(":")
        if verb not in {"append", "clear"}:
            cells, verb = tail.removeprefix("values/"), ""
        return self._values(arrival, book, unquote(cells), verb, options, body)

    def _values(
        self, arrival: Arrival, book: Book, cells: str, verb: str, options: Mapping[str, str], body: bytes
    ) -> dict[str, Any]:
        user = arrival.user
        match arrival.method, verb:
            case "GET", "":
                return values.get(book, cells, options)
            case "PUT", "":
                given, option = _json(body), options.get("valueInputOption", "")
                return self._tried(book, lambda copy: values.update(copy, cells, given, option, user))  # type: ignore[no-any-return]
            case "POST", "append":
                given = _json(body)
                return self._tried(book, lambda copy: values.append(copy, cells, given, options, user))  # type: ignore[no-any-return]
            case "POST", "clear":
                cleared = self._tried(book, lambda copy: values.clear(copy, [cells], user))
                return {"spreadsheetId": book.id, "clearedRange": cleared[0]}
        raise Refused("Not found.", 404, "NOT_FOUND")

    def _tried(self, book: Book, work: Callable[[Book], Any]) -> Any:
        """Work on a copy, which takes the place of the spreadsheet if all of it was valid."""
        copy = book.copy()
        done = work(copy)
        self.books[book.id] = copy
        return done

    def _book(self, identity: str, user: str, *, writes: bool) -> Book:
        book = self.books.get(identity)
        if book is None:
            raise Refused("Requested entity was not found.", 404, "NOT_FOUND")
        role = book.roles.get(user)
        if role is None or (writes and role != "writer"):
            raise Refused("The caller does not have permission", 403, "PERMISSION_DENIED")
        if book.office:
            raise Refused("This operation is not supported for this document", 400, "FAILED_PRECONDITION")
        return book


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise Refused("Invalid JSON payload received. Unexpected token.") from None
    if not isinstance(found, dict):
        raise Refused("Invalid JSON payload received. Unknown name.")
    return found
