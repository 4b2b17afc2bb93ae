"""The reference's section on the Data Model: its limits, statuses and commands, from what the service goes by."""

import json

from api import formulas
from api.errors import DATA_MODEL, GRAPHQL, JSON
from api.importing import OWN_PARAMETERS
from api.settings import Settings
from datamodel import limits
from tabular.search import MOST_FOUND

LIMITS = (
    ("Interactions or contacts a page", MOST_FOUND),
    ("Characters of a query", limits.CHARACTERS),
    ("Tokens", limits.TOKENS),
    ("Levels of selections", limits.DEPTH),
    ("Fields, with those of fragments as often as they are spread", limits.FIELDS),
    ("Fields of Query, each a search of its own", limits.ROOTS),
    ("Fragments", limits.FRAGMENTS),
    ("Values that one search compares with", limits.VALUES),
)
"""What a request may hold."""

STATUSES = (
    (f"{JSON} (also where nothing is said)", "200, whatever the query was; the refusals are in errors"),
    (GRAPHQL, "200 once the query is executed, 400 where it cannot be"),
    ("any, with ?errors=http", "the refusal's own status, and its sentence as plain text"),
)
"""What a client accepts, and the status that a wrong query has for it."""

_NAME = "{ me { name } }"


def facts(address: str, settings: Settings, month: tuple[int, int]) -> dict[str, object]:
    """What the template of the section shows; `month` is the one that its examples ask for."""
    year, number = month
    query = f"{{ inboundCalls(search: {{ year: {year}, month: {number} }}) {{ id step cli dnis }} }}"
    records = f"{{inboundCalls(search:{{year:{year},month:{number}}}){{id,step,cli}}}}"
    at = f"{address}{DATA_MODEL}"
    body = json.dumps({"query": query}).replace('"', '\\"')
    return {
        "limits": LIMITS,
        "statuses": STATUSES,
        "rate": settings.datamodel_rate,
        "seconds": f"{settings.datamodel_seconds:g}",
        "by_get": formulas.curl(f"{at}?query={_NAME.replace(' ', '')}", "-g"),
        "by_post": formulas.curl(at, '-H "Content-Type: application/json"', f'--data-binary "{body}"'),
        "imported": formulas.curl(f"{address}/import.csv?columns=id,step,cli&query={records}", "-g"),
        "import_parameters": OWN_PARAMETERS,
        "as_status": formulas.curl(f"{at}?errors=http&query={{me{{nam}}}}", "-g"),
    }
