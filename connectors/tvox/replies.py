"""Replies of a TVox, judged: a body to read, a reason to ask again, or a refusal."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlsplit

from connectors.tvox.backoff import retry_after
from connectors.tvox.lines import ANSWERS, Reply
from connectors.tvox.trouble import Trouble
from tabular.errors import UpstreamKeyRefused, UpstreamWrong

_READ = 4096
"""Bytes of a wrong answer that are looked at for its first words."""


@dataclass(frozen=True, slots=True)
class Busy:
    """The TVox takes no more requests; `after` is the seconds that it named."""

    after: float | None


def judged(reply: Reply, address: str, what: str, now: datetime, secrets: Sequence[str]) -> bytes | Busy | Trouble:
    """What a reply is to the one who asked for `what`; `secrets` are taken out of what is repeated of it.

    Raises UpstreamKeyRefused, UpstreamWrong.
    """
    status = reply.status
    after = retry_after(reply.headers.get("Retry-After"), now)
    if status in ANSWERS and _is_json(reply):
        if not reply.whole:
            raise UpstreamWrong(what, f"more than {len(reply.body) >> 20} MB")
        return reply.body
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Busy(after)
    if status >= 500 or status in {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY}:
        return Trouble(_status(status), after=after)
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        raise UpstreamKeyRefused(address)
    raise UpstreamWrong(what, without(secrets, f"{described(reply)}: {_words(reply)}".removesuffix(": ")))


def described(reply: Reply) -> str:
    """Its status and the kind of its content, which say nothing of what was asked.

    >>> import httpx
    >>> described(Reply(404, httpx.Headers({"Content-Type": "text/html; charset=utf-8"}), b"", True))
    'status 404 Not Found, text/html'
    """
    status = _status(reply.status)
    if 300 <= reply.status < 400:
        return f"{status}, a redirect to {_host(reply.headers.get('Location', ''))}"
    kind = _kind(reply)
    return f"{status}, {kind if re.fullmatch(r'[-+.a-z0-9/]{1,60}', kind) else 'content of no known kind'}"


def _status(status: int) -> str:
    known = {one.value: one.phrase for one in HTTPStatus}
    return f"status {status} {known.get(status, '')}".strip()


def _kind(reply: Reply) -> str:
    kind: str = reply.headers.get("Content-Type", "")
    return kind.partition(";")[0].strip().lower()


def _is_json(reply: Reply) -> bool:
    kind = _kind(reply)
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


def _host(location: str) -> str:
    """The host of an address, and nothing else of it."""
    try:
        return urlsplit(location).hostname or "another page"
    except ValueError:
        return "nowhere"


def _words(reply: Reply) -> str:
    """The first words of a body, without the tags of HTML."""
    text = reply.body[:_READ].decode("utf-8", errors="replace")
    text = re.sub(r"(?is)<(script|style)\b.*?(</\1>|\Z)", " ", text)
    text = re.sub(r"<[^<>]*>", " ", text)
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(printable.split())[:200]


def without(secrets: Sequence[str], text: str) -> str:
    """Text with each secret taken out, however it is written."""
    for secret in secrets:
        text = re.sub(re.escape(secret), "…", text, flags=re.IGNORECASE)
    return text
