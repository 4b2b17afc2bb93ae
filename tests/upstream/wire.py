"""HTTP/1.1 on asyncio's streams, as little of it as standing between two others takes."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

Headers = list[tuple[str, str]]

BUFFER = 1 << 22
"""Bytes that a stream takes in before it makes the other side wait: a whole page."""

OF_ONE_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "trailer", "upgrade", "proxy-connection"}
"""Headers that say nothing beyond the next machine."""

LOST = (OSError, EOFError, asyncio.LimitOverrunError)
"""What reading raises where the other side has left or does not speak HTTP."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came; `at` is the moment (monotonic) when its head was there."""

    method: str
    target: str
    headers: Headers
    body: bytes
    at: float

    @property
    def is_last(self) -> bool:
        """Whether the client will send nothing more on this connection."""
        return value_of(self.headers, "connection").lower() == "close"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; `cut` breaks the connection in the middle of its body. Without a status the connection just ends."""

    status: int | None
    headers: Headers = field(default_factory=list)
    body: bytes = b""
    cut: bool = False


def value_of(headers: Headers, name: str) -> str:
    """The value of a header, empty where there is none."""
    return next((value for key, value in headers if key.lower() == name), "")


def beyond(headers: Headers, *without: str) -> Headers:
    """The headers that are passed on, without some by name."""
    return [(name, value) for name, value in headers if name.lower() not in OF_ONE_CONNECTION | set(without)]


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """The next request of a connection; None where the client has left. Raises LOST."""
    found = await _head(reader)
    if found is None:
        return None
    at = time.monotonic()
    line, headers = found
    try:
        method, target, _ = line.split(" ", 2)
        return Request(method, target, headers, await _body(reader, headers), at)
    except ValueError as failure:
        raise EOFError from failure


async def read_reply(reader: asyncio.StreamReader, asked_with: str) -> tuple[Reply, bool]:
    """An answer to a request of a method, and whether the connection can be used again. Raises LOST."""
    found = await _head(reader)
    if found is None:
        raise EOFError
    line, headers = found
    status = int(line.split(" ", 2)[1])
    if asked_with == "HEAD" or status in (204, 304):
        return Reply(status, headers), True
    is_lasting = value_of(headers, "connection").lower() != "close"
    if value_of(headers, "content-length") or value_of(headers, "transfer-encoding"):
        return Reply(status, headers, await _body(reader, headers)), is_lasting
    return Reply(status, headers, await reader.read()), False


async def _head(reader: asyncio.StreamReader) -> tuple[str, Headers] | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as failure:
        if failure.partial:
            raise
        return None
    first, *rest = head[:-4].decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in rest)
    return first, [(name, value.strip()) for name, _, value in pairs]


async def _body(reader: asyncio.StreamReader, headers: Headers) -> bytes:
    if value_of(headers, "transfer-encoding").lower() != "chunked":
        return await reader.readexactly(int(value_of(headers, "content-length") or 0))
    pieces = []
    while size := int((await reader.readuntil(b"\r\n")).partition(b";")[0], 16):
        pieces.append(await reader.readexactly(size))
        await reader.readexactly(2)
    while await reader.readuntil(b"\r\n") != b"\r\n":
        pass
    return b"".join(pieces)


def head_of(first: str, headers: Iterable[tuple[str, str]]) -> bytes:
    """The bytes before a body."""
    lines = [first, *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode("latin-1")


async def send(writer: asyncio.StreamWriter, reply: Reply, asked_with: str) -> bool:
    """Send an answer; whether the connection goes on. Raises LOST."""
    if reply.status is None:
        return False
    headers = [*beyond(reply.headers, "content-length"), ("content-length", str(len(reply.body)))]
    writer.write(head_of(f"HTTP/1.1 {reply.status} ", headers))
    if asked_with != "HEAD":
        writer.write(reply.body[: len(reply.body) // 2] if reply.cut else reply.body)
    await writer.drain()
    return not reply.cut
