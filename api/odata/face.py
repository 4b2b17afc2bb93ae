"""`/odata/`: the addresses of OData's face, and what is remembered of each request for the report."""

import json
from dataclasses import replace
from typing import cast

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.types import Receive, Scope, Send

from api.address import public_address
from api.errors import failed_as
from api.identity import CallerOf, ServicesOf
from api.odata import batching, selfcheck
from api.odata.answering import answered, refused
from api.odata.ask import ROOT, Ask
from api.odata.freshening import spent
from api.odata.report import Report, Seen
from api.odata.report_page import page_of
from odata.batch import LARGEST
from tabular.errors import BatchTooLarge, BodyNotBatch, TablesError

_OF_OPTIONS = ("text/plain", "application/x-www-form-urlencoded")
"""Media types of options in a body: of 4.01, and one more of 4.02 (part 2, 4.17). Who names none means them, too."""

_OTHERS = ("DELETE", "OPTIONS", "PATCH", "PUT", "TRACE")

router = APIRouter(prefix=ROOT, tags=["OData"])
router.include_router(selfcheck.router)


@router.head("/_requests", include_in_schema=False)
@router.get("/_requests", include_in_schema=False)
async def requests(request: Request, caller: CallerOf, services: ServicesOf) -> Response:
    """What the clients of this key asked of OData lately; a page for browsers, JSON for others."""
    seen = cast(Report, request.app.state.odata_report).of(caller.key.name)
    if "text/html" in request.headers.get("Accept", "").lower():
        return page_of(request, public_address(request, services.settings) + ROOT, caller.key.name, seen)
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Vary": "Accept"}
    body = json.dumps({"requests": [one.told() for one in seen]}, ensure_ascii=False)
    return Response(body, headers=headers, media_type="application/json")


@router.head("", include_in_schema=False)
@router.get("", include_in_schema=False)
@router.head("/{path:path}", include_in_schema=False)
@router.get("/{path:path}", include_in_schema=False)
async def ask(request: Request, caller: CallerOf, services: ServicesOf) -> Response:
    """The service document, the metadata, entities, values and counts."""
    return await _watched(Ask.of(request, caller, services))


@router.post("", include_in_schema=False)
@router.post("/{path:path}", include_in_schema=False)
async def post(request: Request, caller: CallerOf, services: ServicesOf) -> Response:
    """`$batch`, and `/$query` behind a resource, whose options are in the body."""
    asked = Ask.of(request, caller, services)
    if asked.path == "$batch":
        return batching.batch(asked, await _body(request), _watched)
    if asked.path.endswith("/$query"):
        # What follows is as if the options had stood in the address.
        sent = request.headers.get("Content-Type", _OF_OPTIONS[0])
        if sent.partition(";")[0].strip().lower() not in _OF_OPTIONS:
            raise BodyNotBatch(sent)
        inside = (await _body(request)).decode(errors="surrogateescape").strip()
        return await _watched(replace(asked, query="&".join(part for part in (asked.query, inside) if part)))
    raise refused("POST", asked.path)


@router.api_route("", methods=list(_OTHERS), include_in_schema=False)
@router.api_route("/{path:path}", methods=list(_OTHERS), include_in_schema=False)
async def refuse(request: Request, path: str = "") -> Response:
    """No address takes other methods. Raises MethodNotAllowed."""
    raise refused(request.method, path)


async def _body(request: Request) -> bytes:
    """The body of a request. Raises BatchTooLarge."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            raise BatchTooLarge(f"{LARGEST // 1_000_000} MB")
    return bytes(body)


async def _watched(asked: Ask) -> Response:
    """The response to a request, which the report remembers. Raises TablesError."""
    report = cast(Report, asked.request.app.state.odata_report)
    mirror = asked.services.mirror
    seen = Seen(asked.services.now(), asked.client, asked.request.method, asked.noted(asked.path), asked.folded)
    before = spent(mirror)
    try:
        response = await answered(asked, seen)
    except Exception as error:
        refusal = error if isinstance(error, TablesError) else failed_as(error, f"{seen.method} {ROOT}/{seen.path}")
        seen.status, seen.refusal = refusal.status, str(refusal).replace(asked.key, "…")
        seen.ends()
        report.note(asked.caller.key.name, seen)
        raise refusal from error
    seen.status, seen.upstream_requests = response.status_code, spent(mirror) - before
    report.note(asked.caller.key.name, seen)
    return _Watched(response, seen)


class _Watched(Response):
    """A response after which the report knows how long it took."""

    def __init__(self, response: Response, seen: Seen) -> None:
        super().__init__(status_code=response.status_code)
        self.raw_headers = response.raw_headers
        self._response = response
        self._seen = seen

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._response(scope, receive, send)
        finally:
            self._seen.ends()
