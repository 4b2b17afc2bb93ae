"""Who asks: the key in each spelling that Power BI has, what a restricted key sees, and that no key is written."""

import logging
from base64 import b64encode

import httpx
import pytest

from tabular.restriction import Restriction
from tabular.table import Mask, MaskKind
from tests.api.odata.test_documents import DATA, once
from tests.serving import Served

CALLS = "/odata/inboundCalls"
ADDRESSES = ["", "/odata/", "/odata/$metadata", "/odata/inboundCalls?$top=1", "/odata/_requests", "/odata/nothing"]
SUMMARY = "/odata/inboundCallSummaries('1572771600.1')"


def basic(password: str) -> str:
    return "Basic " + b64encode(f"somebody:{password}".encode()).decode()


def without(served: Served, address: str, **headers: str) -> httpx.Response:
    """The answer to a request that carries only these headers."""
    return served.client.get(address, headers={"X-Telenia-APIKey": ""} | headers)


def test_the_key_in_each_spelling(odata: Served) -> None:
    key, address = odata.key, f"{CALLS}?$top=1&$select=id"
    alone = odata.get(address)
    for answer in (
        without(odata, address, **{"X-Telenia-APIKey": key}),
        without(odata, f"{address}&api_key={key}"),
        without(odata, address, Authorization=basic(key)),
        without(odata, address, Authorization=f"Bearer {key}"),
        without(odata, f"{address}&api_key={key}", Authorization=basic(key)),
    ):
        assert (answer.status_code, answer.content) == (200, alone.content)


@pytest.mark.parametrize("address", ADDRESSES[1:])
@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "TT201"),
        ({"Authorization": "Bearer"}, "TT201"),
        ({"Authorization": "Bearer wrong"}, "TT202"),
        ({"Authorization": basic("wrong")}, "TT202"),
        ({"Authorization": "Basic ???"}, "TT202"),
        ({"X-Telenia-APIKey": "wrong"}, "TT202"),
    ],
)
def test_without_a_good_key_power_bi_asks_for_one(
    odata: Served, address: str, headers: dict[str, str], code: str
) -> None:
    answer = without(odata, address, **headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, code)
    assert once(answer, "WWW-Authenticate") == 'Basic realm="TVox Tables: any user, the key as password"'
    assert once(answer, "Content-Type") == DATA
    assert once(answer, "OData-Version") == "4.0"
    assert once(answer, "Cache-Control") == "no-store"


def test_a_key_in_the_address_and_another_one_are_not_guessed_between(odata: Served) -> None:
    answer = without(odata, f"{CALLS}?api_key={odata.key}", Authorization=basic("other"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "TT203")


@pytest.fixture(scope="module")
def few(odata: Served) -> dict[str, str]:
    """The headers of a key that sees calls without their callers, users by their last letters, and no contacts."""
    restriction = Restriction(
        tables=("inboundCalls", "inboundCallSummaries"), hidden=("cli",), masked=(("user", Mask(MaskKind.LAST)),)
    )
    return {"X-Telenia-APIKey": odata.services.keys.create("few", restriction=restriction)}


@pytest.mark.parametrize(
    "query",
    [
        "$select=cli",
        "$filter=cli eq null",
        "$filter=contains(tolower(cli),'0')",
        "$orderby=cli",
        "$compute=length(cli) as n",
        "$apply=groupby((cli))",
        "$apply=aggregate(cli with countdistinct as n)",
        "$apply=filter(cli ne null)",
        "$filter=interaction/cli eq '+390001'",
        "$expand=interaction($select=cli)",
        "$expand=interaction($filter=cli ne null)",
        "$expand=contact",
        "$filter=contact/name eq 'x'",
    ],
)
def test_what_is_hidden_is_unknown(odata: Served, few: dict[str, str], query: str) -> None:
    answer = odata.get(f"{CALLS}?{query}", headers=few)
    assert answer.status_code == 400, answer.text
    assert "TT2" not in answer.json()["error"]["code"]
    other = odata.get(f"{CALLS}?{query.replace('cli', 'zzz').replace('contact', 'zzz')}", headers=few)
    assert answer.json()["error"]["code"] == other.json()["error"]["code"], "as what was never there"


@pytest.mark.parametrize(
    "path",
    [
        *("outboundCalls", "outboundCalls/$count", "addressBookContacts", "addressBookContacts('x')"),
        *("inboundCalls(id='1572771600.1',step=0)/cli", "inboundCalls(id='1572771600.1',step=0)/cli/$value"),
        *("inboundCalls(id='1572771600.1',step=0)/contact", "inboundCalls/cli"),
    ],
)
def test_what_is_closed_is_nowhere_and_never_forbidden(odata: Served, few: dict[str, str], path: str) -> None:
    answer = odata.get(f"/odata/{path}", headers=few)
    # 403 would make Power BI ask for another key.
    assert (answer.status_code, once(answer, "Content-Type")) == (404, DATA)
    assert "WWW-Authenticate" not in answer.headers


def test_a_key_gets_what_it_sees_and_nothing_that_was_kept_for_others(odata: Served, few: dict[str, str]) -> None:
    address = f"{CALLS}?$top=2"
    whole, part = odata.get(address), odata.get(address, headers=few)
    assert whole.headers["ETag"] != part.headers["ETag"]
    assert "cli" in whole.json()["value"][0]
    assert "cli" not in part.json()["value"][0]
    assert odata.get(address, headers=few | {"If-None-Match": whole.headers["ETag"]}).status_code == 200

    metadata = odata.get("/odata/$metadata", headers=few)
    assert metadata.headers["ETag"] != odata.get("/odata/$metadata").headers["ETag"]
    for name in ('"cli"', "addressBookContacts", "outboundCalls"):
        assert name not in metadata.text, name
        assert name in odata.get("/odata/$metadata").text
    sets = odata.get("/odata/", headers=few).json()["value"]
    assert [one["name"] for one in sets] == ["inboundCalls", "inboundCallSummaries"]

    assert odata.get(f"{CALLS}/$count?$search=%2B390001", headers=few).text == "0"
    assert odata.get(f"{CALLS}/$count?$search=%2B390001").text == "6"
    nested = odata.get(f"{SUMMARY}?$expand=stepRows", headers=few).json()
    assert "cli" not in nested
    assert len(nested["stepRows"]) == 2
    assert all("cli" not in row for row in nested["stepRows"])


def test_what_is_masked_is_so_wherever_it_could_be_guessed(odata: Served, few: dict[str, str]) -> None:
    users = {row["user"] for row in odata.get(f"{CALLS}?$select=user", headers=few).json()["value"]}
    groups = odata.get(f"{CALLS}?$apply=groupby((user))", headers=few).json()["value"]
    assert {row["user"] for row in groups} == users
    assert "anna.rossi" not in users
    assert odata.get(f"{CALLS}/$count?$filter=startswith(user,'anna')", headers=few).text == "0"
    assert odata.get(f"{CALLS}/$count?$search=rossi.a OR anna", headers=few).text == "0"
    shown = next(user for user in users if user is not None and user.endswith("ssi"))
    assert odata.get(f"{CALLS}/$count", params={"$filter": f"user eq '{shown}'"}, headers=few).text == "18"


def test_a_page_of_one_key_is_none_of_another(odata: Served, few: dict[str, str]) -> None:
    preferred = {"Prefer": "odata.maxpagesize=5"}
    link = odata.get(f"{CALLS}?$select=id", headers=preferred).json()["@odata.nextLink"]
    answer = odata.get(link, headers=few)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "TT168")


def test_a_key_is_written_nowhere(odata: Served, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    key = odata.key
    answers = [
        without(odata, f"{CALLS}?$select=id&api_key={key}", Prefer="odata.maxpagesize=2"),
        without(odata, f"{CALLS}?$select=id&%61pi_key={key}", Prefer="odata.maxpagesize=2"),
        without(odata, f"/odata/?api_key={key}"),
        without(odata, f"/odata/$metadata?api_key={key}"),
        without(odata, f"{SUMMARY}?$select=id&$expand=stepRows($select=step)&api_key={key}", Authorization=basic(key)),
        without(odata, f"/odata/$entity?$id={key}&api_key={key}", **{"User-Agent": f"reader {key}"}),
        odata.get(f"{CALLS}?$filter=user eq '{key}' or&api_key={key}"),
        odata.get(f"{CALLS}?$select=id&$filter=step eq 0&stray={key}", headers={"Prefer": "odata.maxpagesize=2"}),
        odata.client.post(
            f"{CALLS}/$query",
            content=f"$select=id&api_key={key}",
            headers={"Authorization": basic(key), "Prefer": "odata.maxpagesize=2"},
        ),
        odata.client.post(
            f"/odata/$batch?api_key={key}",
            json={"requests": [{"id": "1", "method": "GET", "url": f"inboundCalls?$top=1&api_key={key}"}]},
        ),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 200, 400, 400, 200, 200, 200]
    for answer in answers:
        told = answer.text if answer.status_code == 200 else ""  # a refusal may repeat what was asked to who asked
        assert key not in told + str(answer.headers), answer.url
    assert sum("nextLink" in answer.text for answer in answers) == 4
    report = odata.get("/odata/_requests")
    assert len(report.json()["requests"]) >= len(answers)
    assert key not in report.text
    assert key not in odata.get("/odata/_requests", headers={"Accept": "text/html"}).text
    lines = [record.getMessage() for record in caplog.records if record.name.startswith(("tvox", "uvicorn"))]
    assert sum("/odata/" in line for line in lines) >= len(answers)
    assert not any(key in line for line in lines)
