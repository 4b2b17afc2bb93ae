"""Several addresses of one TVox: which one is asked, and how they are written."""

import socket
from contextlib import AbstractContextManager

import pytest

from connectors.tvox.address import parse_address
from connectors.tvox.circuit import Position
from tabular.errors import UpstreamUnreachable
from tests.connectors.tvox.peers import DATA, Asking, FreeTurns, Peer, answer, nobody


@pytest.mark.parametrize(
    ("written", "shown", "url"),
    [
        ("tvox.example", "https://tvox.example", "https://tvox.example/datamodel/query"),
        (" tvox.example:8443 ", "https://tvox.example:8443", "https://tvox.example:8443/datamodel/query"),
        ("https://TVox.example:443/", "https://tvox.example", "https://tvox.example/datamodel/query"),
        ("https://tvox.example/datamodel", "https://tvox.example", "https://tvox.example/datamodel/query"),
        ("https://tvox.example/datamodel/query", "https://tvox.example", "https://tvox.example/datamodel/query"),
        ("https://tvox.example/datamodel/query/", "https://tvox.example", "https://tvox.example/datamodel/query"),
        ("https://a.example/tvox/", "https://a.example/tvox", "https://a.example/tvox/datamodel/query"),
        ("https://a.example/x y", None, None),
        ("http://10.0.0.7", "http://10.0.0.7", "http://10.0.0.7/datamodel/query"),
        ("[::1]:8443", "https://[::1]:8443", "https://[::1]:8443/datamodel/query"),
        ("anna:s3cret@tvox.example", "https://tvox.example", "https://tvox.example/datamodel/query"),
        ("tvòx.example", "https://xn--tvx-dna.example", "https://xn--tvx-dna.example/datamodel/query"),
        ("", None, None),
        ("https://", None, None),
        ("ftp://s3cret@tvox.example", None, None),
        ("https://tvox.example/?key=s3cret", None, None),
        ("https://tvox.example/#s3cret", None, None),
        ("https://s3cret:s3cret@tvox.example:port", None, None),
        ("https://" + "s3cret" * 20 + ".example", None, None),
        ("s3cret..example", None, None),
    ],
)
def test_an_address_is_what_an_administrator_writes(written: str, shown: str | None, url: str | None) -> None:
    if shown is None:
        with pytest.raises(ValueError, match="an address of a TVox") as refusal:
            parse_address(written)
        assert "s3cret" not in str(refusal.value)
    else:
        address = parse_address(written)
        assert (address.shown, address.url) == (shown, url)
        assert "s3cret" not in repr(address)


def test_a_login_is_sent_and_not_shown() -> None:
    with Peer() as peer, Asking(f"http://anna:s3cret%2521@127.0.0.1:{peer.port}") as asking:
        asking.send()
        assert peer.asked[0].headers["authorization"] == "Basic YW5uYTpzM2NyZXQlMjE="
        assert "s3cret" not in repr(asking.client.state())


def test_who_asks_without_tls_is_warned(caplog: pytest.LogCaptureFixture) -> None:
    with Asking("http://tvox.example", "https://tvox.example", "http://localhost:1"):
        told = [one.getMessage() for one in caplog.records if one.levelname == "WARNING"]
    assert told == ["The TVox at http://tvox.example is asked without TLS: others on the way can read the key."]


def test_where_the_first_is_gone_the_second_answers_within_one_budget() -> None:
    with nobody() as gone, Peer() as second, Asking(gone, second.address) as asking:
        assert [asking.send() for _ in range(3)] == [DATA] * 3
        assert asking.turns.begun == 4
        assert asking.waits == []
        state = asking.client.state()
        assert state.answers == second.address
        assert [one.circuit for one in state.addresses] == [Position.OPEN, Position.CLOSED]
        assert state.addresses[0].error == "it refuses the connection"
        assert (state.sent, state.retries, state.statuses) == (4, 1, {200: 3})


def test_the_second_is_asked_when_the_circuit_of_the_first_opens_and_the_first_again_when_it_closes() -> None:
    failing = Peer(*[answer(500)] * 3, answer())
    with failing as first, Peer() as second, Asking(first.address, second.address) as asking:
        assert asking.send() == DATA
        assert asking.waits == [0.5, 1]
        assert (len(first.asked), len(second.asked)) == (3, 1)
        asking.clock.seconds += 9
        asking.send()
        assert (len(first.asked), len(second.asked)) == (3, 2)
        assert asking.client.state().answers == second.address
        asking.clock.seconds += 1
        asking.send()
        asking.send()
        assert (len(first.asked), len(second.asked)) == (5, 2)
        assert asking.client.state().answers == first.address


def test_when_the_trial_of_the_first_fails_the_second_goes_on() -> None:
    with Peer(answer(500)) as first, Peer() as second, Asking(first.address, second.address) as asking:
        asking.send()
        asking.clock.seconds += 10
        assert asking.send() == DATA
        assert (len(first.asked), len(second.asked)) == (4, 2)
        asking.clock.seconds += 19
        asking.send()
        assert (len(first.asked), len(second.asked)) == (4, 3)


def test_who_asks_to_be_left_in_peace_is_while_another_answers() -> None:
    resting = Peer(answer(503, Retry_After="25"), answer())
    with resting as first, Peer() as second, Asking(first.address, second.address) as asking:
        asking.send()
        asking.clock.seconds += 24
        asking.send()
        assert (len(first.asked), len(second.asked)) == (1, 2)
        asking.clock.seconds += 1
        asking.send()
        assert (len(first.asked), len(second.asked)) == (2, 2)
        assert (asking.turns.pauses, asking.waits) == ([], [])


def test_when_all_circuits_are_open_nothing_is_sent() -> None:
    with nobody() as gone, Peer(answer(500)) as second, Asking(gone, second.address) as asking:
        with pytest.raises(UpstreamUnreachable) as refusal:
            asking.send()
        assert refusal.value.address == second.address
        begun = asking.turns.begun
        asking.clock.seconds += 3
        with pytest.raises(UpstreamUnreachable) as refusal:
            asking.send()
        assert (refusal.value.address, refusal.value.reason) == (gone, "it refuses the connection")
        assert refusal.value.seconds == 7
        assert asking.turns.begun == begun


def test_one_that_refuses_is_tried_again_where_no_other_may_be_asked() -> None:
    with nobody() as gone, Peer() as second, Asking(gone, second.address) as asking:
        circuit = asking.client._ways[1].circuit
        era = circuit.enter()
        assert era is not None
        circuit.failed(era, seconds=200)
        with pytest.raises(UpstreamUnreachable) as refusal:
            asking.send()
        assert (refusal.value.address, refusal.value.seconds) == (gone, 10)
        assert (asking.turns.begun, asking.waits) == (3, [0.5, 1])
        assert not second.connections


def test_an_address_that_opens_while_a_turn_is_waited_for_is_not_asked() -> None:
    """The circuit opens between the look and the turn."""
    with Peer() as peer, Asking(peer.address) as asking:
        circuit = asking.client._ways[0].circuit

        class Late(FreeTurns):
            def turn(self, urgent: object) -> AbstractContextManager[None]:
                era = circuit.enter()
                assert era is not None
                circuit.failed(era, at_once=True)
                return super().turn(urgent)

        asking.client._turns = Late()
        with pytest.raises(UpstreamUnreachable):
            asking.send()
        assert not peer.connections


def test_the_same_address_twice_is_one() -> None:
    with Peer() as peer, Asking(peer.address, f"{peer.address}/datamodel") as asking:
        assert [one.address for one in asking.client.state().addresses] == [peer.address]


def test_a_name_that_nobody_knows_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with Asking("tvox.example") as asking, pytest.raises(UpstreamUnreachable, match="its name cannot be looked up"):
        asking.send()
