"""Who asks: the key of a request, or the sheet token in its place, in any of four spellings, and what it sees."""

import threading
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from time import monotonic
from typing import Annotated, cast

from anyio import to_thread
from fastapi import Depends, Request

from answers.views import Views
from api.address import KEY_PARAMETER as KEY_PARAMETER
from api.services import Services
from store.keys import Key
from store.sheet_tokens import SheetToken, is_sheet_token
from tabular.errors import KeyMissing, KeyRefused, KeysDiffer, SheetTokenReads, TooManyRequests

KEY_HEADER = "X-Telenia-APIKey"

_READING = frozenset({"GET", "HEAD"})
_OPEN_TO_SHEETS = frozenset(
    {
        ("POST", "/datamodel/query"),
        ("POST", "/import.{format}"),
        ("POST", "/odata"),
        ("POST", "/odata/{path:path}"),
        ("DELETE", "/sheets/tokens/this"),
    }
)
"""What a sheet token may ask for besides reading addresses: questions that are sent as a body, and its own end."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A key and the catalogue it sees: its tables and its views. `sheet` where a sheet token came in its place."""

    key: Key
    catalogue: Views
    sheet: SheetToken | None = None


def services_of(request: Request) -> Services:
    """The app's services."""
    return cast(Services, request.app.state.services)


async def _services(request: Request) -> Services:
    """The app's services, without the change of threads that a plain function would cost."""
    return services_of(request)


async def caller_of(request: Request) -> Caller:
    """The caller of a request.

    Raises KeyMissing, KeyRefused, KeysDiffer, SheetTokenRefused, SheetTokenReads, TooManyRequests.
    """
    services, sent = services_of(request), key_of(request)
    if _is_quick(services, sent):
        key, sheet = opened_by(services, sent)
    else:
        # Reading the control database may take its time: not in the thread that serves everybody.
        key, sheet = await to_thread.run_sync(opened_by, services, sent)
    spend(request, key)
    if sheet is not None:
        _check_reads(request)
        now = services.now()
        if services.sheets.is_to_note(sheet, now):
            await to_thread.run_sync(services.sheets.note, sheet, now)
    return await caller_with(key, services, sheet)


async def holder_of(request: Request) -> Caller:
    """The caller of a request that only the key itself may send. Raises SheetTokenReads, and as `caller_of`."""
    caller = await caller_of(request)
    if caller.sheet is not None:
        raise SheetTokenReads()
    return caller


async def caller_with(key: Key, services: Services, sheet: SheetToken | None = None) -> Caller:
    """A key with what it sees now."""
    seen = services.seen_quickly(key.restriction)
    if seen is None:
        seen = await to_thread.run_sync(services.seen_by, key.restriction)
    return Caller(key, seen, sheet)


def opened_by(services: Services, sent: str) -> tuple[Key, SheetToken | None]:
    """The key that was sent, or the key of the sheet token that was, with that token.

    Raises KeyRefused, SheetTokenRefused.
    """
    if not is_sheet_token(sent):
        return services.keys.find(sent, services.now()), None
    sheet = services.sheets.find(sent, services.now())
    return sheet.key, sheet


def _is_quick(services: Services, sent: str) -> bool:
    if is_sheet_token(sent):
        return services.sheets.is_quick(sent)
    return services.keys.remembered(sent) is not None


def _check_reads(request: Request) -> None:
    """Raise SheetTokenReads for a request that does more than reading; a new address does until it is said here."""
    if request.method in _READING:
        return
    if (request.method, request.scope["route"].path) not in _OPEN_TO_SHEETS:
        raise SheetTokenReads()


def spend(request: Request, key: Key) -> None:
    """Take a request from what a limited key may ask. Raises TooManyRequests."""
    if key.per_minute is not None:
        cast(Rates, request.app.state.rates).spend(key.name, key.per_minute)


def key_of(request: Request) -> str:
    """The key in a request: a header, Bearer, the password of Basic, or a parameter.

    The same key in several places is one key; different ones are refused, since one of them would be ignored.
    """
    found = [(place, key) for place, key in _spellings(request) if key]
    if not found:
        raise KeyMissing()
    if len({key for _, key in found}) > 1:
        raise KeysDiffer(tuple(dict.fromkeys(place for place, _ in found)))
    return found[0][1]


def has_key(request: Request) -> bool:
    """Whether a request carries anything that may be a key."""
    return any(key for _, key in _spellings(request))


def _spellings(request: Request) -> Iterator[tuple[str, str]]:
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    yield f"the header {KEY_HEADER}", request.headers.get(KEY_HEADER, "")
    if scheme.lower() == "bearer":
        yield "the header Authorization", credentials.strip()
    elif scheme.lower() == "basic":
        yield "the header Authorization", _password(credentials)
    for value in request.query_params.getlist(KEY_PARAMETER):
        yield f"?{KEY_PARAMETER}=", value


def _password(credentials: str) -> str:
    try:
        return b64decode(credentials, validate=True).decode().partition(":")[2]
    except ValueError as failure:
        raise KeyRefused("is not readable: Basic takes base64 of user:key") from failure


class Rates:
    """How often each limited key has asked: a bucket of a minute's requests, refilled evenly."""

    _MOST = 10_000
    """Buckets that are kept without a look at which are full again: addresses have some, too."""

    def __init__(self) -> None:
        self._buckets: dict[str, tuple[float, float]] = {}
        self._guard = threading.Lock()

    def spend(self, name: str, per_minute: int) -> None:
        """Take one request from a key's bucket. Raises TooManyRequests with the seconds until the next."""
        with self._guard:
            now = monotonic()
            if len(self._buckets) >= self._MOST:
                # After a minute a bucket is as full as one that is not there.
                self._buckets = {one: kept for one, kept in self._buckets.items() if now - kept[1] < 60}
            left, since = self._buckets.get(name, (float(per_minute), now))
            left = min(float(per_minute), left + (now - since) * per_minute / 60)
            if left < 1:
                raise TooManyRequests(per_minute, ceil((1 - left) * 60 / per_minute))
            self._buckets[name] = (left - 1, now)


CallerOf = Annotated[Caller, Depends(caller_of)]
HolderOf = Annotated[Caller, Depends(holder_of)]
"""The caller where an address is for the key itself, whatever the method: a sheet token is refused."""

ServicesOf = Annotated[Services, Depends(_services)]
