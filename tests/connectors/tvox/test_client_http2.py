"""HTTP/2 is spoken where a server offers it, by many threads at once, and what breaks it is trouble like any other."""

import socket
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import h2.config
import h2.connection
import h2.events
import h2.exceptions
import pytest

from tabular.errors import UpstreamUnreachable
from tests.connectors.tvox.authority import Authority
from tests.connectors.tvox.peers import BODY, KEY, SOMEBODY, Asked, Asking, Peer, answer

Speaks = Callable[[h2.connection.H2Connection, int, bytes], bytes]
"""What a server says to a request: through its connection, whose bytes are sent, and then these as they are."""


def echoes(connection: h2.connection.H2Connection, stream: int, body: bytes) -> bytes:
    """The body comes back, in a hundred pieces."""
    connection.send_headers(stream, [(":status", "200"), ("content-type", "application/json")])
    for place in range(0, len(body), 1 + len(body) // 100):
        connection.send_data(stream, body[place : place + 1 + len(body) // 100])
    connection.end_stream(stream)
    return b""


class Peer2(Peer):
    """A server of HTTP/2 alone."""

    def __init__(self, authority: Authority, speaks: Speaks) -> None:
        self.speaks = speaks
        tls = authority.server("127.0.0.1")
        tls.set_alpn_protocols(["h2"])
        super().__init__(answer(), tls=tls)

    def talk(self, end: socket.socket) -> None:
        assert isinstance(end, ssl.SSLSocket)
        assert end.selected_alpn_protocol() == "h2"
        connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        connection.initiate_connection()
        end.sendall(connection.data_to_send())
        heads: dict[int, dict[str, str]] = {}
        bodies: dict[int, bytes] = {}
        with suppress(h2.exceptions.ProtocolError):  # what comes after a connection was closed
            while read := end.recv(65536):
                last = b""
                for event in connection.receive_data(read):
                    if isinstance(event, h2.events.RequestReceived):
                        heads[event.stream_id] = {_text(name): _text(value) for name, value in event.headers}
                    elif isinstance(event, h2.events.DataReceived):
                        bodies[event.stream_id] = bodies.get(event.stream_id, b"") + event.data
                        connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                    elif isinstance(event, h2.events.StreamEnded):
                        number = event.stream_id
                        self.next(Asked(heads[number][":path"], heads[number], bodies[number]))
                        last += self.speaks(connection, number, bodies[number])
                end.sendall(connection.data_to_send() + last)


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """A new one."""
    return Authority(tmp_path)


def test_http_2_is_spoken_on_one_connection(authority: Authority, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with Peer2(authority, echoes) as peer, Asking(peer.address, ca=authority.ca) as asking:
        assert [asking.send() for _ in range(3)] == [BODY] * 3
        assert peer.connections == 1
    asked = peer.asked[0]
    assert asked.line == "/datamodel/query"
    assert asked.headers["x-telenia-apikey"] == KEY
    assert "answers" in caplog.text
    assert KEY not in caplog.text


def test_many_threads_ask_at_once(authority: Authority) -> None:
    with Peer2(authority, echoes) as peer, Asking(peer.address, ca=authority.ca) as asking:

        def ask(number: int) -> bool:
            body = b'{"query": "%d"}' % number * 500
            return asking.client.send(body, SOMEBODY, "a page").body == body

        with ThreadPoolExecutor(6) as pool:
            assert all(pool.map(ask, range(60)))
        assert asking.turns.begun == len(peer.asked) == 60
        assert peer.connections <= 6


def resets(connection: h2.connection.H2Connection, stream: int, body: bytes) -> bytes:
    connection.reset_stream(stream)
    return b""


def goes_away(connection: h2.connection.H2Connection, stream: int, body: bytes) -> bytes:
    connection.close_connection(last_stream_id=stream)
    return b""


def breaks_off(connection: h2.connection.H2Connection, stream: int, body: bytes) -> bytes:
    """Headers and a piece of the body, then what is no frame of HTTP/2."""
    connection.send_headers(stream, [(":status", "200"), ("content-type", "application/json")])
    connection.send_data(stream, body[:5])
    return b"\0\0\0\0\1" + b"\xff" * 100


def says_no_number(connection: h2.connection.H2Connection, stream: int, body: bytes) -> bytes:
    connection.send_headers(stream, [(":status", "abc"), ("content-type", "application/json")], end_stream=True)
    return b""


@pytest.mark.parametrize("broken", [resets, goes_away, breaks_off, says_no_number])
def test_what_breaks_is_tried_again_on_a_new_connection(authority: Authority, broken: Speaks) -> None:
    with Peer2(authority, broken) as peer, Asking(peer.address, ca=authority.ca) as asking:
        with pytest.raises(UpstreamUnreachable, match="its answer broke off or was no HTTP"):
            asking.send()
        assert (asking.turns.begun, peer.connections) == (3, 3)


def test_an_answer_that_is_given_up_takes_its_connection_with_it(authority: Authority) -> None:
    """What still comes of it would fill the window of the next one."""

    def drips_at_first(connection: h2.connection.H2Connection, stream: int, body: bytes) -> bytes:
        asking.clock.seconds += 50.5 * (peer.connections == 1)
        return echoes(connection, stream, body)

    with Peer2(authority, drips_at_first) as peer, Asking(peer.address, ca=authority.ca, seconds=5.0) as asking:
        assert asking.send() == BODY
        assert asking.client.state().addresses[0].error == "it was silent for too long"
        assert peer.connections == 2
