"""A batch as JSON (OData JSON 4.01, 19): a request in each object."""

import json
import re
from dataclasses import replace
from typing import Any

from odata.batch.parts import PartRequest, asked, within_limits
from tabular.errors import BatchWrong, NotOffered

_ID = re.compile(r"[A-Za-z0-9._~-]{1,200}")
_SHAPE = 'It looks like this: {"requests":[{"id":"1","method":"get","url":"calls?$top=5"}]}.'


def of_json(body: bytes, root: str) -> tuple[PartRequest, ...]:
    """The requests of a JSON batch. Raises BatchWrong, BatchTooLarge."""
    try:
        batch = json.loads(body)
    except (ValueError, RecursionError):
        raise BatchWrong("its beginning", "it is no JSON", _SHAPE) from None
    requests = batch.get("requests") if isinstance(batch, dict) else None
    if not isinstance(requests, list):
        raise BatchWrong("its beginning", 'it has no list "requests"', _SHAPE)
    within_limits(len(requests))
    found: list[PartRequest] = []
    known: list[str] = []
    for number, request in enumerate(requests, 1):
        part = _request(f"request {number}", request, root, known)
        found.append(part)
        # A group may be depended on as its requests are.
        known += [part.id] if part.group is None else [part.id, part.group]
    return tuple(found)


def _request(place: str, request: object, root: str, known: list[str]) -> PartRequest:
    if not isinstance(request, dict):
        raise BatchWrong(place, "it is no object", _SHAPE)
    own_id = _text(place, request, "id")
    if _ID.fullmatch(own_id) is None:
        raise BatchWrong(place, "its id is none", "An id is made of letters, digits and the signs . _ ~ -.")
    if own_id in known:
        raise BatchWrong(place, f'the id "{own_id}" is that of another one', "Give each request an id of its own.")
    headers = request.get("headers", {})
    if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
        raise BatchWrong(place, "its headers are no texts by their names", _SHAPE)
    part = asked(
        place,
        root,
        own_id,
        _text(place, request, "method").upper(),
        _text(place, request, "url"),
        tuple(headers.items()),
        known,
    )
    return _bound(place, part, request, known)


def _bound(place: str, part: PartRequest, request: dict[str, Any], known: list[str]) -> PartRequest:
    """A request with what it depends on."""
    depends_on = request.get("dependsOn", [])
    if not isinstance(depends_on, list) or not all(one in known for one in depends_on):
        raise BatchWrong(
            place, "it depends on what does not stand before it", "dependsOn lists ids of earlier requests."
        )
    group = _text(place, request, "atomicityGroup") if "atomicityGroup" in request else None
    refusal = part.refusal
    if group is not None:
        refusal = NotOffered("An atomicity group in a batch")
    elif refusal is None and "if" in request:
        refusal = NotOffered('A condition ("if") in a batch')
    return replace(part, depends_on=tuple(depends_on), group=group, refusal=refusal)


def _text(place: str, request: dict[str, Any], name: str) -> str:
    value = request.get(name)
    if not isinstance(value, str) or not value:
        raise BatchWrong(place, f'its "{name}" is no text', _SHAPE)
    return value
