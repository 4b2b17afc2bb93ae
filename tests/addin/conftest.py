"""Fixtures of the pages: a demo centre behind the real app, and a browser."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, sync_playwright

from addin import build
from answers.filling import fill
from datamodel.demo import DemoCentre
from tests.serving import Served, opened_at
from tests.steps import NOW

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="session")
def built() -> None:
    """The pages are there; where they cannot be built, a test says so."""
    if not build.DONE.exists():
        assert build.node() is None, "build the pages first: make install"
        pytest.skip("the pages are not built: install Node 20.19 or newer, then make install")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The real app over two months of a small demo centre; its time is NOW."""
    services = opened_at(tmp_path_factory.mktemp("pages") / "tvox.duckdb")
    centre = DemoCentre(300, 1, services.settings.centre_zone, now=NOW, months=2)
    fill(centre, services.store, services.catalogue, lambda _: None)
    running = Served(services)
    yield running
    running.close()
    services.close()


@pytest.fixture(scope="module")
def visits(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """Chromium without a window; with a folder of its own it keeps what it has compiled for the next visit."""
    if CHROMIUM is None:
        pytest.skip("no browser here: apt-get install chromium")
    words = ["--no-sandbox", "--disable-gpu", "--renderer-process-limit=1"]
    with sync_playwright() as playwright:
        folder = tmp_path_factory.mktemp("browser")
        context = playwright.chromium.launch_persistent_context(folder, executable_path=CHROMIUM, args=words)
        yield context
        context.close()
