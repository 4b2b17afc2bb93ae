"""Queries: one for each table and way to bring it, complete in itself."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from string import Template

from addin.place import Place
from addin.powerquery.words import TYPES, comment, listing, literal
from tabular.errors import NoClock
from tabular.table import Column, Grain, Table

TEXTS = Path(__file__).with_name("texts")


class Variant(StrEnum):
    """How a query brings a table: as pages of rows, or through the OData feed; and, of either, only what Power BI's
    incremental refresh names by RangeStart and RangeEnd."""

    ROWS = "rows"
    INCREMENTAL = "incremental"
    FEED = "feed"
    FEED_INCREMENTAL = "feed-incremental"

    @property
    def is_incremental(self) -> bool:
        """Whether RangeStart and RangeEnd have to be there."""
        return self in (Variant.INCREMENTAL, Variant.FEED_INCREMENTAL)


_GRAINS = {
    Grain.STEP: "One row is one step of an interaction.",
    Grain.INTERACTION: "One row is one interaction.",
    Grain.RECORD: "One row is one record.",
    Grain.ELEMENT: "One row is one element of a list.",
}

_ASKED = """\
    // The first day and the last one, both included, such as 2026-10-01; or moments, such as 2026-10-01T08:00.
    From = "",
    To = "",
    // While both are empty: the last days, weeks or months, today included, such as 7d, 4w, 3m.
    Last = "3m",
    Window = if From & To = "" then [last = Last] else [from = From, to = To],
"""
_BETWEEN = """\
    // Power BI sets these for each part of the table: two parameters of the type Date/Time, RangeStart and RangeEnd.
    From = DateTime.ToText(RangeStart, [Format = "yyyy-MM-ddTHH:mm:ss", Culture = "en-US"]),
    To = DateTime.ToText(RangeEnd, [Format = "yyyy-MM-ddTHH:mm:ss", Culture = "en-US"]),
    Window = [from = From, to = To],
"""
_SINCE = """\
    // The first moment: three months ago. #datetimezone(2026, 1, 1, 0, 0, 0, 1, 0) would be New Year in Rome.
    From = Date.AddMonths(DateTimeZone.FixedUtcNow(), -3),
"""
_SINCE_FROM = """\
    Kept = Table.SelectRows(Rows, each [{clock}] >= From),
"""
_IN_RANGE = """\
    // Power BI sets these for each part of the table: two parameters of the type Date/Time, RangeStart and RangeEnd.
    Kept = Table.SelectRows(
        Rows, each [{clock}] >= DateTimeZone.From(RangeStart) and [{clock}] < DateTimeZone.From(RangeEnd)
    ),
"""


def query_text(table: Table, place: Place, variant: Variant = Variant.ROWS, columns: Sequence[str] = ()) -> str:
    """The query of a table as the key's catalogue has it; laid out as Microsoft's formatter does.

    `columns` are the names of those that a query of rows asks for to begin with, instead of all.
    Raises NoClock for an incremental variant of a table without months.
    """
    if variant.is_incremental and clock_of(table, variant) is None:
        raise NoClock(table.name, "variant")
    if variant in (Variant.FEED, Variant.FEED_INCREMENTAL):
        return _feed(table, place, variant)
    return _rows(table, place, variant, columns)


def clock_of(table: Table, variant: Variant) -> Column | None:
    """The column by which a variant asks for stretches of time: a feed compares it, so that it has to be a time."""
    return table.clock_time if variant is Variant.FEED_INCREMENTAL else table.clock_column


def library_text(place: Place) -> str:
    """The library: one expression, whose value is a record of functions over all tables."""
    return _filled("library", address=literal(place.address), key=literal(place.key_parameter))


def _rows(table: Table, place: Place, variant: Variant, columns: Sequence[str]) -> str:
    window = "" if table.clock_column is None else _BETWEEN if variant.is_incremental else _ASKED
    return _filled(
        "rows",
        title=comment(table.name),
        grain=_GRAINS[table.grain],
        window=window,
        bounds="Window & " if window else "",
        samples=", ".join(literal(column.name) for column in table.columns[:2]),
        columns=listing("Columns", [literal(name) for name in columns]),
        condition=_condition(table.columns),
        zone=literal(place.zone),
        types=listing("Types", [f"{{{literal(one.name)}, {TYPES[one.type]}}}" for one in table.columns]),
        path=literal(f"tables/{table.name}"),
        address=literal(place.address),
        key=literal(place.key_parameter),
    )


def _feed(table: Table, place: Place, variant: Variant) -> str:
    clock = table.clock_time
    window = kept = ""
    if clock is not None:
        window, kept = ("", _IN_RANGE) if variant.is_incremental else (_SINCE, _SINCE_FROM)
        kept = kept.format(clock=clock.name)
    return _filled(
        "feed",
        title=comment(table.name),
        grain=_GRAINS[table.grain],
        window=window,
        address=literal(f"{place.address}/odata/"),
        key=literal(place.key_parameter),
        table=literal(table.name),
        kept=kept,
        **{"from": "Kept" if kept else "Rows"},
        columns=listing("Columns", [literal(one.name) for one in table.columns]),
    )


def _condition(columns: Iterable[Column]) -> str:
    """A condition to learn from, with a column that the table has."""
    names = [column.name for column in columns]
    return "waitDuration gt 30" if "waitDuration" in names else f"{names[-1]} ne null"


def _filled(name: str, **values: str) -> str:
    return Template((TEXTS / f"{name}.pq").read_text(encoding="utf-8")).substitute(values)
