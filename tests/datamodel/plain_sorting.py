"""The order of a list, read plainly: the value of the key, nulls last in both directions, then the id."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, TypeVar

from graphql import GraphQLEnumType, GraphQLNonNull, GraphQLObjectType, GraphQLOutputType, GraphQLScalarType

from tests.datamodel.plain_searching import Row, without_marks

Element = TypeVar("Element")

UNLIKE_THEIR_FIELDS = {
    "CALL_RESULT_LEVEL_1": "callResult_resultLevel1",
    "CALL_RESULT_LEVEL_2": "callResult_resultLevel2",
    **{f"GENERIC_{number}": f"generic_generic{number}" for number in range(1, 6)},
}
"""Sort keys whose names are not their fields' names in capitals."""

AS_THEY_ARE = {"id", "uuid", "contact_id", "organization_uuid", "abandonedCall", "callbackCall"}
"""Ids and UUIDs: compared by code point as they are."""


def leaves(kind: GraphQLObjectType, prefix: str = "") -> Iterable[tuple[str, GraphQLOutputType]]:
    """The flat name of every field of a record that is a plain value, with its type."""
    for name, field in kind.fields.items():
        bare = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
        if isinstance(bare, GraphQLObjectType):
            yield from leaves(bare, f"{prefix}{name}_")
        elif isinstance(bare, GraphQLScalarType | GraphQLEnumType):
            yield prefix + name, field.type


@cache
def types_of(kind: GraphQLObjectType) -> Mapping[str, GraphQLOutputType]:
    """The type of every such field by its flat name."""
    return dict(leaves(kind))


def field_of(key: str, kind: GraphQLObjectType) -> str | None:
    """The field that a sort key names; None where records of this kind have no such field."""
    if key in UNLIKE_THEIR_FIELDS:
        return UNLIKE_THEIR_FIELDS[key]
    spelled = {name.replace("_", "").upper(): name for name in types_of(kind)}
    return spelled.get(key.replace("_", ""))


def sort_value(row: Row | None, field: str | None, kind: GraphQLObjectType) -> Any:
    """What a row, if there is one, is sorted by; None is no value."""
    if field is None or row is None:
        return None
    value, type_ = row.get(field), types_of(kind)[field]
    if value is None:
        return 0 if str(type_) == "Int!" else None
    if str(type_).startswith("String") and field not in AS_THEY_ARE:
        return without_marks(value).upper()
    return value


def in_order(
    elements: Iterable[Element],
    sorting: Mapping[str, Any] | None,
    kind: GraphQLObjectType,
    row_of: Callable[[Element], Row | None],
    id_of: Callable[[Element], str],
) -> list[Element]:
    """The elements in the order asked; `row_of` gives the row that decides: a contact's own, a call's step 0."""
    asked = sorting or {}
    downwards = asked.get("direction") == "DESC"
    by_id = sorted(elements, key=id_of)
    key = asked.get("key")
    if key in {None, "ID", "UUID"}:
        return by_id[::-1] if downwards else by_id
    field = field_of(str(key), kind)

    def value(element: Element) -> Any:
        return sort_value(row_of(element), field, kind)

    # Python's sort leaves equal elements as they were, also in reverse: by ascending id.
    known = sorted((e for e in by_id if value(e) is not None), key=value, reverse=downwards)
    return known + [e for e in by_id if value(e) is None]
