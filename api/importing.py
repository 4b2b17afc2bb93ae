"""Import: any query of the Data Model as rows and columns, in every format of tables."""

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime
from typing import cast
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request
from fastapi.responses import Response

from answers.datamodel import DataModel
from answers.importing.given import Given
from answers.importing.importing import Import, Prepared, Question
from answers.importing.sources import PassedOn
from answers.mirror import Mirror, Standing
from answers.mirror.places import months_of
from api import jobs
from api.answering import Asked
from api.body import LARGEST_DOCUMENT, document_of, json_of
from api.errors import JSON
from api.freshness import Wish, arrived, wish_of
from api.giving import POLICY, TYPES, given, headers_of_age
from api.identity import KEY_HEADER, KEY_PARAMETER, Caller, CallerOf, Rates, ServicesOf
from api.parameters import PARAMETERS, Parameter, known_zone, single_values
from api.services import Services
from api.settings import Settings
from api.streaming import encoding_for
from api.styles import style_of
from api.turns import Turn, Turns
from api.windows import WORDS, window_of
from datamodel.documents import Document
from datamodel.limits import CHARACTERS
from formats import formats
from formats.format import Format, types_of
from tabular.errors import (
    AppliesOnlyWith,
    BadValue,
    BodyNotJson,
    DocumentTooLarge,
    NoDocument,
    NotPassedOn,
    ParametersClash,
    RepeatedParameter,
    UnknownFormat,
    UpstreamFailed,
)
from tabular.jsonpath import Dialect
from tabular.month import Month

router = APIRouter(tags=["Import"])

FORM = "application/x-www-form-urlencoded"
_WINDOW = ("from", "to", *WORDS)
_SHARED = {*_WINDOW, "tz", "times", "header", "csv", "sep", "decimal", "fresh", "partial", "wait", KEY_PARAMETER}
_LONG = ("query", "variables", "data")
_OF_DATA = {"data", "rows", "columns", "dialect", "tz", "times", "header", "csv", "sep", "decimal", KEY_PARAMETER}
LARGEST_DATA = 16_000_000
"""Bytes of a request with a document of its own."""

OWN_PARAMETERS = (
    Parameter("query", "The query, in GraphQL.", "{ inboundCalls(search: {year: 2020, month: 5}) { id step cli } }"),
    Parameter("variables", "Values of its variables, as a JSON object.", '{"year": 2020}'),
    Parameter("operationName", "Which of its operations, where there are several.", "Calls"),
    Parameter(
        "rows",
        "JSONPath of what becomes a row; left out, every record of the query's only field.",
        "$..inboundCalls[*][*]",
    ),
    Parameter(
        "columns",
        "Columns, each a way from the row: id, contact.value, tel[0].value, tel[*].value, ^ what holds it, ~ its name "
        "or number, 'a name', $ the document, >n a number, >d a time; `as` gives a heading. Left out: every leaf.",
        "id,step,cli as Caller,^[0].status",
    ),
    Parameter("dialect", "The language of rows: rfc9535 (the standard), ng (jsonpath-ng) or plus.", "ng"),
    Parameter(
        "pages",
        "one: the query as it stands. all: page after page; the months of a window one after the other.",
        "all",
    ),
    Parameter(
        "data",
        "In a body, in the query's place: a JSON document, whose rows these are. Nothing is asked then.",
        '{"items": [{"id": 1}]}',
    ),
)
"""The parameters that tables have not."""

IMPORT_PARAMETERS = (*OWN_PARAMETERS, *(one for one in PARAMETERS if one.name in _SHARED))
_NAMES = tuple(one.name for one in IMPORT_PARAMETERS)


@router.head("/import.{format}", include_in_schema=False)
@router.get("/import.{format}", summary="Any query of the Data Model, as rows")
@router.post("/import.{format}", summary="Any query of the Data Model, as rows")
async def import_rows(request: Request, format: str, caller: CallerOf, services: ServicesOf) -> Response:  # noqa: A002
    """GET takes parameters; POST the same as a JSON object or a form, or a GraphQL request with the other parameters in
    the address."""
    known = formats()
    if format not in known:
        raise UnknownFormat(format, tuple(known))
    form = known[format]
    asked = await _asked(request)
    settings = services.settings
    if "data" in asked:
        return await _projected(asked, form, request, settings)
    if settings.datamodel_rate and services.mirror is None:
        _spend(request, caller, settings.datamodel_rate)
    wish = wish_of(asked, request.headers)
    question = question_in(asked, form, settings, services.now())
    encoding = None if form.packed else encoding_for(request.headers.get("Accept-Encoding", ""))

    async def ask(wish: Wish) -> Asked:
        found, standing = await _answer(question, wish, request, caller, services)
        return Asked(
            found, encoding, _headers(found, standing, form, encoding), form.media_type, stays=found.etag is not None
        )

    if wish.later:
        return await jobs.response(request, services, wish, ask, repr((sorted(asked.items()), form.name, encoding)))
    return await given(await ask(wish), request)


async def _projected(asked: Mapping[str, str], form: Format, request: Request, settings: Settings) -> Response:
    """The rows of the document that came with the request."""
    other = next((name for name in asked if name not in _OF_DATA), None)
    if other is not None:
        raise ParametersClash(("data", other))
    given = Given(
        document=asked["data"],
        rows=asked.get("rows", "").strip() or "$",
        columns=asked.get("columns", "").strip(),
        dialect=_dialect(asked),
        form=form,
        style=style_of(asked, form),
        zone=known_zone(asked.get("tz", settings.centre_zone)),
    )
    turns = cast(Turns, request.app.state.turns)
    body, headings = await turns.take(Turn.HEAVY, lambda: given.body(settings.datamodel_seconds))
    headers = _plain_headers(form)
    if form.types_beside:
        headers[TYPES] = types_of(headings)
    return Response(body, headers=headers, media_type=form.media_type)


async def _answer(
    question: Question, wish: Wish, request: Request, caller: Caller, services: Services
) -> tuple[Import, Standing]:
    """The answer and how it stands, its months being there as far as the wish says. Raises TablesError."""
    mirror, catalogue, key_name = services.mirror, caller.catalogue.tables, caller.key.name
    model = cast(DataModel, request.app.state.datamodel)
    turns = cast(Turns, request.app.state.turns)
    if mirror is not None and await turns.take(Turn.SMALL, lambda: _is_for(mirror, model, question.document, caller)):
        limiter = cast(CapacityLimiter, request.app.state.limiter)
        found = await to_thread.run_sync(_passed_on, question, mirror, request, caller, services, limiter=limiter)
        return found, Standing()
    prepared = await turns.take(Turn.SMALL, lambda: Prepared(question, model.schema(catalogue)))
    standing = Standing()
    if mirror is not None:
        places = await turns.take(Turn.SMALL, lambda: prepared.places(model, catalogue, key_name))
        wanted = mirror.want(mirror.named(places), wish.fresh)
        await arrived(wanted, wish, asyncio.get_running_loop().time() + wish.seconds)
        standing = wanted.standing(wish.fresh, wish.partial)
    seconds = services.settings.datamodel_seconds
    found = await turns.take(Turn.SMALL, lambda: prepared.of_store(model, services.store, catalogue, key_name, seconds))
    return found, standing


def _is_for(mirror: Mirror, model: DataModel, document: Document, caller: Caller) -> bool:
    """Whether the store cannot answer a document and the TVox could."""
    if model.reads(document, caller.catalogue.tables, caller.key.name).is_answered:
        return False
    try:
        return mirror.upstream.knows(document.source)
    except UpstreamFailed:
        return False


def _passed_on(question: Question, mirror: Mirror, request: Request, caller: Caller, services: Services) -> Import:
    """What only the TVox can answer. A key with limits of its own cannot be held to them there."""
    if not caller.key.restriction.is_open:
        raise NotPassedOn("This query")
    if services.settings.datamodel_rate:
        _spend(request, caller, services.settings.datamodel_rate)
    source = PassedOn(mirror.passing)
    prepared = Prepared(question, source.schema())
    return prepared.of_upstream(source, services.store, caller.catalogue.tables, services.settings.datamodel_seconds)


def _spend(request: Request, caller: Caller, per_minute: int) -> None:
    cast(Rates, request.app.state.rates).spend(f"datamodel {caller.key.name}", per_minute)


def _headers(found: Import, standing: Standing, form: Format, encoding: str | None) -> dict[str, str]:
    headers = _plain_headers(form)
    if form.types_beside:
        headers[TYPES] = types_of(found.headings)
    if found.etag is not None:
        headers["ETag"] = found.etag
    headers |= headers_of_age(found.last_modified, found.as_of, standing)
    if encoding is not None:
        headers["Content-Encoding"] = encoding
    return headers


def _plain_headers(form: Format) -> dict[str, str]:
    return {
        "Content-Disposition": f'{"attachment" if form.saved else "inline"}; filename="import.{form.name}"',
        "Content-Security-Policy": POLICY,
        "Cache-Control": "private, no-cache",
        "Vary": f"Accept-Encoding, Authorization, {KEY_HEADER}",
        "X-Content-Type-Options": "nosniff",
    }


# What is asked


def question_in(asked: Mapping[str, str], form: Format, settings: Settings, now: datetime) -> Question:
    """The question that the parameters ask. Raises AskedWrong."""
    pages = asked.get("pages", "one").strip().lower()
    if pages not in ("one", "all"):
        raise BadValue("pages", asked["pages"], "one or all")
    zone = known_zone(asked.get("tz", settings.centre_zone))
    return Question(
        document=_document(asked),
        rows=asked.get("rows", ""),
        columns=asked.get("columns", "").strip(),
        dialect=_dialect(asked),
        all_pages=pages == "all",
        months=_months(asked, pages, zone, settings, now),
        window=next((name for name in _WINDOW if name in asked), ""),
        form=form,
        style=style_of(asked, form),
        zone=zone,
    )


def _dialect(asked: Mapping[str, str]) -> Dialect:
    name = asked.get("dialect", Dialect.RFC9535.value).strip().lower()
    if name not in list(Dialect):
        raise BadValue("dialect", asked["dialect"], "rfc9535, ng or plus")
    return Dialect(name)


def _months(
    asked: Mapping[str, str], pages: str, zone: str, settings: Settings, now: datetime
) -> tuple[Month, ...] | None:
    """The months that a window touches, each as a whole: a query can only be asked of whole months."""
    named = [name for name in _WINDOW if name in asked]
    if not named:
        return None
    if pages != "all":
        raise AppliesOnlyWith(named[0], "pages=all")
    window = window_of(dict(asked), ZoneInfo(zone), now)
    return tuple(months_of(window, settings.history, settings.zone, now))


def _document(asked: Mapping[str, str]) -> Document:
    """Raises NoDocument."""
    if not asked.get("query", "").strip():
        raise NoDocument("there is none")
    variables = json_of(asked.get("variables", ""), "variables")
    if not (variables is None or isinstance(variables, dict)):
        raise NoDocument("its variables are no JSON object")
    return Document(asked["query"], variables or {}, asked.get("operationName") or None)


async def _asked(request: Request) -> dict[str, str]:
    """The parameters of the address and of the body, each once.

    Raises UnknownParameter, RepeatedParameter, ParametersClash, BadValue, BodyNotJson, NoDocument, DocumentTooLarge.
    """
    pairs = request.query_params.multi_items()
    given = await _body(request) if request.method == "POST" else []
    there = {name for name, _ in pairs}
    for name, _ in given:
        if name in there:
            raise ParametersClash((f"{name} in the address", f"{name} in the body"))
    pairs += given
    asked: dict[str, str] = {}
    for name, value in pairs:
        if name in _LONG:
            if name in asked:
                raise RepeatedParameter(name)
            if name != "data" and len(value) > CHARACTERS:
                raise DocumentTooLarge("characters", CHARACTERS)
            asked[name] = value
    return asked | single_values([pair for pair in pairs if pair[0] not in _LONG], _NAMES)


async def _body(request: Request) -> list[tuple[str, str]]:
    """The parameters of a body: a JSON object, or a form."""
    media = request.headers.get("Content-Type", JSON)
    kind = media.partition(";")[0].strip().lower()
    if kind not in (JSON, FORM):
        raise BodyNotJson(media)
    body = await document_of(request, LARGEST_DATA)
    if len(body) > LARGEST_DOCUMENT and b"data" not in body:
        raise DocumentTooLarge("bytes", LARGEST_DOCUMENT)
    if kind == FORM:
        try:
            return parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=bool(body), max_num_fields=100)
        except ValueError as failure:
            raise NoDocument("its body cannot be read as a form") from failure
    given = json_of(body, "body")
    if not isinstance(given, dict):
        raise NoDocument("the body is no JSON object")
    return [(name, _spelt(name, value)) for name, value in given.items() if value is not None]


def _spelt(name: str, value: object) -> str:
    """A member of a JSON body as the text that a parameter would be. `columns` may be a list of texts."""
    if name == "variables" or (name == "data" and not isinstance(value, str)):
        return json.dumps(value)
    if name == "columns" and isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ",".join(value)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadValue(name, json.dumps(value), "a text")
    return str(value)
