"""Tables drawn for the formats: headings, rows with what breaks formats in them, and the same as batches."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
from hypothesis import strategies as st

from formats import formats
from formats.format import About, Heading, Style
from tabular.query import Window
from tabular.table import Column, Reading, Type

ZONE = "Europe/Rome"
ABOUT = About(
    table="inboundCalls",
    title="Inbound calls",
    description="One row for each `step`.",
    clock="startTime",
    zone=ZONE,
    window=Window(datetime(2020, 4, 30, 22, tzinfo=UTC), datetime(2020, 5, 31, 22, tzinfo=UTC)),
    months=("2020-05",),
    filter="status eq 'HANGUP'",
    as_of=datetime(2026, 11, 22, 12, tzinfo=UTC),
)

# Arrow reads the zones' written-out changes, which end with 2037, and not the rule for the years after.
LAST_MOMENT = datetime(2037, 12, 31)

NASTY = (
    *('"', '""', "'", ",", ";", "\t", "\n", "\r", "\r\n", "a\r\n\tb", "\0", "a\0b", "\x0b", "\x1f\x7f\x80\x85\u2028"),
    *("\ufffe\uffff", "\N{GRINNING FACE}", "e\u0301", "שלום, עולם", "\u202eRTL", " blanks  ", "\u00a0", "\ufeff"),
    *("+390432000045", "+39 0432 000045", "0432", "-1", "1e5", "2020-05-01", "true", "NULL", "#N/A", "#REF!"),
    *("=1+1", "@SUM(A1)", "+1+cmd|x", "-", "'=1", '="x"', "=cmd|' /C calc'!A0", "\t=1", " =1"),
    *("<b>&amp;</b>", "]]>", "<!--", "&#13;", "_x0041_", "_x0041_x0042_", "_x005F_", "_x000d_", "\\", "\\N", "\\t"),
    "x" * 40_000,
)
"""Texts that one format or another, or one of its readers, is known to stumble over."""

_text = st.text(st.characters(codec="utf-8")) | st.sampled_from(NASTY)
KINDS: dict[Type, tuple[pa.DataType, st.SearchStrategy[object]]] = {
    Type.TEXT: (pa.string(), st.none() | _text),
    Type.INTEGER: (pa.int64(), st.none() | st.integers(-(2**63), 2**63 - 1) | st.integers(-5, 5)),
    Type.NUMBER: (pa.float64(), st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.just(-0.0)),
    Type.BOOLEAN: (pa.bool_(), st.none() | st.booleans()),
    Type.TIME: (pa.timestamp("us"), st.none() | st.datetimes(datetime(1902, 1, 1), LAST_MOMENT)),
}
TYPES = {kind: drawn[0] for kind, drawn in KINDS.items()} | {Type.JSON: pa.string()}

names = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8)
Drawn = tuple[tuple[Heading, ...], list[list[object]], list[pa.RecordBatch]]


def heading(name: str, kind: Type, label: str | None = None, **more: str) -> Heading:
    """A heading over a column of that type; `label` makes its column one of another name."""
    own = label or name
    return Heading(name, Column(own, own, kind, more.get("description", ""), Reading(own), (), unit=more.get("unit")))


@st.composite
def tables(draw: st.DrawFn) -> Drawn:
    """Headings, rows, and the rows as batches of drawn sizes, the times in ZONE."""
    kinds = draw(st.lists(st.sampled_from(list(KINDS)), min_size=1, max_size=5))
    drawn_names = draw(st.lists(names, min_size=len(kinds), max_size=len(kinds), unique=True))
    rows = draw(st.lists(st.tuples(*(KINDS[kind][1] for kind in kinds)).map(list), max_size=12))
    headings = tuple(heading(name, kind) for name, kind in zip(drawn_names, kinds, strict=True))
    cut = draw(st.integers(0, len(rows)))
    return headings, rows, [batch_of(part, kinds) for part in (rows[:cut], rows[cut:])]


def batch_of(rows: Sequence[Sequence[object]], kinds: Sequence[Type], zone: str = ZONE) -> pa.RecordBatch:
    """Rows as a format gets them: times are instants that carry the zone to write them in."""
    arrays = []
    for place, kind in enumerate(kinds):
        array = pa.array([row[place] for row in rows], TYPES[kind])
        if kind is Type.TIME:
            array = array.cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us", zone))
        arrays.append(array)
    return pa.RecordBatch.from_arrays(arrays, names=[f"c{i}" for i in range(len(kinds))])


def encoded(form: str, headings: tuple[Heading, ...], batches: list[pa.RecordBatch], **style: object) -> bytes:
    """What a format writes, in its own style but for what is given; `rows` is what it is told of their number."""
    chosen = formats()[form]
    about = replace(ABOUT, rows=style.pop("rows", None))  # type: ignore[arg-type]
    how = Style(**({"times": chosen.times} | style))  # type: ignore[arg-type]
    return b"".join(chosen.encode(headings, iter(batches), how, about))


def written(form: str, headings: tuple[Heading, ...], batches: list[pa.RecordBatch], **style: object) -> str:
    """The same as text."""
    return encoded(form, headings, batches, **style).decode()


def local(value: object) -> object:
    """A value as people in ZONE write it."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)
    return value
