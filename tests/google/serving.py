"""The process of the stand-in: HTTP in front of the API, faults on command, and a log of all that arrived.

`python -m tests.google.serving` prints its port. What a test tells it goes to CONTROL, as JSON.
"""

import argparse
import json
import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.google.api import Api, Arrival, Quotas, error, exhausted
from tests.google.book import Book, Formula, Rect, Refused, Sheet
from tests.google.book import Protection as Protected
from tests.google.faults import Armed, Fault, Kind, striking

CONTROL = "/control"

Answer = tuple[int, bytes, dict[str, str]]


class StandInServer(ThreadingHTTPServer):
    """The server, what it holds, and who waits for arrivals or for what stalls."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.api = Api()
        self.log: list[Arrival] = []
        self.script: list[Armed] = []
        self.changed = threading.Condition()
        self.released = threading.Event()
        self.stalled = 0

    def reset(self) -> None:
        """No spreadsheets, faults or log; the accounts and their tokens stay."""
        self.released.set()
        tokens = self.api.tokens
        self.api, self.log, self.script, self.released = Api(), [], [], threading.Event()
        self.api.tokens = tokens


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: StandInServer

    def log_message(self, *_: object) -> None:
        """Nothing is written: the log is asked for."""

    def do_GET(self) -> None:
        """A request without a body."""
        self._answer(b"")

    def do_POST(self) -> None:
        """A request with one."""
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    do_PUT = do_POST  # noqa: N815

    def _answer(self, body: bytes) -> None:
        if self.path.startswith(CONTROL):
            self._send(_controlled(self.server, self.path, body))
            return
        server = self.server
        token = urlsplit(self.path).path == "/token"
        kind = "token" if token else "read" if self.command == "GET" else "write"
        arrival = Arrival(time.monotonic(), self.command, self.path, kind, len(body))
        with server.changed:
            fault = striking(server.script, f"{self.command} {self.path}", body)
            arrival.fault = fault.kind if fault else None
            if fault is not None and fault.kind is Kind.STALL and not fault.after:
                self._noted(arrival)
                released = server.released
                server.stalled += 1
            else:
                released = None
        if released is not None:
            released.wait(600)
        with server.changed:
            answer = self._spoiled(fault, arrival, body)
            arrival.answered = time.monotonic()
            if released is None:
                self._noted(arrival)
            else:
                server.stalled -= 1
                server.changed.notify_all()
            released = server.released
        if fault is not None and fault.kind is Kind.STALL and fault.after:
            released.wait(600)
        if answer is None:
            self._cut()
            return
        arrival.status = answer[0]
        self._send(answer, half=fault is not None and fault.kind is Kind.HALF)

    def _noted(self, arrival: Arrival) -> None:
        self.server.log.append(arrival)
        self.server.changed.notify_all()

    def _spoiled(self, fault: Fault | None, arrival: Arrival, body: bytes) -> Answer | None:
        """The answer, or what a fault makes of it; None where the connection just ends."""
        if fault is None or fault.after or fault.kind in {Kind.STALL, Kind.HALF}:
            answer = self._true(arrival, body)
            if fault is None or fault.kind in {Kind.STALL, Kind.HALF}:
                return answer
        again = {} if fault.retry_after is None else {"Retry-After": fault.retry_after}
        match fault.kind:
            case Kind.CUT:
                return None
            case Kind.TOO_MANY:
                return _json(429, error(429, exhausted(arrival.kind), "RESOURCE_EXHAUSTED"), again)
            case Kind.FAILED:
                return _json(500, error(500, "Internal error encountered.", "INTERNAL"), again)
            case Kind.BUSY:
                return _json(503, error(503, "The service is currently unavailable.", "UNAVAILABLE"), again)
            case Kind.UNAUTHENTICATED:
                return _json(401, error(401, "Request had invalid authentication credentials.", "UNAUTHENTICATED"))
            case Kind.TOKEN:
                refused = {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
                return _json(400, refused)
            case Kind.HTML:
                return 502, b"<!DOCTYPE html><title>502</title>", {"Content-Type": "text/html; charset=UTF-8"}
        return 200, b"{ not", {"Content-Type": "application/json; charset=UTF-8"}

    def _true(self, arrival: Arrival, body: bytes) -> Answer:
        if arrival.kind == "token":
            status, given = self.server.api.tokens.answer(body)
            arrival.applied = status == 200
            return _json(status, given)
        try:
            return _json(200, self.server.api.ask(arrival, self.headers.get("Authorization", ""), body))
        except Refused as refused:
            return _json(refused.code, error(refused.code, refused.message, refused.status))

    def _send(self, answer: Answer, half: bool = False) -> None:
        status, body, headers = answer
        with suppress(OSError):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if half else body)
        if half:
            self._cut()

    def _cut(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)


def _json(status: int, given: object, headers: dict[str, str] | None = None) -> Answer:
    body = json.dumps(given, ensure_ascii=False, separators=(",", ":")).encode()
    return status, body, {"Content-Type": "application/json; charset=UTF-8"} | (headers or {})


# ---- what a test tells it ------------------------------------------------------------------------------------


def _controlled(server: StandInServer, path: str, body: bytes) -> Answer:
    """GET: the log, once so many have arrived; POST: one command, `{"name": {…}}`."""
    try:
        if not body:
            options = {name: found[0] for name, found in parse_qs(urlsplit(path).query).items()}
            count, seconds = int(options.get("arrivals", 0)), float(options.get("seconds", 30))
            with server.changed:
                server.changed.wait_for(lambda: len(server.log) >= count, seconds)
                return _json(200, [arrival.told() for arrival in server.log])
        name, given = next(iter(json.loads(body).items()))
        with server.changed:
            return _json(200, COMMANDS[name](server, **given))
    except Exception as failure:  # noqa: BLE001  # the test is told
        return _json(400, {"error": repr(failure)})


def _fault(server: StandInServer, **given: Any) -> None:
    server.script.append(Armed(Fault(**{**given, "kind": Kind(given["kind"])})))


def _release(server: StandInServer) -> None:
    """Let go on what stalls, and wait until it is done."""
    server.released.set()
    server.changed.wait_for(lambda: not server.stalled, 30)
    server.released = threading.Event()


def _limit(server: StandInServer, user: int | None, project: int | None, seconds: float) -> None:
    server.api.quotas = Quotas(user, project, seconds)


def _settings(server: StandInServer, **given: Any) -> None:
    api = server.api
    api.payload = given.get("payload", api.payload)
    api.enabled = given.get("enabled", api.enabled)
    api.tokens.lifetime = given.get("lifetime", api.tokens.lifetime)
    for email, disabled in given.get("disabled", {}).items():
        api.tokens.accounts[email].disabled = disabled


def _book(server: StandInServer, **given: Any) -> None:
    sheets = [Sheet(**sheet) for sheet in given.pop("sheets", [])]
    made = Book(**given)
    made.sheets = sheets or made.sheets
    server.api.books[made.id] = made


def _protect(
    server: StandInServer, book: str, sheet: str, rect: list[int] | None, editors: list[str], warning: bool
) -> None:
    found = server.api.books[book].sheet_at(sheet)[0]
    where = Rect(*rect) if rect else None
    found.protections.append(Protected(900 + len(found.protections), where, tuple(editors), warning))


def _share(server: StandInServer, book: str, email: str, role: str | None) -> None:
    roles = server.api.books[book].roles
    roles.pop(email, None)
    if role is not None:
        roles[email] = role


def _put(server: StandInServer, book: str, sheet: str, rows: list[list[Any]], top: int, left: int) -> None:
    found = server.api.books[book].sheet_at(sheet)[0]
    for number, row in enumerate(rows, top):
        found.put(number, left, row)


def _show(server: StandInServer, book: str) -> Any:
    """A spreadsheet with every cell as it is kept, a formula as {"formula": …}."""
    found = server.api.books[book]
    return {
        "title": found.title,
        "marks": {one.key: one.value for one in found.metadata if one.sheet is None},
        "sheets": [
            {
                "id": sheet.id,
                "title": sheet.title,
                "hidden": sheet.hidden,
                "frozen": sheet.frozen,
                "size": [sheet.row_count, sheet.column_count],
                "marks": {one.key: one.value for one in found.metadata if one.sheet == sheet.id},
                "formats": [[*rect, pattern] for rect, pattern in sheet.formats],
                "rows": [
                    [
                        {"formula": cell.text} if isinstance(cell, Formula) else cell
                        for cell in sheet.rows.get(number, ())
                    ]
                    for number in range(sheet.last_row)
                ],
            }
            for sheet in found.sheets
        ],
    }


COMMANDS: dict[str, Callable[..., Any]] = {
    "account": lambda server, email, key_id, public: server.api.tokens.add(email, key_id, public),
    "book": _book,
    "expire": lambda server: server.api.tokens.expire(),
    "fault": _fault,
    "limit": _limit,
    "protect": _protect,
    "put": _put,
    "release": _release,
    "reset": lambda server: server.reset(),
    "settings": _settings,
    "share": _share,
    "show": _show,
}


def main() -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser(prog="python -m tests.google.serving", description=__doc__)
    parser.add_argument("--attached", action="store_true", help="end when standard input ends")
    given = parser.parse_args()
    server = StandInServer()
    print(server.server_address[1], flush=True)
    if given.attached:
        threading.Thread(target=_end_with_input, daemon=True).start()
    server.serve_forever()


def _end_with_input() -> None:
    while os.read(0, 1024):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
