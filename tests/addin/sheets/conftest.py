"""A service and a sheet for each module."""

from collections.abc import Iterator

import pytest

from tests.addin.sheets.host import Host
from tests.addin.sheets.sheet import served_at, sheet_before
from tests.serving import Served


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The real service."""
    with served_at(tmp_path_factory.mktemp("sheets")) as running:
        yield running


@pytest.fixture(scope="module")
def sheet(served: Served) -> Iterator[Host]:
    """A sheet that is signed in."""
    with sheet_before(served) as host:
        yield host
