"""The Google Sheets script with this server's address, its manifest, and the page that explains both."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from addin.sheets import code_text, manifest_text
from api import rendering
from api.addin.files import bare, file, place_of
from api.formulas import SHEETS, Spelling, first_language, in_order, text
from api.home import is_local
from api.identity import ServicesOf

router = APIRouter(prefix="/addin/sheets")

_TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Call:
    """A custom function: its arguments in their order, what it gives, and values to show it with.

    An example's text stands in quotation marks; whatever else it is stands as it is.
    """

    name: str
    arguments: tuple[str, ...]
    gives: str
    example: tuple[str, ...]

    def formula(self, spelling: Spelling) -> str:
        """The example as a sheet of that spelling takes it."""
        return "=" + spelling.call(self.name, *self.example)


CALLS = (
    Call(
        "TVOX",
        ("table", "from", "to", "columns", "filter", "options", "stamp"),
        "The rows of a table, below a row with the names of its columns.",
        (text("inboundCalls"), text("7d"), "", text("id,startTime,cli,service,waitDuration")),
    ),
    Call(
        "TVOX_COUNT",
        ("table", "from", "to", "filter", "options", "stamp"),
        "How many rows there are.",
        (text("inboundCallSummaries"), text("2026-10"), "", text("answered eq true")),
    ),
    Call(
        "TVOX_QUERY",
        ("graphql", "rows", "columns", "options", "stamp"),
        "Any query of the Data Model as rows.",
        (
            text("{ inboundCalls(search: {year: 2026, month: 10}) { id step cli } }"),
            text("$..inboundCalls[*][*]"),
            text("id,step,cli"),
        ),
    ),
    Call("TVOX_TABLES", (), "The tables that there are for you, and what one row of each is.", ()),
    Call("TVOX_COLUMNS", ("table",), "The columns of a table, with their types and meanings.", (text("inboundCalls"),)),
)
"""The functions as they are called; IMPORTJSONAPI has the arguments that it always had."""


PUSH = (
    ".venv/bin/python main.py push add calls --key NAME --table inboundCalls "
    '--spreadsheet ADDRESS --sheet Calls --schedule "0 6 * * *" last=7d'
)
"""The command that keeps a push."""


@router.api_route("/Code.gs", methods=["GET", "HEAD"])
def code(request: Request, services: ServicesOf) -> Response:
    """The script, to be pasted whole."""
    bare(request)
    return file(request, code_text(place_of(request, services)).encode(), _TEXT)


@router.api_route("/appsscript.json", methods=["GET", "HEAD"])
def manifest(request: Request, services: ServicesOf) -> Response:
    """What the script may do, for signing in with Google."""
    bare(request)
    return file(request, manifest_text(place_of(request, services)).encode(), "application/json")


@router.api_route("/", methods=["GET", "HEAD"])
def page(request: Request, services: ServicesOf) -> Response:
    """Open without a key; the formulas are spelt for the reader's language first. Parameters are ignored."""
    place = place_of(request, services)
    spellings = in_order(SHEETS, first_language(request.headers.get("Accept-Language", "")))
    script = code_text(place)
    facts: dict[str, object] = {
        "up": "../../",
        "address": place.address,
        "code": script,
        "lines": script.count("\n"),
        "manifest": manifest_text(place),
        "calls": CALLS,
        "spellings": spellings,
        "local": is_local(place.address),
        "encrypted": urlsplit(place.address).scheme == "https",
        "push": PUSH,
    }
    response = rendering.page(request, "sheets.html", facts)
    response.headers["Vary"] = "Accept-Encoding, Accept-Language"
    return response


@router.api_route("", methods=["GET", "HEAD"])
def page_without_its_slash() -> Response:
    """Links of the page are relative to its folder."""
    return RedirectResponse("sheets/", status_code=308)
