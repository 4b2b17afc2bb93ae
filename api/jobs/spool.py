"""The spool: the results of jobs, each a file in a folder beside the store, all together no larger than allowed."""

import os
import shutil
from collections.abc import Callable
from errno import EDQUOT, ENOSPC
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from anyio import CapacityLimiter, to_thread

from tabular.errors import ResultsFull, StoreFull

WRITERS = 4
"""Pieces that are written at the same time: a slow disk shall not hold up what needs a thread for something else."""


class Spool:
    """The folder `….jobs` beside a store, which nobody else may read. `most` bytes are what all results may take;
    `said` is the same for people."""

    def __init__(self, store: Path, most: int, said: str) -> None:
        self.store = store
        self.folder = store.with_name(f"{store.name}.jobs")
        self.most = most
        self.said = said
        self.bytes = 0
        self.writers = CapacityLimiter(WRITERS)

    def clear(self) -> None:
        """Remove the folder with all that is in it: what jobs were is known to the process alone that did them."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def result(self) -> "Result":
        """A new result, empty, in the hands of who asks."""
        return Result(self)


class Result:
    """The bytes of one answer, on disk as long as anybody holds them."""

    def __init__(self, spool: Spool) -> None:
        self.path = spool.folder / token_hex(12)
        self.bytes = 0
        self._spool = spool
        self._holders = 1
        self._file: BinaryIO | None = None

    async def add(self, piece: bytes, check: Callable[[], object]) -> None:
        """Write a piece; `check` is called before it, in the same thread, and may raise.

        Raises ResultsFull, StoreFull.
        """
        if self._spool.bytes + len(piece) > self._spool.most:
            raise ResultsFull(self._spool.said)
        self._spool.bytes += len(piece)
        self.bytes += len(piece)

        def write() -> None:
            check()
            if self._file is None:
                self._spool.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._file = os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
            self._file.write(piece)

        await self._on_disk(write)

    async def finish(self) -> None:
        """Say that this was all of it. Raises StoreFull."""
        if self._file is not None:
            await self._on_disk(self._file.close)

    def hold(self) -> "Result":
        """Itself, in the hands of one more."""
        self._holders += 1
        return self

    def drop(self) -> None:
        """Hold it no more; the last one removes it."""
        self._holders -= 1
        if self._holders:
            return
        self._spool.bytes -= self.bytes
        try:
            if self._file is not None:
                self._file.close()
        except OSError:
            pass  # what the disk has no room for is not wanted
        self.path.unlink(missing_ok=True)

    async def _on_disk(self, work: Callable[[], None]) -> None:
        try:
            await to_thread.run_sync(work, limiter=self._spool.writers)
        except OSError as failure:
            if failure.errno in (ENOSPC, EDQUOT):
                raise StoreFull(str(self._spool.store)) from failure
            raise
