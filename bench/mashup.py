"""Power Query as a client: its headers, its spellings, its key in the address, its way from page to page."""

import gzip
import json
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from urllib.parse import quote, urlsplit

HEADERS = {
    "User-Agent": "Microsoft.Data.Mashup (https://go.microsoft.com/fwlink/?LinkID=304225)",
    "OData-MaxVersion": "4.0",
    "MaxDataServiceVersion": "3.0",
    "Accept-Encoding": "gzip, deflate",
    "Accept": (
        "application/json;odata.metadata=minimal;q=1.0,application/json;odata=minimalmetadata;q=0.9,"
        "application/atomsvc+xml;q=0.8,application/atom+xml;q=0.8,application/xml;q=0.7,text/plain;q=0.7"
    ),
}
"""What it was seen to send with every request."""

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Told:
    """One answer: its status, its body as it was before it was compressed, its bytes on the wire, and the seconds until
    the last of them."""

    status: int
    body: bytes
    size: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Stage:
    """What one step of the conversation cost."""

    answers: list[Told]
    rows: list[Row]

    @property
    def seconds(self) -> float:
        """Spent waiting for answers; what the client does with them is not counted."""
        return sum(one.seconds for one in self.answers)


@dataclass
class Mashup:
    """A Power Query that has a key; it remembers what it read and its tag."""

    address: str
    key: str
    _known: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    def ask(self, path: str, again: bool = False, headers: dict[str, str] | None = None) -> Told:
        """GET an address below /odata, or a link; `again` asks whether what is known of it still holds."""
        parts = urlsplit(path if path.startswith("http") else f"{self.address}/odata/{path}")
        # Each page's address is given the key again: a link does not hold it.
        query = "&".join(part for part in (parts.query, f"api_key={quote(self.key, safe='')}") if part)
        target = f"{parts.path}?{query}"
        tag, known = self._known.get(target, ("", b""))
        more = {"If-None-Match": tag} if again and tag else {}
        connection = HTTPConnection(parts.hostname or "", parts.port or 80, timeout=600)
        try:
            began = time.perf_counter()
            connection.request("GET", target, headers=HEADERS | more | (headers or {}))
            answer = connection.getresponse()
            sent = answer.read()
            seconds = time.perf_counter() - began
        finally:
            connection.close()
        body = known if answer.status == 304 else _plain(sent, answer.getheader("Content-Encoding"))
        assert answer.status in (200, 304), (target, body)
        assert answer.status == 304 or answer.headers.get_all("OData-Version") == ["4.0"]
        if answer.status == 200 and (fresh := answer.getheader("ETag")):
            self._known[target] = fresh, body
        return Told(answer.status, body, len(sent), seconds)

    def read(self, path: str, again: bool = False, headers: dict[str, str] | None = None) -> Stage:
        """All pages of an address."""
        return self.walked(path, lambda: None, again, headers)

    def walked(
        self, path: str, between: Callable[[], None], again: bool = False, headers: dict[str, str] | None = None
    ) -> Stage:
        """All pages of an address, and what happens between two of them."""
        stage = Stage([], [])
        link: str | None = path
        while link is not None:
            told = self.ask(link, again, headers)
            found = json.loads(told.body)
            stage.answers.append(told)
            stage.rows.extend(found["value"])
            link = found.get("@odata.nextLink")
            if link is not None:
                between()
        return stage

    def reported(self, requests: int) -> list[dict[str, object]]:
        """What the service itself says of the last requests, the newest first."""
        found = json.loads(self._report())["requests"][:requests]
        assert len(found) == requests
        assert {one["client"] for one in found} == {HEADERS["User-Agent"]}
        return list(found)

    def _report(self) -> bytes:
        parts = urlsplit(self.address)
        connection = HTTPConnection(parts.hostname or "", parts.port or 80, timeout=60)
        try:
            connection.request("GET", "/odata/_requests", headers={"X-Telenia-APIKey": self.key})
            return connection.getresponse().read()
        finally:
            connection.close()


def options(**said: str | int) -> Iterator[str]:
    """Query options as it spells them: names as they are, and of the values whatever can be encoded.

    >>> list(options(select="id,step", filter="startTime ge 2026-01-01T00:00:00+01:00"))
    ['$select=id%2Cstep', '$filter=startTime%20ge%202026-01-01T00%3A00%3A00%2B01%3A00']
    """
    return (f"${name}={quote(str(value), safe='')}" for name, value in said.items())


def address(name: str, **said: str | int) -> str:
    """An entity set with query options.

    >>> address("inboundCalls", top=1000)
    'inboundCalls?$top=1000'
    """
    return "?".join(part for part in (name, "&".join(options(**said))) if part)


def _plain(sent: bytes, encoding: str | None) -> bytes:
    match encoding:
        case "gzip":
            return gzip.decompress(sent)
        case "deflate":
            return zlib.decompress(sent)
    return sent
