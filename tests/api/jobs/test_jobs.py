"""Jobs: what takes longer than a request waits goes on, tells how far it is, and keeps its result for a while."""

import os
import stat

import pytest

from tabular.errors import StoreOutOfMemory
from tests.api.jobs.working import IDENTITY, LARGE, ROWS, SMALL, Slow, assert_empty, code, files, over, spool, told
from tests.serving import Served
from tests.steps import CALLS, SUMMARIES, batches

# ---- in time ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [SMALL, LARGE])
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_what_is_made_in_time_is_the_answer(served: Served, address: str, encoding: str) -> None:
    plain, waited = (served.get(address + more, headers={"Accept-Encoding": encoding}) for more in ("", "&wait=30"))
    assert waited.status_code == 200
    assert waited.content == plain.content
    names = ("ETag", "X-Row-Count", "Content-Type", "Content-Disposition", "Content-Encoding", "Vary", "X-Data-As-Of")
    assert {name: waited.headers.get(name) for name in names} == {name: plain.headers.get(name) for name in names}
    assert served.get("/jobs").json() == {"jobs": []}, "nobody was told of a job"
    assert_empty(served)
    headers = {"Accept-Encoding": encoding, "If-None-Match": plain.headers["ETag"]}
    again = served.get(f"{address}&wait=30", headers=headers)
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", plain.headers["ETag"])
    head = served.client.head(f"{address}&wait=30", headers={"Accept-Encoding": encoding})
    assert (head.status_code, head.content, head.headers["ETag"]) == (200, b"", plain.headers["ETag"])


def test_what_fails_in_time_is_refused_as_ever(served: Served, slow: Slow) -> None:
    slow.fails = StoreOutOfMemory("x")
    slow.may_go.set()
    assert code(served.get(f"{LARGE}&wait=30")) == (503, "TT506")
    assert_empty(served)


def test_nobody_is_sent_away_for_less_than_a_moment(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.jobs.waiting.MOMENT", 30.0)
    assert served.get(f"{SMALL}&wait=0").status_code == 200
    assert served.get(SMALL, headers={"Prefer": "respond-async"}).status_code == 200


# ---- later --------------------------------------------------------------------------------------------------


def test_what_takes_longer_is_a_job_that_keeps_its_result(served: Served, slow: Slow) -> None:
    job = told(served)
    assert slow.halfway.wait(30)
    status = served.get(f"{job}?wait=0").json()
    assert (status["state"], status["result"], status["row_count"]) == ("making", None, 600)
    assert status["rows_made"] == 600, "all are read, and half of their bytes are to come"
    assert 0 < status["bytes"] < 3_000_000
    assert status["months"] == {"wanted": 0, "there": 0}
    early = served.get(f"{job}/result")
    assert code(early) == (409, "TT170")
    assert int(early.headers["Retry-After"]) >= 1
    assert "api_key" not in status["rows"]
    slow.may_go.set()
    status = over(served, job)
    assert (status["state"], status["progress"], status["result"]) == ("ready", 1.0, f"{job}/result")
    assert status["expires"] == "2026-11-22T13:00:00Z"
    assert [one["id"] for one in served.get("/jobs").json()["jobs"]] == [status["id"]]

    plain, kept = served.get(LARGE, headers=IDENTITY), served.get(status["result"])
    assert kept.content == plain.content
    assert len(kept.content) == status["bytes"] == int(kept.headers["Content-Length"])
    names = ("ETag", "X-Row-Count", "Content-Type", "Content-Disposition", "Vary", "Content-Security-Policy")
    assert [kept.headers.get(name) for name in names] == [plain.headers.get(name) for name in names]
    part = served.get(status["result"], headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, plain.content[100:200])
    for odd in ("bytes=9-1", "bytes=0-1,5-6", "lines=1-2", "bytes=-"):
        whole = served.get(status["result"], headers={"Range": odd})
        assert (whole.status_code, whole.content) == (200, plain.content), odd
    beyond = served.get(status["result"], headers={"Range": "bytes=999999999-"})
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{len(plain.content)}")
    assert served.client.head(status["result"]).headers["ETag"] == plain.headers["ETag"]
    assert served.get(status["result"], headers={"If-None-Match": plain.headers["ETag"]}).status_code == 304
    (file,) = files(served)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert file.stat().st_size == spool(served).bytes == status["bytes"]


def test_a_result_is_encoded_as_it_was_asked_for(served: Served, slow: Slow) -> None:
    job = told(served, **{"Accept-Encoding": "gzip"})
    slow.may_go.set()
    assert over(served, job)["state"] == "ready"
    kept = served.get(f"{job}/result")
    assert kept.headers["Content-Encoding"] == "gzip"
    assert kept.content == served.get(LARGE, headers=IDENTITY).content


def test_a_small_answer_of_which_somebody_was_told_is_kept_too(served: Served, slow: Slow) -> None:
    job = told(served, SMALL)
    slow.may_go.set()
    assert over(served, job)["bytes"] == len(served.get(f"{job}/result").content) > 100
    assert served.get(f"{job}/result").text == served.get(SMALL).text


def test_who_asks_the_same_again_joins_the_job(served: Served, slow: Slow) -> None:
    job = told(served)
    assert told(served, Prefer="respond-async") == job
    assert told(served, **{"Accept-Encoding": "gzip"}) != job, "other bytes"
    assert slow.halfway.wait(30)
    other = served.services.keys.create(os.urandom(6).hex())
    answer = served.get(f"{LARGE}&wait=0", headers=IDENTITY | {"X-Telenia-APIKey": other})
    assert answer.headers["Location"] != job, "of another key"
    for address in (job, f"{job}/result"):
        assert code(served.get(answer.headers["Location"])) == (404, "TT213"), address
    slow.may_go.set()
    assert over(served, job)["state"] == "ready"


def test_who_asks_again_when_it_is_ready_gets_it_without_its_being_made_again(served: Served, slow: Slow) -> None:
    job = told(served)
    slow.may_go.set()
    over(served, job)
    made = slow.made
    again = served.get(f"{LARGE}&wait=30", headers=IDENTITY)
    assert (again.status_code, again.content) == (200, served.get(f"{job}/result").content)
    assert slow.made == made
    assert len(files(served)) == 1
    with served.services.store.writing("test") as writing:
        writing.merge(CALLS, batches([ROWS[0] | {"user": os.urandom(4).hex()}]), SUMMARIES)
    newer = served.get(f"{LARGE}&wait=30", headers=IDENTITY)
    assert slow.made == made + 1, "what was written makes another answer"
    assert newer.headers["ETag"] != again.headers["ETag"]
