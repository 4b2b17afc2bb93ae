"""Summaries: a table of one row per interaction, made from the table of its steps."""

from dataclasses import dataclass

from tabular.table import Column, Field, Grain, Reading, Summarise, Table, Type


@dataclass(frozen=True)
class _Rule:
    """How a summary's column is made; left out where the steps have no such field."""

    name: str
    how: Summarise
    of: str
    description: str


_RULES = (
    _Rule("id", Summarise.KEY, "id", "Identifier of the interaction."),
    _Rule("steps", Summarise.COUNT, "step", "Number of steps of the interaction."),
    _Rule("startTime", Summarise.EARLIEST, "startTime", "Earliest start of a step: when the interaction began."),
    _Rule("endTime", Summarise.LATEST, "endTime", "Latest end of a step: when the interaction was over."),
    _Rule("status", Summarise.NEWEST, "status", "Status of the most recent step: how the interaction ended."),
    _Rule("context", Summarise.OLDEST, "context", "Time context in which the interaction arrived."),
    _Rule("multiChannel_type", Summarise.NEWEST, "multiChannel_type", "Channel of the interaction."),
    _Rule("cli", Summarise.OLDEST, "cli", "Calling number at the first step that has one."),
    _Rule("dnis", Summarise.OLDEST, "dnis", "Called number at the first step that has one."),
    _Rule("service", Summarise.OLDEST, "service", "First service that the interaction reached."),
    _Rule("lastService", Summarise.NEWEST, "service", "Last service that the interaction reached."),
    _Rule("services", Summarise.PATH, "service", "Services in the order in which they were reached, joined by ` > `."),
    _Rule("user", Summarise.NEWEST, "user", "Last user who was offered the interaction."),
    _Rule("users", Summarise.PATH, "user", "Users in the order in which they were offered it, joined by ` > `."),
    _Rule("answered", Summarise.ANY, "answerByUserTime", "Whether a user answered at any step."),
    _Rule("answers", Summarise.COUNT_SET, "answerByUserTime", "Number of steps that a user answered."),
    _Rule("transfers", Summarise.COUNT_SET, "transferedTo_value", "Number of steps that ended in a transfer."),
    _Rule("transfers", Summarise.COUNT_SET, "transferedTo", "Number of steps that ended in a transfer."),
    _Rule("queueTime", Summarise.EARLIEST, "queueTime", "When the interaction first entered a queue."),
    _Rule("answerByUserTime", Summarise.EARLIEST, "answerByUserTime", "When a user first answered."),
    _Rule("waitDuration", Summarise.SUM, "waitDuration", "Seconds waited in the IVR, all steps together."),
    _Rule("queueDuration", Summarise.SUM, "queueDuration", "Seconds in queues, all steps together."),
    _Rule("waitDurationOnUser", Summarise.SUM, "waitDurationOnUser", "Seconds of ringing, all steps together."),
    _Rule("durationOnUser", Summarise.SUM, "durationOnUser", "Seconds connected with users, all steps together."),
    _Rule("holdDuration", Summarise.SUM, "holdDuration", "Seconds on hold, all steps together."),
    _Rule("wnrDurationOnUser", Summarise.SUM, "wnrDurationOnUser", "Seconds of after-call work, all steps together."),
    _Rule("totalDuration", Summarise.SUM, "totalDuration", "Seconds in the system, all steps together."),
    _Rule("customer", Summarise.OLDEST, "customer", "Customer code at the first step that has one."),
    _Rule("contact_id", Summarise.OLDEST, "contact_id", "Identifier of the contact, where it was recognised."),
    _Rule("contact_value", Summarise.OLDEST, "contact_value", "Value by which the contact was recognised."),
    _Rule("contact_type", Summarise.OLDEST, "contact_type", "Type of the contact."),
    _Rule("callResult_resultLevel1", Summarise.NEWEST, "callResult_resultLevel1", "Last exit code, first level."),
    _Rule("callResult_resultLevel2", Summarise.NEWEST, "callResult_resultLevel2", "Last exit code, second level."),
    _Rule("sentiment", Summarise.NEWEST, "sentiment", "Sentiment code of the most recent step."),
    _Rule("lastUpdateTime", Summarise.LATEST, "lastUpdateTime", "When a step was last updated."),
)

_TYPES = {
    Summarise.COUNT: Type.INTEGER,
    Summarise.COUNT_SET: Type.INTEGER,
    Summarise.SUM: Type.INTEGER,
    Summarise.ANY: Type.BOOLEAN,
}
_NEVER_NULL = {Summarise.KEY, Summarise.COUNT, Summarise.COUNT_SET, Summarise.SUM, Summarise.ANY}


def summary_of(steps: Table, singular: str) -> Table:
    """The table of one row per interaction of `steps`; its window tests the earliest start."""
    known = {field.name: field for field in steps.fields}
    columns, fields = [], []
    for rule in _RULES:
        source = known.get(rule.of)
        if source is None:
            continue
        kind = _TYPES.get(rule.how, source.type)
        origin = steps.column(rule.of)
        fields.append(Field(rule.name, kind, summarise=rule.how, of=rule.of))
        columns.append(
            Column(
                name=rule.name,
                path=rule.name.replace("_", "."),
                type=kind,
                description=rule.description,
                reading=Reading(rule.name),
                origins=origin.origins,
                nullable=rule.how not in _NEVER_NULL,
                unit=origin.unit if rule.how is Summarise.SUM else None,
                values=() if rule.how is Summarise.PATH else origin.values,
            )
        )
    return Table(
        name=f"{singular}Summaries",
        title=f"{steps.title[:-1]} summaries",
        description=f"One row for each interaction of {steps.name}: its whole way in one line.",
        columns=tuple(columns),
        key=("id",),
        grain=Grain.INTERACTION,
        root=steps.name,
        fields=tuple(fields),
        clock="startTime" if "startTime" in known else None,
        monthly=steps.monthly,
    )
