"""Links give nothing but what they were made for: not to other addresses, not beyond their key, not to a log."""

import logging
from pathlib import Path
from typing import Any

import pytest
from fastapi import Response

import api.links
from api.access import WITHOUT_QUERY
from api.freshness import Wish
from api.rows import rows_of
from store.control import KEYS
from tabular.errors import StoreOutOfMemory, UpstreamUnreachable
from tabular.restriction import Restriction
from tabular.table import Mask, MaskKind
from tests.api.linking import QUESTION, Clock, Linking, token_of


def test_no_byte_of_the_address_may_be_another_one(linking: Linking) -> None:
    link = linking.made()
    token, before = token_of(link), str(link["url"]).rpartition("/")[0]
    said = set()
    others = [
        token[:i] + letter + token[i + 1 :] for i in range(48) for letter in ("A" if token[i] != "A" else "B", "~")
    ]
    others += [
        token[:-1],
        token + "A",
        token + "%3D",
        "A" * 48,
        "x",
        "%00",
        token.swapcase(),
        token[::-1],
        f"..{token}",
    ]
    for other in others:
        answer = linking.outside.get(f"{before}/{other}.csv")
        assert answer.status_code == 404, other
        said.add(answer.text)
    assert said == {"This is no link that was made here. Copy the whole address again, with its ending. [TT206]\n"}
    assert linking.outside.get(link["url"]).status_code == 200


def test_another_format_another_key_and_other_parameters_open_nothing_more(linking: Linking) -> None:
    key = linking.key_named("masking", restriction=Restriction(masked=(("cli", Mask(MaskKind.LAST, 2)),)))
    url = linking.made(key)["url"]
    made_for = linking.outside.get(url).content
    assert b"0000" not in made_for
    for form in ("tsv", "json", "xlsx", "CSV", "csv.csv", "nothing"):
        answer = linking.outside.get(url.removesuffix("csv") + form)
        assert answer.status_code == 404
        assert "TT206" in answer.text
    for query in ("columns=*", "last=10d", "month=2026-11", "api_key=" + linking.key, "x", "format=json", "limit=1"):
        answer = linking.outside.get(f"{url}?{query}")
        assert (answer.status_code, "TT210" in answer.text) == (400, True), query
        assert linking.key not in answer.text
    for headers in (
        {"X-Telenia-APIKey": linking.key},
        {"Authorization": "Bearer wrong"},
        {"Accept": "application/json"},
    ):
        assert linking.outside.get(url, headers=headers).content == made_for
    assert linking.outside.post(url).status_code == 405


def test_masks_and_hidden_columns_hold(linking: Linking) -> None:
    restriction = Restriction(("inboundCalls",), ("user",), (("cli", Mask(MaskKind.LAST, 3)),))
    key = linking.key_named("few", restriction=restriction)
    answer = linking.outside.get(linking.made(key, columns="*")["url"])
    assert "user" not in answer.text.splitlines()[0].split(",")
    assert "user1" not in answer.text
    assert "+39" not in answer.text
    probe = linking.outside.get(linking.made(key, columns="id", filter="cli eq '+390432000001'")["url"])
    assert len(probe.text.splitlines()) == 1
    for said in ({"columns": "user"}, {"table": "outboundCalls"}, {"filter": "user eq 'user1'"}):
        assert linking.asked(key, QUESTION | {"columns": "id"} | said).status_code in (400, 404)


def test_a_key_that_sees_less_narrows_its_links_at_once(linking: Linking) -> None:
    url = linking.made(linking.key_named("narrowed"))["url"]
    assert "+39" in linking.outside.get(url).text

    def narrow(**values: object) -> None:
        with linking.services.control.engine.begin() as connection:
            connection.execute(KEYS.update().where(KEYS.c.name == "narrowed").values(**values))

    narrow(masked=[["cli", "last", 2]])
    answer = linking.outside.get(url)
    assert (answer.status_code, "+39" in answer.text) == (200, False)
    narrow(hidden=["cli"])
    answer = linking.outside.get(url)
    assert answer.status_code == 410
    assert answer.text.startswith("This link asks for what its key does not see any more.")
    assert "cli" not in answer.text
    narrow(tables=[])
    assert "inbound" not in linking.outside.get(url).text


@pytest.mark.parametrize(
    "failure", [UpstreamUnreachable("https://tvox.inside", "refused"), StoreOutOfMemory("/inside/tvox.duckdb")]
)
def test_what_fails_inside_is_not_told_outside(
    linking: Linking, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, failure: Exception
) -> None:
    url = linking.made()["url"]

    async def fails(*_: object) -> None:
        raise failure

    monkeypatch.setattr(api.links, "rows_of", fails)
    answer = linking.outside.get(url)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert "inside" not in answer.text
    assert any("inside" in record.getMessage() for record in caplog.records)


def test_nobody_without_a_key_is_told_of_a_job(linking: Linking, monkeypatch: pytest.MonkeyPatch) -> None:
    wishes: list[Wish] = []

    async def noted(*said: Any) -> Response:
        wishes.append(said[1])
        return await rows_of(*said)

    monkeypatch.setattr(api.links, "rows_of", noted)
    url = linking.made(fresh="cached", partial="allow")["url"]
    assert linking.outside.get(url, headers={"Prefer": "respond-async"}).status_code == 200
    assert [(wish.fresh, wish.partial, wish.later) for wish in wishes] == [("cached", True, False)]


def test_no_log_holds_a_link_and_it_outlives_the_service(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO)
    running = Linking(tmp_path / "tvox.duckdb", Clock())
    link = running.made()
    token = token_of(link)
    slips = (
        f"/s/{token}",
        f"/S/{token}.csv",
        f"/x/s/{token}.csv",
        f"/s/{token}.csv/",
        f"//s/{token}.json",
        f"/s%2F{token}",
    )
    assert running.outside.get(link["url"]).status_code == 200
    assert running.outside.get(link["url"] + "?columns=id").status_code == 400
    for slip in slips:
        assert running.outside.get(running.address + slip).status_code in (200, 307, 404)

    async def fails(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(api.links, "rows_of", fails)
        assert running.outside.get(link["url"]).status_code == 500
    told = logging.LogRecord("uvicorn.access", logging.INFO, "", 0, '%s - "%s %s HTTP/%s" %d', (), None)
    told.args = ("127.0.0.1:1", "GET", f"/s/{token}.csv?x=1", "1.1", 200)
    assert WITHOUT_QUERY.filter(told)
    assert told.getMessage() == '127.0.0.1:1 - "GET /s/….csv HTTP/1.1" 200'
    running.close()
    again = Linking(tmp_path / "tvox.duckdb", Clock(), "later")
    path = str(link["url"]).removeprefix(running.address)
    assert again.outside.get(again.address + path).status_code == 200
    again.close()
    lines = [record.getMessage() for record in caplog.records if not record.name.startswith("httpx")]
    assert len([line for line in lines if "/s/….csv" in line]) >= 5
    assert not any(token in line for line in lines)
    assert not any(token in (record.exc_text or "") for record in caplog.records)
