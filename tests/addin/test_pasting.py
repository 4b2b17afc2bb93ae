"""The page of Excel and Power BI in a real browser: what is pasted is copied whole, and a phone can read it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext

from addin.place import Place
from addin.powerquery import query_text
from tests.serving import Served, opened_at
from tests.steps import CALLS


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The real app over nothing: the page shows no rows."""
    services = opened_at(tmp_path_factory.mktemp("pasting") / "tvox.duckdb")
    running = Served(services)
    yield running
    running.close()
    services.close()


def test_a_click_selects_a_whole_query_and_a_phone_shows_all_of_it(visits: BrowserContext, served: Served) -> None:
    page = visits.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.goto(f"{served.address}/addin/#{CALLS.name}")  # the link of the front page
    query = page.locator(f"#{CALLS.name} .copy")
    query.click(position={"x": 40, "y": 40})
    selected = page.evaluate("getSelection().toString()")
    widths = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    page.close()

    place = Place(served.address, "api_key", served.services.settings.centre_zone)
    assert selected.strip() == query_text(CALLS, place).strip()
    assert widths == [390, 390]
    assert complaints == []
