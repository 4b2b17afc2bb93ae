"""Bad input gets one sentence with a code, a hint and the right status, in a shape that the format can show."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.errors import described
from tabular.errors import KeyMissing
from tabular.restriction import Restriction
from tests.serving import Served, opened_at

CASES = [
    ("/tables/inboundCall.csv", 404, "TT101", 'Did you mean "inboundCalls"?'),
    ("/tables/inboundCall", 404, "TT101", 'Did you mean "inboundCalls"?'),
    ("/tables/inboundCalls.csv?columns=id,clii", 400, "TT102", 'Did you mean "cli"?'),
    ("/tables/inboundCalls.csv?sort=-startTme", 400, "TT102", 'Did you mean "startTime"?'),
    ("/tables/inboundCalls.csv?column=id", 400, "TT103", 'Did you mean "columns"?'),
    ("/tables/inboundCalls?limit=1", 400, "TT103", "api_key"),
    ("/tables?limit=1", 400, "TT103", "api_key"),
    ("/tables/inboundCalls.cvs", 404, "TT104", 'Did you mean "csv"?'),
    ("/tables/inboundCalls.", 404, "TT104", "csv"),
    ("/tables/inboundCalls.csv?from=1.5.2020", 400, "TT105", "2020-05-01"),
    ("/tables/inboundCalls.csv?from=2020-02-30", 400, "TT105", "2020-05-01"),
    ("/tables/inboundCalls.csv?to=2020-05", 400, "TT105", "2020-05-01"),
    ("/tables/inboundCalls.csv?month=2020-13", 400, "TT105", "2020-05"),
    ("/tables/inboundCalls.csv?month=%D9%A2%D9%A0%D9%A2%D9%A0-05", 400, "TT105", "2020-05"),
    ("/tables/inboundCalls.csv?year=20", 400, "TT105", "2020"),
    ("/tables/inboundCalls.csv?last=0d", 400, "TT105", "7d"),
    ("/tables/inboundCalls.csv?last=7", 400, "TT105", "7d"),
    ("/tables/inboundCalls.csv?last=9999m", 200, "", ""),
    ("/tables/inboundCalls.csv?today=no", 400, "TT105", "&today"),
    ("/tables/inboundCalls.csv?limit=-1", 400, "TT105", "whole number"),
    ("/tables/inboundCalls.csv?limit=ten", 400, "TT105", "whole number"),
    ("/tables/inboundCalls.csv?limit=99999999999999999999", 400, "TT105", "whole number"),
    ("/tables/inboundCalls.csv?offset=1.5", 400, "TT105", "whole number"),
    ("/tables/inboundCalls.csv?columns=id,,cli", 400, "TT105", "id,startTime"),
    ("/tables/inboundCalls.csv?columns=", 400, "TT105", "id,startTime"),
    ("/tables/inboundCalls.csv?columns=id,cli as id", 400, "TT105", "renames"),
    ("/tables/inboundCalls.csv?times=utc", 400, "TT105", "local or iso or serial"),
    ("/tables/inboundCalls.csv?header=yes", 400, "TT105", "names or labels or none"),
    ("/tables/inboundCalls.csv?tz=Rome", 400, "TT106", "Europe/Rome"),
    ("/tables/inboundCalls.csv?tz=Europe/Roma", 400, "TT106", 'Did you mean "Europe/Rome"?'),
    ("/tables/inboundCalls.csv?tz=../../etc/passwd", 400, "TT106", "IANA"),
    ("/tables/inboundCalls.csv?from=2020-05-02&to=2020-05-01", 400, "TT107", "Exchange"),
    ("/tables/inboundCalls.csv?from=2020-05-01T10:00&to=2020-05-01T09:00", 400, "TT107", "Exchange"),
    ("/tables/inboundCalls.csv?month=2020-05&year=2020", 400, "TT108", "Keep one"),
    ("/tables/inboundCalls.csv?last=7d&from=2020-05-01", 400, "TT108", "Keep one"),
    ("/tables/inboundCalls.csv?limit=1&limit=2", 400, "TT109", "once"),
    ("/tables/addressBookContacts.csv?last=7d", 400, "TT111", "Leave last out"),
    ("/nowhere", 404, "TT112", "/docs"),
    ("/table", 404, "TT112", 'Did you mean "/tables"?'),
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service over an empty store: a refusal needs no rows."""
    path: Path = tmp_path_factory.mktemp("refusals") / "tvox.duckdb"
    services = opened_at(path)
    running = Served(services)
    yield running
    running.close()
    services.close()


@pytest.mark.parametrize(("address", "status", "code", "hint"), CASES)
def test_bad_input(served: Served, address: str, status: int, code: str, hint: str) -> None:
    answer = served.get(address)
    assert answer.status_code == status
    if status == 200:
        return
    if re.search(r"\.csv($|\?)", address):
        assert answer.headers["content-type"].startswith("text/plain")
        assert answer.text.count("\n") == 1
        assert answer.text.endswith(f"[{code}]\n")
        assert hint in answer.text
    else:
        assert answer.headers["content-type"] == "application/problem+json"
        body = answer.json()
        assert set(body) == {"title", "status", "code", "hint"} == set(described(KeyMissing()))
        assert (body["status"], body["code"]) == (status, code)
        assert hint in (body["hint"] or "")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "hostile",
    [
        "(" * 18_000,
        "['" * 9_000,
        "," * 18_000,
        "a as " * 9_000,
        " " * 18_000,
        "id," * 9_000,
        "'" * 17_999,
        "$" * 18_000,
    ],
    ids=lambda text: text[:5].strip() or "blanks",
)
@pytest.mark.parametrize("parameter", ["columns", "sort"])
def test_hostile_text_is_refused_like_any_other(served: Served, parameter: str, hostile: str) -> None:
    answer = served.get("/tables/inboundCalls.csv", params={parameter: hostile})
    if parameter == "sort" and not hostile.strip():
        assert answer.status_code == 200, "nothing to sort by"
    elif parameter == "sort" and hostile.startswith("id,"):
        assert answer.status_code == 400
    else:
        assert answer.status_code == 400
        assert len(answer.text) < 400


@pytest.mark.parametrize("form", ["csv", "json", "ndjson", "grid"])
def test_every_format_can_show_an_error(served: Served, form: str) -> None:
    answer = served.get(f"/tables/inboundCalls.{form}?columns=clii")
    assert answer.status_code == 400
    assert "clii" in answer.text
    assert "TT102" in answer.text


def test_a_media_type_that_nobody_writes(served: Served) -> None:
    answer = served.get("/tables/inboundCalls/rows", headers={"Accept": "image/png"})
    assert (answer.status_code, answer.json()["code"]) == (406, "TT110")


def test_a_method_that_is_not_taken(served: Served) -> None:
    answer = served.client.post("/tables")
    assert (answer.status_code, answer.json()["code"], answer.headers["allow"]) == (405, "TT113", "GET, HEAD")


def test_a_hidden_column_is_refused_as_if_it_were_not(served: Served) -> None:
    key = served.services.keys.create("limited", restriction=Restriction(hidden=("user",)))
    headers = {"X-Telenia-APIKey": key}
    hidden = served.get("/tables/inboundCalls.csv?columns=user", headers=headers)
    unknown = served.get("/tables/inboundCalls.csv?columns=usex", headers=headers)
    assert hidden.status_code == unknown.status_code == 400
    assert hidden.text.split(".")[0].replace('"user"', "") == unknown.text.split(".")[0].replace('"usex"', "")
    for word in ("sort=user", "columns=$.user"):
        assert served.get(f"/tables/inboundCalls.csv?{word}", headers=headers).status_code == 400
    assert "users" not in served.get("/tables/inboundCallSummaries.csv?limit=0", headers=headers).text
