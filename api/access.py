"""The access log: one line a request, with no key and no link in it."""

import logging
from time import perf_counter
from urllib.parse import parse_qsl, quote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.address import without_token
from api.identity import KEY_PARAMETER
from api.parameters import PARAMETERS

_LOG = logging.getLogger("tvox.access")

_SHOWN = {parameter.name for parameter in PARAMETERS} - {KEY_PARAMETER}
"""Parameters whose values may be logged: a key mistyped into any other one stays out of the log."""


LONGEST = 2_000
"""Characters of an address that a line of the log repeats."""


class AccessLog:
    """ASGI middleware that logs method, address, status, bytes and milliseconds of each request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status, sent = perf_counter(), 0, 0

        async def counted(message: Message) -> None:
            nonlocal status, sent
            status = message.get("status", status)
            sent += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, counted)
        finally:
            path = without_token(quote(scope["path"], safe="/.-_~"))
            address = _cut(path + shown_query(scope["query_string"]))
            client = scope["client"][0] if scope.get("client") else "-"
            milliseconds = (perf_counter() - started) * 1000
            _LOG.info("%s %s %s %d %d %.1f ms", client, scope["method"], address, status, sent, milliseconds)


def shown_query(query: bytes) -> str:
    """A query string as it may be logged.

    >>> shown_query(b"from=2020-05-01&api_key=SECRET&apikey=SECRET")
    '?from=2020-05-01&api_key=…&apikey=…'
    """
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    if not pairs:
        return ""
    shown = (f"{quote(name)}={quote(value, safe=',:-') if name in _SHOWN else '…'}" for name, value in pairs)
    return "?" + "&".join(shown)


def _cut(address: str) -> str:
    return address if len(address) <= LONGEST else f"{address[:LONGEST]}… ({len(address)} characters)"


class _WithoutQuery(logging.Filter):
    """Keeps query strings and links out of the server's own access log, should somebody switch it on."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Cut the address of uvicorn's record at the question mark, and that of a link before its token."""
        if isinstance(record.args, tuple) and len(record.args) == 5:
            client, method, path, version, status = record.args
            record.args = (client, method, without_token(str(path).partition("?")[0]), version, status)
        return True


WITHOUT_QUERY = _WithoutQuery()
"""One filter for every app, so that it is added to the logger once."""
