"""IMPORTJSONAPI with the arguments that old sheets give it."""

import json

import pytest

from tests.addin.sheets.host import Host
from tests.addin.sheets.sheet import WORLD, asked
from tests.connectors.tvox.peers import Peer, answer
from tests.serving import Served

HEADERS = "headers={ 'X-Telenia-APIKey' : 'old key' }"
POST = ("method=post", "contentType=application/json", HEADERS)
QUERY = "payload={ 'query': '{ inboundCalls(search: { year: 2026, month: 11 }) { id step cli startTime }}'}"
PEOPLE = json.dumps({"people": {"a": {"name": "Ann", "wait": 3}, "b": {"name": "l'Aquila", "tags": ["x", "y"]}}})


def test_an_old_formula_is_answered_from_here(sheet: Host) -> None:
    for address in ("https://tvox.example/datamodel/query", "https://x.example/datamodel/query?errors=http&api_key=k"):
        rows = sheet.custom("IMPORTJSONAPI", address, "$..inboundCalls[*][*]", "id, step,cli", *POST, QUERY)
        assert len(rows) == 30
        assert rows[0] == ["1793658600.30", 0, "-7"]
    (sent,) = asked(sheet)
    assert sent["url"] == f"{WORLD}/import.grid"
    assert "Authorization" in sent["headers"]
    assert "X-Telenia-APIKey" not in sent["headers"]


def test_its_way_of_writing_quotes(sheet: Host) -> None:
    query = r"{ inboundCalls(search: { year: 2026, month: 11, status: {eq: \%22HANGUP\%22} }) { id } }"
    said = sheet.custom(
        "IMPORTJSONAPI", "https://h/datamodel/query", "$..id", "@", *POST, f"payload={{ 'query': '{query}' }}"
    )
    assert "Invalid JSON" not in str(said)
    whole = f"payload={json.dumps({'query': '{ me { name } }', 'variables': {}})}"
    assert sheet.custom("IMPORTJSONAPI", "https://h/datamodel/query", "$..me", "name", *POST, whole) != [[""]]


def test_json_in_a_cell(sheet: Host) -> None:
    sheet.type("Sheet1!A1", PEOPLE)
    sheet.type("Sheet1!A2", '=IMPORTJSONAPI(A1;"$.people[*]";"~,name,wait,tags")')
    assert sheet.values("Sheet1!A2:D3") == [["a", "Ann", 3, ""], ["b", "l'Aquila", "", "x,y"]]


def test_another_address_is_fetched_as_before(sheet: Host, served: Served) -> None:
    with Peer(answer(body=PEOPLE.encode())) as peer:
        sheet.configure(routes={"https://api.example.org": peer.address} | {WORLD: served.address})
        given = ("https://api.example.org/x", "$.people[*]", "name")
        assert sheet.custom("IMPORTJSONAPI", *given, "headers={'X-Own':'1'}") == [["Ann"], ["l'Aquila"]]
        (one,) = peer.asked
        assert one.headers["x-own"] == "1"
        assert "authorization" not in one.headers, "the sheet's token is for the service alone"
        sheet.custom("IMPORTJSONAPI", *given, *POST, "payload={'a': 1}", 5)
        assert (peer.asked[1].body, peer.asked[1].headers["content-type"]) == (b'{"a":1}', "application/json")
        sheet.custom("IMPORTJSONAPI", *given, "method=post", "payload={'a': '1 2'}")
        assert peer.asked[2].body in (b"a=1+2", b"a=1%202")


@pytest.fixture(autouse=True)
def routed(sheet: Host, served: Served) -> None:
    """The service is where it was."""
    sheet.configure(routes={WORLD: served.address})
    asked(sheet)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("https://h/x", "$", "@", "verb=post"), "ERROR: Invalid parameter name: verb"),
        (("https://h/x", "$", "@", "headers={'a': 'l'aquila'}"), "ERROR: Invalid JSON in headers"),
        (("https://h/x", "$", "@", "payload=100%"), "ERROR: URI malformed"),
        (("https://nowhere.example/x", "$", "@"), "ERROR: DNS error"),
        (("https://h/datamodel/query", "$..x", "id"), "ERROR: The formula sends no query"),
        (("", "$", "@"), "ERROR: Which address?"),
        (('{"a": ', "$", "a"), "ERROR: "),
        (("https://h/datamodel/query", "$..x[*]", "clii", *POST, QUERY), "ERROR: "),
    ],
)
def test_errors_are_texts_as_they_were(sheet: Host, arguments: tuple[str, ...], says: str) -> None:
    assert str(sheet.custom("IMPORTJSONAPI", *arguments)).startswith(says)


def test_what_says_nothing_makes_it_ask_anew(sheet: Host) -> None:
    given = ("https://h/datamodel/query", "$..inboundCalls[*][*]", "id", *POST, QUERY)
    sheet.custom("IMPORTJSONAPI", *given, 1)
    asked(sheet)
    sheet.custom("IMPORTJSONAPI", *given, 1)
    assert not asked(sheet)
    sheet.custom("IMPORTJSONAPI", *given, 2)
    assert len(asked(sheet)) == 1


def test_no_rows_are_an_empty_cell(sheet: Host) -> None:
    assert sheet.custom("IMPORTJSONAPI", '{"a": []}', "$.a[*]", "b") == [[""]]
