"""The fold report as a page."""

from collections.abc import Sequence

from fastapi import Request
from fastapi.responses import Response

from api import rendering
from api.odata.report import KEPT, Seen


def page_of(request: Request, root: str, key: str, seen: Sequence[Seen]) -> Response:
    """The requests of a key as a table; `root` is the public address of OData's face."""
    facts: dict[str, object] = {
        "key": key,
        "root": root,
        "seen": [one.told() for one in seen],
        "most": KEPT,
        "refused": sum(one.status >= 400 for one in seen),
        "flagged": sum(one.flag is not None for one in seen),
    }
    response = rendering.page(request, "requests.html", facts)
    response.headers.update({"Cache-Control": "no-store", "Vary": "Accept, Accept-Encoding"})
    return response
