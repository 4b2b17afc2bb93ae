"""What is remembered of documents changes nothing but the time that they take."""

import pytest

from answers.datamodel import DataModel
from datamodel.catalogue import documented
from datamodel.documents import Document
from store.store import Store

SEARCH = "{{ inboundCallsCount(search: {{ year: {}, month: 5 }}) }}"
SINCE = (
    '{{ inboundCallsCount(search: {{ year: 2020, month: 5, startTime: {{ operator: GREATER_THAN, value: "{}" }} }}) }}'
)
SAME_SHAPE = [
    (SEARCH.format(2020), SEARCH.format(2021)),
    (SEARCH.format(2020), SEARCH.format("2020.5")),
    (SEARCH.format(2020), SEARCH.format("99999999999")),
    (SEARCH.format(2020), SEARCH.format('"2020"')),
    ('{ inboundCall(id: "1") { id } }', '{ inboundCall(id: "2") { id } }'),
    ('{ inboundCall(id: "1") { id } }', "{ inboundCall(id: 2) { id } }"),
    ('{ a: inboundCall(id: "1") { id } a: inboundCall(id: "1") { step } }',) * 2,
    (
        '{ a: inboundCall(id: "1") { id } a: inboundCall(id: "1") { step } }',
        '{ a: inboundCall(id: "1") { id } a: inboundCall(id: "2") { step } }',
    ),
    (SINCE.format("2020-05-01"), SINCE.format("never")),
    ("{ me { name @skip(if: true) } }", "{ me { name @skip(if: 1) } }"),
    ('{ __type(name: "Me") { name } }', "{ __type(name: 1) { name } }"),
    ("query ($n: Int = 5) { inboundCallsCount(search: { year: 2020, month: $n }) }",) * 2,
    (
        "query ($n: Int = 5) { inboundCallsCount(search: { year: 2020, month: $n }) }",
        "query ($n: Int = 99999999999) { inboundCallsCount(search: { year: 2020, month: $n }) }",
    ),
    (
        'query ($id: String = "1") { inboundCall(id: $id) { id } }',
        'query ($id: String = "2") { inboundCall(id: $id) { id } }',
    ),
    (
        "query ($n: Int = 5) { inboundCallsCount(search: { year: 2020, month: $n }) }",
        'query ($n: Int = "5") { inboundCallsCount(search: { year: 2020, month: $n }) }',
    ),
    ('query A { me { name } } query B { inboundCall(id: "1") { id } }',) * 2,
]


@pytest.mark.parametrize(("first", "second"), SAME_SHAPE)
def test_a_document_is_answered_alike_whatever_was_asked_before(store: Store, first: str, second: str) -> None:
    model, fresh = DataModel(store), DataModel(store)

    def answer(model: DataModel, source: str) -> bytes:
        operation = "A" if source.startswith("query A") else None
        variables: dict[str, object] = {"id": None} if "$id" in source else {}
        return model.answer(Document(source, variables, operation), documented(), "tests").body

    answer(model, first)
    for _ in range(2):
        assert answer(model, second) == answer(fresh, second)
