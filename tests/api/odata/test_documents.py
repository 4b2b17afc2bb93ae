"""The service document and the metadata: what Power BI reads before anything else."""

import httpx
import pytest

from tests.serving import Served

DATA = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
POWER_QUERY = {
    "Accept": "application/json;odata.metadata=minimal;q=1.0,application/json;odata=minimalmetadata;q=0.9,"
    "application/atomsvc+xml;q=0.8,application/atom+xml;q=0.8,application/xml;q=0.7,text/plain;q=0.7",
    "OData-MaxVersion": "4.0",
    "MaxDataServiceVersion": "3.0",
    "User-Agent": "Microsoft.Data.Mashup (https://go.microsoft.com/fwlink/?LinkID=304225)",
}


def once(answer: httpx.Response, name: str) -> str:
    """The value of a header that stands in an answer exactly once."""
    values = answer.headers.get_list(name)
    assert len(values) == 1, (name, values)
    return values[0]


@pytest.mark.parametrize("address", ["/odata", "/odata/"])
def test_the_root_lists_the_sets(odata: Served, address: str) -> None:
    answer = odata.get(address, headers=POWER_QUERY)
    assert answer.status_code == 200
    assert once(answer, "OData-Version") == "4.0"
    assert once(answer, "Content-Type") == DATA
    body = answer.json()
    assert body["@odata.context"] == f"{odata.address}/odata/$metadata"
    assert {"name": "inboundCalls", "title": "Inbound calls", "kind": "EntitySet", "url": "inboundCalls"} in body[
        "value"
    ]


def test_the_metadata_are_xml_for_power_query_which_lists_json_first(odata: Served) -> None:
    answer = odata.get("/odata/$metadata", headers=POWER_QUERY)
    assert once(answer, "Content-Type") == "application/xml"
    assert once(answer, "OData-Version") == "4.0"
    assert answer.content.startswith(b"<?xml")
    assert b'Version="4.0"' in answer.content[:200]
    again = odata.get("/odata/$metadata", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert once(again, "OData-Version") == "4.0"


@pytest.mark.parametrize("asking", [{"params": {"$format": "json"}}, {"headers": {"Accept": "application/json"}}])
def test_the_metadata_are_json_for_who_takes_only_that(odata: Served, asking: dict[str, object]) -> None:
    answer = odata.get("/odata/$metadata", **asking)
    assert once(answer, "Content-Type").startswith("application/json")
    assert answer.json()["$EntityContainer"] == "TVox.Centre"


def test_4_01_is_spoken_with_who_says_so(odata: Served) -> None:
    answer = odata.get("/odata/inboundCalls?$top=1", headers={"OData-MaxVersion": "4.01"})
    assert once(answer, "OData-Version") == "4.01"
    assert "@context" in answer.json()
    assert once(answer, "Content-Type").startswith("application/json;metadata=minimal;streaming=true;")


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"OData-MaxVersion": "3.0"}, 400), ({"OData-Version": "5"}, 400), ({"Accept": "application/atom+xml"}, 406)],
)
def test_what_is_not_spoken_is_refused_in_json(odata: Served, headers: dict[str, str], status: int) -> None:
    answer = odata.get("/odata/inboundCalls", headers=headers)
    assert answer.status_code == status
    assert once(answer, "Content-Type") == DATA
    assert once(answer, "OData-Version") == "4.0"
    assert set(answer.json()["error"]) == {"code", "message"}


def test_a_public_address_is_that_of_the_settings(odata: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = odata.services.settings.model_copy(update={"public_url": "https://t.example/x/"})
    monkeypatch.setitem(odata.services.__dict__, "settings", settings)
    answer = odata.get("/odata/inboundCalls?$select=id", headers={"Prefer": "odata.maxpagesize=1"}).json()
    assert answer["@odata.context"] == "https://t.example/x/odata/$metadata#inboundCalls(id)"
    assert answer["@odata.nextLink"].startswith("https://t.example/x/odata/inboundCalls?$select=id&$skiptoken=")
