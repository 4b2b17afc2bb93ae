"""The app: every face put together over one set of services."""

import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import CapacityLimiter
from fastapi import FastAPI

from answers.kept import KeptAnswers
from answers.views import KeptViews
from api import datamodel, errors, health, home, importing, jobs, links, paging, reference, tables, upstream, web, work
from api.access import WITHOUT_QUERY, AccessLog
from api.addin import face as addin
from api.answering import Answering
from api.identity import Rates
from api.odata import face as odata
from api.odata.report import Report
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
        app.state.limiter = CapacityLimiter(THREADS)
        turns = app.state.turns = Turns()
        kept = KeptAnswers(app.state.services.settings.kept_bytes)
        seconds = app.state.services.settings.rows_seconds
        app.state.answering = Answering(kept, turns, seconds)
        app.state.jobs = _jobs(app.state.services, app.state.answering)
        app.state.showing = Showing(KeptViews(app.state.services.settings.views_bytes), turns, seconds)
        # What is there now stays: looking through it again and again would hold up every answer.
        gc.freeze()
        yield
        gc.unfreeze()
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
        views.router,
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
