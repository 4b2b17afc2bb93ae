"""The selection of an operation as a tree of spots: all that its answer can hold, before it is asked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLSchema,
    get_named_type,
)

from datamodel.documents import Operation
from datamodel.selecting import fields_of
from tabular.jsonpath.resolving import Contents, Shape
from tabular.table import Type

_SCALARS = {"String": Type.TEXT, "ID": Type.TEXT, "Int": Type.INTEGER, "Float": Type.NUMBER, "Boolean": Type.BOOLEAN}


class Kind(StrEnum):
    """What lies at a spot: an object, a list, one value, or JSON of which nothing is known."""

    OBJECT = "object"
    LIST = "list"
    VALUE = "value"
    JSON = "json"


@dataclass(eq=False, slots=True)
class Spot:
    """A place in an answer, under the name that it has there (an element of a list has none).

    `below` are an object's members, or the one spot for all elements of a list. `type` is a value's.
    """

    name: str
    kind: Kind
    above: "Spot | None" = None
    type: Type = Type.TEXT
    description: str = ""
    below: list["Spot"] = field(default_factory=list)
    _made: dict[Type, "Spot"] = field(default_factory=dict)

    def member(self, name: str) -> "Spot | None":
        """The member of that name."""
        return next((spot for spot in self.below if spot.name == name), None)

    def made(self, type_: Type) -> "Spot":
        """What is no value of the answer, but made of one: a name, a length."""
        return self._made.setdefault(type_, Spot("", Kind.VALUE, self, type_))

    def all(self) -> Iterator["Spot"]:
        """The spot and all below it, each before what is in it."""
        yield self
        for spot in self.below:
            yield from spot.all()

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of its members, those of its elements where it is a list."""
        spot = self
        while spot.kind is Kind.LIST:
            spot = spot.below[0]
        return tuple(one.name for one in spot.below)


def selected(schema: GraphQLSchema, operation: Operation) -> Spot:
    """The answer to an operation whose document is valid: an object with `data` in it."""
    assert schema.query_type is not None
    document = Spot("", Kind.OBJECT)
    sets = [operation.node.selection_set]
    data = Spot("data", Kind.OBJECT, document)
    document.below.append(data)
    for key, nodes in fields_of(sets, schema.query_type.name, operation).items():
        data.below.append(_spot(key, nodes, schema.query_type, data, operation))
    return document


def _spot(key: str, nodes: Sequence[FieldNode], owner: GraphQLObjectType, above: Spot, operation: Operation) -> Spot:
    name = nodes[0].name.value
    definition = owner.fields.get(name)
    if definition is None:  # __typename is a text; what is told of the schema itself is JSON
        return Spot(key, Kind.VALUE if name == "__typename" else Kind.JSON, above)
    return _of_type(key, definition.type, nodes, definition, above, operation)


def _of_type(
    key: str,
    kind: GraphQLOutputType,
    nodes: Sequence[FieldNode],
    definition: GraphQLField,
    above: Spot,
    operation: Operation,
) -> Spot:
    bare = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    description = " ".join((definition.description or "").split())
    if isinstance(bare, GraphQLList):
        spot = Spot(key, Kind.LIST, above, description=description)
        spot.below.append(_of_type("", bare.of_type, nodes, definition, spot, operation))
    elif isinstance(bare, GraphQLObjectType):
        spot = Spot(key, Kind.OBJECT, above, description=description)
        for name, same in fields_of([node.selection_set for node in nodes], bare.name, operation).items():
            spot.below.append(_spot(name, same, bare, spot, operation))
    else:
        type_ = type_of(bare)
        spot = Spot(key, Kind.JSON if type_ is Type.JSON else Kind.VALUE, above, type_, description)
    return spot


def type_of(kind: GraphQLOutputType) -> Type:
    """What a value of a leaf's type is; JSON where only the value itself says it."""
    named = get_named_type(kind)
    if isinstance(named, GraphQLEnumType):
        return Type.TEXT
    if not isinstance(named, GraphQLScalarType):
        return Type.JSON
    if named.name in _SCALARS:
        return _SCALARS[named.name]
    if named.name.endswith("Time"):
        return Type.TIME
    return Type.JSON if "Map" in named.name or "JSON" in named.name.upper() else Type.TEXT


def shape_of(spot: Spot) -> Shape:
    """The same as the compiler of paths takes it."""
    name, lists = spot.name, 0
    while spot.kind is Kind.LIST:
        spot, lists = spot.below[0], lists + 1
    if spot.kind is Kind.OBJECT:
        return Shape(name, tuple(shape_of(one) for one in spot.below), lists)
    return Shape(name, (), lists, Contents.SCALAR if spot.kind is Kind.VALUE else Contents.JSON)
