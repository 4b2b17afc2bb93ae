"""A service over calls of three months, shared by the tests that only read."""

from collections.abc import Iterator

import pytest

from tests.api.odata import drawn
from tests.api.odata.rows import filled
from tests.serving import Served, opened_at
from tests.steps import CALLS, SUMMARIES, batches


@pytest.fixture(scope="session")
def odata(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service whose store nobody changes."""
    services = opened_at(tmp_path_factory.mktemp("odata") / "tvox.duckdb")
    filled(services)
    running = Served(services)
    yield running
    running.close()
    services.close()


@pytest.fixture(scope="module")
def sixty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service over the rows of `drawn`."""
    services = opened_at(tmp_path_factory.mktemp("laws") / "tvox.duckdb")
    with services.store.writing("test") as writing:
        writing.merge(CALLS, batches(drawn.rows()), SUMMARIES)
    running = Served(services)
    # On a connection that is kept, a small answer may wait until the client has told that it has the one before.
    running.client.headers["Connection"] = "close"
    yield running
    running.close()
    services.close()
