"""`/pushes` and `/push`: pushes are kept, listed and forgotten; they run, and tell how far they are."""

import asyncio
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response

from api.address import public_address
from api.body import given_in
from api.identity import KEY_PARAMETER, Caller, CallerOf, ServicesOf
from api.parameters import single_values
from api.push.asking import ASKED, PLACED, Asking, wanted_from
from api.push.keeping import KEPT, push_from
from api.push.pusher import Task
from api.services import Services
from store.pushes import Push, Run, State, Wanted
from tabular.errors import BadValue, UnknownRun

router = APIRouter(tags=["Pushes"])

LONGEST_WAIT = 60
RUNS = 20
"""Last runs that are told with a push."""

_NAMES = (*PLACED, *ASKED)
_RUN = (*_NAMES, "push", "wait")
_BODY = 'a JSON object such as {"table": "inboundCalls", "last": "7d", "spreadsheet": "https://docs.google.com/…"}'
_COUNT = re.compile(r"[0-9]{1,2}")
_NEVER_KEPT = {"Cache-Control": "no-store"}
_ID = Annotated[str, Path(alias="id")]
_LISTS = ("columns", "keys")


def _openapi(names: tuple[str, ...]) -> dict[str, object]:
    scalar, listed = ["string", "integer", "boolean"], ["string", "array"]
    properties = {name: {"type": listed if name in _LISTS else scalar} for name in names}
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


@router.put("/pushes/{name}", summary="Keep a push", openapi_extra=_openapi(KEPT))
async def put(request: Request, name: str, caller: CallerOf, services: ServicesOf) -> JSONResponse:
    """A JSON object: `table` and the parameters of its rows, `spreadsheet` (its address), perhaps `sheet` (the table's
    name), `anchor` (A1), `mode` (replace, append or merge), `keys` (of merge), `schedule` (cron, in the centre's zone)
    and `paused`. The rows are those that the asking key sees at each run. 201 for a new push, 200 for a changed one."""
    single_values(request.query_params.multi_items(), (KEY_PARAMETER,))
    given = await given_in(request, KEPT, _BODY)
    push = await to_thread.run_sync(push_from, name, given, caller.key, caller.catalogue, services)
    is_new = await to_thread.run_sync(services.pusher.journal.put, push)
    found = await to_thread.run_sync(services.pusher.journal.find, name)
    told = _told(found, (), public_address(request, services.settings))
    return JSONResponse(told, 201 if is_new else 200, _NEVER_KEPT)


@router.head("/pushes", include_in_schema=False)
@router.get("/pushes", summary="The pushes of a key")
def list_pushes(request: Request, caller: CallerOf, services: ServicesOf) -> JSONResponse:
    """Each with what it writes where, when it is due, how often it has failed in a row, and its last run."""
    single_values(request.query_params.multi_items(), (KEY_PARAMETER,))
    journal, address = services.pusher.journal, public_address(request, services.settings)
    told = [_told(push, journal.runs(push.key, push.name, 1), address) for push in journal.all(caller.key.name)]
    return JSONResponse({"pushes": told}, headers=_NEVER_KEPT)


@router.head("/pushes/{name}", include_in_schema=False)
@router.get("/pushes/{name}", summary="A push, and its last runs")
def push(request: Request, name: str, caller: CallerOf, services: ServicesOf) -> JSONResponse:
    """What was kept, and its runs, the newest first."""
    single_values(request.query_params.multi_items(), (KEY_PARAMETER,))
    journal, address = services.pusher.journal, public_address(request, services.settings)
    found = journal.find(name, caller.key.name)
    return JSONResponse(_told(found, journal.runs(found.key, name, RUNS), address), headers=_NEVER_KEPT)


@router.delete("/pushes/{name}", status_code=204, summary="Forget a push")
def delete(request: Request, name: str, caller: CallerOf, services: ServicesOf) -> Response:
    """What it has written stays in the spreadsheet. A run that is under way goes on."""
    single_values(request.query_params.multi_items(), (KEY_PARAMETER,))
    services.pusher.journal.delete(services.pusher.journal.find(name, caller.key.name).name)
    return Response(status_code=204)


@router.post("/push", status_code=202, summary="Run a push now", openapi_extra=_openapi(_RUN))
async def run(request: Request, caller: CallerOf, services: ServicesOf) -> JSONResponse:
    """A JSON object: `push`, the name of one that was kept, or all that `PUT /pushes/{name}` takes but its schedule.
    202 with the run's address; with `wait`, so many seconds, 200 if it is over by then. A run that failed says why in
    `error`."""
    asked = single_values(request.query_params.multi_items(), (KEY_PARAMETER, "wait"))
    given = await given_in(request, _RUN, _BODY)
    seconds = _seconds(asked | {name: text for name, text in given.items() if name == "wait"})
    task = await to_thread.run_sync(lambda: _begun(given, caller, services))
    return await _status(task.run.id, task, seconds, caller, services, public_address(request, services.settings))


@router.head("/push", include_in_schema=False)
@router.get("/push", summary="The last runs of a key")
def list_runs(request: Request, caller: CallerOf, services: ServicesOf) -> JSONResponse:
    """Those of all its pushes, and those without a name, the newest first."""
    single_values(request.query_params.multi_items(), (KEY_PARAMETER,))
    address = public_address(request, services.settings)
    found = services.pusher.journal.runs(caller.key.name)
    told = [told_of(one, services.pusher.task(one.id), address) for one in found]
    return JSONResponse({"runs": told}, headers=_NEVER_KEPT)


@router.head("/push/{id}", include_in_schema=False)
@router.get("/push/{id}", summary="How far a run is")
async def status(request: Request, name: _ID, caller: CallerOf, services: ServicesOf) -> JSONResponse:
    """`state` is waiting (for another run of the spreadsheet), running, done, failed or cancelled; `staged` of `rows`
    are gathered. With `wait` it is told when the run is over, or after so many seconds."""
    asked = single_values(request.query_params.multi_items(), (KEY_PARAMETER, "wait"))
    task = services.pusher.task(name)
    if task is not None and task.run.key != caller.key.name:
        raise UnknownRun(name)
    address = public_address(request, services.settings)
    response = await _status(name, task, _seconds(asked), caller, services, address)
    response.status_code = 200
    return response


@router.delete("/push/{id}", status_code=204, summary="Cancel a run")
def cancel(request: Request, name: _ID, caller: CallerOf, services: ServicesOf) -> Response:
    """It stops before its next request to Google, and what it has gathered is removed: the table stays as it was. A
    table that is being swapped, or was, is not changed back."""
    single_values(request.query_params.multi_items(), (KEY_PARAMETER,))
    services.pusher.cancel(services.pusher.journal.run(name, caller.key.name).id)
    return Response(status_code=204)


def _begun(given: dict[str, str], caller: Caller, services: Services) -> Task:
    """The run that a body asks for, under way. Raises TablesError."""
    pusher, key = services.pusher, caller.key.name
    if "push" in given:
        for other in given:
            if other not in ("push", "wait"):
                raise BadValue(other, given[other], "nothing beside push: PUT /pushes/{name} changes what it writes")
        found = pusher.journal.find(given["push"], key)
        pusher.check_account(services.settings)
        return pusher.begin(Asking(services), found.wanted, key, "request", found.name)
    wanted = wanted_from(given, caller.catalogue, services, services.now())
    pusher.check_account(services.settings)
    return pusher.begin(Asking(services), wanted, key, "request")


def _seconds(asked: dict[str, str]) -> float:
    text = asked.get("wait", "0")
    if not _COUNT.fullmatch(text) or int(text) > LONGEST_WAIT:
        raise BadValue("wait", text, f"a number of seconds from 0 to {LONGEST_WAIT}")
    return float(text)


async def _status(
    name: str, task: Task | None, seconds: float, caller: Caller, services: Services, address: str
) -> JSONResponse:
    """How a run stands, at the latest after some seconds: 200 if it is over, else 202."""
    if task is not None and seconds:
        over = asyncio.wrap_future(task.future)
        over.add_done_callback(lambda ended: ended.exception())  # the journal tells it
        await asyncio.wait([over], timeout=seconds)
    found = await to_thread.run_sync(services.pusher.journal.run, name, caller.key.name)
    told = told_of(found, services.pusher.task(name), address)
    if found.is_over:
        return JSONResponse(told, 200, _NEVER_KEPT)
    return JSONResponse(told, 202, _NEVER_KEPT | {"Location": f"{address}/push/{name}", "Retry-After": "5"})


def _written(wanted: Wanted) -> dict[str, object]:
    return {
        "table": wanted.table,
        "parameters": dict(wanted.asked),
        "spreadsheet": f"https://docs.google.com/spreadsheets/d/{wanted.spreadsheet}/edit",
        "sheet": wanted.sheet,
        "anchor": wanted.anchor,
        "mode": wanted.mode.value,
        "keys": list(wanted.keys),
    }


def _told(push: Push, runs: Sequence[Run], address: str) -> dict[str, object]:
    """A push with its runs."""
    listed = [told_of(one, None, address) for one in runs]
    return {
        "name": push.name,
        **_written(push.wanted),
        "schedule": push.schedule,
        "paused": push.paused,
        "due": None if push.due is None or push.paused else _instant(push.due),
        "failures": push.failures,
        "made": _instant(push.made),
        "changed": _instant(push.changed),
        "runs": listed,
    }


def told_of(run: Run, task: Task | None, address: str) -> dict[str, object]:
    """A run, and how far it is if it is under way."""
    told: dict[str, object] = {
        "id": run.id,
        "push": run.push,
        "state": run.state.value,
        "phase": run.phase.value,
        **_written(run.wanted),
        "origin": run.origin,
        "began": _instant(run.began),
        "ended": None if run.ended is None else _instant(run.ended),
        "rows": run.rows,
        "staged": run.staged if task is None else max(run.staged, task.done),
        "requests": run.requests,
        "self": f"{address}/push/{run.id}",
    }
    if run.state is State.FAILED:
        told["error"] = {"code": run.code, "title": run.error}
    return told


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
