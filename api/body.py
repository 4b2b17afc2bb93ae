"""Bodies: a request's JSON as the parameters that an address would spell, or as a GraphQL document."""

import json
from collections.abc import Sequence
from typing import cast

from fastapi import Request

from api.parameters import single_values
from tabular.errors import BadValue, BodyNotJson, DocumentTooLarge, NoDocument

LARGEST = 256 * 1024
LARGEST_DOCUMENT = 1_000_000
"""Bytes of a request with a query: its text, the values of its variables, paths."""


async def given_in(request: Request, names: Sequence[str], example: str) -> dict[str, str]:
    """What the body of a request says, by `names`; numbers and `true` become text, a list of columns one text.

    Raises BodyNotJson, BadValue, UnknownParameter, RepeatedParameter.
    """
    media = request.headers.get("Content-Type", "application/json")
    if media.partition(";")[0].strip().lower() != "application/json":
        raise BodyNotJson(media)
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            raise BadValue("body", "that", f"up to {LARGEST:,} bytes")
    try:
        found = json.loads(bytes(body), object_pairs_hook=tuple)
    except (ValueError, RecursionError) as failure:
        raise BadValue("body", bytes(body[:100]).decode(errors="replace"), example) from failure
    if not isinstance(found, tuple):
        raise BadValue("body", "that", example)
    return single_values(((name, _text(name, value, bytes(body))) for name, value in found), names)


def _text(name: str, value: object, body: bytes) -> str:
    """A value of JSON as an address would spell it: what is no plain value as JSON. Raises BadValue."""
    if name == "variables" and isinstance(value, tuple):
        return json.dumps(json.loads(body)[name])
    if name in ("columns", "keys") and isinstance(value, list) and all(isinstance(one, str) for one in value):
        value = ",".join(value)
    if value is True:
        return "true"
    if name == "paused" and value is False:
        return "false"
    if isinstance(value, int | str) and value is not False:
        text = str(value)
        if not any("\ud800" <= letter <= "\udfff" for letter in text):
            return text
    raise BadValue(name, value if isinstance(value, str) else "that", "text, a whole number or true")


async def document_of(request: Request, most: int = LARGEST_DOCUMENT) -> bytes:
    """The body of a request with a query, of so many bytes at most. Raises DocumentTooLarge."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > most:
            raise DocumentTooLarge("bytes", most)
    return bytes(body)


def json_of(text: str | bytes, what: str) -> object:
    """What a part of a GraphQL request says as JSON, nothing being null. Raises NoDocument."""
    if not text:
        return None
    try:
        found = json.loads(text)
        json.dumps(found, ensure_ascii=False).encode()  # half of a surrogate pair is no letter
    except (ValueError, RecursionError) as failure:
        raise NoDocument(f"its {what} cannot be read as JSON") from failure
    return cast(object, found)
