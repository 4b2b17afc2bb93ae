"""What is no log, or a log in another encoding, is refused in one sentence with a way out."""

import gzip
from pathlib import Path

import pytest

from tabular.errors import FileUnreadable
from tests.connectors.logs import HEAD, load, load_file, mapping

LOG = "call_id,caller,wait\n1.1,045,3\n2.1,,-4\n3.1,049,5\n"
FIELDS = 'cli = "caller"\nwaitDuration = "at_least(integer(wait), 0)"'


def unreadable(folder: Path, content: bytes, fields: str = FIELDS, head: str = HEAD) -> FileUnreadable:
    with pytest.raises(FileUnreadable) as caught:
        load(folder, content, mapping(folder, fields, head))
    assert caught.value.message.startswith(f"{folder / 'log.csv'} cannot be read: ")
    assert not [path for path in folder.iterdir() if "refused" in path.name]
    return caught.value


XLSX = b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00[Content_Types].xml"
ZERO = "a zero byte in line"
UNREADABLE: dict[str, tuple[bytes, str, str | None]] = {
    "empty": (b"", "it is empty", None),
    "empty gzip": (gzip.compress(b""), "it is empty", None),
    "blank": (b"\n\r\n\n", "there is no line with text in it", None),
    "png": (b"\x89PNG\r\n\x1a\n\0\0", "it looks like a PNG image, not like text", None),
    "xlsx": (XLSX, "it looks like an Excel workbook (.xlsx), not like text", "CSV (UTF-8)"),
    "xls": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "it looks like an old Excel workbook (.xls), not like text",
        "CSV (UTF-8)",
    ),
    "zip": (b"PK\x03\x04 log.csv", "it looks like a ZIP archive, not like text", "gzip alone"),
    "pdf": (b"%PDF-1.7", "it looks like a PDF document, not like text", None),
    "tar.gz": (
        gzip.compress(b"log.csv".ljust(257, b"\0") + b"ustar"),
        "it looks like a tar archive, not like text",
        "Unpack",
    ),
    "packed twice": (
        gzip.compress(gzip.compress(b"x")),
        "it looks like a file that was compressed twice, not like text",
        None,
    ),
    "zero byte": (b"call_id,caller,wait\n1.1,0\0,2\n", f"it looks like binary data ({ZERO} 2), not like text", None),
    "cut gzip": (gzip.compress(LOG.encode())[:-12], "its compressed content is cut off before its end", "Copy it"),
    "damaged gzip": (gzip.compress(LOG.encode())[:-8] + b"12345678", "its compressed content is damaged", "Copy it"),
    "bad gzip": (gzip.compress(LOG.encode())[:10] + b"\xff" * 40, "its compressed content is damaged", "Copy it"),
    "gzip and more": (gzip.compress(LOG.encode()) + b"more", "its compressed content is damaged", "Copy it"),
    "latin": (
        LOG.encode() + "3.1,perché,2\n".encode("latin-1"),
        "line 5 is no text in utf-8, the encoding it was read as",
        "encoding =",
    ),
    "utf-16": (LOG.encode("utf-16"), "it begins as utf-16 text, and was read as utf-8", 'encoding = "utf-16"'),
    "doubled header": (b"call_id,wait,wait\n", 'its header names the column "wait" twice', "Rename"),
    "lacking column": (
        b"call_id,callers,wait\n",
        'its header has no column "caller", which the mapping reads',
        "Did you mean callers?",
    ),
    "lacking odd column": (
        b"call_id,the caller,wait\n",
        'its header has no column "caller", which the mapping reads',
        "col('the caller')",
    ),
    "lacking columns": (
        b"call_id,x\n",
        'its header has no column "caller" (nor wait), which the mapping reads',
        "Its columns are call_id, x.",
    ),
    "separator": (
        b"call_id;caller;wait\n",
        'its header has no column "call_id" (nor caller, wait), which the mapping reads',
        "not parted by ','",
    ),
    "stray header": (
        b'call_id,"caller\n1,2\n',
        "its header line cannot be split: its quotes do not pair; a quote in a quoted field is written twice",
        None,
    ),
}


@pytest.mark.parametrize("case", UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_no_log_is_refused_in_one_sentence(tmp_path: Path, case: tuple[bytes, str, str | None]) -> None:
    content, reason, advice = case
    error = unreadable(tmp_path, content)
    assert error.reason == reason
    assert advice is None or advice in (error.hint or "")


def test_wrong_encodings_name_the_line_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.files.opening.CHUNK", 11)
    head = HEAD + 'encoding = "{}"\n'
    cp1252 = unreadable(tmp_path, LOG.encode() + b"4.1,\x81,3\n", head=head.format("cp1252"))
    assert cp1252.reason == "line 5 is no text in cp1252, the encoding it was read as"
    for encoding in ("utf-16", "utf-16-be"):
        odd = LOG.encode(encoding) + "4,\ud800x\n".encode(
            "utf-16-be" if "be" in encoding else "utf-16-le", "surrogatepass"
        )
        error = unreadable(tmp_path, odd, head=head.format(encoding))
        assert error.reason == f"line 5 is no text in {encoding}, the encoding it was read as"
    cut = unreadable(tmp_path, LOG.encode("utf-16")[:-1], head=head.format("utf-16"))
    assert cut.reason == "line 4 is no text in utf-16, the encoding it was read as"


def test_a_file_without_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.files.decoding.LONGEST_LINE", 1 << 20)
    error = unreadable(tmp_path, LOG.encode() + b"x" * (5 << 20))
    assert error.reason == "line 5 does not end within 1 MiB: it has no lines"


def test_a_file_that_is_none(tmp_path: Path) -> None:
    by = mapping(tmp_path, FIELDS)
    with pytest.raises(FileUnreadable, match="there is no such file"):
        load_file(tmp_path / "none.csv", by, tmp_path)
    with pytest.raises(FileUnreadable, match="it is a directory"):
        load_file(tmp_path, by, tmp_path)
    with pytest.raises(FileUnreadable, match="not a directory"):
        load_file(tmp_path / "mapping.toml" / "x", by, tmp_path)


def test_a_header_alone_is_a_log_without_lines(tmp_path: Path) -> None:
    found = load(tmp_path, "call_id,caller,wait\n", mapping(tmp_path, FIELDS))
    assert (found.rows, found.report.read) == ([], 0)
