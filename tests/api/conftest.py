"""Fixtures of the faces: services over a store, and the service that serves them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.services import Services
from tests.serving import Served, opened_at


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    """The services of an empty store; the clock stands at NOW."""
    opened = opened_at(tmp_path / "tvox.duckdb")
    yield opened
    opened.close()


@pytest.fixture
def served(services: Services) -> Iterator[Served]:
    """A service over an empty store."""
    running = Served(services)
    yield running
    running.close()
