"""Calls of three months for tests of OData's face, as the store takes them."""

from datetime import timedelta

from api.services import Services
from tests.steps import CALLS, SUMMARIES, batches, moment, step

USERS = ("anna.rossi", None, "zoë.bianchi", "o'neil")


def filled(services: Services, each: int = 12) -> list[dict[str, object]]:
    """The steps of `each` calls in each of three months, two to a call, written into the store."""
    rows = []
    for month in ("2019-11", "2026-09", "2026-11"):
        for place in range(each):
            began = moment(f"{month}-03T08:00:00") + timedelta(hours=place)
            for number in (0, 1):
                rows.append(
                    step(
                        began,
                        number,
                        place,
                        user=USERS[place % 4],
                        cli=f"+39{place:04d}" if place % 3 else None,
                        waitDuration=place * 7 % 5 if place % 5 else None,
                        status="HANGUP" if place % 2 else 'said "no"\n',
                    )
                )
    with services.store.writing("test") as writing:
        writing.merge(CALLS, batches(rows), SUMMARIES)
    return rows
