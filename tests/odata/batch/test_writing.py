"""Answers of batches: other readers read back what was answered."""

import json
from base64 import urlsafe_b64decode
from email import message_from_bytes, policy
from email.message import Message

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odata.batch import PartAnswer, as_json, as_multipart, multipart_type, new_boundary

JSON = (("Content-Type", "application/json;odata.metadata=minimal"), ("OData-Version", "4.0"))


def test_a_multipart_answer_byte_by_byte() -> None:
    answers = [PartAnswer("1", 200, JSON, b'{"value":[]}'), PartAnswer("", 404, (("content-length", "99"),), b"")]
    assert b"".join(as_multipart(answers, "b")) == (
        b"--b\r\n"
        b"Content-Type: application/http\r\n"
        b"Content-Transfer-Encoding: binary\r\n"
        b"Content-ID: 1\r\n"
        b"\r\n"
        b"HTTP/1.1 200 OK\r\n"
        b"Content-Type: application/json;odata.metadata=minimal\r\n"
        b"OData-Version: 4.0\r\n"
        b"Content-Length: 12\r\n"
        b"\r\n"
        b'{"value":[]}\r\n'
        b"--b\r\n"
        b"Content-Type: application/http\r\n"
        b"Content-Transfer-Encoding: binary\r\n"
        b"\r\n"
        b"HTTP/1.1 404 Not Found\r\n"
        b"Content-Length: 0\r\n"
        b"\r\n"
        b"\r\n"
        b"--b--\r\n"
    )


def test_a_json_answer_holds_json_text_and_bytes() -> None:
    answers = [
        PartAnswer("1", 200, JSON, b'{"value":[]}'),
        PartAnswer("2", 200, (("content-type", "text/plain;charset=utf-8"),), "3 é".encode()),
        PartAnswer("3", 200, (("Content-Type", "application/xml"),), b"<a/>"),
        PartAnswer("4", 200, (("Vary", "a"), ("Vary", "b")), b"\xff\xfe\xfd"),
        PartAnswer("5", 424, (), b"", group="g"),
    ]
    assert json.loads(b"".join(as_json(answers))) == {
        "responses": [
            {"id": "1", "status": 200, "headers": dict(JSON), "body": {"value": []}},
            {"id": "2", "status": 200, "headers": {"content-type": "text/plain;charset=utf-8"}, "body": "3 é"},
            {"id": "3", "status": 200, "headers": {"Content-Type": "application/xml"}, "body": "<a/>"},
            {"id": "4", "status": 200, "headers": {"Vary": "a, b"}, "body": "__79"},
            {"id": "5", "atomicityGroup": "g", "status": 424, "headers": {}},
        ]
    }


def test_answers_are_written_as_they_come() -> None:
    for write in (as_json, lambda answers: as_multipart(answers, "b")):
        pieces = write(PartAnswer(str(number), 200) for number in range(3))
        assert len(list(pieces)) == 4


def test_no_answers_are_an_answer_too() -> None:
    assert json.loads(b"".join(as_json([]))) == {"responses": []}
    assert b"".join(as_multipart([], "b")) == b"--b--\r\n"


def test_boundaries_are_guessed_by_nobody() -> None:
    assert new_boundary() != new_boundary()
    assert multipart_type("b") == "multipart/mixed;boundary=b"


HEADERS = st.dictionaries(
    st.sampled_from(["Content-Type", "Vary", "X"]), st.sampled_from(["a", "image/png", 'b;c="d: e"']), max_size=2
).map(lambda found: tuple(found.items()))
ANSWERS = st.lists(
    st.builds(
        PartAnswer,
        st.text("Az09._~-", min_size=1, max_size=4),
        st.sampled_from([200, 400, 404, 410, 418, 501, 599]),
        HEADERS,
        st.binary(max_size=30) | st.sampled_from([b"\r\n", b"\n--b--\n", b"--", b"\r", b"\0\xff"]),
    ),
    min_size=1,
    max_size=4,
)


def answer_of(part: Message) -> PartAnswer:
    """An answer as a reader of mail finds it."""
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    line, _, rest = payload.partition(b"\r\n")
    head, _, body = rest.partition(b"\r\n\r\n")
    headers = [one.decode().split(": ", 1) for one in head.split(b"\r\n")]
    assert headers.pop() == ["Content-Length", str(len(body))]
    status = int(line.split(b" ")[1])
    return PartAnswer(str(part["Content-ID"]), status, tuple((name, value) for name, value in headers), body)


@pytest.mark.law
@given(ANSWERS)
def test_a_mail_reader_reads_a_multipart_answer(answers: list[PartAnswer]) -> None:
    boundary = "batchresponse_0123456789abcdef"
    text = f"Content-Type: {multipart_type(boundary)}\r\n\r\n".encode() + b"".join(as_multipart(answers, boundary))
    read = message_from_bytes(text, policy=policy.compat32)
    assert not read.defects
    parts = read.get_payload()
    assert isinstance(parts, list)
    assert [answer_of(part) for part in parts if isinstance(part, Message)] == answers


@pytest.mark.law
@given(ANSWERS)
def test_a_json_reader_reads_a_json_answer(answers: list[PartAnswer]) -> None:
    found = json.loads(b"".join(as_json(answers)))["responses"]
    for one, answer in zip(found, answers, strict=True):
        assert (one["id"], one["status"], one["headers"]) == (answer.id, answer.status, dict(answer.headers))
        assert urlsafe_b64decode(one.get("body", "")) == answer.body
