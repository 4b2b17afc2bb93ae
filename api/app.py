"""The app: every face put together over one set of services."""

import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import CapacityLimiter
from fastapi import FastAPI

from answers.datamodel import DataModel
from answers.kept import KeptAnswers
from api import datamodel, errors, health, home, jobs, paging, reference, tables, upstream, web, work
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
from tabular.release import RELEASE


def create_app(services: Services | None = None, settings: Settings | None = None) -> FastAPI:
    """The ASGI app over open `services`; without them it opens the store that `settings` names, and closes it."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        own = None if services is not None else Services.open(settings or Settings())
        app.state.services = services or own
        app.state.datamodel = DataModel(app.state.services.store)
        app.state.limiter = CapacityLimiter(THREADS)
        turns = app.state.turns = Turns()
        kept = KeptAnswers(app.state.services.settings.kept_bytes)
        app.state.answering = Answering(kept, turns, app.state.services.settings.rows_seconds)
        # What is there now stays: looking through it again and again would hold up every answer.
        gc.freeze()
        yield
        gc.unfreeze()
        turns.close()
        if own is not None:
            own.close()

    app = FastAPI(title="TVox Tables", version=RELEASE, lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.rates = Rates()
    app.state.jobs = jobs.Jobs()
    app.state.odata_report = Report()
    errors.install(app)
    for face in (
        home.router,
        paging.router,
        tables.router,
        jobs.router,
        upstream.router,
        datamodel.router,
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
