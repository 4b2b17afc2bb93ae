"""Jobs over HTTP: how far they are, their results, and their end."""

import re
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response

from api.address import public_address
from api.giving import refreshed, unchanged
from api.identity import KEY_PARAMETER, CallerOf, ServicesOf
from api.jobs.waiting import ended, file_of, jobs_of
from api.parameters import single_values
from tabular.errors import BadValue, JobUnfinished, NoSuchPage

router = APIRouter(tags=["Jobs"])

LONGEST_WAIT = 60
ASIDE = 2.0
"""Seconds for which a status is held where no months are waited for and nothing else is asked for."""

_ID = Annotated[str, Path(alias="id")]
_COUNT = re.compile(r"[0-9]{1,2}")
_NEVER_KEPT = {"Cache-Control": "no-store"}


@router.head("/jobs", include_in_schema=False)
@router.get("/jobs", summary="The jobs of a key")
async def list_jobs(request: Request, caller: CallerOf, services: ServicesOf) -> JSONResponse:
    """Those that the asking key was given the address of, oldest first, each as its status says."""
    single_values(request.query_params.multi_items(), (KEY_PARAMETER,))
    address = public_address(request, services.settings)
    told = [job.told(address) for job in jobs_of(request).all(caller.key.name)]
    return JSONResponse({"jobs": told}, headers=_NEVER_KEPT)


@router.head("/jobs/{id}", include_in_schema=False)
@router.get("/jobs/{id}", summary="How far a job is")
async def status(request: Request, name: _ID, caller: CallerOf, services: ServicesOf) -> JSONResponse:
    """`state` is coming (months are), making, ready, failed, cancelled or forgotten; `result` is where the answer is,
    until `expires`. With `wait` it is told when the job is over, or after so many seconds."""
    asked = single_values(request.query_params.multi_items(), (KEY_PARAMETER, "wait"))
    found = jobs_of(request).find(caller.key.name, name)
    if "wait" in asked and (not _COUNT.fullmatch(asked["wait"]) or int(asked["wait"]) > LONGEST_WAIT):
        raise BadValue("wait", asked["wait"], f"a number of seconds from 0 to {LONGEST_WAIT}")
    await ended(found, float(asked["wait"]) if "wait" in asked else 0.0 if found.is_coming else ASIDE)
    again = {} if found.is_over else {"Retry-After": str(found.seconds_left)}
    return JSONResponse(found.told(public_address(request, services.settings)), headers=_NEVER_KEPT | again)


@router.head("/jobs/{id}/result", include_in_schema=False)
@router.get("/jobs/{id}/result", summary="What a job has made")
async def result(request: Request, name: _ID, caller: CallerOf, services: ServicesOf) -> Response:
    """The answer as the question asked for it: format, encoding, headers. Ranges of its bytes may be asked for. Of a
    job that failed the refusal, 409 while it is under way, 410 when it is no longer kept."""
    single_values(request.query_params.multi_items(), (KEY_PARAMETER,))
    found = jobs_of(request).find(caller.key.name, name)
    if not found.is_over:
        raise JobUnfinished(found.seconds_left)
    refusal = found.refusal()
    if refusal is not None:
        raise refusal
    if found.asked is None or found.result is None:
        # Its months are there, and that is all it was for.
        raise NoSuchPage(request.url.path)
    if unchanged(found.asked, request):
        return refreshed(found.asked)
    return file_of(found.result, found.asked)


@router.delete("/jobs/{id}", status_code=204, summary="Cancel a job, or remove its result")
async def end(request: Request, name: _ID, caller: CallerOf, services: ServicesOf) -> Response:
    """Its work stops at once. Months that are on their way come all the same: they are everybody's."""
    single_values(request.query_params.multi_items(), (KEY_PARAMETER,))
    jobs = jobs_of(request)
    jobs.end(jobs.find(caller.key.name, name))
    return Response(status_code=204)
