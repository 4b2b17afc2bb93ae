"""Responses of OData's face: the headers that all of them have, and bodies that are there at once."""

from collections.abc import Collection, Mapping

from fastapi.responses import Response, StreamingResponse

from answers.mirror import Standing
from answers.odata.made import Made
from api.giving import headers_of_age, knows
from api.identity import KEY_HEADER
from api.odata.ask import Ask
from api.streaming import compressed, encoding_for
from odata.preferences import applied

VARY = f"Accept, Accept-Encoding, Authorization, {KEY_HEADER}, OData-MaxVersion, Prefer"


def headers_of(ask: Ask, honoured: Collection[str] = ()) -> dict[str, str]:
    """The headers of every answer; `honoured` are the names of the preferences that it follows."""
    headers = {
        "OData-Version": ask.version,
        "Cache-Control": "private, no-cache",
        "Vary": VARY,
        "X-Content-Type-Options": "nosniff",
    }
    told = applied(ask.preferences, honoured)
    return headers | ({"Preference-Applied": told} if told else {})


def headers_of_rows(ask: Ask, found: Made, standing: Standing, honoured: Collection[str] = ()) -> dict[str, str]:
    """The headers of an answer made of rows: how old they are, and what they can be asked for again with."""
    headers = headers_of(ask, honoured) | {"ETag": found.etag}
    headers |= headers_of_age(found.last_modified, found.as_of, standing)
    if found.row_count is not None:
        headers["X-Row-Count"] = str(found.row_count)
    return headers


def encoding_of(ask: Ask) -> str | None:
    """The encoding that the client takes."""
    return encoding_for(ask.request.headers.get("Accept-Encoding", ""))


def is_unchanged(ask: Ask, etag: str) -> bool:
    """Whether the client has this answer already (RFC 9110, 13.2.2)."""
    return knows(ask.request, etag)


def document(ask: Ask, body: bytes, media_type: str, etag: str) -> Response:
    """A document that is there, or 304 for who has it."""
    headers = headers_of(ask) | {"ETag": etag}
    if is_unchanged(ask, etag):
        return Response(status_code=304, headers=headers)
    encoding = encoding_of(ask)
    if encoding is not None:
        headers["Content-Encoding"] = encoding
    return Response(b"".join(compressed(iter((body,)), encoding)), headers=headers, media_type=media_type)


def without_body(headers: Mapping[str, str], media_type: str) -> Response:
    """The answer to HEAD: as a stream of nothing, since a length of 0 would be a wrong one."""
    return StreamingResponse(iter(()), headers=dict(headers), media_type=media_type)
