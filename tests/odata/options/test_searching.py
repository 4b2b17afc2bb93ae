"""`$search`: what binds tighter, when AND, OR and NOT are words, and where a search in parentheses ends."""

import pytest

from odata.options import read_options
from odata.options.sought import Combined, Sought, Term, Without
from tabular.errors import OptionWrong
from tabular.filter.words import DEEPEST, MOST_NODES


def told(sought: Sought | None) -> str:
    """A tree with all its parentheses."""
    match sought:
        case Term(text, quote):
            return f"{quote}{text}{quote}"
        case Without(inner):
            return f"not({told(inner)})"
        case Combined(operator, parts):
            return f"{operator}({' '.join(map(told, parts))})"
    return ""


READ = [
    ("blue", "blue"),
    ("blue green", "and(blue green)"),
    ("blue AND green", "and(blue green)"),
    ("a OR b c", "or(a and(b c))"),
    ("a b OR NOT c AND d", "or(and(a b) and(not(c) d))"),
    ("(a OR b) AND c", "and(or(a b) c)"),
    ("NOT (a OR b)", "not(or(a b))"),
    ("NOT NOT a", "not(not(a))"),
    ("NOT", "NOT"),
    ("NOT NOT", "not(NOT)"),
    ("AND", "AND"),
    ("AND OR NOT", "or(AND NOT)"),
    ("foo OR", "and(foo OR)"),
    ('"AND" a', 'and("AND" a)'),
    ("and or not", "and(and or not)"),
    ('"blue green" red', 'and("blue green" red)'),
    ("'\"blue gr'", "'\"blue gr'"),
    ("'it''s'", "'it's'"),
    ("Daniel's 08/15 a=b $x", "and(Daniel's 08/15 a=b $x)"),
    (" ( a ) ", "a"),
    ("a;top=5", "a;top=5"),
]


@pytest.mark.parametrize(("text", "tree"), READ, ids=[case[0] for case in READ])
def test_a_search_is_read(text: str, tree: str) -> None:
    assert told(read_options([("$search", text)]).search) == tree


WRONG = [
    ("", 0, "ends"),
    ("a (b", 4, "not closed"),
    ("a)", 1, "no parenthesis is open"),
    ("()", 1, "a word was expected"),
    ("gr(een)", 2, "no blank"),
    ("NOT(a)", 3, "no blank"),
    ('a "b', 2, "does not end"),
    ('""', 0, "empty"),
    ("'a' b", 3, "stands alone"),
    ("'a", 0, "does not end"),
]


@pytest.mark.parametrize(("text", "place", "said"), WRONG, ids=[case[0] for case in WRONG])
def test_a_mistake_is_told_with_its_place(text: str, place: int, said: str) -> None:
    with pytest.raises(OptionWrong) as raised:
        read_options([("$search", text)])
    assert raised.value.place == place
    assert said in f"{raised.value.message} {raised.value.hint}"


def test_in_parentheses_an_option_ends_a_search_and_another_semicolon_does_not() -> None:
    text = "steps($search=a;b (c);$top=5),tel(search='x;$top=1)';count=true),mail($search=Daniel's)"
    first, second, third = read_options([("$expand", text)]).expand
    assert (told(first.options.search), first.options.top) == ("and(a;b c)", 5)
    assert (told(second.options.search), second.options.count) == ("'x;$top=1)'", True)
    assert told(third.options.search) == "Daniel's"


def test_hostile_searches_end_with_one_sentence() -> None:
    for text in ("(" * 5_000, "NOT " * 5_000, "a " * (MOST_NODES + 1), "(" * (DEEPEST + 1) + "a" + ")" * (DEEPEST + 1)):
        with pytest.raises(OptionWrong):
            read_options([("$search", text)])
    assert read_options([("$search", "a OR " * 900 + "b")]).search is not None
