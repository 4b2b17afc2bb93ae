"""What can go wrong with a request to Google, on command: at the n-th of its kind, so many times."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What comes instead of the answer."""

    TOO_MANY = "429"
    FAILED = "500"
    BUSY = "503"
    UNAUTHENTICATED = "401"
    CUT = "cut"
    HALF = "half"
    STALL = "stall"
    GARBAGE = "garbage"
    HTML = "html"
    TOKEN = "token"  # noqa: S105  # the name of a fault


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of the next requests in whose `METHOD target` or body `asked` is found, from the `at`-th of them on,
    `times` times (None: for ever).

    `after`: the request is done first, and then its answer is lost; else nothing is done.

    | kind | what comes |
    | --- | --- |
    | `429` | RESOURCE_EXHAUSTED, with `retry_after` where given |
    | `500`, `503` | Google's JSON of that status, with `retry_after` where given |
    | `401` | UNAUTHENTICATED |
    | `cut` | the connection ends without an answer |
    | `half` | the head of the answer and half of its body |
    | `stall` | nothing until `release`; then the answer |
    | `garbage` | 200 with a body that is no JSON |
    | `html` | 502 with a page of HTML, as a proxy gives it |
    | `token` | the token endpoint refuses: invalid_grant |

    What stalls is done when it is released, though whoever asked has long gone: so Google may be late, too.

    Requests for tokens are struck by `token`, and by those whose `asked` is found in `POST /token`.
    """

    kind: Kind
    times: int | None = 1
    at: int = 1
    asked: str = ""
    after: bool = False
    retry_after: str | None = None


class Armed:
    """A fault that waits for its requests."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self._left, self._seen = fault.times, 0

    def strikes(self, line: str, body: bytes) -> bool:
        """Whether this request is one of them; one strike is used up then."""
        fault, for_token = self.fault, line.startswith("POST /token")
        if for_token != (fault.kind is Kind.TOKEN or "/token" in fault.asked):
            return False
        if fault.asked not in line and fault.asked.encode() not in body:
            return False
        self._seen += 1
        if self._seen < fault.at or self._left == 0:
            return False
        if self._left is not None:
            self._left -= 1
        return True


def striking(script: Iterable[Armed], line: str, body: bytes) -> Fault | None:
    """The first fault of a script that strikes a request; all of them see it."""
    struck = None
    for armed in script:
        if struck is None and armed.strikes(line, body):
            struck = armed.fault
    return struck
