"""The figures of a contact centre in DAX.

Two grains, never mixed: an *interaction* is one contact of a caller, however often it was passed on; a *step* is one
stay at a service or one ring at a user. Whatever is counted by interaction belongs to the moment it began, so that in
every stretch of time what was offered is what was answered, abandoned, moved on and is open.

A figure stands only where the columns it needs are there.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from addin.powerbi.model.computed import columns_in
from addin.powerbi.model.tmdl import Object


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure: its formula, how it is written, and what it means."""

    folder: str
    name: str
    format: str
    dax: str
    description: str

    def object(self) -> Object:
        """The measure as a model declares it."""
        return Object(
            "measure",
            self.name,
            self.dax,
            self.description,
            properties=(("formatString", self.format or None), ("displayFolder", self.folder)),
        )


_COUNT, _SHARE, _SECONDS, _CLOCK = "#,0", "0.0%", "#,0.0", ""
_NUMBER, _LEVEL, _WAIT, _WORK = "Interactions", "Service level", "Waiting", "Handling"


def _where(count: str, condition: str) -> str:
    """A count of rows that meet one more condition, whatever a report filters by."""
    return f"CALCULATE({count}, KEEPFILTERS({condition}))"


def _came_to(outcome: str) -> str:
    return _where("COUNTROWS('Interactions')", f"'Interactions'[outcome] = \"{outcome}\"")


def _as_clock(measure: str) -> str:
    return f'IF(ISBLANK([{measure}]), BLANK(), FORMAT([{measure}] / 86400, "hh:nn:ss"))'


def _within(measure: str, threshold: str) -> str:
    counted = _where(f"[{measure}]", "'Interactions'[waitSeconds] <= Most")
    return f"VAR Most = [{threshold}]\nRETURN\n    {counted}"


MEASURES = (
    Measure(
        _NUMBER,
        "All interactions",
        _COUNT,
        "COUNTROWS('Interactions')",
        "Interactions, each once however many steps it has.",
    ),
    Measure(
        _NUMBER,
        "Offered",
        _COUNT,
        _where("COUNTROWS('Interactions')", "'Interactions'[outcome] <> \"Not queued\""),
        "Interactions that entered a queue: the answered, the abandoned, those that moved on and the open ones.",
    ),
    Measure(
        _NUMBER, "Answered", _COUNT, _came_to("Answered"), "Offered interactions that a user answered at any step."
    ),
    Measure(
        _NUMBER,
        "Abandoned",
        _COUNT,
        _came_to("Abandoned"),
        "Offered interactions that nobody answered and whose caller hung up, the short ones included.",
    ),
    Measure(
        _NUMBER,
        "Short abandoned",
        _COUNT,
        _within("Abandoned", "Short abandon seconds"),
        "Abandoned interactions that waited no longer than the table 'Short abandon' says.",
    ),
    Measure(
        _NUMBER,
        "Moved on",
        _COUNT,
        _came_to("Moved on"),
        "Offered interactions that ended unanswered by no doing of the caller: closed by the system, called back, …",
    ),
    Measure(_NUMBER, "Open", _COUNT, _came_to("Open"), "Offered interactions that have not ended yet."),
    Measure(_NUMBER, "Not queued", _COUNT, _came_to("Not queued"), "Interactions that never reached a queue."),
    Measure(_NUMBER, "Answer rate", _SHARE, "DIVIDE([Answered], [Offered])", "Answered / offered."),
    Measure(
        _NUMBER,
        "Abandon rate",
        _SHARE,
        "DIVIDE([Abandoned] - [Short abandoned], [Offered] - [Short abandoned])",
        "(Abandoned - short abandoned) / (offered - short abandoned).",
    ),
    Measure(
        _NUMBER,
        "Abandon rate (short ones included)",
        _SHARE,
        "DIVIDE([Abandoned], [Offered])",
        "Abandoned / offered.",
    ),
    Measure(
        _NUMBER,
        "Answered more than once",
        _COUNT,
        _where("[Answered]", "'Interactions'[answers] >= 2"),
        "Answered interactions that two or more steps answered: those that were passed on and answered again. "
        "Each counts once among the answered ones.",
    ),
    Measure(
        _LEVEL,
        "Answered in time",
        _COUNT,
        _within("Answered", "Threshold seconds"),
        "Answered interactions that waited no longer than the table 'Threshold' says.",
    ),
    Measure(
        _LEVEL,
        "Abandoned in time",
        _COUNT,
        _within("Abandoned", "Threshold seconds"),
        "Abandoned interactions that waited no longer than the table 'Threshold' says.",
    ),
    Measure(
        _LEVEL,
        "Service level",
        _SHARE,
        "DIVIDE([Answered in time], [Answered] + [Abandoned] - [Short abandoned])",
        "Answered in time / (answered + abandoned - short abandoned). Empty where nothing was offered.",
    ),
    Measure(
        _LEVEL,
        "Service level (of the answered)",
        _SHARE,
        "DIVIDE([Answered in time], [Answered])",
        "Answered in time / answered: whoever hung up does not count.",
    ),
    Measure(
        _LEVEL,
        "Service level (of all abandoned, too)",
        _SHARE,
        "DIVIDE([Answered in time], [Answered] + [Abandoned])",
        "Answered in time / (answered + abandoned).",
    ),
    Measure(
        _LEVEL,
        "Service level (of those abandoned late, too)",
        _SHARE,
        "DIVIDE([Answered in time], [Answered] + [Abandoned] - [Abandoned in time])",
        "Answered in time / (answered + abandoned - abandoned in time).",
    ),
    Measure(
        _LEVEL,
        "Service level (abandoned in time is good)",
        _SHARE,
        "DIVIDE([Answered in time] + [Abandoned in time], [Answered] + [Abandoned])",
        "(Answered in time + abandoned in time) / (answered + abandoned).",
    ),
    Measure(
        _LEVEL,
        "Service level (of all that ended)",
        _SHARE,
        "DIVIDE([Answered in time], [Answered] + [Abandoned] + [Moved on])",
        "Answered in time / (answered + abandoned + moved on).",
    ),
    Measure(
        _WAIT,
        "Average speed of answer",
        _SECONDS,
        "DIVIDE("
        + _where("SUM('Interactions'[waitSeconds])", "'Interactions'[outcome] = \"Answered\"")
        + ", [Answered])",
        "Mean wait of the answered interactions in seconds: queue and ringing.",
    ),
    Measure(
        _WAIT,
        "Average speed of answer (hh:mm:ss)",
        _CLOCK,
        _as_clock("Average speed of answer"),
        "The same, to be read; less than a day.",
    ),
    Measure(
        _WAIT,
        "Average time to abandon",
        _SECONDS,
        "DIVIDE("
        + _where("SUM('Interactions'[waitSeconds])", "'Interactions'[outcome] = \"Abandoned\"")
        + ", [Abandoned])",
        "Mean wait of the abandoned interactions in seconds, the short ones included.",
    ),
    Measure(
        _WAIT,
        "Average wait",
        _SECONDS,
        "AVERAGE('Interactions'[waitSeconds])",
        "Mean wait in seconds of all offered interactions that are not open.",
    ),
    Measure(
        _WAIT, "Longest wait", _COUNT, "MAX('Interactions'[waitSeconds])", "Longest wait of an interaction in seconds."
    ),
    Measure(
        _WAIT,
        "Wait of nine in ten",
        _SECONDS,
        "PERCENTILE.INC('Interactions'[waitSeconds], 0.9)",
        "Seconds within which nine in ten waits ended: what an average hides.",
    ),
    Measure(
        _WORK,
        "Rings",
        _COUNT,
        _where("COUNTROWS('Steps')", "'Steps'[outcome] <> \"No user\""),
        "Steps that reached a user, answered or not: one interaction may ring several times.",
    ),
    Measure(
        _WORK,
        "Handled",
        _COUNT,
        _where("COUNTROWS('Steps')", "'Steps'[outcome] = \"Answered\""),
        "Steps that a user answered: an interaction that is passed on is handled once by each user.",
    ),
    Measure(
        _WORK,
        "Rings not answered",
        _COUNT,
        _where("COUNTROWS('Steps')", "'Steps'[outcome] = \"Not answered\""),
        "Steps that rang at a user who did not answer.",
    ),
    Measure(
        _WORK,
        "Transferred",
        _COUNT,
        _where("[Handled]", "NOT(ISBLANK('Steps'[transferedTo_value]))"),
        "Handled steps that ended in a transfer.",
    ),
    Measure(_WORK, "Transfer rate", _SHARE, "DIVIDE([Transferred], [Handled])", "Transferred / handled."),
    Measure(
        _WORK,
        "Handling time",
        _COUNT,
        "SUM('Steps'[durationOnUser]) + SUM('Steps'[wnrDurationOnUser])",
        "Seconds of connection, hold and after-call work. Hold is taken to be a part of the connection.",
    ),
    Measure(
        _WORK,
        "Average handling time",
        _SECONDS,
        "DIVIDE([Handling time], [Handled])",
        "Handling time in seconds / handled steps; ringing is not part of it.",
    ),
    Measure(
        _WORK,
        "Average handling time (hh:mm:ss)",
        _CLOCK,
        _as_clock("Average handling time"),
        "The same, to be read; less than a day.",
    ),
    Measure(
        _WORK,
        "Average talk time",
        _SECONDS,
        "DIVIDE(SUM('Steps'[durationOnUser]) - SUM('Steps'[holdDuration]), [Handled])",
        "(Connection - hold) in seconds / handled steps.",
    ),
    Measure(
        _WORK,
        "Average hold time",
        _SECONDS,
        "DIVIDE(SUM('Steps'[holdDuration]), [Handled])",
        "Hold in seconds / handled steps.",
    ),
    Measure(
        _WORK,
        "Average after-call work",
        _SECONDS,
        "DIVIDE(SUM('Steps'[wnrDurationOnUser]), [Handled])",
        "After-call work in seconds / handled steps.",
    ),
)
"""All figures; a name in brackets without a table is another measure."""

_MEASURE = re.compile(r"(?<!')\[([^\]]+)\]")


def measures_over(columns: dict[str, set[str]], given: Iterable[str]) -> list[Measure]:
    """The measures whose columns and measures are there; `given` are measures that stand elsewhere."""
    known, found = set(given), []
    for one in MEASURES:
        seen = all(name in columns.get(table, ()) for table, name in columns_in(one.dax))
        if seen and all(name in known for name in _MEASURE.findall(one.dax)):
            known.add(one.name)
            found.append(one)
    return found
