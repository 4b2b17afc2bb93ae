"""Peers of the client: a server of raw bytes on a port of its own, and what stands around a client in tests."""

import json
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from connectors.tvox.client import Client
from tabular.upstream import Urgency

KEY = "5ecret-0f-the-tv0x"
DATA = json.dumps({"data": {"me": {"name": "test"}}}).encode()
BODY = b'{"query": "{me{name}}"}'


@dataclass(frozen=True)
class Asked:
    """What a peer was asked: the request line, headers by their names in small letters, and the body."""

    line: str
    headers: dict[str, str]
    body: bytes


class Talk:
    """The peer's end of a connection."""

    def __init__(self, end: socket.socket, released: threading.Event) -> None:
        self.end = end
        self.released = released
        self._read = b""

    def asked(self) -> Asked | None:
        """The next request, None when the client has hung up."""
        while b"\r\n\r\n" not in self._read:
            if not self._more():
                return None
        head, _, self._read = self._read.partition(b"\r\n\r\n")
        line, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in lines)}
        length = int(headers.get("content-length", 0))
        while len(self._read) < length:
            if not self._more():
                return None
        body, self._read = self._read[:length], self._read[length:]
        return Asked(line, headers, body)

    def _more(self) -> bool:
        piece = self.end.recv(65536)
        self._read += piece
        return bool(piece)


Reply = Callable[[Talk], None]
"""What a peer does with a request; it hangs up after one that raises EndOfTalk."""


class EndOfTalk(Exception):
    """The peer hangs up."""


def answer(status: int = 200, body: bytes = DATA, kind: str = "application/json", **headers: str) -> Reply:
    """An answer as it should be; `Retry_After` stands for a header Retry-After."""
    named = {"Content-Type": kind, "Content-Length": str(len(body))}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    return raw(head(status, named) + body)


def head(status: int, headers: dict[str, str]) -> bytes:
    """The head of an answer, with the key in its reason phrase."""
    lines = [f"HTTP/1.1 {status} because {KEY}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def raw(sent: bytes) -> Reply:
    """These bytes."""

    def reply(talk: Talk) -> None:
        talk.end.sendall(sent)

    return reply


def cut(sent: bytes) -> Reply:
    """These bytes, then the end of the connection."""

    def reply(talk: Talk) -> None:
        talk.end.sendall(sent)
        raise EndOfTalk

    return reply


def stalls(sent: bytes = b"", then: Callable[[], None] = lambda: None) -> Reply:
    """These bytes, then nothing until the peer is closed; `then` is called once they are sent."""

    def reply(talk: Talk) -> None:
        talk.end.sendall(sent)
        then()
        talk.released.wait()
        raise EndOfTalk

    return reply


class Peer:
    """A server that gives the replies in turn, the last one for ever, and keeps what it was asked."""

    def __init__(self, *replies: Reply, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self.asked: list[Asked] = []
        self.connections = 0
        self.accepted = threading.Semaphore(0)
        self._replies = list(replies or (answer(),))
        self._tls = tls
        self._released = threading.Event()
        self._ends: list[socket.socket] = []
        self._guard = threading.Lock()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.address = f"http{'s' if tls else ''}://{host}:{self.port}"
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                end, _ = self._listening.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(end,))
            with self._guard:
                self.connections += 1
                self._ends.append(end)
                self._threads.append(thread)
            thread.start()
            self.accepted.release()

    def _serve(self, plain: socket.socket) -> None:
        with plain, suppress(EndOfTalk, OSError):
            end = self._tls.wrap_socket(plain, server_side=True) if self._tls else plain
            with end:
                with self._guard:
                    self._ends.append(end)
                self.talk(end)

    def talk(self, end: socket.socket) -> None:
        """Serve a connection."""
        talk = Talk(end, self._released)
        while (asked := talk.asked()) is not None:
            self.next(asked)(talk)

    def next(self, asked: Asked) -> Reply:
        """The reply to a request, which is kept."""
        with self._guard:
            self.asked.append(asked)
            return self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]

    def close(self) -> None:
        """End every connection and wait for its end."""
        self._released.set()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._threads[0].join()
        self._listening.close()
        for end in self._ends:
            with suppress(OSError):
                socket.socket.shutdown(end, socket.SHUT_RDWR)
        for thread in self._threads[1:]:
            thread.join()

    def __enter__(self) -> "Peer":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def nobody() -> Iterator[str]:
    """An address whose connections are refused: its port is taken, and nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


@dataclass
class Waits:
    """Somebody waits for a request, with the urgencies that it has at each look; the last one stays."""

    urgencies: list[Urgency] = field(default_factory=lambda: [Urgency.INTERACTIVE])

    @property
    def urgency(self) -> Urgency:
        return self.urgencies.pop(0) if len(self.urgencies) > 1 else self.urgencies[0]


SOMEBODY = Waits()
NOBODY = Waits([Urgency.BACKGROUND])


class FreeTurns:
    """A budget without a limit that counts: turns begun, turns open now, and the pauses."""

    def __init__(self) -> None:
        self.begun = 0
        self.open = 0
        self.pauses: list[float] = []
        self._guard = threading.Lock()

    def turn(self, urgent: object) -> AbstractContextManager[None]:
        """A turn at once."""
        return self._turn()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        with self._guard:
            self.begun += 1
            self.open += 1
        try:
            yield
        finally:
            with self._guard:
                self.open -= 1

    def pause(self, seconds: float) -> None:
        """Kept, and not waited for."""
        assert self.open
        self.pauses.append(seconds)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        """Its time of day."""
        return datetime(2020, 5, 1, tzinfo=UTC) + timedelta(seconds=self.seconds)


class Asking:
    """A client whose time stands still, whose waits are kept instead of waited for, and whose chance is the most."""

    def __init__(self, *addresses: str, **options: object) -> None:
        self.turns = FreeTurns()
        self.clock = Clock()
        self.waits: list[float] = []
        given = {"clock": self.clock, "now": self.clock.now, "draw": _most, "wait": self.waits.append}
        self.client = Client(addresses, KEY, self.turns, **(given | options))  # type: ignore[arg-type]

    def send(self, urgent: Waits = SOMEBODY) -> bytes:
        """The body of the answer."""
        return self.client.send(BODY, urgent, "a page of calls").body

    def __enter__(self) -> "Asking":
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        assert not self.turns.open


def _most(low: float, high: float) -> float:
    assert 0 <= low <= high
    return high


def seconds_named(text: str) -> int:
    """The seconds in a hint."""
    found = re.search(r"(\d+) seconds", text)
    assert found is not None
    return int(found[1])
