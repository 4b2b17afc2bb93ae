"""Selections: which fields of which objects an operation wants, and the shape of the answer that they make."""

from collections.abc import Iterator, Mapping, Sequence

from graphql import (
    DirectiveNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLIncludeDirective,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSkipDirective,
    InlineFragmentNode,
    SelectionSetNode,
    get_argument_values,
    get_named_type,
)

from datamodel.documents import Operation
from datamodel.roots import column_at, elements_at, is_list
from datamodel.shapes import Constant, Listed, Members, Object, Shape, Value
from tabular.errors import UnknownColumn
from tabular.search import Shown
from tabular.table import Column, Grain, Table

Fields = Mapping[str, Sequence[FieldNode]]
"""The fields of an object under the names that they answer to; those of one name are merged."""


def fields_of(sets: Sequence[SelectionSetNode | None], owner: str, operation: Operation) -> Fields:
    """The fields that some selection sets want of an object of type `owner`, fragments spread, @skip and @include
    obeyed."""
    found: dict[str, list[FieldNode]] = {}
    spread: set[str] = set()
    for one in sets:
        for node in _fields(one, owner, operation, spread) if one is not None else ():
            found.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
    return found


def _fields(selections: SelectionSetNode, owner: str, operation: Operation, spread: set[str]) -> Iterator[FieldNode]:
    for selection in selections.selections:
        if not _is_wanted(selection.directives or (), operation):
            continue
        if isinstance(selection, FieldNode):
            yield selection
        elif isinstance(selection, InlineFragmentNode):
            condition = selection.type_condition
            if condition is None or condition.name.value == owner:
                yield from _fields(selection.selection_set, owner, operation, spread)
        elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in spread:
            # A fragment that is spread again adds nothing.
            spread.add(selection.name.value)
            fragment = operation.fragments[selection.name.value]
            if fragment.type_condition.name.value == owner:
                yield from _fields(fragment.selection_set, owner, operation, spread)


def _is_wanted(directives: Sequence[DirectiveNode], operation: Operation) -> bool:
    for node in directives:
        for directive, unwanted in ((GraphQLSkipDirective, True), (GraphQLIncludeDirective, False)):
            is_it = node.name.value == directive.name
            if is_it and get_argument_values(directive, node, operation.variables)["if"] is unwanted:
                return False
    return True


class Selecting:
    """Makes the shape of one root field's answer from what is selected of the records of `table`."""

    def __init__(self, table: Table, operation: Operation) -> None:
        self._table = table
        self._operation = operation
        self._places: dict[Shown, int] = {}

    def shape(self, record: GraphQLObjectType, nodes: Sequence[FieldNode]) -> Shape:
        """The shape of the records that the root field `nodes` selects. Raises UnknownColumn for a field that the
        type has but this table, as the key sees it, has not."""
        members = self._members(record, nodes, ())
        return Shape(members, tuple(self._places), self._table.grain is Grain.STEP)

    def _members(self, owner: GraphQLObjectType, nodes: Sequence[FieldNode], above: tuple[str, ...]) -> Members:
        selected = fields_of([node.selection_set for node in nodes], owner.name, self._operation)
        return tuple(self._member(key, owner, same, above) for key, same in selected.items())

    def _member(
        self, key: str, owner: GraphQLObjectType, nodes: Sequence[FieldNode], above: tuple[str, ...]
    ) -> Constant | Value | Object | Listed:
        name = nodes[0].name.value
        if name == "__typename":
            return Constant(key, f'"{owner.name}"')
        kind, path = owner.fields[name].type, (*above, name)
        named = get_named_type(kind)
        if not isinstance(named, GraphQLObjectType):
            return Value(key, self._place(self._column(path)))
        if is_list(self._table, path):
            return self._listed(key, named, nodes, name)
        members = self._members(named, nodes, path)
        if isinstance(kind, GraphQLNonNull):
            return Object(key, members)
        # An object is there as soon as one thing in it is, selected or not; so all that may be seen of it is read.
        known = {leaf: column_at(self._table, (*path, leaf)) for leaf in named.fields}
        places = {leaf: self._place(column) for leaf, column in known.items() if column is not None}
        if not places:
            raise self._unknown(path)
        needed = [place for leaf, place in places.items() if isinstance(named.fields[leaf].type, GraphQLNonNull)]
        return Object(key, members, True, tuple(places.values()), tuple(needed))

    def _listed(self, key: str, element: GraphQLObjectType, nodes: Sequence[FieldNode], field: str) -> Listed:
        selected = fields_of([node.selection_set for node in nodes], element.name, self._operation)
        members: list[Constant | Value] = []
        for alias, same in selected.items():
            name = same[0].name.value
            if name == "__typename":
                members.append(Constant(alias, f'"{element.name}"'))
            else:
                self._column((field, name))
                members.append(Value(alias, name))
        return Listed(key, self._place(elements_at(self._table, field)), tuple(members))

    def _column(self, path: tuple[str, ...]) -> Column:
        column = column_at(self._table, path)
        if column is None:
            raise self._unknown(path)
        return column

    def _unknown(self, path: tuple[str, ...]) -> UnknownColumn:
        return UnknownColumn(".".join(path), self._table.name, tuple(one.path for one in self._table.columns))

    def _place(self, shown: Shown) -> int:
        return self._places.setdefault(shown, len(self._places))
