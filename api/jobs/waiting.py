"""Waiting: a request that takes 202 gets the answer if it comes in time, and else the address of its job."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from functools import partial
from math import inf
from typing import cast
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import FileResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from answers.mirror import Wanted
from api.address import public_address
from api.answering import Asked
from api.freshness import Wish, over
from api.giving import given, has, refreshed, unchanged
from api.identity import KEY_PARAMETER, key_of, opened_by
from api.jobs.job import Job, State
from api.jobs.jobs import Ask, Jobs
from api.jobs.spool import Result
from api.services import Services

MOMENT = 2.0
"""Seconds that every answer has once its months are there: nobody is sent away for less."""


_RANGE = re.compile(rb"bytes=(\d{0,18})-(\d{0,18})", re.IGNORECASE)


def jobs_of(request: Request) -> Jobs:
    """The jobs of the app."""
    return cast(Jobs, request.app.state.jobs)


async def response(
    request: Request, services: Services, wish: Wish, ask: Callable[[Wish], Awaitable[Asked]], said: str = ""
) -> Response:
    """What `ask` brings and plans as a wish says; for a request that takes 202, only if it is made in the seconds of
    the wish, and else 202: the work goes on.

    `ask` may go on when the request is over: it reads nothing of it that may be gone then. `said` is what the question
    depends on besides the address. Raises TablesError.
    """
    if not wish.later:
        return await given(await ask(wish), request)
    jobs, job = jobs_of(request), _taken(request, services, wish, ask, said)
    job.waiting += 1
    gone = asyncio.create_task(_left(request.receive))
    try:
        await _wait(job, wish.seconds, gone, request)
        refusal = job.refusal()
        if refusal is not None:
            raise refusal
        asked = job.asked
        if asked is not None and unchanged(asked, request):
            return refreshed(asked)
        if asked is not None and request.method == "HEAD":
            return has(asked)
        if asked is not None and job.state is State.READY:
            return _given(job, asked)
        if gone.done():
            return Response(status_code=503)  # nobody reads it
        jobs.tell(job)
        return _coming(job, request, services)
    finally:
        gone.cancel()
        jobs.leave(job)


def coming(request: Request, services: Services, wanted: Wanted) -> Response:
    """202 for an answer that is none of rows: its job brings the months alone, and the question is asked again."""

    async def ask(wish: Wish) -> None:
        wish.hear(wanted)
        await over(wanted, inf)
        if wanted.failure is not None:
            raise wanted.failure

    jobs, job = jobs_of(request), _taken(request, services, Wish(), ask, "")
    job.hear(wanted)
    job.waiting += 1
    try:
        jobs.tell(job)
        return _coming(job, request, services)
    finally:
        jobs.leave(job)


def file_of(result: Result, asked: Asked) -> Response:
    """The response that brings a result, which is held meanwhile."""
    return _Held(result, asked)


async def ended(job: Job, seconds: float) -> None:
    """Wait until a job is over, or so many seconds."""
    ends = asyncio.get_running_loop().time() + seconds
    while not job.is_over and (left := ends - asyncio.get_running_loop().time()) > 0:
        await asyncio.wait({job.changed}, timeout=left)


def _taken(request: Request, services: Services, wish: Wish, ask: Ask, said: str) -> Job:
    sent = key_of(request)
    check = partial(_still, services, sent)
    owner = opened_by(services, sent)[0].name
    # Where the rows are, without the key: whoever asks brings his own.
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != KEY_PARAMETER]
    asked = sorted((name, value) for name, value in kept if name != "wait")
    question = repr((request.url.path, asked, wish.fresh, wish.partial, said))
    rows = f"{request.url.path}?{urlencode(kept)}"
    return jobs_of(request).taken(owner, question, rows, wish, ask, check)


def _still(services: Services, sent: str) -> None:
    """Raise KeyRefused or SheetTokenRefused where what was sent opens nothing any more."""
    opened_by(services, sent)


async def _wait(job: Job, seconds: float, gone: asyncio.Task[None], request: Request) -> None:
    """Wait until there is something to say, time is over, or nobody listens any more."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while not job.is_over and not gone.done():
        if job.asked is not None and (request.method == "HEAD" or unchanged(job.asked, request)):
            return
        left = _end(job, began + seconds) - loop.time()
        if left <= 0:
            return
        await asyncio.wait({job.changed, gone}, timeout=left, return_when=asyncio.FIRST_COMPLETED)


def _end(job: Job, ends: float) -> float:
    """When a wait that was to end at a time of the loop does end: not between months that are there and quick rows."""
    if job.state is State.MAKING:
        return max(ends, job.planned + MOMENT)
    return ends if job.is_coming else ends + MOMENT


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _given(job: Job, asked: Asked) -> Response:
    """The answer, made in time."""
    return _Held(job.result, asked) if job.result is not None else asked.whole(job.body or b"", "job")


def _coming(job: Job, request: Request, services: Services) -> Response:
    """202: the answer is on its way, and there is an address that tells how far it is."""
    address = public_address(request, services.settings)
    headers = {
        "Location": f"{address}/jobs/{job.id}",
        "Retry-After": str(job.seconds_left),
        "Cache-Control": "no-store",
    }
    return JSONResponse(job.told(address), 202, headers)


def _is_range(value: bytes) -> bool:
    """Whether a header names one range of bytes; any other may be ignored (RFC 9110, 14.2).

    >>> _is_range(b"bytes=0-99"), _is_range(b"bytes=-5"), _is_range(b"bytes=9-1"), _is_range(b"lines=1-2")
    (True, True, False, False)
    """
    found = _RANGE.fullmatch(value.strip())
    return found is not None and any(found.groups()) and (not all(found.groups()) or int(found[1]) <= int(found[2]))


class _Held(FileResponse):
    """A response out of a file that stays until it is sent, whatever becomes of its job."""

    def __init__(self, result: Result, asked: Asked) -> None:
        super().__init__(result.path, headers=asked.timed("job"), media_type=asked.media_type)
        self._result = result.hold()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(name, value) for name, value in scope["headers"] if name != b"range" or _is_range(value)]
        try:
            await super().__call__({**scope, "headers": headers}, receive, send)
        finally:
            self._result.drop()
