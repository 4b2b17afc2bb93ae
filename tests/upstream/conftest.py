"""Fixtures of the proxy: one before an upstream that counts, and a client of it."""

import threading
from collections.abc import Iterator

import httpx
import pytest

from tests.upstream.plain_upstream import Answers, Upstream
from tests.upstream.proxy import Proxy


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    """The upstream of this module."""
    with Upstream(("127.0.0.1", 0), Answers) as serving:
        serving.heard = []
        thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield serving
        serving.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def process(upstream: Upstream) -> Iterator[Proxy]:
    """The proxy of this module."""
    with Proxy(upstream.address) as made:
        yield made


@pytest.fixture
def proxy(process: Proxy, upstream: Upstream) -> Proxy:
    """The proxy as it is at first."""
    process.reset()
    process.forget()
    upstream.heard.clear()
    return process


@pytest.fixture(scope="module")
def client(process: Proxy) -> Iterator[httpx.Client]:
    """A client of the proxy."""
    with httpx.Client(
        base_url=process.address, trust_env=False, timeout=60, headers={"Accept-Encoding": "gzip"}
    ) as made:
        yield made
