"""Takes the pictures of the documentation anew: a demo centre, a real browser."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "pictures"
PICTURES = ((("/", "home.png", 1280, 1500)), ("/docs", "docs.png", 1280, 1300))
MASK = "XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX"
HEADERS = "[data-uri*=request-headers]"
QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-sync")
CLOSED = ("--disable-background-networking", "--disable-component-update", "--disable-quic")


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
        address = _last_word(service.stdout, "is ready").rstrip("/")
        try:
            for path, name, width, height in PICTURES:
                words = [f"--user-data-dir={folder}/browser", f"--window-size={width},{height}"]
                subprocess.run(
                    [chromium, *QUIET, *CLOSED, *words, f"--screenshot={FOLDER / name}", address + path],
                    check=True,
                    stderr=subprocess.DEVNULL,
                )
            _playground(chromium, address, _last_word(service.stdout, "Demo key:"))
        finally:
            service.terminate()
            service.wait()
    return 0


def _playground(chromium: str, address: str, key: str) -> None:
    """The example of the Playground, run with a key that the picture does not show."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.goto(f"{address}/datamodel")
        page.locator(f"{HEADERS} .view-lines").click()
        page.keyboard.press("Control+A")
        page.keyboard.insert_text(key)  # goes between the quotes by itself
        page.get_by_role("status").filter(has_not_text="key").wait_for(state="attached")
        page.get_by_role("button", name="Execute query").click()
        page.locator("[data-uri*=response]").get_by_text("startTime").first.wait_for()
        shown = page.locator(f"{HEADERS} .view-line span[class^=mtk]", has_text=key)
        shown.evaluate("(text, mask) => { text.textContent = mask; }", f'"{MASK}"')
        page.mouse.move(640, 20)
        page.screenshot(path=FOLDER / "playground.png")
        browser.close()


def _last_word(lines: IO[str], after: str) -> str:
    """The last word of the first line that says something."""
    return next(line.split()[-1] for line in lines if after in line)


if __name__ == "__main__":
    sys.exit(main())
