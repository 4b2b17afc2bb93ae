"""The plainest upstream: whatever it is asked, it gives the same rows; and how tests ask it."""

import gzip
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

QUERY = "/datamodel/query"
ROWS = [{"id": f"{number}.1", "step": number, "vip": True, "name": None} for number in range(5)]


class Upstream(ThreadingHTTPServer):
    """An upstream that answers every request with ROWS and the offset that it was asked for."""

    daemon_threads = True
    heard: list[dict[str, str]]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Answers(BaseHTTPRequestHandler):
    """Compressed where that is accepted; in chunks at `…/chunks`, with no length but the end at `…/end`, none at
    `…/lost`."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert isinstance(self.server, Upstream)
        if self.path.endswith("/lost"):
            self.close_connection = True
            return
        self.server.heard.append({name.lower(): value for name, value in self.headers.items()})
        body = json.dumps({"data": {"held": 5, "rows": ROWS, "offset": asked.get("variables")}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        if self.headers["Accept-Encoding"] == "gzip":
            body = gzip.compress(body)
            self.send_header("Content-Encoding", "gzip")
        if self.path.endswith("/chunks"):
            self.send_header("Transfer-Encoding", "chunked")
            halves = (body[:50], body[50:], b"")
            body = b"".join(b"%x\r\n%s\r\n" % (len(half), half) for half in halves)
        elif self.path.endswith("/end"):
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def ask(
    client: httpx.Client, offset: int = 0, query: str = "{ rows: calls { id } held: callsCount }"
) -> httpx.Response:
    return client.post(QUERY, json={"query": query, "variables": offset})


def data(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]
