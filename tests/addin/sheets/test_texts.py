"""The text that is pasted, and the manifest: complete, explained, and nothing that Google would not take."""

import json
import re

from addin.place import Place
from addin.sheets import code_text, manifest_text
from addin.sheets.texts import SCRIPT, SOURCES
from tabular.release import RELEASE

PLACE = Place("https://tables.example.com", "api_key", "Europe/Rome")
FUNCTION = re.compile(r"(?:/\*\*((?:(?!\*/).)*?)\*/\n)?^function (\w+)\(([^)]*)\)", re.DOTALL | re.MULTILINE)
CELLS = ("TVOX", "TVOX_COUNT", "TVOX_QUERY", "TVOX_TABLES", "TVOX_COLUMNS", "TVOX_SELFTEST", "IMPORTJSONAPI")


def functions() -> dict[str, tuple[str, list[str]]]:
    """Every function of the script: its JSDoc, and the names of its parameters."""
    found = {}
    for doc, name, given in FUNCTION.findall(code_text(PLACE)):
        found[name] = (doc, [one.strip().removeprefix("...") for one in given.split(",") if one.strip()])
    return found


def test_every_source_is_part_of_it() -> None:
    assert sorted(SOURCES) == sorted(path.stem for path in SCRIPT.glob("*.js"))
    assert not [name for name in SOURCES if not 10 <= len((SCRIPT / f"{name}.js").read_text().splitlines()) <= 300]


def test_it_knows_the_service_and_its_release() -> None:
    code = code_text(PLACE)
    assert code.count(PLACE.address) == 1
    assert f'const RELEASE = "{RELEASE}";' in code
    assert not re.search(r'"%[A-Z]+%"', code)
    # An address is a text, whatever stands in it.
    assert 'const SERVICE = "https://a\\"b";' in code_text(Place('https://a"b', "api_key", "Europe/Rome"))


def test_what_cells_call_is_explained_in_full() -> None:
    known = functions()
    assert [name for name, (doc, _) in known.items() if "@customfunction" in doc] == list(CELLS)
    for name in CELLS:
        doc, parameters = known[name]
        told = re.findall(r"@param \{[^}]+\} \[?(\w+)\]? (\S.{15,})", doc)
        assert [one for one, _ in told] == parameters, name
        assert re.search(r"@return \{[^}]+\} \S.{5,}", doc), name
        assert re.match(r"\s*\* [A-Z][^@]{20,}\.", doc), name


def test_what_menu_sidebar_and_triggers_call_is_explained() -> None:
    public = {name: told for name, told in functions().items() if not name.endswith("_")}
    assert len(public) > 25
    for name, (doc, parameters) in public.items():
        assert re.match(r"\s*\* ?[A-Z].+", doc) or re.match(r" [A-Z].+", doc), name
        assert re.findall(r"@param \{.+\} \[?(\w+)\]?", doc) == parameters, name


def test_no_two_names_differ_by_case_alone() -> None:
    """For cells TVOX and tvox are one function."""
    names = [name.lower() for name in functions() if not name.endswith("_")]
    assert len(names) == len(set(names))


def test_the_manifest_is_one() -> None:
    """What the schema of manifests says of the fields that are in it."""
    manifest = json.loads(manifest_text(PLACE))
    assert manifest == {
        "timeZone": "Europe/Rome",
        "dependencies": {},
        "exceptionLogging": "STACKDRIVER",
        "runtimeVersion": "V8",
        "oauthScopes": manifest["oauthScopes"],
    }
    for scope in manifest["oauthScopes"]:
        assert scope == "openid" or re.fullmatch(r"https://www\.googleapis\.com/auth/[a-z._]+", scope)
    assert len(set(manifest["oauthScopes"])) == len(manifest["oauthScopes"]) == 6
