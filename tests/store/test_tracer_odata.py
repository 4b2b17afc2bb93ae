"""What is asked of OData, watched by the tracer: nothing of it reaches the engine but what is bound."""

from collections.abc import Iterator

import pytest

from tests.serving import Served
from tests.store.test_tracer import FILTERS, MARK, MARKED_DAY, NUMBER, assert_known, bound_in, noted, served, services
from tests.store.tracing import Executed

__all__ = ["noted", "served", "services"]  # the fixtures

SELECTED = "$select=id,step,interactionKey"
QUESTIONS = [
    *(f"inboundCalls?$filter={text}&{SELECTED}" for text in FILTERS),
    f"inboundCalls?$filter=cli eq @p&@p='{MARK}'&{SELECTED}",
    f'inboundCalls?$search={MARK} AND NOT "{MARK} x"&{SELECTED}',
    f"inboundCalls?$orderby=concat(cli,'{MARK}') desc,waitDuration add {NUMBER}&{SELECTED}&$top={NUMBER}&$skip=1",
    f"inboundCalls?$compute=concat(cli,'{MARK}') as {MARK},waitDuration add {NUMBER} as n&$filter=n gt {NUMBER}&$top=2",
    f"inboundCalls?$apply=filter(cli ne '{MARK}')/groupby((user),aggregate($count as {MARK}))/filter({MARK} gt 1)",
    f"inboundCalls?$apply=groupby((user),aggregate(waitDuration with max as {MARK}))/topcount({NUMBER},{MARK})",
    f"inboundCalls?$apply=compute(concat(cli,'{MARK}') as {MARK})/groupby(({MARK},service),topsum({NUMBER},step))",
    f"inboundCalls?$apply=concat(aggregate($count as {MARK}),toppercent(50,waitDuration)/skip(1)/top({NUMBER}))",
    f"inboundCallSummaries?$filter=stepRows/any({MARK}:{MARK}/cli eq '{MARK}' and {MARK}/waitDuration eq {NUMBER})",
    f"inboundCallSummaries?$filter=stepRows/$count($filter=startTime lt {MARKED_DAY}) lt {NUMBER}&$select=id",
    f"inboundCalls?$filter=contact/name ne '{MARK}' and contact/tel/any(t:t/value eq '{MARK}1')&{SELECTED}",
    f"inboundCallSummaries?$expand=stepRows($filter=cli ne '{MARK}';$orderby=step add {NUMBER};$top={NUMBER})",
    f"addressBookContacts?$select=uuid&$expand=tel($filter=value eq '{MARK}';$count=true)",
    f"addressBookContacts('{MARK}1')/tel/$count?$filter=value ne '{MARK}'",
    f"inboundCalls(id='{MARK}',step={NUMBER})",
    f"inboundCallSummaries('{MARK}')/stepRows/$filter(cli eq '{MARK}')/$count",
    f"inboundCalls?$filter=interactionKey eq {NUMBER}&{SELECTED}",
]


@pytest.fixture
def now(noted: list[Executed]) -> Iterator[list[Executed]]:
    """What reaches the engine during one test, in which nothing is strange."""
    noted.clear()
    yield noted
    assert_known(noted)


@pytest.mark.parametrize("question", QUESTIONS)
def test_nothing_of_a_question_is_sql(served: Served, now: list[Executed], question: str) -> None:
    path, _, query = question.partition("?")
    answer = served.get(f"/odata/{path}", params=query)
    assert answer.status_code in (200, 404, 501), answer.text
    if answer.status_code != 501:
        said = bound_in(now)
        assert any(mark in said for mark in (MARK, str(NUMBER), "1987")), "it came as far as the engine"
