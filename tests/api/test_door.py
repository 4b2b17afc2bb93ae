"""The door: what it does to each connection."""

import asyncio
import socket

import pytest

from api.door import Door
from tests.serving import Served


def test_small_answers_do_not_wait_for_their_headers_to_arrive(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    begin = Door.connection_made

    def heard(door: Door, transport: asyncio.Transport) -> None:
        begin(door, transport)
        made.append(transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    monkeypatch.setattr(Door, "connection_made", heard)
    assert served.get("/health", headers={"Connection": "close"}).status_code == 200
    assert made
    assert all(made)
