"""The line to Google's servers: one client of httpx for all threads, that can be cut."""

import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from weakref import WeakSet

import httpx

from connectors.tvox.lines import trust
from connectors.tvox.trouble import RAISED, Trouble, trouble_of

SECONDS = 200.0
"""For which Google may be silent: it works on one request for up to 180."""
CONNECT = 10.0
IDLE = 4.0
"""Seconds that a connection is kept without use, so that few requests meet one that is being closed."""
MOST = 64 << 20
"""Bytes of one answer."""
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)


class _Stream(Protocol):
    def get_extra_info(self, info: str) -> object: ...


@dataclass(frozen=True, slots=True)
class Reply:
    """What came whole."""

    status: int
    headers: httpx.Headers
    body: bytes


@dataclass(frozen=True, slots=True)
class Lost:
    """No answer came, or half of one; not `sent`: Google cannot have heard of the request."""

    trouble: Trouble
    sent: bool


class Line:
    """The way to Google; used by many threads. `ca` is a file of certificates (PEM) to trust as well, `proxy` the
    address of one; the environment is not asked. `tls`: whether any address asks for it.

    Raises ValueError, without secrets, for certificates or an address that cannot be used.
    """

    def __init__(
        self, *, tls: bool = True, proxy: str | None = None, ca: Path | None = None, seconds: float = SECONDS
    ) -> None:
        self._by_proxy = bool(proxy)
        self._guard = threading.Lock()
        self._streams: WeakSet[_Stream] = WeakSet()
        self._is_cut = False
        # Without TLS nobody is trusted: to read all authorities takes longer than some requests.
        trusted = trust(ca) if tls or ca else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.client = httpx.Client(
            verify=trusted,
            proxy=_proxy(proxy, ca) if proxy else None,
            trust_env=False,
            follow_redirects=False,  # a token goes nowhere else
            timeout=httpx.Timeout(seconds, connect=min(CONNECT, seconds)),
            limits=httpx.Limits(keepalive_expiry=IDLE),
            # Google packs its answers for clients that say so twice.
            headers={"User-Agent": "TVox-Tables (gzip)", "Accept-Encoding": "gzip", "Accept": "application/json"},
            event_hooks={"request": [self._follow]},
        )

    def ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Reply | Lost:
        """What Google answers, or why it does not."""
        if self._is_cut:
            return Lost(Trouble("this service is ending", final=True), sent=False)
        try:
            with self.client.stream(method, url, headers=headers, content=body) as response:
                pieces, size = [], 0
                for piece in response.iter_bytes():
                    pieces.append(piece)
                    size += len(piece)
                    if size > MOST:
                        return Lost(Trouble("its answer is too long", final=True), sent=True)
                return Reply(response.status_code, response.headers, b"".join(pieces))
        except RAISED as failure:
            trouble = trouble_of(failure, self._by_proxy)
            return Lost(trouble, sent=trouble.reached and not isinstance(failure, _NEVER_SENT))
        except RuntimeError:
            # httpx says so of a client that was closed meanwhile.
            return Lost(Trouble("this service is ending", final=True), sent=False)

    def _follow(self, request: httpx.Request) -> None:
        """Hear of the connections that are made for a request, one for a token too."""
        request.extensions = {**request.extensions, "trace": self._heard}

    def _heard(self, event: str, facts: dict[str, object]) -> None:
        """Of what httpcore does, the connections it makes."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            with self._guard:
                self._streams.add(facts["return_value"])  # type: ignore[arg-type]  # httpcore's own stream

    def close(self) -> None:
        """Hang up; requests on their way are lost."""
        with self._guard:
            self._is_cut = True
            streams = list(self._streams)
        for stream in streams:
            end = stream.get_extra_info("socket")
            if isinstance(end, socket.socket):
                with suppress(OSError):
                    socket.socket.shutdown(end, socket.SHUT_RDWR)
        self.client.close()


def _proxy(written: str, ca: Path | None) -> httpx.Proxy:
    """Raises ValueError, which does not repeat what was written: it may hold a password."""
    try:
        url = httpx.URL(written.strip() if "://" in written else f"http://{written.strip()}")
    except httpx.InvalidURL:
        raise ValueError("the address of the proxy cannot be understood") from None
    if url.scheme not in {"http", "https"} or not url.host:
        raise ValueError("the address of the proxy begins with http:// or https://")
    return httpx.Proxy(url, ssl_context=trust(ca) if url.scheme == "https" else None)
