"""A Layout says how a file is written: its separator, quotes, encoding, nulls and header."""

import codecs
from dataclasses import dataclass

from connectors.files.document import Document
from tabular.errors import nearest


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is written: `names` are its columns where it has no header line, None where the header says them.

    `nulls` are the cells that stand for no value, quoted or not.
    """

    separator: str = ","
    quote: str = '"'
    encoding: str = "utf-8"
    nulls: tuple[str, ...] = ("",)
    names: tuple[str, ...] | None = None


def read_layout(document: Document) -> Layout:
    """The layout that a mapping says. Raises MappingWrong."""
    usual = Layout()
    separator = _given(document.text("separator"), usual.separator)
    quote = _given(document.text("quote"), usual.quote)
    for where, sign in (("separator", separator), ("quote", quote)):
        if (len(sign) != 1 or not sign.isascii() or sign in "\r\n\0") and (where, sign) != ("quote", ""):
            advice = {"separator": 'A tab is written "\\t".', "quote": 'None is written "".'}[where]
            raise document.wrong(where, f"it must be one character, not {sign!r}", advice)
    if separator == quote:
        raise document.wrong("quote", "it is the separator, too")
    encoding = _given(document.text("encoding"), usual.encoding)
    try:
        "".encode(encoding)
        codecs.getincrementaldecoder(encoding)()
    except (LookupError, ValueError):
        reason = f'there is no encoding "{encoding}"'
        raise document.wrong("encoding", reason, 'Such as "utf-8", "cp1252", "iso-8859-15" or "utf-16".') from None
    return Layout(separator, quote, encoding, document.texts("nulls", usual.nulls), _header(document))


def _header(document: Document) -> tuple[str, ...] | None:
    header = document.settings.get("header", True)
    if header is True:
        return None
    advice = 'Write header = true, or the names of all columns: header = ["call_id", "date", …].'
    names = document.texts("header", (), advice)
    if not names:
        raise document.wrong("header", "a file without a header line needs the names of its columns", advice)
    twice = next((name for at, name in enumerate(names) if name in names[:at]), None)
    if twice is not None:
        raise document.wrong("header", f'it names the column "{twice}" twice', "Rename one of the two.")
    return names


def check_names(document: Document, read: frozenset[str], names: tuple[str, ...]) -> None:
    """Raises MappingWrong for a column that formulas read and that is not among the names of the mapping."""
    for name in sorted(read - set(names)):
        near = nearest(name, names)
        advice = f'Did you mean "{near}"?' if near else f"Its columns are {', '.join(names)}."
        raise document.wrong("header", f'it has no column "{name}", which a formula reads', advice)


def _given(value: str | None, usual: str) -> str:
    return usual if value is None else value
