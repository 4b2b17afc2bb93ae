"""Numbers that a report's reader chooses: seconds within which an answer is in time, or an abandon is a short one.

Each is a table of choices, as Power BI's own numeric parameters are, and a measure that tells the chosen one.
"""

from dataclasses import dataclass

from addin.powerbi.model.tmdl import Object


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number to choose: `usual` unless a report says otherwise, from 0 to `most`."""

    table: str
    measure: str
    usual: int
    most: int
    step: int
    description: str


THRESHOLDS = (
    Threshold("Threshold", "Threshold seconds", 20, 300, 5, "Seconds within which an answer is in time: choose one."),
    Threshold(
        "Short abandon",
        "Short abandon seconds",
        5,
        60,
        1,
        "Seconds up to which an abandoned wait is short: choose one.",
    ),
)


def threshold(one: Threshold) -> Object:
    """The table of choices with its measure."""
    choices = Object(
        "column",
        "seconds",
        description="A choice.",
        properties=(
            ("dataType", "int64"),
            ("formatString", "0"),
            ("isNameInferred", False),
            ("summarizeBy", "none"),
            ("sourceColumn", "[Value]"),
        ),
        children=(Object("extendedProperty", "ParameterMetadata", '{\n  "version": 0\n}'),),
    )
    chosen = Object(
        "measure",
        one.measure,
        f"SELECTEDVALUE('{one.table}'[seconds], {one.usual})",
        f"The chosen number of seconds; {one.usual} while none is chosen.",
        properties=(("formatString", "0"),),
    )
    source = f"GENERATESERIES(0, {one.most}, {one.step})"
    partition = Object(
        "partition", one.table, "calculated", properties=(("mode", "import"),), expressions=(("source", source),)
    )
    return Object("table", one.table, description=one.description, children=(chosen, choices, partition))
