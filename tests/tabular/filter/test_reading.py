"""Reading a filter: what binds tighter than what, where a mistake is, and that hostile texts end with one sentence."""

import pytest

from tabular.errors import FilterUnsupported, FilterWrong, TablesError, UnknownColumn
from tabular.filter import Scope, bind, parse, parse_order
from tabular.filter.lexer import LONGEST
from tabular.filter.tree import Binary, Logic, Path, Unary
from tabular.filter.words import DEEPEST, MOST_NODES
from tests.steps import CALLS

WRONG = [
    ("status eq", 9, "ends", "comparison"),
    ("status = 'A'", 7, "operator", '"eq"'),
    ("status eq 'A' && cli eq 'B'", 14, "operator", '"and"'),
    ("status equal 'A'", 7, "operator", '"eq"'),
    ("status eq 'A", 10, "does not end", "doubled"),
    ('status eq "A"', 10, '"A"', "single quotes"),
    ("(status eq 'A'", 14, '")"', ""),
    ("status eq 'A')", 13, "operator", ""),
    ("waitDuration gt 30s", 16, "no number", "Numbers"),
    ("startTime ge 2020-13-01", 13, "no number, day", "2020-05-01"),
    (" status eq 'A'", 0, "blank", "out"),
    ("any(x:true)", 3, "without the list", "tel/any"),
    ("tel/all()", 8, "variable", ""),
    ("cli in (cli,dnis)", 11, '")"', ""),
    ("cli in ('a',dnis)", 12, "literals only", "brackets"),
    ("", 0, "ends", ""),
    ("status eq foo'A'", 10, "no type", "duration"),
    ('{"a":1,b:2} eq null', 7, "double quotes", ""),
    (r'["\x"] eq ["a"]', 1, "no JSON", ""),
    ("cli eq 'a' ; drop", 11, "operator", ""),
    ("cli eq ~", 7, "means nothing", ""),
]


@pytest.mark.parametrize(("text", "offset", "problem", "hint"), WRONG, ids=[case[0] for case in WRONG])
def test_a_mistake_is_told_with_its_place(text: str, offset: int, problem: str, hint: str) -> None:
    with pytest.raises(FilterWrong) as raised:
        parse(text)
    assert raised.value.offset == offset
    assert problem in raised.value.message
    assert hint in raised.value.hint
    assert f"character {offset + 1}:" in raised.value.message


UNBINDABLE: list[tuple[str, type[TablesError], str]] = [
    ("clii eq 'a'", UnknownColumn, 'Did you mean "cli"?'),
    ("contact/valu eq 'a'", UnknownColumn, 'Did you mean "contact_value"?'),
    ("status eq 'HANGUPP'", FilterWrong, 'Did you mean "HANGUP"?'),
    ("status in ('HANGUP','CLOSD_WITH_TRANSFER')", FilterWrong, 'Did you mean "CLOSED_WITH_TRANSFER"?'),
    ("contain(cli,'a')", FilterWrong, 'Did you mean "contains"?'),
    ("waitDuration gt '30'", FilterWrong, "single quotes"),
    ("startTime gt '2020-05-01'", FilterWrong, "no quotes"),
    ("startTime eq 2020-05-01", FilterWrong, "date(startTime)"),
    ("startTime ge 2020-02-30", FilterWrong, "Days go"),
    ("startTime sub endTime gt 30", FilterWrong, "duration"),
    ("not status eq 'HANGUP'", FilterWrong, "parentheses"),
    ("cli", FilterWrong, ""),
    ("cli add 1 eq 2", FilterWrong, "single quotes"),
    ("-cli eq 'a'", FilterWrong, ""),
    ("length(waitDuration) eq 1", FilterWrong, "(a text)"),
    ("substring(cli,1,-1) eq ''", FilterWrong, "counts from 0"),
    ("matchesPattern(cli,dnis)", FilterWrong, "pattern in quotes"),
    ("cast(cli,Edm.Strings) eq 'a'", FilterWrong, 'Did you mean "Edm.String"?'),
    ("cast(cli,Edm.Duration) gt duration'PT1S'", FilterUnsupported, ""),
    ("cli eq @p", FilterWrong, "&@p="),
    ("geo.distance(cli,cli) lt 1", FilterUnsupported, ""),
    ("cli eq binary'Zg=='", FilterUnsupported, ""),
    ("$root/x eq 1", FilterUnsupported, ""),
    ("cli/@Core.Messages eq 'a'", FilterUnsupported, ""),
    ("Model.F(a=1) eq 1", FilterUnsupported, ""),
    ("cli/any(x:true)", FilterWrong, "behind a list"),
    ("tel/any(x:true)", UnknownColumn, ""),
    ("duration'P1Y' gt duration'PT1S'", FilterWrong, "P1DT2H"),
    ("cli in dnis", FilterUnsupported, ""),
    ("[cli] eq null", FilterWrong, ""),
    ("cli eq {}", FilterUnsupported, ""),
    ("case(true:1,true:'a') eq 1", FilterWrong, ""),
    ("cli in ('a',1)", FilterWrong, ""),
    ("now() gt startTime", FilterWrong, ""),
]


@pytest.mark.parametrize(("text", "kind", "hint"), UNBINDABLE, ids=[case[0] for case in UNBINDABLE])
def test_what_does_not_fit_the_table_is_told(text: str, kind: type[TablesError], hint: str) -> None:
    with pytest.raises(kind) as raised:
        bind(parse(text), CALLS)
    assert hint in (raised.value.hint or "")
    assert len(raised.value.message) < 200


def test_what_binds_tighter_is_read_first() -> None:
    tree = parse("a or b and not c eq 1 add 2 mul 3")
    assert isinstance(tree, Logic)
    assert tree.operator == "or"
    both = tree.operands[1]
    assert isinstance(both, Logic)
    equal = both.operands[1]
    assert isinstance(equal, Binary)
    assert isinstance(equal.left, Unary), "not binds tighter than eq"
    assert isinstance(equal.right, Binary)
    assert (equal.right.operator, equal.operator) == ("add", "eq")


def test_a_chain_is_one_node_however_long() -> None:
    tree = parse(" or ".join(f"cli eq '{i}'" for i in range(400)))
    assert isinstance(tree, Logic)
    assert len(tree.operands) == 400
    bind(tree, CALLS)


def test_names_like_words_of_the_grammar_are_names() -> None:
    for text in (
        "anyone eq 1",
        "allocated eq 1",
        "eq eq 1",
        "nothing eq 1",
        "inbound eq 1",
        "nullable eq 1",
        "and eq 1",
    ):
        tree = parse(text)
        assert isinstance(tree, Binary), text
        assert isinstance(tree.left, Path), text


def test_every_place_is_that_of_the_text() -> None:
    text = "contains(cli,'045') and waitDuration gt -30"
    tree = parse(text)
    assert isinstance(tree, Logic)
    assert [text[one.span.start : one.span.end] for one in tree.operands] == [
        "contains(cli,'045')",
        "waitDuration gt -30",
    ]


def test_a_blank_in_an_offset_is_a_plus() -> None:
    assert bind(parse("startTime ge 2020-05-01T08:00:00 02:00"), CALLS) == bind(
        parse("startTime ge 2020-05-01T06:00:00Z"), CALLS
    )


def test_orders_are_expressions_with_a_direction() -> None:
    found = parse_order("startTime desc,id asc, length(cli) DESC,Cost ge Revenue")
    assert [one.descending for one in found] == [True, False, True, False]
    with pytest.raises(FilterWrong):
        parse_order("startTime down")


HOSTILE = [
    "(" * 10_000_000,
    "(" * (LONGEST - 1),
    "not " * 4_000,
    "-" * 19_999,
    "- " * 9_000,
    "[" * 19_999,
    "{" * 19_999,
    '{"a":' * 3_000,
    "a/" * 9_999,
    "a." * 9_999,
    "concat(" * 2_800,
    "1 add " * 3_000,
    "true and " * 2_200,
    "'" * 19_999,
    "''" * 9_999,
    '"' * 19_999,
    '"\\' * 9_999,
    "a eq 1 or " * 1_999 + "a eq 1",
    "cli in (" + "'a'," * 4_500 + "'b')",
    "tel/any(x:" * 1_999,
    "1" * 19_999,
    "1." + "1" * 19_990,
    "1e" + "9" * 19_990,
    "2020-" * 3_999,
    "\x00" * 19_999,
    "\u202e" * 19_999,
    "ﬁlter eq 1",
    "\u0455tatus eq 'HANGUP'",
    "'; DROP TABLE versions; --",
    "1=1; DROP TABLE kept.x",
    "cli eq 'a' union select * from versions",
    "\"cli\" eq 'a'",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "cli eq 'a'/*",
    "cli eq 'a'--",
    "$v0 eq 1",
    "sleep(10)",
    "read_csv('/etc/passwd') eq 'a'",
    "main.versions eq 1",
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
def test_a_hostile_text_ends_at_once_with_one_sentence(text: str) -> None:
    with pytest.raises(TablesError) as raised:
        bind(parse(text), CALLS)
    assert raised.value.status in (400, 501)
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 600


def test_a_text_at_its_limits_is_read() -> None:
    depth = DEEPEST - 2
    bind(parse("(" * depth + "true" + ")" * depth), CALLS)
    bind(parse("cli in (" + ",".join(["'a'"] * (MOST_NODES - 10)) + ")"), CALLS)
    nested = "cli"
    for _ in range(DEEPEST - 3):
        nested = f"concat({nested},'a')"
    bind(parse(f"{nested} eq 'a'"), CALLS)


def test_aliases_cannot_stand_for_ever_more() -> None:
    aliases = {f"a{i}": parse(f"{f'@a{i + 1} and ' * 40}true") for i in range(9)} | {"a9": parse("true")}
    with pytest.raises(FilterWrong):
        bind(parse("@a0"), Scope(CALLS, aliases=aliases))
    assert bind(parse("cli eq @a"), Scope(CALLS, aliases={"a": parse("'045'")})) == bind(parse("cli eq '045'"), CALLS)
    with pytest.raises(FilterWrong):
        bind(parse("@a"), Scope(CALLS, aliases={"a": parse("@a")}))
