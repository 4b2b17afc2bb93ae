"""Turns: who works when, so that a small question never waits for exports."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from typing import TypeVar

T = TypeVar("T")


class Turn(Enum):
    """What kind of work waits: a small question, one that looks at very many rows, or a piece of a long answer."""

    SMALL = "small"
    HEAVY = "heavy"
    PIECE = "piece"


THREADS = {Turn.SMALL: 16, Turn.HEAVY: 2, Turn.PIECE: max(1, (os.cpu_count() or 1) // 2)}
"""How much work of each kind is done at the same time. All exports share half of the processors, a piece at a time:
what is left is there for who comes next."""


class Turns:
    """Threads for each kind of work, in which it is done in the order in which it came."""

    def __init__(self) -> None:
        self._threads = {turn: ThreadPoolExecutor(most, turn.value) for turn, most in THREADS.items()}

    def take(self, turn: Turn, work: Callable[[], T]) -> asyncio.Future[T]:
        """What some work will give, or raise, when its turn has come."""
        return asyncio.get_running_loop().run_in_executor(self._threads[turn], work)

    def close(self) -> None:
        """End the threads, once what they do is done."""
        for threads in self._threads.values():
            threads.shutdown()
