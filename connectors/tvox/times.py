"""Times of a TVox: RFC 3339 texts become instants, a column at a time."""

import pyarrow as pa
import pyarrow.compute as pc

from connectors.tvox.wire import Wrong
from tabular.errors.tree import shown

_UTC = pa.timestamp("us", "UTC")
_FIRST, _AFTER = "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"
_DAY, _FINER = r"^([0-9]{4}-[0-9]{2}-[0-9]{2})$", r"(\.[0-9]{6})[0-9]+"


def instants(texts: pa.Array, path: str) -> pa.Array:
    """Texts as instants: UTC without a zone, to the microsecond; a day alone is its midnight in UTC.

    Raises Wrong with the path and the first text that is no time, or has no zone.
    """
    try:
        found = pc.cast(texts, _UTC)
    except pa.ArrowInvalid:
        found = _read(_plainly(texts), texts, path)
    _check_years(found, texts, path)
    return found.cast(pa.timestamp("us"))


def _plainly(texts: pa.Array) -> pa.Array:
    """The same times as Arrow reads them: capitals, no finer than microseconds, never a day alone."""
    capitals = pc.utf8_upper(texts)
    finest = pc.replace_substring_regex(capitals, _FINER, r"\1")
    return pc.replace_substring_regex(finest, _DAY, r"\1T00:00:00Z")


def _read(plain: pa.Array, texts: pa.Array, path: str) -> pa.Array:
    try:
        return pc.cast(plain, _UTC)
    except pa.ArrowInvalid as failure:
        for place, text in enumerate(plain):
            try:
                pc.cast(text, _UTC)
            except pa.ArrowInvalid:
                raise _wrong(texts[place].as_py(), path) from failure
        raise


def _check_years(found: pa.Array, texts: pa.Array, path: str) -> None:
    """What lies before the first year or after the last one is a time to Arrow alone."""
    first, after = (pa.scalar(edge).cast(_UTC) for edge in (_FIRST, _AFTER))
    outside = pc.or_(pc.less(found, first), pc.greater(found, after))
    if pc.any(outside).as_py():
        raise _wrong(texts.filter(outside)[0].as_py(), path)


def _wrong(text: str, path: str) -> Wrong:
    return Wrong(f'{path} is "{shown(text)}", which is no time with its zone')
