"""The files: each rendered for the tables that its reader may see, with this service's public address."""

import re
from datetime import date
from hashlib import blake2b
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from addin.excel import connection_text, template_file
from addin.place import Place
from addin.powerbi import connector_file, source_text, starter_text
from addin.powerquery import Variant, library_text, query_text
from api.address import public_address
from api.identity import KEY_PARAMETER, ServicesOf, caller_of, has_key
from api.parameters import single_values
from api.services import Services
from datamodel.catalogue import Catalogue
from tabular.errors import BadValue
from tabular.month import Month

router = APIRouter(prefix="/addin")

LIBRARY = "TVox"
"""The name under which the library of functions is found, and called in a workbook."""

CONNECTOR = "TVoxTables"
"""The name of the custom connector's file."""

MONTHS = 3
"""Months that the starter model loads on a desk, this one included; in the service its own policy says how many."""

_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TEXT = "text/plain; charset=utf-8"
_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-cache",
}


async def _seen(request: Request, services: ServicesOf) -> Catalogue:
    """What a key sees, where one is given; else every table. Names alone are open to all, as on the front page."""
    return (await caller_of(request)).catalogue if has_key(request) else services.catalogue


CatalogueOf = Annotated[Catalogue, Depends(_seen)]


@router.api_route("/powerquery/{name}.pq", methods=["GET", "HEAD"])
def powerquery(request: Request, name: str, catalogue: CatalogueOf, services: ServicesOf) -> Response:
    """A table's query in M, in the variant that is asked for, or the library."""
    asked = single_values(request.query_params.multi_items(), ("variant", KEY_PARAMETER))
    place = place_of(request, services)
    if name == LIBRARY and "variant" not in asked:
        return file(request, library_text(place).encode(), _TEXT)
    table = catalogue.table(name)
    return file(request, query_text(table, place, _variant(asked)).encode(), _TEXT)


@router.api_route("/excel/{name}.odc", methods=["GET", "HEAD"])
def connection(request: Request, name: str, catalogue: CatalogueOf, services: ServicesOf) -> Response:
    """A table as a connection that Excel opens: its query, embedded."""
    bare(request)
    table = catalogue.table(name)
    body = connection_text(table, place_of(request, services)).encode()
    return file(request, body, "text/x-ms-odc; charset=utf-8", f"{table.name}.odc")


@router.api_route("/excel/{name}.xlsx", methods=["GET", "HEAD"])
def workbook(request: Request, name: str, catalogue: CatalogueOf, services: ServicesOf) -> Response:
    """A table as a workbook without rows, which its query fills."""
    bare(request)
    table = catalogue.table(name)
    body = template_file(table, place_of(request, services))
    return file(request, body, _WORKBOOK, f"{table.name}.xlsx")


@router.api_route("/powerbi/tvox.pbids", methods=["GET", "HEAD"])
def source(request: Request, services: ServicesOf) -> Response:
    """What Power BI Desktop opens with the OData feed's tables to choose from."""
    bare(request)
    return file(request, source_text(place_of(request, services)).encode(), "application/json", "tvox.pbids")


@router.api_route(f"/powerbi/{CONNECTOR}.mez", methods=["GET", "HEAD"])
def connector(request: Request, catalogue: CatalogueOf, services: ServicesOf) -> Response:
    """The custom connector."""
    bare(request)
    body = connector_file(place_of(request, services), catalogue)
    return file(request, body, "application/zip", f"{CONNECTOR}.mez")


@router.api_route("/powerbi/model.tmdl", methods=["GET", "HEAD"])
def model(request: Request, catalogue: CatalogueOf, services: ServicesOf) -> Response:
    """The model to begin with: tables, relations, measures, and a calendar over what is held."""
    bare(request)
    text = starter_text(catalogue, place_of(request, services), _span(services))
    return file(request, text.encode(), _TEXT)


def place_of(request: Request, services: Services) -> Place:
    """Where this service is for who asks."""
    return Place(public_address(request, services.settings), KEY_PARAMETER, services.settings.centre_zone)


def _span(services: Services) -> tuple[date, date]:
    """What Power BI Desktop loads to begin with: from the first day to the one before the second."""
    this = Month.of(services.now().astimezone(services.settings.zone))
    first, after = this - (MONTHS - 1), this.after
    return date(first.year, first.month, 1), date(after.year, after.month, 1)


def bare(request: Request) -> None:
    """Refuse every parameter but the key."""
    single_values(request.query_params.multi_items(), (KEY_PARAMETER,))


def _variant(asked: dict[str, str]) -> Variant:
    text = asked.get("variant", Variant.ROWS.value)
    if text not in list(Variant):
        raise BadValue("variant", text, " or ".join(Variant))
    return Variant(text)


def file(request: Request, body: bytes, media_type: str, name: str | None = None) -> Response:
    """A file: to be looked at in the browser, or, with a name, to be saved under it."""
    tag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    headers = _SAFE | {"ETag": tag, "Vary": "Host, Authorization, X-Telenia-APIKey"}
    if tag in re.split(r"\s*,\s*", request.headers.get("If-None-Match", "")):
        return Response(status_code=304, headers=headers)
    if name is not None:
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return Response(body, headers=headers, media_type=media_type)
