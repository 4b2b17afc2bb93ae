"""A TVox of a later version as a service of its own, over the rows of a store that the test may go on changing."""

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl

import uvicorn

from store.store import Store
from tabular.month import Month
from tests.datamodel.plain_searching import Row
from tests.server import Server
from tests.upstream.answering import LaterDataModel, encoded
from tests.upstream.later_rows import LaterRows
from tests.upstream.later_schema import LATEST, Version, later_schema

PATH = "/datamodel/query"
KEY = "5d3b2a10-1f7c-4c53-9a3e-later"

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class LaterTvox:
    """A TVox at `address` that answers whoever sends `key`, for as long as the `with` lasts.

    It speaks as its `version` does. What the store is given shows in the next answer; tickets, which the store does
    not know, are given by `put_tickets`.
    """

    def __init__(self, store: Store, version: Version = LATEST, key: str = KEY, name: str = "mirror") -> None:
        self.key = key
        self.schema = later_schema(version)
        self._rows = LaterRows(store, self.schema, version)
        self._model = LaterDataModel(self.schema, version, self._rows, name)
        config = uvicorn.Config(
            self._serve, port=0, access_log=False, log_config=None, lifespan="off", interface="asgi3"
        )
        socket = config.bind_socket()
        socket.listen()  # so that nobody is turned away before the thread has begun
        self.address = f"http://127.0.0.1:{socket.getsockname()[1]}"
        self._server = Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [socket]})
        self._thread.start()

    def __enter__(self) -> "LaterTvox":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop the service."""
        self._server.end()
        self._thread.join()

    def put_tickets(self, month: Month, rows: Iterable[Row]) -> None:
        """These are the tickets of that month from now on; `later_rows.ticket` makes one."""
        self._rows.put_tickets(month, rows)

    def answer(self, query: str, **variables: object) -> dict[str, Any]:
        """What it answers to a document, without HTTP between."""
        return self._model.answer({"query": query, "variables": variables}, self._rows.newest)[1]

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = bytearray()
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        # In a thread, as an answer of some seconds must not keep others from being heard.
        status, answered = await asyncio.to_thread(self._answered, scope, bytes(body))
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(answered))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": answered})

    def _answered(self, scope: Scope, body: bytes) -> tuple[int, bytes]:
        if scope["path"] != PATH:
            return 404, _refusal("there is nothing here")
        if (b"x-telenia-apikey", self.key.encode()) not in scope["headers"]:
            return 401, _refusal("the key is missing or wrong")
        try:
            given = json.loads(body) if scope["method"] == "POST" else dict(parse_qsl(scope["query_string"].decode()))
        except ValueError:
            return 400, _refusal("the body is no JSON")
        if not isinstance(given, dict) or not isinstance(given.get("query"), str):
            return 400, _refusal("there is no query")
        if isinstance(given.get("variables"), str):
            given["variables"] = json.loads(given["variables"])
        status, answer = self._model.answer(given, self._rows.newest)
        return status, encoded(answer)


def _refusal(message: str) -> bytes:
    return encoded({"errors": [{"message": message}]})
