"""What signs people in, in place of Google: keys and certificates of our own, tokens, and the certificates' server."""

import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from connectors.google.identity import Identities
from connectors.google.transport import Transport

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
AUDIENCE = "123456-abc.apps.googleusercontent.com"
DOMAIN = "example.com"

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@cache
def private_key(name: str) -> rsa.RSAPrivateKey:
    """A key of that name, the same for the whole run."""
    return rsa.generate_private_key(65537, 2048)


def certificate(key: PrivateKey, begins: datetime = NOW - timedelta(days=1), days: float = 16) -> str:
    """A certificate (PEM) of a key, signed by itself as Google's are."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "federated-signon.system.gserviceaccount.com")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    return built.public_bytes(Encoding.PEM).decode()


def claims(**other: object) -> dict[str, object]:
    """What Google says of Anna at NOW, or something else; None leaves a claim out."""
    said: dict[str, object] = {
        "iss": "https://accounts.google.com",
        "aud": AUDIENCE,
        "sub": "1177",
        "hd": DOMAIN,
        "email": f"anna@{DOMAIN}",
        "email_verified": True,
        "iat": int(NOW.timestamp()) - 60,
        "exp": int(NOW.timestamp()) + 3540,
    }
    return {name: value for name, value in (said | other).items() if value is not None}


def written(part: object) -> str:
    """A part of a token."""
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(said: object, kid: object = "one", key: str = "one", **header: object) -> str:
    """A token that a key signs with RS256, whatever its header says."""
    head = {"alg": "RS256", "typ": "JWT", "kid": kid} | header
    content = f"{written({name: value for name, value in head.items() if value is not None})}.{written(said)}"
    return f"{content}.{written(private_key(key).sign(content.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


@dataclass
class Clock:
    """Time as it is set."""

    now: datetime = NOW
    seconds: float = 1000.0

    def pass_by(self, seconds: float) -> None:
        """Let so much time pass."""
        self.now += timedelta(seconds=seconds)
        self.seconds += seconds


@dataclass
class Google:
    """A server of certificates: what it answers, how often it was asked, and whether it lets go of its answers."""

    clock: Clock
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Cache-Control": "public, max-age=20000"})
    body: bytes = b""
    asked: int = 0
    open: threading.Event = field(default_factory=threading.Event)
    heard: threading.Event = field(default_factory=threading.Event)
    transport: Transport = field(default_factory=lambda: cast(Transport, None))

    def offer(self, **names: str) -> None:
        """Give certificates from now on, by the names of their keys; a value is the name of the private one."""
        self.give({kid: certificate(private_key(name)) for kid, name in names.items()})

    def give(self, found: object) -> None:
        """Answer so from now on."""
        self.status, self.body = 200, found if isinstance(found, bytes) else json.dumps(found).encode()

    def identities(self, **other: Any) -> Identities:
        """What takes its tokens, with nothing kept yet."""
        wanted: dict[str, Any] = {"audiences": [AUDIENCE], "domains": [DOMAIN], "patience": 30} | other
        return Identities(
            transport=self.transport, now=lambda: self.clock.now, clock=lambda: self.clock.seconds, **wanted
        )


class _Here(httpx.BaseTransport):
    """Requests to Google's certificates, sent to a server on this machine."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._inner = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        assert str(request.url) == "https://www.googleapis.com/oauth2/v1/certs"
        request.url = httpx.URL(f"http://127.0.0.1:{self._port}/oauth2/v1/certs")
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


@contextmanager
def serving(clock: Clock) -> Iterator[Google]:
    """A server of certificates that has those of the keys `one` and `two`."""
    google = Google(clock)
    google.open.set()
    google.offer(one="one", two="two")

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            google.asked += 1
            google.heard.set()
            assert google.open.wait(60)
            self.send_response(google.status)
            for name, value in google.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(google.body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    client = httpx.Client(transport=_Here(server.server_port))
    google.transport = Transport(client)
    try:
        yield google
    finally:
        google.open.set()
        client.close()
        server.shutdown()
        thread.join()
        server.server_close()
