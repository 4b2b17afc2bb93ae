"""A storm of formulas: thousands of questions at once over loopback, by a client that costs little."""

import asyncio
import resource
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

ATTEMPTS = 50
"""How often a connection is tried: so many come at once that some have to knock again."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: its path and, for a POST, its body."""

    path: str
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Storm:
    """What came of it: answers by status, seconds until each, and until the last."""

    statuses: Counter[int]
    seconds: Sequence[float]
    whole: float


def storm(address: str, key: str, asked: Sequence[Asked]) -> Storm:
    """Ask everything at once."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return asyncio.run(_all(address, key, asked))


async def _all(address: str, key: str, asked: Sequence[Asked]) -> Storm:
    began = time.perf_counter()
    found = await asyncio.gather(*(_one(address, key, one) for one in asked))
    return Storm(Counter(status for status, _ in found), [at - began for _, at in found], time.perf_counter() - began)


async def _one(address: str, key: str, asked: Asked) -> tuple[int, float]:
    parts = urlsplit(address)
    for attempt in range(ATTEMPTS):
        try:
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
            break
        except OSError:
            if attempt == ATTEMPTS - 1:
                raise
            await asyncio.sleep(0.05 * attempt)
    head = [
        f"{'POST' if asked.body else 'GET'} {asked.path} HTTP/1.1",
        f"Host: {parts.hostname}",
        f"X-Telenia-APIKey: {key}",
        "Connection: close",
        *(["Content-Type: application/json", f"Content-Length: {len(asked.body)}"] if asked.body else []),
    ]
    writer.write("\r\n".join([*head, "", ""]).encode() + asked.body)
    answer = bytearray(await reader.read(1 << 16))
    status = int(answer.split(b" ", 2)[1])
    while await reader.read(1 << 20):
        pass
    writer.close()
    return status, time.perf_counter()
