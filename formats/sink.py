"""A file for writers that want one: it holds what was written since it was last emptied."""

import io


class Sink(io.RawIOBase):
    """What a zip, an Arrow stream or a Parquet file is written to, and handed on from, piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self._held: list[bytes] = []
        self._place = 0

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: object, /) -> int:
        """Keep some bytes until they are taken."""
        piece = bytes(data)  # type: ignore[call-overload]  # any buffer, as RawIOBase has it
        self._held.append(piece)
        self._place += len(piece)
        return len(piece)

    def tell(self) -> int:
        """How many bytes were written; there is no way back to them."""
        return self._place

    def take(self) -> bytes:
        """What was written since the last time."""
        taken = b"".join(self._held)
        self._held.clear()
        return taken
