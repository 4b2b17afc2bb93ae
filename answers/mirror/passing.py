"""Passing on: what only the TVox itself can answer, asked for once and kept for a moment."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta

from tabular.upstream import Upstream, Urgency

KEPT_BYTES = 32 << 20
"""Bytes of answers that are kept; a larger one is not kept at all."""


@dataclass(frozen=True, slots=True)
class _Somebody:
    """Whoever waits for what is passed on."""

    urgency: Urgency = Urgency.INTERACTIVE


class Passing:
    """Requests that are passed on to an upstream: who asks the same meanwhile, or soon after, gets the same answer."""

    def __init__(self, upstream: Upstream, keep: timedelta, now: Callable[[], datetime]) -> None:
        self._upstream = upstream
        self._keep = keep
        self._now = now
        self._guard = threading.Lock()
        self._kept: OrderedDict[bytes, tuple[datetime, Future[bytes]]] = OrderedDict()
        self._bytes = 0

    def answer(self, body: bytes) -> bytes:
        """The upstream's answer to a GraphQL request, as it came. Raises UpstreamFailed."""
        with self._guard:
            since, known = self._kept.get(body, (None, None))
            if known is not None and since is not None:
                if not known.done() or (known.exception() is None and self._now() - since < self._keep):
                    mine = None
                else:
                    self._forget(body)
                    known = None
            if known is None:
                mine = known = Future()
                self._kept[body] = self._now(), known
        if mine is not None:
            try:
                mine.set_result(self._upstream.answer(body, _Somebody()))
            except BaseException as failure:
                mine.set_exception(failure)
                with self._guard:
                    self._forget(body)
                raise
            self._make_room(body)
        return known.result()

    def _make_room(self, body: bytes) -> None:
        """Count an answer that has come, and forget the oldest ones until all that are left have room."""
        with self._guard:
            self._bytes = sum(len(known.result()) for _, known in self._kept.values() if _is_there(known))
            for oldest in list(self._kept):
                if self._bytes <= KEPT_BYTES:
                    break
                known = self._kept[oldest][1]
                if _is_there(known):
                    self._bytes -= len(known.result())
                    del self._kept[oldest]

    def _forget(self, body: bytes) -> None:
        self._kept.pop(body, None)


def _is_there(known: "Future[bytes]") -> bool:
    return known.done() and known.exception() is None
