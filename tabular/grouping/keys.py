"""What rows are grouped by: a column, a stretch of time, or what the clock shows."""

from dataclasses import dataclass
from enum import StrEnum

from tabular.table import Column, Type


class Part(StrEnum):
    """What a key takes of a time, under the name that it is written with.

    The first ones are stretches of time, in the order of their length, and the key is the moment at which one begins;
    the others are what a clock or a calendar shows, the same on many days.
    """

    HALF_HOUR = "halfhour"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    HALF_HOUR_OF_DAY = "halfhourofday"
    HOUR_OF_DAY = "hourofday"
    WEEKDAY = "weekday"
    MONTH_OF_YEAR = "monthofyear"

    @property
    def meaning(self) -> str:
        """What the key is, for a person."""
        return _MEANINGS[self]

    @property
    def type(self) -> Type:
        """The type of the key: a time for a stretch, a number or a text for what a clock shows."""
        return _SHOWN.get(self, Type.TIME)


_SHOWN = {
    Part.HALF_HOUR_OF_DAY: Type.TEXT,
    Part.HOUR_OF_DAY: Type.INTEGER,
    Part.WEEKDAY: Type.INTEGER,
    Part.MONTH_OF_YEAR: Type.INTEGER,
}
_MEANINGS = {
    Part.HALF_HOUR: "the beginning of the half-hour",
    Part.HOUR: "the beginning of the hour",
    Part.DAY: "the beginning of the day",
    Part.WEEK: "the beginning of the week, its Monday",
    Part.MONTH: "the beginning of the month",
    Part.QUARTER: "the beginning of the quarter of a year",
    Part.YEAR: "the beginning of the year",
    Part.HALF_HOUR_OF_DAY: "the half-hour that the clock shows, from 00:00 to 23:30",
    Part.HOUR_OF_DAY: "the hour that the clock shows, from 0 to 23",
    Part.WEEKDAY: "the day of the week, from 1 for Monday to 7 for Sunday",
    Part.MONTH_OF_YEAR: "the month of the year, from 1 to 12",
}


@dataclass(frozen=True, slots=True)
class Key:
    """A column that rows are grouped by, or a part of a time."""

    source: Column
    part: Part | None = None

    @property
    def column(self) -> Column:
        """The column of the answer: the source itself, or what is made of it (`day_startTime`)."""
        source, part = self.source, self.part
        if part is None:
            return source
        return Column(
            name=f"{part}_{source.name}",
            path=f"{part}({source.name})",
            type=part.type,
            description=f"Of {source.name}, in the time zone asked for: {part.meaning}.",
            reading=source.reading,
            origins=source.origins,
        )
