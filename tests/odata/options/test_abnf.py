"""The options against the OASIS ABNF test cases, which nobody on this project wrote."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest

from odata.options import Options, decoded, read_options
from tabular.errors import OptionUnsupported, RepeatedParameter, TablesError
from tests.conftest import SHARED
from tests.odata.options.named import Names

FOLDER = SHARED / "cases" / "odata-abnf"

pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="the shared cases are not here")

QUERIES = (
    *("queryOptions", "systemQueryOption", "customQueryOption"),
    *("compute", "deltatoken", "expand", "search", "select", "skiptoken"),
)
EXPRESSIONS = {"searchExpr": "$search="}
ADDRESSES = ("odataRelativeUri", "odataUri")
"""The rules of options, of the value of one, and of addresses, which may have a query."""

BY_CHOICE = {
    "$format=json&$Format=atom&$format=xml&$format=text/html": "the text of the standard (part 2, 5.1) forbids it",
    "$format=JSON&$format=Atom&$format=XML&$format=text/html": "the text of the standard (part 2, 5.1) forbids it",
}
"""Positive cases that are refused, with the reason: an option is given more than once."""

NAMES_FORBID = {
    "$search=more&more": "more is an option of the client's own",
    "$skiptoken=Not&this": "this is an option of the client's own",
    "$apply=aggregate(Sales/Amount sub Sales/Cost with sum as TotalAmount)": "Sales is a list",
    "$apply=aggregate(Amount as Total)": "Amount is no custom aggregate",
    "$apply=aggregate(Amount)": "Amount is no custom aggregate",
    "$apply=aggregate(Amount from Time with average as DailyAverage)": "Amount is no custom aggregate",
    "$apply=groupby((Product/Price/Quantity))": "Price has no properties",
    "$apply=groupby((Sales/Product/Name))": "Sales is a list",
    "$apply=join(ShipTo as Detail,identity)": "ShipTo is no list",
}
"""Negative cases that can be read and that names forbid, with the reason."""

PATHS_FORBID = {
    "$entity?$id=http://myservice/Customers('ALFKI')&$select=CompanyName,ContactName&$expand=Orders",
    "$entity?$format=json",
}
"""Negative addresses that are wrong in their path, or for it."""


@dataclass(frozen=True)
class Case:
    """One case, and the names that its file allows."""

    file: str
    rule: str
    text: str
    is_allowed: bool
    names: Names

    @property
    def query(self) -> str:
        """What stands behind the question mark."""
        text = self.text.partition("?")[2] if self.rule in ADDRESSES else self.text
        return EXPRESSIONS.get(self.rule, "") + text

    def read(self) -> Options:
        return read_options(decoded(self.query))

    def __str__(self) -> str:
        return f"{self.rule}: {self.text}"


def cases() -> list[Case]:
    """The cases of these rules in all three files."""
    found: list[Case] = []
    for file in ("abnf", "aggregation", "temporal"):
        path = FOLDER / f"odata-{file}-testcases.json"
        if not path.exists():
            continue
        content = json.loads(path.read_text())
        constraints: Mapping[str, Sequence[str]] = content.get("Constraints", {})
        # Only the first file names the client's own options; in the others there are none.
        names = Names(constraints)
        for case in content["TestCases"]:
            rule, text = case["Rule"], case["Input"]
            is_query = rule in (*QUERIES, *EXPRESSIONS)
            if is_query or (rule in ADDRESSES and "?" in text):
                found.append(Case(file, rule, text, "FailAt" not in case, names))
    return found


ALL = cases()
ALLOWED = [case for case in ALL if case.is_allowed and case.file != "temporal"]
FORBIDDEN = [case for case in ALL if not case.is_allowed and case.text not in PATHS_FORBID]
TEMPORAL = [case for case in ALL if case.file == "temporal"]


@pytest.mark.parametrize("case", ALLOWED, ids=str)
def test_what_the_grammar_allows_is_read(case: Case) -> None:
    if case.text in BY_CHOICE:
        with pytest.raises(RepeatedParameter):
            case.read()
    else:
        options = case.read()
        if case.rule not in ADDRESSES:
            assert not list(case.names.faults(options))


@pytest.mark.parametrize("case", FORBIDDEN, ids=str)
def test_what_the_grammar_forbids_is_refused(case: Case) -> None:
    if case.text in NAMES_FORBID:
        assert list(case.names.faults(case.read()))
        return
    with pytest.raises(TablesError):
        case.read()


@pytest.mark.parametrize("case", TEMPORAL, ids=str)
def test_times_of_validity_are_refused_by_name(case: Case) -> None:
    with pytest.raises(OptionUnsupported, match="validity"):
        case.read()


def test_few_cases_are_refused_by_choice() -> None:
    refused = [case for case in ALLOWED if case.text in BY_CHOICE]
    assert len(refused) == len(BY_CHOICE)
    for rule, count in Counter(case.rule for case in refused).items():
        assert count <= 0.05 * len([case for case in ALLOWED if case.rule == rule])
