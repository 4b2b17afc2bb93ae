"""Giving: an answer that is planned becomes a response, whole, without its body, or none but 304."""

from datetime import datetime
from email.utils import format_datetime
from typing import cast

from fastapi import Request
from fastapi.responses import Response, StreamingResponse

from answers.mirror import Standing
from api.answering import Answering, Asked

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""Rows that a browser shows may look like something, and do nothing."""

TYPES = "X-Column-Types"
"""The header that says what columns hold, of a format that cannot say it itself."""

_OF_BODY = ("Content-Disposition", "Content-Security-Policy")
"""Headers that say something of a body alone."""


async def given(asked: Asked, request: Request) -> Response:
    """The response to who asks. Raises TablesError."""
    if unchanged(asked, request):
        return refreshed(asked)
    if request.method == "HEAD":
        return has(asked)
    return await cast(Answering, request.app.state.answering).response(asked, request)


def unchanged(asked: Asked, request: Request) -> bool:
    """Whether the client has this answer already."""
    etag = asked.headers.get("ETag")
    return etag is not None and knows(request, etag)


def knows(request: Request, etag: str) -> bool:
    """Whether the client names the tag of what it has (RFC 9110, 13.2.2: If-None-Match comes before
    If-Modified-Since)."""
    tags = [tag.strip() for tag in request.headers.get("If-None-Match", "").split(",")]
    return "*" in tags or etag in tags or etag.removeprefix("W/") in tags


def headers_of_age(last_modified: datetime | None, as_of: datetime | None, standing: Standing) -> dict[str, str]:
    """The headers that say how old rows are, and which months they lack."""
    headers: dict[str, str] = {}
    if last_modified is not None and as_of is not None:
        headers["Last-Modified"] = format_datetime(last_modified, usegmt=True)
        headers["X-Data-As-Of"] = as_of.isoformat(timespec="seconds").replace("+00:00", "Z")
    if standing.is_stale:
        headers["X-Data-Stale"] = "true"
    if standing.lacking:
        headers["X-Data-Lacking"] = standing.lacking
    return headers


def refreshed(asked: Asked) -> Response:
    """304: the client has it already."""
    return Response(status_code=304, headers={k: v for k, v in asked.headers.items() if k not in _OF_BODY})


def has(asked: Asked) -> Response:
    """The response to HEAD."""
    headers = asked.headers | {"Server-Timing": f"plan;dur={asked.answer.planning * 1000:.1f}"}
    # As a stream of nothing: a length of 0 would be a wrong one.
    return StreamingResponse(iter(()), headers=headers, media_type=asked.media_type)
