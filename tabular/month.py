"""A Month of the Data Model: the unit in which statistics are kept, asked for and refreshed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

UNIX_TIME = r"^(\d{8,10})(?:\.|$)"
"""How the id of an interaction begins: with the second in which it did."""

_SPELLING = re.compile(r"(\d{4})-(\d{1,2})", re.ASCII)


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A year and a month of it (1 to 12).

    >>> str(Month(2020, 5)), Month.parse("2020-05").after, Month(2020, 1) - 1
    ('2020-05', Month(year=2020, month=6), Month(year=2019, month=12))
    """

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> "Month":
        """The month spelled `YYYY-MM`; ValueError if it is none."""
        match = _SPELLING.fullmatch(text.strip())
        if not match or not 1 <= int(match[2]) <= 12 or not 1 <= int(match[1]) <= 9998:
            raise ValueError(text)
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, moment: datetime) -> "Month":
        """The month that `moment` lies in, in its own zone."""
        return cls(moment.year, moment.month)

    @classmethod
    def of_id(cls, identifier: str, zone: tzinfo) -> "Month | None":
        """The month, in the centre's zone, that an interaction belongs to by its id; None if the id has no time.

        >>> Month.of_id("1588581589.1320", UTC), Month.of_id("call-17", UTC)
        (Month(year=2020, month=5), None)
        """
        found = re.match(UNIX_TIME, identifier)
        return cls.of(datetime.fromtimestamp(int(found[1]), zone)) if found else None

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    def __sub__(self, months: int) -> "Month":
        count = self.year * 12 + self.month - 1 - months
        return Month(count // 12, count % 12 + 1)

    def __add__(self, months: int) -> "Month":
        return self - -months

    @property
    def after(self) -> "Month":
        """The next month."""
        return self + 1

    def begins(self, zone: tzinfo) -> datetime:
        """Its first moment in `zone`, as UTC."""
        return datetime(self.year, self.month, 1, tzinfo=zone).astimezone(UTC)

    def ends(self, zone: tzinfo) -> datetime:
        """The first moment in `zone` that is no longer in it, as UTC."""
        return self.after.begins(zone)

    def until(self, last: "Month") -> Iterator["Month"]:
        """This month and those after it, up to and with `last`."""
        month = self
        while month <= last:
            yield month
            month = month.after
