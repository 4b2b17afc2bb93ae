"""The Data Model over HTTP: GraphQL by GET and POST, answered as a TVox answers."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import cast

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from answers.datamodel import DataModel, Reply
from answers.mirror import Fresh, Mirror
from api.body import document_of, json_of
from api.errors import DATA_MODEL, JSON, graphql_media
from api.freshness import HELD, over
from api.identity import Caller, CallerOf, Rates, ServicesOf
from api.services import Services
from api.streaming import Pieces, compressed, encoding_for
from datamodel.documents import Document
from store.patience import Patience
from tabular.errors import BodyNotJson, NoDocument, NotPassedOn, UpstreamFailed

router = APIRouter(tags=["Data Model"])

SMALL = 1_000
"""Bytes that are not worth compressing."""

AGAIN = 0.05
"""Seconds between two attempts to stop an engine that was about to begin."""


@router.get(DATA_MODEL, summary="Ask the Data Model")
@router.post(DATA_MODEL, summary="Ask the Data Model")
async def ask(request: Request, caller: CallerOf, services: ServicesOf) -> Response:
    """A GraphQL document with its variables, answered from the store.

    GET takes `query`, `variables` and `operationName` as parameters, POST the same as a JSON object. `errors=http`
    makes every error a status with its sentence as text.
    """
    settings, mirror = services.settings, services.mirror
    if settings.datamodel_rate and mirror is None:
        _spend(request, caller, settings.datamodel_rate)
    document = await _document(request)
    model = cast(DataModel, request.app.state.datamodel)
    if mirror is not None:
        reads = model.reads(document, caller.catalogue.tables, caller.key.name)
        if not reads.is_answered and await to_thread.run_sync(_is_for, mirror, document):
            return await _passed_on(request, caller, services, mirror, document)
        wanted = mirror.want(mirror.named(reads.places))
        await over(wanted, asyncio.get_running_loop().time() + HELD)
        wanted.standing(Fresh.AUTO, partial=False)
    encoding = encoding_for(request.headers.get("Accept-Encoding", ""))
    is_advanced = "advancedQuery" in document.source
    patience = Patience(settings.advanced_seconds if is_advanced else settings.datamodel_seconds)

    def answer() -> _Made:
        began = perf_counter()
        reply = model.answer(document, caller.catalogue.tables, caller.key.name, patience)
        milliseconds = (perf_counter() - began) * 1000
        if encoding is None or sum(map(len, reply.pieces)) <= SMALL:
            return _Made(reply, reply.pieces, None, milliseconds)
        return _Made(reply, tuple(compressed(iter(reply.pieces), encoding)), encoding, milliseconds)

    limiter = cast(CapacityLimiter, request.app.state.limiter)
    watching = asyncio.create_task(_watch(request, patience))
    try:
        made = await to_thread.run_sync(answer, limiter=limiter)
    finally:
        watching.cancel()
    return _response(request, made)


def _is_for(mirror: Mirror, document: Document) -> bool:
    """Whether the TVox could answer a document; one whose schema is not known yet is asked for it."""
    try:
        return mirror.upstream.knows(document.source)
    except UpstreamFailed:
        return False


async def _passed_on(
    request: Request, caller: Caller, services: Services, mirror: Mirror, document: Document
) -> Response:
    """What only the TVox can answer, as it answers it. A key with limits of its own cannot be held to them there."""
    if not caller.key.restriction.is_open:
        raise NotPassedOn("This query")
    if services.settings.datamodel_rate:
        _spend(request, caller, services.settings.datamodel_rate)
    asked = {"query": document.source, "variables": document.variables, "operationName": document.operation}
    body = json.dumps({name: value for name, value in asked.items() if value}, sort_keys=True).encode()
    limiter = cast(CapacityLimiter, request.app.state.limiter)
    answer = await to_thread.run_sync(mirror.passing.answer, body, limiter=limiter)
    headers = {"Cache-Control": "private, no-cache", "Vary": "Accept", "X-Content-Type-Options": "nosniff"}
    return Response(answer, 200, headers, media_type="application/json; charset=utf-8")


def _spend(request: Request, caller: Caller, per_minute: int) -> None:
    cast(Rates, request.app.state.rates).spend(f"datamodel {caller.key.name}", per_minute)


@dataclass(frozen=True, slots=True)
class _Made:
    """A reply with the pieces that are sent, their encoding, and the milliseconds that answering took."""

    reply: Reply
    pieces: tuple[bytes, ...]
    encoding: str | None
    milliseconds: float


async def _watch(request: Request, patience: Patience) -> None:
    """End the patience when the client leaves or the deadline passes."""
    try:
        async with asyncio.timeout(patience.seconds):
            while (await request.receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        pass
    while True:
        patience.end()
        await asyncio.sleep(AGAIN)


def _response(request: Request, made: _Made) -> Response:
    faults = made.reply.faults
    headers = {
        "Cache-Control": "private, no-cache",
        "Vary": "Accept, Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
        "Server-Timing": f"answer;dur={made.milliseconds:.1f}",
    }
    if faults and request.query_params.get("errors") == "http":
        return PlainTextResponse("".join(f"{fault.error}\n" for fault in faults), faults[0].error.status, headers)
    if made.encoding is not None:
        headers["Content-Encoding"] = made.encoding
    media = graphql_media(request.headers.get("Accept", ""))
    # A client of application/json reads the errors of a body only where the status is 200.
    status = 200 if made.reply.executed or media == JSON else faults[0].error.status
    return Pieces(made.pieces, status, headers, media_type=f"{media}; charset=utf-8")


async def _document(request: Request) -> Document:
    """What a request asks (GraphQL over HTTP, 5). Raises NoDocument, BodyNotJson, DocumentTooLarge."""
    if request.method == "GET":
        given: Mapping[str, object] = {
            name: json_of(text, name) if name in ("variables", "extensions") else text
            for name, text in request.query_params.items()
        }
    else:
        given = await _body(request)
    source, variables, operation = given.get("query"), given.get("variables"), given.get("operationName")
    if not isinstance(source, str):
        raise NoDocument("there is none" if source is None else "it is no text")
    if not (variables is None or isinstance(variables, dict)):
        raise NoDocument("its variables are no JSON object")
    if not (operation is None or isinstance(operation, str)):
        raise NoDocument("its operationName is no text")
    if not (given.get("extensions") is None or isinstance(given.get("extensions"), dict)):
        raise NoDocument("its extensions are no JSON object")
    return Document(source, variables or {}, operation or None)


async def _body(request: Request) -> Mapping[str, object]:
    media = request.headers.get("Content-Type", JSON)
    if media.partition(";")[0].strip().lower() != JSON:
        raise BodyNotJson(media)
    body = await document_of(request)
    given = json_of(body, "body")
    if not isinstance(given, dict):
        raise NoDocument("the body is no JSON object")
    return given
