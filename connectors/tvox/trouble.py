"""Trouble: why no answer came from an address, in plain words for what httpx and its kin raise."""

import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import httpx
from h2.exceptions import H2Error


@dataclass(frozen=True, slots=True)
class Trouble:
    """`reason` is a clause of at most 60 letters. Not `reached`: no connection came about.

    `final`: asking the same address again is in vain. `after` is the seconds after which it wants to be asked again.
    """

    reason: str
    reached: bool = True
    final: bool = False
    after: float | None = None


_BROKE = Trouble("the connection broke")
_NOT_HTTP = Trouble("its answer broke off or was no HTTP")
_NOT_MADE = Trouble("the request could not be made", final=True)

TROUBLES: Mapping[type[Exception], Trouble] = {
    httpx.ConnectTimeout: Trouble("no connection came about in time", reached=False),
    httpx.ReadTimeout: Trouble("it was silent for too long"),
    httpx.WriteTimeout: Trouble("it took nothing in for too long"),
    httpx.PoolTimeout: Trouble("every connection to it is in use"),
    httpx.ConnectError: Trouble("", reached=False),  # its causes say more
    httpx.ReadError: _BROKE,
    httpx.WriteError: _BROKE,
    httpx.CloseError: _BROKE,
    httpx.ProxyError: Trouble("the proxy does not let the request through"),
    httpx.LocalProtocolError: _NOT_HTTP,
    httpx.RemoteProtocolError: _NOT_HTTP,
    H2Error: _NOT_HTTP,
    ValueError: _NOT_HTTP,  # numbers and text of HTTP/2 that httpcore takes for granted
    httpx.DecodingError: Trouble("its answer cannot be unpacked"),
    httpx.UnsupportedProtocol: _NOT_MADE,
    httpx.InvalidURL: _NOT_MADE,
    httpx.TooManyRedirects: _NOT_MADE,
    httpx.HTTPStatusError: _NOT_MADE,
    httpx.CookieConflict: _NOT_MADE,
    httpx.StreamError: _NOT_MADE,
}
"""Everything that a request may raise, by the nearest class; a test holds that nothing of httpx is missing."""

RAISED = tuple(TROUBLES)

_CERTIFICATE = {
    9: "its certificate is not valid yet",
    10: "its certificate has expired",
    18: "its certificate is signed by itself alone",
    19: "the authority of its certificate is not trusted",
    20: "the authority of its certificate is not trusted",
    21: "the authority of its certificate is not trusted",
    23: "its certificate was revoked",
    62: "its certificate is for another name",
    64: "its certificate is for another address",
}
"""Sentences for OpenSSL's codes of verification."""


def trouble_of(failure: Exception, by_proxy: bool = False) -> Trouble:
    """What a failure of a request, one of RAISED, means; nothing of its own text is repeated.

    `by_proxy`: connections are made to a proxy.
    """
    who = "the proxy" if by_proxy else "it"
    trouble = next(TROUBLES[kind] for kind in type(failure).__mro__ if kind in TROUBLES)
    if isinstance(failure, httpx.ConnectError):
        trouble = replace(trouble, reason=f"{who} cannot be reached")
    for cause in _causes(failure):
        if isinstance(cause, ssl.SSLCertVerificationError):
            reason = _CERTIFICATE.get(cause.verify_code, "its certificate cannot be trusted")
            return Trouble(reason, reached=False, final=True)
        if isinstance(failure, httpx.ConnectError):
            if isinstance(cause, ssl.SSLError):
                why = (getattr(cause, "reason", None) or "it hung up").lower().replace("_", " ")
                return replace(trouble, reason=f"no TLS can be agreed on ({why[:30]})")
            if isinstance(cause, ConnectionRefusedError):
                return replace(trouble, reason=f"{who} refuses the connection")
            if isinstance(cause, socket.gaierror):
                return replace(
                    trouble, reason=f"{'the name of the proxy' if by_proxy else 'its name'} cannot be looked up"
                )
    return trouble


def _causes(failure: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while failure is not None and id(failure) not in seen:
        seen.add(id(failure))
        yield failure
        failure = failure.__cause__ or failure.__context__
