"""The page of what Excel and Power BI open without an add-in: files, queries, and how to sign in."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from addin.place import Place
from addin.powerquery import Variant, clock_of, query_text
from api import rendering
from api.addin.files import LIBRARY, place_of
from api.home import is_local
from api.identity import KEY_PARAMETER, ServicesOf
from tabular.table import Table

router = APIRouter()

_ONLY_WITH_CLOCK = ("From", "To", "Last")
"""What the query of a table without a time does not have."""

SETTINGS = (
    ("From", "from", "First day, included.", '"2026-10-01"'),
    ("To", "to", "Last day, included.", '"2026-10-31"'),
    ("Last", "last", "Where From and To are empty: the last days, weeks or months, today included.", '"7d"'),
    (
        "Columns",
        "columns",
        "Which columns, in which order; all of them where the braces are empty.",
        '{"id", "service"}',
    ),
    ("Filter", "filter", "Which rows.", '"waitDuration gt 30"'),
    ("Zone", "tz", "Time zone in which days begin and times are written.", '"Europe/Rome"'),
)
"""What stands in the first lines of a query: its name there, the parameter that it becomes, what it means, a value."""


@router.api_route("/addin/", methods=["GET", "HEAD"])
def page(request: Request, services: ServicesOf) -> Response:
    """Open without a key, and the same for everybody. Parameters are ignored."""
    place = place_of(request, services)
    facts: dict[str, object] = {
        "up": "../",
        "address": place.address,
        "shelves": [_shelf(table, place) for table in services.catalogue],
        "settings": SETTINGS,
        "timeless": _ONLY_WITH_CLOCK,
        "library": LIBRARY,
        "key_parameter": KEY_PARAMETER,
        "local": is_local(place.address),
        "encrypted": urlsplit(place.address).scheme == "https",
    }
    return rendering.page(request, "addin.html", facts)


@router.api_route("/addin", methods=["GET", "HEAD"])
def page_without_its_slash() -> Response:
    """Links of the page are relative to its folder."""
    return RedirectResponse("addin/", status_code=308)


@dataclass(frozen=True, slots=True)
class Shelf:
    """What there is of a table: its query as text, and the names and titles of the other variants."""

    table: Table
    query: str
    variants: tuple[tuple[str, str], ...]


_VARIANTS = (
    (Variant.INCREMENTAL, "for incremental refresh"),
    (Variant.FEED, "through the OData feed"),
    (Variant.FEED_INCREMENTAL, "through the feed, for incremental refresh"),
)


def _shelf(table: Table, place: Place) -> Shelf:
    variants = tuple(
        (variant.value, title)
        for variant, title in _VARIANTS
        if not variant.is_incremental or clock_of(table, variant) is not None
    )
    return Shelf(table, query_text(table, place), variants)
