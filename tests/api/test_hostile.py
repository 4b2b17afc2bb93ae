"""Hostile requests over real HTTP: each ends soon, in little memory, with one sentence or with the right rows."""

import csv
import fcntl
import http.client
import io
import json
import multiprocessing
import os
import pickle
import re
import resource
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from time import process_time
from urllib.parse import unquote_plus

import openpyxl  # type: ignore[import-untyped]  # openpyxl has no types of its own
import pytest

from api.parameters import LONGEST, PARAMETERS, single_values
from tabular.errors import BadValue
from tests.api.hostile import ALL, fill, requests
from tests.api.markup import Markup
from tests.serving import Served, opened_at

SECONDS = 1.0
MEGABYTES = 256
"""What a request may take of the processor, and what all of them together may take of memory."""

LONGEST_REFUSAL = 1_000
ECHOED = 61
"""So much of what was sent is never said again."""


@dataclass(frozen=True)
class Outcome:
    """How a request ended: its status, the answer's bytes and headers, and what it took of the processor (seconds) and
    of memory beyond what the service had taken before the first (megabytes)."""

    status: int
    body: bytes
    headers: str
    seconds: float
    megabytes: float


# ---- in a process of its own, whose memory nothing else takes ------------------------------------------------


def _peak() -> float:
    """The most memory that this process has had, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def _work(folder: Path, results: Connection) -> None:
    """Serve, ask everything, and hand back how each ended."""
    services = opened_at(folder / "tvox.duckdb")
    fill(services.store)
    served = Served(services)
    for address in ("/tables/inboundCalls.csv", "/tables/inboundCalls.json?filter=hour(startTime)%20eq%201"):
        assert _asked(served, address, {}, 0.0).status == 200
    before = _peak()
    found = {name: _asked(served, address, headers, before) for name, (address, headers, _) in requests().items()}
    rest = _rest(served.key)
    found |= {name: _sent(served, made(rest), before) for name, (made, _) in AT_THE_DOOR.items()}
    served.close()
    services.close()
    results.send(found)


def _asked(served: Served, address: str, headers: dict[str, str], before: float) -> Outcome:
    """Ask as a client that takes addresses of any length."""
    host = served.address.removeprefix("http://")
    began = process_time()
    connection = http.client.HTTPConnection(host, timeout=60)
    connection.request("GET", address, headers={"X-Telenia-APIKey": served.key} | headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return Outcome(answer.status, body, str(answer.headers), process_time() - began, _peak() - before)


def _sent(served: Served, request: bytes, before: float) -> Outcome:
    """Send bytes until they are no longer taken, and read what is said to that."""
    host, port = served.address.removeprefix("http://").split(":")
    began, said = process_time(), b""
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        with suppress(ConnectionError):
            connection.sendall(request)
        with suppress(ConnectionError):
            while received := connection.recv(2**16):
                said += received
    head, _, body = said.partition(b"\r\n\r\n")
    status = int(head.split(b" ")[1]) if head else 0
    return Outcome(status, body, head.decode("latin-1"), process_time() - began, _peak() - before)


def _rest(key: str) -> bytes:
    return f"Host: localhost\r\nX-Telenia-APIKey: {key}\r\nConnection: close\r\n\r\n".encode()


_FILTERED = b"GET /tables/inboundCalls.csv?columns=id&filter="
_LARGE, _WRONG = (400, 414, 431), (400,)

AT_THE_DOOR: dict[str, tuple[Callable[[bytes], bytes], tuple[int, ...]]] = {
    "an address of 10 MB": (lambda rest: _FILTERED + b"x" * 10_000_000 + b" HTTP/1.1\r\n" + rest, _LARGE),
    "100,000 ands": (lambda rest: _FILTERED + b"true%20and%20" * 100_000 + b"true HTTP/1.1\r\n" + rest, _LARGE),
    "a path of 10 MB": (lambda rest: b"GET /tables/" + b"x" * 10_000_000 + b" HTTP/1.1\r\n" + rest, _LARGE),
    "a header of 10 MB": (lambda rest: b"GET /tables HTTP/1.1\r\nX-A: " + b"x" * 10_000_000 + b"\r\n" + rest, _LARGE),
    "100,000 headers": (lambda rest: b"GET /tables HTTP/1.1\r\n" + b"X-A: b\r\n" * 100_000 + rest, _LARGE),
    "a method of 10 MB": (lambda rest: b"X" * 10_000_000 + b" /tables HTTP/1.1\r\n" + rest, _LARGE),
    "a null in an address": (lambda rest: b"GET /tables/\0 HTTP/1.1\r\n" + rest, _WRONG),
    "bytes that are no address": (lambda rest: _FILTERED + b"\xff\xfe HTTP/1.1\r\n" + rest, _WRONG),
    "letters that nobody encoded": (lambda rest: _FILTERED + "cli eq 'Ü'".encode() + b" HTTP/1.1\r\n" + rest, _WRONG),
    "another protocol": (lambda rest: b"\x16\x03\x01" * 100 + b"\r\n\r\n", _WRONG),
    "two lines in a header": (lambda rest: b"GET /tables HTTP/1.1\r\nX-A: b\rX-Evil: c\r\n" + rest, _WRONG),
}
"""What never reaches the service, since the server in front of it does not read it: how a request is made of the rest
of its head, and the statuses of that."""


@pytest.fixture(scope="session")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """How all of them ended: found by the first worker that asks, and read by the others, which wait for it."""
    own = tmp_path_factory.getbasetemp()
    folder = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    kept = folder / "hostile.pickle"
    with (folder / "hostile.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_bytes(pickle.dumps(_found(tmp_path_factory)))
    found: dict[str, Outcome] = pickle.loads(kept.read_bytes())  # noqa: S301  # what this very test has written
    return found


def _found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    fresh = multiprocessing.get_context("spawn")
    ours, theirs = fresh.Pipe(duplex=False)
    process = fresh.Process(target=_work, args=(tmp_path_factory.mktemp("hostile"), theirs))
    process.start()
    theirs.close()
    found: dict[str, Outcome] = ours.recv()
    process.join()
    return found


# ---- how they have to end ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(requests()))
def test_it_ends_with_one_sentence_or_with_the_right_rows(outcomes: dict[str, Outcome], name: str) -> None:
    address, headers, expected = requests()[name]
    ended = outcomes[name]
    if isinstance(expected, int):
        assert (ended.status, _rows(ended)) == (200, expected)
        return
    said = _said(ended)
    assert expected in said
    assert (ended.status < 500) or (ended.status, expected) == (501, "TT131")
    assert "\n" not in said
    assert len(ended.body) < LONGEST_REFUSAL
    for sent in (" ".join(unquote_plus(address).split()), *headers.values()):
        assert not any(sent[i : i + ECHOED] in said for i in range(max(0, len(sent) - ECHOED)))


def _rows(ended: Outcome) -> int:
    text = ended.body.decode("utf-8-sig")
    if text.startswith("{"):
        return len(json.loads(text)["rows"])
    return len(list(csv.reader(io.StringIO(text, newline="")))) - 1


def _said(ended: Outcome) -> str:
    """The sentence of a refusal, with its code."""
    if "application/problem+json" not in ended.headers:
        assert ended.body.endswith(b"]\n"), ended.body[-100:]
        return ended.body.decode()[:-1]
    problem = json.loads(ended.body)
    return f"{problem['title']} {problem['hint']} [{problem['code']}]"


@pytest.mark.parametrize("name", AT_THE_DOOR)
def test_what_the_server_does_not_read_is_refused_in_a_sentence(outcomes: dict[str, Outcome], name: str) -> None:
    made, statuses = AT_THE_DOOR[name]
    ended = outcomes[name]
    # A server that stops reading ends the connection, and what it said before may be lost on the way.
    was_cut = len(made(_rest(""))) > 1_000_000
    assert ended.status in statuses or (was_cut and not ended.status)
    assert re.fullmatch(rb"[A-Z][^\n]+\.[^\n]*\n?", ended.body) or (was_cut and not ended.body), ended.body
    assert len(ended.body) < 200


def test_none_takes_a_second_of_the_processor(outcomes: dict[str, Outcome]) -> None:
    slowest = sorted(((ended.seconds, name) for name, ended in outcomes.items()), reverse=True)[:5]
    assert slowest[0][0] < SECONDS, slowest


def test_all_of_them_take_little_memory(outcomes: dict[str, Outcome]) -> None:
    largest = max((ended.megabytes, name) for name, ended in outcomes.items())
    assert largest[0] < MEGABYTES, largest


def test_none_gets_a_header_through(outcomes: dict[str, Outcome]) -> None:
    assert [name for name, ended in outcomes.items() if "evil" in ended.headers.lower()] == []


@pytest.mark.parametrize("name", [one.name for one in PARAMETERS if one.name != "filter"])
def test_a_parameter_of_ten_megabytes_is_not_looked_into(name: str) -> None:
    with pytest.raises(BadValue) as raised:
        single_values([(name, "x" * 10_000_000)])
    assert len(str(raised.value)) < 200
    assert single_values([(name, "x" * LONGEST)])


# ---- what a caller's own names can do ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service of this process, over the same rows."""
    services = opened_at(tmp_path_factory.mktemp("names") / "tvox.duckdb")
    fill(services.store)
    running = Served(services)
    yield running
    running.close()
    services.close()


FORMULAS = ["=1+1", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1+1)", "=HYPERLINK(x)", "＝1+1"]  # noqa: RUF001


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_new_name_is_never_a_formula(served: Served, formula: str) -> None:
    asked = {"columns": f"cli as {formula}", "limit": "1"}
    excel = served.get("/tables/inboundCalls.csv", params=asked | {"csv": "excel"}).text
    title = next(csv.reader(io.StringIO(excel.removeprefix("\ufeff"), newline=""), delimiter=";"))[0]
    assert title in (f"'{formula}", f'="{formula}"')
    if title.startswith("="):
        assert re.fullmatch(r"[-+ 0-9.,:/()]+", formula), "figures alone: a phone number"
    book = openpyxl.load_workbook(io.BytesIO(served.get("/tables/inboundCalls.xlsx", params=asked).content))
    cell = book.worksheets[0]["A1"]
    assert (cell.data_type, cell.value) == ("s", formula)
    assert [c.data_type for row in book.worksheets[1].iter_rows() for c in row if c.value == formula] == ["s"]
    page = served.get("/tables/inboundCalls.html", params=asked).text
    assert f">{formula.replace(chr(39), '&#x27;')}</th>" in page or f">{formula}</th>" in page
    assert re.search(r"th,\.t\{mso-number-format:", page), "Excel takes titles of a page as text"


def test_a_filter_that_a_workbook_tells_of_is_never_a_formula(served: Served) -> None:
    asked = {"columns": "id", "filter": "-waitDuration lt 0 or cli eq '=1+1'", "limit": "1"}
    book = openpyxl.load_workbook(io.BytesIO(served.get("/tables/inboundCalls.xlsx", params=asked).content))
    cells = [cell for row in book.worksheets[1].iter_rows() for cell in row if cell.value == asked["filter"]]
    assert [cell.data_type for cell in cells] == ["s"]


MARKUP = ["<script>alert(1)</script>", "</th><img src=x onerror=alert(1)>", 'x"><svg onload=alert(1)>', "&lt;b&gt;"]


@pytest.mark.parametrize("markup", MARKUP)
@pytest.mark.parametrize("asked", ["columns=cli as {}", "measures=count as {}", "group=cli as {}"])
def test_a_new_name_is_never_markup(served: Served, markup: str, asked: str) -> None:
    name, _, value = asked.partition("=")
    answer = served.get("/tables/inboundCalls.html", params={name: value.format(markup), "limit": "1"})
    page = Markup(answer.text)
    assert not {"script", "img", "svg"} & set(page.tags)
    assert markup in page.text
    assert "script-src" not in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]


NAMES = ['a"b', "a'b", "a\\b", "{a}", "a,b;c", "\u202eabc", "👩‍💻", "__proto__", "\ufffe", "_x0041_"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["csv", "json", "ndjson", "grid", "tsv", "xlsx", "arrow", "parquet", "html"])
def test_a_new_name_stays_as_it_is_in_every_format(served: Served, form: str, name: str) -> None:
    asked = {"columns": f"id as '{name}'", "limit": "2"}
    answer = served.get(f"/tables/inboundCalls.{form}", params=asked)
    if form == "json":
        assert [column["name"] for column in answer.json()["columns"]] == [name]
        assert {key for row in answer.json()["rows"] for key in row} == {name}
    assert answer.status_code == 200, answer.text
    assert "evil" not in str(answer.headers).lower()


def test_no_name_reaches_a_header(served: Served) -> None:
    asked = {"columns": "id as x-evil, cli as 'a\r\nX-Evil: b'", "limit": "1"}
    answer = served.get("/tables/inboundCalls.csv", params=asked)
    assert answer.status_code == 200, "blanks of every kind are one blank"
    assert answer.text.startswith("x-evil,a X-Evil: b\r\n")
    assert "evil" not in " ".join(f"{name}: {value}" for name, value in answer.headers.items()).lower()


def test_the_store_is_as_it_was(served: Served) -> None:
    assert served.get("/tables/inboundCalls.csv?measures=count").text == f"count\r\n{ALL}\r\n"
