"""The Data Model of a store against its plain reading: any rows, any history of writes, any document."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.datamodel.asking import Shelf, asked, shelf
from tests.datamodel.drawn import TABLES, Drawn, counting, documents, wrong_documents
from tests.datamodel.drawn_histories import History, Write, histories, rich_history
from tests.datamodel.drawn_rows import ADDRESS_BOOK, MAY, MIDDLE
from tests.datamodel.drawn_searches import Search, search_type, searches

pytestmark = pytest.mark.law

MOST = settings().max_examples


@pytest.fixture(scope="module")
def rich() -> Iterator[Shelf]:
    """Forty records of each table, in several versions, many of them out of order."""
    with shelf(rich_history()) as made:
        yield made


@st.composite
def worlds(draw: st.DrawFn) -> tuple[History, list[Drawn]]:
    """Some tables with a history, and documents that ask mostly of them."""
    tables = draw(st.lists(st.sampled_from(TABLES), min_size=1, max_size=2, unique=True))
    asked_of = draw(st.sampled_from([tables, tables, tables, TABLES]))
    return draw(histories(tables)), draw(st.lists(documents(asked_of), min_size=1, max_size=6))


@settings(max_examples=max(8, MOST // 5))
@given(worlds())
def test_any_document_on_any_history(world: tuple[History, list[Drawn]]) -> None:
    history, drawn = world
    with shelf() as held:
        for writes in history:
            held.write(writes)
            # What was asked before a write is asked again after it: nothing old is remembered.
            for document in drawn:
                assert not held.disagreement(document)


@given(documents())
def test_any_document_on_many_rows(rich: Shelf, drawn: Drawn) -> None:
    assert not rich.disagreement(drawn)


@given(wrong_documents())
def test_what_is_wrong_is_an_error_at_its_field(rich: Shelf, drawn: Drawn) -> None:
    expected = rich.expected(drawn)
    assert expected["data"] is None
    assert [error["path"] for error in expected["errors"]] == [["wrong"]]
    assert not rich.disagreement(drawn, expected)


@st.composite
def read_by_pages(draw: st.DrawFn) -> tuple[str, Search, int]:
    """A table, a search of it without a page, and the size of the pages to read it by."""
    table = draw(st.sampled_from(TABLES))
    return table, draw(searches(table, paged=False)), draw(st.sampled_from([5, 7, 13, 40]))


@given(read_by_pages())
def test_pages_follow_one_another_and_are_counted(rich: Shelf, drawn: tuple[str, Search, int]) -> None:
    table, search, size = drawn
    pages = {f"p{number}": {"limit": size, "offset": number * size} for number in range(40 // size + 1)}
    variables = {name: search | {"pagination": page} for name, page in {"whole": {}, **pages}.items()}
    declared = ", ".join(f"${name}: {search_type(table).name}!" for name in variables)
    key = "uuid" if table == ADDRESS_BOOK else "id step"
    fields = " ".join(f"{name}: {table}(search: ${name}) {{ {key} }}" for name in variables)
    source = f"query ({declared}) {{ {fields} count: {counting(table)}(search: $whole) }}"
    data = asked(rich.model, Drawn(source, variables))["data"]
    assert [record for page in pages for record in data[page]] == data["whole"]
    assert data["count"] == len(data["whole"])


def test_more_interactions_than_one_page_holds() -> None:
    rows = [
        {"id": f"{1588300000 + call}.1", "step": step, "multiChannel_type": "CALL", "lastUpdateTime": MIDDLE[MAY]}
        for call in range(1100)
        for step in (1, 0)
    ]
    month = "year: 2020 month: 5"
    drawn = Drawn(
        f"{{ first: inboundCalls(search: {{ {month} }}) {{ id step }} "
        f"rest: inboundCalls(search: {{ {month} pagination: {{ offset: 1000 }} }}) {{ id }} "
        f"count: inboundCallsCount(search: {{ {month} }}) }}"
    )
    with shelf([[Write("inboundCalls", rows, MAY)]]) as held:
        assert not held.disagreement(drawn)
        data = asked(held.model, drawn)["data"]
    assert (len(data["first"]), len(data["rest"]), data["count"]) == (1000, 100, 1100)
