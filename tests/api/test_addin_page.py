"""The page of Excel and Power BI: sound, complete, true to the files it names, and without a key."""

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from addin.place import Place
from addin.powerquery import Variant, clock_of, query_text
from api.addin.page import SETTINGS
from api.home import is_local
from api.parameters import PARAMETERS
from api.services import Services
from tests.api.markup import Markup, assert_sound
from tests.serving import Served, opened_at

OUTSIDE = "https://tables.example.com/tvox"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service that holds nothing, on this machine."""
    services = opened_at(tmp_path_factory.mktemp("addin") / "tvox.duckdb")
    running = Served(services)
    yield running
    running.close()
    services.close()


@pytest.fixture(scope="module")
def page(served: Served) -> Markup:
    """The page as anybody sees it."""
    answer = httpx.get(f"{served.address}/addin/", trust_env=False)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    return Markup(answer.text)


@pytest.fixture(scope="module")
def linked(served: Served, page: Markup) -> dict[str, str]:
    """The links of the page as they are written, and where each leads."""
    written = {link for link in page.values("href") if not link.startswith(("#", "data:"))}
    return {link: urljoin(f"{served.address}/addin/", link) for link in written}


def test_the_page_is_sound_and_accessible(page: Markup) -> None:
    assert_sound(page)
    assert (1, "Excel and Power BI, without an add-in") in page.headings


def test_it_is_found_without_its_slash_too(served: Served) -> None:
    answer = httpx.get(f"{served.address}/addin", trust_env=False)
    assert (answer.status_code, answer.headers["Location"]) == (308, "addin/")  # below whatever path a proxy has put it
    assert httpx.head(f"{served.address}/addin", trust_env=False, follow_redirects=True).status_code == 200
    head = httpx.head(f"{served.address}/addin/", trust_env=False)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Security-Policy"].startswith("default-src 'none';")


def test_every_link_answers(served: Served, linked: dict[str, str]) -> None:
    assert len(linked) > 60
    with httpx.Client(trust_env=False) as stranger:
        statuses = {link: stranger.get(address).status_code for link, address in linked.items()}
    assert {link: status for link, status in statuses.items() if status != 200} == {}


def test_every_file_of_every_table_is_linked(served: Served, linked: dict[str, str]) -> None:
    for table in served.services.catalogue:
        # A feed compares times: a clock that is a day is none for it.
        variants = [one for one in Variant if not one.is_incremental or clock_of(table, one) is not None]
        ways = [f"powerquery/{table.name}.pq?variant={one}" for one in variants if one is not Variant.ROWS]
        ways += [f"powerquery/{table.name}.pq", f"excel/{table.name}.xlsx", f"excel/{table.name}.odc"]
        assert set(ways) == {link for link in linked if re.search(rf"/{table.name}\.", link)}
    files = {"powerbi/tvox.pbids", "powerbi/model.tmdl", "powerbi/TVoxTables.mez", "powerquery/TVox.pq"}
    assert files <= set(linked)


def test_the_front_page_leads_to_each_tables_files(served: Served, page: Markup, linked: dict[str, str]) -> None:
    home = set(Markup(served.get("/").text).values("href"))
    assert "addin/" in home
    for table in served.services.catalogue:
        files = {f"excel/{table.name}.xlsx", f"excel/{table.name}.odc"}
        assert files <= set(linked)
        assert {f"addin/{file}" for file in files} | {f"addin/#{table.name}"} <= home
        assert table.name in page.values("id")


def test_a_query_is_shown_as_it_is_and_as_its_file_has_it(served: Served, page: Markup) -> None:
    shown = [text for text in page.copies if text.startswith("//")]
    place = Place(served.address, "api_key", served.services.settings.centre_zone)
    for text, table in zip(shown, served.services.catalogue, strict=True):
        assert text == query_text(table, place)
        assert text == served.get(f"/addin/powerquery/{table.name}.pq").text
        timeless = table.clock is None
        for name, _, _, _ in SETTINGS:
            assert (f"    {name} = " in text) == (not (timeless and name in ("From", "To", "Last"))), (table.name, name)


def test_the_first_lines_of_a_query_are_parameters_of_the_service(page: Markup) -> None:
    known = {parameter.name for parameter in PARAMETERS}
    for name, parameter, meaning, value in SETTINGS:
        assert parameter in known
        at = page.cells.index(name)
        assert page.cells[at : at + 4 : 3] == [name, value]
        assert page.cells[at + 2].startswith(meaning)


def test_no_key_is_on_the_page_even_if_one_was_sent(served: Served) -> None:
    answer = served.get(f"/addin/?api_key={served.key}&nonsense=1")
    assert answer.status_code == 200
    assert served.key not in answer.text
    assert served.key not in str(answer.headers)


def test_it_says_what_only_an_address_inside_costs(page: Markup) -> None:
    assert "Only inside your network" in page.text
    assert "Without https keys and rows can be read on the way" in " ".join(page.text.split())


@pytest.mark.parametrize("address", [OUTSIDE, OUTSIDE.replace("https", "http")])
def test_it_names_the_public_address_and_warns_where_that_is_not_encrypted(services: Services, address: str) -> None:
    settings = services.settings.model_copy(update={"public_url": f"{address}/"})
    running = Served(replace(services, settings=settings))
    try:
        page = Markup(running.get("/addin/").text)
    finally:
        running.close()
    assert_sound(page)
    assert not is_local(address)
    assert "Only inside your network" not in page.text
    assert ("The address is not encrypted" in page.text) == (urlsplit(address).scheme == "http")
    assert f"{address}/" in page.copies
    assert all(f'"{address}"' in text for text in page.copies if text.startswith("//"))
    assert running.address not in page.html
