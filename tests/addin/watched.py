"""A page in a browser that reports whatever must not happen on it."""

from types import TracebackType
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, Request, expect

from tests.serving import Served
from tests.steps import NOW

SET_UP = """
const Clock = Date;
Date = class extends Clock {
  constructor(...given) { given.length === 0 ? super(NOW) : super(...given); }
};
document.addEventListener("securitypolicyviolation", (event) => {
  console.error("policy:", event.violatedDirective, event.blockedURI, event.sourceFile, event.sample);
});
"""
STORED = "cookies,local_storage,indexeddb,websql,service_workers,cache_storage,file_systems,shared_storage"
"""Whatever a page can keep; what the browser keeps by itself, copies of files that never change, is left to it."""

Scheme = Literal["light", "dark"]

HEADERS = "[data-uri*=request-headers]"
RESULT = "[data-uri*=response]"
QUERY = "[data-uri*=operation]"


class Watched:
    """The Playground of a service, looked at by somebody whose calendar says NOW."""

    def __init__(
        self, visits: BrowserContext, served: Served, size: tuple[int, int] = (1280, 800), scheme: Scheme = "light"
    ) -> None:
        self.served = served
        self.complaints: list[str] = []
        self.asked: list[Request] = []
        self.page: Page = visits.new_page()
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.emulate_media(color_scheme=scheme)
        visits.grant_permissions(["clipboard-read", "clipboard-write"], origin=served.address)
        visits.clear_cookies()
        session = visits.new_cdp_session(self.page)
        session.send("Storage.clearDataForOrigin", {"origin": served.address, "storageTypes": STORED})
        self.page.set_default_timeout(15_000)
        self.page.add_init_script(SET_UP.replace("NOW", str(int(NOW.timestamp() * 1000))))
        self.page.on("console", lambda said: self._heard(said.type, said.text))
        self.page.on("pageerror", lambda failure: self.complaints.append(str(failure)))
        self.page.on("request", self._requested)

    def __enter__(self) -> "Watched":
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.page.close()

    def open(self) -> None:
        """Load the page, and wait until its panes are there."""
        self.page.goto(f"{self.served.address}/datamodel")
        expect(self.page.locator(f"{HEADERS} .view-line")).to_have_count(3)

    @property
    def notice(self) -> Any:
        """Where the page says something of itself."""
        return self.page.get_by_role("status")

    def text(self, pane: str) -> str:
        """What a pane holds, also where that is scrolled away."""
        models = "__MONACO.editor.getModels()"
        found = self.page.evaluate(f"uri => {models}.find(one => one.uri.path.includes(uri)).getValue()", pane)
        assert isinstance(found, str)
        return found

    def put_in_place(self, key: str) -> None:
        """Put a key between the empty quotes, by mouse and keyboard."""
        self.page.locator(f"{HEADERS} .view-lines").click()
        for stroke in ("Control+Home", "ArrowDown", "End", "ArrowLeft"):
            self.page.keyboard.press(stroke)
        self.page.keyboard.insert_text(key)

    def after(self, field: str) -> None:
        """Put the caret after the last field of the query, two closing braces from its end."""
        assert self.text("operation").splitlines()[-3].strip() == field
        self.page.locator(f"{QUERY} .view-lines").click()
        for stroke in ("Control+End", "ArrowUp", "ArrowUp", "ArrowUp", "End"):
            self.page.keyboard.press(stroke)

    def remembers(self, text: str) -> None:
        """Wait until a text stands in the query that the browser keeps."""
        self.page.evaluate(
            """text => new Promise((done) => {
              const look = () => localStorage["graphiql:query"]?.includes(text) ? done() : requestAnimationFrame(look);
              look();
            })""",
            text,
        )

    def with_schema(self) -> None:
        """Give the right key, and wait until the schema is there."""
        with self.page.expect_response(lambda answer: "/datamodel/query" in answer.url) as answer:
            self.put_in_place(self.served.key)
        assert answer.value.ok
        expect(self.notice).to_be_empty()

    def questions(self) -> list[str]:
        """The bodies of the requests to the Data Model so far."""
        return [request.post_data or "" for request in self.asked if "/datamodel/query" in request.url]

    def strangers(self) -> set[str]:
        """Hosts other than the service that anything was asked of."""
        own = urlsplit(self.served.address).netloc
        return {urlsplit(request.url).netloc for request in self.asked if request.url.startswith("http")} - {own}

    def _heard(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def _requested(self, request: Request) -> None:
        self.asked.append(request)
