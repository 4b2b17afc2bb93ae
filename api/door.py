"""The door: HTTP as uvicorn reads it, with a sentence of ours for what it does not read."""

import asyncio
import socket
import sys

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from tabular.errors import HeadTooLarge, NoHttp, TablesError

LARGEST_HEAD = 128 * 1024
"""Bytes that the address and the headers of a request may have: a filter of the longest, every letter encoded."""

_HEARING = 2.0
"""Seconds for which the rest of a refused request is taken and thrown away: whoever is cut off while sending does not
hear why."""


class Door(H11Protocol):
    """A connection of a client."""

    _closing: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin; what is written is sent at once. asyncio sees to that for sockets only that were made as TCP's: of the
        others a small answer on a kept connection would wait 40 ms for the client to say that it has the headers."""
        client = transport.get_extra_info("socket")
        if client is not None and client.family in (socket.AF_INET, socket.AF_INET6):
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Read on, unless the request was refused."""
        if self._closing is None:
            super().data_received(data)

    def send_400_response(self, msg: str) -> None:
        """Refuse; uvicorn calls this while it handles what it could not read."""
        reason = sys.exc_info()[1]
        is_large = isinstance(reason, h11.RemoteProtocolError) and reason.error_status_hint == 431
        self._refuse(HeadTooLarge(LARGEST_HEAD // 1024) if is_large else NoHttp())

    def _refuse(self, error: TablesError) -> None:
        text = f"{error}\n".encode()
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(text))),
            ("Cache-Control", "no-store"),
            ("Connection", "close"),
        ]
        for event in (h11.Response(status_code=error.status, headers=headers), h11.Data(data=text), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._closing = self.loop.call_later(_HEARING, self.transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        if self._closing is not None:
            self._closing.cancel()
        super().connection_lost(exc)
