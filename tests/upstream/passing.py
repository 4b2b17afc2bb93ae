"""Passing requests on to the upstream, over connections that are kept."""

import asyncio
from urllib.parse import urlsplit

from tests.upstream.wire import BUFFER, LOST, Reply, Request, beyond, head_of, read_reply

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Upstream:
    """The service at an address such as `http://127.0.0.1:8000`, asked as often as there are requests at once."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme != "http" or parts.hostname is None:
            raise ValueError(f"{address} is no http:// address")
        self._host, self._port, self._path = parts.hostname, parts.port or 80, parts.path.rstrip("/")
        self._idle: list[Connection] = []

    async def ask(self, request: Request) -> Reply:
        """Its answer to a request; 502 where it gives none."""
        # A connection that was kept may have been given up by the other side just now; a new one has not.
        while self._idle:
            connection = self._idle.pop()
            if not connection[0].at_eof():
                try:
                    return await self._asked(connection, request)
                except LOST:
                    continue
        try:
            return await self._asked(await asyncio.open_connection(self._host, self._port, limit=BUFFER), request)
        except LOST as failure:
            return Reply(502, [("content-type", "text/plain")], f"the upstream is lost: {failure!r}".encode())

    async def _asked(self, connection: Connection, request: Request) -> Reply:
        reader, writer = connection
        headers = [
            ("host", f"{self._host}:{self._port}"),
            *beyond(request.headers, "host", "content-length"),
            ("content-length", str(len(request.body))),
        ]
        try:
            writer.write(head_of(f"{request.method} {self._path}{request.target} HTTP/1.1", headers))
            writer.write(request.body)
            reply, is_lasting = await read_reply(reader, request.method)
        except BaseException:
            writer.transport.abort()
            raise
        if is_lasting:
            self._idle.append(connection)
        else:
            writer.close()
        return reply
