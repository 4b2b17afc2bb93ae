"""TLS is verified, with an authority of one's own if need be, and through a proxy too."""

import socket
import ssl
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from connectors.tvox.circuit import Position
from connectors.tvox.client import Client
from tabular.errors import UpstreamUnreachable
from tests.connectors.tvox.authority import Authority
from tests.connectors.tvox.peers import DATA, KEY, Asking, FreeTurns, Peer, answer, nobody


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """A new one."""
    return Authority(tmp_path)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_an_authority_of_ones_own_is_trusted(authority: Authority, host: str) -> None:
    tls = authority.server("localhost", "127.0.0.1")
    with Peer(tls=tls, host=host) as peer, Asking(peer.address, ca=authority.ca) as asking:
        assert [asking.send(), asking.send()] == [DATA, DATA]
        assert peer.connections == 1
        assert peer.asked[0].headers["x-telenia-apikey"] == KEY


@pytest.mark.parametrize("by_itself", [False, True])
def test_a_certificate_may_be_trusted_itself(authority: Authority, tmp_path: Path, by_itself: bool) -> None:
    tls = authority.server("127.0.0.1", by_itself=by_itself)
    with Peer(tls=tls) as peer, Asking(peer.address, ca=tmp_path / "server.pem") as asking:
        assert asking.send() == DATA


def refusal_of(tls: ssl.SSLContext, ca: Path | None) -> str:
    """Why a server is not asked; it is tried once, and hears nothing."""
    with Peer(tls=tls) as peer, Asking(peer.address, ca=ca) as asking:
        with pytest.raises(UpstreamUnreachable) as refusal:
            asking.send()
        assert (asking.turns.begun, peer.connections, peer.asked, asking.waits) == (1, 1, [], [])
        assert asking.client.state().addresses[0].circuit is Position.OPEN
        assert refusal.value.reason in refusal.value.message
        return refusal.value.reason


def test_a_certificate_that_is_not_to_be_trusted_is_named(authority: Authority) -> None:
    good = authority.server("127.0.0.1")
    assert refusal_of(good, None) == "the authority of its certificate is not trusted"
    assert refusal_of(authority.server("127.0.0.1", by_itself=True), None) == (
        "its certificate is signed by itself alone"
    )
    assert refusal_of(authority.server("tvox.example"), authority.ca) == "its certificate is for another address"
    assert refusal_of(authority.server("127.0.0.1", days=-1), authority.ca) == "its certificate has expired"


def test_a_certificate_for_another_name_is_refused_and_the_next_address_asked(authority: Authority) -> None:
    other = Peer(tls=authority.server("tvox.example"), host="localhost")
    with other as peer, Peer() as second, Asking(peer.address, second.address, ca=authority.ca) as asking:
        assert asking.send() == DATA
        assert asking.client.state().addresses[0].error == "its certificate is for another name"
        assert (peer.asked, peer.connections) == ([], 1)


def test_the_environment_is_not_asked(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with Peer(tls=authority.server("127.0.0.1")) as peer, Asking(peer.address, ca=authority.ca) as asking:
        assert asking.send() == DATA


def test_a_server_without_tls_is_named() -> None:
    class Plain(Peer):
        def talk(self, end: socket.socket) -> None:
            assert end.recv(1) == b"\x16"
            end.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with Plain() as peer, Asking(peer.address.replace("http", "https")) as asking:
        with pytest.raises(UpstreamUnreachable, match="no TLS can be agreed on"):
            asking.send()
        assert asking.turns.begun == 3


@pytest.mark.parametrize("content", [None, "", "not a certificate"])
def test_a_file_that_holds_no_certificates_is_refused(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(ValueError, match=r"the certificates of .*ca\.pem cannot be read"):
        Client(["tvox.example"], KEY, FreeTurns(), ca=file)


class Proxy(Peer):
    """A proxy that connects to wherever it is asked, and keeps what it was asked."""

    heard = ""

    def __enter__(self) -> "Proxy":
        return self

    def talk(self, end: socket.socket) -> None:
        heads = b""
        while not heads.endswith(b"\r\n\r\n"):
            heads += end.recv(1)
        self.heard = heads.decode()
        host, _, port = heads.split()[1].decode().partition(":")
        with socket.create_connection((host, int(port))) as onward:
            end.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
            back = threading.Thread(target=_pour, args=(onward, end))
            back.start()
            _pour(end, onward)
            back.join()


def _pour(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)


def test_a_proxy_is_asked_to_connect_and_does_not_see_the_key(authority: Authority) -> None:
    with Peer(tls=authority.server("127.0.0.1")) as peer, Proxy() as proxy:
        secret = f"anna:s3cret@127.0.0.1:{proxy.port}"
        with Asking(peer.address, ca=authority.ca, proxy=secret) as asking:
            assert [asking.send(), asking.send()] == [DATA, DATA]
            assert "s3cret" not in repr(asking.client.state())
        assert proxy.connections == 1
        assert proxy.heard.startswith(f"CONNECT 127.0.0.1:{peer.port} HTTP/1.1\r\n")
        assert "Proxy-Authorization: Basic YW5uYTpzM2NyZXQ=" in proxy.heard
        assert KEY not in proxy.heard
        assert [one.headers["x-telenia-apikey"] for one in peer.asked] == [KEY] * 2


def test_a_proxy_may_speak_tls_itself(authority: Authority) -> None:
    tls = authority.server("127.0.0.1")
    with (
        Peer(tls=tls) as peer,
        Proxy(tls=tls) as proxy,
        Asking(peer.address, ca=authority.ca, proxy=proxy.address) as asking,
    ):
        assert asking.send() == DATA


def test_a_proxy_that_refuses_is_named(authority: Authority) -> None:
    with Peer(answer(407, b"")) as proxy, Asking("tvox.example", proxy=proxy.address) as asking:
        with pytest.raises(UpstreamUnreachable, match="the proxy does not let the request through"):
            asking.send()
        assert proxy.asked[0].line == "CONNECT tvox.example:443 HTTP/1.1"


def test_a_proxy_that_is_gone_is_named() -> None:
    told = pytest.raises(UpstreamUnreachable, match="the proxy refuses the connection")
    with nobody() as proxy, Asking("tvox.example", proxy=proxy) as asking, told:
        asking.send()


@pytest.mark.parametrize("written", ["socks5://s3cret@proxy", "http://", "http://s3cret:port"])
def test_a_proxy_that_cannot_be_is_refused_unseen(written: str) -> None:
    with pytest.raises(ValueError, match="the address of the proxy") as refusal:
        Client(["tvox.example"], KEY, FreeTurns(), proxy=written)
    assert "s3cret" not in str(refusal.value)
