"""Keys in their four spellings, what they open, and that no log knows them."""

import logging
from base64 import b64encode
from datetime import timedelta

import pytest

from tabular.restriction import Restriction
from tests.serving import Served
from tests.steps import NOW


def without_key(served: Served, address: str = "/tables", **headers: str) -> tuple[int, str]:
    """Status and code of an answer to a request that carries only these headers."""
    answer = served.client.get(address, headers={"X-Telenia-APIKey": ""} | headers)
    return answer.status_code, answer.json().get("code", "")


def basic(password: str) -> str:
    return "Basic " + b64encode(f"anybody:{password}".encode()).decode()


def test_the_same_key_in_four_spellings(served: Served) -> None:
    key = served.key
    assert without_key(served, **{"X-Telenia-APIKey": key})[0] == 200
    assert without_key(served, Authorization=f"Bearer {key}")[0] == 200
    assert without_key(served, Authorization=basic(key))[0] == 200
    assert without_key(served, f"/tables?api_key={key}")[0] == 200
    assert without_key(served, f"/tables?api_key={key}&api_key={key}", Authorization=f"bearer {key}")[0] == 200


def test_no_key_a_wrong_key_two_keys(served: Served) -> None:
    assert without_key(served) == (401, "TT201")
    assert without_key(served, "/tables?api_key=") == (401, "TT201")
    assert without_key(served, Authorization="Bearer wrong") == (401, "TT202")
    assert without_key(served, Authorization="Basic ???") == (401, "TT202")
    assert without_key(served, Authorization="Basic " + b64encode(b"\xff\xfe").decode()) == (401, "TT202")
    assert without_key(served, f"/tables?api_key={served.key}", Authorization="Bearer other") == (400, "TT203")
    answer = served.client.get("/tables", headers={"X-Telenia-APIKey": ""})
    assert answer.headers["www-authenticate"].startswith("Basic ")


def test_what_is_open_without_a_key(served: Served) -> None:
    for address in ("/", "/health", "/ready", "/docs"):
        assert served.client.get(address, headers={"X-Telenia-APIKey": ""}).status_code == 200, address


def test_revoking_is_immediate_and_expiry_is_kept(served: Served) -> None:
    keys = served.services.keys
    headers = {"X-Telenia-APIKey": keys.create("soon gone")}
    assert served.get("/tables", headers=headers).status_code == 200
    keys.revoke("soon gone")
    assert served.get("/tables", headers=headers).status_code == 401
    headers = {"X-Telenia-APIKey": keys.create("expired", expires=NOW - timedelta(days=1))}
    assert "expired on 2026-11-21" in served.get("/tables", headers=headers).text


def test_a_key_sees_its_tables_and_no_others(served: Served) -> None:
    restriction = Restriction(tables=("inboundCalls",), hidden=("cli",))
    headers = {"X-Telenia-APIKey": served.services.keys.create("few", restriction=restriction)}
    assert [table["name"] for table in served.get("/tables", headers=headers).json()["tables"]] == ["inboundCalls"]
    assert served.get("/tables/outboundCalls.csv", headers=headers).status_code == 404
    assert '"cli"' not in served.get("/tables/inboundCalls", headers=headers).text


def test_a_limited_key_is_told_when_to_come_again(served: Served) -> None:
    headers = {"X-Telenia-APIKey": served.services.keys.create("slow", per_minute=2)}
    statuses = [served.get("/tables", headers=headers).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    answer = served.get("/tables", headers=headers)
    assert 1 <= int(answer.headers["retry-after"]) <= 30
    assert answer.json()["code"] == "TT204"


def test_no_log_holds_a_key(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    key = served.key
    served.get(f"/tables/inboundCalls.csv?api_key={key}&limit=1")
    served.get(f"/tables/inboundCalls.csv?apikey={key}")
    served.get(f"/tables/inboundCalls.csv?api%5Fkey={key}")
    served.get("/tables", headers={"Authorization": f"Bearer {key}"})
    served.close()  # the last line is written after the last answer
    lines = [record.getMessage() for record in caplog.records if record.name.startswith(("tvox", "uvicorn"))]
    assert any("limit=1" in line and "api_key=…" in line for line in lines)
    assert len([line for line in lines if "/tables" in line]) >= 4
    assert not any(key in line for line in lines)
