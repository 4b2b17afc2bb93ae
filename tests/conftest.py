"""What every test may use: hypothesis profiles, the shared folder, a store of its own."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from store.store import Store

SHARED = Path(__file__).resolve().parents[2] / "shared"

# Examples come from a fixed seed: a test that is green is green everywhere. `make prove` looks further.
settings.register_profile(
    "test", max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("prove", max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "test"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with Store(tmp_path / "tvox.duckdb") as opened:
        yield opened
