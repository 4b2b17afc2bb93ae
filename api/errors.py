"""Errors as the asked format can show them; the only place where a refusal becomes a response."""

import logging
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from starlette.exceptions import HTTPException

from tabular.errors import (
    Failed,
    KeyMissing,
    KeyRefused,
    MethodNotAllowed,
    NoSuchPage,
    TablesError,
    TooManyRequests,
)

_LOG = logging.getLogger("tvox.errors")

_PLAIN = (".csv", ".tsv")
"""Endings of addresses whose reader shows text: it sees one line that begins with the sentence."""


def install(app: FastAPI) -> None:
    """Make every refusal and every failure of `app` one of ours."""
    app.add_exception_handler(TablesError, _refused)
    app.add_exception_handler(HTTPException, _not_routed)
    app.add_exception_handler(Exception, _failed)


def response_for(error: TablesError, request: Request) -> Response:
    """An error in the shape that the address asked for: one line of text for CSV, problem+json (RFC 9457) else."""
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    if isinstance(error, KeyMissing | KeyRefused):
        headers["WWW-Authenticate"] = 'Basic realm="TVox Tables: any user, the key as password", Bearer'
    if isinstance(error, TooManyRequests):
        headers["Retry-After"] = str(error.seconds)
    if isinstance(error, MethodNotAllowed):
        headers["Allow"] = "GET, HEAD"
    if request.url.path.endswith(_PLAIN):
        return PlainTextResponse(f"{error}\n", error.status, headers)
    return JSONResponse(described(error), error.status, headers, media_type="application/problem+json")


def described(error: TablesError) -> dict[str, object]:
    """An error's facts for a program."""
    return {"title": error.message, "status": error.status, "code": error.code, "hint": error.hint}


def failed_as(failure: BaseException, doing: str) -> Failed:
    """What was not foreseen, logged under the reference that the caller gets."""
    reference = uuid4().hex[:12]
    _LOG.error("%s: %s failed", reference, doing, exc_info=failure)
    return Failed(reference)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, TablesError)
    return response_for(error, request)


async def _not_routed(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    path = request.url.path
    if error.status_code == 405:
        return response_for(MethodNotAllowed(request.method, path), request)
    if error.status_code == 404:
        return response_for(NoSuchPage(path, ("/tables", "/docs", "/health", "/ready")), request)
    return await _failed(request, error)


async def _failed(request: Request, error: Exception) -> Response:
    return response_for(failed_as(error, f"{request.method} {request.url.path}"), request)
