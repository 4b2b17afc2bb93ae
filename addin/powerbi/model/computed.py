"""Columns in DAX that the service's tables do not have: what became of a row, and when.

What a figure counts is written here once, as words that a report may also group and filter by.
"""

import re
from dataclasses import dataclass

from addin.powerbi.model.tmdl import Object

INTERACTIONS, STEPS, CONTACTS, CALENDAR = "Interactions", "Steps", "Contacts", "Calendar"

_COLUMN = re.compile(r"'([^']+)'\[([^\]]+)\]")


@dataclass(frozen=True, slots=True)
class Computed:
    """A column made of others of its row. `type` is a data type of TMDL."""

    table: str
    name: str
    type: str
    dax: str
    description: str
    format: str | None = None
    summarize: str = "none"

    def object(self) -> Object:
        """The column as a model declares it."""
        return Object(
            "column",
            self.name,
            self.dax,
            self.description,
            properties=(
                ("dataType", self.type),
                ("formatString", self.format),
                ("summarizeBy", self.summarize),
            ),
        )


COMPUTED = (
    Computed(
        INTERACTIONS,
        "outcome",
        "string",
        """\
IF(
    ISBLANK('Interactions'[queueTime]),
    "Not queued",
    SWITCH(
        TRUE(),
        'Interactions'[answered], "Answered",
        ISBLANK('Interactions'[endTime]), "Open",
        'Interactions'[status] = "HANGUP", "Abandoned",
        "Moved on"
    )
)""",
        "What became of the interaction: Answered by a user at any step, Abandoned by the caller in a queue, Moved on "
        "(closed by the system, called back, …) or still Open. Not queued: it never reached a queue.",
    ),
    Computed(
        INTERACTIONS,
        "waitSeconds",
        "int64",
        """\
VAR Until = IF('Interactions'[answered], 'Interactions'[answerByUserTime], 'Interactions'[endTime])
RETURN
    IF(
        ISBLANK('Interactions'[queueTime]) || ISBLANK(Until),
        BLANK(),
        IF(Until < 'Interactions'[queueTime], 0, DATEDIFF('Interactions'[queueTime], Until, SECOND))
    )""",
        "Seconds from the first entry into a queue, ringing included, to the first answer, or to the end if nobody "
        "answered.",
        "#,0",
        "average",
    ),
    Computed(
        INTERACTIONS,
        "startDate",
        "dateTime",
        """\
IF(
    ISBLANK('Interactions'[startTime]),
    BLANK(),
    DATE(YEAR('Interactions'[startTime]), MONTH('Interactions'[startTime]), DAY('Interactions'[startTime]))
)""",
        "Day on which the interaction began, in the centre's time zone.",
        "Short Date",
    ),
    Computed(
        INTERACTIONS,
        "startHour",
        "int64",
        "IF(ISBLANK('Interactions'[startTime]), BLANK(), HOUR('Interactions'[startTime]))",
        "Hour of the day in which the interaction began, 0 to 23, in the centre's time zone.",
        "0",
    ),
    Computed(
        STEPS,
        "outcome",
        "string",
        """\
IF(
    NOT(ISBLANK('Steps'[answerByUserTime])),
    "Answered",
    IF(ISBLANK('Steps'[user]), "No user", "Not answered")
)""",
        "What became of the step: Answered by its user, Not answered by the user at whom it rang, or without a user.",
    ),
)
"""Columns that the tables of the service do not have."""


def columns_in(dax: str) -> list[tuple[str, str]]:
    """The table and the name of each column in a formula.

    >>> columns_in("SUM('Steps'[holdDuration]) / [Handled]")
    [('Steps', 'holdDuration')]
    """
    return _COLUMN.findall(dax)


def computed_over(columns: dict[str, set[str]]) -> list[Computed]:
    """The computed columns whose own columns are there; `columns` are the names of each table's."""
    return [one for one in COMPUTED if all(name in columns.get(table, ()) for table, name in columns_in(one.dax))]
