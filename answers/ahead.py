"""Making things ahead: the next one is made while the last one is used."""

import queue
import threading
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import TypeVar, cast

Thing = TypeVar("Thing")

_END = object()


@dataclass(frozen=True, slots=True)
class _Failed:
    failure: BaseException


def ahead(things: Iterable[Callable[[], Thing]], depth: int = 1) -> Generator[Thing, None, None]:
    """What each of `things` gives, in order, made in one other thread at most `depth` things ahead.

    What making one raises is raised in its place. Closing this stops the other thread after the thing at hand.

    >>> list(ahead([lambda: 1, lambda: 2]))
    [1, 2]
    """
    made: queue.Queue[object] = queue.Queue(maxsize=depth)
    stopped = threading.Event()

    def put(thing: object) -> None:
        while not stopped.is_set():
            try:
                made.put(thing, timeout=0.1)
            except queue.Full:
                continue
            return

    def make() -> None:
        try:
            for thing in things:
                if stopped.is_set():
                    return
                put(thing())
        except BaseException as failure:  # noqa: BLE001  # handed to whoever waits for the thing
            put(_Failed(failure))
        put(_END)

    maker = threading.Thread(target=make, name="ahead", daemon=True)
    maker.start()
    try:
        while (found := made.get()) is not _END:
            if isinstance(found, _Failed):
                raise found.failure
            yield cast(Thing, found)
    finally:
        stopped.set()
        maker.join()
