"""Time: the scalar of the Data Model, as text in requests."""

import re
from contextlib import suppress
from datetime import UTC, datetime

from graphql import GraphQLError

_RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2}))?"
)


def instant(value: object) -> datetime:
    """The instant, in UTC, that an RFC 3339 text names; a date alone is its midnight in UTC.

    Raises GraphQLError with the sentence that the asker reads.

    >>> print(instant("2020-05-01T02:00:00+02:00"), instant("2020-05-01"))
    2020-05-01 00:00:00+00:00 2020-05-01 00:00:00+00:00
    """
    found = _RFC_3339.fullmatch(value) if isinstance(value, str) else None
    if found is not None:
        # What looks like a time may still be none (the 30th of February), or lie before the first year in UTC.
        with suppress(ValueError, OverflowError):
            return datetime.fromisoformat(found[0] if found[1] else f"{found[0]}T00:00:00Z").astimezone(UTC)
    raise GraphQLError(f"{str(value)[:60]!r} is no time: write it as 2020-05-01T08:39:49Z.")
