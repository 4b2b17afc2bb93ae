"""The control endpoint: JSON by `POST /_proxy` says what to do, `GET /_proxy` tells what happened."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.upstream.arrivals import MINUTE, Limit, most_in_a_minute
from tests.upstream.between import MODES, Between
from tests.upstream.faults import JSON, Armed, Fault, Kind
from tests.upstream.wire import BUFFER, LOST, Reply, Request, read_request, send

CONTROL = "/_proxy"


class Commands:
    """Listens at a port of its own, so that it can be told to listen again at the other one.

    `POST` takes an object of commands, carried out in their order: `{"limit": {"requests": 100}, "fault": {"kind":
    "500"}}`. `GET` gives `log` and `counts`; with `?arrivals=5&seconds=30` it waits for the fifth request first, and
    with `?log=no` it leaves the log out.
    """

    def __init__(self, between: Between) -> None:
        self._between = between
        self._known: dict[str, Callable[..., Awaitable[None]]] = {
            "fault": self._fault,
            "limit": self._limit,
            "latency": self._latency,
            "mode": self._mode,
            "release": self._release,
            "forget": self._forget,
            "reset": between.reset,
            "down": between.down,
            "up": between.up,
        }

    async def start(self) -> int:
        """Begin to listen; at which port."""
        server = await asyncio.start_server(self._commands, "127.0.0.1", 0, limit=BUFFER)
        port: int = server.sockets[0].getsockname()[1]
        return port

    async def _commands(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (request := await read_request(reader)) is not None:
                await send(writer, await self._reply(request), request.method)
        except LOST:
            pass
        finally:
            writer.close()

    async def _reply(self, request: Request) -> Reply:
        address = urlsplit(request.target)
        if address.path != CONTROL:
            return _json(404, {"error": f"there is only {CONTROL} here"})
        try:
            if request.method == "GET":
                return _json(200, await self._told(**dict(parse_qsl(address.query))))
            for name, details in json.loads(request.body).items():
                await self._known[name](**details)
        except (KeyError, TypeError, ValueError, AttributeError) as failure:
            return _json(400, {"error": f"{type(failure).__name__}: {failure}"})
        return _json(200, {})

    async def _told(self, arrivals: str = "0", seconds: str = "30", log: str = "yes") -> dict[str, Any]:
        journal = self._between.state.journal
        await journal.reached(int(arrivals), float(seconds))
        held = journal.arrivals
        counts = {
            "arrivals": len(held),
            "statuses": Counter(str(each.status) for each in held),
            "faults": Counter(each.fault for each in held if each.fault),
            "remembered": sum(each.remembered for each in held),
            "most_in_a_minute": most_in_a_minute(held),
        }
        return {"counts": counts, "log": [asdict(each) for each in held] if log == "yes" else []}

    async def _fault(self, kind: str, **details: Any) -> None:
        self._between.state.script.append(Armed(Fault(Kind(kind), **details)))

    async def _limit(self, requests: int | None, seconds: float = MINUTE) -> None:
        self._between.state.limit = Limit(requests, seconds)

    async def _latency(self, seconds: float) -> None:
        self._between.state.latency = seconds

    async def _mode(self, name: str) -> None:
        if name not in MODES:
            raise ValueError(f"there is no mode {name}")
        self._between.state.mode = name

    async def _release(self) -> None:
        self._between.release()

    async def _forget(self) -> None:
        self._between.remembered.clear()


def _json(status: int, body: object) -> Reply:
    return Reply(status, JSON, json.dumps(body, ensure_ascii=False).encode())
