"""The API reference: written from the registries that the service itself answers by."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response

from answers.moment import Moment
from api import datamodel_reference, errors, formulas, jobs, links, rendering
from api.address import public_address
from api.identity import KEY_HEADER, KEY_PARAMETER, ServicesOf
from api.parameters import PARAMETERS
from api.samples import sample_of
from datamodel.catalogue import Catalogue
from formats import formats
from formats.format import Times
from tabular.errors import TablesError, UnknownTable
from tabular.grouping import Function, Part
from tabular.table import Table

router = APIRouter()

HEADERS = (
    ("ETag", "Names this very answer. Send it back as If-None-Match: 304 and no body, as long as nothing changed."),
    ("Last-Modified", "When the newest month that was read was brought in."),
    ("X-Data-As-Of", "How fresh the answer is: when the oldest month that can still change was brought in."),
    ("X-Row-Count", "How many rows the answer has, where that is known before they are read."),
    ("X-Column-Types", "Of grid: what each column holds, in their order: text,integer,time."),
    ("Server-Timing", "Milliseconds spent on the plan and on the first piece; a browser's network panel draws them."),
    ("Content-Encoding", "gzip or zstd, where Accept-Encoding takes it."),
    ("Content-Disposition", "A name for the file: the table's, with the format's ending."),
    ("Cache-Control", "private, no-cache: only the client itself may keep an answer, and asks again with its ETag."),
)
"""The headers of an answer's rows, and what each says."""

MIRROR_HEADERS = (
    ("X-Data-Stale", "true where the TVox could not be asked in time: the rows are those of X-Data-As-Of."),
    ("X-Data-Lacking", "With partial=allow: the months that the answer lacks."),
    ("Retry-After", "Of a 202, 409, 429 or 503: seconds after which asking again makes sense, never more than 120."),
    ("Location", "Of a 202: the address of the job, which tells how far it is."),
)
"""The headers that an answer may have besides when a TVox is behind."""

_INSTANT = {
    Times.LOCAL: "2020-05-01 10:39:49",
    Times.ISO: "2020-05-01T10:39:49+02:00",
    Times.SERIAL: "43952.4443171296",
}
_LIMIT = {"limit": "5"}


@router.api_route("/docs", methods=["GET", "HEAD"], include_in_schema=False)
def reference(request: Request, services: ServicesOf) -> Response:
    """Open without a key; parameters are ignored."""
    address = public_address(request, services.settings)
    catalogue = services.catalogue
    table = _sample_table(catalogue)
    csv = formulas.rows_address(address, table.name, "csv", _LIMIT)
    mistyped = UnknownTable(table.name[:-1], catalogue.names)
    live = {"at": str(Moment(services.store.version, services.now()))}
    facts: dict[str, object] = {
        "address": address,
        "table": table,
        "history": services.settings.history,
        "zone": services.settings.centre_zone,
        "placeholder": formulas.PLACEHOLDER,
        "key_header": KEY_HEADER,
        "first": formulas.curl(csv),
        "keys": _keys(csv),
        "paths": list(_paths(request.app)),
        "describe": formulas.curl(f"{address}/tables/{table.name}"),
        "parameters": [(p, _tried(address, table, p.name, live.get(p.name, p.example))) for p in PARAMETERS],
        "parts": tuple(Part),
        "functions": tuple(Function),
        "grouped": _asked(address, table, _GROUPED),
        "windows": [(words, _asked(address, table, asked)) for words, asked in _WINDOWS],
        "formats": [
            (
                form,
                form.instants or _INSTANT[form.times],
                formulas.curl(formulas.rows_address(address, table.name, form.name, _LIMIT)),
            )
            for form in formats().values()
        ],
        "pages": formulas.curl(f"{address}/tables/{table.name}/pages?last=3m"),
        "link": _link(address, table),
        "link_never": " and ".join(f"`{name}`" for name in links.UNLINKED),
        "link_days": services.settings.link_days,
        "link_days_most": services.settings.link_days_most,
        "odata": formulas.curl(f"{address}/odata/{table.name}?top=5&count=true"),
        "by_accept": formulas.curl(f"{address}/tables/{table.name}/rows?limit=5", '-H "Accept: text/csv"'),
        "jobs": formulas.curl(f"{address}/jobs"),
        "jobs_hours": f"{services.settings.jobs_hours:g}",
        "jobs_most": jobs.MOST,
        "headers": HEADERS,
        "mirror_headers": MIRROR_HEADERS,
        "show_headers": formulas.curl(csv, "--dump-header -"),
        "compressed": formulas.curl(csv, "--compressed"),
        "datamodel": datamodel_reference.facts(address, services.settings, (services.now().year, services.now().month)),
        "groups": error_groups(),
        "refused": formulas.curl(formulas.rows_address(address, mistyped.name, "csv", {})),
        "refused_json": formulas.curl(formulas.rows_address(address, mistyped.name, "json", {})),
        "as_text": str(mistyped),
        "as_json": bytes(errors.response_for(mistyped, request).body).decode(),
    }
    return rendering.page(request, "reference.html", facts)


def _sample_table(catalogue: Catalogue) -> Table:
    """The table of the examples: the first that has a clock, so that windows apply to it."""
    return next((table for table in catalogue if table.clock_column), next(iter(catalogue)))


def _asked(address: str, table: Table, asked: dict[str, str]) -> str:
    return formulas.curl(formulas.rows_address(address, table.name, "csv", asked))


def _link(address: str, table: Table) -> str:
    body = json.dumps({"table": table.name, "last": "7d", "expires": "90d", "name": "wall board"}).replace('"', '\\"')
    return formulas.curl(f"{address}/links", '-H "Content-Type: application/json"', f'--data-binary "{body}"')


def _keys(rows: str) -> tuple[tuple[str, str, str], ...]:
    key = formulas.PLACEHOLDER
    return (
        ("A header", "The way for programs.", formulas.curl(rows)),
        ("Bearer", "The way of most libraries.", formulas.curl_with(rows, f'-H "Authorization: Bearer {key}"')),
        (
            "Basic",
            "Any user name, the key as the password: the way of Excel's and Power BI's sign-in windows.",
            formulas.curl_with(rows, f'-u "anyone:{key}"'),
        ),
        (
            "A parameter",
            "Where no header can be sent, as in a formula: whoever sees the address has the key.",
            formulas.curl_with(formulas.with_key(rows)),
        ),
    )


@dataclass(frozen=True, slots=True)
class Path:
    """An address that the app answers."""

    methods: str
    path: str
    summary: str
    description: str


def _paths(app: FastAPI) -> Iterator[Path]:
    """The addresses of the OpenAPI description, which the app makes from its routes."""
    for path, operations in app.openapi()["paths"].items():
        first: dict[str, Any] = next(iter(operations.values()))
        methods = ", ".join(sorted(method.upper() for method in operations))
        yield Path(methods, path, first.get("summary", ""), first.get("description", ""))


def _tried(address: str, table: Table, name: str, example: str) -> str:
    """A command that shows what a parameter does."""
    if name == KEY_PARAMETER:
        return formulas.curl_with(formulas.rows_address(address, table.name, "csv", _LIMIT | {name: example}))
    needed = {"csv": "excel"} if name in ("sep", "decimal") else {}
    return _asked(address, table, needed | {name: example} | ({} if name in _LIMIT else _LIMIT))


_GROUPED = {"last": "7d", "group": "service,day(startTime)", "measures": "count,avg(waitDuration),p95(waitDuration)"}
_WINDOWS = (
    ("The last seven days, today included", {"last": "7d"}),
    ("The last four weeks; months are written 3m", {"last": "4w"}),
    ("A month", {"month": "2020-05"}),
    ("A year", {"year": "2020"}),
    ("Days, both included", {"from": "2020-05-01", "to": "2020-05-31"}),
    ("Moments: from the first, up to but without the second", {"from": "2020-05-01T08:00", "to": "2020-05-01T12:00"}),
    ("Everything since a day", {"from": "2020-05-01"}),
    ("Yesterday, as another zone has it", {"yesterday": "", "tz": "America/New_York"}),
)


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """A branch of the tree of errors, with a sample of each of its leaves."""

    title: str
    meaning: str
    samples: tuple[TablesError, ...]


def error_groups() -> tuple[ErrorGroup, ...]:
    """The whole tree of errors, branch by branch, in the order of their codes."""
    return tuple(
        ErrorGroup(
            title=_TITLES.get(branch.__name__, branch.__name__),
            meaning=(branch.__doc__ or "").strip(),
            samples=tuple(sorted(map(sample_of, _leaves(branch)), key=lambda error: error.code)),
        )
        for branch in TablesError.__subclasses__()
    )


def _leaves(branch: type[TablesError]) -> Iterator[type[TablesError]]:
    below = branch.__subclasses__()
    if not below:
        yield branch
    for kind in below:
        yield from _leaves(kind)


_TITLES = {
    "AskedWrong": "The question is wrong",
    "NotAllowed": "The key does not open it",
    "LoadRefused": "A file cannot be loaded",
    "UpstreamFailed": "The TVox failed",
    "GoogleFailed": "Google failed",
    "Ours": "The service failed",
}

"""What the branches of the tree are called on the page."""
