"""A whole query: which names are options, where a mistake is, what stands inside what, and hostile texts."""

import pytest

from odata.options import Expanded, Form, Options, read_options
from odata.options.reading import MOST_OPTIONS
from odata.options.transformations import Aggregated, Grouped, Kin, Measure, Rollup, Traversed
from tabular.errors import OptionUnsupported, OptionWrong, RepeatedParameter, UnknownParameter
from tabular.filter.lexer import LONGEST
from tabular.filter.tree import Path, Span
from tabular.filter.words import DEEPEST, MOST_NODES
from tests.odata.options.rendering import rendered


def read(**options: str) -> Options:
    return read_options([(f"${name}", text) for name, text in options.items()])


def test_names_of_options_may_lack_the_dollar_and_be_in_any_case() -> None:
    for name in ("$top", "top", "$TOP", "Top"):
        assert read_options([(name, "5")]).top == 5


def test_what_odata_does_not_know_is_kept_as_it_is() -> None:
    options = read_options([("key", "a b"), ("!special", ""), ("key", "c"), ("@p", "5"), ("levels", "2")])
    assert options.custom == (("key", "a b"), ("!special", ""), ("key", "c"), ("levels", "2"))
    assert [name for name, _ in options.aliases] == ["p"]


def test_an_option_that_there_is_not_is_told_with_the_nearest() -> None:
    with pytest.raises(UnknownParameter) as raised:
        read_options([("$fliter", "a")])
    assert raised.value.hint == 'Did you mean "$filter"?'


@pytest.mark.parametrize("names", [("$top", "$top"), ("$top", "top"), ("$count", "$Count"), ("@p", "@p")])
def test_an_option_is_given_once(names: tuple[str, str]) -> None:
    with pytest.raises(RepeatedParameter):
        read_options([(name, "true" if "ount" in name else "1") for name in names])


WRONG = [
    ("filter", "cli eq", 6, "ends", "status eq"),
    ("filter", "cli = 'a'", 4, "operator", '"eq"'),
    ("filter", "aggregate(x with sum) gt 1", 9, "without", "$these"),
    ("orderby", "cli down", 4, '","', "startTime desc"),
    ("select", "cli dnis", 4, '","', "id,startTime"),
    ("select", "cli,", 4, "ends", ""),
    ("select", "steps/*", 6, "a property", ""),
    ("select", "steps(levels=1)", 6, "no option", "$top"),
    ("select", "steps($tpo=1)", 6, "no option", 'Did you mean "$top"?'),
    ("select", "steps($top=1", 12, "ends", ""),
    ("select", "steps($top=x)", 11, "no whole number", ""),
    ("select", "steps($top=1;top=2)", 13, "twice", ""),
    ("select", "steps(@a=1;@a=2)", 11, "twice", ""),
    ("select", "steps($filter=cli eq)", 20, '")"', ""),
    ("expand", "steps($expand=tel($search=a b(c)))", 29, "no blank", ""),
    ("expand", "Model.*", 5, "means nothing", ""),
    ("expand", "*/tel", 2, "$ref", ""),
    ("expand", "tel/$ref($levels=2)", 9, "no option", ""),
    ("expand", "tel()", 4, "an option", ""),
    ("compute", "1 add 2", 7, '"as"', "minutes"),
    ("compute", "1 as a.b", 5, "a name", ""),
    ("apply", "grupby((cli))", 0, "no transformation", 'Did you mean "groupby"?'),
    ("apply", "aggregate(x with summ as y)", 17, "no method", 'Did you mean "sum"?'),
    ("apply", "aggregate(x add 1 as y)", 18, '"with"', ""),
    ("apply", "groupby((rollup(a/b)))", 16, "two or more", ""),
    ("apply", "top(x)", 4, "no whole number", ""),
    ("apply", "concat(identity)", 15, '","', ""),
    ("apply", "ancestors(a,b,c,identity)", 10, "$root", ""),
    ("apply", "Model.f(1)", 0, "of the service's own", "Count=1"),
    ("top", "-1", 0, "no whole number", ""),
    ("top", "1" * 5_000, 0, "no whole number", ""),
    ("count", "1", 0, "neither", ""),
    ("format", "", 0, "no format", "json"),
    ("skiptoken", "", 0, "nothing", ""),
    ("schemaversion", "a b", 0, "neither", ""),
    ("levels", "2", 0, "$expand", ""),
]


@pytest.mark.parametrize(
    ("name", "text", "place", "problem", "hint"), WRONG, ids=[f"{one[0]}={one[1][:9]}" for one in WRONG]
)
def test_a_mistake_is_told_with_option_and_place(name: str, text: str, place: int, problem: str, hint: str) -> None:
    with pytest.raises(OptionWrong) as raised:
        read(**{name: text})
    assert (raised.value.option, raised.value.place) == (f"${name}", place)
    assert f"${name} is wrong at character {place + 1}: " in raised.value.message
    assert problem in raised.value.message
    assert hint in raised.value.hint


@pytest.mark.parametrize("name", ["@", "@1", "@a.b", "@a b"])
def test_an_alias_has_a_plain_name(name: str) -> None:
    with pytest.raises(OptionWrong, match="no name"):
        read_options([(name, "1")])


def test_times_of_validity_are_not_offered_anywhere() -> None:
    with pytest.raises(OptionUnsupported, match=r"\$at asks"):
        read(at="2020-05-01")
    with pytest.raises(OptionUnsupported, match=r"\$expand asks at character 7 for"):
        read(expand="steps($from=min)")
    assert read_options([("from", "2020-05-01")]).custom


def test_options_stand_inside_options() -> None:
    text = "steps($filter=cli in ('a;)','b');top=3;$expand=tel/$count($filter=type eq 'HOME');@p=5;$levels=max),*/$ref"
    steps, star = read(expand=text).expand
    assert (steps.options.top, steps.options.levels, steps.form) == (3, "max", Form.ENTITIES)
    assert steps.options.filter is not None
    assert rendered(steps.options.filter) == "(cli in ['a;)','b'])"
    (tel,) = steps.options.expand
    assert isinstance(tel, Expanded)
    assert (tel.form, tel.path[0].text, tel.span) == (Form.COUNT, "tel", Span(47, 81))
    assert text[tel.span.start : tel.span.end] == "tel/$count($filter=type eq 'HOME')"
    assert [name for name, _ in steps.options.aliases] == ["p"]
    assert (star.path[0].text, star.form) == ("*", Form.REFERENCES)


def test_selected_functions_have_parameters_and_lists_have_options() -> None:
    function, whole, items, count = read(select="Model.f(a,b),Model.*,tel(search=x),tel/$count").select
    assert function.parameters is not None
    assert [one.text for one in function.parameters] == ["a", "b"]
    assert whole.path[0].text == "Model.*"
    assert items.options.search is not None
    assert [one.text for one in count.path] == ["tel", "$count"]


def test_transformations_know_what_they_are_given() -> None:
    text = (
        "groupby((rollup(queue,agent),state),aggregate($count as calls,wait with average from day with max as w,Own))"
    )
    (grouped,) = read(apply=text).apply
    assert isinstance(grouped, Grouped)
    rollup, state = grouped.by
    assert isinstance(rollup, Rollup)
    assert isinstance(state, Path)
    assert [rendered(level) for level in rollup.levels] == ["queue", "agent"]
    (aggregated,) = grouped.then
    assert isinstance(aggregated, Aggregated)
    calls, wait, own = aggregated.measures
    assert (calls.name, wait.name, own) == ("calls", "w", Measure(own.aggregate, "", own.span))
    assert (wait.aggregate.method, wait.aggregate.steps[0].method) == ("average", "max")
    assert text[wait.span.start : wait.span.end] == "wait with average from day with max as w"


def test_hierarchies_are_read() -> None:
    text = "descendants($root/Q,H,id,filter(a),2,keep start)/traverse($root/Q,H,id,postorder,identity,name desc,id)"
    kin, traversed = read(apply=text).apply
    assert isinstance(kin, Kin)
    assert isinstance(traversed, Traversed)
    assert (kin.distance, kin.keeps_start, len(kin.of)) == (2, True, 1)
    assert (traversed.parents_first, len(traversed.of), len(traversed.orders)) == (False, 1, 2)


def test_a_media_type_keeps_its_plus() -> None:
    assert read(format="application/atom xml;type=feed").format == "application/atom+xml;type=feed"
    assert read(format="application/json; odata.metadata=none").format == "application/json; odata.metadata=none"


def nested(depth: int) -> str:
    return "a($expand=" * depth + "a" + ")" * depth


HOSTILE = [
    ("expand", nested(DEEPEST + 1)),
    ("expand", "a($expand=" * 1_900),
    ("expand", "a($search=(" * 1_500),
    ("select", "a($select=" * 1_900),
    ("select", ",".join(["a"] * (MOST_NODES + 1))),
    ("apply", "concat(" * 2_500),
    ("apply", "identity/" * (MOST_NODES + 1) + "identity"),
    ("apply", "filter(" + "(" * 5_000),
    ("apply", "aggregate(" + "a/aggregate(" * 1_500),
    ("apply", "groupby((rolluprecursive($root/a,b,c," * 500),
    ("compute", "1 add " * 100 + "1 as a"),
    ("orderby", "not " * 5_000 + "a"),
    ("filter", "a eq '" + "x" * LONGEST),
    ("search", "a" * (LONGEST + 1)),
]


@pytest.mark.parametrize(("name", "text"), HOSTILE, ids=[f"{name}={text[:20]}" for name, text in HOSTILE])
def test_hostile_texts_end_with_one_sentence(name: str, text: str) -> None:
    with pytest.raises(OptionWrong) as raised:
        read(**{name: text})
    assert len(raised.value.message) < 200


def test_long_and_deep_texts_are_read_as_far_as_the_limits_go() -> None:
    assert len(read(expand=",".join(["a($search=b (c);$top=1)"] * 400)).expand) == 400
    assert read(expand=nested(DEEPEST - 2)).expand


def test_a_query_of_too_many_options_is_refused() -> None:
    with pytest.raises(OptionWrong, match="more than"):
        read_options([("a", "")] * (MOST_OPTIONS + 1))
    with pytest.raises(OptionWrong, match="without a name"):
        read_options([("", "5")])
