"""The state of the way to a TVox, as GET /upstream shows it: no key, no password, nothing of what was asked."""

import logging
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from connectors.tvox.circuit import Position

logger = logging.getLogger("tvox.upstream")


@dataclass(frozen=True, slots=True)
class AddressState:
    """`until` is when an address whose circuit is open is tried again; `error` is what went wrong last, at `failed`,
    and `answered` when it answered last (all UTC)."""

    address: str
    circuit: Position
    until: datetime | None
    error: str | None
    failed: datetime | None
    answered: datetime | None


@dataclass(frozen=True, slots=True)
class State:
    """`answers` is the address that answered last, at `answered` (UTC), within `seconds`.

    `sent` counts requests, `retries` those of them that repeated one, `statuses` what came back, by status;
    what is missing there is requests to which nothing did.
    """

    addresses: tuple[AddressState, ...]
    answers: str | None
    answered: datetime | None
    seconds: float | None
    sent: int
    retries: int
    statuses: Mapping[int, int]


@dataclass(slots=True)
class _Last:
    error: str | None = None
    failed: datetime | None = None
    answered: datetime | None = None


class Ledger:
    """What happened on the way, told to the log as it happens, and kept for `state`. Addresses are as shown."""

    def __init__(self, addresses: tuple[str, ...]) -> None:
        self._guard = threading.Lock()
        self._last = {address: _Last() for address in addresses}
        self._answers: str | None = None
        self._seconds: float | None = None
        self._sent = 0
        self._retries = 0
        self._statuses: Counter[int] = Counter()

    def sends(self, again: bool) -> None:
        """A request is sent, `again` if it was sent before."""
        with self._guard:
            self._sent += 1
            self._retries += again

    def came(self, status: int) -> None:
        """Something came back."""
        with self._guard:
            self._statuses[status] += 1

    def answered(self, address: str, at: datetime, seconds: float) -> None:
        """It was the answer to the request."""
        with self._guard:
            before, self._answers = self._answers, address
            self._seconds = seconds
            self._last[address].answered = at
        if before != address:
            logger.info("The TVox at %s answers.", address)

    def failed(self, address: str, error: str, at: datetime) -> None:
        """It was not, or nothing came; `error` is a clause without secrets or values."""
        with self._guard:
            self._last[address].error = error
            self._last[address].failed = at
        logger.warning("The TVox at %s: %s.", address, error)

    def error(self, address: str) -> str:
        """What went wrong last at an address."""
        with self._guard:
            return self._last[address].error or "it is being tried"

    def state(self, circuits: Mapping[str, tuple[Position, datetime | None]]) -> State:
        """All of it; `circuits` has for each address how its circuit stands, and until when."""
        with self._guard:
            addresses = tuple(
                AddressState(address, *circuits[address], last.error, last.failed, last.answered)
                for address, last in self._last.items()
            )
            at = self._last[self._answers].answered if self._answers else None
            return State(addresses, self._answers, at, self._seconds, self._sent, self._retries, dict(self._statuses))
