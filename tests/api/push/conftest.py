"""Fixtures of pushes: one stand-in of Google for a module, and a service of its own for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.push.pushing import Pushing
from tests.google.standin import StandIn


@pytest.fixture(scope="module")
def google() -> Iterator[StandIn]:
    """The stand-in, without quotas."""
    with StandIn() as running:
        running.limit(None)
        yield running


@pytest.fixture
def pushing(tmp_path: Path, google: StandIn) -> Iterator[Pushing]:
    """A service over ROWS that pushes into a new spreadsheet."""
    made = Pushing(tmp_path, google)
    made.fill()
    yield made
    made.close()
    google.reset()
    google.limit(None)
