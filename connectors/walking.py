"""Walking: the service asks itself through its public address, as a client would, and is led nowhere else."""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter
from types import TracebackType
from urllib.parse import urlsplit

import httpx

LARGEST = 8_000_000
"""Bytes of an answer that are read: no document of the service is as large."""


@dataclass(frozen=True, slots=True)
class Came:
    """What came to one request at `address`.

    Without a `status` nothing did, and `problem` says why; with one, `problem` says why the body is not whole. Names
    of headers are in small letters, each as often as it came.
    """

    address: str
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    problem: str = ""
    milliseconds: float = 0.0

    def values(self, name: str) -> list[str]:
        """The values of a header, one for each time it came."""
        return [value for own, value in self.headers if own == name]

    def value(self, name: str) -> str:
        """The first value of a header; empty if it did not come."""
        return next(iter(self.values(name)), "")


class Walker:
    """Asks for what lies below the address `root`, and for nothing else: redirects are not followed.

    `through` is an address to connect to in place of the root's own, with the name of the root's host; `seconds` is
    how long an answer may take.
    """

    def __init__(self, root: str, through: str | None = None, seconds: float = 10) -> None:
        self.root = root.rstrip("/")
        self._host = urlsplit(self.root)
        self._base = self.root if through is None else through.rstrip("/") + self._host.path
        self._seconds = seconds
        self._client = httpx.AsyncClient(timeout=seconds, trust_env=False, follow_redirects=False)

    async def __aenter__(self) -> "Walker":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def get(self, behind: str, headers: Mapping[str, str]) -> Came:
        """What comes to GET of the root and what stands `behind` it, already encoded. Raises ValueError where that
        does not begin with a slash: it might name another host."""
        if not behind.startswith("/"):
            raise ValueError(behind)
        address, began = self.root + behind, perf_counter()
        try:
            request = self._client.build_request(
                "GET",
                self._base + behind,
                headers={"Host": self._host.netloc, **headers},
                extensions={"sni_hostname": self._host.hostname or ""},
            )
            async with asyncio.timeout(self._seconds):
                came = await self._sent(request, address)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as failure:
            came = Came(address, problem=_why(failure, self._seconds))
        return Came(
            address, came.status, came.headers, came.body, came.problem, round((perf_counter() - began) * 1000, 1)
        )

    async def _sent(self, request: httpx.Request, address: str) -> Came:
        response = await self._client.send(request, stream=True)
        body, problem = bytearray(), ""
        try:
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > LARGEST:
                    problem = f"it is longer than {LARGEST // 1_000_000} MB"
                    break
        except (httpx.HTTPError, TimeoutError) as failure:
            problem = _why(failure, self._seconds)
        finally:
            await response.aclose()
        headers = tuple((name.lower(), value) for name, value in response.headers.multi_items())
        return Came(address, response.status_code, headers, bytes(body), problem)


def _why(failure: BaseException, seconds: float) -> str:
    """A failure of the line in a few words."""
    match failure:
        case httpx.TimeoutException() | TimeoutError():
            return f"nothing came for {seconds:g} seconds"
        case httpx.ConnectError() if isinstance(failure.__context__, ssl.SSLError) or "SSL" in str(failure):
            return f"the certificate is not trusted: {failure}"
        case httpx.ConnectError():
            return f"nobody answers at this address: {failure}"
        case httpx.DecodingError():
            return f"it says that it is compressed, and cannot be read: {failure}"
        case httpx.RemoteProtocolError():
            return f"the connection ended too early: {failure}"
    return str(failure) or type(failure).__name__
