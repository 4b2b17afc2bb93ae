"""Tables from a GraphQL schema: one function for the documented Data Model and for any newer one of its shape."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLSchema,
    get_directive_values,
    get_named_type,
    is_required_argument,
)

from datamodel.summaries import summary_of
from tabular.table import Column, Field, Grain, Reading, Table, Type, label_of

DEEPEST = 3
"""Objects are flattened to this depth; what lies deeper is one JSON column."""

WIDE = 3
"""Elements of a list that become columns of the parent, where the schema does not say `@wide`."""

_CLOCKS = ("startTime", "createdAt", "createdTime")
"""Times that are a row's own clock, the best first; else it is the first time that is no update."""

_WINDOW_ARGUMENTS = {"year", "month", "search", "pagination", "sorting"}
_SCALARS = {"String": Type.TEXT, "ID": Type.TEXT, "Int": Type.INTEGER, "Float": Type.NUMBER, "Boolean": Type.BOOLEAN}


def tables_from(schema: GraphQLSchema, wide: Mapping[str, int] | None = None) -> tuple[Table, ...]:
    """Every table that the list queries of `schema` give, each followed by its summary and its lists' tables.

    `wide` gives a list's columns in its parent as `{"Type.field": count}`, for a schema read by introspection, which
    has lost its directives; `@wide` in the schema itself comes first.
    """
    if schema.query_type is None:
        return ()
    found: list[Table] = []
    for name, field in schema.query_type.fields.items():
        if is_list_query(field):
            found.extend(_tables_of(name, field, schema, wide or {}))
    return tuple(found)


def is_list_query(field: GraphQLField) -> bool:
    """Whether a query gives a list of records and needs at most a window, a search, a page and an order."""
    return (
        isinstance(_bare(field.type), GraphQLList)
        and isinstance(get_named_type(field.type), GraphQLObjectType)
        and all(not is_required_argument(a) or name in _WINDOW_ARGUMENTS for name, a in field.args.items())
    )


@dataclass(frozen=True)
class _Leaf:
    """A place in a record where a value or a list of records lies."""

    path: tuple[str, ...]
    field: GraphQLField
    nullable: bool
    items: tuple["_Leaf", ...] = ()

    @property
    def name(self) -> str:
        return "_".join(self.path)


def _tables_of(name: str, field: GraphQLField, schema: GraphQLSchema, wide: Mapping[str, int]) -> Iterator[Table]:
    record = get_named_type(field.type)
    assert isinstance(record, GraphQLObjectType)
    leaves = tuple(_leaves(record))
    fields: list[Field] = []
    columns: list[Column] = []
    for leaf in leaves:
        fields.append(_stored(leaf))
        columns.extend(_wide_columns(leaf, _width(leaf, record.name, schema, wide)) if leaf.items else [_column(leaf)])
    names = {column.name for column in columns}
    stepped = {"id", "step"} <= names
    key = ("id", "step") if stepped else tuple(k for k in ("uuid", "id") if k in names)[:1]
    table = Table(
        name=name,
        title=label_of(name),
        description=_sentence(field.description),
        columns=tuple(columns),
        key=key,
        grain=Grain.STEP if stepped else Grain.RECORD,
        root=name,
        fields=tuple(fields),
        clock=_clock(columns),
        monthly=_is_monthly(field),
    )
    yield table
    if stepped:
        yield summary_of(table, singular(name))
    for leaf in leaves:
        if leaf.items and key:
            yield _element_table(table, leaf)


def singular(name: str) -> str:
    """A list query's name for one of its records: `inboundCalls` → `inboundCall`."""
    return name[:-1] if name.endswith("s") else name


def _leaves(record: GraphQLObjectType, above: tuple[str, ...] = (), nullable: bool = False) -> Iterator[_Leaf]:
    for name, field in record.fields.items():
        if _needs_arguments(field):
            continue
        path = (*above, name)
        may_be_null = nullable or not isinstance(field.type, GraphQLNonNull)
        bare, named = _bare(field.type), get_named_type(field.type)
        if isinstance(bare, GraphQLList) and isinstance(named, GraphQLObjectType) and not above:
            yield _Leaf(path, field, may_be_null, tuple(_items(named)))
        elif isinstance(bare, GraphQLObjectType) and len(path) < DEEPEST:
            yield from _leaves(bare, path, may_be_null)
        else:
            yield _Leaf(path, field, may_be_null)


def _items(element: GraphQLObjectType) -> Iterator[_Leaf]:
    for name, field in element.fields.items():
        if not _needs_arguments(field):
            yield _Leaf((name,), field, True)


def _needs_arguments(field: GraphQLField) -> bool:
    return any(is_required_argument(argument) for argument in field.args.values())


def _bare(kind: GraphQLOutputType) -> GraphQLOutputType:
    return kind.of_type if isinstance(kind, GraphQLNonNull) else kind


def _type(leaf: _Leaf) -> Type:
    bare = _bare(leaf.field.type)
    if isinstance(bare, GraphQLEnumType):
        return Type.TEXT
    if isinstance(bare, GraphQLScalarType):
        if bare.name in _SCALARS:
            return _SCALARS[bare.name]
        return Type.TIME if bare.name.endswith(("Time", "Date")) else Type.JSON if "Map" in bare.name else Type.TEXT
    return Type.JSON


def _stored(leaf: _Leaf) -> Field:
    if leaf.items:
        return Field(leaf.name, Type.JSON, items=tuple((item.name, _type(item)) for item in leaf.items))
    return Field(leaf.name, _type(leaf))


def _column(leaf: _Leaf) -> Column:
    path = ".".join(leaf.path)
    return Column(
        name=leaf.name,
        path=path,
        type=_type(leaf),
        description=_sentence(leaf.field.description),
        reading=Reading(leaf.name),
        origins=(path,),
        nullable=leaf.nullable,
        unit=_unit(leaf),
        values=_values(leaf),
    )


def _wide_columns(leaf: _Leaf, width: int) -> Iterator[Column]:
    for index in range(width):
        for item in leaf.items:
            yield Column(
                name=f"{leaf.name}_{index + 1}_{item.name}",
                path=f"{leaf.name}[{index}].{item.name}",
                type=_type(item),
                description=f"{_sentence(item.field.description)} Number {index + 1} of `{leaf.name}`.".strip(),
                reading=Reading(leaf.name, index=index, item=item.name),
                origins=(f"{leaf.name}.{item.name}",),
                unit=_unit(item),
                values=_values(item),
            )


def _width(leaf: _Leaf, owner: str, schema: GraphQLSchema, wide: Mapping[str, int]) -> int:
    node, directive = leaf.field.ast_node, schema.get_directive("wide")
    said = get_directive_values(directive, node) if node is not None and directive is not None else None
    if said is not None:
        return int(said["count"])
    return wide.get(f"{owner}.{leaf.name}", WIDE)


def _element_table(parent: Table, leaf: _Leaf) -> Table:
    key = parent.column(parent.key[0])
    position = Column(
        name="position",
        path="position",
        type=Type.INTEGER,
        description=f"Place of the row in its record's list `{leaf.name}`, from 1.",
        reading=Reading(leaf.name, position=True),
        origins=(leaf.name,),
        nullable=False,
    )
    items = tuple(
        Column(
            name=item.name,
            path=item.name,
            type=_type(item),
            description=_sentence(item.field.description),
            reading=Reading(leaf.name, item=item.name),
            origins=(f"{leaf.name}.{item.name}",),
            unit=_unit(item),
            values=_values(item),
        )
        for item in leaf.items
    )
    name = f"{singular(parent.name)}{leaf.name[0].upper()}{singular(leaf.name)[1:]}s"
    return Table(
        name=name,
        title=label_of(name),
        description=f"One row for each element of the list `{leaf.name}` of {parent.name}.",
        columns=(key, position, *items),
        key=(key.name, position.name),
        grain=Grain.ELEMENT,
        root=parent.name,
        monthly=parent.monthly,
        element=leaf.name,
    )


def _clock(columns: list[Column]) -> str | None:
    times = [column.name for column in columns if column.type is Type.TIME and column.name != "lastUpdateTime"]
    return next((name for name in _CLOCKS if name in times), next(iter(times), None))


def _is_monthly(field: GraphQLField) -> bool:
    search = get_named_type(field.args["search"].type) if "search" in field.args else None
    asked = set(field.args) | (set(search.fields) if isinstance(search, GraphQLInputObjectType) else set())
    return {"year", "month"} <= asked


def _unit(leaf: _Leaf) -> str | None:
    return "s" if "duration" in leaf.path[-1].lower() and _type(leaf) is Type.INTEGER else None


def _values(leaf: _Leaf) -> tuple[str, ...]:
    named = _bare(leaf.field.type)
    return tuple(named.values) if isinstance(named, GraphQLEnumType) else ()


def _sentence(description: str | None) -> str:
    return " ".join((description or "").split())
