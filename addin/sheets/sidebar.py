"""The sidebar: one page with its style and script inside, since Google shows a page as one text."""

from pathlib import Path

FOLDER = Path(__file__).with_name("sidebar")

SOURCES = (
    *("server", "elements", "completing", "filtering", "windows"),
    *("choosing", "asking", "pinning", "standing", "main"),
)
"""The sources of its script; the last one begins."""


def sidebar_text() -> str:
    """The page, complete."""
    script = "\n".join((FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in SOURCES)
    page = (FOLDER / "page.html").read_text(encoding="utf-8")
    style = (FOLDER / "style.css").read_text(encoding="utf-8")
    return page.replace("%STYLE%", style).replace("%SCRIPT%", script)
