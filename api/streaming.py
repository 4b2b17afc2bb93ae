"""Bytes on their way out: compressed as asked, and put together to pieces that are worth a change of threads."""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import zstandard
from fastapi.responses import Response
from starlette.types import Receive, Scope, Send

_LEVEL_ZSTD = 1
_LEVEL_GZIP = 1
"""Speed before size: at level 6 gzip takes three times as long for a fifth less."""

THREADS = 16
"""Answers of the Data Model that may be worked on at the same time; more wait their turn."""


class Compressor(Protocol):
    """What zlib's and zstandard's compressors have in common."""

    def compress(self, data: bytes, /) -> bytes:
        """Take some bytes, give some."""
        ...

    def flush(self) -> bytes:
        """Give the rest."""
        ...


def encoding_for(accepted: str) -> str | None:
    """The best encoding that an Accept-Encoding header allows (RFC 9110, 12.5.3), or None for none.

    >>> encoding_for("gzip, deflate, br"), encoding_for("gzip;q=0.5, zstd"), encoding_for("gzip;q=0"), encoding_for("*")
    ('gzip', 'zstd', None, 'zstd')
    """
    weights: dict[str, float] = {}
    for part in accepted.lower().split(","):
        name, _, parameters = part.partition(";")
        quality = parameters.strip().removeprefix("q=") if parameters else "1"
        try:
            weights[name.strip()] = float(quality)
        except ValueError:
            weights[name.strip()] = 0.0
    others = weights.get("*", 0.0)
    ranked = [(weights.get(name, others), name) for name in ("gzip", "zstd")]
    best, encoding = max(ranked)
    return encoding if best > 0 else None


def compressor(encoding: str) -> Compressor:
    """A fresh compressor of that encoding."""
    if encoding == "zstd":
        return zstandard.ZstdCompressor(level=_LEVEL_ZSTD).compressobj()
    return zlib.compressobj(_LEVEL_GZIP, zlib.DEFLATED, 31)


def compressed(pieces: Iterator[bytes], encoding: str | None) -> Iterator[bytes]:
    """The pieces in an encoding; as they are in none."""
    if encoding is None:
        yield from pieces
        return
    work = compressor(encoding)
    for piece in pieces:
        packed = work.compress(piece)
        if packed:
            yield packed
    yield work.flush()


PIECE_BYTES = 256 * 1024
"""Small pieces are put together up to this size: each one costs a change of threads."""


def gathered(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in fewer pieces."""
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= PIECE_BYTES:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)


class Pieces(Response):
    """A response whose body is there already, in pieces that are sent without being put together."""

    def __init__(self, pieces: Sequence[bytes], status: int, headers: Mapping[str, str], media_type: str) -> None:
        length = {"Content-Length": str(sum(map(len, pieces)))}
        super().__init__(None, status, {**headers, **length}, media_type)
        self._pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        for piece in self._pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
