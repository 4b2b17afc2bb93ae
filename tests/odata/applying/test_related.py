"""Related rows: a filter of stored rows may ask of them, nothing else does."""

import pytest

from odata.applying import Applying, Expressions
from odata.options import read_options
from tabular.errors import AskedWrong, OptionUnsupported
from tabular.filter import Scope
from tabular.filter.bound import Relation, relations
from tabular.pipeline import Pipeline
from tabular.query import Query
from tests.odata.applying.asked import NOW
from tests.steps import CALLS, SUMMARIES

WHOLE = Relation("whole", SUMMARIES, CALLS.column("id"), SUMMARIES.column("id"), many=False)


def applied(text: str) -> Pipeline:
    scope = Scope(CALLS, (), "UTC", NOW, relations={CALLS.name: {"whole": WHOLE}})
    words = Applying(Expressions("$apply", scope, navigations=("whole",)))
    return words.apply(Pipeline.of(Query(CALLS, ())), read_options([("$apply", text)]).apply)


def test_a_filter_of_stored_rows_is_the_querys() -> None:
    found = applied("filter(whole/cli eq '1')/groupby((service))")
    assert found.query.filter is not None
    assert relations(found.query.filter) == (WHOLE,)


@pytest.mark.parametrize(
    "text",
    [
        "compute(whole/cli as x)",
        "orderby(whole/cli)",
        "aggregate(whole/waitDuration mul 2 with sum as x)",
        "groupby((service),filter(whole/cli eq '1')/aggregate($count as n))",
        "compute(step add 1 as x)/filter(x gt 1 or whole/cli eq '1')",
    ],
)
def test_what_is_computed_asks_of_no_other_rows(text: str) -> None:
    with pytest.raises(OptionUnsupported):
        applied(text)


@pytest.mark.parametrize("text", ["top(3)/filter(whole/cli eq '1')", "groupby((service))/filter(whole/cli eq '1')"])
def test_rows_that_are_no_longer_stored_lead_nowhere(text: str) -> None:
    with pytest.raises(AskedWrong):
        applied(text)
