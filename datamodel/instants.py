"""Time: the scalar of the Data Model, as text in requests."""

from datetime import UTC, date, datetime

from graphql import GraphQLError


def instant(value: object) -> datetime:
    """The instant, in UTC, that an RFC 3339 text names; a date alone is its midnight in UTC.

    Raises GraphQLError with the sentence that the asker reads.

    >>> print(instant("2020-05-01T02:00:00+02:00"), instant("2020-05-01"))
    2020-05-01 00:00:00+00:00 2020-05-01 00:00:00+00:00
    """
    text = value if isinstance(value, str) else ""
    try:
        if len(text) == len("2020-05-01"):
            day = date.fromisoformat(text)
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None and "T" in text.upper():
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise GraphQLError(f"{str(value)[:60]!r} is no time: write it as 2020-05-01T08:39:49Z.")
