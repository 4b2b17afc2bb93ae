"""What every test may use: hypothesis profiles, the shared folder, a store of its own."""

import gc
import os
import ssl
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import httpx
import pytest
from httpx._transports import default as transports
from httpx._types import CertTypes
from hypothesis import HealthCheck, settings

from store.store import Store
from tests.copies import unwritten

SHARED = Path(__file__).resolve().parents[2] / "shared"

# Examples come from a fixed seed: a test that is green is green everywhere. `make prove` looks further.
settings.register_profile(
    "test", max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("prove", max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "test"))


@cache
def _authorities(trust_env: bool) -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=trust_env)


def _trusted(
    verify: ssl.SSLContext | str | bool = True, cert: CertTypes | None = None, trust_env: bool = True
) -> ssl.SSLContext:
    """What a client trusts: the authorities that everybody does are read once, not for each of a thousand clients."""
    return httpx.create_ssl_context(verify, cert, trust_env) if verify is not True or cert else _authorities(trust_env)


transports.create_ssl_context = _trusted  # type: ignore[attr-defined]  # httpx offers no other place


def pytest_configure() -> None:
    """What is collected stays: it is not looked through for what may go, neither now nor in each of the tests."""
    gc.disable()


def pytest_collection_finish() -> None:
    """From here on, too, garbage is looked for less often than a service would: a tenth of the suite was that."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 40)
    gc.enable()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with Store(tmp_path / "tvox.duckdb") as opened:
        yield opened
        unwritten(opened)
