"""The paths of the OASIS ABNF test cases, which nobody on this project wrote."""

import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from odata.address import parse
from tabular.errors import AddressWrong, TablesError
from tests.conftest import SHARED

FOLDER = SHARED / "cases" / "odata-abnf"

pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="the shared cases are not here")

RULES = ("resourcePath", "odataRelativeUri", "odataUri")

ROOTS = (
    "/OData/OData.svc/",
    "/service/",
    "/MyService/",
    "/Model.Container/",
    "/",
)
"""The paths of the service roots that the cases of whole addresses have."""

ONLY_NAMES_DECIDE = {
    "Categories/TheBestProduct()": "there is no such function of categories",
    "Categories(1)/Address/$value": "an address is no primitive value",
    "Categories(1)/Thumbnail/$value": "a stream is asked for without $value",
}
"""Negative cases whose path is well-formed: who knows the names refuses them."""


def cases() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for name in ("abnf", "aggregation", "temporal"):
        path = FOLDER / f"odata-{name}-testcases.json"
        if path.exists():
            found += [case for case in json.loads(path.read_text())["TestCases"] if case["Rule"] in RULES]
    return found


def path_of(case: dict[str, Any]) -> str:
    """The path of a case behind the service's root, as it stands there."""
    text = str(case["Input"])
    if case["Rule"] == "resourcePath":
        return text
    path = urlsplit(text).path if "://" in text else text.partition("?")[0].partition("#")[0]
    if case["Rule"] == "odataUri" and path.startswith("/"):
        root = next(root for root in ROOTS if path.startswith(root))
        return path.removeprefix(root)
    return path


def is_about_options(case: dict[str, Any]) -> bool:
    """Whether what the grammar forbids stands behind the path."""
    path, sign, _ = case["Input"].partition("?")
    return bool(sign) and case["FailAt"] > len(path)


def name_of(case: dict[str, Any]) -> str:
    return f"{case['Rule']}: {case['Input'][:150]}"


ALL = cases()
ALLOWED = [case for case in ALL if "FailAt" not in case or is_about_options(case)]
FORBIDDEN = [case for case in ALL if "FailAt" in case and not is_about_options(case)]


def test_every_case_of_a_path_is_looked_at() -> None:
    assert len(ALLOWED) + len(FORBIDDEN) == 252
    assert len(FORBIDDEN) == 17


@pytest.mark.parametrize("case", ALLOWED, ids=name_of)
def test_what_the_grammar_allows_is_read(case: dict[str, Any]) -> None:
    parse(path_of(case))


@pytest.mark.parametrize("case", FORBIDDEN, ids=name_of)
def test_what_the_grammar_forbids_is_refused(case: dict[str, Any]) -> None:
    path = path_of(case)
    if path in ONLY_NAMES_DECIDE:
        parse(path)
        return
    with pytest.raises(TablesError) as refused:
        parse(path)
    assert isinstance(refused.value, AddressWrong)
    # The grammar fails at the first letter that it cannot read; the sentence points to no letter behind the path.
    assert 0 <= refused.value.offset <= len(path)
