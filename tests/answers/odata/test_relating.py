"""Filters over navigations: the engine keeps the rows that the plain reading keeps, and nothing of them is in SQL."""

import re
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from answers.odata.reaching import beside_of
from answers.odata.scoping import scope_of
from answers.odata.sight import Sight
from odata.model import Model
from store.plan import Part, Plan
from store.store import Store
from tabular.errors import FilterUnsupported, FilterWrong, UnknownColumn
from tabular.filter import bind, parse
from tabular.filter.bound import Bound, patterns
from tabular.filter.evaluate import matches
from tabular.month import Month
from tabular.query import Query
from tabular.table import Mask, MaskKind
from tests.answers.odata.related_rows import MODEL, MONTHS, NOW, Row, asked, centre
from tests.odata.model.catalogues import model
from tests.steps import CONTACTS, selected, step
from tests.store.tracing import traced

PEOPLE: list[dict[str, Any]] = [
    {"uuid": "a", "name": "Anna", "tel": [{"value": "1", "type": "HOME"}, {"value": "2", "type": "WORK"}]},
    {"uuid": "b", "name": None, "tel": None},
]


def bound(text: str, entity_set: str, seen: Model = MODEL) -> Bound:
    """A filter's meaning."""
    return bind(parse(text), scope_of(seen.by_name[entity_set], Sight(seen, "UTC", NOW)))


def kept(store: Store, text: str, entity_set: str, *names: str, seen: Model = MODEL) -> list[tuple[object, ...]]:
    """What the store gives of the rows that a filter keeps."""
    table = seen.by_name[entity_set].type.table
    condition = bound(text, entity_set, seen)
    parts = tuple(Part(one, whole=True) for one in store.holding(table))
    query = Query(table, selected(table, *names), filter=condition)
    plan = Plan(query, store.version, parts, beside_of([condition], store, store.version))
    with closing(store.read(plan)) as rows:
        return [tuple(row.values()) for batch in rows for row in batch.to_pylist()]


_WAITS = st.sampled_from([0, 1, 2, None])


@st.composite
def calls(draw: st.DrawFn) -> dict[Month, list[dict[str, Any]]]:
    """The steps of some calls of two months."""
    found: dict[Month, list[dict[str, Any]]] = {month: [] for month in MONTHS}
    for serial in draw(st.sets(st.integers(1, 9), max_size=6)):
        month = draw(st.sampled_from(MONTHS))
        began = datetime(month.year, month.month, 3) + timedelta(hours=serial)
        for number in range(draw(st.integers(1, 3))):
            contact, user = draw(st.sampled_from(["a", "b", "gone", None])), draw(st.sampled_from(["x", "y", None]))
            row = step(began, number, serial, contact_id=contact, user=user, waitDuration=draw(_WAITS))
            found[month].append(row)
    return found


def graph(drawn: Mapping[Month, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The steps with all that they lead to nested in them, as the plain reading has it."""
    people: dict[str, Any] = {}
    for one in PEOPLE:
        tel = [{"uuid": one["uuid"], "position": place, **each} for place, each in enumerate(one["tel"] or [], 1)]
        people[one["uuid"]] = one | {"tel": tel}
    calls: dict[object, dict[str, Any]] = {}
    for row in (row for rows in drawn.values() for row in rows):
        row["contact"] = [people[row["contact_id"]]] if row["contact_id"] in people else []
        call = calls.setdefault(row["id"], {"id": row["id"], "stepRows": [], "waitDuration": 0})
        call["stepRows"].append(row)
        row["interaction"] = [call]
    for call in calls.values():
        call["steps"] = len(call["stepRows"])
    return [row for call in calls.values() for row in call["stepRows"]]


_OF_STEP = st.sampled_from(
    [
        "contact/name eq 'Anna'",
        "contact/name ne 'Anna'",
        "contact/name eq null",
        "contact eq null",
        "null ne contact",
        "contact/name in ['Anna',user]",
        "concat(contact/name,user) eq 'Annax'",
        "contact/tel/any(t:t/type eq 'HOME')",
        "contact/tel/$count gt 1",
        "interaction/steps gt 1",
        "interaction/steps eq step add 2",
        "interaction/steps divby 2 gt step divby 1",
        "interaction/stepRows/all(s:s/waitDuration ge 1)",
        "$it/interaction/stepRows/any(s:s/contact/name eq 'Anna')",
        "waitDuration gt 0",
    ]
)
_OF_CALL = st.sampled_from(
    [
        "stepRows/any(s:s/user eq 'x' and s/waitDuration gt 0)",
        "stepRows/all(s:s/user eq 'x')",
        "stepRows/any()",
        "stepRows/any(s:s/contact ne null)",
        "stepRows/any(s:s/contact/tel/any(t:t/value eq '2'))",
        "stepRows/$count gt 1",
        "stepRows/$count($filter=waitDuration gt 0) ge 1",
        "stepRows/$filter(user eq 'x')/$count eq 1",
        "stepRows/$filter(user eq 'x')/any(s:s/step eq 0)",
        "steps eq stepRows/$count",
    ]
)


def joined(simple: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Conditions with and, or and not around them."""
    return st.recursive(
        simple,
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda three: f"({' '.join(three)})"),
            inner.map(lambda one: f"not ({one})"),
        ),
        max_leaves=3,
    )


@pytest.mark.law
@settings(max_examples=max(settings().max_examples // 15, 1))
@given(
    calls(),
    st.lists(joined(_OF_STEP), min_size=8, max_size=8),
    st.lists(joined(_OF_CALL), min_size=5, max_size=5),
)
def test_the_engine_keeps_the_rows_that_the_plain_reading_keeps(
    drawn: dict[Month, list[dict[str, Any]]], of_steps: list[str], of_calls: list[str]
) -> None:
    with centre(drawn, PEOPLE) as store:
        steps = graph(drawn)
        for text in of_steps:
            note(text)
            condition = bound(text, "inboundCalls")
            plain = {(row["id"], row["step"]) for row in steps if matches(condition, row)}
            assert set(kept(store, text, "inboundCalls", "id", "step")) == plain
        found: dict[object, Row] = {row["id"]: row["interaction"][0] for row in steps}
        for text in of_calls:
            note(text)
            condition = bound(text, "inboundCallSummaries")
            met = {(key,) for key, row in found.items() if matches(condition, row)}
            assert set(kept(store, text, "inboundCallSummaries", "id")) == met


BEGAN = datetime(2020, 5, 3)
ONE = {MONTHS[0]: [step(BEGAN, 0, user="x0zz", contact_id="a", waitDuration=1), step(BEGAN, 1, waitDuration=3)]}


def test_elements_lead_back_and_nested_options_ask_over_navigations() -> None:
    with centre(ONE, PEOPLE) as store:
        assert kept(store, "contact/name eq 'Anna'", "addressBookContactTels", "value") == [("1",), ("2",)]
        assert kept(store, "tel/any(t:t/position eq 2)", "addressBookContacts", "uuid") == [("a",)]
        rows = asked(store, "inboundCallSummaries", "stepRows($select=step;$filter=contact/name eq 'Anna')")
        assert rows[0]["stepRows"] == [{"step": 0}]
        rows = asked(store, "inboundCallSummaries", "stepRows($select=step;$orderby=contact/name,step)")
        assert rows[0]["stepRows"] == [{"step": 1}, {"step": 0}]


def test_masks_stay_in_front_of_related_values() -> None:
    seen = model(masked=(("name", Mask(MaskKind.LAST)),))
    with centre(ONE, PEOPLE) as store:
        assert not kept(store, "contact/name eq 'Anna'", "inboundCalls", "step", seen=seen)
        assert kept(store, "contact/name eq '*nna'", "inboundCalls", "step", seen=seen) == [(0,)]


@pytest.mark.parametrize(
    "text",
    [
        "contact/name eq 'x0zz'",
        "interaction/stepRows/any(s:s/user eq 'x0zz' and s/waitDuration gt 471147)",
        "interaction/stepRows/$count($filter=user eq '\"; DROP TABLE x0zz') gt 815815",
        "contact/tel/all(t:t/value in ('x0zz','4711'))",
    ],
)
def test_literals_never_stand_in_the_text(text: str) -> None:
    with traced() as noted, centre(ONE, PEOPLE) as store:
        noted.clear()
        kept(store, text, "inboundCalls", "id")
        (read,) = [one for one in noted if "kept." in one.sql]
    for hint in ("x0zz", "4711", "815", "DROP"):
        assert hint not in read.sql
    assert "815815" not in read.sql
    assert set(re.findall(r'kept\."([^"]*)"', read.sql)) <= {
        "inboundCalls@2020-05",
        "inboundCallSummaries@2020-05",
        CONTACTS.name,
    }


@pytest.mark.parametrize(
    ("text", "error", "told"),
    [
        ("stepRows eq 1", FilterWrong, "many rows"),
        ("contact", FilterWrong, "whole row"),
        ("stepRows/user eq 'x'", FilterWrong, "many rows"),
        ("stepRows/any(s:s/usr eq 'x')", UnknownColumn, "user"),
        ("contact/nam eq 'x'", UnknownColumn, "name"),
        ("stepRows/any(s:steps gt 1)", FilterUnsupported, "steps without s/"),
        ("stepRows/any(s:s eq 1)", FilterUnsupported, "s without a column"),
        ("stepRows/any(s:$it/steps gt 1)", FilterUnsupported, "without s/"),
    ],
)
def test_a_refusal_says_what_is_wrong(text: str, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=re.escape(told)):
        bound(text, "inboundCallSummaries")


def test_patterns_within_related_rows_are_known() -> None:
    assert patterns(
        bound("stepRows/any(s:matchesPattern(s/user,'(')) or contact/name eq ''", "inboundCallSummaries")
    ) == ("(",)


def test_what_nobody_planned_is_no_empty_answer() -> None:
    with centre(ONE, PEOPLE) as store:
        table = MODEL.by_name["inboundCalls"].type.table
        query = Query(table, selected(table, "id"), filter=bound("contact/name eq 'Anna'", "inboundCalls"))
        parts = tuple(Part(one, whole=True) for one in store.partitions(table.name))
        with pytest.raises(ValueError, match="where contact"):
            store.read(Plan(query, store.version, parts))
