"""What `$apply` and `$compute` make of a table, and what a mistake in them is told."""

import pytest

from tabular.errors import OptionUnsupported, OptionWrong, UnknownColumn
from tabular.filter.bound import Apply, Choice, Constant, Kind, Of, Operation
from tabular.grouping import Function
from tabular.grouping.groups import MOST_DISTINCT
from tabular.pipeline import Computed, Extreme, Grouped, Kept, Limited, Ordered, Pipeline, Reach, Settled
from tabular.table import Reading, Type
from tests.odata.applying.asked import applied, asked
from tests.steps import CALLS


def names(pipeline: Pipeline) -> list[str]:
    return [column.name for column in pipeline.table.columns]


def types(pipeline: Pipeline) -> list[Type]:
    return [column.type for column in pipeline.table.columns]


def test_groups_and_aggregates_have_the_types_of_odata() -> None:
    methods = "waitDuration with sum as total,waitDuration with average as mean,waitDuration with min as least"
    found = applied(
        f"groupby((service,contact/value),aggregate({methods},cli with countdistinct as n,$count as rows,"
        "startTime with max as last))"
    )
    assert names(found) == ["service", "contact_value", "total", "mean", "least", "n", "rows", "last"]
    kinds = [Type.TEXT, Type.TEXT, Type.INTEGER, Type.NUMBER, Type.INTEGER, Type.INTEGER, Type.INTEGER, Type.TIME]
    assert types(found) == kinds
    assert [column.unit for column in found.table.columns][2:6] == ["s", "s", "s", None]
    assert all(column.mask is None and column.description for column in found.table.columns)
    assert found.table.key == ("service", "contact_value")
    fields = [column.reading for column in found.table.columns]
    assert fields == [Reading(f"made {place}") for place in range(8)]
    (step,) = found.steps
    assert isinstance(step, Grouped)
    functions = [measure.function for measure in step.grouping.measures]
    expected = [Function.SUM, Function.AVG, Function.MIN, Function.DISTINCT, Function.COUNT, Function.MAX]
    assert functions == expected


def test_what_is_asked_first_of_stored_rows_the_query_asks() -> None:
    found = applied("filter(status eq 'HANGUP')/filter(startTime ge 2026-01-01T00:00:00Z)/groupby((service))")
    assert [type(step) for step in found.steps] == [Grouped]
    assert isinstance(found.query.filter, Apply)
    later = applied("groupby((service),aggregate($count as n))/filter(n gt 3)")
    assert later.query.filter is None
    assert [type(step) for step in later.steps] == [Grouped, Kept]


def test_a_filter_behind_compute_is_asked_of_stored_rows_where_it_can_be() -> None:
    found = asked(compute="waitDuration div 60 as minutes", filter="minutes gt 2 and status eq 'HANGUP'")
    assert isinstance(found.query.filter, Apply)
    assert [type(step) for step in found.steps] == [Computed, Kept]
    assert found.table.columns[-1].type is Type.INTEGER
    assert names(found)[:-1] == [column.name for column in CALLS.columns]


def test_an_expression_is_aggregated_as_a_column_that_nobody_else_sees() -> None:
    found = applied("aggregate(waitDuration mul 2 with sum as double)")
    computed, grouped = found.steps
    assert isinstance(computed, Computed)
    assert isinstance(grouped, Grouped)
    assert grouped.grouping.measures[0].source == computed.column
    assert names(found) == ["double"]
    assert "made" not in found.table.columns[0].description


def test_a_filter_in_groupby_leaves_every_group() -> None:
    found = applied("groupby((service),filter(waitDuration gt 30)/aggregate($count as n,waitDuration with sum as t))")
    count, total, grouped = found.steps
    assert isinstance(grouped, Grouped)
    assert [one.function for one in grouped.grouping.measures] == [Function.COUNT, Function.SUM]
    for step in (count, total):
        assert isinstance(step, Computed)
        assert isinstance(step.value, Choice)


def test_cuts_in_groupby_are_cuts_of_each_group() -> None:
    found = applied("groupby((service),topcount(2,waitDuration)/aggregate(waitDuration with sum as t))")
    settled, best, grouped = found.steps
    assert isinstance(settled, Settled)
    assert isinstance(best, Extreme)
    assert isinstance(grouped, Grouped)
    assert [column.name for column in best.within] == ["service"]
    assert (best.reach, best.amount, best.order.descending) == (Reach.COUNT, 2, True)
    cut = applied("groupby((service),skip(1)/top(3))").steps
    assert [step.within[0].name for step in cut if isinstance(step, Limited)] == ["service", "service"]


def test_orders_take_any_expression() -> None:
    found = asked(orderby="waitDuration mul 2 desc,-cli,status", top="5", skip="2")
    ordered, _, limited = found.steps
    assert isinstance(ordered, Ordered)
    assert [order.descending for order in ordered.orders] == [True, True, False]
    assert isinstance(limited, Limited)
    assert (limited.skip, limited.top) == (2, 5)
    assert isinstance(ordered.orders[1].value, Of)


def test_later_computed_columns_see_earlier_ones_and_null_is_a_text() -> None:
    found = asked(compute="waitDuration as w,w add 1 as x,null as nothing,cli as caller")
    assert types(found)[-4:] == [Type.INTEGER, Type.INTEGER, Type.TEXT, Type.TEXT]
    assert found.table.column("w").unit == "s"
    assert found.steps[2] == Computed(found.table.column("nothing"), Constant(None, Kind.TEXT))


def test_nothing_asked_is_the_table_itself() -> None:
    found = applied("identity")
    assert found.table == CALLS
    assert found.steps == ()
    assert [one.name for one in found.counted().table.columns] == ["count"]


UNSUPPORTED = [
    ("groupby((rollup(service,status)),aggregate($count as n))", 9, "rollup"),
    ("groupby((interaction/cli),aggregate($count as n))", 9, "interaction/cli"),
    ("groupby((service),groupby((status)))", 18, "groupby in groupby"),
    ("groupby((service),aggregate($count as n)/top(2))", 41, "top behind aggregate"),
    ("groupby((service),filter(cli eq '1')/top(2)/aggregate($count as n))", 37, "top before aggregate"),
    ("aggregate(waitDuration with sum from service with average as x)", 32, "from"),
    ("aggregate(waitDuration with Custom.median as x)", 10, "Custom.median"),
    ("aggregate(tel/$count as x)", 10, "count of a list"),
    ("aggregate(interaction/cli with max as x)", 10, "other entities"),
    ("groupby((service),concat(top(1),skip(1)))", 18, "concat in groupby"),
    ("join(interaction as x)", 0, "join"),
    ("nest(identity as x)", 0, "nest"),
    ("identity/Model.Top(Count=1)", 9, "of its own"),
    ("compute(time(startTime) as clock)", 8, "a time of day as a property"),
    ("compute(endTime sub startTime as took)", 8, "a duration as a property"),
    ("topcount(waitDuration,waitDuration)", 9, "computed"),
    ("filter($these/$count gt 1)", 7, "$these"),
]


@pytest.mark.parametrize(("text", "place", "feature"), UNSUPPORTED, ids=[case[0] for case in UNSUPPORTED])
def test_what_is_not_offered_is_told_by_name_and_place(text: str, place: int, feature: str) -> None:
    with pytest.raises(OptionUnsupported) as raised:
        applied(text)
    assert (raised.value.option, raised.value.place) == ("$apply", place)
    assert feature in raised.value.feature


DISTINCT = ",".join(f"cli with countdistinct as n{place}" for place in range(MOST_DISTINCT + 1))
WRONG = [
    ("aggregate(forecast)", 10, "no aggregate of its own"),
    ("aggregate(waitDuration with sum as x,$count as x)", 37, '"x" already'),
    ("groupby((service),aggregate($count as service))", 28, '"service" already'),
    ("groupby((service,service))", 17, '"service" already'),
    ("compute(1 as cli)", 8, '"cli" already'),
    ("compute(1 as interaction)", 8, '"interaction" already'),
    ("aggregate(status with sum as x)", 10, "sum does not take a text"),
    ("filter(waitDuration eq 'x')", 20, "compares"),
    ("topcount(0,waitDuration)", 9, "from 1"),
    ("topcount(1.5,waitDuration)", 9, "whole number"),
    ("topsum(10,status)", 10, "takes numbers"),
    ("toppercent(101,waitDuration)", 11, "0 to 100"),
    ("bottomsum('x',waitDuration)", 10, "takes a number"),
    (f"aggregate({DISTINCT})", 10 + len(",".join(DISTINCT.split(",")[:8])) + 1, "count different values"),
    ("concat(aggregate(cli with max as x),aggregate(step with max as x))", 0, "of another type"),
    ("/".join(["top(1)", "concat(top(2)/skip(1),identity)"] * 30), 0, "more than 100 steps"),
    ("/".join(["concat(top(2)/skip(1),identity)"] * 5), 0, "more than 16 times"),
    (f"top({10**17})", 0, "larger than any table"),
    (
        "/".join(f"compute(round(waitDuration divby {n}) add length(trim(cli)) as x{n})" for n in range(1, 95)),
        0,
        "much",
    ),
]


@pytest.mark.parametrize(("text", "place", "problem"), WRONG, ids=[case[0][:50] for case in WRONG])
def test_a_mistake_is_told_with_its_place(text: str, place: int, problem: str) -> None:
    with pytest.raises(OptionWrong) as raised:
        applied(text)
    assert (raised.value.option, raised.value.place) == ("$apply", place)
    assert problem in raised.value.problem
    assert raised.value.advice


@pytest.mark.parametrize(
    "text",
    [
        "groupby((servic))",
        "filter(servce eq 'x')",
        "groupby((service))/filter(cli eq '1')",
        "aggregate(clii with max as x)",
    ],
)
def test_a_column_that_is_none_at_its_place_is_told(text: str) -> None:
    with pytest.raises(UnknownColumn):
        applied(text)


def test_mistakes_of_other_options_bear_their_name() -> None:
    with pytest.raises(OptionWrong) as raised:
        asked(compute="cli add 1 as x")
    assert raised.value.option == "$compute"
    assert raised.value.advice


def test_conditions_of_a_group_are_all_asked() -> None:
    found = applied("groupby((service),filter(cli eq '1')/filter(step eq 0)/aggregate($count as n))")
    (computed, _) = found.steps
    assert isinstance(computed, Computed)
    assert isinstance(computed.value, Choice)
    ((condition, value),) = computed.value.pairs
    assert isinstance(condition, Apply)
    assert condition.operation is Operation.AND
    assert value == Constant(1, Kind.INTEGER)
