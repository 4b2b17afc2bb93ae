"""Queries as clients send them: blanks, plus signs, letters of all scripts, and what is no encoding."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odata.options import decoded, read_options
from tabular.errors import OptionWrong
from tabular.filter.tree import Binary, Literal, Spelling


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("at ge 2020-05-01T00:00:00+02:00", "at ge 2020-05-01T00:00:00+02:00"),
        ("at%20ge%202020-05-01T00%3A00%3A00%2B02%3A00", "at ge 2020-05-01T00:00:00+02:00"),
        ("at+ge+2020-05-01T00%3A00%3A00+02%3A00", "at ge 2020-05-01T00:00:00+02:00"),
        ("at ge 2020-05-01T00:00:00%2002:00", "at ge 2020-05-01T00:00:00+02:00"),
        ("at ge 2020-05-01T00:00+02:00", "at ge 2020-05-01T00:00+02:00"),
        ("at ge 2020-05-01T00:00:00.5+02:00 and a", "at ge 2020-05-01T00:00:00.5+02:00 and a"),
        ("note+eq+'2020-05-01T00:00+02:00'", "note eq '2020-05-01T00:00 02:00'"),
        (
            "note eq 'it''s 1+1' and at ge 2020-05-01T00:00+02:00",
            "note eq 'it''s 1 1' and at ge 2020-05-01T00:00+02:00",
        ),
        ("at+ge+2020-05-01", "at ge 2020-05-01"),
        ("city eq 'K%C3%B6ln'", "city eq 'Köln'"),
        ("a=b%3D%26", "a=b=&"),
    ],
)
def test_a_plus_is_a_blank_but_in_an_offset(sent: str, meant: str) -> None:
    assert decoded(f"$filter={sent}") == [("$filter", meant)]


def test_a_moment_with_a_plus_is_a_moment() -> None:
    tree = read_options(decoded("$filter=at+ge+2020-05-01T00:00:00+02:00")).filter
    assert isinstance(tree, Binary)
    assert isinstance(tree.right, Literal)
    assert (tree.right.spelling, tree.right.text) == (Spelling.MOMENT, "2020-05-01T00:00:00+02:00")


def test_names_are_decoded_and_empty_parts_are_nothing() -> None:
    assert decoded("%24top=5&&find&x=") == [("$top", "5"), ("find", ""), ("x", "")]
    assert decoded("") == []


@pytest.mark.parametrize(
    ("query", "option", "place", "hint"),
    [
        ("a=1&$filter=cli eq '5%'", "$filter", 9, "%25"),
        ("$filter=%zz", "$filter", 0, "%25"),
        ("$filter=%C3%28", "$filter", 0, "%C3%A9"),
        ("%FF=1", "The query", 0, "%C3%A9"),
        ("x=\udcff", "x", 0, "%C3%A9"),
        ("$search=#1", "$search", 0, "%23"),
        ("$search=ab;c", "$search", 2, "%3B"),
    ],
)
def test_what_is_no_encoding_is_told_with_its_place(query: str, option: str, place: int, hint: str) -> None:
    with pytest.raises(OptionWrong) as raised:
        decoded(query)
    assert (raised.value.option, raised.value.place) == (option, place)
    assert hint in raised.value.hint


def test_a_semicolon_in_quotes_is_part_of_a_phrase() -> None:
    assert decoded('$search="a;b"') == [("$search", '"a;b"')]
    assert decoded("$search=a%3Bb") == [("$search", "a;b")]


@pytest.mark.law
@given(st.text())
def test_any_query_ends_in_pairs_or_in_a_sentence(query: str) -> None:
    with suppress(OptionWrong):
        assert len(decoded(query)) <= query.count("&") + 1
