"""Bodies: a request's JSON object as the parameters that an address would spell."""

import json
from collections.abc import Sequence

from fastapi import Request

from api.parameters import single_values
from tabular.errors import BadValue, BodyNotJson

LARGEST = 256 * 1024


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
    if name == "columns" and isinstance(value, list) and all(isinstance(one, str) for one in value):
        value = ",".join(value)
    if value is True:
        return "true"
    if isinstance(value, int | str) and value is not False:
        text = str(value)
        if not any("\ud800" <= letter <= "\udfff" for letter in text):
            return text
    raise BadValue(name, value if isinstance(value, str) else "that", "text, a whole number or true")
