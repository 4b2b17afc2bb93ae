"""What arrived at a TVox: when, what it asked for, and how it was answered."""

import json
import re
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

MINUTE = 60.0

_WORD = re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*"""|"(?:[^"\\]|\\.)*"|#[^\n]*|\.\.\.|[{}()@:]|[A-Za-z_]\w*')


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request.

    `at` and `answered` are monotonic seconds, of this machine and so comparable between its processes; `asked` are
    the fields of Query, each as (the name it answers to, its own name); `keyed`: it brought a key. `status` is None
    until it is answered, and for good where the connection just ended. `fault` names what was done to it, `limit`
    where there was no room. `remembered`: the answer came from memory.
    """

    at: float
    method: str
    target: str
    body: str
    asked: tuple[tuple[str, str], ...]
    keyed: bool
    status: int | None = None
    fault: str | None = None
    remembered: bool = False
    answered: float | None = None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Arrival":
        """An arrival that came as JSON."""
        return cls(**{**given, "asked": tuple((key, name) for key, name in given["asked"])})


def asked_by(body: bytes) -> tuple[tuple[str, str], ...]:
    """The fields of Query that a GraphQL request asks for; none where it cannot be read.

    >>> asked_by(b'{"query": "query A($n: Int) { rows: calls(search: {a: 1}) { id } me @include(if: true) { name } }"}')
    (('rows', 'calls'), ('me', 'me'))
    """
    try:
        query = json.loads(body)["query"]
    except (ValueError, KeyError, TypeError):
        return ()
    found: list[tuple[str, str]] = []
    braces = brackets = 0
    before = alias = ""
    for word in _WORD.findall(query if isinstance(query, str) else ""):
        if word in "()":
            brackets += 1 if word == "(" else -1
        elif word in "{}" and not brackets:
            braces += 1 if word == "{" else -1
        elif braces == 1 and not brackets:
            if word == ":":
                alias = found.pop()[1]
            elif word[0].isalpha() or word[0] == "_":
                if before not in ("@", "...", "on"):
                    found.append((alias or word, word))
                alias = ""
        before = word
    return tuple(found)


def most_in_a_minute(log: Iterable[Arrival], seconds: float = MINUTE) -> int:
    """The most requests that arrived in any stretch of so many seconds, answered or refused."""
    held: deque[float] = deque()
    most = 0
    for at in sorted(arrival.at for arrival in log):
        held.append(at)
        while held[0] + seconds <= at:
            held.popleft()
        most = max(most, len(held))
    return most


class Limit:
    """At most so many requests in any stretch of so many seconds; None is no limit. Those refused do not count."""

    def __init__(self, requests: int | None = None, seconds: float = MINUTE) -> None:
        self._requests, self._seconds = requests, seconds
        self._held: deque[float] = deque()

    def spend(self, now: float) -> int | None:
        """Take room for a request; where there is none, in how many whole seconds there is."""
        if self._requests is None:
            return None
        while self._held and self._held[0] + self._seconds <= now:
            self._held.popleft()
        if len(self._held) < self._requests:
            self._held.append(now)
            return None
        return max(1, ceil(self._held[0] + self._seconds - now)) if self._held else ceil(self._seconds)
