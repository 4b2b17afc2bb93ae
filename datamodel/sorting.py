"""Sort keys: the path in a record that a value of a sort key's enum sorts by."""

from functools import cache

from graphql import GraphQLEnumType, get_directive_values

from datamodel.catalogue import documented_schema
from tabular.table import Column, Table


def sorted_by(key: GraphQLEnumType, name: str, table: Table) -> Column | None:
    """The column that a sort key names: `START_TIME` is `startTime`, unless the schema says `@sorts`.

    None where the table has none: outbound calls have no skillset.
    """
    said = _said(key, name)
    if said is not None:
        return table.spellings.get(said)
    plain = name.replace("_", "").lower()
    return next((column for column in table.columns if column.name.replace("_", "").lower() == plain), None)


def _said(key: GraphQLEnumType, name: str) -> str | None:
    return _directives().get((key.name, name))


@cache
def _directives() -> dict[tuple[str, str], str]:
    """What `@sorts` says in the documented schema."""
    schema = documented_schema()
    directive = schema.get_directive("sorts")
    assert directive is not None
    found = {}
    for kind in schema.type_map.values():
        for name, value in kind.values.items() if isinstance(kind, GraphQLEnumType) else ():
            said = get_directive_values(directive, value.ast_node) if value.ast_node else None
            if said:
                found[kind.name, name] = str(said["by"])
    return found
