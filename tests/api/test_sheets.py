"""Sheet tokens over real HTTP: what a key or a sign-in with Google is exchanged for, what it opens and what not."""

import logging
import re
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from fastapi.routing import iter_route_contexts
from sqlalchemy import event

from api import sheets
from tabular.errors import GoogleMisnamed
from tabular.restriction import Restriction
from tests.api.linking import ROWS
from tests.api.signing_in import NUMBERS, ROWS_OF, SHEET, Signing, identity, problem
from tests.connectors.google.signing import AUDIENCE, DOMAIN, Clock, claims, serving, signed
from tests.serving import Served, opened_at
from tests.steps import CALLS, NOW, SUMMARIES, batches


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Signing]:
    """A service where people sign in."""
    with serving(Clock()) as google:
        service = Signing(tmp_path_factory.mktemp("sheets") / "tvox.duckdb", google)
        with service.services.store.writing("test") as writing:
            writing.merge(CALLS, batches(ROWS), SUMMARIES)
        yield service
        service.close()


@pytest.fixture
def signing(running: Signing, monkeypatch: pytest.MonkeyPatch) -> Signing:
    """That service at NOW, where sign-ins may be tried as often as tests need."""
    monkeypatch.setattr(sheets, "PER_MINUTE", 10_000)
    running.google.clock.now = NOW
    return running


def test_a_key_is_exchanged_for_a_token_that_acts_as_it(signing: Signing) -> None:
    made = signing.made()
    assert re.fullmatch(r"SHEET(-[A-Z2-9]{8}){4}", made["token"])
    assert {name: made[name] for name in ("key", "made", "spreadsheet", "name", "email")} == {
        "key": "tests",
        "made": "2026-11-22T12:00:00Z",
        "spreadsheet": "1AbC-d_e",
        "name": "Sales",
        "email": None,
    }
    rows = signing.get(ROWS_OF)
    assert len(rows.text.splitlines()) == 4
    token = made["token"]
    assert signing.by(token).content == rows.content
    basic = "Basic " + b64encode(f"anybody:{token}".encode()).decode()
    for headers in ({"Authorization": f"Bearer {token}"}, {"Authorization": basic}):
        assert signing.outside.get(ROWS_OF, headers=headers).content == rows.content
    assert signing.outside.get(f"{ROWS_OF}&api_key={token}").content == rows.content
    assert problem(signing.outside.get(f"/tables?api_key={token}", headers={"X-Telenia-APIKey": signing.key})) == (
        *(400, "TT203"),
    )


def test_every_spelling_of_the_key_makes_one_and_no_answer_is_kept(signing: Signing) -> None:
    answer = signing.outside.post(f"/sheets/tokens?api_key={signing.key}", json={})
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    assert (answer.json()["name"], answer.json()["spreadsheet"]) == ("", "")
    assert signing.outside.post("/sheets/tokens", json={}, auth=("anyone", signing.key)).status_code == 201


def test_a_token_sees_what_its_key_sees(signing: Signing) -> None:
    restriction = Restriction(tables=("inboundCalls",), hidden=("cli",))
    token = signing.made(signing.services.keys.create("few", restriction=restriction))["token"]
    assert [one["name"] for one in signing.by(token, "/tables").json()["tables"]] == ["inboundCalls"]
    assert problem(signing.by(token, "/tables/outboundCalls.json")) == (404, "TT101")
    assert "TT102" in signing.by(token).text


def test_a_token_shares_the_rate_of_its_key(signing: Signing) -> None:
    key = signing.services.keys.create("slow", per_minute=3)
    one, two = signing.made(key)["token"], signing.made(key)["token"]
    assert [signing.by(token, "/tables").status_code for token in (one, two, one)] == [200, 429, 429]


def test_a_token_ends_alone_or_with_its_key(signing: Signing) -> None:
    keys = signing.services.keys
    key = keys.create("ending", expires=NOW + timedelta(days=1))
    one, two = signing.made(key), signing.made(key)
    assert signing.by(one["token"]).status_code == 200
    asking = {"X-Telenia-APIKey": key}
    assert signing.client.delete(f"/sheets/tokens/{one['id']}", headers=asking).status_code == 204
    answer = signing.by(one["token"], "/tables")
    assert problem(answer) == (401, "TT215")
    assert "has been revoked" in answer.text
    assert answer.headers["www-authenticate"].startswith("Basic ")
    assert signing.by(two["token"]).status_code == 200
    signing.google.clock.now = NOW + timedelta(days=1)
    assert "expired on 2026-11-23" in signing.by(two["token"]).text
    signing.google.clock.now = NOW
    keys.revoke("ending")
    assert "belongs to a key that has been revoked" in signing.by(two["token"]).text


def test_wrong_tokens(signing: Signing) -> None:
    token = signing.made()["token"]
    for wrong in (token[:-1] + ("A" if token[-1] != "A" else "B"), token[:-1], "SHEET-", "SHEET-' OR 1=1 --"):
        assert problem(signing.by(wrong, "/tables")) == (401, "TT215")
    assert problem(signing.by(token.removeprefix("SHEET-"), "/tables")) == (401, "TT202")


READS = {
    ("POST", "/datamodel/query"),
    ("POST", "/import.{format}"),
    ("POST", "/odata"),
    ("POST", "/odata/{path:path}"),
}
"""What a sheet token may send besides GET and HEAD; it ends itself, too."""

REFUSED_TO_ALL = {("POST", "/work"): 404}


def test_a_token_writes_nowhere(signing: Signing) -> None:
    token, seen = signing.made()["token"], set()
    before = len(signing.services.sheets.all()), len(signing.services.links.all())
    for route in iter_route_contexts(signing.app.routes):
        for method in sorted((route.methods or set()) - {"GET", "HEAD", "OPTIONS"}):
            address = re.sub(r"\{[^}]+\}", "x", str(route.path))
            if (method, address) == ("DELETE", "/sheets/tokens/this"):
                continue
            answer = signing.by(token, address, method)
            seen.add((method, str(route.path)))
            refusal = "TT216" in answer.text
            if (method, route.path) in READS:
                assert (answer.status_code == 401, refusal) == (False, False), (method, address, answer.text)
            elif str(route.path).startswith("/odata"):
                assert answer.status_code == 405, (method, address)
            elif (method, route.path) in REFUSED_TO_ALL:
                assert answer.status_code == REFUSED_TO_ALL[method, str(route.path)]
            else:
                assert (answer.status_code, refusal) == (403, True), (method, address, answer.text)
    assert seen >= READS | {
        *(("POST", "/links"), ("DELETE", "/links/{id}"), ("PUT", "/views/{name}"), ("DELETE", "/views/{name}")),
        *(("POST", "/sheets/tokens"), ("DELETE", "/sheets/tokens/{id}"), ("DELETE", "/jobs/{id}")),
    }
    assert (len(signing.services.sheets.all()), len(signing.services.links.all())) == before


def test_a_token_asks_in_every_way_of_asking(signing: Signing) -> None:
    token = signing.made()["token"]
    headers = {"X-Telenia-APIKey": token}
    query = "{ inboundCalls(search: {year: 2026, month: 11}) { id } }"
    asked = signing.outside.post("/datamodel/query", json={"query": query}, headers=headers)
    assert (asked.status_code, '"errors"' in asked.text) == (200, False)
    body = {"query": query, "path": "$..id", "last": "1m"}
    imported = signing.outside.post("/import.csv", json=body, headers=headers)
    own = signing.client.post("/import.csv", json=body)
    assert (imported.status_code, imported.text) == (own.status_code, own.text)
    assert signing.by(token, "/odata/inboundCalls?$top=1").status_code == 200
    options = signing.outside.post(
        "/odata/inboundCalls/$query", content="$top=1", headers=headers | {"Content-Type": "text/plain"}
    )
    assert options.status_code == 200
    assert signing.by(token, f"{ROWS_OF}&wait=5").status_code == 200, "as a job of its key"
    assert signing.by(token, "/views").json() == {"views": []}


def test_only_the_key_sees_who_signed_in_and_a_token_itself(signing: Signing) -> None:
    key = signing.services.keys.create("listing")
    made, other = signing.made(key), signing.made()
    assert problem(signing.by(made["token"], "/sheets/tokens")) == (403, "TT216")
    listed = signing.by(key, "/sheets/tokens")
    assert [one["id"] for one in listed.json()["tokens"]] == [made["id"]]
    assert made["token"] not in listed.text
    assert signing.by(key, "/sheets/tokens", "HEAD").status_code == 200
    assert problem(signing.by(key, f"/sheets/tokens/{other['id']}", "DELETE")) == (404, "TT217")
    state = signing.by(made["token"], "/sheets/tokens/this")
    assert state.json() == {"id": made["id"], "used": "2026-11-22T12:00:00Z", "state": "open"} | {
        name: made[name] for name in ("key", "made", "spreadsheet", "name", "email")
    }
    assert problem(signing.by(key, "/sheets/tokens/this")) == (404, "TT217")
    assert signing.by(made["token"], "/sheets/tokens/this", "DELETE").status_code == 204
    assert problem(signing.by(made["token"], "/sheets/tokens/this", "DELETE")) == (401, "TT215")
    assert signing.by(key, "/sheets/tokens").json()["tokens"][0]["state"] == "revoked"
    assert signing.by(other["token"]).status_code == 200


def test_use_is_noted_to_the_hour_and_read_from_memory(signing: Signing) -> None:
    made = signing.made()

    def used() -> object:
        return next(one for one in signing.services.sheets.all() if one.id == made["id"]).used

    signing.by(made["token"])
    assert used() == NOW
    signing.by(made["token"])  # as whoever notes it makes everybody forget
    said: list[object] = []
    event.listen(signing.services.control.engine, "before_cursor_execute", lambda *told: said.append(told[2]))
    signing.google.clock.now = NOW + timedelta(minutes=59)
    for _ in range(5):
        assert signing.by(made["token"]).status_code == 200
    assert not said, "the control database is not asked for each request"
    signing.google.clock.now = NOW + timedelta(hours=1)
    with ThreadPoolExecutor(8) as pool:
        assert {answer.status_code for answer in pool.map(signing.by, [made["token"]] * 16)} == {200}
    assert used() == NOW + timedelta(hours=1)


def test_a_sign_in_with_google_gives_a_token_of_the_key_for_it(signing: Signing) -> None:
    answer = signing.sign_in(identity())
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    made = answer.json()
    assert (made["key"], made["email"], made["name"]) == ("google", "anna@example.com", "Sales")
    assert signing.by(made["token"]).status_code == 200
    assert [one["name"] for one in signing.by(made["token"], "/tables").json()["tables"]] == ["inboundCalls"]
    assert [one.holder.email for one in signing.services.sheets.all("google")][-1] == "anna@example.com"


def test_an_identity_is_exchanged_once_whatever_the_sheet(signing: Signing) -> None:
    token = identity()
    assert signing.sign_in(token).status_code == 201
    answer = signing.sign_in(token, spreadsheet="another")
    assert problem(answer) == (409, "TT220")
    assert "paste a key, or sign in again in 59 minutes" in answer.json()["hint"]
    assert signing.sign_in(identity(), spreadsheet="another").status_code == 201


def test_of_many_at_once_one_is_exchanged(signing: Signing) -> None:
    before, token = len(signing.services.sheets.all()), identity()
    with ThreadPoolExecutor(8) as pool:
        statuses = [answer.status_code for answer in pool.map(signing.sign_in, [token] * 8)]
    assert sorted(statuses) == [201] + [409] * 7
    assert len(signing.services.sheets.all()) == before + 1


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ({"hd": "example.org"}, "TT219"),
        ({"hd": None, "email": "anna@gmail.com"}, "TT219"),
        ({"aud": "999-zzz"}, "TT219"),
        ({"exp": int(NOW.timestamp()) - 60}, "TT219"),
        ({"email_verified": False}, "TT219"),
    ],
    ids=str,
)
def test_who_may_not_sign_in(signing: Signing, token: dict[str, object], code: str) -> None:
    before, text = len(signing.services.sheets.all()), identity(**token)
    answer = signing.sign_in(text)
    assert problem(answer) == (403, code)
    assert text not in answer.text
    assert len(signing.services.sheets.all()) == before


def test_what_a_sign_in_must_be(signing: Signing) -> None:
    post = signing.outside.post
    assert problem(post("/sheets/tokens", json=SHEET)) == (401, "TT201")
    for text in ("", "nonsense", "a.b.c", "x" * 9_000):
        assert problem(signing.sign_in(text)) == (403, "TT219")
    assert problem(post("/sheets/tokens", json={"identity": None})) == (400, "TT105")
    assert problem(post("/sheets/tokens", content=b"identity=x")) == (400, "TT105")
    assert problem(post("/sheets/tokens", json={"identity": "x" * 300_000})) == (400, "TT105")
    answer = signing.client.post("/sheets/tokens", json={"spreadsheets": "x"})
    assert problem(answer) == (400, "TT103")
    assert answer.json()["hint"] == 'Did you mean "spreadsheet"?'
    assert problem(signing.client.post("/sheets/tokens", json={"identity": identity()})) == (400, "TT203")
    assert problem(signing.client.post("/sheets/tokens?name=x", json={})) == (400, "TT103")
    for wrong in ("https://docs.google.com/spreadsheets/d/1AbC/edit", "x" * 101, "ä"):
        assert problem(signing.client.post("/sheets/tokens", json={"spreadsheet": wrong})) == (400, "TT105")


def test_a_name_is_kept_as_a_line_shows_it(signing: Signing) -> None:
    assert signing.made(name=" Sales\n2026\u202e 📈 \x1b[2J" + "x" * 200)["name"] == "Sales 2026 📈 [2J" + "x" * 84


def test_sign_ins_are_tried_so_often(signing: Signing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "PER_MINUTE", 3)
    answers = [signing.sign_in("a.b.c") for _ in range(4)]
    assert [problem(answer)[1] for answer in answers] == ["TT219"] * 3 + ["TT222"]
    assert answers[-1].status_code == 429
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 20
    assert signing.made(), "a key is exchanged all the same"


def test_google_fails(signing: Signing) -> None:
    google = signing.google
    token = signed(claims(jti=str(next(NUMBERS))), kid="new", key="new")
    google.clock.pass_by(60)
    google.status = 500
    answer = signing.sign_in(token)
    assert problem(answer) == (503, "TT510")
    assert answer.headers["retry-after"] == "30"
    google.offer(one="one", two="two", new="new")
    google.clock.pass_by(30)
    assert signing.sign_in(token).status_code == 201


@pytest.mark.parametrize(
    ("name", "reason"), [("nobody", "does not exist"), ("gone", "has been revoked"), ("past", "expired on 2026-11-21")]
)
def test_the_key_for_google_is_none(signing: Signing, name: str, reason: str) -> None:
    keys, services = signing.services.keys, signing.services
    if name == "gone":
        keys.create(name)
        keys.revoke(name)
    elif name == "past":
        keys.create(name, expires=NOW - timedelta(days=1))
    settings = services.settings.model_copy(update={"google_key": name})
    token = identity()
    try:
        signing.app.state.services = replace(services, settings=settings)
        answer = signing.sign_in(token)
    finally:
        signing.app.state.services = services
    assert problem(answer) == (500, "TT511")
    assert reason in answer.text
    assert signing.sign_in(token).status_code == 201, "it was not used up"


def test_where_nobody_signs_in_with_google(tmp_path: Path) -> None:
    services = opened_at(tmp_path / "tvox.duckdb", google_domains=DOMAIN, google_key=" ")
    assert services.identities is None
    service = Served(services)
    answer = httpx.post(f"{service.address}/sheets/tokens", json={"identity": "a.b.c"}, trust_env=False)
    assert problem(answer) == (403, "TT221")
    assert "TVOX_GOOGLE_AUDIENCES and TVOX_GOOGLE_KEY must be set" in answer.text
    assert "TVOX_GOOGLE_DOMAINS" not in answer.text
    assert service.client.post("/sheets/tokens", json={}).status_code == 201
    service.close()
    services.close()


def test_a_proxy_that_is_none_is_refused_as_the_service_begins(tmp_path: Path) -> None:
    more = {"google_audiences": AUDIENCE, "google_domains": DOMAIN, "google_key": "google"}
    with pytest.raises(GoogleMisnamed, match="TVOX_GOOGLE_PROXY"):
        opened_at(tmp_path / "tvox.duckdb", google_proxy="nonsense://x", **more)
    services = opened_at(tmp_path / "tvox.duckdb", google_proxy="", **more)
    assert services.identities is not None
    services.close()


def test_other_methods_are_named(signing: Signing) -> None:
    for address, allowed in (
        ("/sheets/tokens", "GET, HEAD, POST"),
        ("/sheets/tokens/this", "GET, HEAD, DELETE"),
        ("/sheets/tokens/abc", "DELETE"),
    ):
        answer = signing.client.patch(address)
        assert (problem(answer), answer.headers["allow"]) == ((405, "TT113"), allowed)


def test_no_log_holds_a_token(signing: Signing, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    made, right = signing.made(), identity()
    token = made["token"]
    signing.outside.get(f"{ROWS_OF}&api_key={token}")
    signing.outside.get(f"/tables/inboundCalls.csv?apikey={token}")
    signing.by(token, f"/sheets/tokens/{token}", "DELETE")
    signing.by(signing.key, f"/sheets/tokens/{token}", "DELETE")
    signing.by(token)
    signing.sign_in(right)
    signing.sign_in(right)
    signing.sign_in(identity(hd=None))
    signing.get("/health")
    lines = [record.getMessage() for record in caplog.records if record.name.startswith(("tvox", "uvicorn"))]
    assert any("api_key=…" in line for line in lines)
    assert any("DELETE /sheets/tokens/SHEET-…" in line for line in lines)
    assert not any(group in line for line in lines for group in (*token.split("-")[1:], right, right.split(".")[2]))
