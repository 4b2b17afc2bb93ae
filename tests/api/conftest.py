"""Fixtures of the faces: services over a store, and the service that serves them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.services import Services
from tests.api.linking import Clock, Linking
from tests.copies import unwritten
from tests.serving import Served, opened_at
from tests.steps import CALLS, NOW, SUMMARIES, batches, moment, step

CALL = "1588321800.1"
"""The id of the one call of `filled`."""


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    """The services of an empty store; the clock stands at NOW."""
    opened = opened_at(tmp_path / "tvox.duckdb")
    yield opened
    unwritten(opened.store)
    opened.close()


@pytest.fixture
def served(services: Services) -> Iterator[Served]:
    """A service over an empty store."""
    running = Served(services)
    yield running
    running.close()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """The services of a store that holds one call of two steps, which nobody changes; requests have no limit."""
    opened = opened_at(tmp_path_factory.mktemp("call") / "tvox.duckdb", datamodel_rate=0)
    began = moment("2020-05-01T08:30:00")
    told = {"lastUpdateTime": began, "cli": "+390432000045", "user": "anna.rossi", "status": "HANGUP"}
    with opened.store.writing("test") as writing:
        rows = [step(began, number, 1, multiChannel_type="CALL", **told) for number in (0, 1)]
        writing.merge(CALLS, batches(rows), SUMMARIES)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def served_call(filled: Services) -> Iterator[Served]:
    """A service over that store."""
    running = Served(filled)
    yield running
    running.close()


@pytest.fixture(scope="module")
def linking_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Linking]:
    """A service whose links are tried."""
    running = Linking(tmp_path_factory.mktemp("links") / "tvox.duckdb", Clock())
    running.fill()
    yield running
    running.close()


@pytest.fixture
def linking(linking_service: Linking) -> Iterator[Linking]:
    """That service at NOW, wherever a test has moved its clock."""
    linking_service.clock.now = NOW
    yield linking_service
    linking_service.clock.now = NOW
