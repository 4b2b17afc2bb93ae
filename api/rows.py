"""Rows: a question becomes the response that brings them, whoever asks it."""

from datetime import datetime
from typing import cast

from fastapi import Request
from fastapi.responses import Response

from answers.answer import Answer, Question, answer
from answers.mirror import Standing
from answers.moment import Moment
from answers.views import of_tables, viewed_in
from api import jobs
from api.answering import Asked
from api.freshness import Wish, brought_for, preview_of
from api.giving import POLICY, TYPES, headers_of_age
from api.identity import KEY_HEADER
from api.services import Services
from api.streaming import encoding_for
from api.views.rows import Showing
from formats.format import types_of


async def rows_of(
    question: Question, wish: Wish, request: Request, services: Services, now: datetime, moment: Moment | None = None
) -> Response:
    """The response to a question asked at `now`, or of a moment; for a request that takes 202 it is a job. Raises
    TablesError."""
    showing = cast(Showing, request.app.state.showing)
    packed = question.form.packed
    encoding = None if packed else encoding_for(request.headers.get("Accept-Encoding", ""))

    async def ask(wish: Wish) -> Asked:
        return await _asked(question, wish, encoding, showing, services, now, moment)

    return await jobs.response(request, services, wish, ask, f"{question.form.name} {encoding}")


async def _asked(
    question: Question,
    wish: Wish,
    encoding: str | None,
    showing: Showing,
    services: Services,
    now: datetime,
    moment: Moment | None,
) -> Asked:
    """The answer to a question, its months being there as far as the wish says. Raises TablesError."""
    form, table, history = question.form, question.query.table.name, services.settings.history
    found, standing, store = None, Standing(), services.store
    version = None if moment is None else moment.version
    viewed, question = viewed_in(question.catalogue, table), of_tables(question)
    if viewed is not None:
        shown = await showing.shown(viewed, services, wish, now, version)
        store, standing = shown.store, shown.standing
    # What a moment holds was brought before it: nothing else can come.
    elif services.mirror is not None and moment is None:
        found = await preview_of(question, services.mirror, services.store, history, wish)
        if found is None:
            standing = (await brought_for(question, services.mirror, services.store, history, wish, now)).standing
    is_preview = found is not None
    if found is None:
        found = answer(question, store, history, now, version)
    headers = _headers(found, standing, encoding)
    if form.types_beside:
        headers[TYPES] = types_of(question.headings)
    headers["Content-Disposition"] = f'{"attachment" if form.saved else "inline"}; filename="{table}.{form.name}"'
    headers["Content-Security-Policy"] = POLICY
    return Asked(found, encoding, headers, form.media_type, stays=not is_preview)


def _headers(found: Answer, standing: Standing, encoding: str | None) -> dict[str, str]:
    headers = {
        "ETag": found.etag,
        "Cache-Control": "private, no-cache",
        "Vary": f"Accept-Encoding, Authorization, {KEY_HEADER}",
    }
    headers["X-Content-Type-Options"] = "nosniff"
    headers |= headers_of_age(found.last_modified, found.as_of, standing)
    if found.row_count is not None:
        headers["X-Row-Count"] = str(found.row_count)
    if encoding is not None:
        headers["Content-Encoding"] = encoding
    return headers
