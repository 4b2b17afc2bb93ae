"""Walking: what the line does is told in words, and nothing but the root's own addresses is asked for."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.walking import Came, Walker
from tests.upstream.certificates import Authority
from tests.upstream.proxy import Proxy


def walk(root: str, behind: str = "/", **options: object) -> Came:
    async def asked() -> Came:
        async with Walker(root, **options) as walker:  # type: ignore[arg-type]
            return await walker.get(behind, {})

    return asyncio.run(asked())


@pytest.fixture
def silent() -> Iterator[int]:
    """A port at which somebody listens and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.mark.parametrize("behind", ["", "@elsewhere.example/", ".elsewhere.example/", "http://elsewhere.example/"])
def test_no_other_host_can_be_named(behind: str) -> None:
    with pytest.raises(ValueError, match=r"^$" if not behind else "elsewhere"):
        walk("http://127.0.0.1:9", behind)


def test_who_does_not_answer_is_told(silent: int) -> None:
    assert walk(f"http://127.0.0.1:{silent}", seconds=0.05).problem == "nothing came for 0.05 seconds"
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    assert walk(f"http://127.0.0.1:{port}").problem.startswith("nobody answers at this address")


@pytest.mark.parametrize("root", ["tables.example/odata", "ftp://tables.example", "http://tables.example:None"])
def test_an_address_that_is_none_is_told(root: str) -> None:
    came = walk(root)
    assert came.status is None
    assert came.problem


def test_a_certificate_that_nobody_signed_is_told(tmp_path: Path) -> None:
    good = Authority(tmp_path).good()
    with Proxy("http://127.0.0.1:9", certificate=good.certificate, key=good.key) as proxy:
        assert walk(proxy.address).problem.startswith("the certificate is not trusted")
