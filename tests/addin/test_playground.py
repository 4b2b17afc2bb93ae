"""The Playground in a real browser: what the vendor's documentation says of it, and what a key is owed."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.addin.watched import HEADERS, QUERY, RESULT, Watched
from tests.serving import Served

MASK = "XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX"


@pytest.fixture
def playground(visits: BrowserContext, served: Served) -> Iterator[Watched]:
    """The page as somebody sees it for the first time; nothing may have been wrong with it in the end."""
    with Watched(visits, served) as opened:
        yield opened
        assert opened.complaints == []
        assert_nothing_leaked(opened, served)


def assert_nothing_leaked(playground: Watched, served: Served) -> None:
    assert playground.strangers() == set()
    kept = playground.page.evaluate("JSON.stringify({ ...localStorage, ...sessionStorage })")
    assert served.key not in kept
    assert not [request.url for request in playground.asked if served.key in request.url]


def run_query(playground: Watched) -> dict[str, object]:
    """Press the play button; the answer that came."""
    with playground.page.expect_response(lambda answer: "/datamodel/query" in answer.url) as answer:
        playground.page.get_by_role("button", name="Execute query").click()
    found = answer.value.json()
    assert isinstance(found, dict)
    return found


def test_the_way_from_the_first_visit_to_the_next(playground: Watched, served: Served) -> None:
    """One visit, as it goes: each part begins where the one before has led."""
    assert_a_first_visit_asks_nothing(playground)
    assert_a_key_that_is_typed_is_asked_about_once(playground, served)
    assert_the_documentation_explains_a_field(playground)
    answer = assert_the_example_runs(playground)
    assert_a_long_answer_can_be_read_to_its_end(playground)
    assert_a_copied_command_gives_the_same(answer, playground, served)
    assert_a_name_is_completed(playground)
    assert_a_key_stays_when_the_panes_change(playground, served)
    assert len(playground.questions()) == 3, "the schema, the example, and the example with one name more"
    assert_the_next_visit_remembers_the_query_and_not_the_key(playground, served)


def assert_a_first_visit_asks_nothing(playground: Watched) -> None:
    expect(playground.notice).to_contain_text("Paste your key into the Headers pane")
    assert json.loads(playground.text("request-headers")) == {"X-Telenia-APIKey": ""}
    assert "October 2026" in playground.text("operation")
    assert playground.text("response") == ""
    playground.page.get_by_role("button", name="Show Documentation Explorer").click()
    expect(playground.page.get_by_text("once the Headers pane holds a key")).to_be_visible()
    assert playground.questions() == []


def assert_a_key_that_is_typed_is_asked_about_once(playground: Watched, served: Served) -> None:
    playground.put_in_place("")
    with playground.page.expect_response(lambda answer: "/datamodel/query" in answer.url) as answer:
        playground.page.keyboard.type(served.key)
    assert answer.value.ok
    expect(playground.notice).to_be_empty()
    assert len(playground.questions()) == 1


def assert_the_documentation_explains_a_field(playground: Watched) -> None:
    documentation = playground.page.get_by_role("region", name="Documentation Explorer")
    documentation.get_by_text("Query", exact=True).click()
    documentation.get_by_text("inboundCalls", exact=True).click()
    expect(documentation).to_contain_text("each as the list of its steps")
    playground.page.get_by_role("button", name="Hide Documentation Explorer").click()


def assert_the_example_runs(playground: Watched) -> dict[str, object]:
    answer = run_query(playground)
    assert isinstance(answer["data"], dict)
    calls = answer["data"]["inboundCalls"]
    assert len(calls) == 100
    assert set(calls[0][0]) == {"id", "step", "startTime", "endTime"}
    expect(playground.page.locator(RESULT)).to_contain_text(calls[0][0]["id"])
    assert json.loads(playground.text("response")) == answer
    return answer


def assert_a_copied_command_gives_the_same(answer: dict[str, object], playground: Watched, served: Served) -> None:
    playground.page.get_by_role("button", name="Copy as cURL").click()
    expect(playground.notice).to_contain_text("The command is copied")
    command = playground.page.evaluate("navigator.clipboard.readText()")
    assert command.startswith(f"curl '{served.address}/datamodel/query' -H 'Accept-Encoding: gzip, deflate, br' ")
    assert served.key not in command
    assert command.count(MASK) == 1
    if shutil.which("curl") is None:
        return  # no curl here: what the command answers is not looked at
    sent = command.replace(MASK, served.key).replace("curl ", "curl -sS --noproxy '*' ", 1)
    done = subprocess.run(["sh", "-c", sent], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == answer


TOPS = """pane => [...document.querySelectorAll(`${pane} .view-line`)]
  .map((line) => line.getBoundingClientRect().top)
  .sort((a, b) => a - b)"""


def assert_a_long_answer_can_be_read_to_its_end(playground: Watched) -> None:
    lines = playground.text("response").splitlines()
    assert len(lines) > 600
    playground.page.locator(f"{RESULT} .view-lines").click()
    for _ in range(len(lines) // 20):
        tops = playground.page.evaluate(TOPS, RESULT)
        assert {round(below - above) for above, below in pairwise(tops)} == {21}, "lines stand one below the other"
        playground.page.keyboard.press("PageDown")
    last = next(line.strip() for line in reversed(lines) if '"id"' in line)
    expect(playground.page.locator(RESULT)).to_contain_text(last)


def assert_a_name_is_completed(playground: Watched) -> None:
    playground.after("endTime")
    playground.page.keyboard.press("Enter")
    playground.page.keyboard.type("waitDur")
    playground.page.locator(".suggest-widget .monaco-list-row", has_text="waitDurationOnUser").click()
    expect(playground.page.locator(QUERY)).to_contain_text("waitDurationOnUser")
    answer = run_query(playground)
    assert isinstance(answer["data"], dict)
    assert "waitDurationOnUser" in answer["data"]["inboundCalls"][0][0]


def assert_a_key_stays_when_the_panes_change(playground: Watched, served: Served) -> None:
    held = {"X-Telenia-APIKey": served.key}
    playground.page.get_by_role("button", name="New tab").click()
    expect(playground.page.locator(HEADERS)).to_contain_text(served.key)
    assert json.loads(playground.text("request-headers")) == held
    playground.page.get_by_role("button", name="Show History").click()
    playground.page.get_by_role("button", name="Set active").first.click()
    expect(playground.page.locator(HEADERS)).to_contain_text(served.key)


def assert_the_next_visit_remembers_the_query_and_not_the_key(playground: Watched, served: Served) -> None:
    playground.after("waitDurationOnUser")
    playground.page.keyboard.insert_text(f"\n# mine, {served.key}")
    playground.remembers("# mine")
    playground.open()
    assert "# mine" in playground.text("operation")
    assert json.loads(playground.text("request-headers")) == {"X-Telenia-APIKey": ""}
    playground.with_schema()
    playground.page.get_by_role("button", name="Set active").first.click()
    expect(playground.page.locator(HEADERS)).to_contain_text(served.key)


def test_a_wrong_key_is_told_and_the_right_one_pasted_anywhere_goes_in_its_place(
    visits: BrowserContext, served: Served
) -> None:
    with Watched(visits, served) as playground:
        with playground.page.expect_response(lambda answer: "/datamodel/query" in answer.url) as answer:
            playground.put_in_place("AAAAAAAA-BBBBBBBB-CCCCCCCC-DDDDDDDD")
        assert answer.value.status == 401
        fault = answer.value.json()["errors"][0]
        expect(playground.notice).to_contain_text(fault["message"])
        assert playground.text("response") == ""
        assert len(playground.questions()) == 1

        playground.page.evaluate("key => navigator.clipboard.writeText(key)", served.key)
        playground.page.locator(f"{HEADERS} .view-lines").click()
        playground.page.keyboard.press("Control+A")
        with playground.page.expect_response(lambda answer: "/datamodel/query" in answer.url) as answer:
            playground.page.keyboard.press("Control+V")
        assert answer.value.ok
        assert json.loads(playground.text("request-headers")) == {"X-Telenia-APIKey": served.key}
        expect(playground.notice).to_be_empty()
        assert_nothing_leaked(playground, served)
        assert all("401" in complaint for complaint in playground.complaints), "the browser's own line for a 401"


def test_it_fits_a_telephone_by_night_and_by_day(visits: BrowserContext, served: Served) -> None:
    with Watched(visits, served, (360, 740), "dark") as playground:
        playground.with_schema()
        run_query(playground)
        shown = [look(playground)]
        assert_it_fits(playground)
        playground.page.emulate_media(color_scheme="light")
        shown.append(look(playground))
        assert_it_fits(playground)
        assert shown[0] != shown[1]
        assert playground.complaints == []


def look(playground: Watched) -> object:
    return playground.page.locator(".graphiql-editors").evaluate("it => getComputedStyle(it).backgroundColor")


def assert_it_fits(playground: Watched) -> None:
    assert playground.page.evaluate("document.documentElement.scrollWidth") == 360
    for pane in (QUERY, HEADERS, RESULT):
        box = playground.page.locator(pane).bounding_box()
        assert box is not None
        assert box["width"] > 200
        assert box["height"] > 80
