"""Time that passes only where somebody waits, for one thread; and a Google of functions that lives in it."""

import threading
from collections.abc import Callable, Sequence

import httpx

from connectors.google.line import Lost, Reply
from connectors.tvox.trouble import Trouble

OK = Reply(200, httpx.Headers({"Content-Type": "application/json"}), b"{}")
TOO_MANY = Reply(429, httpx.Headers(), b"")
BUSY = Reply(503, httpx.Headers(), b"")
BROKEN = Lost(Trouble("the connection broke"), sent=True)
UNREACHED = Lost(Trouble("it refuses the connection", reached=False), sent=False)


def replied(status: int, body: bytes = b"", **headers: str) -> Reply:
    """An answer."""
    return Reply(status, httpx.Headers({name.replace("_", "-"): value for name, value in headers.items()}), body)


class VirtualTime:
    """A clock (`store.budget.Clock`) whose waits take no time."""

    boot = "a boot"

    def __init__(self, moment: float = 100.0) -> None:
        self.moment = moment
        self.waits: list[float] = []

    def now(self) -> float:
        return self.moment

    def wait(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self.waits.append(seconds)
        self.moment += seconds

    def condition(self, lock: threading.RLock) -> threading.Condition:
        return _Condition(self, lock)


class _Condition(threading.Condition):
    def __init__(self, time: VirtualTime, lock: threading.RLock) -> None:
        super().__init__(lock)
        self._time = time

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None, "nobody would ever wake it"
        # Never no time at all: where so little is left that a sum loses it, time goes on, too.
        self._time.moment += max(timeout, 1e-6)
        return True


class VirtualLine:
    """A line that answers by a function of the number of the request; each takes `seconds`, and arrives after a
    `share` of them."""

    client = httpx.Client(trust_env=False)

    def __init__(
        self, time: VirtualTime, answer: Callable[[int], Reply | Lost], seconds: float = 0.0, share: float = 0.0
    ) -> None:
        self._time, self._answer, self._seconds, self._share = time, answer, seconds, share
        self.arrivals: list[float] = []
        self.sent: list[tuple[str, str]] = []

    def ask(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> Reply | Lost:
        self._time.moment += self._seconds * self._share
        self.arrivals.append(self._time.moment)
        self.sent.append((method, headers["Authorization"]))
        self._time.moment += self._seconds * (1 - self._share)
        return self._answer(len(self.arrivals) - 1)

    def close(self) -> None:
        pass


class VirtualAccount:
    """An account whose tokens are numbered."""

    email = "writer@reports-4711.iam.gserviceaccount.com"

    def __init__(self) -> None:
        self.tokens = 0

    def token(self, _transport: object, refused: str | None = None) -> str | Trouble:
        if refused or not self.tokens:
            self.tokens += 1
        return f"token {self.tokens}"


def most_in_a_minute(moments: Sequence[float], seconds: float = 60.0) -> int:
    """The most moments that lie within any stretch of so many seconds, both ends included."""
    return max((sum(at <= each <= at + seconds for each in moments) for at in moments), default=0)
