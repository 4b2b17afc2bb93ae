"""Tables: their list, their description, and their rows in every format."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from api.address import public_address
from api.freshness import wish_of
from api.identity import KEY_PARAMETER, Caller, CallerOf, ServicesOf
from api.parameters import moment_of, question_of, single_values
from api.rows import rows_of
from api.services import Services
from datamodel.sql.tables import BY_NAME
from formats import formats
from formats.format import Format
from tabular.errors import NotAcceptable, UnknownFormat
from tabular.month import Month
from tabular.partition import Partition
from tabular.table import Column, Table

router = APIRouter(tags=["Tables"])


@router.head("/tables", include_in_schema=False)
@router.get("/tables", summary="The tables that the key sees")
def list_tables(request: Request, caller: CallerOf, services: ServicesOf) -> JSONResponse:
    """Every table with its title, description and the address of its rows."""
    single_values(request.query_params.multi_items(), (KEY_PARAMETER,))
    address = public_address(request, services.settings)
    views = caller.catalogue.views
    return JSONResponse({"tables": [_listed(table, address, table.name in views) for table in caller.catalogue]})


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
    address, is_view = public_address(request, services.settings), name in caller.catalogue.views
    return JSONResponse(_described(caller.catalogue.table(name), services, address, is_view))


async def _rows(request: Request, name: str, form: Format, caller: Caller, services: Services) -> Response:
    """The rows that the parameters ask for."""
    asked = single_values(request.query_params.multi_items())
    table = caller.catalogue.table(name)
    moment = moment_of(asked)
    now = services.now() if moment is None else moment.time
    question = question_of(asked, table, caller.catalogue, form, services.settings.centre_zone, now)
    return await rows_of(question, wish_of(asked, request.headers), request, services, now, moment)


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


def _listed(table: Table, address: str, is_view: bool) -> dict[str, object]:
    definition = {"definition": f"{address}/views/{table.name}"} if is_view else {}
    return {
        "name": table.name,
        "title": table.title,
        "description": table.description,
        "grain": table.grain.value,
        "clock": table.clock_column.name if table.clock_column else None,
        "columns": len(table.columns),
        "links": _links(table, address) | definition,
    }


def _links(table: Table, address: str) -> dict[str, str]:
    return {"self": f"{address}/tables/{table.name}"} | {
        name: f"{address}/tables/{table.name}.{name}" for name in formats()
    }


def _described(table: Table, services: Services, address: str, is_view: bool) -> dict[str, object]:
    now = services.now()
    found = _listed(table, address, is_view) | {
        "key": [name for name in table.key if name in table.spellings],
        "columns": [described(column) for column in table.columns],
    }
    found |= _sql(table)
    if is_view:
        return found  # what it reads has months
    return found | {
        "months": [
            _month(month, list(held), table, now)
            for month, held in groupby(services.store.holding(table), key=lambda one: one.month)
        ],
    }


def _sql(table: Table) -> dict[str, object]:
    """What the table is for advanced queries, if it is one of theirs."""
    declared = BY_NAME.get(table.name) if table.tells_of else None
    if declared is None:
        return {}
    types = {column.name: column.sql_type for column in declared.columns}
    return {
        "sql": {
            "area": declared.area.value,
            "name": f"{declared.name}_yyyymm" if declared.monthly else declared.name,
            "types": {column.name: types[column.name] for column in table.columns},
        }
    }


def _month(month: Month | None, held: Sequence[Partition], table: Table, now: datetime) -> dict[str, object]:
    """What is held of a month: several partitions, where the table's rows are those of several others."""
    fetched = min(one.fetched for one in held)
    return {
        "month": None if month is None else str(month),
        "rows": None if table.element else sum(one.rows for one in held),
        "fetched": fetched.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "age": round((now - fetched).total_seconds()),
        "settled": all(one.settled for one in held),
        "version": max(one.version for one in held),
    }


def described(column: Column) -> dict[str, object]:
    """A column as the description of its table says it."""
    told: dict[str, object] = {
        "name": column.name,
        "label": column.label,
        "path": column.path,
        "type": column.type.value,
        "description": column.description,
        "nullable": column.nullable or column.mask is not None,
    }
    if column.unit:
        told["unit"] = column.unit
    if column.values:
        told["values"] = list(column.values)
    if column.mask is not None:
        told["masked"] = column.mask.kind.value
    return told
