"""The pages of a table's rows: the questions that a client asks one by one to get all of them, of one moment."""

from datetime import UTC, datetime
from typing import cast

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from answers.moment import Moment
from answers.paging import Page, pages_of
from api.freshness import brought, wish_of
from api.identity import KEY_PARAMETER, CallerOf, ServicesOf
from api.jobs import coming
from api.parameters import PARAMETERS, count_of, question_of, single_values
from api.turns import Turn, Turns
from api.views.rows import Showing
from api.windows import WORDS
from formats import formats
from tabular.errors import BadValue

router = APIRouter(tags=["Tables"])

SIZE = 100_000
"""Rows of a page, where nothing else is asked for: some seconds of a slow line."""

LARGEST_SIZE = 1_000_000

_OF_ALL = frozenset({"from", "to", *WORDS, "limit", "offset", "at", "fresh", "partial", "wait", "size", KEY_PARAMETER})
"""What a page says otherwise, or need not say: its rows are there."""

_NAMES = (*(one.name for one in PARAMETERS if one.name not in ("limit", "offset", "at")), "size")


@router.head("/tables/{table}/pages", include_in_schema=False)
@router.get("/tables/{table}/pages", summary="The pages of its rows, each as the parameters that bring it")
async def list_pages(request: Request, table: str, caller: CallerOf, services: ServicesOf) -> Response:
    """All parameters of rows but `limit` and `offset`, and `size`, the rows of a page. Each page is the whole query of
    `/tables/{table}.{format}`, as text; together they have every row once, whatever is written meanwhile."""
    asked = single_values(request.query_params.multi_items(), _NAMES)
    settings, now = services.settings, services.now()
    known = caller.catalogue.table(table)
    size = count_of("size", asked["size"]) if "size" in asked else SIZE
    if not 1 <= size <= LARGEST_SIZE:
        raise BadValue("size", asked["size"], f"a number of rows from 1 to {LARGEST_SIZE:,}")
    # The format is none that is written: the question is only cut.
    query = question_of(asked, known, caller.catalogue, formats()["json"], settings.centre_zone, now).query
    store, viewed, wish = services.store, caller.catalogue.views.get(table), wish_of(asked, request.headers)
    if viewed is not None:
        shown = await cast(Showing, request.app.state.showing).shown(viewed, services, wish, now)
        if shown.coming is not None:
            return coming(request, services, shown.coming)
        store = shown.store
    elif services.mirror is not None:
        came = await brought(services.mirror, query, settings.history, wish)
        if came.coming is not None:
            return coming(request, services, came.coming)
    moment = Moment(store.version, now)
    turns = cast(Turns, request.app.state.turns)
    pages = await turns.take(Turn.SMALL, lambda: list(pages_of(query, store, settings.history, moment, size)))
    own = {name: value for name, value in asked.items() if name not in _OF_ALL}
    # A page without rows still says what the columns are.
    spelled = [_spelled(page, own, moment) for page in pages or [Page(query.window, limit=0)]]
    return JSONResponse(
        {"table": known.name, "at": str(moment), "pages": spelled}, headers={"Cache-Control": "private, no-store"}
    )


def _spelled(page: Page, own: dict[str, str], moment: Moment) -> dict[str, str]:
    """The parameters of a page, in the order in which people write them."""
    said: dict[str, str] = {}
    if page.window is not None:
        bounds = {"from": page.window.since, "to": page.window.until}
        said |= {name: _instant(bound) for name, bound in bounds.items() if bound is not None}
    said |= own
    if page.limit is not None:
        said |= {"limit": str(page.limit), "offset": str(page.offset)}
    return said | {"at": str(moment)}


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
