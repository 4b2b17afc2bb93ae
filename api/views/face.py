"""`/views`: saved questions are kept, listed and forgotten; `/tables/{name}.{format}` serves their rows."""

import re
from dataclasses import replace
from datetime import datetime

from anyio import to_thread
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from answers.answer import answer
from answers.importing.importing import Prepared
from answers.views import Viewed
from api.address import KEY_PARAMETER, public_address
from api.body import given_in
from api.identity import Caller, CallerOf, ServicesOf
from api.importing import IMPORT_PARAMETERS
from api.parameters import PARAMETERS, single_values
from api.services import Services
from api.tables import described
from api.views.sights import path_of
from datamodel.catalogue import documented
from odata.model import CONTAINER
from store.views import Declared, Kind, Shelf, View
from tabular.errors import BadValue, NameTaken, UnknownView, ViewOfOthers
from tabular.query import Query
from tabular.table import label_of

router = APIRouter(tags=["Views"])

_OF_READERS = ("at", "times", "header", "csv", "sep", "decimal", "fresh", "partial", "wait", KEY_PARAMETER)
"""Parameters that say how rows are written or waited for: whoever reads a view says that."""

_ASKED = tuple(one.name for one in PARAMETERS if one.name not in _OF_READERS)
_OF_IMPORTS = tuple(one.name for one in IMPORT_PARAMETERS if one.name not in _OF_READERS)
_OWN = ("table", "title", "description")
_NAMES = tuple(dict.fromkeys((*_OWN, *_ASKED, *_OF_IMPORTS)))
_BODY = 'a JSON object such as {"table": "inboundCalls", "last": "7d", "columns": "id,cli"}'

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}", re.ASCII)
_COLUMN = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,127}", re.ASCII)
_LONGEST = {"title": 100, "description": 1000}

_TYPES = {"variables": ["string", "object"], "columns": ["string", "array"]}

_OPENAPI = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {
                        name: {"type": _TYPES.get(name, ["string", "integer", "boolean"])} for name in _NAMES
                    },
                    "additionalProperties": False,
                }
            }
        },
    }
}


@router.put("/views/{name}", summary="Keep a question as a view", openapi_extra=_OPENAPI)
async def put(request: Request, name: str, caller: CallerOf, services: ServicesOf) -> JSONResponse:
    """A JSON object: `table`, which may be a view, and the parameters of its rows, or `query` and those of an import;
    perhaps a `title` and a `description`. From then on `/tables/{name}` is a table with these columns. 201 for a new
    view, 200 for one in the place of another."""
    single_values(request.query_params.multi_items(), (KEY_PARAMETER,))
    given = await given_in(request, _NAMES, _BODY)
    now, shelf = services.now(), await to_thread.run_sync(services.views.shelf)
    before = _free(name, caller, services, shelf)
    viewed = await to_thread.run_sync(lambda: _asked(name, given, caller, services, shelf, now))
    await to_thread.run_sync(services.views.put, viewed.view)
    kept = viewed.view if before is None else replace(viewed.view, made=before.made)
    told = _told(kept, caller, public_address(request, services.settings), viewed)
    return JSONResponse(told, 201 if before is None else 200, {"Cache-Control": "no-store"})


@router.head("/views", include_in_schema=False)
@router.get("/views", summary="The views that the key sees")
def list_views(request: Request, caller: CallerOf, services: ServicesOf) -> JSONResponse:
    """Every view with its question; `problem` says why one cannot be read any more."""
    single_values(request.query_params.multi_items(), (KEY_PARAMETER,))
    address, shelf = public_address(request, services.settings), services.views.shelf()
    told = [_told(view, caller, address) for view in shelf.views.values() if _is_seen(view, caller)]
    return JSONResponse({"views": told}, headers={"Cache-Control": "no-store"})


@router.head("/views/{name}", include_in_schema=False)
@router.get("/views/{name}", summary="A view's question, and the table that it is")
def view(request: Request, name: str, caller: CallerOf, services: ServicesOf) -> JSONResponse:
    """What was kept, and the columns that the key sees of it."""
    single_values(request.query_params.multi_items(), (KEY_PARAMETER,))
    found = _found(name, caller, services.views.shelf())
    told = _told(found, caller, public_address(request, services.settings), caller.catalogue.views.get(name))
    return JSONResponse(told, headers={"Cache-Control": "no-store"})


@router.delete("/views/{name}", status_code=204, summary="Forget a view")
def delete(request: Request, name: str, caller: CallerOf, services: ServicesOf) -> Response:
    """Only the key that kept it may, or one that sees every table and column."""
    single_values(request.query_params.multi_items(), (KEY_PARAMETER,))
    _check_owner(_found(name, caller, services.views.shelf()), caller)
    services.views.delete(name)
    return Response(status_code=204)


def _free(name: str, caller: Caller, services: Services, shelf: Shelf) -> View | None:
    """The view that another one of that name replaces, if there is one. Raises BadValue, NameTaken, ViewOfOthers."""
    if not _NAME.fullmatch(name):
        raise BadValue("The name of a view", name, "up to 64 letters, digits and _, a letter first")
    folded = name.casefold()
    for table in (*services.catalogue.names, *documented().names):
        if table.casefold() == folded:
            raise NameTaken(name, f"the table {table}")
    if folded == CONTAINER.casefold():
        raise NameTaken(name, "what holds the sets of OData")
    before = shelf.named_like(name)
    if before is None:
        return None
    if before.name != name:
        raise NameTaken(name, f"the view {before.name}, but for its capitals")
    _check_owner(before, caller)
    return before


def _check_owner(view: View, caller: Caller) -> None:
    if not _is_owner(view, caller):
        raise ViewOfOthers(view.name)


def _is_owner(view: View, caller: Caller) -> bool:
    return view.by == caller.key.name or caller.key.restriction.is_open


def _asked(name: str, given: dict[str, str], caller: Caller, services: Services, shelf: Shelf, now: datetime) -> Viewed:
    """The view that a body asks for, bound to what the key sees. Raises AskedWrong."""
    title = _line("title", given.get("title", "").strip()) or label_of(name)
    description, source = _line("description", given.get("description", "").strip()), given.get("table", "")
    is_import = "query" in given and not source
    names, other = (_OF_IMPORTS, "a table's") if is_import else (_ASKED, "an import's")
    for one in given:
        if one not in (*_OWN, *names):
            raise BadValue(one, given[one], f"nothing here: it is {other}")
    asked = {one: text for one, text in given.items() if one in names}
    kind = Kind.IMPORT if is_import else Kind.TABLE
    view = View(name, kind, source, asked, (), title, description, now, now, caller.key.name)
    path_of(shelf, view)
    seen = caller.catalogue
    if not is_import:
        seen.table(source)
    binding = services.sights.binding(shelf, seen.tables, services.catalogue)
    viewed = binding.bound(view)
    question = viewed.ask(now)
    if isinstance(question, Prepared):
        shown = viewed.table.columns[1:]  # behind the number of the row
        columns = tuple(Declared(one.name, one.type, one.description, one.unit) for one in shown)
        return binding.bound(replace(view, columns=columns))
    # All that may be refused is refused now, and nothing is read.
    answer(question, services.store, services.settings.history, now)
    return binding.bound(replace(view, columns=_declared(question.query, asked.get("columns", "*"))))


def _declared(query: Query, text: str) -> tuple[Declared, ...]:
    """The columns of a question as a view declares them. Raises BadValue."""
    names: dict[str, str] = {}
    for one in query.columns:
        if not _COLUMN.fullmatch(one.name):
            expected = f'columns that are called with letters, digits and _ in a view: not "{one.name[:60]}"'
            raise BadValue("columns", text, expected)
        if one.name.casefold() in names:
            expected = f'columns that differ by more than capitals in a view: not "{one.name}" beside another'
            raise BadValue("columns", text, expected)
        names[one.name.casefold()] = one.name
    return tuple(Declared(one.name, one.column.type, one.column.description, one.column.unit) for one in query.columns)


def _line(name: str, text: str) -> str:
    if len(text) > _LONGEST[name] or not text.isprintable():
        raise BadValue(name, text, f"up to {_LONGEST[name]:,} letters on one line")
    return text


def _is_seen(view: View, caller: Caller) -> bool:
    seen = caller.catalogue
    return view.name in seen.views or view.name in seen.broken or view.by == caller.key.name


def _found(name: str, caller: Caller, shelf: Shelf) -> View:
    """The view of that name, if the key may know of it. Raises UnknownView."""
    found = shelf.views.get(name)
    if found is None or not _is_seen(found, caller):
        raise UnknownView(name, tuple(one.name for one in shelf.views.values() if _is_seen(one, caller)))
    return found


def _told(view: View, caller: Caller, address: str, viewed: Viewed | None = None) -> dict[str, object]:
    """A view as it was kept; with `viewed` as the table that it is now.

    Its question is for those who may change it: a filter may name what others see masked.
    """
    declared = [{"name": one.name, "type": one.type.value} for one in view.columns]
    told: dict[str, object] = {
        "name": view.name,
        "kind": view.kind.value,
        "title": view.title,
        "description": view.description,
        "table": view.source,
        "parameters": dict(view.asked) if _is_owner(view, caller) else None,
        "columns": declared if viewed is None else [described(column) for column in viewed.table.columns],
        "made": _instant(view.made),
        "changed": _instant(view.changed),
        "by": view.by,
        "links": {"self": f"{address}/views/{view.name}", "table": f"{address}/tables/{view.name}"},
    }
    seen = caller.catalogue
    if viewed is None and view.name not in seen.views:
        told["problem"] = f"It {seen.broken.get(view.name, 'reads what this key does not see')}."
    return told


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
