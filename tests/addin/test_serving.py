"""The pages that run a script: served whole, under a strict policy, and nothing but them."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api import web
from tests.api.markup import Markup, assert_sound
from tests.serving import Served, opened_at

SCRIPT = b"export const answer = 42; // " + b"x" * 5000
PAGE = '<!doctype html><meta property="csp-nonce" nonce="NONCE-OF-THIS-ANSWER"><script nonce="NONCE-OF-THIS-ANSWER">'


@pytest.fixture
def dist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A build of one page with one script, in place of the real one."""
    folder = tmp_path / "dist"
    (folder / "web" / "assets").mkdir(parents=True)
    (folder / "datamodel.html").write_text(PAGE)
    (folder / "web" / "assets" / "page-a1B2_c3-.js").write_bytes(SCRIPT)
    (folder / "web" / "secret.txt").write_text("secret")
    monkeypatch.setattr(web, "BUILT", folder)
    return folder


@pytest.fixture
def client(tmp_path: Path) -> Iterator[httpx.Client]:
    """Somebody without a key."""
    services = opened_at(tmp_path / "tvox.duckdb")
    running = Served(services)
    with httpx.Client(base_url=running.address, trust_env=False) as stranger:
        yield stranger
    running.close()
    services.close()


def test_a_page_is_open_fresh_and_under_a_strict_policy(dist: Path, client: httpx.Client) -> None:
    answer, again = client.get("/datamodel"), client.get("/datamodel")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    nonce = re.search(r"'nonce-([\w-]{16,})'", policy["style-src"])
    assert nonce is not None
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "worker-src": "'self'",
        "style-src": f"'self' 'nonce-{nonce[1]}'",
        "font-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    assert answer.text == PAGE.replace("NONCE-OF-THIS-ANSWER", nonce[1])
    assert answer.text != again.text, "a nonce is for one answer"
    assert client.head("/datamodel").content == b""


@pytest.mark.parametrize("encoding", ["gzip", "zstd", "identity"])
def test_an_asset_is_kept_for_good_and_packed(dist: Path, client: httpx.Client, encoding: str) -> None:
    asked = {"Accept-Encoding": encoding}
    answer = client.get("/web/assets/page-a1B2_c3-.js", headers=asked)
    assert answer.content == SCRIPT
    assert answer.headers.get("Content-Encoding", "identity") == encoding
    assert int(answer.headers["Content-Length"]) < len(SCRIPT) or encoding == "identity"
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; script-src 'self'"
    again = client.get("/web/assets/page-a1B2_c3-.js", headers=asked | {"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert again.content == b""


def test_every_encoding_has_a_tag_of_its_own(dist: Path, client: httpx.Client) -> None:
    tags = {
        client.get("/web/assets/page-a1B2_c3-.js", headers={"Accept-Encoding": encoding}).headers["ETag"]
        for encoding in ("gzip", "zstd", "identity")
    }
    assert len(tags) == 3


@pytest.mark.parametrize(
    "name",
    [
        "nothing.js",
        "..%2Fsecret.txt",
        "..%2f..%2fdatamodel.html",
        "%2e%2e/secret.txt",
        "a%00.js",
        ".",
        "%2Fetc%2Fpasswd",
    ],
)
def test_nothing_but_an_asset_is_served(dist: Path, client: httpx.Client, name: str) -> None:
    answer = client.get(f"/web/assets/{name}")
    assert answer.status_code == 404
    assert "secret" not in answer.text.replace("secret.txt", "")


def test_a_folder_is_no_asset(dist: Path, client: httpx.Client) -> None:
    (dist / "web" / "assets" / "folder").mkdir()
    assert client.get("/web/assets/folder").status_code == 404


def test_a_page_that_is_not_built_says_how_to_build_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: httpx.Client
) -> None:
    monkeypatch.setattr(web, "BUILT", tmp_path / "nowhere")
    answer = client.get("/datamodel")
    assert answer.status_code == 503
    page = Markup(answer.text)
    assert_sound(page)
    assert page.copies == ["make install"]
    assert client.get("/").status_code == 200


def test_the_front_page_leads_to_the_playground(client: httpx.Client) -> None:
    assert "datamodel" in Markup(client.get("/").text).values("href")
