"""How jobs end: cancelled, fetched, expired, failed, left, refused; and what is left of them."""

import errno
import socket
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from tabular.errors import StoreOutOfMemory
from tests.api.jobs.working import (
    CLOCK,
    IDENTITY,
    LARGE,
    SMALL,
    Endless,
    Slow,
    assert_empty,
    code,
    files,
    over,
    ready,
    settled,
    spool,
    told,
)
from tests.serving import Served, opened_at
from tests.steps import NOW


def test_cancelling_stops_the_engine(served: Served, endless: Endless) -> None:
    job = told(served, SMALL)
    assert endless.began.acquire(timeout=30)
    assert served.client.delete(job).status_code == 204
    assert endless.stopped.acquire(timeout=30)
    assert over(served, job)["state"] == "cancelled"
    assert code(served.get(f"{job}/result")) == (410, "TT171")
    assert served.client.delete(job).status_code == 204, "again changes nothing"
    assert told(served, SMALL) != job, "asked again it is another one"


def test_cancelling_in_the_middle_removes_the_bytes(served: Served, slow: Slow) -> None:
    job = told(served)
    assert slow.halfway.wait(30)
    assert served.client.delete(job).status_code == 204
    slow.may_go.set()
    assert slow.over.acquire(timeout=30)
    assert over(served, job)["state"] == "cancelled"
    settled(served)
    assert_empty(served)


def test_cancelling_while_a_piece_is_written_leaves_nothing(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    writing, may_go = threading.Event(), threading.Event()

    def still(_: object, sent: str) -> None:
        calls.append(sent)
        if len(calls) == 2:  # the first is before anything is made
            writing.set()
            assert may_go.wait(30)

    monkeypatch.setattr("api.jobs.waiting._still", still)
    job = told(served)
    assert writing.wait(30)
    for _ in range(2):
        assert served.client.delete(job).status_code == 204
    may_go.set()
    settled(served)
    assert_empty(served)


def test_a_result_that_was_fetched_can_be_removed(served: Served, slow: Slow) -> None:
    slow.may_go.set()
    job = ready(served)
    assert served.client.delete(job).status_code == 204
    assert_empty(served)
    assert served.get(job).json()["state"] == "forgotten"
    gone = served.get(f"{job}/result")
    assert code(gone) == (410, "TT171")
    assert gone.json()["title"] == "The result of this job was removed."


def test_a_result_is_kept_for_an_hour(served: Served) -> None:
    job = ready(served)
    CLOCK.now = NOW + timedelta(minutes=59)
    assert served.get(f"{job}/result").status_code == 200
    CLOCK.now = NOW + timedelta(hours=1)
    gone = served.get(f"{job}/result")
    assert code(gone) == (410, "TT171")
    assert gone.json()["title"] == "The result of this job was kept until 2026-11-22 13:00 UTC."
    assert_empty(served)


def test_who_fetches_a_result_gets_all_of_it_whatever_becomes_of_the_job(served: Served) -> None:
    job = ready(served)
    with served.client.stream("GET", f"{job}/result") as answer:
        pieces = answer.iter_raw()
        first = next(pieces)
        assert served.client.delete(job).status_code == 204
        rest = b"".join(pieces)
    assert len(first + rest) == int(answer.headers["Content-Length"])


def leaving(served: Served, address: str) -> socket.socket:
    host, port = served.address.removeprefix("http://").split(":")
    client = socket.create_connection((host, int(port)), timeout=60)
    client.sendall(f"GET {address} HTTP/1.1\r\nHost: {host}\r\nX-Telenia-APIKey: {served.key}\r\n\r\n".encode())
    return client


def test_who_leaves_before_being_told_stops_the_work(served: Served, endless: Endless) -> None:
    client = leaving(served, f"{SMALL}&wait=600")
    assert endless.began.acquire(timeout=30)
    client.close()
    assert endless.stopped.acquire(timeout=30)
    assert served.get("/jobs").json() == {"jobs": []}


def test_who_leaves_stops_nothing_of_which_another_was_told(served: Served, slow: Slow) -> None:
    job = told(served)
    assert slow.halfway.wait(30)
    leaving(served, f"{LARGE}&wait=600").close()
    slow.may_go.set()
    assert over(served, job)["state"] == "ready"


def test_the_failure_of_a_job_is_told(served: Served, slow: Slow) -> None:
    slow.fails = StoreOutOfMemory("x")
    job = told(served)
    slow.may_go.set()
    status = over(served, job)
    assert (status["state"], status["result"], status["progress"]) == ("failed", None, None)
    assert status["error"]["code"] == "TT506"
    assert "needs more memory" in status["error"]["title"]
    assert code(served.get(f"{job}/result")) == (503, "TT506")
    assert_empty(served)
    slow.fails = None
    assert ready(served) != job


def test_a_failure_that_nobody_foresaw_is_one_sentence(served: Served, slow: Slow) -> None:
    slow.fails = RuntimeError("/secret/path")
    job = told(served)
    slow.may_go.set()
    assert over(served, job)["error"]["code"] == "TT500"
    assert "secret" not in served.get(f"{job}/result").text


def test_results_take_no_more_than_they_may(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    first = ready(served)
    with monkeypatch.context() as small:
        small.setattr(spool(served), "most", spool(served).bytes + 1000)
        status = over(served, told(served, f"{LARGE}&offset=1"))
    assert (status["state"], status["error"]["code"]) == ("failed", "TT509")
    assert "3MB" in status["error"]["title"]
    assert len(files(served)) == 1, "what was promised for an hour is kept"
    assert served.client.delete(first).status_code == 204
    assert served.get(f"{LARGE}&offset=1&wait=30", headers=IDENTITY).status_code == 200


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_told(served: Served, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def full(*_: object) -> int:
        raise OSError(number, "no room")

    with monkeypatch.context() as broken:
        broken.setattr("api.jobs.spool.os.open", full)
        job = told(served)
        assert over(served, job)["error"]["code"] == "TT507"
    assert_empty(served)
    assert ready(served) != job


def test_a_key_that_is_revoked_ends_its_jobs(served: Served, slow: Slow) -> None:
    job = told(served)
    assert slow.halfway.wait(30)
    name = next(key.name for key in served.services.keys.all() if key == served.services.keys.find(served.key, NOW))
    served.services.keys.revoke(name)
    slow.may_go.set()
    settled(served)
    assert_empty(served)
    assert code(served.get(job)) == (401, "TT202")


def test_a_key_has_so_many_jobs_under_way_and_no_more(
    served: Served, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.jobs.jobs.MOST", 1)
    job = told(served)
    refused = served.get(f"{LARGE}&offset=1&wait=0")
    assert code(refused) == (409, "TT214")
    assert told(served) == job, "it is the same one"
    assert served.client.delete(job).status_code == 204
    told(served, f"{LARGE}&offset=1")


def test_the_oldest_jobs_are_forgotten(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    first = ready(served)
    monkeypatch.setattr("api.jobs.jobs.KEPT", 1)
    second = ready(served, f"{LARGE}&offset=1")
    assert code(served.get(first)) == (404, "TT213")
    assert served.get(f"{second}/result").status_code == 200
    assert len(files(served)) == 1


def test_nothing_is_left_after_a_restart(tmp_path: Path) -> None:
    opened = opened_at(tmp_path / "tvox.duckdb")
    folder = tmp_path / "tvox.duckdb.jobs"
    folder.mkdir()
    (folder / "left").write_bytes(b"rows of somebody")
    served = Served(opened)
    assert not folder.exists()
    folder.mkdir()
    served.close()
    opened.close()
    assert not folder.exists(), "nor after its end"


@pytest.mark.parametrize(
    ("method", "address", "expected"),
    [
        ("GET", "/jobs/unknown", (404, "TT213")),
        ("DELETE", "/jobs/unknown", (404, "TT213")),
        ("GET", "/jobs/unknown/result", (404, "TT213")),
        ("GET", "/jobs?limit=1", (400, "TT103")),
        ("POST", "/jobs/unknown", (405, "TT113")),
    ],
)
def test_what_is_not_there_is_refused(served: Served, method: str, address: str, expected: tuple[int, str]) -> None:
    assert code(served.client.request(method, address)) == expected


def test_a_wait_for_a_status_is_a_number(served: Served) -> None:
    job = ready(served)
    assert code(served.get(f"{job}?wait=61")) == (400, "TT105")
    assert served.client.request("POST", job).headers["Allow"] == "GET, HEAD, DELETE"
