"""Steps of a pipeline, and what its rows are after each."""

from dataclasses import replace
from datetime import datetime

import pytest

from tabular.filter import Bound, Scope, bind, bind_value, parse
from tabular.filter.bound import Apply, Operation
from tabular.grouping import Function, Grouping, Key, Measure
from tabular.pipeline import (
    Computed,
    Concatenated,
    Extreme,
    Grouped,
    Kept,
    Limited,
    Order,
    Ordered,
    Pipeline,
    Reach,
    Settled,
    columns_in,
    columns_of,
)
from tabular.query import Query, Selected, Window
from tabular.table import Column, Mask, MaskKind, Reading, Type
from tests.steps import CALLS

WINDOW = Window.utc(datetime(2026, 5, 1), None)
STORED = Pipeline.of(Query(CALLS, (), WINDOW))
SERVICE, WAIT, STATUS = (CALLS.column(name) for name in ("service", "waitDuration", "status"))


def condition(text: str, pipeline: Pipeline = STORED) -> Bound:
    return bind(parse(text), Scope(pipeline.table))


def value(text: str, pipeline: Pipeline = STORED) -> Bound:
    return bind_value(parse(text), Scope(pipeline.table))


def new(name: str) -> Column:
    return Column(name, name, Type.INTEGER, "New.", Reading(""), ())


def test_a_pipeline_without_steps_is_its_query() -> None:
    assert STORED.table == CALLS
    assert STORED.is_stored
    assert [one.name for one in STORED.shown] == [column.name for column in CALLS.columns]
    assert STORED.trees == ()


def test_conditions_on_stored_rows_are_the_querys_and_all_others_are_steps() -> None:
    found = STORED.kept(condition("status eq 'HANGUP'")).computed(new("twice"), value("waitDuration mul 2"))
    found = found.kept(condition("twice gt 3 and cli ne null and (step eq 0 and twice lt 9)", found))
    assert isinstance(found.query.filter, Apply)
    assert len(found.query.filter.arguments) == 3
    assert found.query.window == WINDOW
    (computed, kept) = found.steps
    assert isinstance(computed, Computed)
    assert isinstance(kept, Kept)
    assert isinstance(kept.condition, Apply)
    assert kept.condition.operation is Operation.AND
    assert {column.name for column in columns_in(kept.condition)} == {"twice"}
    assert found.limited(top=3).kept(condition("step eq 0")).query == found.query


def test_made_columns_are_plain_fields_of_their_own() -> None:
    found = STORED.computed(new("a"), value("step add 1"))
    found = found.computed(new("b"), value("a add 1", found)).settled()
    fields = [column.reading for column in found.table.columns]
    assert len({reading.field for reading in fields}) == len(fields)
    assert fields == [Reading(f"made {2 + place}") for place in range(len(fields))]
    assert found.settled() == found


def test_a_mask_is_in_front_of_what_is_made() -> None:
    masked = replace(STATUS, mask=Mask(MaskKind.HASH))
    calls = CALLS.with_columns(tuple(masked if one.name == "status" else one for one in CALLS.columns))
    found = Pipeline.of(Query(calls, ()))
    assert STATUS.values
    for made in (found.computed(replace(masked, name="x"), value("status", found)), found.settled()):
        column = made.table.columns[-1] if made.is_stored else made.table.column("status")
        assert (column.mask, column.values) == (None, ())
    assert found.table.column("status").mask is not None


def test_groups_have_no_clock_no_fields_and_their_keys() -> None:
    grouping = Grouping((Key(SERVICE),), (Measure(Function.SUM, WAIT), Measure(Function.COUNT)))
    found = STORED.grouped(grouping, ("service", "t", "n"))
    assert [column.name for column in found.table.columns] == ["service", "t", "n"]
    assert (found.table.clock_column, found.table.fields, found.table.key) == (None, (), ("service",))
    assert not found.is_stored
    (step,) = found.steps
    assert isinstance(step, Grouped)
    assert [column.name for column in columns_of(step)] == ["service", "waitDuration"]


def test_cuts_settle_the_rows_before_and_keep_what_is_shown() -> None:
    order = Order(value("waitDuration"), descending=True)
    shown = STORED.showing((Selected(WAIT, "Wait"),)).ordered((order,)).limited(2, 5, (SERVICE,))
    ordered, settled, limited = shown.steps
    assert isinstance(ordered, Ordered)
    assert isinstance(settled, Settled)
    assert limited == Limited(2, 5, (shown.table.column("service"),))
    assert [(one.name, one.column) for one in shown.shown] == [("Wait", shown.table.column("waitDuration"))]
    assert shown.table.key == CALLS.key


def test_an_extreme_of_stored_rows_has_to_be_bound_anew() -> None:
    step = Extreme(Reach.COUNT, 3, Order(value("waitDuration")))
    with pytest.raises(AssertionError):
        STORED.extreme(step)
    settled = STORED.settled()
    found = settled.extreme(
        replace(step, order=Order(value("waitDuration", settled)), within=settled.table.columns[:1])
    )
    assert [column.name for column in columns_of(found.steps[-1])] == ["id", "waitDuration"]


def test_branches_are_one_table_with_the_columns_of_all() -> None:
    settled = STORED.settled()
    count = settled.computed(replace(new("half"), type=Type.NUMBER), value("step divby 2", settled))
    whole = settled.computed(new("half"), value("step", settled)).counted()
    found = settled.concatenated([count, whole, settled])
    assert [column.name for column in found.table.columns] == [*(c.name for c in CALLS.columns), "half", "count"]
    step = found.steps[-1]
    assert isinstance(step, Concatenated)
    assert [len(branch) for branch in step.branches] == [1, 2, 0]
    assert [sources[-1] is None for sources in step.sources] == [True, False, True]
    assert found.table.column("half").type is Type.NUMBER
    assert {column.reading.field for column in columns_of(step)} > {"made 0", whole.table.columns[0].reading.field}
    text = settled.computed(replace(new("half"), type=Type.TEXT), value("cli", settled))
    with pytest.raises(ValueError, match="half"):
        settled.concatenated([count, text])


def test_patterns_are_those_of_all_steps() -> None:
    found = STORED.kept(condition("matchesPattern(cli,'^0')"))
    found = found.computed(new("x"), value("case(matchesPattern(cli,'1$'):1)"))
    found = found.limited(top=1)
    found = found.ordered((Order(value("matchesPattern(cli,'2$')", found)),))
    assert found.patterns == ("^0", "1$", "2$")


def test_columns_of_elements_are_not_the_rows() -> None:
    assert [column.name for column in columns_in(value("waitDuration add step add waitDuration"))] == [
        "waitDuration",
        "step",
        "waitDuration",
    ]
