"""The self-check through proxies that each break one thing, as a real process of requests over real HTTP."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

import pytest

from api.odata import selfcheck
from tests.api.markup import Markup, assert_sound
from tests.api.odata.rows import filled
from tests.serving import Served, opened_at

Headers = list[tuple[str, str]]


@dataclass
class Exchange:
    """A request on its way to the service, and later its answer on the way back."""

    target: str
    asked: Headers
    status: int = 0
    headers: Headers = field(default_factory=list)
    body: bytes = b""
    length: int | None = None

    def without(self, name: str) -> None:
        self.asked = [pair for pair in self.asked if pair[0].lower() != name]

    def lacking(self, name: str) -> None:
        self.headers = [pair for pair in self.headers if pair[0].lower() != name]

    def replaced(self, old: str, new: str) -> None:
        self.body = self.body.replace(old.encode(), new.encode())


Break = Callable[[Exchange], None]


def nothing(_: Exchange) -> None:
    """Break nothing."""


class Breaking(ThreadingHTTPServer):
    """A proxy that applies `there` to requests and `back` to answers."""

    daemon_threads = True
    block_on_close = False
    target: tuple[str, int]
    there: Break = staticmethod(nothing)
    back: Break = staticmethod(nothing)
    heard: list[str]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Passing(BaseHTTPRequestHandler):
    """One request through the proxy; nothing is compressed."""

    server: Breaking

    def do_GET(self) -> None:
        self.server.heard.append(self.path)
        one = Exchange(self.path, [pair for pair in self.headers.items() if pair[0].lower() != "accept-encoding"])
        self.server.there(one)
        connection = HTTPConnection(*self.server.target)
        connection.putrequest("GET", one.target, skip_host=True, skip_accept_encoding=True)
        for name, value in one.asked:
            connection.putheader(name, value)
        connection.endheaders()
        reply = connection.getresponse()
        one.status, one.body = reply.status, reply.read()
        hop = ("transfer-encoding", "content-length", "connection")
        one.headers = [pair for pair in reply.getheaders() if pair[0].lower() not in hop]
        connection.close()
        self.server.back(one)
        self.send_response_only(one.status)
        for name, value in one.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(one.body) if one.length is None else one.length))
        self.end_headers()
        self.wfile.write(one.body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def proxy() -> Iterator[Breaking]:
    """The proxy, before what it leads to is there."""
    with Breaking(("127.0.0.1", 0), Passing) as serving:
        thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield serving
        serving.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def behind(proxy: Breaking, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service that people reach through the proxy."""
    services = opened_at(tmp_path_factory.mktemp("behind") / "tvox.duckdb", public_url=proxy.address)
    filled(services, each=2)
    running = Served(services)
    host, _, port = running.address.removeprefix("http://").partition(":")
    proxy.target = host, int(port)
    yield running
    running.close()
    services.close()


@pytest.fixture(autouse=True)
def often(proxy: Breaking, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has to wait between two walks, and nothing is broken."""
    monkeypatch.setattr(selfcheck, "PER_MINUTE", 1000)
    proxy.there = proxy.back = nothing
    proxy.heard = []


def told(served: Served, **options: Any) -> dict[str, Any]:
    answer = served.get("/odata/_selfcheck", **options)
    assert answer.status_code == 200, answer.text
    assert served.key not in answer.text
    report: dict[str, Any] = answer.json()
    return report


def faults(report: dict[str, Any]) -> set[str]:
    return {one["fault"] for step in report["steps"] for one in step["findings"]}


def test_a_proxy_that_breaks_nothing_is_well(behind: Served, proxy: Breaking) -> None:
    report = told(behind)
    assert report["isWell"], report
    assert (report["address"], report["through"]) == (f"{proxy.address}/odata", None)
    steps = {step["name"]: step for step in report["steps"]}
    assert list(steps) == ["This request", "Service document", "Metadata", "A page of one row", "The next page"]
    assert [step["status"] for step in report["steps"]] == [None, 200, 200, 200, 200]
    assert "preference-applied" in dict(steps["A page of one row"]["headers"])
    assert len(proxy.heard) == 4
    assert "$skiptoken=" in proxy.heard[-1]


def doubled(one: Exchange) -> None:
    one.headers.append(("OData-Version", "4.0"))


def as_html(one: Exchange) -> None:
    one.lacking("content-type")
    one.headers.append(("Content-Type", "text/html"))


def cut(one: Exchange) -> None:
    one.length, one.body = len(one.body), one.body[: len(one.body) // 2]


def cut_with_a_fitting_length(one: Exchange) -> None:
    one.body = one.body[: len(one.body) // 2]


def led_away(one: Exchange) -> None:
    one.status, one.headers, one.body = 302, [("Location", "https://login.example/")], b""


def forced(one: Exchange) -> None:
    one.without("accept")
    one.asked.append(("Accept", "application/json"))


def dollars(one: Exchange) -> None:
    one.target = one.target.replace("?$", "?%24").replace("&$", "&%24")


def decoded(one: Exchange) -> None:
    one.target = unquote(one.target).replace(" ", "%20")


def without_token(one: Exchange) -> None:
    one.target = one.target.partition("&$skiptoken")[0]
    if not any(name.lower() == "prefer" for name, _ in one.asked):
        one.asked.append(("Prefer", "odata.maxpagesize=1"))


@pytest.mark.parametrize(
    ("there", "back", "found"),
    [
        (nothing, doubled, {"two OData-Versions"}),
        (nothing, lambda one: one.lacking("odata-version"), {"no OData-Version"}),
        (nothing, lambda one: one.lacking("content-type"), {"no Content-Type"}),
        (nothing, as_html, {"other Content-Type"}),
        (nothing, lambda one: one.lacking("preference-applied"), {"answer header lost"}),
        (nothing, lambda one: one.headers.append(("Age", "3")), {"old answer"}),
        (nothing, lambda one: one.replaced("http://", "https://"), {"http links"}),
        (nothing, lambda one: one.replaced("127.0.0.1", "inner.example"), {"other host"}),
        (nothing, lambda one: one.replaced("/odata/", "/bi/odata/"), {"other path"}),
        (nothing, cut, {"cut"}),
        (nothing, cut_with_a_fitting_length, {"cut"}),
        (nothing, led_away, {"redirect"}),
        (lambda one: one.without("authorization"), nothing, {"key lost"}),
        (lambda one: one.without("prefer"), nothing, {"Prefer lost"}),
        (forced, nothing, {"Accept lost"}),
        (dollars, nothing, {"changed address"}),
        (decoded, nothing, {"changed address"}),
        (without_token, nothing, {"changed address"}),
    ],
    ids=lambda one: one.__name__ if callable(one) else min(one),
)
def test_what_a_proxy_breaks_is_told(
    behind: Served, proxy: Breaking, there: Break, back: Break, found: set[str]
) -> None:
    proxy.there, proxy.back = there, back
    report = told(behind)
    assert faults(report) == found, report
    assert not report["isWell"]


def test_a_link_to_elsewhere_is_not_followed(behind: Served, proxy: Breaking) -> None:
    proxy.back = lambda one: one.replaced(f"{proxy.address}/odata/inbound", "http://127.0.0.1:9/odata/_selfcheck?")
    report = told(behind)
    assert "other host" in faults(report)
    assert report["steps"][-1]["skipped"] == "The link to it leads to another place, and is not followed."
    assert len(proxy.heard) == 3


def test_a_public_address_that_nobody_answers_at_is_told(behind: Served, proxy: Breaking) -> None:
    def gone(_: Exchange) -> None:
        raise ConnectionAbortedError

    proxy.back = gone
    proxy.handle_error = lambda *_: None  # type: ignore[method-assign]
    report = told(behind)
    assert faults(report) == {"unreachable"}
    assert len(report["steps"]) == 2


def test_without_a_public_address_it_goes_to_itself_whoever_the_request_names(odata: Served, proxy: Breaking) -> None:
    report = told(odata, headers={"Host": "169.254.169.254"})
    assert report["isWell"], report
    assert report["address"] == "http://169.254.169.254/odata"
    assert report["through"] == odata.address
    report = told(odata, headers={"X-Forwarded-Host": "public.example"})
    assert faults(report) == {"other host"}
    assert proxy.heard == []


def test_a_page_says_the_same(behind: Served, proxy: Breaking) -> None:
    proxy.back = lambda one: one.headers.append(("X-Strange", "<script>"))
    page = behind.get("/odata/_selfcheck", headers={"Accept": "text/html"})
    assert_sound(Markup(page.text))
    assert "Nothing is broken on the way" in page.text
    assert "<script>" not in page.text
    assert behind.key not in page.text
    proxy.back = doubled
    page = behind.get("/odata/_selfcheck", headers={"Accept": "text/html"})
    assert_sound(Markup(page.text))
    assert "Power BI refuses that." in page.text
    assert "'unsafe-inline'" not in page.headers["Content-Security-Policy"]


def test_many_at_once_hold_up_nobody(behind: Served) -> None:
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda _: told(behind), range(4)))
    assert all(report["isWell"] for report in reports)


def test_it_needs_a_key_and_is_not_asked_without_end(behind: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    assert behind.get("/odata/_selfcheck", headers={"X-Telenia-APIKey": "wrong"}).status_code == 401
    monkeypatch.setattr(selfcheck, "PER_MINUTE", 1)
    key = behind.services.keys.create("hasty")
    answers = [behind.get("/odata/_selfcheck", headers={"X-Telenia-APIKey": key}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert int(answers[1].headers["Retry-After"]) <= 120


def test_an_empty_store_has_no_second_page(served: Served) -> None:
    report = told(served)
    assert report["isWell"]
    assert report["steps"][-1]["skipped"].startswith("The store holds no two rows")
