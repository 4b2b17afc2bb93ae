"""What the tests of Power BI's files read: a model, as its script says, over the rows of a demo centre."""

from collections.abc import Iterator
from datetime import date

import pytest

from addin.place import Place
from addin.powerbi import starter_text
from answers.filling import fill
from api.services import Services
from datamodel.catalogue import documented
from datamodel.demo import DemoCentre
from tests.addin.powerbi.tmdl_reader import Node, read_script
from tests.serving import opened_at
from tests.steps import NOW

PLACE = Place("https://tables.example.com", "api_key", "Europe/Rome")
SPAN = (date(2026, 10, 1), date(2026, 12, 1))


@pytest.fixture(scope="session")
def script() -> str:
    """The script of the whole catalogue."""
    return starter_text(documented(), PLACE, SPAN)


@pytest.fixture(scope="session")
def model(script: str) -> Node:
    """The script as the tests' own reader has it."""
    return read_script(script)


@pytest.fixture(scope="session")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """Two months of a small demo centre."""
    services = opened_at(tmp_path_factory.mktemp("powerbi") / "tvox.duckdb")
    source = DemoCentre(300, 1, services.settings.centre_zone, now=NOW, months=2)
    fill(source, services.store, services.catalogue, lambda _: None)
    yield services
    services.close()
