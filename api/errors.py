"""Errors as the asked format can show them; the only place where a refusal becomes a response."""

import logging
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from starlette.exceptions import HTTPException

from api.address import without_token
from datamodel.faults import Fault
from odata.accepting import Kind, answer_type, version_of
from odata.rendering import error_body
from tabular.errors import (
    Failed,
    IdentityUnchecked,
    JobUnfinished,
    KeyMissing,
    KeyRefused,
    LinkUnanswered,
    MethodNotAllowed,
    MonthsComing,
    NoSuchPage,
    SheetTokenRefused,
    SignInTooOften,
    TablesError,
    TooManyRequests,
    UpstreamBusy,
    UpstreamUnreachable,
    VersionRefused,
)

_LOG = logging.getLogger("tvox.errors")

DATA_MODEL = "/datamodel/query"
ODATA = "/odata"
_ALLOWED = {DATA_MODEL: ("GET", "POST"), "/links": ("GET", "HEAD", "POST"), "/sheets/tokens": ("GET", "HEAD", "POST")}
_ALLOWED |= {"/push": ("GET", "HEAD", "POST")}
GRAPHQL, JSON = "application/graphql-response+json", "application/json"

_LATER = (
    TooManyRequests
    | SignInTooOften
    | UpstreamUnreachable
    | UpstreamBusy
    | MonthsComing
    | LinkUnanswered
    | JobUnfinished
    | IdentityUnchecked
)
"""Refusals that end by themselves, each with the seconds after which asking again makes sense."""

_PLAIN = (".csv", ".tsv")
"""Endings of addresses whose reader shows text: it sees one line that begins with the sentence."""


def install(app: FastAPI) -> None:
    """Make every refusal and every failure of `app` one of ours."""
    app.add_exception_handler(TablesError, _refused)
    app.add_exception_handler(HTTPException, _not_routed)
    app.add_exception_handler(Exception, _failed)


def response_for(error: TablesError, request: Request) -> Response:
    """An error in the shape that the address asked for: one line of text for CSV, GraphQL's `errors` for the Data
    Model, OData's error object below /odata, problem+json (RFC 9457) else."""
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    if isinstance(error, KeyMissing | KeyRefused | SheetTokenRefused):
        headers["WWW-Authenticate"] = 'Basic realm="TVox Tables: any user, the key as password", Bearer'
    if isinstance(error, _LATER):
        # No longer than Excel and Power BI wait: they give up for good when told of more.
        headers["Retry-After"] = str(min(error.seconds, 120))
    if isinstance(error, MethodNotAllowed):
        headers["Allow"] = ", ".join(error.allowed)
    if request.url.path == DATA_MODEL:
        return _of_data_model(error, request, headers)
    if is_odata(request.url.path):
        return _of_odata(error, request, headers)
    if request.url.path.endswith(_PLAIN):
        return PlainTextResponse(f"{error}\n", error.status, headers)
    return JSONResponse(described(error), error.status, headers, media_type="application/problem+json")


def is_odata(path: str) -> bool:
    """Whether an address is one of OData's face.

    >>> is_odata("/odata/calls"), is_odata("/odata"), is_odata("/odatas")
    (True, True, False)
    """
    return path == ODATA or path.startswith(f"{ODATA}/")


def _of_odata(error: TablesError, request: Request, headers: dict[str, str]) -> Response:
    """OData's error object, in whatever version can be spoken: Power BI shows its message and nothing else."""
    try:
        version = version_of(request.headers.get("OData-MaxVersion"), None)
    except VersionRefused:
        version = "4.0"
    headers["OData-Version"] = version
    if "WWW-Authenticate" in headers:
        # Power BI takes Bearer for an account of its own kind.
        headers["WWW-Authenticate"] = headers["WWW-Authenticate"].removesuffix(", Bearer")
    media = answer_type(None, None, Kind.ERROR).content_type(version)
    body = error_body(error.code, str(error).removesuffix(f" [{error.code}]"))
    return Response(body, error.status, headers, media_type=media)


def _of_data_model(error: TablesError, request: Request, headers: dict[str, str]) -> Response:
    """An error as a client of the Data Model reads it; as plain text where it asked for statuses."""
    if request.query_params.get("errors") == "http":
        return PlainTextResponse(f"{error}\n", error.status, headers)
    media = graphql_media(request.headers.get("Accept", ""))
    return JSONResponse({"errors": [Fault(error).described()]}, error.status, headers, media_type=media)


def graphql_media(accept: str) -> str:
    """The media type in which a client wants GraphQL's answers (GraphQL over HTTP, 4.1).

    >>> graphql_media("application/graphql-response+json, application/json;q=0.9"), graphql_media("*/*")
    ('application/graphql-response+json', 'application/json')
    """
    weights = {GRAPHQL: 0.0, JSON: 0.0}
    for part in accept.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        quality = next((one.removeprefix("q=") for one in parameters if one.startswith("q=")), "1")
        if name in weights and quality.replace(".", "", 1).isdecimal():
            weights[name] = float(quality)
    return GRAPHQL if weights[GRAPHQL] > 0 and weights[GRAPHQL] >= weights[JSON] else JSON


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
        allowed = ("DELETE",) if path.startswith("/links/") else _ALLOWED.get(path, ("GET", "HEAD"))
        if path.startswith("/sheets/tokens/"):
            allowed = ("GET", "HEAD", "DELETE") if path.endswith("/this") else ("DELETE",)
        if path.startswith("/jobs/"):
            allowed = ("GET", "HEAD") if path.endswith("/result") else ("GET", "HEAD", "DELETE")
        if path.startswith("/push/"):
            allowed = ("GET", "HEAD", "DELETE")
        if path.startswith(("/views/", "/pushes/")):
            allowed = ("GET", "HEAD", "PUT", "DELETE")
        if path.startswith("/import."):
            allowed = ("GET", "HEAD", "POST")
        return response_for(MethodNotAllowed(request.method, path, allowed), request)
    if error.status_code == 404:
        return response_for(NoSuchPage(path, ("/tables", DATA_MODEL, "/docs", "/health", "/ready")), request)
    return await _failed(request, error)


async def _failed(request: Request, error: Exception) -> Response:
    return response_for(failed_as(error, f"{request.method} {without_token(request.url.path)}"), request)
