"""Giving: an answer that is planned becomes a response, whole, without its body, or none but 304."""

from typing import cast

from fastapi import Request
from fastapi.responses import Response, StreamingResponse

from api.answering import Answering, Asked

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
    """Whether the client has this answer already (RFC 9110, 13.2.2: If-None-Match comes before If-Modified-Since)."""
    etag, said = asked.headers.get("ETag"), request.headers.get("If-None-Match")
    if said is None or etag is None:
        return False
    tags = [tag.strip() for tag in said.split(",")]
    return "*" in tags or etag in tags or etag.removeprefix("W/") in tags


def refreshed(asked: Asked) -> Response:
    """304: the client has it already."""
    return Response(status_code=304, headers={k: v for k, v in asked.headers.items() if k not in _OF_BODY})


def has(asked: Asked) -> Response:
    """The response to HEAD."""
    headers = asked.headers | {"Server-Timing": f"plan;dur={asked.answer.planning * 1000:.1f}"}
    # As a stream of nothing: a length of 0 would be a wrong one.
    return StreamingResponse(iter(()), headers=headers, media_type=asked.media_type)
