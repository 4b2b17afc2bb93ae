"""Rows as JSON text, built from whole columns: no value passes through Python."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from formats.format import Heading, Style, Times
from formats.spelling import has_any, has_controls, is_number, iso_parts, joined, text_of
from tabular.table import Type

_ESCAPES = (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"), ("\b", "\\b"), ("\f", "\\f"))
_OTHER_CONTROLS = [chr(code) for code in range(32) if chr(code) not in "\n\r\t\b\f"]


def rows_of(
    headings: tuple[Heading, ...],
    batch: pa.RecordBatch,
    style: Style,
    keys: Sequence[str],
    opening: str,
    closing: str,
) -> bytes:
    """Each row between `opening` and `closing`, its values separated by commas, each after its key (`""` for none)."""
    parts: list[pa.Array | str] = []
    constant = opening
    for heading, values, key in zip(headings, batch.columns, keys, strict=True):
        constant += key
        if pa.types.is_timestamp(values.type) and style.times is Times.ISO:
            text, offset = iso_parts(values)
        else:
            text, offset = text_of(values, style.times), ""
        if heading.column.type is Type.JSON or is_number(values.type, style.times):
            # Such a value is JSON already.
            parts += [constant, pc.fill_null(text, "null") if text.null_count else text]
            constant = ","
        elif text.null_count:
            parts += [constant, pc.fill_null(pc.binary_join_element_wise('"', escaped(text), offset + '"', ""), "null")]
            constant = ","
        else:
            parts += [constant + '"', escaped(text)]
            constant = offset + '",'
    parts.append(constant.removesuffix(",") + closing)
    return joined(parts)


def escaped(text: pa.Array) -> pa.Array:
    """A text column as the inside of JSON strings (RFC 8259, section 7).

    >>> escaped(pa.array(['plain', 'a "b" \\\\ c', 'x\\ty\\x01'])).to_pylist()
    ['plain', 'a \\\\"b\\\\" \\\\\\\\ c', 'x\\\\ty\\\\u0001']
    """
    controls = has_controls(text)
    if controls or has_any(text, b'"\\'):
        for raw, spelt in _ESCAPES:
            text = pc.replace_substring(text, raw, spelt)
    if controls:
        for raw in _OTHER_CONTROLS:
            text = pc.replace_substring(text, raw, f"\\u{ord(raw):04x}")
    return text
