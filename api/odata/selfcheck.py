"""`/odata/_selfcheck`: the service asks itself through its public address and tells what is broken on the way."""

import json
from typing import cast

from fastapi import APIRouter, Request
from fastapi.responses import Response

from answers.odata import judging
from answers.odata.selfcheck import Step, walked
from api import rendering
from api.address import public_address
from api.identity import CallerOf, Rates, ServicesOf, key_of
from api.odata.ask import ROOT
from api.services import Services
from odata.model import EntitySet, Model, model_of

router = APIRouter()

PER_MINUTE = 10
"""Walks a minute for each key: each is a handful of requests to the service itself."""


@router.get("/_selfcheck", include_in_schema=False)
async def selfcheck(request: Request, caller: CallerOf, services: ServicesOf) -> Response:
    """A walk with the caller's key; a page for browsers, JSON for others."""
    from connectors.walking import Walker

    cast(Rates, request.app.state.rates).spend(f"{caller.key.name} (self-check)", PER_MINUTE)
    address = public_address(request, services.settings)
    arrival = Step("This request", findings=judging.of_arrival(dict(request.headers), address))
    through = None if services.settings.public_url else _own_address(request)
    steps = [arrival]
    async with Walker(address + ROOT, through) as walker:
        steps += await walked(walker, key_of(request), _held(model_of(caller.catalogue), services))
    is_well = not any(step.findings for step in steps)
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Vary": "Accept"}
    if "text/html" in request.headers.get("Accept", "").lower():
        facts: dict[str, object] = {"address": address + ROOT, "steps": steps, "is_well": is_well, "up": "../"}
        facts["is_direct"] = through is not None
        page = rendering.page(request, "selfcheck.html", facts)
        page.headers.update(headers | {"Vary": "Accept, Accept-Encoding"})
        return page
    told = {
        "address": address + ROOT,
        "through": through,
        "isWell": is_well,
        "steps": [step.told() for step in steps],
    }
    return Response(json.dumps(told, ensure_ascii=False), headers=headers, media_type="application/json")


def _own_address(request: Request) -> str:
    """Where this very request arrived. The host that it names may be anybody's, and is no place to connect to."""
    host, port = request.scope["server"]
    # A scheme that a proxy told of is the proxy's.
    scheme = "http" if "x-forwarded-proto" in request.headers else request.url.scheme
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def _held(model: Model, services: Services) -> EntitySet | None:
    """A set of which two rows at least are held."""
    for one in model.sets:
        held = services.store.holding(one.type.table)
        if one.type.key and not one.type.table.element and sum(partition.rows for partition in held) > 1:
            return one
    return None
