"""The client of a TVox over HTTP: within its limits, again where that may help, at whichever address answers."""

import logging
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil
from pathlib import Path
from typing import Protocol

from connectors.tvox.address import Address, parse_address
from connectors.tvox.backoff import CAP, Draw, backoff, backoff_when_busy, by_chance
from connectors.tvox.circuit import Circuit, Position
from connectors.tvox.lines import Lines
from connectors.tvox.replies import Busy, described, judged, without
from connectors.tvox.sending import Sent
from connectors.tvox.state import Ledger, State
from connectors.tvox.trouble import Trouble
from tabular.errors import UpstreamBusy, UpstreamFailed, UpstreamKeyRefused, UpstreamUnreachable
from tabular.upstream import Urgency, Urgent

ATTEMPTS = {Urgency.INTERACTIVE: 3, Urgency.BACKGROUND: 5}
"""How often one address is asked for the same thing, by who waits for it."""
PATIENCE = 120.0
"""Seconds: who is told to wait for longer is refused, and may come again. Clients hear of no longer ones."""
MOST = 256 << 20
"""Bytes of one answer."""

logger = logging.getLogger("tvox.upstream")


class Turns(Protocol):
    """The budget of requests that all who ask the same TVox share."""

    def turn(self, urgent: Urgent) -> AbstractContextManager[object]:
        """One request may be sent within it; waits for its turn. Raises UpstreamFailed if there will be none."""
        ...

    def pause(self, seconds: float) -> None:
        """Let no turn begin for so long."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class _Way:
    address: Address
    circuit: Circuit


@dataclass(slots=True)
class _Errand:
    """One thing to ask for: how often each way was tried for it, which are given up, and what the last trouble was."""

    body: bytes
    urgent: Urgent
    what: str
    tries: Counter[_Way] = field(default_factory=Counter)
    given_up: set[_Way] = field(default_factory=set)
    trouble: tuple[_Way, Trouble] | None = None

    def may_try_again(self, way: _Way) -> bool:
        return self.tries[way] < ATTEMPTS[self.urgent.urgency]


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Client:
    """The way to a TVox (`Sends`) that has one or more addresses, the first before the others; used by many threads.

    `key` is sent as X-Telenia-APIKey and shown nowhere. `ca` is a file of certificates (PEM) to trust as well, `proxy`
    the address of one; the environment is not asked. A TVox may be silent for `seconds`. Time comes from `clock`
    (seconds from anywhere) and `now` (UTC), chance from `draw`; `wait` waits for some seconds between attempts.

    Raises ValueError, without secrets, for an address, key, file or proxy that cannot be used.
    """

    def __init__(
        self,
        addresses: Sequence[str],
        key: str,
        turns: Turns,
        *,
        ca: Path | None = None,
        proxy: str | None = None,
        seconds: float = 60,
        most: int = MOST,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = _utc_now,
        draw: Draw = by_chance,
        wait: Callable[[float], object] | None = None,
    ) -> None:
        by_shown = {one.shown: one for one in map(parse_address, addresses)}
        if not by_shown:
            raise ValueError("a TVox has an address")
        key = key.strip()
        if not re.fullmatch(r"[\x21-\x7e]+", key):
            raise ValueError("the key of the TVox is empty, or holds what no header may")
        for shown in (one.shown for one in by_shown.values() if one.is_open):
            logger.warning("The TVox at %s is asked without TLS: others on the way can read the key.", shown)
        self._lines = Lines(
            {
                "X-Telenia-APIKey": key,
                "Content-Type": "application/json",
                "Accept": "application/json",
                "Accept-Encoding": "gzip",
                "User-Agent": "TVox-Tables",
            },
            tls=any(one.url.startswith("https:") for one in by_shown.values()),
            ca=ca,
            proxy=proxy,
            seconds=seconds,
            clock=clock,
            most=most,
        )
        self._secrets = (key, *(one.login[1] for one in by_shown.values() if one.login and one.login[1]))
        self._ways = tuple(_Way(one, Circuit(clock)) for one in by_shown.values())
        self._ledger = Ledger(tuple(by_shown))
        self._turns = turns
        self._clock = clock
        self._now = now
        self._draw = draw
        self._ended = threading.Event()
        self._wait = wait or self._ended.wait

    def send(self, body: bytes, urgent: Urgent, what: str) -> Sent:
        """What the TVox answers, asked again where that may help: after trouble on the way and statuses 429 and 5xx.

        Every attempt takes a turn; while no address may be asked, none is taken. Raises UpstreamFailed, as Sends says.
        """
        errand = _Errand(body, urgent, what)
        while True:
            self._check_open(errand)
            with self._turns.turn(urgent):
                came = self._attempt(errand)
            if isinstance(came, Sent):
                return came
            if came > 0:
                self._wait(came)

    def _attempt(self, errand: _Errand) -> Sent | float:
        """The answer, or the seconds to wait before the next attempt. Raises UpstreamFailed."""
        way, era = self._entered(errand)
        errand.tries[way] += 1
        self._ledger.sends(again=errand.tries.total() > 1)
        try:
            at, began = self._now(), self._clock()
            reply = self._lines.ask(way.address, errand.body)
            if isinstance(reply, Trouble):
                return self._after_trouble(errand, way, era, reply)
            self._ledger.came(reply.status)
            try:
                verdict = judged(reply, way.address.shown, errand.what, self._now(), self._secrets)
            except UpstreamFailed as failure:
                self._succeeded(way, era)
                self._failed(way, "it refuses the key" if isinstance(failure, UpstreamKeyRefused) else described(reply))
                raise
            if isinstance(verdict, Trouble):
                return self._after_trouble(errand, way, era, verdict)
            self._succeeded(way, era)
            if isinstance(verdict, Busy):
                self._pause(errand, way, verdict)
                return 0
            self._ledger.answered(way.address.shown, self._now(), self._clock() - began)
            return Sent(verdict, way.address.shown, at)
        finally:
            way.circuit.leave(era)

    def _pause(self, errand: _Errand, way: _Way, busy: Busy) -> None:
        """Let everybody pause; who waits in vain or too long is refused."""
        tries = errand.tries.total()
        seconds = backoff_when_busy(tries, self._draw) if busy.after is None else busy.after
        self._turns.pause(seconds)
        self._failed(way, f"it takes no more requests for {ceil(seconds)} seconds")
        if seconds > PATIENCE or not errand.may_try_again(way):
            raise UpstreamBusy(min(int(PATIENCE), ceil(seconds)))

    def _after_trouble(self, errand: _Errand, way: _Way, era: int, trouble: Trouble) -> float:
        """The seconds to wait before the next attempt. Raises UpstreamUnreachable when the service is ending."""
        errand.trouble = (way, trouble)
        if self._ended.is_set():
            raise self._unreachable(errand)
        self._failed(way, trouble.reason)
        elsewhere = any(one is not way and one not in errand.given_up and one.circuit.lets for one in self._ways)
        again = errand.may_try_again(way) and not trouble.final
        if trouble.after is not None and trouble.after <= CAP and again and not elsewhere:
            opened = way.circuit.failed(era)
            self._turns.pause(trouble.after)
            seconds = 0.0
        else:
            at_once = trouble.final or (elsewhere and not trouble.reached)
            opened = way.circuit.failed(era, at_once, trouble.after)
            seconds = backoff(errand.tries[way], self._draw)
        if opened is not None:
            logger.info("The TVox at %s is left in peace for %d seconds.", way.address.shown, ceil(opened))
        if opened is None and again:
            return seconds
        errand.given_up.add(way)
        return 0

    def _succeeded(self, way: _Way, era: int) -> None:
        if way.circuit.succeeded(era):
            logger.info("The TVox at %s is asked again.", way.address.shown)

    def _failed(self, way: _Way, error: str) -> None:
        self._ledger.failed(way.address.shown, without(self._secrets, error), self._now())

    def _check_open(self, errand: _Errand) -> None:
        """Raise UpstreamUnreachable if no way is left for an errand."""
        if self._ended.is_set() or not any(one not in errand.given_up and one.circuit.lets for one in self._ways):
            raise self._unreachable(errand)

    def _entered(self, errand: _Errand) -> tuple[_Way, int]:
        """The first way that lets an errand through, and the era of its circuit. Raises UpstreamUnreachable."""
        for way in self._ways:
            if way not in errand.given_up and (era := way.circuit.enter()) is not None:
                return way, era
        raise self._unreachable(errand)

    def _unreachable(self, errand: _Errand) -> UpstreamUnreachable:
        soonest = min(self._ways, key=lambda way: way.circuit.opens_in)
        seconds = max(1, ceil(soonest.circuit.opens_in))
        if self._ended.is_set():
            return UpstreamUnreachable(soonest.address.shown, "this service is ending")
        if errand.trouble is not None:
            way, trouble = errand.trouble
            return UpstreamUnreachable(way.address.shown, trouble.reason, seconds)
        return UpstreamUnreachable(soonest.address.shown, self._ledger.error(soonest.address.shown), seconds)

    def state(self) -> State:
        """How the way stands, for people to see."""
        now = self._now()
        circuits: dict[str, tuple[Position, datetime | None]] = {}
        for way in self._ways:
            position = way.circuit.position
            until = now + timedelta(seconds=way.circuit.opens_in) if position is Position.OPEN else None
            circuits[way.address.shown] = (position, until)
        return self._ledger.state(circuits)

    def close(self) -> None:
        """Hang up; requests on their way and those who wait between attempts are refused."""
        self._ended.set()
        self._lines.close()
