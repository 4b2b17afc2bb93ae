"""Parameter aliases: what they stand for, in its place, and that none of them goes round or grows without end."""

import pytest

from odata.options import read_options, with_aliases
from tabular.errors import OptionWrong
from tabular.filter.tree import Node, Span
from tabular.filter.words import MOST_NODES
from tests.odata.options.rendering import bare, rendered


def replaced(text: str, **aliases: str) -> str:
    """A filter with its aliases in their places, as text."""
    return rendered(tree(text, **aliases))


def tree(text: str, **aliases: str) -> Node:
    options = read_options([("$filter", text), *((f"@{name}", value) for name, value in aliases.items())])
    assert options.filter is not None
    return with_aliases(options.filter, dict(options.aliases))


@pytest.mark.parametrize(
    ("text", "aliases", "result"),
    [
        ("cli eq @p", {"p": "'045'"}, "cli eq '045'"),
        ("cli in @p", {"p": '["a","b"]'}, "cli in ['a','b']"),
        ("contains(cli,@p)", {"p": "concat('0',@q)", "q": "'4'"}, "contains(cli,concat('0','4'))"),
        ("tel/any(t:t/type eq @p)", {"p": "'HOME'"}, "tel/any(t:t/type eq 'HOME')"),
        ("tel/$count($filter=type eq @p) gt @n", {"p": "'HOME'", "n": "1"}, "tel/$count($filter=type eq 'HOME') gt 1"),
        ("tel/$filter(type eq @p)/$count gt 1", {"p": "'HOME'"}, "tel/$filter(type eq 'HOME')/$count gt 1"),
        ("@p", {"p": "cli eq 'a' or cli eq 'b'"}, "(cli eq 'a') or (cli eq 'b')"),
        ("@a/street eq 'x'", {"a": "$this"}, "$this/street eq 'x'"),
        ("not @p", {"p": "true"}, "not true"),
        ("-@p lt 1", {"p": "2"}, "-(2) lt 1"),
        ('{"a":@p} eq null', {"p": "1"}, '{"a":1} eq null'),
        ("case(@p:1,true:@q) eq 1", {"p": "false", "q": "2"}, "case(false:1,true:2) eq 1"),
        ("steps(id=@p)/cli eq 'a'", {"p": "1"}, "steps(id=1)/cli eq 'a'"),
        ("steps/aggregate(x mul @p with sum) gt 1", {"p": "2"}, "steps/aggregate(x mul 2 with sum) gt 1"),
        ("cli/@Core.Messages eq 'a'", {}, "cli/@Core.Messages eq 'a'"),
    ],
)
def test_an_alias_is_what_it_stands_for(text: str, aliases: dict[str, str], result: str) -> None:
    assert bare(tree(text, **aliases)) == bare(tree(result))


def test_an_alias_without_a_value_is_null() -> None:
    assert replaced("cli eq @p") == replaced("cli eq null")
    assert replaced("@a/street eq 1") == replaced("null eq 1")


def test_what_is_put_in_stands_where_the_alias_stood() -> None:
    found = tree("cli eq @p", p="concat('a',@q)", q="'b'")
    spans = {span for span in _spans(found) if span.start >= 4 and span != Span(4, 6)}
    assert spans == {Span(7, 9)}
    behind = tree("cli eq @p and cli eq 'x'", p="5")
    assert Span(21, 24) in _spans(behind), "what follows an alias stands where it stood"


def _spans(node: object) -> list[Span]:
    if isinstance(node, Span):
        return [node]
    if isinstance(node, tuple):
        return [span for one in node for span in _spans(one)]
    slots = getattr(type(node), "__slots__", ())
    return [span for slot in slots for span in _spans(getattr(node, slot))]


@pytest.mark.parametrize(
    ("text", "aliases", "option", "said"),
    [
        ("cli eq @a", {"a": "@a"}, "@a", "itself"),
        ("cli eq @a", {"a": "concat(@b,'x')", "b": "@a"}, "@a", "itself"),
        ("@a/street eq 1", {"a": "5"}, "@a", "it is a value"),
    ],
)
def test_what_no_alias_can_be_is_told(text: str, aliases: dict[str, str], option: str, said: str) -> None:
    with pytest.raises(OptionWrong) as raised:
        tree(text, **aliases)
    assert raised.value.option == option
    assert said in raised.value.message


def test_aliases_that_double_each_other_end_with_a_sentence() -> None:
    doubling = {f"a{i}": f"@a{i + 1} add @a{i + 1}" for i in range(40)}
    with pytest.raises(OptionWrong, match="too much"):
        tree("@a0 eq 1", **doubling)
    deep = {f"a{i}": f"not @a{i + 1}" for i in range(100)}
    with pytest.raises(OptionWrong, match="too much"):
        tree("@a0", **deep)
    wide = " and ".join(["@p"] * 500)
    with pytest.raises(OptionWrong, match="too much"):
        tree(wide, p=" or ".join(["a"] * (MOST_NODES // 400)))
