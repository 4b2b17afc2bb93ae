"""`/sheets/tokens`: a key, or a sign-in with Google, is exchanged for a token of one spreadsheet."""

import re
from datetime import datetime
from typing import Annotated, cast

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response

from api.body import given_in
from api.identity import KEY_PARAMETER, CallerOf, HolderOf, Rates, ServicesOf, caller_of, has_key
from api.parameters import single_values
from api.services import Services
from store.sheet_tokens import Holder, Identity, SheetToken
from tabular.errors import (
    BadValue,
    KeyMissing,
    KeysDiffer,
    SignInKeyGone,
    SignInNotSetUp,
    SignInTooOften,
    TooManyRequests,
    UnknownSheetToken,
)

router = APIRouter(tags=["Sheets"])

LONGEST_NAME = 100
PER_MINUTE = 30
"""Sign-ins with Google that may be tried from one address."""
AT_ONCE = 4
"""Sign-ins that are checked at once: where Google is slow, the threads of the others stay free."""

_ID = re.compile(r"[A-Za-z0-9_-]{1,100}", re.ASCII)
_NAMES = ("identity", "name", "spreadsheet")
_BODY = 'a JSON object such as {"name": "Sales", "spreadsheet": "1AbC…"}'
_NO_STORE = {"Cache-Control": "no-store"}

_OPENAPI = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {name: {"type": "string"} for name in _NAMES},
                    "additionalProperties": False,
                }
            }
        },
    }
}


@router.post("/sheets/tokens", status_code=201, summary="Sign a spreadsheet in", openapi_extra=_OPENAPI)
async def make(request: Request, services: ServicesOf) -> JSONResponse:
    """With a key, or with `identity` in the JSON object of the body: an identity token of Google, of somebody who may
    sign in. `spreadsheet` (its id) and `name` are for people. The answer has the `token`, this once: it is sent as a
    key is, reads what its key reads and changes nothing."""
    single_values(request.query_params.multi_items(), (KEY_PARAMETER,))
    caller = await caller_of(request) if has_key(request) else None
    given = await given_in(request, _NAMES, _BODY)
    holder, now = _holder(given), services.now()
    if "identity" not in given:
        if caller is None:
            raise KeyMissing()
        made, token = await to_thread.run_sync(services.sheets.make, caller.key.name, holder, now)
    elif caller is not None:
        raise KeysDiffer(("the request itself", 'its body, as "identity"'))
    else:
        _check_signing_in(request, services)
        limiter: CapacityLimiter = request.app.state.signing_in
        made, token = await to_thread.run_sync(_signed_in, services, given["identity"], holder, now, limiter=limiter)
    return JSONResponse({"id": made.id, "token": token} | _described(made, now), 201, _NO_STORE)


@router.head("/sheets/tokens", include_in_schema=False)
@router.get("/sheets/tokens", summary="The spreadsheets that a key has signed in")
def list_tokens(request: Request, caller: HolderOf, services: ServicesOf) -> JSONResponse:
    """Those of the asking key, oldest first, each with its state, open or revoked; `email` is who signed in with
    Google, `used` when it last asked, to the hour. The tokens themselves are not kept."""
    single_values(request.query_params.multi_items(), (KEY_PARAMETER,))
    now = services.now()
    told = [{"id": token.id} | _described(token, now) for token in services.sheets.all(caller.key.name)]
    return JSONResponse({"tokens": told}, headers=_NO_STORE)


@router.head("/sheets/tokens/this", include_in_schema=False)
@router.get("/sheets/tokens/this", summary="The sheet token that asks")
def this(request: Request, caller: CallerOf, services: ServicesOf) -> JSONResponse:
    """What is known of the sheet token that the request carries."""
    single_values(request.query_params.multi_items(), (KEY_PARAMETER,))
    token = _sheet_of(caller.sheet)
    return JSONResponse({"id": token.id} | _described(token, services.now()), headers=_NO_STORE)


@router.delete("/sheets/tokens/this", status_code=204, summary="Sign out")
def sign_out(request: Request, caller: CallerOf, services: ServicesOf) -> Response:
    """From now on the sheet token that the request carries opens nothing."""
    single_values(request.query_params.multi_items(), (KEY_PARAMETER,))
    services.sheets.revoke(_sheet_of(caller.sheet).id, services.now())
    return Response(status_code=204)


@router.delete("/sheets/tokens/{id}", status_code=204, summary="Sign a spreadsheet out")
def revoke(
    request: Request, token: Annotated[str, Path(alias="id")], caller: HolderOf, services: ServicesOf
) -> Response:
    """From now on its token opens nothing. Only the token's key may."""
    single_values(request.query_params.multi_items(), (KEY_PARAMETER,))
    services.sheets.revoke(token, services.now(), caller.key.name)
    return Response(status_code=204)


def _holder(given: dict[str, str]) -> Holder:
    """Whose token it is to be, as the sheet says it. Raises BadValue."""
    spreadsheet = given.get("spreadsheet", "")
    if spreadsheet and not _ID.fullmatch(spreadsheet):
        raise BadValue("spreadsheet", spreadsheet, "the id of a spreadsheet: letters, digits, - and _")
    # A script sends the name as it is, and nobody can mend it there: what no line shows is left out.
    name = "".join(letter for letter in " ".join(given.get("name", "").split()) if letter.isprintable())
    return Holder(spreadsheet, name[:LONGEST_NAME])


def _check_signing_in(request: Request, services: Services) -> None:
    """Raise SignInNotSetUp where nobody signs in with Google here, SignInTooOften where too many try."""
    if services.identities is None:
        raise SignInNotSetUp(services.settings.sign_in_lacks)
    client = request.client.host if request.client else "-"
    try:
        cast(Rates, request.app.state.rates).spend(f"sign-in from {client}", PER_MINUTE)
    except TooManyRequests as failure:
        raise SignInTooOften(failure.per_minute, failure.seconds) from failure


def _signed_in(services: Services, identity: str, holder: Holder, now: datetime) -> tuple[SheetToken, str]:
    """A token for whoever an identity token is about.

    Raises IdentityRefused, IdentityUnchecked, IdentityUsed, SheetTokensFull, SignInKeyGone.
    """
    assert services.identities is not None
    person = services.identities.verify(identity)
    name = services.settings.google_key
    key = next((one for one in services.keys.all() if one.name == name), None)
    reason = "does not exist" if key is None else key.refusal(now)
    if reason is not None:
        raise SignInKeyGone(reason)
    once = Identity(person.digest, person.expires, person.until)
    return services.sheets.make(name, Holder(holder.spreadsheet, holder.name, person.email), now, once)


def _sheet_of(sheet: SheetToken | None) -> SheetToken:
    """Raises UnknownSheetToken where a key asked for itself."""
    if sheet is None:
        raise UnknownSheetToken("this")
    return sheet


def _described(token: SheetToken, now: datetime) -> dict[str, object]:
    return {
        "key": token.key.name,
        "made": _instant(token.made),
        "spreadsheet": token.holder.spreadsheet,
        "name": token.holder.name,
        "email": token.holder.email,
        "used": None if token.used is None else _instant(token.used),
        "state": "open" if token.refusal(now) is None else "revoked",
    }


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
