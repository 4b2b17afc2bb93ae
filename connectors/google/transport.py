"""The way to Google for google-auth: its requests over httpx."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpx
from google.auth.exceptions import TransportError
from google.auth.transport import Request, Response

SECONDS = 20.0
"""How long an answer may take where nothing else is said: people wait for it."""
LARGEST = 16 << 20
"""Bytes of one answer."""

# They tell the values of headers, and so tokens.
for _name in ("hpack", "httpcore", "httpx"):
    logging.getLogger(_name).setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Answer(Response):
    """What came: its status, its headers (found however they are written) and its body."""

    status: int
    headers: Mapping[str, str]
    data: bytes


class Transport(Request):
    """Requests of google-auth over a client of httpx; used by many threads.

    Without a `client` it has one of its own, which trusts what everybody and this machine trust, follows nothing
    elsewhere and goes through `proxy` where one is named; the environment is not asked. Seconds come from `clock`.

    Raises ValueError, without secrets, for an address of a proxy that is none.
    """

    def __init__(
        self,
        client: httpx.Client | None = None,
        *,
        proxy: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._own = None if client is not None else _client(proxy)
        self._client = client or self._own
        self._clock = clock

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **_: object,
    ) -> Answer:
        """Ask, within `timeout` seconds. Raises TransportError, which repeats neither headers nor bodies."""
        assert self._client is not None
        seconds = SECONDS if timeout is None else timeout
        end = self._clock() + seconds
        pieces, size = [], 0
        try:
            with self._client.stream(method, url, content=body, headers=headers, timeout=seconds) as response:
                for piece in response.iter_bytes():
                    pieces.append(piece)
                    size += len(piece)
                    if size > LARGEST:
                        raise TransportError(f"the answer has more than {LARGEST:,} bytes")
                    # httpx counts the seconds anew with every piece.
                    if self._clock() > end:
                        raise TransportError(f"the answer takes longer than {seconds:g} seconds")
                return Answer(response.status_code, response.headers, b"".join(pieces))
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, RuntimeError) as failure:
            # httpx raises a plain RuntimeError where its client was closed.
            raise TransportError(f"{type(failure).__name__}: {failure}") from failure

    def close(self) -> None:
        """Hang up, if the client is its own."""
        if self._own is not None:
            self._own.close()


def _client(proxy: str | None) -> httpx.Client:
    trusted = httpx.create_ssl_context(trust_env=False)
    trusted.load_default_certs()
    try:
        return httpx.Client(
            verify=trusted,
            proxy=proxy or None,
            trust_env=False,
            follow_redirects=False,  # a token goes nowhere else
            headers={"User-Agent": "TVox-Tables"},
        )
    except (httpx.InvalidURL, ValueError):
        # What is said of it repeats the address, which may hold a password.
        raise ValueError("the address of the proxy cannot be understood") from None
