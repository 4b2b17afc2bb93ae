"""Fixtures of the stand-in's own tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.google.asking import Client
from tests.google.standin import StandIn


@pytest.fixture(scope="module")
def process() -> Iterator[StandIn]:
    """The stand-in of this module."""
    with StandIn() as made:
        yield made


@pytest.fixture
def google(process: StandIn) -> StandIn:
    """The stand-in as it is at first."""
    process.reset()
    return process


@pytest.fixture
def client(google: StandIn, tmp_path: Path) -> Iterator[Client]:
    """A client of a stand-in without quotas."""
    made = Client(google, tmp_path)
    google.limit(None)
    yield made
    made.http.close()
