"""Making things ahead: the next one is made while the last one is used."""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Thing = TypeVar("Thing")


def ahead(things: Iterable[Callable[[], Thing]], depth: int = 1) -> Generator[Thing, None, None]:
    """What each of `things` gives, in order, made in one other thread at most `depth` things ahead.

    What making one raises is raised in its place. Closing this waits for the thing at hand and makes no other.

    >>> list(ahead([lambda: 1, lambda: 2]))
    [1, 2]
    """
    maker = ThreadPoolExecutor(1, thread_name_prefix="ahead")
    waiting: deque[Future[Thing]] = deque()
    try:
        for thing in things:
            waiting.append(maker.submit(thing))
            if len(waiting) > depth:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        maker.shutdown(cancel_futures=True)
