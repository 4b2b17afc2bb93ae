"""The sources of the pages keep the rules of the house."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from addin.build import WEB
from tests.commands import ROOT
from tests.test_house import CEILING

MADE = {"node_modules", "dist", ".tests"}


def _sources(folder: Path) -> Iterator[Path]:
    """The sources below a folder. What others wrote, thousands of files, is not looked through."""
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name not in MADE:
            yield from _sources(path)
        elif path.suffix in {".ts", ".tsx", ".js", ".css"}:
            yield path


SOURCES = list(_sources(WEB))


def test_no_file_is_two_files() -> None:
    assert len(SOURCES) > 10
    assert not [path.name for path in SOURCES if len(path.read_text().splitlines()) > CEILING]


def test_nothing_is_loaded_from_elsewhere() -> None:
    pages = [*SOURCES, *WEB.glob("*.html")]
    # What plays a foreign host in tests names its addresses, and is part of no page.
    text = {path.name: path.read_text() for path in pages if not {"tests", "appsscript"} & set(path.parts)}
    named = {name: set(re.findall(r"https?://[^\s'\"`)]+", said)) for name, said in text.items()}
    assert {name: hosts for name, hosts in named.items() if hosts} == {"datamodel.html": {"http://www.w3.org/2000/svg"}}


def test_packages_are_pinned_and_their_lock_names_no_address() -> None:
    package = json.loads((WEB / "package.json").read_text())
    lock = json.loads((WEB / "package-lock.json").read_text())["packages"]
    for name, version in (package["dependencies"] | package["devDependencies"]).items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
        assert lock[f"node_modules/{name}"]["version"] == version
    assert not [name for name, entry in lock.items() if "resolved" in entry]
    assert all("integrity" in entry for name, entry in lock.items() if name and not entry.get("inBundle"))


def test_the_tokens_are_those_of_the_other_pages() -> None:
    other = (ROOT / "api" / "pages" / "style.css").read_text()
    light, dark = (
        dict(re.findall(r"--([\w-]+): (.+);", block)) for block in re.findall(r":root \{([^}]*)\}", other)[:2]
    )
    tokens = dict(re.findall(r"--([\w-]+): (.+);", (ROOT / "addin" / "web" / "look" / "tokens.css").read_text()))
    expected = {name: f"light-dark({value}, {dark[name]})" if name in dark else value for name, value in light.items()}
    assert tokens == expected
