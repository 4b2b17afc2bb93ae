"""The compliance suite of RFC 9535, and what IMPORTJSONAPI itself was seen to answer."""

import json
from collections import Counter
from datetime import datetime
from typing import Any

import pytest

from tabular.errors import TablesError
from tabular.jsonpath import Dialect, Style, compiled, select
from tests.conftest import SHARED

CASES = SHARED / "cases" / "jsonpath"

DEPARTURES = {
    24: "a name of other letters needs no quotes",
    25: "nor does one with a hyphen",
    26: "[*] in a column takes all elements",
    27: "the same",
    28: ".. in a column is a descent",
    29: "a filter in a column chooses elements",
    36: "^^ at the end of rows gives what holds the match",
    39: "a length of what is missing is no match, not an error",
    45: "[-1] is the last element",
    52: "names in quotes may stand together in brackets",
    61: "a missing moment is an empty cell",
}
"""Cases that are answered otherwise than by IMPORTJSONAPI, as docs/jsonpath.md says."""


@pytest.fixture(scope="module")
def suite() -> list[dict[str, Any]]:
    """The 703 tests of the compliance suite."""
    tests: list[dict[str, Any]] = json.loads((CASES / "rfc9535-cts.json").read_text())["tests"]
    return tests


@pytest.fixture(scope="module")
def importjsonapi() -> dict[str, Any]:
    """The documents and cases that were run by IMPORTJSONAPI."""
    found: dict[str, Any] = json.loads((CASES / "importjsonapi.json").read_text())
    return found


def outcomes(suite: list[dict[str, Any]], dialect: Dialect) -> Counter[str]:
    """How often valid paths give one of the standard's results, and invalid ones are refused."""
    found: Counter[str] = Counter()
    for test in suite:
        kind = "invalid" if test.get("invalid_selector") else "valid"
        try:
            values = select(test["selector"], test.get("document"), dialect)
        except TablesError:
            found[f"{kind}: refused"] += 1
            continue
        right = kind == "valid" and typed(values) in [typed(each) for each in test.get("results", [test.get("result")])]
        found[f"{kind}: {'right' if right else 'answered'}"] += 1
    return found


def typed(value: object) -> str:
    """JSON text: true is not 1 in it."""
    return json.dumps(value)


def test_the_standard_is_followed_whole(suite: list[dict[str, Any]]) -> None:
    assert outcomes(suite, Dialect.RFC9535) == {"valid: right": 456, "invalid: refused": 247}


def test_jsonpath_ng_is_followed_as_far_as_it_goes_itself(suite: list[dict[str, Any]]) -> None:
    found = outcomes(suite, Dialect.NG)
    assert found["valid: right"] == 288
    assert found["valid: answered"] == 20, "jsonpath-ng's own reading of escapes in names"


def answered(case: dict[str, Any], document: object) -> list[list[object]] | str | None:
    """What the drop-in says to a case: rows, None where there are none, or that it refuses."""
    try:
        plucker = compiled(case["row"], case["columns"], Dialect.PLUS, style=Style.IMPORTJSONAPI)
    except TablesError:
        return "ERROR"
    rows = [list(map(_spelt, row)) for row in zip(*plucker.pluck(document), strict=True)]
    return rows or None


def _spelt(cell: object) -> object:
    return f"#Date {cell:%Y-%m-%dT%H:%M:%S.000Z}" if isinstance(cell, datetime) else cell


def _is_error(expected: object) -> bool:
    return isinstance(expected, list) and str(expected[0][0]).startswith("ERROR: ")


def test_the_drop_in_answers_as_importjsonapi_but_for_what_is_said(importjsonapi: dict[str, Any]) -> None:
    other = {}
    for case in importjsonapi["cases"]:
        found = answered(case, importjsonapi["documents"][case["document"]])
        expected = "ERROR" if _is_error(case["expected"]) else case["expected"]
        if json.dumps(found) != json.dumps(expected):
            other[case["id"]] = found
    assert other.keys() == DEPARTURES.keys()
    cases = {case["id"]: case for case in importjsonapi["cases"]}
    for number in (26, 27, 28, 29):
        assert other[number] == cases[number]["expected_ext"]
    assert other[36] == cases[36]["expected_jsonpath_plus_10"]
    assert other[39] == [[1], [4]]
    assert other[45] == [[4]]
    assert other[61] == [[None], [None], [None], ["#Date 2026-03-01T10:00:00.000Z"]]
