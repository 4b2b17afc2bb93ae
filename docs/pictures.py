"""Takes the pictures of the documentation anew: a demo centre, a real browser."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ((("/", "home.png", 1280, 1500)), ("/docs", "docs.png", 1280, 1300))
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
        address = next(line.split()[-1].rstrip("/") for line in service.stdout if "is ready" in line)
        try:
            for path, name, width, height in PICTURES:
                words = [f"--user-data-dir={folder}/browser", f"--window-size={width},{height}"]
                picture = ROOT / "docs" / "pictures" / name
                subprocess.run(
                    [chromium, *QUIET, *CLOSED, *words, f"--screenshot={picture}", address + path],
                    check=True,
                    stderr=subprocess.DEVNULL,
                )
        finally:
            service.terminate()
            service.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
