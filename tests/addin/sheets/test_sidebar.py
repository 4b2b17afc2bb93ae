"""The sidebar in a real browser, before the real script and a real service: what a person does with it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import FrameLocator, Page, expect, sync_playwright

from tests.addin.conftest import CHROMIUM
from tests.addin.sheets.host import Host
from tests.addin.sheets.sheet import host_before, served_at
from tests.serving import Served


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served_at(tmp_path_factory.mktemp("sidebar")) as running:
        yield running


@pytest.fixture(scope="module")
def host(served: Served) -> Iterator[Host]:
    """A spreadsheet whose sidebar is open."""
    with host_before(served) as opened:
        opened.call("onOpen", kind="open")
        opened.item("TVox", "Open the sidebar")
        yield opened


@pytest.fixture(scope="module")
def page(host: Host) -> Iterator[Page]:
    """The sidebar, looked at; whatever must not happen on a page fails the test that comes next."""
    if CHROMIUM is None:
        pytest.skip("no browser here: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        opened = browser.new_page(viewport={"width": 320, "height": 900})
        opened.set_default_timeout(15_000)
        failures: list[str] = []
        opened.on("pageerror", lambda failure: failures.append(str(failure)))
        opened.goto(host.front())
        yield opened
        browser.close()
    assert failures == []


@pytest.fixture
def sidebar(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def press(sidebar: FrameLocator, name: str) -> None:
    sidebar.get_by_role("button", name=name, exact=True).click()


def signed_in(sidebar: FrameLocator, served: Served) -> None:
    """Sign in where nobody has."""
    expect(sidebar.locator("main")).to_have_attribute("aria-busy", "false")
    if sidebar.get_by_role("tab", name="Table").count() == 0:
        sidebar.get_by_label("Your key").fill(served.key)
        press(sidebar, "Sign in")
        expect(sidebar.get_by_role("combobox", name="Columns")).to_be_visible()


def test_a_wrong_key_is_told_and_the_right_one_opens(
    page: Page, sidebar: FrameLocator, host: Host, served: Served
) -> None:
    if sidebar.get_by_role("tab", name="Table").count():
        host.sidebar("tvoxSignOut")
        page.reload()
    sidebar.get_by_label("Your key").fill("WRONG-KEY")
    press(sidebar, "Sign in")
    expect(sidebar.get_by_role("status")).to_contain_text("The key is not known")
    signed_in(sidebar, served)
    expect(sidebar.get_by_role("tab")).to_have_text(["Table", "Pinned", "Settings"])
    assert served.key not in str(host.state())  # what the document keeps is a token


def test_a_question_is_put_together_previewed_inserted_and_pinned(
    sidebar: FrameLocator, host: Host, served: Served
) -> None:
    signed_in(sidebar, served)
    sidebar.get_by_role("tab", name="Table").click()
    columns = sidebar.get_by_role("combobox", name="Columns")
    for typed in ("cl", "waitDuration", "service", "startT"):
        columns.press_sequentially(typed)
        columns.press("Enter")
    columns.press("Escape")
    chosen = sidebar.get_by_role("list", name="Columns, chosen").get_by_role("listitem")
    expect(chosen).to_have_text([re.compile(name) for name in ("cli", "waitDuration", "service", "startTime")])
    sidebar.get_by_role("button", name="Take startTime away").click()
    expect(chosen).to_have_count(3)

    text = sidebar.get_by_role("combobox", name="Filter")
    text.press_sequentially("stat")
    expect(sidebar.locator(".completed ul:not([hidden]) li").first).to_contain_text("status")
    text.press("Enter")
    text.press_sequentially("eq 'HANG")
    text.press("Enter")
    expect(text).to_have_value("status eq 'HANGUP' ")
    text.press("Escape")

    sidebar.get_by_text("Add a condition by choosing").click()
    sidebar.get_by_label("Column of the condition").select_option("waitDuration")
    sidebar.get_by_label("Comparison").select_option("gt")
    sidebar.get_by_label("Value").fill("many")
    press(sidebar, "Add condition")
    expect(sidebar.get_by_role("status")).to_have_text("waitDuration is a number: many is none.")
    sidebar.get_by_label("Value").fill("30")
    press(sidebar, "Add condition")
    expect(text).to_have_value("status eq 'HANGUP' and waitDuration gt 30")

    sidebar.get_by_label("When").select_option("MONTH")
    sidebar.get_by_label("Month", exact=True).fill("2026-11")
    press(sidebar, "Preview")
    rows = sidebar.get_by_role("table", name="The first rows").get_by_role("row")
    expect(rows.first).to_have_text("cliwaitDurationservice")
    shown = rows.count() - 1
    press(sidebar, "Insert formula")
    expect(sidebar.get_by_role("status")).to_have_text("Inserted into Sheet1!A1.")
    condition = "status eq 'HANGUP' and waitDuration gt 30"
    written = f'=TVOX("inboundCalls";"2026-11";;"cli,waitDuration,service";"{condition}";;TVOX_STAMP)'
    expect(sidebar.locator(".formula")).to_have_text(written)
    cells = host.read("Sheet1!A1:C40")
    assert cells.values[0] == ["cli", "waitDuration", "service"]
    filled = [line for line in cells.values[1:] if line[1] not in ("", None)]
    assert len(filled) == shown > 0
    assert all(isinstance(line[1], float | int) and line[1] > 30 for line in filled)

    press(sidebar, "Pin …")
    sidebar.get_by_label("Name").fill("Hang-ups")
    sidebar.get_by_label("Where it begins").fill("Sheet1!H1")
    press(sidebar, "Pin")
    tab = sidebar.get_by_role("tab", name="Pinned")
    expect(tab).to_have_text("Pinned (1)")
    tab.click()
    expect(sidebar.get_by_role("listitem").filter(has_text="Hang-ups")).to_contain_text(
        "Sheet1!H1 · Replace all rows, every hour"
    )
    assert host.values("Sheet1!H1:J1") == [["cli", "waitDuration", "service"]]
    press(sidebar, "Refresh")
    expect(sidebar.get_by_role("status")).to_be_empty()
    press(sidebar, "Unpin")
    expect(sidebar.get_by_text("None yet")).to_be_visible()
    assert host.values("Sheet1!H1:H1") == [["cli"]]  # its rows stay
    sidebar.get_by_role("tab", name="Settings").click()
    press(sidebar, "Log")
    expect(sidebar.get_by_role("table", name="When pinned tables were written")).to_contain_text("Hang-ups")


def test_the_tabs_are_reached_by_the_keyboard(sidebar: FrameLocator, served: Served) -> None:
    signed_in(sidebar, served)
    table = sidebar.get_by_role("tab", name="Table")
    table.click()
    table.press("ArrowRight")
    expect(sidebar.get_by_role("tab", name="Pinned")).to_be_focused()
    expect(sidebar.get_by_role("tabpanel")).to_have_attribute("id", "panel-1")


def test_settings_are_kept_and_the_self_test_speaks(sidebar: FrameLocator, host: Host, served: Served) -> None:
    signed_in(sidebar, served)
    sidebar.get_by_role("tab", name="Settings").click()
    expect(sidebar.get_by_text("Signed in with the key tests")).to_be_visible()
    sidebar.get_by_label("Minutes for which an answer is kept").fill("25")
    press(sidebar, "Save")
    expect(sidebar.get_by_role("status")).to_have_text("Saved.")
    assert host.sidebar("tvoxSettings")["cacheMinutes"] == 25
    press(sidebar, "Self-test")
    expect(sidebar.locator("dd").first).to_contain_text("Good")


def test_signed_out_nothing_is_shown_any_more(sidebar: FrameLocator, host: Host, served: Served) -> None:
    signed_in(sidebar, served)
    sidebar.get_by_role("tab", name="Settings").click()
    press(sidebar, "Sign out")
    expect(sidebar.get_by_label("Your key")).to_be_visible()
    assert sidebar.get_by_role("tab").count() == 0
    assert host.sidebar("tvoxState")["isSignedIn"] is False
