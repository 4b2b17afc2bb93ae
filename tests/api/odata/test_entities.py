"""One entity, its properties and where it leads; and addresses that lead nowhere."""

import pytest

from tests.api.odata.test_documents import DATA, once
from tests.serving import Served

ID = "1572771600.1"
"""A call without a user."""

CALL = f"/odata/inboundCalls(id='{ID}',step=0)"


def test_an_entity_by_its_key(odata: Served) -> None:
    answer = odata.get(f"{CALL}?$select=id,cli,step")
    assert once(answer, "Content-Type") == DATA
    assert answer.json() == {
        "@odata.context": f"{odata.address}/odata/$metadata#inboundCalls(id,step,cli)/$entity",
        "id": ID,
        "step": 0,
        "cli": "+390001",
    }
    assert odata.get(f"/odata/inboundCalls(id=@i,step=0)?@i='{ID}'&$select=id").json()["id"] == ID
    assert odata.get(f"/odata/$entity?$id={odata.address}{CALL}&$select=id").json()["id"] == ID
    assert odata.get("/odata/_requests").json()["requests"][0]["months"] == "2019-11", "by its id"


def test_a_property_and_its_bare_value(odata: Served) -> None:
    answer = odata.get(f"{CALL}/cli")
    assert answer.json() == {
        "@odata.context": f"{odata.address}/odata/$metadata#inboundCalls(id='{ID}',step=0)/cli",
        "value": "+390001",
    }
    bare = odata.get(f"{CALL}/cli/$value")
    assert (bare.text, once(bare, "Content-Type")) == ("+390001", "text/plain;charset=utf-8")
    assert odata.get(f"{CALL}/startTime/$value").text == "2019-11-03T09:00:00Z"
    for null in ("user", "user/$value"):
        answer = odata.get(f"{CALL}/{null}")
        assert (answer.status_code, answer.content) == (204, b"")
        assert once(answer, "OData-Version") == "4.0"


def test_where_an_entity_leads(odata: Served) -> None:
    steps = odata.get(f"/odata/inboundCallSummaries('{ID}')/stepRows?$select=step&$orderby=step desc").json()
    assert steps["value"] == [{"step": 1}, {"step": 0}]
    assert odata.get(f"/odata/inboundCallSummaries('{ID}')/stepRows/$count").text == "2"
    assert odata.get(f"{CALL}/interaction/stepRows/$filter(step eq 1)/$count").text == "1"
    assert odata.get(f"{CALL}/interaction/cli/$value").text == "+390001"
    assert odata.get(f"{CALL}/contact").status_code == 204, "there is none"


def test_counts_are_bare(odata: Served) -> None:
    answer = odata.get("/odata/inboundCalls/$count?$filter=step eq 0&$top=3&$orderby=id")
    assert (answer.text, once(answer, "Content-Type")) == ("36", "text/plain;charset=utf-8")
    assert odata.get("/odata/inboundCalls/$count").text == "72"
    assert odata.get("/odata/inboundCalls/$count?$search=rossi").text == "18"


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("inboundCals", 404, 'Did you mean "inboundCalls"?'),
        ("surveys", 404, 'There is no entity set "surveys". GET /odata/ lists the entity sets.'),
        (f"inboundCalls(id='{ID}',step=7)", 404, "There is nothing at \"inboundCalls(id='1572771600.1',step=7)\"."),
        ("inboundCallSummaries('x')/stepRows", 404, "There is nothing at"),
        (f"inboundCalls('{ID}')", 400, "the key of inboundCalls is id and step"),
        (f"inboundCalls(id={ID},step=0)", 400, "Text stands in single quotes"),
        (f"inboundCalls(id='{ID}',step=0)/usr", 404, 'Did you mean "user"?'),
        (f"inboundCalls(id='{ID}',step=0)/user/x", 404, '"x" leads nowhere'),
        ("inboundCalls/cli", 404, '"cli" leads nowhere behind "inboundCalls"'),
        (f"inboundCalls(id='{ID}',step=0)/$count", 404, "$count"),
        (f"inboundCalls(id='{ID}',step=0)?$top=1", 400, "$top is wrong"),
        ("inboundCalls/$ref", 501, "$ref"),
        ("inboundCalls/$each", 501, "$each"),
        ("$all", 501, "$all"),
        ("$crossjoin(inboundCalls,outboundCalls)", 501, "$crossjoin"),
        ("$entity", 400, "$id"),
        ("$batch", 405, "POST"),
        ("$metadata/x", 400, "The address is wrong"),
    ],
)
def test_addresses_that_lead_nowhere(odata: Served, path: str, status: int, says: str) -> None:
    answer = odata.get(f"/odata/{path}")
    assert answer.status_code == status, answer.text
    assert says in answer.json()["error"]["message"]
    assert once(answer, "Content-Type") == DATA
