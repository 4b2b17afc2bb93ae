"""Answers for those who ask: kept, joined while they are made for somebody else, or made."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

from fastapi import Request
from fastapi.responses import Response
from starlette.types import Receive, Scope, Send

from answers.kept import KeptAnswers
from api.making import Making
from api.streaming import compressed, gathered
from api.turns import Turn, Turns
from store.patience import Patience
from store.plan import Plan

LONG_ROWS = 20_000
"""An answer of more rows is made in turns with other long ones from its beginning."""

MANY_ROWS = 2_000_000
"""A question that looks at more rows than these is a heavy one."""


class Answerable(Protocol):
    """What is known of an answer before its first byte, and its bytes: `answers.answer.Answer` is one.

    Two answers of one store with the same `name` have the same bytes; `planning` is how many seconds planning took.
    """

    plan: Plan
    name: str
    row_count: int | None
    planning: float

    def pieces(self, patience: Patience | None = None) -> Iterator[bytes]:
        """The answer in pieces of about a batch."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer that is asked for, in an encoding, and the headers that go with it; `stays` says that others may be
    given the same, and `rows` how many rows it had, once it is made."""

    answer: Answerable
    encoding: str | None
    headers: dict[str, str]
    media_type: str
    stays: bool
    rows: Callable[[], int | None] = lambda: None

    @property
    def name(self) -> str:
        """What is the same where the bytes are the same."""
        return f"{self.encoding or ''} {self.answer.name}"

    @property
    def turn(self) -> Turn:
        """Whose turn it takes for the first piece."""
        rows = self.answer.row_count
        if rows is not None and rows > LONG_ROWS and not self.answer.plan.query.sort:
            return Turn.PIECE
        return Turn.HEAVY if self.answer.plan.rows_read > MANY_ROWS else Turn.SMALL

    def whole(self, body: bytes, timing: str) -> Response:
        """The response, its body being there."""
        return Response(body, headers=self.timed(timing), media_type=self.media_type)

    def streamed(self, part: "_Part", timing: str) -> Response:
        """The response, its body being on its way."""
        return _Streamed(part.making.stream(), part, self.timed(timing), self.media_type)

    def timed(self, timing: str) -> dict[str, str]:
        """Its headers, with how long the plan and something else took."""
        return self.headers | {"Server-Timing": f"plan;dur={self.answer.planning * 1000:.1f}, {timing}"}


class Answering:
    """What the answers of an app share: those that are kept, those that are being made, and who works when.

    `seconds` is how long making a piece of an answer may take; 0 sets no limit.
    """

    def __init__(self, kept: KeptAnswers, turns: Turns, seconds: float) -> None:
        self.kept = kept
        self._turns = turns
        self._seconds = seconds or float("inf")
        self._makings: dict[str, Making] = {}

    async def response(self, asked: Asked, request: Request) -> Response:
        """The response to who asks, once its first bytes are there. Raises TablesError."""
        body = self._kept(asked)
        if body is not None:
            return asked.whole(body, "kept")
        began = perf_counter()
        come = await self._come(asked, request.receive)
        timing = f"first;dur={(perf_counter() - began) * 1000:.1f}"
        return asked.whole(come, timing) if isinstance(come, bytes) else asked.streamed(come, timing)

    async def pieces(self, asked: Asked, receive: Receive) -> AsyncGenerator[bytes]:
        """The bytes for who keeps them, as fast as they are made; who does not want them any more says so by
        `receive`, as a client that disconnects. Raises TablesError, TookTooLong when nobody wants them any more."""
        body = self._kept(asked)
        come = await self._come(asked, receive) if body is None else body
        if isinstance(come, bytes):
            yield come
            return
        try:
            async for piece in come.making.stream():
                yield piece
        finally:
            come.leave()
            await come.making.close()

    def _kept(self, asked: Asked) -> bytes | None:
        return self.kept.get(asked.name) if self._shares(asked) else None

    def _shares(self, asked: Asked) -> bool:
        return asked.stays and self.kept.most > 0

    async def _come(self, asked: Asked, receive: Receive) -> "bytes | _Part":
        """The whole answer, or the part in its making once the first piece is there. Raises TablesError."""
        others = self._makings.get(asked.name)
        if others is not None:
            others.join()
            part = _Part(others, receive)
            try:
                body = await others.whole()
            finally:
                part.leave()
            if body is not None:
                return body
        making = self._begun(asked, self._shares(asked) and others is None)
        part = _Part(making, receive)
        try:
            body = await making.begin()
        except BaseException:
            part.leave()
            raise
        if body is None:
            return part
        part.leave()
        return body

    def _begun(self, asked: Asked, shares: bool) -> Making:
        def over(whole: bytes | None) -> None:
            if shares:
                del self._makings[asked.name]
                if whole is not None:
                    self.kept.put(asked.name, whole, asked.rows())

        patience = Patience(self._seconds)
        pieces = gathered(compressed(asked.answer.pieces(patience), asked.encoding))
        making = Making(pieces, patience, self._turns, asked.turn, self.kept.largest if shares else 0, over)
        if shares:
            self._makings[asked.name] = making
        return making


class _Part:
    """What a request has to do with a making: it leaves when its client does, at the latest when it is over."""

    def __init__(self, making: Making, receive: Receive) -> None:
        self.making = making
        self.is_over = False
        self._listening = asyncio.create_task(self._listen(receive))

    def leave(self) -> None:
        """Ask for it no more."""
        if not self.is_over:
            self.is_over = True
            self._listening.cancel()
            self.making.leave()

    async def _listen(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.leave()


class _Streamed(Response):
    """A response whose pieces are sent as they are made, and are made no more when the client has left."""

    def __init__(self, pieces: AsyncIterator[bytes], part: _Part, headers: dict[str, str], media_type: str) -> None:
        super().__init__(None, 200, headers, media_type)
        del self.headers["Content-Length"]
        self._pieces = pieces
        self._part = part

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            async for piece in self._pieces:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                if self._part.is_over:
                    return
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except Exception:
            if not self._part.is_over:
                raise
        finally:
            self._part.leave()
            await self._part.making.close()
