"""Jobs: what a request that takes 202 is told of the months that it waits for."""

from collections import OrderedDict
from secrets import token_urlsafe
from threading import Lock
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from answers.mirror import Wanted
from api.address import public_address
from api.identity import KEY_PARAMETER, CallerOf, ServicesOf
from api.services import Services
from tabular.errors import NoSuchPage

router = APIRouter(tags=["Tables"])

KEPT = 1000
"""Jobs that are remembered: the oldest is forgotten first."""


class Jobs:
    """The months that requests have been told to wait for, by a name that nobody can guess."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._known: OrderedDict[str, tuple[Wanted, str]] = OrderedDict()

    def note(self, wanted: Wanted, rows: str) -> str:
        """Remember what is wanted, with the address of the rows; its name."""
        name = token_urlsafe(12)
        with self._guard:
            self._known[name] = wanted, rows
            if len(self._known) > KEPT:
                self._known.popitem(last=False)
        return name

    def find(self, name: str) -> tuple[Wanted, str] | None:
        """What is wanted under a name, and where its rows are."""
        with self._guard:
            return self._known.get(name)


def coming(request: Request, services: Services, wanted: Wanted) -> Response:
    """202: the rows are on their way, and there is an address that tells how far they are."""
    # Where the rows are, without the key: whoever asks brings his own.
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != KEY_PARAMETER]
    rows = f"{public_address(request, services.settings)}{request.url.path}?{urlencode(kept)}"
    name = request.app.state.jobs.note(wanted, rows)
    status = f"{public_address(request, services.settings)}/jobs/{name}"
    headers = {"Location": status, "Retry-After": str(wanted.seconds_left), "Cache-Control": "no-store"}
    return JSONResponse(_told(wanted, rows), 202, headers)


@router.get("/jobs/{name}", summary="How far the months are that a request waits for")
async def job(request: Request, name: str, caller: CallerOf, services: ServicesOf) -> JSONResponse:
    """Pages fetched of all, and the seconds that are left; `state` is coming, ready or failed."""
    found = request.app.state.jobs.find(name)
    if found is None:
        raise NoSuchPage(f"/jobs/{name}")
    wanted, rows = found
    headers = {"Cache-Control": "no-store"}
    if not wanted.is_over:
        headers["Retry-After"] = str(wanted.seconds_left)
    return JSONResponse(_told(wanted, rows), headers=headers)


def _told(wanted: Wanted, rows: str) -> dict[str, object]:
    done, of = wanted.pages
    failure = wanted.failure
    state = "failed" if failure is not None else "ready" if wanted.is_over else "coming"
    told: dict[str, object] = {"state": state, "pages": done, "of": of or None, "rows": rows}
    if state == "coming":
        told["seconds"] = wanted.seconds_left
    if failure is not None:
        told["error"] = str(failure)
    return told
