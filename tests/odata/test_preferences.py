"""What a client would like of its answer, as the header Prefer says it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odata.preferences import Preferences, applied, preferences_of
from tests.conftest import SHARED


def test_nothing_is_preferred_unless_said() -> None:
    assert preferences_of([]) == preferences_of(["", " , ,"]) == Preferences()


def test_power_query_may_ask_for_no_nulls() -> None:
    found = preferences_of(["omit-values=nulls"])
    assert found.omit_values == "nulls"
    assert applied(found, ("omit-values",)) == "omit-values=nulls"


def test_all_that_is_known_is_understood() -> None:
    found = preferences_of(
        [
            'odata.maxpagesize=50, respond-async, wait=10;x="a,b";y',
            'return=minimal,odata.include-annotations="*,-Core.*"',
            'odata.continue-on-error=false, track-changes,callback;url="https://x/y?z",allow-entityreferences',
        ]
    )
    assert found == Preferences(
        maxpagesize=50,
        include_annotations=("*", "-Core.*"),
        respond_async=True,
        wait=10,
        track_changes=True,
        returned="minimal",
        allow_entityreferences=True,
        callback="https://x/y?z",
    )


def test_the_first_of_two_counts_with_prefix_or_without() -> None:
    found = preferences_of(["maxpagesize=5", "odata.maxpagesize=6"])
    assert found.maxpagesize == 5
    assert applied(found, ("maxpagesize", "wait")) == "maxpagesize=5"


def test_what_is_applied_is_what_was_asked_and_is_honoured() -> None:
    found = preferences_of(['odata.include-annotations="*", MaxPageSize = 7, wait=1'])
    assert applied(found, ("maxpagesize", "include-annotations")) == 'odata.include-annotations="*", MaxPageSize=7'
    assert applied(found, ()) is None


@pytest.mark.parametrize(
    "value",
    [
        "maxpagesize",
        "maxpagesize=0",
        "maxpagesize=-1",
        "maxpagesize=٣",
        "maxpagesize=1000000000000",
        "omit-values=all",
        "wait=soon",
        "return=nothing",
        "odata.wait=3",
        'include-annotations="Namespace"',
        'include-annotations="Namespace."',
        "callback",
        "callback=x",
        "colour=blue",
        "respond-async=yes",
        '"maxpagesize"=5',
        'maxpagesize="5',
    ],
)
def test_what_is_not_understood_is_passed_over_and_known(value: str) -> None:
    found = preferences_of([f"{value}, track-changes"] if value.count('"') != 1 else ["track-changes", value])
    assert found == Preferences(track_changes=True, ignored=found.ignored)
    assert len(found.ignored) == 1
    assert applied(found, ("maxpagesize", "wait", "omit-values", "return", "callback")) is None


@pytest.mark.law
@given(st.text(st.sampled_from('maxpagesize=5wait,;" \\.'), max_size=40))
def test_no_header_breaks_it(header: str) -> None:
    found = preferences_of([header])
    assert found.maxpagesize is None or found.maxpagesize > 0


FILE = SHARED / "cases" / "odata-abnf" / "odata-abnf-testcases.json"
RULES = ("preference", "prefer", "maxpagesizePreference", "includeAnnotationsPreference")
ABNF = [case for case in json.loads(FILE.read_text())["TestCases"] if case["Rule"] in RULES] if FILE.exists() else []


@pytest.mark.skipif(not FILE.exists(), reason="the shared cases are not here")
def test_there_are_cases_of_every_rule() -> None:
    assert len(ABNF) == 42
    assert {case["Rule"] for case in ABNF} == set(RULES)


@pytest.mark.parametrize("case", ABNF, ids=lambda case: case["Input"])
def test_the_standards_cases_are_understood_or_passed_over(case: dict[str, Any]) -> None:
    found = preferences_of([case["Input"].removeprefix("Prefer: ")])
    if "FailAt" in case:
        assert found == Preferences(ignored=found.ignored)
        assert len(found.ignored) == 1
    else:
        assert found.ignored == ()
        assert found.spelt
