"""`$batch`: its requests one after the other, through the same code as others, with the key of the batch."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import cast

from fastapi import Request
from fastapi.responses import Response, StreamingResponse
from starlette.types import Message

from api.errors import failed_as, response_for
from api.identity import Rates
from api.odata.ask import ROOT, Ask
from api.odata.responding import encoding_of, headers_of
from api.streaming import compressor
from odata.accepting import MULTIPART, Kind, answer_type
from odata.batch import PartAnswer, PartRequest, as_json, as_multipart, multipart_type, new_boundary, read, refusal_of
from tabular.errors import TablesError

Answer = Callable[[Ask], Awaitable[Response]]
"""What answers one request; raises TablesError."""

_INHERITED = ("host", "odata-maxversion", "user-agent")
"""Headers of the batch that its requests have too, unless they have their own."""


def batch(ask: Ask, body: bytes, answer: Answer) -> Response:
    """The response to a batch, written while its requests are answered.

    Raises BodyNotBatch, BatchTooLarge, BatchWrong, TypeNotOffered.
    """
    asked = read(ask.request.headers.get("Content-Type", ""), body, ROOT)
    media = answer_type(ask.request.headers.get("Accept"), ask.options.format, Kind.BATCH, asked.media_type)
    headers = headers_of(ask, ("continue-on-error",) if ask.preferences.continue_on_error else ())
    encoding = encoding_of(ask)
    if encoding is not None:
        headers["Content-Encoding"] = encoding
    boundary = new_boundary()
    turn = _Turn()
    is_multipart = media.name == MULTIPART
    media_type = multipart_type(boundary) if is_multipart else media.content_type(ask.version)
    written = as_multipart(turn.answers(), boundary) if is_multipart else as_json(turn.answers())
    pieces = _pieces(ask, asked.parts, answer, turn, written)
    return StreamingResponse(_compressed(pieces, encoding), headers=headers, media_type=media_type)


@dataclass(slots=True)
class _Turn:
    """The answer that is to be written next: what writes takes it from here, one at a time."""

    waiting: list[PartAnswer] = field(default_factory=list)

    def answers(self) -> Iterator[PartAnswer]:
        while self.waiting:
            yield self.waiting.pop()


async def _pieces(
    ask: Ask, parts: tuple[PartRequest, ...], answer: Answer, turn: _Turn, written: Iterator[bytes]
) -> AsyncIterator[bytes]:
    statuses: dict[str, int] = {}
    for number, part in enumerate(parts):
        refusal = refusal_of(part, statuses)
        answered = await _answered(ask, part, refusal, answer, number)
        for name in (part.id, part.group):
            if name:
                statuses[name] = answered.status
        turn.waiting.append(answered)
        yield next(written)
        # Without the preference the first error ends the batch (OData 4.01 part 1, 8.2.8.3).
        if answered.status >= 400 and not ask.preferences.continue_on_error:
            break
    for piece in written:
        yield piece


async def _answered(
    ask: Ask, part: PartRequest, refusal: TablesError | None, answer: Answer, number: int
) -> PartAnswer:
    """The answer to one request; what goes wrong with it is an answer too."""
    request = _request(ask.request, part)
    inner = Ask(request, ask.caller, ask.services, part.path, part.query, ask.key)
    try:
        if number:
            _count(ask)  # the batch itself has taken one
        response = await answer(inner) if refusal is None else response_for(refusal, request)
        return await _collected(response, request, part)
    except TablesError as error:
        return await _collected(response_for(error, request), request, part)
    except Exception as failure:  # noqa: BLE001  # the others of the batch are answered
        failed = failed_as(failure, f"GET {ROOT}/{part.path} of a batch")
        return await _collected(response_for(failed, request), request, part)


def _count(ask: Ask) -> None:
    """Take a request from what the key may ask. Raises TooManyRequests."""
    key = ask.caller.key
    if key.per_minute is not None:
        cast(Rates, ask.request.app.state.rates).spend(key.name, key.per_minute)


def _request(outer: Request, part: PartRequest) -> Request:
    """A request of its own; nobody leaves it but with the batch."""
    own = [(name.lower().encode("latin-1"), value.encode("latin-1", "replace")) for name, value in part.headers]
    named = {name for name, _ in own}
    inherited = [(n, v) for n, v in outer.scope["headers"] if n.decode("latin-1") in _INHERITED and n not in named]
    scope = dict(outer.scope) | {
        "method": "GET",
        "path": f"{ROOT}/{part.path}",
        "raw_path": f"{ROOT}/{part.path}".encode("latin-1", "replace"),
        "query_string": part.query.encode("latin-1", "replace"),
        "headers": [(n, v) for n, v in own if n not in (b"accept-encoding", b"if-match")] + inherited,
        "state": {},
    }
    return Request(scope, _never)


async def _never() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


async def _collected(response: Response, request: Request, part: PartRequest) -> PartAnswer:
    started: Message = {}
    pieces: list[bytes] = []

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            started.update(message)
        else:
            pieces.append(message.get("body", b""))

    await response(request.scope, _never, send)
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in started["headers"])
    return PartAnswer(part.id, started["status"], headers, b"".join(pieces), part.group)


async def _compressed(pieces: AsyncIterator[bytes], encoding: str | None) -> AsyncIterator[bytes]:
    if encoding is None:
        async for piece in pieces:
            yield piece
        return
    work = compressor(encoding)
    async for piece in pieces:
        yield work.compress(piece)
    yield work.flush()
