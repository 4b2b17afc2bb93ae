"""A mirror whose TVox, or the way to it, goes wrong: an error or the truth, and never half of it."""

import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from datamodel.catalogue import documented
from tabular.month import Month
from tests.commands import command, environment
from tests.forked import run
from tests.mirrored import Mirroring
from tests.serving import Served, opened_at
from tests.steps import CALLS, SUMMARIES, batches, moment, read, step
from tests.upstream.certificates import Authority
from tests.upstream.later import LaterTvox
from tests.upstream.later_schema import Version
from tests.upstream.proxy import Proxy

MAY = Month(2020, 5)
COUNT = 2300
ROWS = f"/tables/inboundCalls.csv?from={MAY}-02&to={MAY}-31&columns=id,step,startTime,cli"
"""The calls of a month from its second day on, so that nobody asks whether the month before goes on in it."""

NUMBERS: dict[str, object] = {"multiChannel_type": "CALL", "status": "HANGUP"} | {
    column.name: 0 for column in CALLS.columns if column.type.value == "integer" and not column.nullable
}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service with three pages of calls in a month that is long over."""
    opened = opened_at(tmp_path_factory.mktemp("own") / "tvox.duckdb", datamodel_rate=0)
    began = moment(f"{MAY}-02T08:00")
    rows = [
        step(at, 0, serial, **{**NUMBERS, "step": 0, "cli": f"+39{serial}", "lastUpdateTime": at})
        for serial in range(COUNT)
        if (at := began + timedelta(seconds=30 * serial))
    ]
    with opened.store.writing("demo") as writing:
        writing.replace(CALLS, MAY, batches(rows), SUMMARIES)
    running = Served(opened)
    yield running
    running.close()
    opened.close()


@pytest.fixture(scope="module")
def proxy(own: Served) -> Iterator[Proxy]:
    """What stands between."""
    with Proxy(own.address) as standing:
        yield standing


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits longer than has to be between two attempts, nor after a failure."""
    monkeypatch.setattr("connectors.tvox.client.backoff", lambda *_: 0.0)
    monkeypatch.setattr("connectors.tvox.client.backoff_when_busy", lambda *_: 0.0)
    monkeypatch.setattr("answers.mirror.mirror.FAILED_FOR", timedelta(0))


@pytest.fixture
def mirror(proxy: Proxy, own: Served, tmp_path: Path) -> Iterator[Served]:
    """An empty mirror that has read the schema."""
    proxy.reset()
    with Mirroring(tmp_path / "tvox.duckdb", proxy.address, own.key, upstream_seconds=5) as served:
        yield served


def pages(proxy: Proxy) -> int:
    """How many pages were asked for, each attempt counted."""
    return sum("rows" in dict(arrival.asked) for arrival in proxy.log())


PASSING = [
    ("429", {"retry_after": 1}),
    ("429", {}),
    ("500", {}),
    ("503", {"retry_after": 1}),
    ("cut", {}),
]


@pytest.mark.parametrize("at", [1, 3])
@pytest.mark.parametrize(("kind", "details"), PASSING, ids=["429 and when", "429", "500", "503", "cut"])
def test_what_passes_is_asked_again(
    mirror: Served, own: Served, proxy: Proxy, kind: str, details: dict[str, Any], at: int
) -> None:
    proxy.fault(kind, at=at, asked="rows", **details)
    answer = mirror.get(ROWS)
    assert answer.status_code == 200, answer.text
    assert answer.text == own.get(ROWS).text
    assert pages(proxy) == 4, "the page that failed was asked for twice, every other one once"


def test_a_tvox_that_stalls_is_given_up_and_asked_again(own: Served, proxy: Proxy, tmp_path: Path) -> None:
    proxy.reset()
    with Mirroring(tmp_path / "tvox.duckdb", proxy.address, own.key, upstream_seconds=0.5) as mirror:
        proxy.fault("stall", at=2, asked="rows")
        assert mirror.get(ROWS).text == own.get(ROWS).text
    proxy.release()


WRONG = [
    ("garbage", {"form": "truncated"}, "wrongly"),
    ("garbage", {"form": "html"}, "wrongly"),
    ("errors", {}, "wrongly"),
    ("errors", {"form": "null"}, "wrongly"),
    ("shrink", {"rows": 3}, "counts 2,300 of them and gave 997"),
    ("wrong_type", {"column": "step"}, "wrongly"),
    ("wrong_key", {}, "refuses the service's own key"),
    ("redirect", {"location": "https://elsewhere.example/"}, "wrongly"),
]


@pytest.mark.parametrize(("kind", "details", "said"), WRONG, ids=[f"{kind} {details}" for kind, details, _ in WRONG])
def test_what_is_wrong_is_told_and_nothing_of_it_is_kept(
    mirror: Served, own: Served, proxy: Proxy, kind: str, details: dict[str, Any], said: str
) -> None:
    proxy.fault(kind, times=None, at=2, asked="rows", **details)
    answer = mirror.get(ROWS)
    assert answer.status_code == 502, answer.text
    assert said in answer.text
    assert answer.text.count("\n") == 1, "one line"
    assert len(answer.text) < 500
    assert mirror.services.store.partitions("inboundCalls") == []
    proxy.reset()
    assert mirror.get(ROWS).text == own.get(ROWS).text


def test_the_same_page_twice_is_told(mirror: Served, proxy: Proxy) -> None:
    proxy.fault("repeat", times=None, at=2, asked="rows")
    answer = mirror.get(ROWS)
    assert answer.status_code == 502
    assert "page 2 is page 1 again" in answer.text
    assert mirror.services.store.partitions("inboundCalls") == []


def test_a_tvox_that_is_away_leaves_what_is_stored(mirror: Served, own: Served, proxy: Proxy) -> None:
    fresh = mirror.get(ROWS)
    proxy.down()
    try:
        missing = mirror.get("/tables/inboundChats.csv?from=2020-05-02&to=2020-05-03")
        assert missing.status_code == 503
        assert int(missing.headers["Retry-After"]) > 0
        assert "does not answer" in missing.text
        assert mirror.get(ROWS).text == fresh.text == own.get(ROWS).text
        assert mirror.get("/upstream").json()["line"]["addresses"][0]["circuit"] == "open"
    finally:
        proxy.up()


def test_the_next_address_is_asked_when_the_first_is_gone(own: Served, tmp_path: Path) -> None:
    with Proxy(own.address) as master, Proxy(own.address) as slave:
        addresses = f"{master.address},{slave.address}"
        with Mirroring(tmp_path / "tvox.duckdb", addresses, own.key, upstream_rate=100) as mirror:
            master.fault("cut", times=None, at=2, asked="rows")
            assert mirror.get(ROWS).text == own.get(ROWS).text
            told = mirror.get("/upstream").json()
            assert told["line"]["answers"] == slave.address
            assert told["budget"]["spent"] == len(master.log()) + len(slave.log())


def test_a_certificate_that_nobody_signed_is_told(own: Served, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    good, expired = authority.good(), authority.expired()
    with Proxy(own.address, certificate=good.certificate, key=good.key) as proxy:
        with Mirroring(tmp_path / "a.duckdb", proxy.address, own.key) as mirror:
            answer = mirror.get(ROWS)
            assert answer.status_code == 503
            assert "certificate" in answer.text
        with Mirroring(tmp_path / "b.duckdb", proxy.address, own.key, upstream_ca=authority.certificate) as mirror:
            assert mirror.get(ROWS).text == own.get(ROWS).text
    with (
        Proxy(own.address, certificate=expired.certificate, key=expired.key) as proxy,
        Mirroring(tmp_path / "c.duckdb", proxy.address, own.key, upstream_ca=authority.certificate) as mirror,
    ):
        assert "expired" in mirror.get(ROWS).text


def test_a_field_that_disappears_between_two_pages_is_announced(own: Served, tmp_path: Path) -> None:
    flat = {"InboundInteraction.sentiment", "SearchInteraction.sentiment"}
    with (
        LaterTvox(own.services.store, Version(without=frozenset())) as before,
        LaterTvox(own.services.store, Version(without=frozenset(flat))) as after,
        Proxy(before.address) as master,
        Mirroring(tmp_path / "t.duckdb", f"{master.address},{after.address}", before.key) as mirror,
    ):
        assert mirror.get("/upstream").json()["schema"]["missing"] == []
        master.fault("cut", times=None, at=2, asked="rows")
        assert mirror.get(ROWS).text == own.get(ROWS).text
        missing = mirror.get("/upstream").json()["schema"]["missing"]
        assert any("sentiment" in sentence for sentence in missing)


def test_a_mirror_that_reads_garbage_keeps_what_it_had(own: Served, proxy: Proxy, tmp_path: Path) -> None:
    proxy.reset()
    with Mirroring(tmp_path / "t.duckdb", proxy.address, own.key, fresh_seconds=0, settle_days=99999) as mirror:
        fresh = mirror.get(ROWS)
        [brought] = mirror.services.store.partitions("inboundCalls")
        for kind, form in (("garbage", "html"), ("garbage", "empty"), ("errors", "")):
            proxy.fault(kind, times=None, form=form)
            old = mirror.get(ROWS)
            assert old.text == fresh.text
            assert old.headers["X-Data-Stale"] == "true"
            proxy.reset()
        again = mirror.get(ROWS)
        assert "X-Data-Stale" not in again.headers
        assert len(read(mirror.services.store, documented().table("inboundCallSummaries"), "id")) == COUNT
        [looked_at] = mirror.services.store.partitions("inboundCalls")
        assert looked_at.fetched > brought.fetched
        as_of = (datetime.fromisoformat(answer.headers["X-Data-As-Of"]) for answer in (fresh, again))
        assert list(as_of) == [one.fetched.replace(microsecond=0) for one in (brought, looked_at)]


def test_a_service_that_is_told_to_end_does_not_wait_for_the_tvox(own: Served, proxy: Proxy, tmp_path: Path) -> None:
    proxy.reset()
    proxy.fault("stall", times=None, asked="rows")
    path = tmp_path / "tvox.duckdb"
    upstream = {"TVOX_UPSTREAM_URL": proxy.address, "TVOX_UPSTREAM_API_KEY": own.key}
    key = run(path, "keys", "create", "--name", "sheet").splitlines()[-1]
    service = subprocess.Popen(
        command(path, "serve", "--port", "0"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment() | upstream,
        cwd=tmp_path,
    )
    assert service.stdout is not None
    address = next(word for line in service.stdout for word in line.split() if word.startswith("http://"))
    told = httpx.get(f"{address}{ROWS[1:]}&wait=0", headers={"X-Telenia-APIKey": key}, trust_env=False)
    assert told.status_code == 202
    proxy.arrived(2)
    service.terminate()
    assert service.wait(timeout=30) == 0
    service.stdout.close()
    proxy.release()
