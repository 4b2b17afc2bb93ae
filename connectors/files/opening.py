"""A file is opened as a stream of its bytes, unpacked where compressed; what is no text is refused by its looks."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from tabular.errors import FileUnreadable

CHUNK = 2 << 20
"""Bytes that are read and worked on at once."""

Progress = Callable[[int, int], None]

_GZIP = b"\x1f\x8b"
_LOOKS = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF", "a PDF document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (.xls)"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"PAR1", "a Parquet file"),
    (b"ARROW1", "an Arrow file"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (_GZIP, "a file that was compressed twice"),
)
_BY_NUL = "binary data"
_UNPACK = "Unpack it, and load the text that is in it; gzip alone is read as it is."
_EXPORT = "Save it as CSV (UTF-8), and load that."


def read_chunks(file: Path, progress: Progress) -> Iterator[bytes]:
    """The content of a file in chunks of at most CHUNK bytes; gzip, known by its first bytes, is unpacked.

    `progress` is told the bytes of the file read so far and in all. Raises FileUnreadable: no such file, a directory,
    no right to read it, nothing in it, compressed content that is cut off or damaged, no text.
    """
    if file.is_dir():
        raise FileUnreadable(str(file), "it is a directory", "Name the file in it.")
    try:
        with file.open("rb") as packed:
            yield from _chunks(file, packed, progress)
    except FileNotFoundError:
        raise FileUnreadable(str(file), "there is no such file") from None
    except OSError as error:
        raise FileUnreadable(str(file), (error.strerror or str(error)).lower()) from None


def _chunks(file: Path, packed: IO[bytes], progress: Progress) -> Iterator[bytes]:
    size = file.stat().st_size
    compressed = packed.read(len(_GZIP)) == _GZIP
    packed.seek(0)
    content: IO[bytes] = gzip.GzipFile(fileobj=packed) if compressed else packed  # type: ignore[assignment]  # read as one
    progress(0, size)
    first = True
    while chunk := _read(file, content):
        if first:
            look_at(file, chunk)
        first = False
        yield chunk
        # A file that is written to while it is read must not look more than whole.
        progress(min(packed.tell(), size), size)
    if first:
        raise FileUnreadable(str(file), "it is empty")
    progress(size, size)


def _read(file: Path, content: IO[bytes]) -> bytes:
    try:
        return content.read(CHUNK)
    except EOFError:
        reason = "its compressed content is cut off before its end"
    except (gzip.BadGzipFile, zlib.error):
        reason = "its compressed content is damaged"
    raise FileUnreadable(str(file), reason, "Copy it once more from where it came.")


def look_at(file: Path, start: bytes) -> None:
    """Raises FileUnreadable where the first bytes of the content are known to be no text."""
    if start.startswith(b"PK\x03\x04"):
        if b"xl/" in start or b"[Content_Types].xml" in start[:256]:
            raise _no_text(file, "an Excel workbook (.xlsx)", _EXPORT)
        raise _no_text(file, "a ZIP archive", _UNPACK)
    for signature, looks_like in _LOOKS:
        if start.startswith(signature):
            advice = _EXPORT if "Excel" in looks_like else _UNPACK if "archive" in looks_like else None
            raise _no_text(file, looks_like, advice)
    if start[257:262] == b"ustar":
        raise _no_text(file, "a tar archive", _UNPACK)


def binary(file: Path, line: int) -> FileUnreadable:
    """What to raise where a zero byte stands in the text of a line."""
    return _no_text(file, f"{_BY_NUL} (a zero byte in line {line})", None)


def _no_text(file: Path, looks_like: str, advice: str | None) -> FileUnreadable:
    return FileUnreadable(str(file), f"it looks like {looks_like}, not like text", advice)
