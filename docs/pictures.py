"""Takes the pictures of the documentation anew: a demo centre, a real browser."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from addin import build  # noqa: E402  # found by the line above
from addin.place import Place  # noqa: E402
from addin.sheets import code_text, manifest_text  # noqa: E402
from tests.addin.sheets.host import Host  # noqa: E402

FOLDER = ROOT / "docs" / "pictures"
WIDTH = 1280
PICTURES = (
    ("/", "home.png", 1500),
    ("/addin/sheets/", "sheets.png", 1240),
    ("/docs", "docs.png", 1300),
    ("/addin/", "addin.png", 1240),
    ("/datamodel", "playground.png", 860),
)
WORLD = "https://tables.example.com"
MASK = "XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX"
HEADERS = "[data-uri*=request-headers]"


def main() -> int:
    """Write docs/pictures/*.png; 1 without Chromium."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.stderr.write("Install Chromium to take the pictures: apt-get install chromium\n")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "tvox.duckdb"
        environment = {k: v for k, v in os.environ.items() if not k.startswith("TVOX_")}
        service = subprocess.Popen(
            [sys.executable, str(ROOT / "main.py"), "serve", "--port", "8000", "--store", str(store)],
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        assert service.stdout is not None
        try:
            address = _last_word(service.stdout, "is ready").rstrip("/")
            _take(chromium, address, _last_word(service.stdout, "Demo key:"))
        finally:
            service.terminate()
            service.wait()
    return 0


def _take(chromium: str, address: str, key: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for path, name, height in PICTURES:
            page = browser.new_page(viewport={"width": WIDTH, "height": height})
            answer = page.goto(address + path)
            assert answer is not None
            assert answer.ok, f"{path}: {answer.status}"
            if path == "/datamodel":
                _run_example(page, key)
            page.screenshot(path=FOLDER / name)
        _take_sidebar(browser, address, key)
        browser.close()


def _take_sidebar(browser: Browser, address: str, key: str) -> None:
    """The sidebar of a spreadsheet that is played here, with a question put together and previewed."""
    node = build.node()
    assert node is not None
    place = Place(WORLD, "api_key", "Europe/Rome")
    with Host(node.binary, now=datetime.now(UTC), locale="it_IT") as host:
        host.configure(routes={WORLD: address})
        host.load(code_text(place), json.loads(manifest_text(place))["oauthScopes"])
        host.sidebar("tvoxSignInWithKey", key)
        host.call("tvoxOpenSidebar")
        page = browser.new_page(viewport={"width": 300, "height": 860}, device_scale_factor=2)
        page.goto(host.front())
        sidebar = page.frame_locator("iframe")
        columns = sidebar.get_by_role("combobox", name="Columns")
        for name in ("startTime", "cli", "service", "waitDuration"):
            columns.fill(name)
            columns.press("Enter")
        columns.press("Escape")
        sidebar.get_by_role("combobox", name="Filter").fill("status eq 'HANGUP' and waitDuration gt 30")
        sidebar.get_by_role("button", name="Insert formula").click()
        sidebar.locator(".formula:not([hidden])").wait_for()
        sidebar.get_by_role("button", name="Preview").click()
        sidebar.get_by_role("table").wait_for()
        page.mouse.move(290, 850)
        page.screenshot(path=FOLDER / "sidebar.png")


def _run_example(page: Page, key: str) -> None:
    """Run the example of the Playground with a key, and mask that."""
    page.locator(f"{HEADERS} .view-lines").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(key)  # goes between the quotes by itself
    page.get_by_role("status").filter(has_not_text="key").wait_for(state="attached")
    page.get_by_role("button", name="Execute query").click()
    page.locator("[data-uri*=response]").get_by_text("startTime").first.wait_for()
    shown = page.locator(f"{HEADERS} .view-line span[class^=mtk]", has_text=key)
    shown.evaluate("(text, mask) => { text.textContent = mask; }", f'"{MASK}"')
    page.mouse.move(WIDTH // 2, 20)


def _last_word(lines: IO[str], after: str) -> str:
    """The last word of the first line that says something."""
    return next(line.split()[-1] for line in lines if after in line)


if __name__ == "__main__":
    sys.exit(main())
