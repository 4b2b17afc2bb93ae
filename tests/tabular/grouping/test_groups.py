"""Groups and measures as they are written: what they mean, and what a mistake is told."""

import pytest

from datamodel.catalogue import documented
from tabular.errors import AskedWrong, BadValue, GroupingWrong, UnknownColumn
from tabular.grouping import Function, Grouping, Key, Measure, Part
from tabular.grouping.groups import MOST, Groups, groups_of
from tabular.query import SortKey
from tabular.restriction import Restriction
from tabular.table import Type
from tests.steps import CALLS

SERVICE, STARTED, WAIT, CLI = (CALLS.column(name) for name in ("service", "startTime", "waitDuration", "cli"))


def asked(group: str = "", measures: str = "") -> Groups:
    return groups_of(group, measures, CALLS, "Europe/Rome")


def names(groups: Groups) -> list[str]:
    return [chosen.name for chosen in groups.columns]


def test_the_example_of_the_documentation() -> None:
    found = asked("service,day(startTime)", "count,avg(waitDuration),max(queueDuration)")
    assert found.grouping == Grouping(
        (Key(SERVICE), Key(STARTED, Part.DAY)),
        (
            Measure(Function.COUNT),
            Measure(Function.AVG, WAIT),
            Measure(Function.MAX, CALLS.column("queueDuration")),
        ),
        "Europe/Rome",
    )
    assert names(found) == ["service", "day_startTime", "count", "avg_waitDuration", "max_queueDuration"]
    shown = [(one.column.type, one.column.unit) for one in found.columns]
    kinds = [Type.TEXT, Type.TIME, Type.INTEGER, Type.NUMBER, Type.INTEGER]
    assert shown == list(zip(kinds, [None, None, None, "s", "s"], strict=True))
    assert all(one.column.description.endswith(".") for one in found.columns)


SPELT = [
    ("$.contact.value", "", ["contact_value"]),
    ("contact.value as Contact", "", ["Contact"]),
    ("Day(startTime), HALF-HOUR( startTime ) as 'Half, hour'", "", ["day_startTime", "Half, hour"]),
    ("", "count(*),count() as N,COUNT(cli),countDistinct(cli)", ["count", "N", "count_cli", "distinct_cli"]),
    ("", "average(waitDuration),median(waitDuration)", ["avg_waitDuration", "median_waitDuration"]),
    ("", "p95(waitDuration),percentile( waitDuration , 99.9 )", ["p95_waitDuration", "p99_9_waitDuration"]),
    ("", "p99_5(waitDuration),p100(waitDuration),P0(waitDuration)", [f"p{p}_waitDuration" for p in ("99_5", 100, 0)]),
    ("", "min(startTime),max(status),sum(step)", ["min_startTime", "max_status", "sum_step"]),
    (",".join(f"{part}(endTime)" for part in Part), "", [f"{part}_endTime" for part in Part]),
]


@pytest.mark.parametrize(("group", "measures", "expected"), SPELT, ids=[group or said for group, said, _ in SPELT])
def test_spellings(group: str, measures: str, expected: list[str]) -> None:
    assert names(asked(group, measures)) == expected


def test_every_part_and_function_has_a_meaning_a_type_and_a_column() -> None:
    for part in Part:
        assert Key(STARTED, part).column.type is part.type
        assert part.meaning in Key(STARTED, part).column.description
    for function in Function:
        assert function.meaning
        assert function.takes(Type.INTEGER)


WRONG = [
    ("dayy(startTime)", "", 0, 'no key "dayy(…)"', 'Did you mean "day"?'),
    ("service, day(cli)", "", 9, "day takes a time, and cli is a text", "startTime"),
    ("service,day()", "", 8, "day takes one column", "day(startTime)"),
    ("day(startTime,endTime)", "", 0, "one column", "day(startTime)"),
    ("avg(waitDuration)", "", 0, "avg is a measure", "measures=avg(waitDuration)"),
    ("zzz(startTime)", "", 0, 'no key "zzz(…)"', "halfhour"),
    ("", "count,avg(status)", 6, "avg takes numbers, and status is a text", "distinct(status)"),
    ("", "sum(startTime)", 0, "sum takes numbers, and startTime is a time", "count(startTime)"),
    ("", "avg", 0, "stands without its column", "avg("),
    ("", "percentile", 0, "stands without its column", ",95)"),
    ("", "percentile(waitDuration)", 0, "a column and a number", ",95)"),
    ("", "percentile(waitDuration,101)", 0, 'no percentile "101"', "0 to 100"),
    ("", "percentile(waitDuration,-5)", 0, 'no percentile "-5"', "0 to 100"),
    ("", "p101(waitDuration)", 0, 'no measure "p101(…)"', "percentile"),
    ("", "averag(waitDuration)", 0, "no measure", "Did you mean"),
    ("", "count,waitDuration", 6, "is a column and no measure", "avg(waitDuration)"),
    ("", "cli", 0, "is a column and no measure", "distinct(cli)"),
    ("", "day(startTime)", 0, "day is a key", "group=day(startTime)"),
    ("service," * MOST + "cli", "", 8 * MOST, f"more than {MOST}", ""),
]


@pytest.mark.parametrize(
    ("group", "measures", "offset", "problem", "hint"), WRONG, ids=[c[0][:20] + c[1] for c in WRONG]
)
def test_a_mistake_is_told_with_its_place(group: str, measures: str, offset: int, problem: str, hint: str) -> None:
    with pytest.raises(GroupingWrong) as raised:
        asked(group, measures)
    assert (raised.value.parameter, raised.value.offset) == ("measures" if measures else "group", offset)
    assert problem in raised.value.message
    assert hint in raised.value.hint
    assert f"character {offset + 1}:" in raised.value.message


@pytest.mark.parametrize(
    ("group", "measures"), [("servic", ""), ("day(startTme)", ""), ("", "avg(waitDuratio)"), ("", "waitDuratio")]
)
def test_a_column_that_is_none_is_told_with_the_nearest(group: str, measures: str) -> None:
    with pytest.raises(UnknownColumn) as raised:
        asked(group, measures)
    assert raised.value.hint.startswith("Did you mean")


@pytest.mark.parametrize(
    ("group", "measures", "words"),
    [
        ("service,service", "", "there twice"),
        ("service as count", "count", "there twice"),
        ("service,,cli", "", "separated by commas"),
        ("", "count,", "separated by commas"),
    ],
)
def test_names_are_there_once_and_entries_are_not_empty(group: str, measures: str, words: str) -> None:
    with pytest.raises(BadValue) as raised:
        asked(group, measures)
    assert words in raised.value.hint


@pytest.mark.parametrize(
    "text",
    ["(" * 9_000, "a(" * 6_000, "['" * 9_000, ")" * 9_000, "p" * 9_000 + "(x)", "count " * 3_000],
    ids=lambda text: text[:5],
)
@pytest.mark.parametrize("parameter", ["group", "measures"])
def test_hostile_text_is_refused_in_a_sentence(parameter: str, text: str) -> None:
    with pytest.raises(AskedWrong) as raised:
        asked(**{parameter: text})
    assert len(str(raised.value)) < 400


def test_the_answer_is_sorted_by_its_columns_however_they_are_spelt() -> None:
    groups = asked("service,day(startTime) as Day", "count,avg(waitDuration) as 'Wait, mean',p95(waitDuration)")
    service, day, count, avg, p95 = (chosen.column for chosen in groups.columns)
    assert groups.order("-count,service") == (SortKey(count, True), SortKey(service))
    assert groups.order("Day desc, day(startTime), Day asc") == (SortKey(day, True), SortKey(day), SortKey(day))
    assert groups.order("-'Wait, mean',avg(waitDuration) DESC") == (SortKey(avg, True), SortKey(avg, True))
    assert groups.order("avg_waitDuration,+count") == (SortKey(avg), SortKey(count))
    assert groups.order("percentile(waitDuration, 95)") == (SortKey(p95),)
    assert groups.order(" ") == ()


def test_the_columns_of_the_answer_are_chosen_and_named_again() -> None:
    groups = asked("service,day(startTime)", "count as Calls,avg(waitDuration)")
    chosen = groups.chosen("Calls as N, avg(waitDuration), day_startTime as Day, $.service")
    assert [one.name for one in chosen] == ["N", "avg_waitDuration", "Day", "service"]
    assert groups.chosen("*") == groups.columns
    with pytest.raises(BadValue):
        groups.chosen("Calls,*")


@pytest.mark.parametrize("parameter", ["sort", "columns"])
def test_what_is_in_no_group_cannot_be_shown_nor_sorted_by(parameter: str) -> None:
    groups = asked("service,day(startTime)", "count")
    read = groups.order if parameter == "sort" else groups.chosen
    for text, offset, hint in (("service,cli", 8, "The columns of the groups"), ("day_startTim", 0, "Did you mean")):
        with pytest.raises(GroupingWrong) as raised:
            read(text)
        assert (raised.value.parameter, raised.value.offset) == (parameter, offset)
        assert hint in raised.value.hint


def test_a_hidden_column_does_not_exist() -> None:
    seen = documented().restricted(Restriction(hidden=("user",))).table("inboundCalls")
    for group, measures in (("user", ""), ("", "distinct(user)")):
        with pytest.raises(UnknownColumn):
            groups_of(group, measures, seen, "UTC")


def test_what_odata_says_can_be_said() -> None:
    """groupby((service,cli),aggregate(waitDuration with average as wait,$count as n)) in frozen values alone."""
    grouping = Grouping((Key(SERVICE), Key(CLI)), (Measure(Function.AVG, WAIT), Measure(Function.COUNT)))
    assert grouping == groups_of("service,cli", "avg(waitDuration),count", CALLS, "UTC").grouping
    assert [column.name for column in grouping.columns] == ["service", "cli", "avg_waitDuration", "count"]
    assert grouping.without_measures().columns == (SERVICE, CLI)
