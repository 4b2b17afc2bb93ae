"""The address under which people reach this service, and the addresses that nobody else may read."""

import re

from fastapi import Request

from api.settings import Settings
from formats import formats

KEY_PARAMETER = "api_key"
"""The parameter of an address that is the key, where a header cannot be sent."""

LINKS = "/s/"
"""What the addresses of links begin with; the rest opens rows without a key."""

_LINK = re.compile(LINKS, re.IGNORECASE)
_SHEET_TOKEN = re.compile(r"\b(SHEET-)[A-Z0-9-]+", re.IGNORECASE | re.ASCII)


def public_address(request: Request, settings: Settings) -> str:
    """`TVOX_PUBLIC_URL` where it is set, else the address that the request came to; without a slash at its end."""
    return (settings.public_url or str(request.base_url)).rstrip("/")


def without_token(path: str) -> str:
    """A path as a log may have it: of a link, or of what may be a slip in one, the ending alone; no sheet token.

    >>> without_token("/s/TOKEN.csv"), without_token("/mirror/S/TOKEN.csv/"), without_token("/tables/calls.csv")
    ('/s/….csv', '/mirror/S/…', '/tables/calls.csv')
    >>> without_token("/sheets/tokens/SHEET-ABCDEFGH-JKMNPQRS")
    '/sheets/tokens/SHEET-…'
    """
    path = _SHEET_TOKEN.sub(r"\1…", path)
    found = _LINK.search(path)
    if found is None:
        return path
    ending = path.rpartition(".")[2]
    return path[: found.end()] + "…" + (f".{ending}" if ending in formats() else "")
