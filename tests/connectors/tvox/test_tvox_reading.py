"""JSON of a TVox becomes rows without losing anything, and whatever cannot be true is refused in a sentence."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from connectors.tvox.upstream import Tvox
from datamodel.catalogue import SCHEMA_FILE
from tabular.errors import UpstreamWrong, shown
from tabular.month import Month
from tabular.upstream import PAGE
from tests.connectors.tvox.answering import NOW, Upstreams, read, upstreams
from tests.connectors.tvox.later import nested
from tests.steps import CALLS, CONTACTS

MAY = Month(2020, 5)
Record = dict[str, Any]


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upstreams]:
    """A service that remembers the documented schema."""
    with upstreams(tmp_path_factory.mktemp("memory")) as opened:
        opened.schemas.remember(SCHEMA_FILE.read_text(encoding="utf-8"))
        yield opened


@pytest.fixture(scope="module")
def tvox(memory: Upstreams) -> Tvox:
    """A TVox of the documented dialect, which says what the test puts into its mouth."""
    found, _ = memory.of(lambda source, variables: b"")
    found.tables()
    return found


def call(**fields: object) -> Record:
    """A step of a call as JSON has it: everything null but what is given, flat names."""
    return nested({c.name: None for c in CALLS.columns} | {"id": "1588581589.1", "step": 0} | fields, "inboundCalls")


def contact(**fields: object) -> Record:
    """A contact as JSON has it."""
    empty = {c.name: None for c in CONTACTS.columns} | {"tel": None, "mail": None, "web": None, "uuid": "u"}
    return nested(empty | fields, "addressBookContacts")


def calls(*steps: Record, **more: object) -> bytes:
    """The answer with one call of these steps."""
    return json.dumps({"data": {"rows": [list(steps)] if steps else [], "held": 1} | more}).encode()


def contacts(*records: Record) -> bytes:
    """The answer with these contacts."""
    return json.dumps({"data": {"rows": records, "held": 1}}, ensure_ascii=False).encode()


NASTY = (
    "",
    " ",
    "\x00",
    "a\x00b",
    '"',
    "\\",
    '\\"',
    "\n\r\t\x1f\x7f",
    "null",
    "😀 Zoë e\u0301 日本",
    "\u2028\u2029\ufeff\uffff",
    "2020-05-01T00:00:00Z",
    "1e5",
    "{}",
    "</script>",
    "x" * 100_000,
)


@pytest.mark.parametrize("ascii_only", [True, False])
def test_texts_come_as_they_are(tvox: Tvox, ascii_only: bool) -> None:
    steps = [call(step=n, user=text, contact_value=text, data=text) for n, text in enumerate(NASTY)]
    answer = {"data": {"rows": [steps], "held": 1}}
    page = read(tvox, json.dumps(answer, ensure_ascii=ascii_only, indent=1).encode(), CALLS)
    for name in ("user", "contact_value", "data"):
        assert page.rows.column(name).to_pylist() == list(NASTY)
    assert page.rows.column("contact_id").null_count == len(NASTY)


def test_lists_come_as_they_are(tvox: Tvox) -> None:
    tels: list[Any] = [None, [], [{"value": text, "type": "WORK"} for text in NASTY], [{"value": None, "type": None}]]
    records = [contact(uuid=f"u{n}", tel=tel, custom_1=str(n)) for n, tel in enumerate(tels)]
    page = read(tvox, contacts(*records), CONTACTS)
    assert page.rows.column("tel").to_pylist() == tels
    assert page.rows.column("mail").to_pylist() == [None] * 4
    assert page.rows.column("custom_1").to_pylist() == ["0", "1", "2", "3"]


def test_an_object_that_is_null_gives_nulls(tvox: Tvox) -> None:
    known = call(step=1, contact_id="c", contact_value="", popup_type="WEB", transferedTo_value="t")
    page = read(tvox, calls(call(), known), CALLS)
    for name, value in {"contact_id": "c", "contact_value": "", "popup_type": "WEB", "transferedTo_value": "t"}.items():
        assert page.rows.column(name).to_pylist() == [None, value]


def test_a_page_may_be_empty(tvox: Tvox) -> None:
    for body in (b'{"data":{"rows":[],"held":0}}', b' {"data" : {"held": 0, "rows": [ ]}}\n\n'):
        page = read(tvox, body, CALLS)
        assert (page.rows.num_rows, page.elements, page.held, page.is_last) == (0, 0, 0, True)
        assert page.rows.schema.names == [field.name for field in CALLS.fields]


def test_what_stands_beside_the_data_does_no_harm(tvox: Tvox) -> None:
    besides: list[Record] = [{"errors": None}, {"errors": []}, {"extensions": {"took": [1, "ms", {"a": None}]}}]
    for beside in besides:
        page = read(tvox, json.dumps({"data": {"rows": [[call()]], "held": 1}} | beside).encode(), CALLS)
        assert page.rows.num_rows == 1


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2020-05-01T08:39:49Z", "2020-05-01T08:39:49"),
        ("2020-05-01T08:39:49.5Z", "2020-05-01T08:39:49.500000"),
        ("2020-05-01T08:39:49.123456Z", "2020-05-01T08:39:49.123456"),
        ("2020-05-01T08:39:49.123456789Z", "2020-05-01T08:39:49.123456"),
        ("2020-05-01T08:39:49.999999999+02:00", "2020-05-01T06:39:49.999999"),
        ("2020-05-01T00:30:00+05:30", "2020-04-30T19:00:00"),
        ("2020-05-01T08:39:49-00:00", "2020-05-01T08:39:49"),
        ("2020-05-01t08:39:49z", "2020-05-01T08:39:49"),
        ("2020-05-01", "2020-05-01T00:00:00"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00"),
        ("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999"),
    ],
)
def test_times_are_instants_in_utc(tvox: Tvox, text: str, instant: str) -> None:
    other = "2020-05-01T08:39:49Z"
    page = read(tvox, calls(call(startTime=text, endTime=None), call(step=1, startTime=other, endTime=other)), CALLS)
    assert page.rows.column("startTime").to_pylist() == [
        datetime.fromisoformat(instant),
        datetime(2020, 5, 1, 8, 39, 49),
    ]
    assert page.rows.column("endTime").to_pylist() == [None, datetime(2020, 5, 1, 8, 39, 49)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2020-05-01T08:39:49",
        "2020-02-30T08:39:49Z",
        "2020-05-01T08:39:49.Z",
        "2020-05-01T24:00:00Z",
        "2020-05-01T23:59:60Z",
        " 2020-05-01T08:39:49Z",
        "2020-05-01T08:39:49+99:00",
        "10000-01-01T00:00:00Z",
        "0000-06-01T00:00:00Z",
        "0001-01-01T00:00:00+02:00",
        "9999-12-31T23:59:59-02:00",
        "2020-05-01T08:39:49Z\x00",
    ],
)
def test_a_text_that_is_no_time_is_told(tvox: Tvox, text: str) -> None:
    body = calls(call(startTime="2020-05-01T08:39:49.123456789Z"), call(step=1, startTime=text))
    with pytest.raises(UpstreamWrong, match=r'startTime is ".*", which is no time with its zone') as refused:
        read(tvox, body, CALLS)
    assert refused.value.asked == "inboundCalls of 2020-05"
    assert shown(text) in refused.value.came


def many(count: int) -> bytes:
    """The answer with so many calls."""
    return json.dumps({"data": {"rows": [[call(id=f"{n}.1")] for n in range(count)], "held": count}}).encode()


DEEP = 200_000
REFUSED: list[tuple[bytes, str]] = [
    (b"", "nothing came"),
    (b"   ", "nothing came"),
    (b"<html><h1>502</h1>", 'no JSON came but "<html><h1>502</h1>"'),
    (b'{"data":{"rows":[],"held":0}', 'no JSON came but "{"data"'),
    (b'{"data":{"rows":[],"held":0}} {}', 'no JSON came but "{"data"'),
    (b'{"data":{"rows":[],"held":0}}}, "more": {', 'no JSON came but "{"data"'),
    (b'{"data":{"rows":[],"held":0}} null', 'no JSON came but "{"data"'),
    (b'{"data":{"rows":[],"held":0}}}\nnull\n{"answer":{}', 'no JSON came but "{"data"'),
    (b"null", "null came, where an object was expected"),
    (b"[]", "a list came, where an object was expected"),
    (b'"text"', '"text" came, where an object was expected'),
    (b"5", "5 came, where an object was expected"),
    (b"{}", "no data came"),
    (b'{"data":null}', "no data came"),
    (b'{"data":[]}', "no data came"),
    (b'{"errors":[{"message":"Cannot query field \\"x\\"."}]}', 'Cannot query field "x"'),
    (b'{"errors":[{"message":"one"},{"message":"two"}],"data":{"rows":[],"held":0}}', "one"),
    (b'{"errors":[{}],"data":{"rows":[],"held":0}}', "an error without a message"),
    (b'{"errors":"away"}', "an error without a message"),
    (b'{"data":{"rows":null,"held":0}}', "rows is null"),
    (b'{"data":{"held":0}}', "rows is not there"),
    (b'{"data":{"rows":[]}}', "held is not there"),
    (b'{"data":{"rows":{},"held":0}}', "rows is an object, where a list was expected"),
    (b'{"data":{"rows":[],"held":"0"}}', 'held is "0", where a whole number was expected'),
    (b'{"data":{"rows":[],"held":-1}}', "held is -1, where a count was expected"),
    (b'{"data":{"rows":[],"held":1.5}}', "held is 1.5, where a whole number was expected"),
    (b'{"data":{"rows":[],"held":0,"more":1}}', "more came, which was not asked for"),
    (b'{"data":{"rows":[],"held":0},"data":{"rows":[],"held":0}}', "data came twice in one object"),
    (b'{"data":{"rows":[null],"held":0}}', "rows has an element that is null"),
    (b'{"data":{"rows":[[null]],"held":0}}', "rows has a step that is null"),
    (b'{"data":{"rows":[{}],"held":0}}', "rows[0] is an object, where a list was expected"),
    (b'{"data":{"rows":[[[]]],"held":0}}', "rows[0][0] is a list, where an object was expected"),
    (b'{"data":{"rows":[["x"]],"held":0}}', 'rows[0][0] is "x", where an object was expected'),
    (b'{"data":{"rows":[[{}]],"held":0}}', "a row has no id"),
    (b'{"data":{"rows":[[{"id":"1.1"}]],"held":0}}', "a row has no step"),
    (b'{"data":{"rows":[[{"id":"\xff"}]],"held":0}}', "no JSON came but"),
    (b'{"data":{"rows":[[{"id":"1.1","step":0,"user":"\\ud800"}]],"held":0}}', 'user is "?", where text was expected'),
    (b'{"data":{"rows":' + b"[" * DEEP + b"]" * DEEP + b"}}", "its JSON is nested too deeply"),
    (b'{"more":' + b'{"a":' * DEEP + b"1" + b"}" * DEEP + b"}", "its JSON is nested too deeply"),
    (calls(call() | {"colour": "red"}), "rows[0][0].colour came, which was not asked for"),
    (calls(call() | {"\ud800x": "red"}), "rows[0][0].?x came, which was not asked for"),
    (b'{"errors":[{"message":"\\ud800x"}]}', "?x"),
    (calls(call(step="0")), 'rows[0][0].step is "0", where a whole number was expected'),
    (calls(call(step=1.0)), "rows[0][0].step is 1.0, where a whole number was expected"),
    (calls(call(step=True)), "rows[0][0].step is true, where a whole number was expected"),
    (calls(call(waitDuration=2**63)), f"rows[0][0].waitDuration is {2**63}, where a whole number was expected"),
    (calls(call(user=5)), "rows[0][0].user is 5, where text was expected"),
    (calls(call(status=["HANGUP"])), "rows[0][0].status is a list, where text was expected"),
    (calls(call() | {"contact": "anna"}), 'rows[0][0].contact is "anna", where an object was expected'),
    (calls(call(startTime=1588581589)), "rows[0][0].startTime is 1588581589, where text was expected"),
    (calls(call(id=None)), "a row has no id"),
    (calls(call(), call()), "1588581589.1 came twice in one page"),
    (calls(call(), call(id="1588581589.2")), "the steps of two interactions came as one"),
    (calls(rows=[[call()], [call(id="2.1")], [call(step=1)]]), "1588581589.1 came twice in one page"),
    (many(PAGE + 1), f"rows has {PAGE + 1} elements, where {PAGE} were asked for"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "came"), REFUSED, ids=[came[:40] for _, came in REFUSED])
def test_what_cannot_be_is_refused_in_a_sentence(tvox: Tvox, body: bytes, came: str) -> None:
    with pytest.raises(UpstreamWrong) as refused:
        read(tvox, body, CALLS)
    assert came in refused.value.came
    assert refused.value.message.startswith("The TVox answered inboundCalls of 2020-05 wrongly: ")


@pytest.mark.parametrize(
    ("body", "came"),
    [
        (contacts(contact(vip="yes")), 'rows[0].vip is "yes", where true or false was expected'),
        (contacts(contact(tel={"value": "1"})), "rows[0].tel is an object, where a list was expected"),
        (contacts(contact(tel=[{"value": 1, "type": "WORK"}])), "rows[0].tel[0].value is 1, where text was expected"),
        (contacts(contact(tel=[{"value": "1", "kind": 1}])), "rows[0].tel[0].kind came, which was not asked for"),
        (contacts(contact(), contact()), "u came twice in one page"),
        (contacts(contact(uuid=None)), "a row has no uuid"),
        (b'{"data":{"rows":[null],"held":0}}', "rows has an element that is null"),
    ],
)
def test_contacts_are_refused_likewise(tvox: Tvox, body: bytes, came: str) -> None:
    with pytest.raises(UpstreamWrong) as refused:
        read(tvox, body, CONTACTS)
    assert refused.value.came == came


def test_a_call_without_steps_counts_as_one(tvox: Tvox) -> None:
    page = read(tvox, calls(rows=[[], [call()], []]), CALLS)
    assert (page.elements, page.rows.num_rows) == (3, 1)


def test_counts_are_checked_too(tvox: Tvox) -> None:
    sends = tvox._sends
    for said, came in (
        ({"data": {"t0_held": None}}, "t0_held is null"),
        ({"data": {"t0_held": -3}}, "t0_held is -3, where a count was expected"),
        ({"data": {"t0_held": 3}, "errors": [{"message": "half"}]}, "half"),
    ):
        body = json.dumps(said).encode()
        sends.answer = lambda source, variables, body=body: body  # type: ignore[attr-defined]
        with pytest.raises(UpstreamWrong, match=f"its counts wrongly: {came}"):
            tvox.tallies([(CALLS, MAY, None)], NOW)
