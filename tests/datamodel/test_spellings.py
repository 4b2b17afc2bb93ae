"""What the drawn documents leave out: odd letters, the spellings of times, expressions of RE2's own, introspection."""

import json
from collections.abc import Iterator
from datetime import datetime

import pytest
from graphql import get_introspection_query

from tests.datamodel.asking import Shelf, asked, shelf
from tests.datamodel.drawn import Drawn
from tests.datamodel.drawn_histories import Write
from tests.datamodel.drawn_rows import IDS, JUNE, MAY, MIDDLE, UNKNOWN, Row, step

ODD = (
    "ß", "straße", "STRASSE", "ΟΔΟΣ", "οδος", "οδοσ", "İstanbul", "\u0131stanbul", "istanbul", "ﬁn", "fin", "\u017fs",
    "ss", "\u212a", "k", "Ǆ", "ǆ", "\u212b", "Å", "å", "각", "ก็", "कि", "\u0301", "ŉ", "Ⅷ", "ⅷ", "①", "½", "ø", "Ł",
    "ł", "Æ", "æ", "\u200d", "a\u00a0b", "\U00010400", "\U00010428", "\u2126", "Ω", "ω", "µ", "μ", "ё", "\u0415",
    "が", "か", "ﾊﾞ", "٣", "a\nb", "a\tb", "\ufeff", "ᾳ", "Ᾱ", "\u13a0", "ꭰ", "\U0001d49c", " ", "  ", "NULL",
    "null", '"', "\\", "%", "_", "$1", "?", "{}", "'; DROP TABLE store; --",
)  # fmt: skip

AT_ONCE = 20
"""Searches in one document, which no more may have."""


def call(number: int, **fields: object) -> Row:
    id_ = f"{1588300000 + number}.1"
    return {"id": id_, "step": 0, "multiChannel_type": "CALL", "lastUpdateTime": MIDDLE[MAY], **fields}


def search(criteria: str, selection: str = "cli") -> Drawn:
    return Drawn(f"{{ inboundCalls(search: {{ year: 2020 month: 5 {criteria} }}) {{ {selection} }} }}")


def found(held: Shelf, criteria: str) -> list[str]:
    """The callers that the engine finds."""
    return [steps[0]["cli"] for steps in asked(held.model, search(criteria))["data"]["inboundCalls"]]


@pytest.fixture(scope="module")
def odd() -> Iterator[Shelf]:
    """A call for each odd text."""
    with shelf([[Write("inboundCalls", [call(number, cli=text) for number, text in enumerate(ODD)], MAY)]]) as made:
        yield made


@pytest.mark.parametrize("operator", ["EQUAL", "NOT_EQUAL", "CONTAIN", "START_WITH", "END_WITH"])
def test_every_text_is_found_by_itself(odd: Shelf, operator: str) -> None:
    for start in range(0, len(ODD), AT_ONCE):
        texts = ODD[start : start + AT_ONCE]
        searches = {
            f"t{number}": {"year": 2020, "month": 5, "cli": {"operator": operator, "value": text}}
            for number, text in enumerate(texts)
        }
        declared = ", ".join(f"${name}: SearchInteraction!" for name in searches)
        fields = " ".join(f"{name}: inboundCalls(search: ${name}) {{ cli }}" for name in searches)
        drawn = Drawn(f"query ({declared}) {{ {fields} }}", searches)
        expected = odd.expected(drawn)
        for text, found_ in zip(texts, expected["data"].values(), strict=True):
            assert ([{"cli": text}] in found_) == (operator != "NOT_EQUAL"), text
        assert not odd.disagreement(drawn, expected)


def test_expressions_are_re2() -> None:
    texts = ("anna", "Änna", "日本", "a b", "7", "a_b")
    with shelf([[Write("inboundCalls", [call(number, cli=text) for number, text in enumerate(texts)], MAY)]]) as held:

        def matched(expression: str) -> list[str]:
            return found(held, f"cli: {{ operator: REGEXP regexp: {json.dumps(expression)} }}")

        assert matched(r"^\w+$") == ["anna", "Änna", "7", "a_b"]
        assert matched(r"^\pL+$") == ["anna", "Änna", "日本"]
        assert matched(r"[[:space:]]") == ["a b"]
        assert matched(r"(?P<letters>N){2}") == ["anna", "Änna"]
        assert matched(r"(?-i)N") == []
        assert matched(r"\Aa\C*\z") == ["anna", "Änna", "a b", "a_b"]


def test_a_time_has_a_fraction_only_where_there_is_one() -> None:
    moments = ("2020-05-01T08:39:49", "2020-05-01T08:39:49.5", "2020-05-01T08:39:49.123456", "2020-05-02T00:00:00")
    rows = [call(number, endTime=datetime.fromisoformat(text)) for number, text in enumerate(moments)]
    with shelf([[Write("inboundCalls", rows, MAY)]]) as held:
        answered = [steps[0]["endTime"] for steps in asked(held.model, search("", "endTime"))["data"]["inboundCalls"]]
    assert [datetime.fromisoformat(text.removesuffix("Z")) for text in answered] == [row["endTime"] for row in rows]
    assert [("." in text) for text in answered] == [("." in text) for text in moments]


@pytest.mark.parametrize(
    "literal",
    ["2020-05-15", "2020-05-15T08:39:49Z", "2020-05-15T10:39:49+02:00", "2020-05-14T23:09:49-09:30",
     "2020-05-15T08:39:49.0Z", "2020-05-15T08:39:49.000000Z", "2020-05-15T08:39:49-00:00"],
)  # fmt: skip
def test_times_that_are_times(odd: Shelf, literal: str) -> None:
    criteria = f'lastUpdateTime: {{ operator: BETWEEN valueLeft: "2020-05-15" valueRight: "{literal}" }}'
    assert len(found(odd, criteria)) == (0 if literal == "2020-05-15" else len(ODD))
    assert not odd.disagreement(search(criteria))


@pytest.mark.parametrize(
    "literal",
    ['"yesterday"', '""', '"2020-05-15T08:39:49"', '"2020-05-15 08:39:49Z"', '"2020-05-15T08:39Z"', '"2020-02-30"',
     '"2020-13-01"', '"20200515"', '"2020-5-15"', '"2020-W20-5"', '"2020-05-15T24:00:00Z"', '"2020-05-15T08:39:49,5Z"',
     '"2020-05-15T08:39:49+0200"', '" 2020-05-15"', '"2020-05-15Z"', '"0000-01-01"', '"9999-12-31T23:59:59-01:00"',
     '"\uff12020-05-15"', "20200515", "2020.5", "true", "TODAY", '["2020-05-15"]', '{ year: 2020 }'],
)  # fmt: skip
def test_times_that_are_none_are_refused_before_execution(odd: Shelf, literal: str) -> None:
    drawn = search(f"lastUpdateTime: {{ operator: GREATER_THAN value: {literal} }}")
    assert "data" not in odd.expected(drawn)
    assert not odd.disagreement(drawn)
    if literal[0] in '"2':
        declared = (
            "query ($at: Time) { inboundCallsCount(search: { year: 2020 month: 5 endTime: { operator: LESSER_THAN "
        )
        assert not odd.disagreement(Drawn(declared + "value: $at } }) }", {"at": json.loads(literal)}))


def test_an_id_is_taken_as_it_is() -> None:
    ids = [
        *IDS[MAY],
        *IDS[JUNE],
        *UNKNOWN,
        "ZETA-5",
        "1588284000.01",
        "01588284000.1",
        "1590962400",
        "1588284000.",
        "None",
    ]
    calls = {month: [step("inboundCalls", month, id_, 0, 7) for id_ in IDS[month]] for month in (MAY, JUNE)}
    with shelf([[Write("inboundCalls", rows, month) for month, rows in calls.items()]]) as held:
        for id_ in ids:
            drawn = Drawn("query ($id: String!) { inboundCall(id: $id) { id startTime } }", {"id": id_})
            assert not held.disagreement(drawn)
            assert (asked(held.model, drawn)["data"]["inboundCall"] is not None) == (id_ in {*IDS[MAY], *IDS[JUNE]})


def test_introspection_is_that_of_the_documented_schema(odd: Shelf) -> None:
    drawn = Drawn(get_introspection_query())
    ours, theirs = (answer["data"]["__schema"] for answer in (asked(odd.model, drawn), odd.expected(drawn)))
    # The directives of our own schema are about tables, and no business of who asks.
    assert {directive["name"] for directive in ours.pop("directives")} >= {"include", "skip", "deprecated"}
    del theirs["directives"]
    assert ours == theirs
    assert not odd.disagreement(Drawn('{ me { name } __type(name: "Status") { kind enumValues { name } } __typename }'))


@pytest.mark.parametrize(
    "drawn",
    [
        Drawn(""),
        Drawn("{ me { name } "),
        Drawn("{ me }"),
        Drawn("{ me { names } }"),
        Drawn("mutation { me }"),
        Drawn("subscription { me { name } }"),
        Drawn("fragment F on Query { me { name } }"),
        Drawn("query A { me { name } } query B { me { name } }"),
        Drawn("query A { me { name } } query B { me { name } }", {}, "C"),
        Drawn("query A { me { name } } query B { me { name } }", {}, "B"),
        Drawn("query ($id: String!) { inboundCall(id: $id) { id } }"),
        Drawn("query ($id: String!) { inboundCall(id: $id) { id } }", {"id": 5}),
        Drawn("query ($id: String) { inboundCall(id: $id) { id } }", {"id": "x"}),
        Drawn(
            "query ($of: [Status!]) { inboundCallsCount(search: { year: 2020 month: 5 status: $of }) }",
            {"of": "HANGUP"},
        ),
        Drawn(
            "query ($of: [Status!]) { inboundCallsCount(search: { year: 2020 month: 5 status: $of }) }", {"of": ["NO"]}
        ),
        Drawn("query ($year: Int!) { inboundCallsCount(search: { year: $year month: 5 }) }", {"year": 2020.0}),
        Drawn("query ($year: Int!) { inboundCallsCount(search: { year: $year month: 5 }) }", {"year": "2020"}),
        Drawn("query ($show: Boolean!) { me { name @include(if: $show) } }", {"show": False, "more": 1}),
        Drawn("{ ... @include(if: false) { inboundCalls(search: {}) { id } } }"),
        Drawn("{ a: __typename inboundCalls(search: { year: 2020 month: 5 pagination: { limit: 0 } }) { id } }"),
        Drawn('{ advancedQuery(type: TVOX query: "SELECT 1") }'),
    ],
    ids=str,
)
def test_documents_of_every_sort(odd: Shelf, drawn: Drawn) -> None:
    assert not odd.disagreement(drawn)
