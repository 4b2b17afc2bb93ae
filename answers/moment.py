"""A moment of the store: what several answers that belong together read, whatever is written between them."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

_SPELLING = re.compile(r"(\d{1,18})@(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{6})?)Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Moment:
    """A version of the store, and the time at which it was the newest: what `now` means in all answers of it."""

    version: int
    time: datetime

    @classmethod
    def parse(cls, text: str) -> "Moment":
        """The moment that `str` spelled; ValueError if it is none.

        >>> Moment.parse("57@2026-11-21T23:30:00Z")
        Moment(version=57, time=datetime.datetime(2026, 11, 21, 23, 30, tzinfo=datetime.timezone.utc))
        >>> str(Moment.parse("57@2026-11-21T23:30:00.000001Z"))
        '57@2026-11-21T23:30:00.000001Z'
        """
        match = _SPELLING.fullmatch(text)
        if match is None:
            raise ValueError(text)
        return cls(int(match[1]), datetime.fromisoformat(match[2]).replace(tzinfo=UTC))

    def __str__(self) -> str:
        return f"{self.version}@{self.time.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"
