"""Rows on their way to Google: JSON text of a grid, cut between rows into pieces that fit into a request."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MOST = 2_000_000
"""Bytes of a request that Google recommends at most."""
ENVELOPE = 2_000
"""Of these, bytes that are left to what stands around the rows."""

_BETWEEN = b",\n["


@dataclass(frozen=True, slots=True)
class Chunk:
    """`rows` rows as a JSON array of arrays."""

    body: bytes
    rows: int


def chunks(pieces: Iterable[bytes], most: int = MOST - ENVELOPE) -> Iterator[Chunk]:
    """The rows of a grid in order, as chunks of at most `most` bytes; a single row that is longer goes alone.

    `pieces` together are `[[…],⏎[…],⏎[…]]` as the format `grid` writes it, cut anywhere. A line break stands between
    rows only: JSON has none in its texts. No cell is looked at, so this costs next to nothing.
    """
    held = bytearray()
    begun = False
    for piece in pieces:
        held += piece
        if not begun and held:
            if held[:1] != b"[":
                raise ValueError("a grid begins with [")
            del held[:1]
            begun = True
        while len(held) + 2 > most and (cut := _cut(held, most - 2)):
            yield _chunk(bytes(held[:cut]))
            del held[: cut + 2]
    rest = bytes(held).rstrip()
    if not begun or (rest != b"]" and not rest.endswith(b"]]")):
        raise ValueError("a grid ends with its last row and ]")
    rest = rest[:-1]
    while len(rest) + 2 > most and (cut := _cut(rest, most - 2)):
        yield _chunk(rest[:cut])
        rest = rest[cut + 2 :]
    if rest.strip():
        yield _chunk(rest)


def _cut(held: bytes | bytearray, most: int) -> int:
    """Where the last row that fits ends, or the first where none does; 0 if it is not known yet."""
    found = held.rfind(_BETWEEN, 0, most + len(_BETWEEN))
    return found if found > 0 else max(0, held.find(_BETWEEN, most))


def _chunk(rows: bytes) -> Chunk:
    return Chunk(b"[" + rows + b"]", rows.count(_BETWEEN) + 1)
