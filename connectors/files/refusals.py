"""Refused lines are kept in a file of their own, which appears whole or not at all."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from connectors.files.records import Refused


class Refusals:
    """Writes `line<TAB>reason<TAB>the raw line`, a line each, to `path` when it is kept: never, if nothing was refused.

    Only its owner may read the file (0600), for it repeats what the loaded file says. A line end within a quoted field
    is written as \\n.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None
        self.count = 0
        self.first: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
            Path(self._file.name).unlink(missing_ok=True)

    def add(self, refused: Iterable[Refused]) -> None:
        """More refused lines; those of one call are put into the order of the file."""
        for line in sorted(refused, key=lambda line: line.line):
            text = line.text.replace(b"\r", b"\\r").replace(b"\n", b"\\n")
            self._open().write(b"%d\t%s\t%s\n" % (line.line, line.reason.encode(), text))
            self.count += 1
            if self.first is None:
                self.first = f"line {line.line}: {line.reason}"

    def keep(self) -> None:
        """Puts the file in its place, instead of an older one."""
        if self._file is None:
            return
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        Path(self._file.name).replace(self._path)
        self._file = None

    def _open(self) -> IO[bytes]:
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = tempfile.NamedTemporaryFile(  # noqa: SIM115  # closed by keep or by leaving
                dir=self._path.parent, prefix=f".{self._path.name}.", delete=False
            )
        return self._file
