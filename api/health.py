"""Health: whether the process lives, and whether it can answer."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api.identity import ServicesOf
from tabular.release import RELEASE

router = APIRouter(tags=["Operations"])


@router.head("/health", include_in_schema=False)
@router.get("/health", summary="Whether the service lives")
async def health() -> dict[str, str]:
    """Always 200 while the process answers."""
    return {"status": "ok", "release": RELEASE}


@router.head("/ready", include_in_schema=False)
@router.get("/ready", summary="Whether the service can answer")
def ready(services: ServicesOf) -> JSONResponse:
    """200 when the store and the control database answer; else the error that they give."""
    services.keys.all()
    return JSONResponse({"status": "ready", "version": services.store.version})
