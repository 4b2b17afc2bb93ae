"""The API reference: complete, and every command on it does what it says."""

import re
from collections.abc import Iterator

import httpx
import pytest

from api import formulas
from api.formulas import PLACEHOLDER
from api.parameters import PARAMETERS
from api.reference import HEADERS, error_groups
from api.samples import sample_of
from formats import formats
from tabular.errors import TablesError
from tests.api.markup import Markup, assert_sound, commands
from tests.serving import Served, opened_at
from tests.steps import CALLS, SUMMARIES, batches, moment, step


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service that holds a few calls."""
    services = opened_at(tmp_path_factory.mktemp("docs") / "tvox.duckdb")
    with services.store.writing("test") as writing:
        writing.merge(CALLS, batches([step(moment(f"2026-11-20T08:{i:02}"), 0, i) for i in range(20)]), SUMMARIES)
    running = Served(services)
    yield running
    running.close()
    services.close()


@pytest.fixture(scope="module")
def page(served: Served) -> Markup:
    """The reference as anybody sees it."""
    answer = httpx.get(f"{served.address}/docs", trust_env=False)
    assert answer.status_code == 200
    return Markup(answer.text)


def kinds(branch: type[TablesError] = TablesError) -> list[type[TablesError]]:
    """Every error that can be raised: the leaves of the tree."""
    below = branch.__subclasses__()
    return [leaf for kind in below for leaf in kinds(kind)] if below else [branch]


def test_the_page_is_sound_and_accessible(page: Markup) -> None:
    assert_sound(page)


def test_every_parameter_is_there_with_its_meaning_and_a_command(page: Markup) -> None:
    for parameter in PARAMETERS:
        assert f"parameter-{parameter.name}" in page.values("id")
        assert parameter.meaning.replace("`", "") in page.text
        assert any(re.search(rf"[?&]{parameter.name}[=&]", text) for text in page.copies), parameter.name


def test_every_format_is_there(page: Markup) -> None:
    for form in formats().values():
        assert f".{form.name}" in page.text
        assert form.media_type in page.text
        assert form.description.replace("`", "") in page.text
        assert any(f"/inboundCalls.{form.name}?" in text for text in page.copies)


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_every_error_is_there_with_a_sample(page: Markup, kind: type[TablesError]) -> None:
    sample = sample_of(kind)
    said = f"{sample.message} {sample.hint}" if sample.hint else sample.message
    place = page.cells.index(kind.code)
    assert page.cells[place : place + 3] == [kind.code, str(kind.status), said]


def test_no_error_is_left_out_of_the_groups() -> None:
    codes = [sample.code for group in error_groups() for sample in group.samples]
    assert sorted(codes) == sorted(kind.code for kind in kinds())
    assert all(group.meaning for group in error_groups())


def test_every_command_does_what_it_says(page: Markup, served: Served) -> None:
    for address, headers, credentials, body in commands(page):
        sent = {name: value.replace(PLACEHOLDER, served.key) for name, value in headers.items()}
        basic = None if credentials is None else (credentials[0], credentials[1].replace(PLACEHOLDER, served.key))
        url = address.replace(PLACEHOLDER, served.key)
        method = "GET" if body is None else "POST"
        answer = httpx.request(method, url, headers=sent, auth=basic, content=body, trust_env=False)
        mistyped, wrong = "/inboundCall." in url, "errors=http" in url
        expected = 404 if mistyped else 400 if wrong else 201 if url.endswith("/links") else 200
        assert answer.status_code == expected, (address, answer.text)
        assert '"errors"' not in answer.text
        if mistyped:
            assert answer.text.strip() in page.text


def test_the_four_spellings_of_the_key_are_there(page: Markup) -> None:
    shown = zip(
        page.copies[1:5], ("X-Telenia-APIKey: ", "Authorization: Bearer ", '-u "anyone:', "api_key="), strict=True
    )
    assert all(f"{spelling}{PLACEHOLDER}" in text for text, spelling in shown)


def test_every_branch_of_the_tree_has_a_title() -> None:
    assert not [group.title for group in error_groups() if group.title.isidentifier()]


def test_every_header_is_on_an_answer(page: Markup, served: Served) -> None:
    answer = served.get("/tables/inboundCalls.grid?limit=5")
    for name, meaning in HEADERS:
        assert name in answer.headers
        assert name in page.cells
        assert meaning in page.text


def test_every_address_is_there(page: Markup, served: Served) -> None:
    paths = served.get("/openapi.json").json()["paths"]
    assert {"/tables", "/tables/{name}", "/health"} <= set(paths)
    assert all(path in page.cells for path in paths)


def test_no_key_is_on_the_page(served: Served) -> None:
    answer = served.get(f"/docs?api_key={served.key}&nonsense=1")
    assert answer.status_code == 200
    assert served.key not in answer.text


def test_parameters_without_a_value_stand_alone() -> None:
    assert formulas.rows_address("http://h", "t", "csv", {"today": ""}) == "http://h/tables/t.csv?today"
