"""The script that the tests of the host run in it, the scopes that it has, and a server that it asks."""

import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

START = datetime(2026, 11, 20, 12, tzinfo=UTC)
SCOPES = [
    "openid",
    *(
        f"https://www.googleapis.com/auth/{name}"
        for name in (
            "script.external_request",
            "script.scriptapp",
            "script.container.ui",
            "spreadsheets.currentonly",
            "userinfo.email",
        )
    ),
]

CODE = Path(__file__).with_name("probe.gs").read_text()
TOO_LONG = "Your input contains more than the maximum of 50000 characters in a single cell."


class Echo(BaseHTTPRequestHandler):
    """Answers with what was asked, or with what the path says; `gate` holds answers back."""

    gate = threading.Event()
    busy = threading.Semaphore(0)
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer."""
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode()
        status, sent = 200, self.path
        if self.path.startswith("/gated"):
            Echo.busy.release()
            assert Echo.gate.wait(60)
        if self.path.startswith("/429"):
            status, sent = 429, json.dumps({"error": "x" * 200})
        if self.path.startswith("/asked"):
            sent = json.dumps({"method": self.command, "headers": dict(self.headers), "body": body})
        self.send_response(302 if self.path == "/moved" else status)
        if self.path == "/moved":
            self.send_header("Location", "/there")
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("X-Two", "1")
        self.send_header("X-Two", "2")
        self.send_header("Content-Length", str(len(sent.encode())))
        self.end_headers()
        self.wfile.write(sent.encode())

    do_POST = do_GET  # noqa: N815 - the name is http.server's

    def log_message(self, *_: object) -> None:
        """Say nothing."""
