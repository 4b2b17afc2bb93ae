"""The names of the query options, and where each may stand (OData 4.01 part 2, 5.1)."""

SYSTEM = (
    "apply",
    "compute",
    "count",
    "deltatoken",
    "expand",
    "filter",
    "format",
    "id",
    "index",
    "orderby",
    "schemaversion",
    "search",
    "select",
    "skip",
    "skiptoken",
    "top",
)
"""The options of an address, without the dollar sign that may stand before each."""

IN_COUNT = frozenset(("filter", "search"))
"""Those in the parentheses behind `/$count` in `$expand`."""

IN_REFERENCES = IN_COUNT | {"count", "orderby", "skip", "top"}
"""Those behind `/$ref`."""

IN_SELECT = IN_REFERENCES | {"compute", "select"}
"""Those behind a list in `$select`."""

IN_EXPAND = IN_SELECT | {"apply", "expand", "levels"}
"""Those behind what is expanded."""

IN_STAR = frozenset(("levels",))
"""Those behind `*` in `$expand`."""

NESTED = IN_EXPAND
"""All that stand in parentheses somewhere."""

TEMPORAL = {"at": "a moment of validity", "from": "a time of validity", "to": "a time of validity"}
TEMPORAL |= {"toinclusive": "a time of validity"}
"""Options of OData's extension for temporal data, which this service never offers, and what each asks for."""
