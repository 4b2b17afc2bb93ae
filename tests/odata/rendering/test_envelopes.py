"""What stands around rows and errors."""

import json
from collections.abc import Iterator

import pytest

from odata.accepting import Amount
from odata.rendering import Control, collection, error_body, property_of, service_document, single

CONTEXT = "https://t/odata/$metadata#calls"


@pytest.mark.parametrize("rows", [[], [b'{"id":1}'], [b'{"id":1}', b',{"id":2}']])
@pytest.mark.parametrize("count", [None, 0, 12])
@pytest.mark.parametrize("following", [None, "https://t/odata/calls?$skiptoken=x"])
@pytest.mark.parametrize("control", [Control(), Control("4.01"), Control(amount=Amount.NONE)])
def test_a_list_is_an_object_around_its_rows(
    rows: list[bytes], count: int | None, following: str | None, control: Control
) -> None:
    found = json.loads(b"".join(collection(CONTEXT, rows, control, count, lambda: following)))
    prefix = "@" if control.version == "4.01" else "@odata."
    expected: dict[str, object] = {} if control.amount is Amount.NONE else {f"{prefix}context": CONTEXT}
    if count is not None:
        expected[f"{prefix}count"] = count
    expected["value"] = json.loads(b"[" + b"".join(rows) + b"]")
    if following:
        expected[f"{prefix}nextLink"] = following
    assert found == expected
    assert list(found) == list(expected)


def test_the_next_page_is_asked_for_behind_the_last_row() -> None:
    happened: list[str] = []

    def rows() -> Iterator[bytes]:
        yield b"{}"
        happened.append("rows are over")

    def following() -> str | None:
        happened.append("asked")
        return None

    assert len(list(collection(CONTEXT, rows(), Control(), following=following))) == 3
    assert happened == ["rows are over", "asked"]


def test_one_entity_has_its_context_before_its_members() -> None:
    assert single(CONTEXT, b'{"id":1}', Control()) == b'{"@odata.context":"%s","id":1}' % CONTEXT.encode()
    assert json.loads(single(CONTEXT, b"{}", Control())) == {"@odata.context": CONTEXT}
    assert single(CONTEXT, b'{"id":1}', Control(amount=Amount.NONE)) == b'{"id":1}'


def test_a_property_is_its_value() -> None:
    assert json.loads(property_of(CONTEXT, b"null", Control("4.01"))) == {"@context": CONTEXT, "value": None}


def test_the_service_document_lists_the_sets() -> None:
    found = json.loads(service_document(CONTEXT, [("calls", "Calls"), ("steps", 'St"eps')], Control()))
    assert found["@odata.context"] == CONTEXT
    assert [entry["url"] for entry in found["value"]] == ["calls", "steps"]
    assert {entry["kind"] for entry in found["value"]} == {"EntitySet"}


def test_an_error_is_an_object_of_its_own() -> None:
    details = [{"code": "TT130", "message": "Text stands in single quotes.", "target": "$filter"}]
    found = json.loads(error_body("TT130", "The filter is wrong: é\ud800.", "$filter", details))
    message = "The filter is wrong: é\ud800."
    assert found == {"error": {"code": "TT130", "message": message, "target": "$filter", "details": details}}
    assert json.loads(error_body("TT100", "No.")) == {"error": {"code": "TT100", "message": "No."}}
