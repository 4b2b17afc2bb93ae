"""Links over real HTTP: made with a key, each gives its rows to whoever has it, until it ends."""

import re
from base64 import urlsafe_b64decode
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.api.linking import ADDRESS, QUESTION, Linking, token_of
from tests.steps import NOW


def test_a_link_gives_its_rows_to_whoever_has_it(linking: Linking) -> None:
    link, rows = linking.made(name="wall board"), linking.get(ADDRESS)
    answer = linking.outside.get(link["url"])
    assert answer.status_code == 200
    assert answer.content == rows.content
    assert len(answer.text.splitlines()) == 4
    for name in ("etag", "content-type", "x-data-as-of", "last-modified", "content-security-policy"):
        assert answer.headers[name] == rows.headers[name]
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert {name: link[name] for name in ("name", "table", "format", "expires", "state")} == {
        "name": "wall board",
        "table": "inboundCalls",
        "format": "csv",
        "expires": "2027-02-20T12:00:00Z",
        "state": "open",
    }


def test_the_address_says_nothing(linking: Linking) -> None:
    one, two = linking.made(name="wall"), linking.made(name="wall")
    assert re.fullmatch(rf"{linking.address}/s/[A-Za-z0-9_-]{{48}}\.csv", one["url"])
    pairs = zip(urlsafe_b64decode(token_of(one)), urlsafe_b64decode(token_of(two)), strict=True)
    assert sum(a == b for a, b in pairs) < 6, "the same question twice: nothing of it is in the address"


def test_head_304_and_compression(linking: Linking) -> None:
    url = linking.made()["url"]
    got, head = linking.outside.get(url), linking.outside.head(url)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == got.headers["etag"]
    again = linking.outside.get(url, headers={"If-None-Match": got.headers["etag"]})
    assert (again.status_code, again.content, again.headers["vary"]) == (304, b"", "Accept-Encoding")
    with linking.outside.stream("GET", url, headers={"Accept-Encoding": "gzip"}) as packed:
        assert packed.headers["content-encoding"] == "gzip"


def test_every_format_and_its_style(linking: Linking) -> None:
    for form in ("csv", "tsv", "xlsx", "json", "html", "parquet"):
        url = linking.made(format=form)["url"]
        assert url.endswith(f".{form}")
        assert linking.outside.get(url).status_code == 200
    said = {"csv": "excel", "decimal": ",", "sep": ";", "limit": 1, "header": "labels", "today": True}
    body = {"table": "inboundCalls", "columns": "id,waitDuration"} | said
    answer = linking.outside.get(linking.asked("", body).json()["url"])
    query = "columns=id,waitDuration&csv=excel&decimal=,&sep=;&limit=1&header=labels&today=true"
    assert answer.content == linking.get(f"/tables/inboundCalls.csv?{query}").content
    assert len(answer.text.splitlines()) == 2


def test_a_relative_window_stays_one(linking: Linking) -> None:
    url = linking.made(columns="id", last="2d")["url"]
    first = linking.outside.get(url).text
    linking.clock.now = NOW - timedelta(days=2)
    second = linking.outside.get(url).text
    assert len(first.splitlines()) == len(second.splitlines()) == 3
    assert first != second


@pytest.mark.parametrize(
    ("asked", "expires"),
    [
        ("12h", "2026-11-23T00:00:00Z"),
        ("4w", "2026-12-20T12:00:00Z"),
        ("2026-11-30", "2026-11-30T23:00:00Z"),
        ("2026-11-30T08:00", "2026-11-30T07:00:00Z"),
        ("2026-11-30T08:00Z", "2026-11-30T08:00:00Z"),
        ("366d", "2027-11-23T12:00:00Z"),
    ],
)
def test_a_link_ends_when_it_is_asked_to(linking: Linking, asked: str, expires: str) -> None:
    link = linking.made(expires=asked)
    assert link["expires"] == expires
    linking.clock.now = datetime.fromisoformat(expires) - timedelta(seconds=1)
    assert linking.outside.get(link["url"]).status_code == 200
    linking.clock.now = datetime.fromisoformat(expires)
    answer = linking.outside.get(link["url"])
    assert answer.status_code == 410
    assert answer.text.startswith(f"This link expired on {expires[:10]}.")
    assert linking.outside.head(link["url"]).status_code == 410


def test_no_link_outlives_its_key(linking: Linking) -> None:
    key = linking.key_named("short", expires=NOW + timedelta(days=2))
    link = linking.made(key, expires="30d")
    assert link["expires"] == "2026-11-24T12:00:00Z"
    key = linking.key_named("ending")
    link = linking.made(key)
    assert linking.outside.get(link["url"]).status_code == 200
    linking.services.keys.revoke("ending")
    answer = linking.outside.get(link["url"])
    assert (answer.status_code, "is one of a key that has been revoked" in answer.text) == (410, True)


def test_revoking_is_immediate_and_its_key_alone_may(linking: Linking) -> None:
    one, other = linking.key_named("one"), linking.key_named("two")
    kept, gone = linking.made(one), linking.made(one)
    assert linking.outside.get(gone["url"]).status_code == 200

    def revoked(link: dict[str, Any], key: str) -> httpx.Response:
        return linking.client.delete(f"/links/{link['id']}", headers={"X-Telenia-APIKey": key})

    refused = revoked(gone, other)
    assert (refused.status_code, refused.json()["code"]) == (404, "TT208")
    assert linking.client.delete(f"/links/{gone['id']}", headers={"X-Telenia-APIKey": ""}).status_code == 401
    assert linking.outside.get(gone["url"]).status_code == 200
    assert (revoked(gone, one).status_code, revoked(gone, one).content) == (204, b"")
    answer = linking.outside.get(gone["url"])
    assert (answer.status_code, "This link has been revoked." in answer.text) == (410, True)
    assert linking.outside.get(kept["url"]).status_code == 200

    def listed(key: str) -> list[dict[str, Any]]:
        found = linking.get("/links", headers={"X-Telenia-APIKey": key})
        assert token_of(gone) not in found.text
        links: list[dict[str, Any]] = found.json()["links"]
        return links

    assert [(link["id"], link["state"]) for link in listed(one)] == [(kept["id"], "open"), (gone["id"], "revoked")]
    assert listed(one)[0]["parameters"] == {"last": "3d", "columns": "id,cli,user"}
    assert listed(other) == []


def test_a_link_counts_for_its_key(linking: Linking) -> None:
    key = linking.key_named("slow", per_minute=3)
    url = linking.made(key)["url"]
    answers = [linking.outside.get(url) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 1 <= int(answers[2].headers["retry-after"]) <= 20
    assert linking.get("/tables", headers={"X-Telenia-APIKey": key}).status_code == 429


def test_use_is_told_to_the_hour(linking: Linking) -> None:
    key = linking.key_named("used")
    url = linking.made(key)["url"]

    def used() -> object:
        return linking.get("/links", headers={"X-Telenia-APIKey": key}).json()["links"][0]["used"]

    assert used() is None
    for minutes, expected in ((0, "12:00"), (59, "12:00"), (60, "13:00"), (61, "13:00")):
        linking.clock.now = NOW + timedelta(minutes=minutes)
        linking.outside.get(url)
        assert used() == f"2026-11-22T{expected}:00Z"


@pytest.mark.parametrize(
    ("body", "code", "says"),
    [
        (b"", "TT105", "JSON object"),
        (b"[1]", "TT105", "JSON object"),
        (b'{"table": ', "TT105", "JSON object"),
        (b"[" * 100_000, "TT105", "JSON object"),
        (b'{"table":"inboundCalls","table":"inboundCalls"}', "TT109", "once"),
        (b'{"table":"inboundCalls","name":"\\ud800"}', "TT105", "text"),
        (b" " * 300_000, "TT105", "262,144 bytes"),
        ({}, "TT101", "no table"),
        ({"table": "inboundCall"}, "TT101", 'Did you mean \\"inboundCalls\\"?'),
        (QUESTION | {"columns": "id,clii"}, "TT102", 'Did you mean \\"cli\\"?'),
        (QUESTION | {"columns": ["id", 1]}, "TT105", "text"),
        (QUESTION | {"today": False}, "TT105", "whole number or true"),
        (QUESTION | {"limit": 1.5}, "TT105", "whole number"),
        (QUESTION | {"colums": "id"}, "TT103", "columns"),
        (QUESTION | {"api_key": "x"}, "TT103", "parameters are"),
        (QUESTION | {"wait": 5}, "TT103", "parameters are"),
        (QUESTION | {"at": "1@2026-11-22T12:00:00Z"}, "TT103", "no parameter"),
        (QUESTION | {"format": "cvs"}, "TT104", "csv"),
        (QUESTION | {"filter": "cli eq"}, "TT130", "character 7"),
        (QUESTION | {"filter": "matchesPattern(cli,'(')"}, "TT120", ""),
        (QUESTION | {"fresh": "now"}, "TT105", "auto, live or cached"),
        (QUESTION | {"sep": ";"}, "TT142", "csv=excel"),
        (QUESTION | {"expires": "yesterday"}, "TT105", "90d"),
        (QUESTION | {"expires": "2026-11-21"}, "TT105", "to come"),
        (QUESTION | {"expires": "367d"}, "TT105", "366 days"),
        (QUESTION | {"expires": "99999w"}, "TT105", ""),
        (QUESTION | {"name": "two\nlines"}, "TT105", "100 letters"),
        (QUESTION | {"name": "x" * 101}, "TT105", "100 letters"),
    ],
    ids=lambda said: str(said)[:60],
)
def test_what_would_be_refused_when_asked_is_refused_when_made(
    linking: Linking, body: object, code: str, says: str
) -> None:
    before = len(linking.services.links.all())
    answer = linking.asked("", body)
    assert answer.status_code in (400, 404)
    assert answer.json()["code"] == code, answer.text
    assert says in answer.text
    assert len(linking.services.links.all()) == before


def test_making_needs_a_key_and_json(linking: Linking) -> None:
    assert linking.outside.post(f"{linking.address}/links", json=QUESTION).status_code == 401
    assert linking.outside.get(f"{linking.address}/links").status_code == 401
    answer = linking.client.post("/links", content="table=x", headers={"Content-Type": "text/plain"})
    assert (answer.status_code, answer.json()["code"]) == (415, "TT124")
    answer = linking.client.put("/links")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST")
    assert linking.get("/links/x").headers["allow"] == "DELETE"
