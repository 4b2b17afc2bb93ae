"""uvicorn in a thread of a test, ended without delay."""

import asyncio
import socket
import threading
from contextlib import suppress

import uvicorn


class Server(uvicorn.Server):
    """A server that hears at once that it is to end, and waits for nothing but what was asked.

    uvicorn's own looks ten times a second, and then gives its connections a tenth of a second more: the suite ends
    some hundreds.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending = asyncio.Event()
        self.begun = threading.Event()

    async def main_loop(self) -> None:
        """What uvicorn does now and then, until the end."""
        self._loop = asyncio.get_running_loop()
        self.begun.set()
        ticking = asyncio.ensure_future(super().main_loop())
        await self._ending.wait()
        ticking.cancel()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more connections, and end when those there are have been answered."""
        for listening in [*self.servers, *(sockets or ())]:
            listening.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110  # uvicorn's sets say nothing
            await asyncio.sleep(0.005)
        for server in self.servers:
            await server.wait_closed()
        await self.lifespan.shutdown()

    def end(self) -> None:
        """End once what was asked is answered; from another thread, and again without effect."""
        assert self.begun.wait(60), "the server has not begun"
        assert self._loop is not None
        with suppress(RuntimeError):  # its loop is closed: it has ended
            self._loop.call_soon_threadsafe(self._ending.set)
