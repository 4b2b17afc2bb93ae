"""Lines to a TVox: connections that are kept, each for one request at a time."""

import logging
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from weakref import WeakSet

import httpx

from connectors.tvox.address import Address
from connectors.tvox.trouble import RAISED, Trouble, trouble_of

KEPT = 8
"""Lines that are kept while nobody uses them."""
IDLE = 4.0
"""Seconds that a connection is kept without use: web servers hang up after five, and HTTP/2 does not notice."""
CONNECT = 10.0
WHOLE = 10
"""An answer may take this many times the seconds for which a TVox may be silent."""
ANSWERS = frozenset({200, 400})
"""The statuses whose bodies are read whole; of others, this many bytes:"""
FEW = 65536

# They tell the values of headers, and so the key, and repeat what a server says.
for _name in ("hpack", "httpcore", "httpx"):
    logging.getLogger(_name).setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came; `whole` unless more followed that was not read."""

    status: int
    headers: httpx.Headers
    body: bytes
    whole: bool


class _Stream(Protocol):
    def get_extra_info(self, info: str) -> object: ...


class _Line:
    """A client of httpx that one thread uses at a time: its HTTP/2 is not safe among several."""

    def __init__(self, client: httpx.Client, until: Callable[[], Callable[[], bool]], most: int) -> None:
        self._client = client
        self._until = until
        self._most = most
        self._guard = threading.Lock()
        self._streams: WeakSet[_Stream] = WeakSet()
        self._is_cut = False

    def ask(self, address: Address, body: bytes) -> Reply:
        """What an address answers. Raises one of RAISED."""
        is_late = self._until()
        with self._client.stream(
            "POST", address.url, content=body, auth=address.login, extensions={"trace": self._heard}
        ) as response:
            wanted = response.status_code in ANSWERS
            pieces, size, whole = [], 0, False
            try:
                if response.headers.get("Content-Encoding", "identity").lower() not in {"identity", "gzip"}:
                    raise httpx.DecodingError("an encoding that was not asked for")
                for piece in response.iter_bytes():
                    pieces.append(piece)
                    size += len(piece)
                    if size > (self._most if wanted else FEW):
                        break
                    if is_late():
                        raise httpx.ReadTimeout("the answer takes too long")
                else:
                    whole = True
            except RAISED:
                if wanted:
                    raise
            return Reply(response.status_code, response.headers, b"".join(pieces), whole)

    def _heard(self, event: str, facts: dict[str, object]) -> None:
        """Of what httpcore does, the connections it makes."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            with self._guard:
                self._streams.add(facts["return_value"])  # type: ignore[arg-type]  # httpcore's own stream
            if self._is_cut:
                self.cut()

    def cut(self) -> None:
        """End what goes on, from another thread; a connection that is being made ends once it is."""
        with self._guard:
            self._is_cut = True
            streams = list(self._streams)
        for stream in streams:
            end = stream.get_extra_info("socket")
            if isinstance(end, socket.socket):
                with suppress(OSError):
                    socket.socket.shutdown(end, socket.SHUT_RDWR)  # beneath TLS, which would want to say goodbye

    def close(self) -> None:
        """Hang up; nobody may be using it."""
        self._client.close()


class Lines:
    """As many lines as there are requests at once; each is kept for the next unless something broke on it.

    `tls` is whether any address asks for it. Raises ValueError as `trust` and for an address of a proxy that is none.
    """

    def __init__(
        self,
        headers: dict[str, str],
        *,
        tls: bool,
        ca: Path | None,
        proxy: str | None,
        seconds: float,
        clock: Callable[[], float],
        most: int,
    ) -> None:
        self._headers = headers
        # Without TLS nobody is trusted: to read all authorities takes longer than some requests.
        self._trust = trust(ca) if tls else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._proxy = _proxy(proxy, ca)
        self._seconds = seconds
        self._clock = clock
        self._most = most
        self._guard = threading.Lock()
        self._idle: list[_Line] = []
        self._busy: set[_Line] = set()
        self._closed = False

    def ask(self, address: Address, body: bytes) -> Reply | Trouble:
        """What an address answers to a body, or why it does not."""
        with self._guard:
            if self._closed:
                return Trouble("this service is ending", final=True)
            line = self._idle.pop() if self._idle else self._line()
            self._busy.add(line)
        is_fine = False
        try:
            reply = line.ask(address, body)
            is_fine = reply.whole
        except RAISED as failure:
            return trouble_of(failure, by_proxy=self._proxy is not None)
        finally:
            self._done(line, is_fine)
        return reply

    def _done(self, line: _Line, is_fine: bool) -> None:
        with self._guard:
            self._busy.discard(line)
            keep = is_fine and not self._closed and len(self._idle) < KEPT
            if keep:
                self._idle.append(line)
        if not keep:
            line.close()

    def _line(self) -> _Line:
        client = httpx.Client(
            headers=self._headers,
            verify=self._trust,
            proxy=self._proxy,
            http2=True,
            trust_env=False,
            follow_redirects=False,  # the key goes nowhere else
            timeout=httpx.Timeout(self._seconds, connect=min(CONNECT, self._seconds)),
            limits=httpx.Limits(keepalive_expiry=IDLE),
        )
        return _Line(client, self._lateness, self._most)

    def _lateness(self) -> Callable[[], bool]:
        """Whether an answer that is asked for now takes too long, to be asked again and again."""
        end = self._clock() + WHOLE * self._seconds
        return lambda: self._clock() > end

    def close(self) -> None:
        """Hang up on every line; requests on their way come to trouble."""
        with self._guard:
            self._closed = True
            idle, self._idle = self._idle, []
            busy = list(self._busy)
        for line in busy:
            line.cut()
        for line in idle:
            line.close()


def trust(ca: Path | None) -> ssl.SSLContext:
    """What TLS trusts: the authorities that everybody does, those of this machine, and those of a file (PEM).

    Raises ValueError if the file gives none.
    """
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    if ca is not None:
        try:
            context.load_verify_locations(cafile=ca)
        except OSError as failure:
            raise ValueError(f"the certificates of {ca} cannot be read") from failure
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # the file may hold the TVox's own certificate
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # which newer Pythons ask of authorities made at home
    return context


def _proxy(written: str | None, ca: Path | None) -> httpx.Proxy | None:
    """Raises ValueError, which does not repeat what was written: it may hold a password."""
    if not written:
        return None
    text = written.strip()
    try:
        url = httpx.URL(text if "://" in text else f"http://{text}")
    except httpx.InvalidURL as failure:
        raise ValueError("the address of the proxy cannot be understood") from failure
    if url.scheme not in {"http", "https"} or not url.host:
        raise ValueError("the address of the proxy begins with http:// or https://")
    return httpx.Proxy(url, ssl_context=trust(ca) if url.scheme == "https" else None)
