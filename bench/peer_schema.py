"""The documented schema once more, as the types that one writes for strawberry-graphql."""

import inspect
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Annotated, Any, NewType

import strawberry
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLType,
    specified_directives,
)
from graphql.utilities import build_schema, lexicographic_sort_schema, print_schema
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.schema.config import StrawberryConfig

Answer = Callable[..., object]
"""What a root field is answered with: its arguments by name."""

Time = NewType("Time", datetime)
OrderedMap = NewType("OrderedMap", dict[str, str])

_SCALARS: dict[str, Any] = {"String": str, "Int": int, "Boolean": bool, "Time": Time, "OrderedMap": OrderedMap}


def _spelt(moment: datetime) -> str:
    return f"{moment.isoformat()}Z"


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)


class PeerSchema:
    """Every type of a schema as a strawberry class, which the peer's data are objects of."""

    def __init__(self, documented: GraphQLSchema) -> None:
        self._documented = documented
        self._made: dict[str, Any] = {}

    def type(self, name: str) -> Any:
        """The class of a type of the schema, made when first asked for."""
        if name not in self._made:
            self._made[name] = self._class(self._documented.type_map[name])
        return self._made[name]

    def answered(self, answers: Mapping[str, Answer]) -> strawberry.Schema:
        """The schema, with answers to some of its root fields; the others refuse.

        What cost nothing to write is there: parsed and validated documents are kept.
        """
        query = self._documented.query_type
        assert query is not None
        fields = {name: self._root(name, field, answers.get(name)) for name, field in query.fields.items()}
        kinds = (GraphQLObjectType, GraphQLInputObjectType, GraphQLEnumType)
        named = [kind for kind in self._documented.type_map.values() if isinstance(kind, kinds)]
        others = [self.type(kind.name) for kind in named if kind is not query and not kind.name.startswith("__")]
        said = {name: kind.description for name, kind in self._documented.type_map.items()}
        time = strawberry.scalar(name="Time", description=said["Time"], serialize=_spelt, parse_value=_moment)
        row = strawberry.scalar(name="OrderedMap", description=said["OrderedMap"])
        schema = strawberry.Schema(
            query=strawberry.type(type("Query", (), fields), description=query.description),
            types=others,
            config=StrawberryConfig(auto_camel_case=False, scalar_map={Time: time, OrderedMap: row}),
            extensions=[ParserCache, ValidationCache],
        )
        assert _printed(build_schema(schema.as_str())) == _printed(self._documented)
        return schema

    def _class(self, kind: GraphQLNamedType) -> Any:
        if isinstance(kind, GraphQLScalarType):
            return _SCALARS[kind.name]
        if isinstance(kind, GraphQLEnumType):
            values = {
                name: strawberry.enum_value(name, description=value.description) for name, value in kind.values.items()
            }
            members: Any = Enum
            return strawberry.enum(members(kind.name, values), description=kind.description)
        is_input = isinstance(kind, GraphQLInputObjectType)
        assert isinstance(kind, (GraphQLObjectType, GraphQLInputObjectType))
        default = {"default": strawberry.UNSET} if is_input else {}
        lines: dict[str, object] = {
            name: strawberry.field(description=field.description, **default) for name, field in kind.fields.items()
        }
        lines["__annotations__"] = {name: self._annotation(field.type) for name, field in kind.fields.items()}
        return strawberry.type(type(kind.name, (), lines), is_input=is_input, description=kind.description)

    def _annotation(self, kind: GraphQLType) -> Any:
        if isinstance(kind, GraphQLNonNull):
            return self._bare(kind.of_type)
        return self._bare(kind) | None

    def _bare(self, kind: GraphQLType) -> Any:
        if isinstance(kind, GraphQLList):
            return list[self._annotation(kind.of_type)]  # type: ignore[misc]
        assert isinstance(kind, GraphQLNamedType)
        return self.type(kind.name)

    def _root(self, name: str, field: GraphQLField, answer: Answer | None) -> Any:
        def resolve(**given: object) -> object:
            if answer is None:
                raise NotImplementedError(f"The peer does not answer {name}.")
            return answer(**given)

        resolve.__name__ = name
        arguments = [self._argument(named, argument) for named, argument in field.args.items()]
        signature = inspect.Signature(arguments, return_annotation=self._annotation(field.type))
        resolve.__signature__ = signature  # type: ignore[attr-defined]
        resolve.__annotations__ = {one.name: one.annotation for one in arguments}
        resolve.__annotations__["return"] = signature.return_annotation
        return strawberry.field(resolver=resolve, description=field.description)

    def _argument(self, name: str, argument: GraphQLArgument) -> inspect.Parameter:
        needed = isinstance(argument.type, GraphQLNonNull)
        said = strawberry.argument(description=argument.description)
        return inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if needed else strawberry.UNSET,
            annotation=Annotated[self._annotation(argument.type), said],
        )


def _printed(schema: GraphQLSchema) -> str:
    """The schema as text but for @wide, which tells our tables how many columns a list gets."""
    plain = schema.to_kwargs()
    plain["directives"] = specified_directives
    return print_schema(lexicographic_sort_schema(GraphQLSchema(**plain)))
