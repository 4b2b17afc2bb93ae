"""Drawn questions, watched by the tracer: nothing of them reaches the engine but what is bound."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answers.answer import answer
from api.parameters import question_of
from api.services import Services
from datamodel.catalogue import Catalogue, documented
from formats import formats
from store.plan import Part as PlanPart
from store.plan import Plan
from store.store import Store
from tabular.errors import TablesError
from tabular.filter import Scope, bind, parse
from tabular.grouping import Function, Part
from tabular.query import Query, Selected
from tabular.restriction import Restriction
from tabular.table import Column, Table, Type
from tests.steps import NOW, batches
from tests.store.drawn_filters import LISTS, TABLE, ZONES, filters
from tests.store.test_tracer import BEGAN, MARK, MARKED_DAY, MASKS, NUMBER, assert_known, noted, served, services
from tests.store.tracing import Executed, Words

__all__ = ["noted", "served", "services"]  # the fixtures


_LITERALS = {
    Type.TEXT: f"'{MARK}'",
    Type.JSON: f"'{MARK}'",
    Type.INTEGER: str(NUMBER),
    Type.NUMBER: f"{NUMBER}.5",
    Type.BOOLEAN: "true",
    Type.TIME: f"{MARKED_DAY}T04:07:11Z",
}


def test_of(column: Column, operator: str) -> str:
    """A column compared with a mark."""
    if column.values:
        return f"{column.name} ne '{column.values[0]}'"
    operator = operator if column.type is not Type.BOOLEAN else "eq"
    return f"{column.name} {operator} {_LITERALS[column.type]}"


test_of.__test__ = False  # type: ignore[attr-defined]


@st.composite
def questions(draw: st.DrawFn, table: Table) -> dict[str, str]:
    """Parameters of a question about a table, nearly always right ones."""
    columns = st.sampled_from(table.columns)
    names = columns.map(lambda column: column.name)
    listed = st.lists(names, min_size=1, max_size=5, unique=True)
    operators_ = st.sampled_from(["eq", "ne", "gt", "le"])
    tests = st.lists(st.builds(test_of, columns, operators_), min_size=1, max_size=4)
    asked: dict[str, str] = {}
    grouped = draw(st.booleans())
    if grouped:
        times = [column.name for column in table.columns if column.type is Type.TIME]
        parts = st.builds("{}({})".format, st.sampled_from(list(Part)), st.sampled_from(times)) if times else names
        asked["group"] = ",".join(draw(st.lists(st.one_of(names, parts), min_size=1, max_size=3, unique=True)))
        made = st.builds("{}({})".format, st.sampled_from(list(Function)), names)
        asked["measures"] = ",".join(["count", *draw(st.lists(made, max_size=3, unique=True))])
    if draw(st.booleans()):
        asked["filter"] = draw(st.sampled_from([" and ", " or "])).join(draw(tests))
    if draw(st.booleans()) and not grouped:
        asked["columns"] = ",".join(draw(listed))
        asked["sort"] = ",".join(draw(st.sampled_from(["", "-"])) + name for name in draw(listed))
    if table.clock and draw(st.booleans()):
        asked |= draw(st.sampled_from([{"from": MARKED_DAY}, {"to": MARKED_DAY}, {"last": "47d"}, {"year": "2026"}]))
    page = st.sampled_from([{}, {"limit": str(NUMBER)}, {"offset": str(NUMBER)}, {"limit": "471", "offset": "1"}])
    wrong = st.sampled_from(
        [{}, {}, {}, {}, {"sort": MARK}, {"columns": MARK}, {"tz": MARK}, {"filter": f"{MARK} eq 1"}]
    )
    return asked | draw(page) | {"tz": draw(st.sampled_from(ZONES))} | draw(wrong)


SEEN: dict[str, Catalogue] = {"all": documented(), "masked": documented().restricted(Restriction(masked=MASKS))}


@pytest.mark.law
@given(st.data())
def test_drawn_questions(services: Services, noted: list[Executed], data: st.DataObject) -> None:
    catalogue = SEEN[data.draw(st.sampled_from(sorted(SEEN)))]
    table = data.draw(st.sampled_from(tuple(catalogue)))
    asked = data.draw(questions(table))
    noted.clear()
    with suppress(TablesError):
        question = question_of(asked, table, catalogue, formats()["csv"], "Europe/Rome", NOW)
        for _ in answer(question, services.store, 13, NOW).pieces():
            pass
    assert_known(noted)


@pytest.mark.law
@given(st.data())
def test_drawn_filters(drawn_store: Store, noted: list[Executed], data: st.DataObject) -> None:
    text, zone = data.draw(filters()), data.draw(st.sampled_from(ZONES))
    condition = bind(parse(text), Scope(TABLE, LISTS, zone, NOW))
    query = Query(TABLE, (Selected(TABLE.column("name"), "name"),), filter=condition)
    parts = tuple(PlanPart(partition, whole=True) for partition in drawn_store.partitions("drawn"))
    noted.clear()
    drawn_store.read(Plan(query, drawn_store.version, parts)).close()
    assert_known(noted, Words([TABLE]))


@pytest.fixture(scope="module")
def drawn_store(noted: list[Executed], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with the table that filters are drawn for."""
    row = {field.name: None for field in TABLE.fields} | {"name": MARK, "count": NUMBER, "began": BEGAN}
    with Store(tmp_path_factory.mktemp("drawn") / "tvox.duckdb") as opened:
        with opened.writing("test") as writing:
            writing.replace(TABLE, None, batches([row], TABLE))
        yield opened
