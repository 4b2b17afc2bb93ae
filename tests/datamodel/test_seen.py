"""A key's schema: always sound, never with what is hidden, and the documented one for a key that sees all."""

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    validate_schema,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from datamodel.catalogue import data_model, documented, documented_schema
from datamodel.seen import seen_by
from tabular.restriction import Restriction
from tabular.table import Mask, MaskKind

PATTERNS = sorted(
    {column.path for table in documented() for column in table.columns} | {"contact", "tel", "organization"}
)


def members(schema: GraphQLSchema) -> dict[str, set[str]]:
    """Every type's fields or values."""
    kinds = (GraphQLObjectType, GraphQLInputObjectType)
    found = {name: set(kind.fields) for name, kind in schema.type_map.items() if isinstance(kind, kinds)}
    enums = {name: set(kind.values) for name, kind in schema.type_map.items() if isinstance(kind, GraphQLEnumType)}
    return {name: those for name, those in (found | enums).items() if not name.startswith("__")}


def test_a_key_that_sees_all_sees_the_documented_schema() -> None:
    seen = seen_by(documented())
    assert members(seen) == members(documented_schema())
    assert {directive.name for directive in seen.directives} & {"wide", "sorts"} == set()


@settings(max_examples=max(25, settings().max_examples // 3))
@given(
    tables=st.none() | st.sets(st.sampled_from(documented().names), min_size=1),
    hidden=st.sets(st.sampled_from(PATTERNS), max_size=30),
    masked=st.sets(st.sampled_from(PATTERNS), max_size=10),
)
def test_every_restriction_leaves_a_sound_schema(tables: set[str] | None, hidden: set[str], masked: set[str]) -> None:
    restriction = Restriction(
        tables=None if tables is None else tuple(tables),
        hidden=tuple(hidden),
        masked=tuple((pattern, Mask(MaskKind.NULL)) for pattern in masked),
    )
    catalogue = documented().restricted(restriction)
    schema = seen_by(catalogue)
    assert validate_schema(schema) == []
    seen = members(schema)
    assert "inboundCalls" not in seen["Query"] or "inboundCalls" in catalogue.names
    for name, those in members(documented_schema()).items():
        assert seen.get(name, set()) <= those
    for record in ("InboundInteraction", "OutboundInteraction", "AddressBookContact"):
        assert not seen.get(record, set()) & hidden


@pytest.mark.parametrize("table", [*data_model().names, "ast_calls", "users"])
def test_a_key_of_one_table_sees_its_fields_alone(table: str) -> None:
    catalogue = documented().restricted(Restriction(tables=(table,)))
    fields = members(seen_by(catalogue))["Query"]
    kinds = {"me", "advancedQuery"}
    assert fields - kinds == {name for name in fields - kinds if name.startswith(table[:-1])}
    assert (table in fields) == (table in documented_schema().type_map["Query"].fields)  # type: ignore[attr-defined]


def test_a_masked_field_may_be_null() -> None:
    schema = seen_by(documented().restricted(Restriction(masked=(("totalDuration", Mask(MaskKind.NULL)),))))
    record = schema.type_map["InboundInteraction"]
    assert isinstance(record, GraphQLObjectType)
    assert not isinstance(record.fields["totalDuration"].type, GraphQLNonNull)
    assert isinstance(record.fields["waitDuration"].type, GraphQLNonNull)
