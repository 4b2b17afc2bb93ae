"""The model as a TMDL script: what stands in which table, and how the tables are related.

Times come in the centre's zone, through the queries that the service writes for Power BI: a model keeps no offsets, and
through the OData feed the days would be those of UTC.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import NAMESPACE_URL, uuid5

from addin.place import Place
from addin.powerbi.model.calendar import calendar
from addin.powerbi.model.columns import column_objects, shown
from addin.powerbi.model.computed import CALENDAR, CONTACTS, INTERACTIONS, STEPS, computed_over
from addin.powerbi.model.measures import measures_over
from addin.powerbi.model.thresholds import THRESHOLDS, threshold
from addin.powerbi.model.tmdl import Object, Reference, script
from addin.powerquery import Variant, query_text
from tabular.errors import UnknownTable
from tabular.table import Grain, MaskKind, Table

FIGURES = "Key figures"
"""The table that holds the measures: beside columns, some of their names would be taken."""

MONTHS_KEPT, MONTHS_REFRESHED = 36, 2
"""What a refresh in the service keeps, and what it brings anew: a month changes while it lasts, and some days more."""

_WAYS = ((STEPS, "id", INTERACTIONS, "id"), (INTERACTIONS, "contact_id", CONTACTS, "uuid"))
"""From many to one: a filter of the days or of a contact reaches interactions, and through them their steps."""


def starter_text(tables: Iterable[Table], place: Place, span: tuple[date, date], steps: str = "inboundCalls") -> str:
    """The script; Power BI Desktop runs it in its TMDL view, then *Refresh* brings the rows.

    `tables` are a key's. `steps` names the table of steps whose interactions the model is about; `span` is what Desktop
    loads of it, from the first day to the one before the second: the service keeps MONTHS_KEPT months. Raises
    UnknownTable where the key does not see the table of interactions.
    """
    known = {one.name: one for one in tables}
    roles = _roles(known, steps)
    # What is masked is no longer what a formula takes it for.
    columns = {role: {one.name for one in table.columns if one.mask is None} for role, table in roles.items()}
    computed = computed_over(columns)
    for one in computed:
        columns[one.table].add(one.name)
    dated = "startDate" in columns[INTERACTIONS]
    objects = [
        *(_range(name, day) for name, day in zip(("RangeStart", "RangeEnd"), span, strict=True)),
        *(
            _table(role, table, place, [one.object() for one in computed if one.table == role])
            for role, table in roles.items()
        ),
        *([calendar()] if dated else []),
        *(threshold(one) for one in THRESHOLDS),
        _figures(columns),
        *(_relationship(*way) for way in _WAYS if _is_related(roles, *way)),
        *([_relationship(INTERACTIONS, "startDate", CALENDAR, "Date")] if dated else []),
    ]
    return script(objects)


def _roles(known: Mapping[str, Table], steps: str) -> dict[str, Table]:
    """The tables of the model by their names in it, with the columns that it has."""
    interactions = next((one for one in known.values() if one.root == steps and one.grain is Grain.INTERACTION), None)
    if interactions is None:
        raise UnknownTable(steps, tuple(known))
    found = {INTERACTIONS: interactions, STEPS: known.get(steps), CONTACTS: known.get("addressBookContacts")}
    roles = {role: shown(table) for role, table in found.items() if table is not None}
    if not _is_related(roles, *_WAYS[0]):
        # Their figures would be the same whatever a report filters by.
        roles.pop(STEPS, None)
    return roles


def _is_related(roles: Mapping[str, Table], many: str, own: str, one: str, key: str) -> bool:
    """Whether the columns hold the same on both sides: what they are, or a hash of it."""
    sides = [
        next((c for c in roles[t].columns if c.name == n), None) for t, n in ((many, own), (one, key)) if t in roles
    ]
    masks = {None if side is None or side.mask is None else side.mask.kind for side in sides}
    return len(sides) == 2 and None not in sides and masks in ({None}, {MaskKind.HASH})


def _table(role: str, table: Table, place: Place, computed: list[Object]) -> Object:
    monthly = table.clock_column is not None
    query = query_text(
        table, place, Variant.INCREMENTAL if monthly else Variant.ROWS, [one.name for one in table.columns]
    )
    partition = Object("partition", role, "m", properties=(("mode", "import"),), expressions=(("source", query),))
    return Object(
        "table",
        role,
        description=f"{' '.join(table.description.split())} The table {table.name} of TVox Tables.",
        children=(*column_objects(table), *computed, partition, *([_policy(query)] if monthly else [])),
    )


def _policy(query: str) -> Object:
    """Incremental refresh by months, as the service keeps them."""
    return Object(
        "refreshPolicy",
        properties=(
            ("policyType", "basic"),
            ("mode", "import"),
            ("rollingWindowGranularity", "month"),
            ("rollingWindowPeriods", MONTHS_KEPT),
            ("incrementalGranularity", "month"),
            ("incrementalPeriods", MONTHS_REFRESHED),
        ),
        expressions=(("sourceExpression", query),),
    )


def _range(name: str, day: date) -> Object:
    moment = f"#datetime({day.year}, {day.month}, {day.day}, 0, 0, 0)"
    meta = '[IsParameterQuery = true, Type = "DateTime", IsParameterQueryRequired = true]'
    return Object("expression", name, f"{moment} meta {meta}")


def _figures(columns: dict[str, set[str]]) -> Object:
    measures = measures_over(columns, (one.measure for one in THRESHOLDS))
    hidden = (("dataType", "string"), ("isHidden", True), ("isNameInferred", True), ("summarizeBy", "none"))
    return Object(
        "table",
        FIGURES,
        description="The figures of the contact centre. Each says what it counts and what it divides by.",
        children=(
            *(one.object() for one in measures),
            Object("column", "Nothing", properties=(*hidden, ("sourceColumn", "[Nothing]"))),
            Object(
                "partition",
                FIGURES,
                "calculated",
                properties=(("mode", "import"),),
                expressions=(("source", 'ROW("Nothing", BLANK())'),),
            ),
        ),
    )


def _relationship(many: str, own: str, one: str, key: str) -> Object:
    name = str(uuid5(NAMESPACE_URL, f"tvox-tables/{many}/{own}/{one}/{key}"))
    return Object(
        "relationship", name, properties=(("fromColumn", Reference(own, many)), ("toColumn", Reference(key, one)))
    )
