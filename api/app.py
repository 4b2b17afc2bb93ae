"""The app: every face put together over one set of services."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from anyio import CapacityLimiter
from fastapi import FastAPI

from answers.kept import KeptAnswers
from answers.views import KeptViews
from api import (
    datamodel,
    errors,
    health,
    home,
    importing,
    jobs,
    links,
    paging,
    reference,
    sheets,
    tables,
    upstream,
    web,
    work,
)
from api.access import WITHOUT_QUERY, AccessLog
from api.addin import face as addin
from api.answering import Answering
from api.identity import Rates
from api.odata import face as odata
from api.odata.report import Report
from api.push import face as push
from api.push.scheduler import Scheduler
from api.services import Services
from api.settings import Settings
from api.streaming import THREADS
from api.turns import Turns
from api.views import face as views
from api.views.rows import Showing
from tabular.release import RELEASE


def create_app(services: Services | None = None, settings: Settings | None = None) -> FastAPI:
    """The ASGI app over open `services`; without them it opens the store that `settings` names, and closes it."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        own = None if services is not None else Services.open(settings or Settings())
        app.state.services = services or own
        app.state.datamodel = app.state.services.sights.model
        app.state.datamodel.now = app.state.services.now
        app.state.limiter = CapacityLimiter(THREADS)
        app.state.signing_in = CapacityLimiter(sheets.AT_ONCE)
        turns = app.state.turns = Turns()
        kept = KeptAnswers(app.state.services.settings.kept_bytes)
        seconds = app.state.services.settings.rows_seconds
        app.state.answering = Answering(kept, turns, seconds)
        app.state.jobs = _jobs(app.state.services, app.state.answering)
        app.state.showing = Showing(KeptViews(app.state.services.settings.views_bytes), turns, seconds)
        scheduling = asyncio.create_task(Scheduler(app.state.services).run())
        # What is there now stays: looking through it again and again would hold up every answer.
        gc.freeze()
        yield
        gc.unfreeze()
        scheduling.cancel()
        with suppress(asyncio.CancelledError):
            await scheduling
        await app.state.jobs.close()
        turns.close()
        if own is not None:
            own.close()

    app = FastAPI(title="TVox Tables", version=RELEASE, lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.rates = Rates()
    app.state.odata_report = Report()
    errors.install(app)
    for face in (
        home.router,
        paging.router,
        tables.router,
        links.router,
        sheets.router,
        views.router,
        push.router,
        jobs.router,
        upstream.router,
        datamodel.router,
        importing.router,
        odata.router,
        addin.router,
        reference.router,
        web.router,
        health.router,
        work.router,
    ):
        app.include_router(face)
    app.add_middleware(AccessLog)
    logging.getLogger("uvicorn.access").addFilter(WITHOUT_QUERY)
    return app


def _jobs(services: Services, answering: Answering) -> jobs.Jobs:
    settings = services.settings
    spool = jobs.Spool(settings.store, settings.jobs_bytes, settings.jobs_space)
    return jobs.Jobs(answering, spool, settings.jobs_hours, services.now)
