"""Judging: what stands between the service and its clients, told from what came of a walk through OData's documents."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from xml.etree import ElementTree

# What asks is loaded when somebody checks: httpx takes a fifth of the time that a command takes to start.
if TYPE_CHECKING:
    from connectors.walking import Came

PUBLIC_URL = "Set TVOX_PUBLIC_URL to the address that people type, beginning with https:// where they do."

_AS_THEY_CAME = "Have the proxy pass addresses on as they came, without decoding or encoding them."


class Fault(StrEnum):
    """What was broken on the way."""

    UNREACHABLE = "unreachable"
    REDIRECT = "redirect"
    REFUSED = "refused"
    KEY_LOST = "key lost"
    NO_TYPE = "no Content-Type"
    OTHER_TYPE = "other Content-Type"
    NO_VERSION = "no OData-Version"
    TWO_VERSIONS = "two OData-Versions"
    HTTP_LINKS = "http links"
    OTHER_HOST = "other host"
    OTHER_PATH = "other path"
    CHANGED_ADDRESS = "changed address"
    PREFER_LOST = "Prefer lost"
    ACCEPT_LOST = "Accept lost"
    ANSWER_HEADER_LOST = "answer header lost"
    CUT = "cut"
    OLD = "old answer"


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault in one sentence, and what whoever runs the proxy can do about it."""

    fault: Fault
    sentence: str
    advice: str


def of_arrival(headers: Mapping[str, str], address: str) -> tuple[Finding, ...]:
    """What the request for the check itself tells: `headers` in small letters, `address` is what links begin with."""
    here = urlsplit(address)
    proto = headers.get("x-forwarded-proto", "").partition(",")[0].strip().lower()
    host = headers.get("x-forwarded-host", "").partition(",")[0].strip().lower()
    found = []
    if proto == "https" and here.scheme == "http":
        sentence = f"People come by https, but links begin with {address}: a client that follows them leaves https."
        found.append(Finding(Fault.HTTP_LINKS, sentence, PUBLIC_URL))
    if host and host not in (here.netloc.lower(), (here.hostname or "").lower()):
        sentence = f"People come to {_plain(host)}, but links lead to {here.netloc}, for which clients keep no key."
        found.append(Finding(Fault.OTHER_HOST, sentence, PUBLIC_URL))
    return tuple(found)


def of_service_document(came: "Came", root: str) -> tuple[Finding, ...]:
    """Whether the service document came as it was sent."""
    return tuple(_of_json(came, root))


def of_metadata(came: "Came", root: str) -> tuple[Finding, ...]:
    """Whether the metadata came as XML, whole."""
    return tuple(_of_metadata(came))


def of_page(came: "Came", root: str, sent: str) -> tuple[Finding, ...]:
    """Whether a page of one row came for the options `sent`, asked for by `Prefer: odata.maxpagesize=1`."""
    return tuple(_of_page(came, root, sent))


def of_following(came: "Came", root: str, before: "Came") -> tuple[Finding, ...]:
    """Whether what the link of a page leads to is the page behind it."""
    found = _of_json(came, root)
    rows, first = (_json(one) or {} for one in (came, before))
    if came.status == 200 and rows.get("value") and rows.get("value") == first.get("value"):
        sentence = "The second page is the first one again: the option $skiptoken was lost on the way."
        return (*found, Finding(Fault.CHANGED_ADDRESS, sentence, _AS_THEY_CAME))
    return tuple(found)


def behind(link: str, root: str) -> str | None:
    """What of a link stands behind the service's root, wherever it leads; None if there is no such part.

    >>> behind("http://elsewhere/x/odata/calls?$skiptoken=1", "https://here/odata")
    '/calls?$skiptoken=1'
    """
    path = urlsplit(link)
    _, found, rest = path.path.partition(urlsplit(root).path.rstrip("/") or "/odata")
    if not found:
        _, found, rest = path.path.partition("/odata")
    return f"{rest}?{path.query}" if found and rest.startswith("/") and path.query else None


def next_link(came: "Came") -> str | None:
    """The link to the next page that is in a page."""
    body = _json(came)
    found = body.get("@odata.nextLink") if body is not None else None
    return found if isinstance(found, str) else None


# One answer


def _of_json(came: "Came", root: str) -> Iterator[Finding]:
    refused = _of_status(came)
    if refused is not None:
        yield refused
        return
    yield from _of_headers(came, "application/json")
    body = _json(came)
    if came.problem or body is None:
        yield _cut(came, "JSON")
        return
    context = body.get("@odata.context")
    if isinstance(context, str):
        yield from _of_link(context, root, "@odata.context")


def _of_metadata(came: "Came") -> Iterator[Finding]:
    refused = _of_status(came)
    if refused is not None:
        yield refused
        return
    yield from _of_headers(came, "application/xml")
    if came.problem:
        yield _cut(came, "XML")
    elif came.value("content-type").startswith("application/json"):
        yield Finding(
            Fault.ACCEPT_LOST,
            "The metadata came as JSON though XML was asked for: the header Accept was changed on the way.",
            "Have the proxy pass the header Accept on as it is.",
        )
    else:
        try:
            ElementTree.fromstring(came.body)  # noqa: S314  # at worst it is the service's own document
        except ElementTree.ParseError:
            yield _cut(came, "XML")


def _of_page(came: "Came", root: str, sent: str) -> Iterator[Finding]:
    yield from _of_json(came, root)
    body = _json(came)
    if came.status != 200 or body is None:
        return
    rows, link = body.get("value"), next_link(came)
    if isinstance(rows, list) and len(rows) > 1:
        yield Finding(
            Fault.PREFER_LOST,
            f"{len(rows)} rows came though one was preferred: the header Prefer was lost on the way.",
            "Have the proxy pass the header Prefer on.",
        )
    elif isinstance(rows, list) and link and "preference-applied" not in dict(came.headers):
        yield Finding(
            Fault.ANSWER_HEADER_LOST,
            "The header Preference-Applied of the answer was lost on the way, and others may be.",
            "Have the proxy pass all headers of answers on.",
        )
    if link is None:
        return
    yield from _of_link(link, root, "@odata.nextLink")
    query = link.partition("?")[2]
    if not query.startswith(sent):
        arrived = query.partition("&$skiptoken=")[0]
        yield Finding(
            Fault.CHANGED_ADDRESS,
            f"{_difference(sent, arrived)}: the address was written anew on the way.",
            _AS_THEY_CAME,
        )


def _difference(sent: str, arrived: str) -> str:
    """What of an address is another, in words."""
    for letters, name in (("$", "The dollar sign"), ("%2B", "The plus (%2B)")):
        if sent.count(letters) != arrived.count(letters):
            return f"{name} of the options arrived as something else (sent {sent}, came {_plain(arrived)})"
    return f"The options did not arrive as they were sent (sent {sent}, came {_plain(arrived)})"


def _of_status(came: "Came") -> Finding | None:
    """Why an answer is none that can be read."""
    if came.status is None:
        return Finding(
            Fault.UNREACHABLE,
            f"The service does not reach its own address: {_plain(came.problem)}.",
            "Open the address from the service's machine; clients elsewhere may reach it all the same.",
        )
    if 300 <= came.status < 400:
        place = came.value("location")
        sentence = f"Instead of an answer came a redirect ({came.status}) to {_plain(place) or 'nowhere'}."
        return Finding(Fault.REDIRECT, sentence, "Give people the address that it leads to, and TVOX_PUBLIC_URL too.")
    if came.status == 401 and _code(came) == "TT201":
        sentence = "The key was sent in the header Authorization and did not arrive."
        return Finding(Fault.KEY_LOST, sentence, "Have the proxy pass the header Authorization on.")
    if came.status != 200:
        said = f", which is the service's own: {_code(came)}" if _code(came) else ", which the service did not send"
        sentence = f"The answer was {came.status}{said}."
        return Finding(Fault.REFUSED, sentence, "Look into the proxy's log at this time and address.")
    return None


def _of_headers(came: "Came", kind: str) -> Iterator[Finding]:
    versions = [part.strip() for value in came.values("odata-version") for part in value.split(",")]
    if len(versions) > 1:
        told = ", ".join(map(_plain, versions))
        sentence = f"OData-Version came {len(versions)} times ({told}): Power BI refuses that."
        yield Finding(Fault.TWO_VERSIONS, sentence, "Have the proxy add no OData-Version: the service sends it.")
    elif not versions:
        sentence = "The header OData-Version was lost: clients take the answer for something else."
        yield Finding(Fault.NO_VERSION, sentence, "Have the proxy pass all headers of answers on.")
    given = came.value("content-type").partition(";")[0].strip().lower()
    if not given:
        sentence = "The header Content-Type was lost: clients do not know what they read."
        yield Finding(Fault.NO_TYPE, sentence, "Have the proxy pass the header Content-Type on.")
    elif given != kind and not (kind == "application/xml" and given == "application/json"):
        sentence = f"The Content-Type is {_plain(given)}, not {kind}: something else answers, or changed it."
        yield Finding(Fault.OTHER_TYPE, sentence, "Have the proxy pass the header Content-Type on as it is.")
    if came.value("age") not in ("", "0"):
        sentence = f"The answer is {_plain(came.value('age'))} seconds old: a cache on the way gave it."
        yield Finding(Fault.OLD, sentence, "Have the proxy keep nothing of this service: answers are private.")


def _of_link(link: str, root: str, name: str) -> Iterator[Finding]:
    """Whether a link leads below the root."""
    if link.startswith(f"{root}/"):
        return
    there, here = urlsplit(link), urlsplit(root)
    if there.netloc != here.netloc:
        other = _plain(there.netloc) or "no host"
        sentence = f"{name} leads to {other}, not to {here.netloc}: clients keep no key for it."
        yield Finding(Fault.OTHER_HOST, sentence, PUBLIC_URL)
    elif there.scheme != here.scheme:
        sentence = f"{name} begins with {_plain(there.scheme)}://, not with {here.scheme}://."
        yield Finding(Fault.HTTP_LINKS, sentence, PUBLIC_URL)
    else:
        sentence = f"{name} leads to {_plain(there.path)}, which is not below {here.path}."
        yield Finding(Fault.OTHER_PATH, sentence, "TVOX_PUBLIC_URL has to have the folder that the proxy adds.")


def _cut(came: "Came", kind: str) -> Finding:
    why = f": {_plain(came.problem)}" if came.problem else f": what came, {len(came.body):,} bytes, is no whole {kind}"
    return Finding(
        Fault.CUT,
        f"The answer was cut or changed on the way{why}.",
        "Have the proxy pass bodies on as they are, however long they are and take.",
    )


def _json(came: "Came") -> dict[str, object] | None:
    try:
        found = json.loads(came.body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _code(came: "Came") -> str:
    """The code of a refusal of the service's own."""
    error = (_json(came) or {}).get("error")
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) and code.startswith("TT") else ""


def _plain(text: str) -> str:
    """What came from outside, as part of a sentence."""
    return "".join(letter if letter.isprintable() else " " for letter in text)[:300]
