"""Leaves: what of a TVox's records is asked for, and as what it comes over the wire."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLUnionType,
    get_named_type,
    is_required_argument,
)

from tabular.table import Field, Reading, Table, Type

LEVELS = 2
"""Levels of objects that are asked for below a column of JSON."""


class Wire(StrEnum):
    """What a value is as JSON; LOOSE is any JSON value, which becomes text before anything else reads it."""

    TEXT = "text"
    INTEGER = "whole number"
    NUMBER = "number"
    BOOLEAN = "true or false"
    LOOSE = "any"


_SCALARS = {
    "String": Wire.TEXT,
    "ID": Wire.TEXT,
    "Int": Wire.INTEGER,
    "Float": Wire.NUMBER,
    "Boolean": Wire.BOOLEAN,
}


@dataclass(frozen=True, slots=True)
class Leaf:
    """A place in a record where a value lies, or a list of records with its items.

    `kind` is what `datamodel.derive` makes of it, `shown` the type's own name for people, `below` the selection of
    an object's parts.
    """

    path: tuple[str, ...]
    kind: Type
    wire: Wire
    shown: str
    below: str = ""
    items: "tuple[Leaf, ...]" = ()

    @property
    def is_loose(self) -> bool:
        """Whether it is text only once any JSON value has been made text."""
        return self.wire is Wire.LOOSE


def leaves_of(table: Table, record: GraphQLObjectType) -> Mapping[str, Leaf]:
    """The leaves of a query's records by the names of the table's fields; what cannot be asked for is left out."""
    paths = {column.reading: tuple(column.path.split(".")) for column in table.columns}
    found: dict[str, Leaf] = {}
    for field in table.fields:
        if field.items:
            leaf = _list(field, record.fields[field.name])
        else:
            path = paths.get(Reading(field.name), ())
            leaf = _leaf(path, _field_at(record, path), field.type) if path else None
        if leaf is not None:
            found[field.name] = leaf
    return found


def fits(field: Field, leaf: Leaf) -> bool:
    """Whether what lies at a leaf can be kept in a field without becoming something else."""
    if field.items or leaf.items:
        return bool(field.items and leaf.items)
    kind = leaf.kind
    match field.type:
        case Type.TEXT:
            return kind in (Type.INTEGER, Type.NUMBER, Type.BOOLEAN, Type.TEXT)
        case Type.NUMBER:
            return kind in (Type.INTEGER, Type.NUMBER)
        case Type.TIME:
            return kind in (Type.TEXT, Type.TIME)
        case _:
            return kind is field.type


def _list(field: Field, known: GraphQLField) -> Leaf | None:
    element, bare = get_named_type(known.type), _bare(known.type)
    assert isinstance(bare, GraphQLList)
    assert isinstance(element, GraphQLObjectType)
    if isinstance(_bare(bare.of_type), GraphQLList):
        return None
    items = (_leaf((name,), element.fields[name], kind) for name, kind in field.items)
    asked = tuple(item for item in items if item is not None)
    return Leaf((field.name,), Type.JSON, Wire.LOOSE, f"a list of {element.name}", items=asked) if asked else None


def _leaf(path: tuple[str, ...], field: GraphQLField, kind: Type) -> Leaf | None:
    named, bare = get_named_type(field.type), _bare(field.type)
    if isinstance(named, GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType):
        below = _selection(named, LEVELS, frozenset())
        return Leaf(path, kind, Wire.LOOSE, str(bare), below) if below else None
    return Leaf(path, kind, _wire(bare, kind), str(bare))


def _wire(bare: GraphQLOutputType, kind: Type) -> Wire:
    if isinstance(bare, GraphQLEnumType) or kind is Type.TIME:
        return Wire.TEXT
    return _SCALARS.get(bare.name, Wire.LOOSE) if isinstance(bare, GraphQLScalarType) else Wire.LOOSE


def _selection(kind: GraphQLOutputType, levels: int, above: frozenset[str]) -> str:
    """What is asked for of an object whose parts are no columns; nothing of a type inside itself."""
    if isinstance(kind, GraphQLUnionType):
        return "{ __typename }"
    assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
    parts = " ".join(_parts(kind, levels, above | {kind.name}))
    return f"{{ {parts} }}" if parts else ""


def _parts(kind: GraphQLObjectType | GraphQLInterfaceType, levels: int, above: frozenset[str]) -> Iterator[str]:
    for name, field in kind.fields.items():
        named = get_named_type(field.type)
        if any(is_required_argument(argument) for argument in field.args.values()):
            continue
        if not isinstance(named, GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType):
            yield name
        elif levels and named.name not in above and (below := _selection(named, levels - 1, above)):
            yield f"{name} {below}"


def _field_at(record: GraphQLObjectType, path: tuple[str, ...]) -> GraphQLField:
    field: GraphQLField = record.fields[path[0]]
    if len(path) == 1:
        return field
    inner = get_named_type(field.type)
    assert isinstance(inner, GraphQLObjectType)
    return _field_at(inner, path[1:])


def _bare(kind: GraphQLOutputType) -> GraphQLOutputType:
    return kind.of_type if isinstance(kind, GraphQLNonNull) else kind
