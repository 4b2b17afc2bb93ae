"""The plain reading says what the rulings say, one ruling after the other."""

from datetime import datetime
from typing import Any

import pytest

from tabular.month import Month
from tests.datamodel.plain import Plain

MAY = Month(2020, 5)
LONG_AGO = datetime(2020, 1, 1)


def call(id_: str = "1588581589.1320", step: int = 0, **fields: Any) -> dict[str, Any]:
    return {"id": id_, "step": step, "multiChannel_type": "CALL", "lastUpdateTime": LONG_AGO, **fields}


def model(*calls: dict[str, Any]) -> Plain:
    plain = Plain("the key")
    plain.replace("inboundCalls", MAY, calls)
    return plain


def searched(plain: Plain, search: str, selection: str = "id") -> Any:
    answer = plain.answer(f"{{ inboundCalls(search: {{ year: 2020 month: 5 {search} }}) {{ {selection} }} }}")
    assert set(answer) == {"data"}, answer
    return answer["data"]["inboundCalls"]


def finds(search: str, **fields: Any) -> bool:
    """Whether a call with these fields is found."""
    return bool(searched(model(call(**fields)), search))


def is_wrong(source: str, path: list[str] | None, plain: Plain | None = None, **variables: Any) -> None:
    answer = (plain or model()).answer(source, variables)
    assert [error.get("path") for error in answer["errors"]] == [path]
    assert answer.get("data", "absent") == ("absent" if path is None else None)


def test_me_is_the_key() -> None:
    assert model().answer("{ me { name } }") == {"data": {"me": {"name": "the key"}}}


@pytest.mark.parametrize(
    ("text", "comparison", "found"),
    [
        ("Érica", 'operator: EQUAL value: "e\u0301RICA"', True),
        ("erica", 'operator: EQUAL value: ["x", "ERICA"]', True),
        ("erica", "operator: EQUAL value: []", False),
        ("erica", "operator: NOT_EQUAL value: []", True),
        ("erica", 'operator: NOT_EQUAL value: ["x", "ÈRICA"]', False),
        (None, 'operator: NOT_EQUAL value: ["x"]', False),
        ("erica", 'operator: CONTAIN value: ["RÌC"]', True),
        ("erica", 'operator: START_WITH value: ["ica", "ér"]', True),
        ("erica", 'operator: END_WITH value: ["er", "CA"]', True),
        ("50%", 'operator: CONTAIN value: ["5_"]', False),
        ("erica", 'operator: CONTAIN value: [""]', True),
        (None, 'operator: CONTAIN value: [""]', False),
        ("Érica", 'operator: REGEXP regexp: "^ER.*[à]$"', True),
        ("erica", 'operator: REGEXP regexp: "ri"', True),
        (None, 'operator: REGEXP regexp: ""', False),
        (None, "operator: NULL", True),
        ("", "operator: NULL", False),
        ("", "operator: EMPTY", True),
        (None, 'operator: EMPTY value: ["ignored"]', True),
        ("", "operator: NOT_NULL", True),
        ("", "operator: NOT_EMPTY", False),
        ("x", "operator: NOT_EMPTY value: null", True),
    ],
)
def test_texts(text: str | None, comparison: str, found: bool) -> None:
    assert finds(f"cli: {{ {comparison} }}", cli=text) == found


@pytest.mark.parametrize(
    ("nps", "comparison", "found"),
    [
        (0, "operator: EMPTY", False),
        (None, "operator: EMPTY", True),
        (0, "operator: NOT_EMPTY", True),
        (None, "operator: NOT_NULL", False),
        (7, "operator: GREATER_THAN value: 7", False),
        (7, "operator: GREATER_THAN value: [9, 6]", True),
        (7, "operator: LESSER_THAN value: [7, 8]", True),
        (7, "operator: GREATER_EQUAL_THAN value: 7", True),
        (7, "operator: LESSER_EQUAL_THAN value: 6", False),
        (7, "operator: BETWEEN valueLeft: 7 valueRight: 7", True),
        (-10, "operator: CONTAIN value: [-1]", True),
        (10, "operator: CONTAIN value: [-1]", False),
        (110, "operator: CONTAIN value: [2, 10]", True),
        (None, "operator: NOT_EQUAL value: [1]", False),
        (1, "operator: NOT_EQUAL value: []", True),
        (1, "operator: EQUAL value: []", False),
    ],
)
def test_numbers(nps: int | None, comparison: str, found: bool) -> None:
    plain = Plain()
    plain.replace("addressBookContacts", None, [{"uuid": "u", "nps": nps}])
    answer = plain.answer(f"{{ addressBookContactCount(search: {{ nps: {{ {comparison} }} }}) }}")
    assert answer == {"data": {"addressBookContactCount": int(found)}}


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ('endTime: { operator: GREATER_THAN value: "2020-05-02T23:00:00Z" }', True),  # the same UTC day
        ('endTime: { operator: GREATER_THAN value: "2020-05-03T01:00:00+02:00" }', True),  # 2 May in UTC
        ('endTime: { operator: GREATER_THAN value: "2020-05-03" }', False),
        ('endTime: { operator: LESSER_THAN value: "2020-05-02" }', True),
        ('endTime: { operator: BETWEEN valueLeft: "2020-05-02T12:00:00Z" valueRight: "2020-05-02T00:00:00Z" }', True),
        ('queueTime: { operator: LESSER_THAN value: "2030-01-01" }', False),  # null
        ('lastUpdateTime: { operator: GREATER_THAN value: "2020-05-02T10:00:00.5Z" }', True),
        ('lastUpdateTime: { operator: GREATER_THAN value: "2020-05-02T10:00:00.500001Z" }', False),
        ('lastUpdateTime: { operator: LESSER_THAN value: "2020-05-02T12:00:00.5+02:00" }', True),
        ('lastUpdateTime: { operator: LESSER_THAN value: "2020-05-02" }', False),
    ],
)
def test_times(search: str, found: bool) -> None:
    moment = datetime(2020, 5, 2, 10, 0, 0, 500_000)
    assert finds(search, endTime=moment, lastUpdateTime=moment) == found


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("waitDuration: { operator: GREATER_THAN value: 30 }", True),
        ("waitDuration: { operator: LESSER_THAN value: 30 }", True),
        ("waitDuration: { operator: BETWEEN valueLeft: 31 valueRight: 40 }", False),
        ("queueDuration: { operator: LESSER_THAN value: 0 }", True),  # absent is 0
        ("servicePriority: [1, 0]", True),
        ("sentiment: [1]", False),
        ("status: []", False),
        ("status: [HANGUP, ERROR]", True),
        ("status: null", True),
        ("context: [ACTIVE]", False),
        ("abandonedCall: true callbackCall: false", True),
        ("abandonedCall: false", False),
        ("contact: {} popup: { type: null, result: null }", True),
        ('contact: { value: { operator: EQUAL value: "1" } username: { operator: NULL } }', True),
        ("step: LAST", True),
    ],
)
def test_other_criteria(search: str, found: bool) -> None:
    assert finds(search, waitDuration=30, status="HANGUP", abandonedCall="1.1", contact_value="1") == found


def test_one_step_must_meet_all_criteria() -> None:
    plain = model(call(step=0, cli="a", dnis="x"), call(step=1, cli="b", dnis="y"))
    both = 'cli: { operator: EQUAL value: "%s" } dnis: { operator: EQUAL value: "y" }'
    assert searched(plain, both % "b", "step") == [[{"step": 0}, {"step": 1}]]
    assert searched(plain, both % "a") == []
    assert searched(plain, f"step: LAST {both % 'b'}") == []
    assert searched(plain, 'step: LAST cli: { operator: EQUAL value: "a" }', "step") == [[{"step": 0}]]


def test_a_call_without_its_latest_step() -> None:
    plain = model(call("1588000001.1", cli="b"), call("1588000002.1", step=1, cli="a"))
    assert searched(plain, "sorting: { key: CLI }", "cli") == [[{"cli": "b"}], [{"cli": "a"}]]
    assert searched(plain, "step: LAST", "cli") == [[{"cli": "b"}]]


def test_one_element_must_meet_all_criteria() -> None:
    plain = Plain()
    tel = [{"value": "041", "type": "HOME"}, {"value": "045", "type": None}]
    plain.replace("addressBookContacts", None, [{"uuid": "a", "tel": tel}, {"uuid": "b", "tel": []}, {"uuid": "c"}])

    def found(search: str) -> list[str]:
        answer = plain.answer(f"{{ addressBookContacts(search: {{ {search} }}) {{ uuid }} }}")
        return [contact["uuid"] for contact in answer["data"]["addressBookContacts"]]

    assert found('tel: { value: { operator: START_WITH value: "041" } type: HOME }') == ["a"]
    assert found('tel: { value: { operator: START_WITH value: "045" } type: HOME }') == []
    assert found("tel: {} mail: { value: null }") == ["a", "b", "c"]
    assert found("tel: { value: { operator: NULL } }") == []
    assert found("vip: false") == []


def test_order() -> None:
    texts = {"1588000001.1": "é", "1588000002.1": "F", "1588000003.1": None, "1588000004.1": "E", "1588000005.1": "_"}
    plain = model(*(call(id_, cli=cli, queueDuration=cli and 1) for id_, cli in texts.items()))

    def order(sorting: str) -> list[str]:
        return [steps[0]["id"][9] for steps in searched(plain, f"sorting: {sorting}")]

    assert order("{ key: CLI }") == ["1", "4", "2", "5", "3"]  # capitals come before the underscore
    assert order("{ key: CLI direction: DESC }") == ["5", "2", "1", "4", "3"]
    assert order("{ key: QUEUE_DURATION }") == ["3", "1", "2", "4", "5"]  # absent is 0
    assert order("{ direction: DESC }") == ["5", "4", "3", "2", "1"]
    assert order("{ key: null direction: null }") == order("null") == order("{}") == ["1", "2", "3", "4", "5"]


def test_pages_and_counts() -> None:
    plain = model(*(call(f"158800000{number}.1") for number in range(5)), call("1588000000.1", 1))
    assert len(searched(plain, "pagination: { limit: 2 offset: 4 }")) == 1
    assert searched(plain, "pagination: { limit: 0 }") == []
    assert len(searched(plain, "pagination: { limit: null offset: 1 }")) == 4
    count = "{ inboundCallsCount(search: { year: 2020 month: 5 pagination: { limit: 1 } }) }"
    assert plain.answer(count) == {"data": {"inboundCallsCount": 5}}


def test_records() -> None:
    plain = model(
        call(popup_result="ok", contact_value="", transferedTo_type="NUMBER", startTime=datetime(2020, 5, 1, 8))
    )
    selection = "popup { type } contact { id value } transferedTo { type } callTag { note1 } waitDuration startTime"
    assert searched(plain, "", selection) == [
        [
            {
                "popup": None,
                "contact": {"id": None, "value": ""},
                "transferedTo": None,
                "callTag": None,
                "waitDuration": 0,
                "startTime": "2020-05-01T08:00:00Z",
            }
        ]
    ]


def test_by_id() -> None:
    plain = model(call(step=1), call(step=0))
    query = '{ inboundCall(id: "%s") { step } }'
    assert plain.answer(query % "1588581589.1320") == {"data": {"inboundCall": [{"step": 0}, {"step": 1}]}}
    assert plain.answer(query % "1.1") == {"data": {"inboundCall": None}}
    is_wrong('{ addressBookContact(uuid: "u") { name } }', ["addressBookContact"])


def test_what_is_wrong_in_execution() -> None:
    for search in (
        "month: 5",
        "year: 2020 month: null",
        "year: 2020 month: 13",
        "year: 2020 month: 5 pagination: { limit: 1001 }",
        "year: 2020 month: 5 pagination: { offset: -1 }",
        "year: 2020 month: 5 cli: {}",
        'year: 2020 month: 5 cli: { value: "x" }',
        "year: 2020 month: 5 cli: { operator: EQUAL }",
        "year: 2020 month: 5 contact: { value: { operator: REGEXP value: null } }",
        'year: 2020 month: 5 endTime: { operator: BETWEEN valueLeft: "2020-05-01" }',
        'year: 2020 month: 5 cli: { operator: REGEXP regexp: "(?=a)" }',
    ):
        is_wrong(f"{{ a: inboundCalls(search: {{ {search} }}) {{ id }} }}", ["a"])


def test_what_is_wrong_before_execution() -> None:
    for source in (
        "{ me",
        "{ you }",
        "query A { me { name } } query B { me { name } }",
        '{ inboundCallsCount(search: { endTime: { operator: LESSER_THAN value: "yesterday" } }) }',
        "query ($id: String!) { inboundCall(id: $id) { id } }",
    ):
        is_wrong(source, None)
    is_wrong(
        "query ($at: Time) { inboundCallsCount(search: { endTime: { operator: LESSER_THAN value: $at } }) }",
        None,
        at="2020-05-01T00:00:00",
    )


def test_a_call_is_merged_into_its_month() -> None:
    plain = model(call("1588581589.1", cli="old"))
    plain.merge(
        "inboundCalls",
        [call("1588581589.1", cli="new"), call("1590962400.1"), call("x", startTime=datetime(2020, 4, 30, 22))],
    )
    assert searched(plain, "", "id cli") == [[{"id": "1588581589.1", "cli": "new"}], [{"id": "x", "cli": None}]]
    assert [row["id"] for row in plain.months["inboundCalls"][Month(2020, 6)]] == ["1590962400.1"]
