"""The command line: what it says, what it refuses, and how it works beside the running service."""

import json
import re
import signal
import socket
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from store.control import Control
from store.keys import Keys
from store.links import Links, Wanted
from store.service_file import ServiceFile
from store.sheet_tokens import Holder, SheetTokens
from store.store import Store
from tabular.errors import LinkOver, SheetTokenRefused
from tests import forked
from tests.commands import environment, run, started

CALLS = """unix,from,to,start
1588581589.1,+391,0452224600,2020-05-04 10:39:49
1588581600.2,+392,0452224600,2020-05-04 10:40:00
"""
MAPPING = """
table = "inboundCalls"
zone = "Europe/Rome"
separator = ","
[columns]
id = "unix"
step = "0"
cli = "col('from')"
dnis = "to"
startTime = "time(start, '%Y-%m-%d %H:%M:%S')"
"""


@pytest.fixture
def log(tmp_path: Path) -> tuple[Path, Path]:
    """A small log and its mapping."""
    (tmp_path / "calls.csv").write_text(CALLS)
    (tmp_path / "calls.toml").write_text(MAPPING)
    return tmp_path / "calls.csv", tmp_path / "calls.toml"


def load_words(log: tuple[Path, Path], *more: str) -> tuple[object, ...]:
    return ("load", log[0], "--mapping", log[1], *more)


def rows(path: Path) -> dict[str, int]:
    with Store(path) as store:
        return {f"{p.table} {p.month}": p.rows for p in store.partitions("inboundCalls")}


def test_a_file_is_loaded_and_again_without_effect(tmp_path: Path, log: tuple[Path, Path]) -> None:
    store = tmp_path / "tvox.duckdb"
    said = run(store, *load_words(log))
    assert "2 rows read" in said
    assert "2 loaded" in said
    forked.run(store, *load_words(log))
    assert rows(store) == {"inboundCalls 2020-05": 2}
    with Store(store) as opened:
        assert opened.version == 1


def test_a_refused_line_refuses_the_file_and_names_the_flag(tmp_path: Path, log: tuple[Path, Path]) -> None:
    store = tmp_path / "tvox.duckdb"
    forked.run(store, *load_words(log))
    log[0].write_text(CALLS.replace("+391", "changed") + "1588581700.3,+393,045,yesterday\n")
    said = forked.run(store, *load_words(log), fails=True)
    assert "--refuse-at-most 1" in said
    assert "[TT303]" in said
    with Store(store) as opened:
        assert opened.version == 1
    report = tmp_path / "calls.csv.refused.tsv"
    assert report.read_text().startswith("4\t")
    assert "yesterday" in report.read_text()
    assert "refused 1" in forked.run(store, *load_words(log, "--refuse-at-most", "1"))
    assert rows(store) == {"inboundCalls 2020-05": 2}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\x1f\x8b\x08\x00truncated", "calls.csv cannot be read"),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), "calls.csv cannot be read"),
        (CALLS.encode("utf-16"), "calls.csv cannot be read"),
        (CALLS.encode().replace(b"+391", b"\xe8\xe9"), "calls.csv cannot be read"),
        (b"", "calls.csv cannot be read"),
    ],
    ids=["truncated gzip", "picture", "utf-16", "latin-1", "empty"],
)
def test_what_is_no_log_is_refused_and_the_store_unchanged(
    tmp_path: Path, log: tuple[Path, Path], content: bytes, says: str
) -> None:
    store = tmp_path / "tvox.duckdb"
    Store(store).close()
    log[0].write_bytes(content)
    said = forked.run(store, *load_words(log), fails=True)
    assert says in said
    assert "[TT302]" in said
    assert rows(store) == {}


def test_keys_are_made_listed_and_revoked(tmp_path: Path) -> None:
    store = tmp_path / "tvox.duckdb"
    key = run(
        store, "keys", "create", "--name", "sheet", "--mask", "cli=last3", "--expires", "2030-01-31"
    ).splitlines()[-1]
    assert re.fullmatch(r"[A-Z0-9]{8}(-[A-Z0-9]{8}){3}", key)
    listed = forked.run(store, "keys", "list")
    assert "sheet" in listed
    assert key not in listed
    forked.run(store, "keys", "revoke", "sheet")
    assert "revoked" in forked.run(store, "keys", "list")
    assert 'Did you mean "user"?' in forked.run(store, "keys", "create", "--name", "y", "--hide", "usr", fails=True)
    assert "--mask" in forked.run(store, "keys", "create", "--name", "y", "--mask", "cli=all", fails=True)
    assert "startTime" in forked.run(store, "keys", "create", "--name", "y", "--mask", "startTime=hash", fails=True)


def test_links_are_listed_and_revoked(tmp_path: Path) -> None:
    store = tmp_path / "tvox.duckdb"
    control, now = Control(store), datetime.now(UTC)
    Keys(control).create("sheet")
    wanted = Wanted("wall board", "inboundCalls", "csv", {"last": "7d"}, now + timedelta(days=2))
    link, token = Links(control).make("sheet", wanted, now)
    listed = forked.run(store, "links", "list")
    assert all(word in listed for word in (link.id, "wall board", "of sheet", "inboundCalls.csv", "open until"))
    assert token not in listed
    forked.run(store, "links", "revoke", link.id)
    assert "has been revoked" in forked.run(store, "links", "list")
    assert "TT208" in forked.run(store, "links", "revoke", "nothing", fails=True)
    with pytest.raises(LinkOver):
        Links(control).find(token, "csv", now)
    control.close()


def test_sheets_are_listed_with_who_signed_in_and_revoked(tmp_path: Path) -> None:
    store = tmp_path / "tvox.duckdb"
    control, now = Control(store), datetime.now(UTC)
    Keys(control).create("google")
    known = SheetTokens(control)
    one, token = known.make("google", Holder("1AbC-d_e", "Sales", "anna@example.com"), now)
    two, _ = known.make("google", Holder(), now)
    first, second = forked.run(store, "sheets", "list").splitlines()
    said = (one.id, "Sales", "open; of google; signed in by anna@example.com", "spreadsheet 1AbC-d_e", "never used")
    assert all(words in first for words in said)
    assert f"{two.id} " in second
    assert "open; of google; by the key; never used" in second
    assert not any(group in first for group in token.split("-")[1:])
    assert forked.run(store, "sheets", "revoke", one.id) == f"{one.id} opens nothing any more.\n"
    assert "has been revoked; of google" in forked.run(store, "sheets", "list")
    assert "TT217" in forked.run(store, "sheets", "revoke", "nothing", fails=True)
    with pytest.raises(SheetTokenRefused):
        known.find(token, now)
    control.close()


@pytest.mark.parametrize(
    "words",
    [
        *(["serve"], ["demo"], ["load"], ["keys", "create"], ["keys", "list"], ["keys", "revoke"]),
        *(["links", "list"], ["links", "revoke"], ["sheets", "list"], ["sheets", "revoke"]),
    ],
)
def test_help_says_what_a_command_does_with_an_example(tmp_path: Path, words: list[str]) -> None:
    done = forked.run(tmp_path / "tvox.duckdb", *words, "--help")
    assert f"Example: main.py {' '.join(words)}" in " ".join(done.split())


def ready(service: subprocess.Popen[str], store: Path) -> tuple[str, str]:
    """The address and the demo key that a service prints."""
    assert service.stdout is not None
    address = key = ""
    while not key:
        line = service.stdout.readline()
        assert line, "the service ended"
        if "is ready" in line:
            address = line.split()[-1].rstrip("/")
        elif "Demo key:" in line:
            key = line.split()[-1]
    assert ServiceFile.read(store) is not None
    return address, key


def assert_only_the_files_token_gives_work(store: Path, address: str, key: str) -> None:
    job = {"job": "demo", "months": 1, "calls_per_month": 10, "seed": 1}
    for token in ("", f"Bearer {key}", "Bearer wrong"):
        answer = httpx.post(f"{address}/work", json=job, headers={"Authorization": token}, trust_env=False)
        assert answer.status_code == 401
    found = ServiceFile.read(store)
    assert found is not None
    headers = {"Authorization": f"Bearer {found.token}"}
    wrong = httpx.post(f"{address}/work", json={"job": "rm -rf"}, headers=headers, trust_env=False)
    assert wrong.status_code == 400
    lines = httpx.post(f"{address}/work", json=job, headers=headers, trust_env=False, timeout=60).text.splitlines()
    assert "said" in json.loads(lines[-1])


def test_a_command_hands_its_work_to_the_running_service(tmp_path: Path, log: tuple[Path, Path]) -> None:
    store = tmp_path / "tvox.duckdb"
    service = started(store, "serve", "--port", "0", demo_calls_per_month=50, demo_months=1)
    try:
        address, key = ready(service, store)
        said = run(store, *load_words(log))
        assert "2 loaded" in said
        asked = {"X-Telenia-APIKey": key}
        found = httpx.get(
            f"{address}/tables/inboundCalls.csv?month=2020-05&columns=cli", headers=asked, trust_env=False
        )
        assert found.text == "cli\r\n+391\r\n+392\r\n"
        (tmp_path / "calls.toml").write_text(MAPPING.replace('dnis = "to"', 'dnis = "two"'))
        assert "two" in forked.run(store, *load_words(log), fails=True), "the service's refusal is the command's"
        assert "in use by the service on port" in forked.run(store, "serve", "--port", "0", fails=True)
        new = forked.run(store, "keys", "create", "--name", "later").splitlines()[-1]
        assert httpx.get(f"{address}/tables?api_key={new}", trust_env=False).status_code == 200
        assert_only_the_files_token_gives_work(store, address, key)
    finally:
        service.send_signal(signal.SIGTERM)
        output, _ = service.communicate(timeout=30)
    assert service.returncode == 0
    assert not ServiceFile.place(store).exists()
    log_lines = [line for line in output.splitlines() if " INFO " in line]
    assert any("api_key=…" in line for line in log_lines)
    assert not any(secret in line for line in log_lines for secret in (key, new))
    assert rows(store)["inboundCalls 2020-05"] == 2


def test_a_port_that_is_taken_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = forked.run(tmp_path / "tvox.duckdb", "serve", "--no-demo", "--port", str(port), fails=True)
    assert f"cannot listen on port {port}" in said
    assert "[TT505]" in said


@pytest.mark.parametrize("zone", ["Rome", "Factory"])
def test_a_wrong_setting_is_one_sentence(tmp_path: Path, zone: str) -> None:
    given = environment() | {"TVOX_CENTRE_ZONE": zone}
    said = forked.run(tmp_path / "tvox.duckdb", "demo", given=given, fails=True)
    assert "TVOX_CENTRE_ZONE" in said
    assert f"{zone} is no IANA time zone" in said
