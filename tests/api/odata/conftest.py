"""A service over calls of three months, shared by the tests that only read."""

from collections.abc import Iterator

import pytest

from tests.api.odata.rows import filled
from tests.serving import Served, opened_at


@pytest.fixture(scope="session")
def odata(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service whose store nobody changes."""
    services = opened_at(tmp_path_factory.mktemp("odata") / "tvox.duckdb")
    filled(services)
    running = Served(services)
    yield running
    running.close()
    services.close()
