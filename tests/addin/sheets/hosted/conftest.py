"""A host with the probe script, and a server that echoes."""

import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer

import pytest

from addin import build
from tests.addin.sheets.host import Host
from tests.addin.sheets.hosted.probed import CODE, SCOPES, START, Echo


@pytest.fixture(scope="module")
def echo() -> Iterator[str]:
    """The address of a server that echoes."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    Echo.gate.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def program() -> Iterator[Host]:
    """One process for all tests of the module."""
    node = build.node()
    if node is None:
        pytest.skip("no Node here")
    with Host(node.binary, now=START) as host:
        host.load(CODE, SCOPES)
        yield host


@pytest.fixture
def host(program: Host) -> Host:
    """The host with the probe script, and one empty sheet that is the active one."""
    program.configure(zone="Europe/Rome", locale="it_IT", routes={}, latency=0, identityToken=None)
    program.call("anew")
    program.requests(clear=True)
    program.log(clear=True)
    return program
