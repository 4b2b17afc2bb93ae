"""The calendar: every day of the years in which interactions began, as a table of DAX."""

from addin.powerbi.model.computed import CALENDAR
from addin.powerbi.model.tmdl import Object, Reference

_DAYS = """\
VAR Earliest = COALESCE(MIN('Interactions'[startTime]), TODAY())
VAR Latest = COALESCE(MAX('Interactions'[startTime]), TODAY())
RETURN
    CALENDAR(DATE(YEAR(Earliest), 1, 1), DATE(YEAR(Latest), 12, 31))"""

_DATE = "'Calendar'[Date]"

_COLUMNS: tuple[tuple[str, str, str, str, str | None], ...] = (
    ("Year", "int64", f"YEAR({_DATE})", "Year.", None),
    ("Quarter", "string", f'YEAR({_DATE}) & " Q" & QUARTER({_DATE})', "Year and quarter, such as 2026 Q4.", None),
    ("Month", "string", f'FORMAT({_DATE}, "yyyy-MM")', "Year and month, such as 2026-10.", None),
    ("Month number", "int64", f"MONTH({_DATE})", "Month of the year, 1 to 12.", None),
    ("Month name", "string", f'FORMAT({_DATE}, "MMMM")', "Month of the year, by name.", "Month number"),
    ("Week", "int64", f"WEEKNUM({_DATE}, 21)", "Week of the year by ISO 8601, which begins on Monday.", None),
    ("Weekday number", "int64", f"WEEKDAY({_DATE}, 2)", "Day of the week: Monday is 1.", None),
    ("Weekday", "string", f'FORMAT({_DATE}, "dddd")', "Day of the week, by name.", "Weekday number"),
)
_HIDDEN = ("Month number", "Weekday number")


def calendar() -> Object:
    """The table: its days are its key, and time intelligence works with it."""
    date = Object(
        "column",
        "Date",
        description="The day.",
        properties=(
            ("dataType", "dateTime"),
            ("isKey", True),
            ("formatString", "Short Date"),
            ("isNameInferred", True),
            ("summarizeBy", "none"),
            ("sourceColumn", "[Date]"),
        ),
    )
    others = (
        Object(
            "column",
            name,
            dax,
            description,
            properties=(
                ("dataType", kind),
                ("isHidden", name in _HIDDEN),
                ("formatString", "0" if kind == "int64" else None),
                ("sortByColumn", None if order is None else Reference(order)),
                ("summarizeBy", "none"),
            ),
        )
        for name, kind, dax, description, order in _COLUMNS
    )
    levels = (
        Object("level", name, properties=(("column", Reference(name)),))
        for name in ("Year", "Quarter", "Month", "Date")
    )
    days = Object(
        "partition", CALENDAR, "calculated", properties=(("mode", "import"),), expressions=(("source", _DAYS),)
    )
    return Object(
        "table",
        CALENDAR,
        description="Every day from the first year with interactions to the last one.",
        properties=(("dataCategory", "Time"),),
        children=(date, *others, Object("hierarchy", "Days", children=tuple(levels)), days),
    )
