"""What is refused of paths, and what the other dialects add to the standard."""

from collections.abc import Callable
from typing import Any

import pytest

from tabular.errors import BadPattern, PathTooCostly, PathTooLong, PathUnsupported, PathWrong, TookTooLong
from tabular.jsonpath import Budget, Dialect, compiled, select

CALLS: dict[str, Any] = {
    "data": {"calls": [[{"id": "1", "wait": 5, "tags": ["a"]}, {"id": "2", "wait": None}], [{"id": "3", "tags": []}]]}
}


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    ("path", "dialect", "offset"),
    [
        ("", Dialect.RFC9535, 0),
        ("data", Dialect.RFC9535, 0),
        ("$.a.", Dialect.RFC9535, 4),
        ("$.a[?@.b=]", Dialect.RFC9535, 8),
        ("$.a[01]", Dialect.RFC9535, 4),
        ("$.a[", Dialect.NG, 4),
        ("$.a]", Dialect.NG, 3),
        ("$.имя", Dialect.NG, 0),
        ("  ", Dialect.PLUS, 0),
        ("$.a)", Dialect.PLUS, 3),
        ("$.a[?(@.b=)]", Dialect.PLUS, 9),
        ("$.a[0", Dialect.PLUS, 3),
    ],
)
def test_a_wrong_path_is_told_with_its_place(path: str, dialect: Dialect, offset: int) -> None:
    with pytest.raises(PathWrong) as refused:
        select(path, {}, dialect)
    assert refused.value.dialect == dialect
    assert abs(refused.value.offset - offset) <= 1, refused.value.message


def test_another_dialect_is_named_and_never_taken() -> None:
    with pytest.raises(PathWrong, match="dialect=ng") as refused:
        select("$.a[?@.b > 1 & @.c]", {})
    assert refused.value.other == "ng"
    with pytest.raises(PathWrong, match="dialect=rfc9535"):
        select("$[?count(@.*) > 1]", {}, Dialect.NG)
    with pytest.raises(PathWrong) as refused:
        select("$.a^", {})
    assert refused.value.other is None


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("$" + ".a" * 500, "characters"),
        ("$" + ".a" * 33, "segments"),
        ("$..a..b..c", "descents"),
        ("$[" + ",".join(map(str, range(65))) + "]", "alternatives"),
        ("$[?" + "(" * 200 + "@.a" + ")" * 200 + "]", "brackets"),
        ("$[?" + "(" * 400 + "@.a]", "brackets"),
    ],
)
def test_a_path_that_is_too_long_is_refused_before_it_is_followed(path: str, what: str) -> None:
    for dialect in Dialect:
        with pytest.raises(PathTooLong, match=what):
            select(path, {}, dialect)


def test_as_long_as_may_be_is_answered() -> None:
    assert select("$" + ".a" * 32, deep(40)) == [deep(8)]
    assert select("$[" + ",".join(map(str, range(64))) + "]", list(range(70))) == list(range(64))
    assert len(select("$[?" + " && ".join(["@.a"] * 120) + "]", [{"a": 1}])) == 1


@pytest.mark.parametrize(
    "path", ['$[?@.a =~ "x"]', "$.a | $.b", "$.a.`sub(/x/, y)`", "$.a.`split(x, 0, -1)`", "$.a.$.b"]
)
def test_what_of_jsonpath_ng_is_refused_says_so(path: str) -> None:
    with pytest.raises(PathUnsupported):
        select(path, {}, Dialect.NG)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("data.calls[*][*].id", ["1", "2", "3"]),
        ("$.data.calls.`len`", [2]),
        ("$.data.`keys`", ["calls"]),
        ("$..tags.`parent`.id", ["1", "3"]),
        ("$.data.calls[*][*] where tags", [CALLS["data"]["calls"][0][0], CALLS["data"]["calls"][1][0]]),
        ("$.data.calls[*][*] wherenot tags", [CALLS["data"]["calls"][0][1]]),
        ("$.data.calls[*][?wait = 5].id", ["1"]),
        ("$.data.calls[*][?id == two | id == '2'].id", None),
        ("$.data.calls[*][?id != 2 & wait > 1].id", ["1"]),
        ("$.data.calls[*][?@.tags[*] == 'a'].id", ["1"]),
    ],
)
def test_what_jsonpath_ng_adds(path: str, found: list[object] | None) -> None:
    if found is None:
        with pytest.raises((PathWrong, PathUnsupported)):
            select(path, CALLS, Dialect.NG)
    else:
        assert select(path, CALLS, Dialect.NG) == found


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("data.calls[*][*].id", ["1", "2", "3"]),
        ("$..calls[*][(@.length-1)].id", ["2", "3"]),
        ("$..calls[*].0.id", ["1", "3"]),
        ("$..calls[*][*][id,wait]", ["1", 5, "2", None, "3"]),
        ("$..calls[*][?(@.wait)].id", ["1"]),
        ("$..calls[*][?(@.tags.length === 0)].id", ["3"]),
        ("$..calls[*][?(@property === 0)].id", ["1", "3"]),
        ("$..calls[*][?(@.id != '@property' && @root.data)].id", ["1", "2", "3"]),
        ("$..tags^.id", ["1", "3"]),
        ("$..tags^~", ["0", "0"]),
        ("$..calls[*][*].*@number()", [5]),
        ("$..calls[*][*].*@array()", [["a"], []]),
        ("$.data^^^.data.calls[0][0].id", []),
        ("['data'].calls[1].length", [1]),
    ],
)
def test_what_jsonpath_plus_adds(path: str, found: list[object]) -> None:
    assert select(path, CALLS, Dialect.PLUS) == found


@pytest.mark.parametrize("path", ["$..[?(@path)]", "$.a[(@.x)]", "$.a@other()", "$.`a`", "$[?(@.a =~ 'x')]"])
def test_what_of_jsonpath_plus_is_refused_says_so(path: str) -> None:
    with pytest.raises(PathUnsupported):
        select(path, {}, Dialect.PLUS)


def test_patterns_are_re2s() -> None:
    assert select("$[?match(@, 'a.c')]", ["abc", "a\nc", "xabc", "\ud800", 1]) == ["abc"]
    assert select("$[?search(@, '[.]b')]", ["a.b", "a-b"]) == ["a.b"]
    assert select("$[?match(@, '(?=a)')]", ["a", ""]) == []
    with pytest.raises(BadPattern):
        select(r"$[?match(@, '\\p{Cn}')]", ["a"])
    with pytest.raises(PathTooLong):
        select("$[?match('x', @)]", ["a" * 1001])


def test_a_path_that_looks_at_too_much_ends() -> None:
    with pytest.raises(PathTooCostly):
        select("$[*]", [1, 2, 3], budget=Budget(2))
    assert select("$[*]", [1, 2, 3], budget=Budget(4)) == [1, 2, 3]


def ticking() -> Callable[[], float]:
    now = iter(range(10_000))
    return lambda: float(next(now))


def test_a_path_that_takes_too_long_ends() -> None:
    document = [[index] for index in range(30_000)]
    with pytest.raises(TookTooLong):
        compiled("$..[0]", "@").pluck(document, Budget(seconds=1, clock=ticking()))
    assert len(compiled("$..[0]", "@").pluck(document, Budget(seconds=100, clock=ticking()))[0]) == 30_001


def test_no_depth_is_too_much() -> None:
    document = deep(1_000)
    assert len(select("$..a", document)) == 1_000
    columns = compiled("$..a", "@,^~").pluck(document)
    assert (columns[0][-1], columns[0][-2], columns[1][:2]) == (1, '{"a":1}', [None, "a"])
    assert columns[0][0] == '{"a":' * 999 + "1" + "}" * 999
    assert select("$[?@ == $.a]", document) == [document["a"]]
