"""Links: addresses that need no key, each for one question of one key, with an end."""

import logging
import re
from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from anyio import to_thread
from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response

from answers.answer import Question, answer
from api.address import LINKS, public_address
from api.body import given_in
from api.freshness import wish_of
from api.identity import KEY_PARAMETER, Caller, CallerOf, ServicesOf, caller_with, spend
from api.parameters import PARAMETERS, question_of, single_values
from api.rows import rows_of
from api.services import Services
from api.windows import moment_in
from formats import formats
from store.keys import Key
from store.links import Link, Wanted
from tabular.errors import (
    AskedWrong,
    BadValue,
    Failed,
    LinkOver,
    LinkTakesNothing,
    LinkUnanswered,
    MonthsComing,
    Ours,
    UnknownFormat,
    UpstreamBusy,
    UpstreamFailed,
    ViewBroken,
)

router = APIRouter(tags=["Links"])

LONGEST_NAME = 100

_OWN = ("table", "format", "expires", "name")
UNLINKED = ("at", "wait")
"""Parameters that no link has: a moment is kept for a day only, and how far months are is told to keys alone."""

_NAMES = (*_OWN, *(parameter.name for parameter in PARAMETERS if parameter.name not in (*UNLINKED, KEY_PARAMETER)))
_BODY = 'a JSON object such as {"table": "inboundCalls", "last": "7d"}'
_SPAN = re.compile(r"([1-9]\d{0,4})([hdw])", re.ASCII)
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_NARROWED = "asks for what its key does not see any more"
_LOG = logging.getLogger("tvox.links")

_OPENAPI = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["table"],
                    "properties": {name: {"type": ["string", "integer", "boolean"]} for name in _NAMES},
                    "additionalProperties": False,
                }
            }
        },
    }
}


@router.post("/links", status_code=201, summary="Make a link", openapi_extra=_OPENAPI)
async def make(request: Request, caller: CallerOf, services: ServicesOf) -> JSONResponse:
    """A JSON object: `table`, the parameters of its rows, and perhaps `format` (csv), `expires` (a date, a date-time,
    or `12h`, `90d`, `4w`) and a `name` for people. The answer has the link as `url`; it is shown this once."""
    single_values(request.query_params.multi_items(), (KEY_PARAMETER,))
    given = await given_in(request, _NAMES, _BODY)
    now, form = services.now(), given.get("format", "csv")
    name = given.get("name", "")
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise BadValue("name", name, f"up to {LONGEST_NAME} letters on one line")
    asked = {one: value for one, value in given.items() if one not in _OWN}
    question = _question(asked, given.get("table", ""), form, caller, services, now)
    # All that may be refused is refused now, and nothing is read.
    wish_of(asked, {})
    answer(question, services.store, services.settings.history, now)
    expires = _end(given.get("expires"), ZoneInfo(question.zone), caller.key, services, now)
    wanted = Wanted(name, question.query.table.name, form, asked, expires)
    made, token = await to_thread.run_sync(services.links.make, caller.key.name, wanted, now)
    url = f"{public_address(request, services.settings)}{LINKS}{token}.{form}"
    told = {"id": made.id, "url": url} | _described(made, now)
    return JSONResponse(told, 201, {"Cache-Control": "no-store"})


@router.head("/links", include_in_schema=False)
@router.get("/links", summary="The links of a key")
def list_links(request: Request, caller: CallerOf, services: ServicesOf) -> JSONResponse:
    """Those that the asking key made, oldest first, each with its question and its state: open, expired or revoked.
    `used` is when it was last opened, to the hour. Their addresses are not kept."""
    single_values(request.query_params.multi_items(), (KEY_PARAMETER,))
    now = services.now()
    told = [{"id": link.id} | _described(link, now) for link in services.links.all(caller.key.name)]
    return JSONResponse({"links": told}, headers={"Cache-Control": "no-store"})


@router.delete("/links/{id}", status_code=204, summary="Revoke a link")
def revoke(
    request: Request, link: Annotated[str, Path(alias="id")], caller: CallerOf, services: ServicesOf
) -> Response:
    """From now on it opens nothing. Only the key that made it may."""
    single_values(request.query_params.multi_items(), (KEY_PARAMETER,))
    services.links.revoke(link, services.now(), caller.key.name)
    return Response(status_code=204)


@router.head(LINKS + "{token}.{format}", include_in_schema=False)
@router.get(LINKS + "{token}.{format}", summary="What a link gives")
async def give(
    request: Request, token: str, form: Annotated[str, Path(alias="format")], services: ServicesOf
) -> Response:
    """Its rows, as its key sees them now, in the format that it was made for. It takes no parameters. A key that is
    sent is ignored: a spreadsheet that knows one for this host sends it everywhere, and nothing is opened by it."""
    for name, _ in request.query_params.multi_items():
        raise LinkTakesNothing(name)
    now = services.now()
    link = await _opened(token, form, services, now)
    spend(request, link.key)
    asked = dict(link.wanted.asked)
    caller = await caller_with(link.key, services)
    try:
        question = _question(asked, link.wanted.table, link.wanted.form, caller, services, now)
    except AskedWrong as failure:
        # It was right when the link was made. What the key sees otherwise is not for whoever has the link.
        raise LinkOver(_NARROWED) from failure
    try:
        response = await rows_of(question, wish_of(asked, {}), request, services, now)
    except (Failed, MonthsComing, UpstreamBusy):
        raise
    except ViewBroken as failure:
        raise LinkOver(_NARROWED) from failure
    except (Ours, UpstreamFailed) as failure:
        # Its sentence names what is inside: paths, addresses.
        _LOG.warning("the link %s: %s", link.id, failure)
        raise LinkUnanswered() from failure
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


async def _opened(token: str, form: str, services: Services, now: datetime) -> Link:
    """The link of a token; that it is used is noted, seldom enough. Raises LinkRefused, LinkOver."""
    links = services.links
    if links.is_quick(token, form):
        link = links.find(token, form, now)
    else:
        link = await to_thread.run_sync(links.find, token, form, now)
    if links.is_to_note(link, now):
        await to_thread.run_sync(links.note, link, now)
    return link


def _question(
    asked: dict[str, str], table: str, form: str, caller: Caller, services: Services, now: datetime
) -> Question:
    """The question of a link as its key sees it. Raises AskedWrong."""
    known = formats()
    if form not in known:
        raise UnknownFormat(form, tuple(known))
    seen = caller.catalogue
    return question_of(asked, seen.table(table), seen, known[form], services.settings.centre_zone, now)


def _end(text: str | None, zone: ZoneInfo, key: Key, services: Services, now: datetime) -> datetime:
    """When a link ends: as asked, within what the settings allow, and never later than its key. Raises BadValue."""
    most = timedelta(days=services.settings.link_days_most)
    if text is None:
        end = now + min(timedelta(days=services.settings.link_days), most)
    else:
        span = _SPAN.fullmatch(text.strip().lower())
        try:
            end = now + int(span[1]) * _UNITS[span[2]] if span else moment_in(text.strip(), zone, days=1)
        except (ValueError, OverflowError) as failure:
            raise BadValue("expires", text, "a date, a date-time, or 12h, 90d, 4w from now") from failure
        if not now < end <= now + most:
            raise BadValue("expires", text, f"a moment to come, at most {most.days} days from now")
    return end if key.expires is None else min(end, key.expires)


def _described(link: Link, now: datetime) -> dict[str, object]:
    wanted = link.wanted
    state = "revoked" if link.revoked else "expired" if wanted.expires <= now else "open"
    return {
        "name": wanted.name,
        "table": wanted.table,
        "format": wanted.form,
        "parameters": dict(wanted.asked),
        "made": _instant(link.made),
        "expires": _instant(wanted.expires),
        "used": None if link.used is None else _instant(link.used),
        "state": state,
    }


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
