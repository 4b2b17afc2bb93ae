"""Calls of Google's Sheets API: with a token, in their turn, and again where that may help and does no harm."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from math import ceil
from typing import Any

from connectors.google.credentials import AGAIN, ServiceAccount
from connectors.google.line import Line, Lost, Reply
from connectors.google.pace import Pace
from connectors.google.refusals import decoded, described, is_limit, refusal
from connectors.google.transport import Transport
from connectors.tvox.backoff import Draw, by_chance, retry_after
from connectors.tvox.trouble import Trouble
from tabular.errors import GoogleBusy, GoogleUnreachable, GoogleWrong, OutcomeUnknown

ATTEMPTS = 8
"""How often the same is asked for: over two minutes of waiting, so that a minute that was full is over."""
LONGEST = 64.0
"""Seconds that are waited at most where Google names none (its documents: 32 or 64)."""
PATIENCE = 600.0
"""Seconds: who is told to wait for longer is refused, and may come again."""
_ENDING = "this service is ending"


@dataclass(frozen=True, slots=True)
class Call:
    """One thing to ask of a spreadsheet; `what` names it in errors. `harmless`: to do it twice is to do it once."""

    method: str
    url: str
    spreadsheet: str
    what: str
    harmless: bool
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class _Again:
    """`after` so many seconds, for everybody if Google takes too much (`busy`)."""

    reason: str
    after: float
    busy: bool = False


class Calls:
    """The way to the API for an account; used by many threads. Chance comes from `draw`, UTC from `now`; `wait` waits
    for some seconds between attempts."""

    def __init__(
        self,
        account: ServiceAccount,
        pace: Pace,
        line: Line,
        draw: Draw = by_chance,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        wait: Callable[[float], object] | None = None,
    ) -> None:
        self._account, self._pace, self._line = account, pace, line
        self._transport = Transport(line.client)
        self._draw, self._now = draw, now
        self._ended = threading.Event()
        self._wait = wait or self._ended.wait

    def ask(self, call: Call) -> dict[str, Any]:
        """The JSON object that Google answers.

        Again after trouble on the way, 429 and 5xx, and once with a new token after 401. What is not `harmless` is
        sent again only where Google said that it did nothing, or cannot have heard of it. Raises GoogleFailed: for
        such a call OutcomeUnknown where it may have been done.
        """
        refused: str | None = None
        for tries in range(1, ATTEMPTS + 1):
            token = self._account.token(self._transport, refused)
            if isinstance(token, Trouble):
                again = self._after_trouble(token, tries)
            else:
                with self._pace.turn(call.spreadsheet):
                    reply = _without(token, self._line.ask(call.method, call.url, _headers(token, call), call.body))
                if isinstance(reply, Reply) and reply.status == HTTPStatus.UNAUTHORIZED and refused is None:
                    refused = token
                    continue
                came = self._judged(reply, call, tries)
                if isinstance(came, dict):
                    return came
                again = came
            if self._ended.is_set():
                raise GoogleUnreachable(_ENDING)
            if again.after > PATIENCE or tries == ATTEMPTS:
                seconds = min(3600, max(1, ceil(again.after)))
                raise GoogleBusy(seconds) if again.busy else GoogleUnreachable(again.reason, seconds)
            rest = self._pace.pause(again.after) if again.busy else again.after
            if rest > 0:
                self._wait(rest)
        raise GoogleUnreachable("it takes no token")

    def _judged(self, reply: Reply | Lost, call: Call, tries: int) -> dict[str, Any] | _Again:
        """The answer, or what to do before asking again. Raises GoogleFailed."""
        if isinstance(reply, Lost):
            if reply.sent and not call.harmless:
                raise OutcomeUnknown(call.what, reply.trouble.reason)
            return self._after_trouble(reply.trouble, tries)
        after = retry_after(reply.headers.get("Retry-After"), self._now())
        if reply.status == HTTPStatus.OK:
            found = decoded(reply)
            if found is not None:
                return found
            if not call.harmless:
                raise OutcomeUnknown(call.what, "its answer is no JSON")
            if tries == ATTEMPTS:
                raise GoogleWrong(call.what, described(reply))
            return self._after_trouble(Trouble("its answer is no JSON"), tries)
        if is_limit(reply):
            return _Again("", self._backoff(tries) if after is None else after, busy=True)
        if reply.status >= 500 or reply.status in AGAIN:
            if not call.harmless:
                raise OutcomeUnknown(call.what, described(reply))
            return self._after_trouble(Trouble(described(reply), after=after), tries)
        raise refusal(reply, call.what, call.spreadsheet, self._account.email)

    def _after_trouble(self, trouble: Trouble, tries: int) -> _Again:
        if trouble.final or self._ended.is_set():
            raise GoogleUnreachable(trouble.reason)
        return _Again(trouble.reason, self._backoff(tries) if trouble.after is None else trouble.after)

    def _backoff(self, tries: int) -> float:
        """Google's own rule: twice as long each time, a part of a second by chance, up to LONGEST."""
        return min(LONGEST, 2.0 ** (tries - 1) + self._draw(0, 1))

    def close(self) -> None:
        """Hang up; requests on their way and those who wait are refused."""
        self._ended.set()
        self._line.close()
        self._transport.close()


def _without(token: str, reply: Reply | Lost) -> Reply | Lost:
    """A refusal without the token, whoever repeats it: errors tell of its words."""
    if isinstance(reply, Lost) or reply.status == HTTPStatus.OK:
        return reply
    return Reply(reply.status, reply.headers, reply.body.replace(token.encode(), "…".encode()))


def _headers(token: str, call: Call) -> dict[str, str]:
    found = {"Authorization": f"Bearer {token}"}
    return found if call.body is None else found | {"Content-Type": "application/json; charset=UTF-8"}
