"""What a path addresses, with the place of everything in it, and what is said of one that addresses nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odata.address import (
    Address,
    Alias,
    All,
    Bare,
    Batch,
    Cast,
    Crossjoin,
    Ending,
    EntityById,
    Filtered,
    Metadata,
    Named,
    Resource,
    ServiceDocument,
    parse,
)
from tabular.errors import AddressWrong, FilterWrong, TablesError
from tabular.filter.tree import Binary, Literal, Span, Spelling


def resource(path: str) -> Resource:
    found = parse(path)
    assert isinstance(found, Resource)
    return found


def key_of(path: str) -> Literal | Alias | None:
    """The one value in the first parentheses of a path's first segment."""
    first = resource(path).segments[0]
    assert isinstance(first, Named)
    return first.parentheses[0].value


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", ServiceDocument()),
        ("$metadata", Metadata()),
        ("%24metadata", Metadata()),
        ("$batch", Batch()),
        ("$entity", EntityById()),
        ("$entity/Model.Call", EntityById("Model.Call")),
        ("$all", All()),
        ("$all/Model.Call", All("Model.Call")),
        ("$crossjoin(calls,queues)", Crossjoin(("calls", "queues"))),
        ("$crossjoin(calls,queues)/$query", Crossjoin(("calls", "queues"), by_post=True)),
    ],
)
def test_what_is_no_table_has_a_value_of_its_own(path: str, expected: Address) -> None:
    assert parse(path) == expected


@pytest.mark.parametrize(
    ("path", "spelling", "text"),
    [
        ("calls(123)", Spelling.INTEGER, "123"),
        ("calls(-1)", Spelling.INTEGER, "-1"),
        ("calls('a''b')", Spelling.TEXT, "a'b"),
        ("calls(%27a%27%27b%27)", Spelling.TEXT, "a'b"),
        ("calls('a%2Fb')", Spelling.TEXT, "a/b"),
        ("calls('a+b%2B')", Spelling.TEXT, "a+b+"),
        ("calls('%C3%BC')", Spelling.TEXT, "ü"),
        ("calls(2020-05-01T08:39:49Z)", Spelling.MOMENT, "2020-05-01T08:39:49Z"),
        ("calls(true)", Spelling.BOOLEAN, "true"),
    ],
)
def test_a_key_is_a_literal(path: str, spelling: Spelling, text: str) -> None:
    found = key_of(path)
    assert isinstance(found, Literal)
    assert (found.spelling, found.text) == (spelling, text)


def test_a_key_of_several_parts_names_them() -> None:
    first = resource("steps(id='x',step=0)").segments[0]
    assert isinstance(first, Named)
    named = dict(first.parentheses[0].named)
    assert {name: value.text for name, value in named.items() if isinstance(value, Literal)} == {"id": "x", "step": "0"}
    assert named["step"].span == Span(18, 19)


def test_places_are_those_of_the_path_as_it_was_sent() -> None:
    path = "calls(%27%C3%BC%27)/steps(id=@k)"
    first, second = resource(path).segments
    assert isinstance(first, Named)
    assert isinstance(second, Named)
    key, alias = first.parentheses[0].value, second.parentheses[0].named[0][1]
    assert key is not None
    assert path[key.span.start : key.span.end] == "%27%C3%BC%27"
    assert path[first.parentheses[0].span.start : first.parentheses[0].span.end] == "(%27%C3%BC%27)"
    assert path[second.span.start : second.span.end] == "steps(id=@k)"
    assert alias == Alias("k", Span(29, 31))


def test_segments_are_told_apart_as_far_as_their_spelling_tells() -> None:
    segments = resource("calls(1)/Model.Inbound/steps/7/x").segments
    assert [type(segment) for segment in segments] == [Named, Cast, Named, Bare, Named]
    assert segments[3] == Bare("7", Span(29, 30))
    assert resource("people/O'Neil").segments[1] == Bare("O'Neil", Span(7, 13))


@pytest.mark.parametrize("ending", list(Ending))
def test_an_ending_is_no_segment(ending: Ending) -> None:
    found = resource(f"calls/{ending}")
    assert found.ending is ending
    assert [segment.span for segment in found.segments] == [Span(0, 5)]
    assert resource(f"calls/{ending}/$query").by_post


def test_each_may_be_followed_by_an_action() -> None:
    assert resource("calls/$each/Model.Close").applied == "Model.Close"


def test_a_condition_may_hold_slashes_quotes_and_parentheses() -> None:
    path = "calls/$filter(contact/value eq ')/(' and (a gt 3))/$filter(@f)/$count"
    found = resource(path)
    assert found.ending is Ending.COUNT
    assert [type(segment) for segment in found.segments] == [Named, Filtered, Filtered]
    encoded = resource("calls/%24filter%28cli%20eq%20%27%29%27%29").segments[1]
    # An encoded dollar sign is one too, and so are parentheses and quotes.
    assert isinstance(encoded, Filtered)
    assert isinstance(encoded.condition, Binary)


@pytest.mark.parametrize(
    ("path", "offset", "said"),
    [
        ("$metadta", 0, 'Did you mean "$metadata"?'),
        ("calls/$cuont", 6, 'Did you mean "$count"?'),
        ("calls/$count/x", 13, 'The address is wrong at character 14 behind the service\'s root: "x" stands behind'),
        ("calls//steps", 6, "a segment is empty"),
        ("$count", 0, "$count stands before anything"),
        ("$filter(a eq 1)", 0, "$filter stands before anything"),
        ("$metadata/calls", 10, '"calls" stands behind $metadata'),
        ("calls(id=wrong)", 9, "'wrong'"),
        ("calls(1;b=2)", 7, '";" stands where "," was expected'),
        ("calls(1,2)", 5, "without their names"),
        ("calls(a=1,a=2)", 5, "twice"),
        ("calls('a/b')", 6, "a text begins and does not end"),
        ("calls(%27a%zz%27)", 10, "two hex digits"),
        ("calls(%27%C3%28%27)", 9, "no UTF-8"),
        ("calls(1)x", 8, '"x" stands where the end of the segment was expected'),
        ("calls(1)%2Fsteps", 11, "behind the parentheses"),
        ("Model.Close", 0, "without a namespace"),
        ("$crossjoin(calls,)", 0, "joins nothing"),
        ("calls/$filter(a eq 1", 6, "does not end"),
        ("/".join(["a"] * 51), 100, "more than 50 segments"),
        ("a" * 20_001, 20_000, "longer than 20,000"),
    ],
)
def test_a_wrong_path_is_refused_with_the_place(path: str, offset: int, said: str) -> None:
    with pytest.raises(AddressWrong) as refused:
        parse(path)
    assert refused.value.offset == offset
    assert said in str(refused.value)


def test_a_wrong_condition_is_refused_as_a_filter_is() -> None:
    with pytest.raises(FilterWrong):
        parse("calls/$filter(cli eq)")


@pytest.mark.law
@given(st.text(st.sampled_from("aé$('),=/@%2Fb1. "), max_size=25))
def test_whatever_is_sent_is_read_or_refused_in_a_sentence(path: str) -> None:
    refused: TablesError | None = None
    try:
        parse(path)
    except TablesError as found:
        refused = found
    assert refused is None or (refused.status == 400 and "\n" not in refused.message)
