"""The files: each rendered for the tables that its reader may see, with this service's public address."""

import re
from hashlib import blake2b
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from addin.place import Place
from addin.powerquery import Variant, library_text, query_text
from api.address import public_address
from api.identity import KEY_PARAMETER, ServicesOf, caller_of, has_key
from api.parameters import single_values
from api.services import Services
from datamodel.catalogue import Catalogue
from tabular.errors import BadValue

router = APIRouter(prefix="/addin")

LIBRARY = "TVox"
"""The name under which the library of functions is found, and called in a workbook."""

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
        return _file(request, library_text(place).encode(), _TEXT)
    table = catalogue.table(name)
    return _file(request, query_text(table, place, _variant(asked)).encode(), _TEXT)


def place_of(request: Request, services: Services) -> Place:
    """Where this service is for who asks."""
    return Place(public_address(request, services.settings), KEY_PARAMETER, services.settings.centre_zone)


def _variant(asked: dict[str, str]) -> Variant:
    text = asked.get("variant", Variant.ROWS.value)
    if text not in list(Variant):
        raise BadValue("variant", text, " or ".join(Variant))
    return Variant(text)


def _file(request: Request, body: bytes, media_type: str, name: str | None = None) -> Response:
    """A file: to be looked at in the browser, or, with a name, to be saved under it."""
    tag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    headers = _SAFE | {"ETag": tag, "Vary": "Host, Authorization, X-Telenia-APIKey"}
    if tag in re.split(r"\s*,\s*", request.headers.get("If-None-Match", "")):
        return Response(status_code=304, headers=headers)
    if name is not None:
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return Response(body, headers=headers, media_type=media_type)
