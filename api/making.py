"""An answer in the making: for all who ask the same meanwhile, and stopped when none of them is there any more."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

from api.streaming import PIECE_BYTES
from api.turns import Turn, Turns
from store.patience import Patience

AGAIN = 0.05
"""Seconds between two attempts to stop an engine that was about to begin."""


class Making:
    """Makes an answer piece by piece: of its own accord up to `largest` bytes, beyond them as it is streamed.

    Who began it asks for the beginning and streams the rest; others who ask the same wait whether it comes to an end
    within `largest` bytes. The first piece takes its `turn`, the others those of long answers; each has to be there
    within the seconds of `patience`. `over` is called when nobody can join any more, with the whole answer if there is
    one that may be kept.
    """

    def __init__(
        self,
        pieces: Iterator[bytes],
        patience: Patience,
        turns: Turns,
        turn: Turn,
        largest: int,
        over: Callable[[bytes | None], None],
    ) -> None:
        self._pieces = pieces
        self._patience = patience
        self._turns = turns
        self._turn = turn
        self._largest = largest
        self._over: Callable[[bytes | None], None] | None = over
        self._asking = 1
        self._made: list[bytes] = []
        self._size = 0
        self._ended = False
        self._whole: bytes | None = None
        self._failure: Exception | None = None
        self._came = asyncio.Event()
        self._known = asyncio.Event()
        self._ahead: asyncio.Task[None] | None = None
        self._work: asyncio.Future[bytes] | None = None
        self._alarm: asyncio.TimerHandle | None = None

    def join(self) -> None:
        """Ask for it, too."""
        self._asking += 1

    def leave(self) -> None:
        """Ask for it no more; when the last one leaves, the work stops."""
        self._asking -= 1
        if not self._asking:
            self._tell_over(None)
            self._stop()

    async def begin(self) -> bytes | None:
        """Make the first piece; the answer, if that is all of it. Raises what making it raises."""
        await self._make_one()
        if self._known.is_set():
            return await self.whole()
        self._ahead = asyncio.create_task(self._go_ahead())
        return None

    async def whole(self) -> bytes | None:
        """Wait for the end; the answer, None if it is too large to be waited for. Raises what making it raises."""
        await self._known.wait()
        if self._failure is not None:
            raise self._failure
        return self._whole

    async def stream(self) -> AsyncIterator[bytes]:
        """The pieces; for who began it. Raises what making them raises."""
        sent = 0
        while sent < len(self._made) or not self._known.is_set():
            if sent == len(self._made):
                self._came.clear()
                await self._came.wait()
                continue
            yield self._made[sent]
            sent += 1
        if self._failure is not None:
            raise self._failure
        self._made.clear()
        while not self._ended:
            yield await self._next()

    async def close(self) -> None:
        """Give back what the work holds, as soon as it has stopped."""
        if self._ahead is not None:
            await self._ahead
        if self._work is not None and not self._work.done():
            await asyncio.wait([self._work])
        close = getattr(self._pieces, "close", None)
        if close is not None and not self._ended:
            await self._turns.take(Turn.SMALL, close)

    async def _go_ahead(self) -> None:
        while not self._known.is_set():
            await self._make_one()

    async def _make_one(self) -> None:
        try:
            piece = await self._next()
        except Exception as failure:  # noqa: BLE001  # told to all who ask
            self._failure = failure
        else:
            self._made.append(piece)
            self._size += len(piece)
        if self._ended:
            self._whole = b"".join(self._made)
        if self._ended or self._failure is not None or self._size > self._largest:
            self._known.set()
            self._tell_over(self._whole if self._size <= self._largest else None)
        self._came.set()

    async def _next(self) -> bytes:
        self._work = self._turns.take(self._turn, self._piece)
        self._turn = Turn.PIECE
        if self._patience.seconds < float("inf"):
            self._stop_in(self._patience.seconds)
        try:
            return await asyncio.shield(self._work)
        finally:
            self._stop_in(None)

    def _piece(self) -> bytes:
        self._patience.check()
        piece = next(self._pieces, b"")
        if len(piece) < PIECE_BYTES:
            # Only the last one is short: what is behind it gives back what the work held.
            assert next(self._pieces, None) is None
            self._ended = True
        return piece

    def _stop(self) -> None:
        """Stop the engine, again and again until it has heard it."""
        self._patience.end()
        self._stop_in(None if self._work is None or self._work.done() else AGAIN)

    def _stop_in(self, seconds: float | None) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = None if seconds is None else asyncio.get_running_loop().call_later(seconds, self._stop)

    def _tell_over(self, whole: bytes | None) -> None:
        if self._over is not None:
            over, self._over = self._over, None
            over(whole)
