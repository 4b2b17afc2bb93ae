"""What stands between a mirror and its upstream: it passes on, counts, limits, delays, remembers and spoils."""

import asyncio
import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from tests.upstream.arrivals import MINUTE, Arrival, Limit, asked_by
from tests.upstream.faults import GARBAGE, TEXT, Armed, Fault, Kind, refusal, spoiled, striking
from tests.upstream.passing import Upstream
from tests.upstream.wire import BUFFER, LOST, Reply, Request, beyond, read_request, send, value_of

MODES = ("pass", "record", "replay")


@dataclass(frozen=True, slots=True)
class Settings:
    """How it is set at first, and again after a reset; `latency` is in seconds.

    `mode` is `pass`; `record`, which remembers what passes; or `replay`, which answers from memory what it
    remembers, and passes on and remembers the rest.
    """

    limit: int | None = None
    seconds: float = MINUTE
    latency: float = 0.0
    mode: str = "pass"


class Journal:
    """The arrivals, and who waits for them."""

    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []
        self._waiting: list[tuple[int, asyncio.Event]] = []

    def add(self, arrival: Arrival) -> int:
        """Write an arrival down; its place, for `note`."""
        self.arrivals.append(arrival)
        for count, event in self._waiting:
            if len(self.arrivals) >= count:
                event.set()
        return len(self.arrivals) - 1

    def note(self, place: int, **known: Any) -> None:
        """Write down more about an arrival."""
        self.arrivals[place] = replace(self.arrivals[place], **known)

    async def reached(self, count: int, seconds: float) -> None:
        """Wait until so many have arrived, or so long."""
        if len(self.arrivals) >= count:
            return
        waiting = count, asyncio.Event()
        self._waiting.append(waiting)
        with suppress(TimeoutError):
            await asyncio.wait_for(waiting[1].wait(), seconds)
        self._waiting.remove(waiting)


@dataclass(slots=True)
class State:
    """What a reset begins anew; a request keeps the one that it arrived in."""

    limit: Limit
    latency: float
    mode: str
    journal: Journal = field(default_factory=Journal)
    script: list[Armed] = field(default_factory=list)
    last: dict[tuple[tuple[str, str], ...], Reply] = field(default_factory=dict)
    released: asyncio.Event = field(default_factory=asyncio.Event)


class Between:
    """Listens at `port` of this machine and passes on to `upstream`; to be made and used in one event loop."""

    def __init__(self, upstream: str, port: int, settings: Settings, tls: ssl.SSLContext | None = None) -> None:
        self._upstream = Upstream(upstream)
        self._settings, self._tls = settings, tls
        # Held for as long as it lives, so that nobody else takes the port while it is down.
        self._holder = _bound(port)
        self.port: int = self._holder.getsockname()[1]
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self.remembered: dict[tuple[str, str, bytes, str], Reply] = {}
        self.state = self._fresh()

    def _fresh(self) -> State:
        settings = self._settings
        return State(Limit(settings.limit, settings.seconds), settings.latency, settings.mode)

    async def reset(self) -> None:
        """Be as at first: listening, nothing in the log, no faults; what stalls goes on. What it remembers stays."""
        self.state.released.set()
        self.state = self._fresh()
        await self.up()

    async def up(self) -> None:
        """Listen."""
        if self._server is None:
            listening = _bound(self.port)
            self._server = await asyncio.start_server(self._traffic, sock=listening, ssl=self._tls, limit=BUFFER)

    async def down(self) -> None:
        """Listen no more, and break every connection."""
        if self._server is not None:
            self._server.close()
            self._server = None
        broken = list(self._open)
        for writer in broken:
            writer.transport.abort()
        await asyncio.gather(*(writer.wait_closed() for writer in broken), return_exceptions=True)

    def release(self) -> None:
        """Let what stalls go on."""
        self.state.released.set()
        self.state.released = asyncio.Event()

    async def _traffic(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            goes_on = True
            while goes_on and (request := await read_request(reader)) is not None:
                goes_on = await self._exchange(request, reader, writer) and not request.is_last
        except LOST:
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _exchange(self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        state, asked = self.state, asked_by(request.body)
        body = request.body.decode("utf-8", "replace")
        keyed = bool(value_of(request.headers, "x-telenia-apikey"))
        place = state.journal.add(Arrival(request.at, request.method, request.target, body, asked, keyed))
        reply = await self._reply(state, request, place, reader)
        state.journal.note(place, status=reply.status)
        goes_on = await send(writer, reply, request.method)
        state.journal.note(place, answered=time.monotonic())
        return goes_on

    async def _reply(self, state: State, request: Request, place: int, reader: asyncio.StreamReader) -> Reply:
        seconds = state.limit.spend(request.at)
        if seconds is not None:
            state.journal.note(place, fault="limit")
            return Reply(429, [*TEXT, ("retry-after", str(seconds))], b"too many requests")
        armed = striking(state.script, state.journal.arrivals[place].body or request.target)
        if state.latency:
            await asyncio.sleep(state.latency)
        if armed is None:
            return await self._true(state, request, place)
        state.journal.note(place, fault=str(armed.fault.kind))
        if armed.fault.kind is Kind.STALL:
            gone = await _gone(reader, state.released)
            return Reply(None) if gone else await self._true(state, request, place)
        reply = _untrue(armed.fault, state, state.journal.arrivals[place].asked)
        if reply is None:
            # Only what is not compressed can be changed.
            headers = [*beyond(request.headers, "accept-encoding"), ("accept-encoding", "identity")]
            true = await self._true(state, replace(request, headers=headers), place)
            reply = None if armed.fault.kind is Kind.REPEAT else spoiled(armed.fault, true)
            if reply is None:
                armed.missed()
                state.journal.note(place, fault=None)
                return true
        return reply

    async def _true(self, state: State, request: Request, place: int) -> Reply:
        """What the upstream answers, or answered to the same request."""
        encoding = value_of(request.headers, "accept-encoding")
        key = (request.method, request.target, request.body, encoding)
        reply = self.remembered.get(key) if state.mode == "replay" else None
        if reply is not None:
            state.journal.note(place, remembered=True)
        else:
            reply = await self._upstream.ask(request)
            if state.mode != "pass" and reply.status == 200:
                self.remembered[key] = reply
        if reply.status == 200:
            state.last[state.journal.arrivals[place].asked] = reply
        return reply


def _untrue(fault: Fault, state: State, asked: tuple[tuple[str, str], ...]) -> Reply | None:
    """The answer that needs no upstream; None where the fault spoils a true one."""
    if fault.kind is Kind.REPEAT:
        return state.last.get(asked)
    if fault.kind is Kind.GARBAGE:
        return GARBAGE.get(fault.form)
    return refusal(fault)


async def _gone(reader: asyncio.StreamReader, released: asyncio.Event) -> bool:
    """Wait until the client has gone (it sends nothing while it waits for an answer), or until the release."""
    leaving, release = asyncio.ensure_future(reader.read(1)), asyncio.ensure_future(released.wait())
    await asyncio.wait({leaving, release}, return_when=asyncio.FIRST_COMPLETED)
    gone = leaving.done()
    for waiting in (leaving, release):
        waiting.cancel()
    await asyncio.gather(leaving, release, return_exceptions=True)
    return gone


def _bound(port: int) -> socket.socket:
    """A socket at a port of this machine, which other sockets of ours may share."""
    # Of a socket that does not name TCP, asyncio does not know that small answers are to be sent at once.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    bound.bind(("127.0.0.1", port))
    return bound
