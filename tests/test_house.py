"""The house keeps its rules: sizes, names, settings and documents that are in step."""

import re
import subprocess
from pathlib import Path

from api.parameters import PARAMETERS
from api.settings import Settings
from datamodel.catalogue import documented
from formats import formats
from tests.commands import ROOT
from tests.tabular.test_errors import leaves

ROOMS = (
    *("commands", "api", "answers", "connectors", "formats", "odata", "datamodel", "store", "tabular"),
    *("addin/excel", "addin/powerbi", "addin/powerquery", "addin/sheets"),
)
CEILING = 400


def sources() -> list[Path]:
    """Every Python file of the rooms."""
    return [ROOT / "main.py", *(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))]


def beside() -> list[Path]:
    """Every Python file beside the rooms."""
    return [path for room in ("tests", "bench", "docs") for path in (ROOT / room).rglob("*.py")]


def test_no_file_is_two_files() -> None:
    long = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in sources() + beside()}
    assert not {name: lines for name, lines in long.items() if lines > CEILING}


def test_names_say_what_is_inside() -> None:
    vague = {"utils", "helpers", "common", "base", "manager", "misc"}
    assert not [path for path in sources() if path.stem in vague]


def test_every_module_says_what_it_is_in_one_sentence() -> None:
    for path in sources():
        text = path.read_text()
        assert not text or re.match(r'"""[^\n]+[.:]("""|\n)', text), path


def test_every_error_of_the_tree_is_raised_somewhere() -> None:
    code = "".join(path.read_text() for path in sources() if "errors" not in path.parts)
    assert not [kind.__name__ for kind in leaves() if not re.search(rf"\b{kind.__name__}\(", code)]


def test_only_the_settings_read_the_environment() -> None:
    for path in sources():
        if path.name != "settings.py":
            assert not re.search(r"os\.environ|getenv", path.read_text()), path


def test_documents_name_every_table_format_parameter_setting_and_code() -> None:
    readme = (ROOT / "README.md").read_text()
    named = [
        *(table.name for table in documented()),
        *(f"| `{name}` |" for name in formats()),
        *(f"| `{parameter.name}` |" for parameter in PARAMETERS),
        *(f"TVOX_{name.upper()}" for name in Settings.model_fields),
    ]
    assert not [name for name in named if name not in readme]
    listed = (ROOT / "docs" / "errors.md").read_text()
    assert not [kind.code for kind in leaves() if f"| {kind.code} |" not in listed]


def test_every_link_of_the_documents_leads_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_nothing_names_a_registry_or_this_machine() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    forbidden = re.compile(
        "|".join(["registry" + r"\.npmjs", "pypi" + r"\.org", "files\\.python" + "hosted", "/wo" + "rk/"])
    )
    for name in tracked:
        path = ROOT / name
        if path.suffix in {".py", ".md", ".toml", ".txt", ".graphql", ".html", ""} and path.is_file():
            found = forbidden.search(path.read_text(encoding="utf-8", errors="replace"))
            assert found is None, f"{name}: {found}"
