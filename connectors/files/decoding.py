"""Bytes become blocks of whole lines in UTF-8, whatever encoding the file is in."""

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from connectors.files.opening import binary
from tabular.errors import FileUnreadable

LONGEST_LINE = 16 << 20
"""Bytes of a line beyond which a file is taken for one without lines."""

_BOM = codecs.BOM_UTF8
_WIDE_BOMS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True)
class Lines:
    """Whole lines of a file in UTF-8 from line `first` on; only the last line of a file may lack its end."""

    data: bytes
    first: int
    last: bool = False


def whole_lines(chunks: Iterable[bytes], encoding: str, file: Path) -> Iterator[Lines]:
    """The lines of a file, a chunk at a time; a byte order mark is taken away.

    Raises FileUnreadable: bytes that are no text in `encoding` (with the line), zero bytes, a line without end.
    """
    is_utf8 = codecs.lookup(encoding).name in ("utf-8", "utf-8-sig")
    texts = _without_bom(chunks, file, encoding) if is_utf8 else _transcoded(chunks, encoding, file)
    pieces: list[bytes] = []
    held, line = 0, 1
    for text in texts:
        cut = text.rfind(b"\n") + 1
        if cut:
            data = b"".join((*pieces, text[:cut]))
            _check(data, line, encoding, file)
            yield Lines(data, line)
            line += data.count(b"\n")
            pieces, held = [], 0
        pieces.append(text[cut:])
        held += len(text) - cut
        if held > LONGEST_LINE:
            reason = f"line {line} does not end within {LONGEST_LINE >> 20} MiB: it has no lines"
            raise FileUnreadable(str(file), reason)
    rest = b"".join(pieces)
    _check(rest, line, encoding, file)
    yield Lines(rest, line, last=True)


def _check(data: bytes, line: int, encoding: str, file: Path) -> None:
    zero = data.find(0)
    if zero >= 0:
        raise binary(file, line + data.count(b"\n", 0, zero))
    if not data.isascii():
        try:
            data.decode()
        except UnicodeDecodeError as error:
            raise wrong_encoding(file, encoding, line + data.count(b"\n", 0, error.start)) from None


def wrong_encoding(file: Path, encoding: str, line: int) -> FileUnreadable:
    """What to raise where a line is no text in the encoding it was read as."""
    advice = 'Say the right one in the mapping, such as encoding = "cp1252" or encoding = "utf-16".'
    return FileUnreadable(str(file), f"line {line} is no text in {encoding}, the encoding it was read as", advice)


def _without_bom(chunks: Iterable[bytes], file: Path, encoding: str) -> Iterator[bytes]:
    for at, chunk in enumerate(chunks):
        if at == 0:
            for mark, name in _WIDE_BOMS:
                if chunk.startswith(mark):
                    reason = f"it begins as {name} text, and was read as {encoding}"
                    raise FileUnreadable(str(file), reason, f'Say so in the mapping: encoding = "{name}".')
        yield chunk.removeprefix(_BOM) if at == 0 else chunk


def _transcoded(chunks: Iterable[bytes], encoding: str, file: Path) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)()
    line, start = 1, True
    for chunk, is_last in _marked(chunks):
        before = decoder.getstate()
        try:
            text = decoder.decode(chunk, is_last)
        except UnicodeDecodeError as error:
            # The same decoder, now lenient, reads up to the fault and so tells the line; it may hold bytes back.
            lenient = codecs.getincrementaldecoder(encoding)("replace")
            lenient.setstate(before)
            right = lenient.decode(chunk[: max(0, error.start - len(before[0]))])
            raise wrong_encoding(file, encoding, line + right.count("\n")) from None
        line += text.count("\n")
        yield (text.removeprefix("\ufeff") if start else text).encode()
        start = start and not text


def _marked(chunks: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    for chunk in chunks:
        yield chunk, False
    yield b"", True
