"""What can go wrong with an answer on its way, on command: at the n-th request, so many times, or by chance."""

import json
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from tests.upstream.wire import Reply, beyond

JSON = [("content-type", "application/json")]
TEXT = [("content-type", "text/plain; charset=utf-8")]


class Kind(StrEnum):
    """What goes wrong. Those up to REDIRECT are answered without asking the upstream."""

    TOO_MANY = "429"
    FAILED = "500"
    BUSY = "503"
    WRONG_KEY = "wrong_key"
    GARBAGE = "garbage"
    REDIRECT = "redirect"
    STALL = "stall"
    REPEAT = "repeat"
    CUT = "cut"
    ERRORS = "errors"
    SHRINK = "shrink"
    WRONG_TYPE = "wrong_type"


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of the next requests whose body has the text `asked`, from the `at`-th of them on, `times` times
    (None: for ever), each with `probability`, by dice of `seed`.

    A fault that finds nothing to spoil in an answer waits for the next one.

    | kind | what comes |
    | --- | --- |
    | `429` | that status, with `retry_after` where given |
    | `500` | that status |
    | `503` | that status, with `retry_after` where given |
    | `wrong_key` | 401 |
    | `garbage` | 200 with a body that is no JSON; `form` is "" for text, "truncated", "html" or "empty" |
    | `redirect` | 302 to `location` |
    | `stall` | nothing, until the client goes or `Proxy.release`, which passes the request on |
    | `repeat` | the last answer to the same fields of Query |
    | `cut` | the head of the true answer and half of its body |
    | `errors` | the true answer with `errors`; with `form` "null", its `field` is null |
    | `shrink` | the true answer without the last `rows` elements of its `field` |
    | `wrong_type` | the true answer with a text for the first number in its `field`, or for the number `column` there |

    Where an answer has no `field` of that name, its first list is meant.
    """

    kind: Kind
    times: int | None = 1
    at: int = 1
    probability: float = 1.0
    seed: int = 0
    asked: str = ""
    retry_after: int | None = None
    form: str = ""
    field: str = "rows"
    rows: int = 1
    column: str = ""
    location: str = ""

    def __post_init__(self) -> None:
        forms = {Kind.GARBAGE: {"truncated", *GARBAGE}, Kind.ERRORS: {"", "null"}}.get(self.kind, {""})
        if self.form not in forms:
            raise ValueError(f"{self.kind} has no form {self.form!r}")


class Armed:
    """A fault that waits for its requests."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self._left = fault.times
        self._seen = 0
        self._dice = random.Random(fault.seed)  # noqa: S311  # the same faults in every run

    def strikes(self, body: str) -> bool:
        """Whether this request is one of them; one strike is used up then."""
        if self.fault.asked not in body:
            return False
        self._seen += 1
        # Thrown for every request, so that which of them it hits depends on nothing else.
        hits = self._dice.random() < self.fault.probability
        if self._seen < self.fault.at or self._left == 0 or not hits:
            return False
        if self._left is not None:
            self._left -= 1
        return True

    def missed(self) -> None:
        """There was nothing to spoil: it strikes once more."""
        if self._left is not None:
            self._left += 1


def striking(script: Iterable[Armed], body: str) -> Armed | None:
    """The first fault of a script that strikes a request; all of them see it."""
    struck = None
    for armed in script:
        if struck is None and armed.strikes(body):
            struck = armed
    return struck


def refusal(fault: Fault) -> Reply | None:
    """The answer that a fault gives without asking the upstream."""
    again = [] if fault.retry_after is None else [("retry-after", str(fault.retry_after))]
    match fault.kind:
        case Kind.TOO_MANY:
            return Reply(429, [*TEXT, *again], b"too many requests")
        case Kind.FAILED:
            return Reply(500, TEXT, b"internal server error")
        case Kind.BUSY:
            return Reply(503, [*TEXT, *again], b"service unavailable")
        case Kind.WRONG_KEY:
            return Reply(401, JSON, b'{"errors":[{"message":"the key is not known"}]}')
        case Kind.REDIRECT:
            return Reply(302, [*TEXT, ("location", fault.location)], b"elsewhere")
    return None


GARBAGE = {
    "": Reply(200, JSON, b"upstream connect error or disconnect"),
    "html": Reply(200, [("content-type", "text/html")], b"<!DOCTYPE html><html><body>Log in</body></html>"),
    "empty": Reply(200, JSON),
}


def spoiled(fault: Fault, reply: Reply) -> Reply | None:
    """The true answer as a fault leaves it; None where there is nothing to spoil."""
    if fault.kind is Kind.CUT:
        return replace(reply, cut=True) if len(reply.body) > 1 else None
    if fault.kind is Kind.GARBAGE:
        return _with_body(reply, reply.body[: len(reply.body) // 2])
    try:
        answer = json.loads(reply.body)
    except ValueError:
        return None
    if not isinstance(answer, dict) or not isinstance(answer.get("data"), dict):
        return None
    if not _SPOILING[fault.kind](fault, answer):
        return None
    return _with_body(reply, json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode())


def _with_body(reply: Reply, body: bytes) -> Reply:
    return replace(reply, headers=beyond(reply.headers, "content-encoding", "etag"), body=body)


def _field(fault: Fault, data: dict[str, Any]) -> str | None:
    """The field that a fault means."""
    if fault.field in data:
        return fault.field
    return next((key for key, value in data.items() if isinstance(value, list)), None)


def _add_errors(fault: Fault, answer: dict[str, Any]) -> bool:
    field = _field(fault, answer["data"])
    if field is None:
        return False
    if fault.form == "null":
        answer["data"][field] = None
    answer["errors"] = [{"message": "the slave is not accessible", "path": [field]}]
    return True


def _shrink(fault: Fault, answer: dict[str, Any]) -> bool:
    field = _field(fault, answer["data"])
    rows = answer["data"].get(field)
    if not isinstance(rows, list) or not rows:
        return False
    del rows[-fault.rows :]
    return True


def _mistype(fault: Fault, answer: dict[str, Any]) -> bool:
    return _mistype_in(answer["data"].get(_field(fault, answer["data"])), fault.column)


def _mistype_in(value: Any, column: str) -> bool:
    """Put a text in the place of the first number, or the first of that name, within a value; whether there was one."""
    for key, held in value.items() if isinstance(value, dict) else ():
        if isinstance(held, int | float) and not isinstance(held, bool) and column in ("", key):
            value[key] = "many"
            return True
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(_mistype_in(each, column) for each in inner)


_SPOILING: dict[Kind, Callable[[Fault, dict[str, Any]], bool]] = {
    Kind.ERRORS: _add_errors,
    Kind.SHRINK: _shrink,
    Kind.WRONG_TYPE: _mistype,
}
