"""Tables: their list, their description, and their rows in every format."""

from collections.abc import Mapping
from email.utils import format_datetime
from typing import cast

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from answers.answer import Answer, answer
from answers.mirror import Standing
from api.address import public_address
from api.answering import Answering, Asked
from api.freshness import brought_for, preview_of, wish_of
from api.identity import KEY_HEADER, KEY_PARAMETER, Caller, CallerOf, ServicesOf
from api.jobs import coming
from api.parameters import moment_of, question_of, single_values
from api.services import Services
from api.streaming import encoding_for
from formats import formats
from formats.format import Format
from tabular.errors import NotAcceptable, UnknownFormat
from tabular.table import Column, Table

router = APIRouter(tags=["Tables"])

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""Rows that a browser shows may look like something, and do nothing."""


@router.head("/tables", include_in_schema=False)
@router.get("/tables", summary="The tables that the key sees")
def list_tables(request: Request, caller: CallerOf, services: ServicesOf) -> JSONResponse:
    """Every table with its title, description and the address of its rows."""
    single_values(request.query_params.multi_items(), (KEY_PARAMETER,))
    address = public_address(request, services.settings)
    return JSONResponse({"tables": [_listed(table, address) for table in caller.catalogue]})


@router.head("/tables/{table}/rows", include_in_schema=False)
@router.get("/tables/{table}/rows", summary="Rows, in the format that Accept names")
async def rows_by_accept(request: Request, table: str, caller: CallerOf, services: ServicesOf) -> Response:
    """JSON where the client takes anything; 406 where no format is what it takes."""
    response = await _rows(request, table, _accepted(request.headers.get("Accept", "*/*")), caller, services)
    response.headers.add_vary_header("Accept")
    return response


@router.head("/tables/{name}", include_in_schema=False)
@router.get("/tables/{name}", summary="A table's description, or its rows with .{format}")
async def table_or_rows(request: Request, name: str, caller: CallerOf, services: ServicesOf) -> Response:
    """`/tables/inboundCalls` describes the table; `/tables/inboundCalls.csv` and the other formats give its rows."""
    table, dot, form = name.rpartition(".")
    if dot:
        known = formats()
        caller.catalogue.table(table)
        if form not in known:
            raise UnknownFormat(form, tuple(known))
        return await _rows(request, table, known[form], caller, services)
    single_values(request.query_params.multi_items(), (KEY_PARAMETER,))
    return JSONResponse(_described(caller.catalogue.table(name), services, public_address(request, services.settings)))


async def _rows(request: Request, name: str, form: Format, caller: Caller, services: Services) -> Response:
    """The journey's two ends: parameters into a question, the answer's pieces into a response."""
    asked = single_values(request.query_params.multi_items())
    settings = services.settings
    table = caller.catalogue.table(name)
    pinned = moment_of(asked)
    now = services.now() if pinned is None else pinned.time
    question = question_of(asked, table, caller.catalogue, form, settings.centre_zone, now)
    wish = wish_of(asked, request.headers)
    found, standing = None, Standing()
    # What a moment holds was brought before it: nothing else can come.
    if services.mirror is not None and pinned is None:
        found = await preview_of(question, services.mirror, services.store, settings.history, wish)
        if found is None:
            came = await brought_for(question, services.mirror, services.store, settings.history, wish, now)
            if came.coming is not None:
                return coming(request, services, came.coming)
            standing = came.standing
    is_preview = found is not None
    if found is None:
        version = None if pinned is None else pinned.version
        found = answer(question, services.store, settings.history, now, version)
    encoding = None if form.packed else encoding_for(request.headers.get("Accept-Encoding", ""))
    headers = _headers(found, standing, encoding)
    if _unchanged(request.headers, found):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = f'{"attachment" if form.saved else "inline"}; filename="{name}.{form.name}"'
    headers["Content-Security-Policy"] = _POLICY
    if request.method == "HEAD":
        # As a stream of nothing: a length of 0 would be a wrong one.
        headers["Server-Timing"] = f"plan;dur={found.planning * 1000:.1f}"
        return StreamingResponse(iter(()), headers=headers, media_type=form.media_type)
    answering = cast(Answering, request.app.state.answering)
    return await answering.response(Asked(found, encoding, headers, form.media_type, stays=not is_preview), request)


def _headers(found: Answer, standing: Standing, encoding: str | None) -> dict[str, str]:
    headers = {
        "ETag": found.etag,
        "Cache-Control": "private, no-cache",
        "Vary": f"Accept-Encoding, Authorization, {KEY_HEADER}",
    }
    headers["X-Content-Type-Options"] = "nosniff"
    if found.last_modified is not None and found.as_of is not None:
        headers["Last-Modified"] = format_datetime(found.last_modified, usegmt=True)
        headers["X-Data-As-Of"] = found.as_of.isoformat(timespec="seconds").replace("+00:00", "Z")
    if standing.is_stale:
        headers["X-Data-Stale"] = "true"
    if standing.lacking:
        headers["X-Data-Lacking"] = standing.lacking
    if found.row_count is not None:
        headers["X-Row-Count"] = str(found.row_count)
    if encoding is not None:
        headers["Content-Encoding"] = encoding
    return headers


def _unchanged(headers: Mapping[str, str], found: Answer) -> bool:
    """Whether the client has this answer already (RFC 9110, 13.2.2: If-None-Match comes before If-Modified-Since)."""
    if "If-None-Match" in headers:
        given = [tag.strip() for tag in headers["If-None-Match"].split(",")]
        return "*" in given or found.etag in given or found.etag.removeprefix("W/") in given
    return False


def _accepted(accept: str) -> Format:
    """The format that an Accept header prefers, JSON where it takes all. Raises NotAcceptable."""
    known = formats()
    by_media = {form.media_type.partition(";")[0]: form for form in reversed(known.values())}
    ranked: list[tuple[float, int, Format]] = []
    for place, part in enumerate(accept.split(",")):
        media, *parameters = (piece.strip() for piece in part.split(";"))
        quality = next((p.removeprefix("q=") for p in parameters if p.startswith("q=")), "1")
        form = by_media.get(media.lower()) or (known["json"] if media in ("*/*", "application/*") else None)
        weight = float(quality) if quality.replace(".", "", 1).isdecimal() else 0.0
        if form is not None and weight > 0:
            ranked.append((-weight, place, form))
    if not ranked:
        raise NotAcceptable(accept, tuple(by_media))
    return min(ranked, key=lambda one: one[:2])[2]


def _listed(table: Table, address: str) -> dict[str, object]:
    return {
        "name": table.name,
        "title": table.title,
        "description": table.description,
        "grain": table.grain.value,
        "clock": table.clock_column.name if table.clock_column else None,
        "columns": len(table.columns),
        "links": _links(table, address),
    }


def _links(table: Table, address: str) -> dict[str, str]:
    return {"self": f"{address}/tables/{table.name}"} | {
        name: f"{address}/tables/{table.name}.{name}" for name in formats()
    }


def _described(table: Table, services: Services, address: str) -> dict[str, object]:
    now = services.now()
    return _listed(table, address) | {
        "key": [name for name in table.key if name in table.spellings],
        "columns": [_column(column) for column in table.columns],
        "months": [
            {
                "month": None if partition.month is None else str(partition.month),
                "rows": None if table.element else partition.rows,
                "fetched": partition.fetched.isoformat(timespec="seconds").replace("+00:00", "Z"),
                "age": round((now - partition.fetched).total_seconds()),
                "settled": partition.settled,
                "version": partition.version,
            }
            for partition in services.store.partitions(table.stored_as)
        ],
    }


def _column(column: Column) -> dict[str, object]:
    described: dict[str, object] = {
        "name": column.name,
        "label": column.label,
        "path": column.path,
        "type": column.type.value,
        "description": column.description,
        "nullable": column.nullable or column.mask is not None,
    }
    if column.unit:
        described["unit"] = column.unit
    if column.values:
        described["values"] = list(column.values)
    if column.mask is not None:
        described["masked"] = column.mask.kind.value
    return described
