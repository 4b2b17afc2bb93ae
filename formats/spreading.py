"""Batches become bytes in several threads, while the engine makes the next ones; the pieces keep their order."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pyarrow as pa

AT_ONCE = os.cpu_count() or 1
"""Batches that are written at the same time: whole columns are, without the interpreter's lock."""

_WRITERS = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="write")


def spread(batches: Iterable[pa.RecordBatch], write: Callable[[pa.RecordBatch], bytes]) -> Iterator[bytes]:
    """What `write` makes of each batch that has rows, in order.

    What writing a batch raises is raised in its place. Closing this leaves what is being written to its end, and
    begins no other.

    >>> one = pa.record_batch({"a": [1]})
    >>> list(spread([one, one.slice(1), one], lambda batch: b"%d" % batch.num_rows))
    [b'1', b'1']
    """
    filled = (batch for batch in batches if batch.num_rows)
    first = next(filled, None)
    if first is None:
        return
    # Nobody waits for the first one longer than it takes, and a lone one is not worth a change of threads.
    yield write(first)
    writing: deque[Future[bytes]] = deque()
    try:
        for batch in filled:
            while len(writing) > AT_ONCE:
                yield writing.popleft().result()
            writing.append(_WRITERS.submit(write, batch))
        while writing:
            yield writing.popleft().result()
    finally:
        for one in writing:
            one.cancel()
