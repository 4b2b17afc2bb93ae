"""Walking: one query asked for page after page of month after month.

The query is rewritten once, so that its pages and months are variables; from then on only their values change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    InlineFragmentNode,
    NameNode,
    ObjectFieldNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    Visitor,
    get_named_type,
    parse,
    parse_value,
    print_ast,
    value_from_ast_untyped,
    visit,
)

from datamodel.documents import Document, Operation
from tabular.errors import BadValue
from tabular.month import Month
from tabular.search import MOST_FOUND

_PARTS = ("year", "month")


class Walk:
    """The documents that a walk asks, one by one.

    `months` None leaves the query's own months; `all_pages` False leaves its own page. `paged` are the names in the
    answer of the lists that are asked for in pages; `is_monthly`: something in it is asked for by month.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        document: Document,
        operation: Operation,
        all_pages: bool,
        months: Sequence[Month] | None,
    ) -> None:
        self._document = document
        self._variables = dict(document.variables)
        self.months: tuple[Month | None, ...] = (None,) if months is None else tuple(months)
        self.paged: tuple[str, ...] = ()
        self.is_monthly = False
        self._patches: Mapping[str, Mapping[str, str]] = {}
        self._names: Mapping[str, str] = {}
        if all_pages:
            rewriting = _Rewriting(schema, operation, months is not None)
            rewritten = rewriting.document()
            self._document = Document(print_ast(rewritten), document.variables, document.operation)
            self.paged = tuple(dict.fromkeys(rewriting.paged))
            self.is_monthly = rewriting.is_monthly
            self._patches, self._names = rewriting.patches, rewriting.names
            self._variables = rewriting.defaults | self._variables

    def document(self, month: Month | None, offset: int = 0) -> Document:
        """What is asked for one page of one month."""
        values: dict[str, object] = {"offset": offset}
        if month is not None:
            values |= {"year": month.year, "month": month.month}
        variables = self._variables | {name: values[part] for part, name in self._names.items() if part in values}
        for name, parts in self._patches.items():
            given = variables.get(name)
            page = {"pagination": {"limit": MOST_FOUND, "offset": offset}} | values
            patched = {part: page[part] for part in parts}
            variables[name] = (dict(given) if isinstance(given, Mapping) else {}) | patched
        return replace(self._document, variables=variables)

    def is_over(self, answer: Mapping[str, object]) -> bool:
        """Whether no list in an answer was full, so that no page follows in that month."""
        data = answer.get("data")
        if not isinstance(data, Mapping):
            return True
        return not any(len(found) >= MOST_FOUND for found in map(data.get, self.paged) if isinstance(found, list))


class _Rewriting:
    """An operation with variables in the places of its pages, and of its months where `by_month` says so.

    `names` are the variables by what they stand for, `patches` the query's own variables, in whose values pages and
    months are put, with what is put there, and `defaults` what the query says that these are.
    """

    def __init__(self, schema: GraphQLSchema, operation: Operation, by_month: bool) -> None:
        assert schema.query_type is not None
        self._fields = schema.query_type.fields
        self._operation = operation
        self._by_month = by_month
        self.is_monthly = False
        self._types: dict[str, str] = {}
        self._free = _free_prefix(operation)
        self.paged: list[str] = []
        self.names: dict[str, str] = {}
        self.patches: dict[str, dict[str, str]] = {}
        self.defaults: dict[str, object] = {}
        node = operation.node
        selections = self._selections(node.selection_set)
        self._node = replace(node, selection_set=selections)

    def document(self) -> DocumentNode:
        """The operation with the fragments that it spreads, and variables for what is used of them alone."""
        fragments = _spread(self._node, self._operation.fragments)
        used = _variables(self._node, *fragments)
        own = tuple(one for one in self._node.variable_definitions or () if one.variable.name.value in used)
        declared = "".join(f"${name}: {kind} " for name, kind in self._types.items() if name in used)
        new = _operation(f"query ({declared}) {{ a }}").variable_definitions or () if declared else ()
        return DocumentNode(definitions=(replace(self._node, variable_definitions=(*own, *new)), *fragments))

    def _selections(self, selections: SelectionSetNode) -> SelectionSetNode:
        return replace(selections, selections=tuple(self._selection(one) for one in selections.selections))

    def _selection(self, selection: SelectionNode) -> SelectionNode:
        if isinstance(selection, InlineFragmentNode):
            return replace(selection, selection_set=self._selections(selection.selection_set))
        if isinstance(selection, FragmentSpreadNode):
            raise BadValue("pages", "all", "a query whose fields of Query stand in itself, not in a fragment")
        assert isinstance(selection, FieldNode)
        definition = self._fields.get(selection.name.value)
        return selection if definition is None else self._field(selection, definition)

    def _field(self, node: FieldNode, definition: GraphQLField) -> FieldNode:
        """The field with its page and its month as variables, wherever the schema takes them."""
        search = definition.args.get("search")
        kind = None if search is None else get_named_type(search.type)
        inside = kind.fields if isinstance(kind, GraphQLInputObjectType) else {}
        bare = definition.type.of_type if isinstance(definition.type, GraphQLNonNull) else definition.type
        within: dict[str, str] = {}
        beside: dict[str, str] = {}
        for place, known in ((within, inside), (beside, definition.args)):
            if isinstance(bare, GraphQLList) and "pagination" in known:
                offset = self._variable("offset", "Int")
                place["pagination"] = f"{{limit: {MOST_FOUND}, offset: ${offset}}}"
                self.paged.append(node.alias.value if node.alias else node.name.value)
            if self._by_month and all(part in known for part in _PARTS) and "year" not in within:
                place |= {part: f"${self._variable(part, str(known[part].type))}" for part in _PARTS}
                self.is_monthly = True
        arguments = {one.name.value: one for one in node.arguments or ()}
        for name, text in beside.items():
            arguments[name] = _argument(name, parse_value(text))
        if within:
            arguments["search"] = _argument("search", self._search(arguments.get("search"), within))
        return replace(node, arguments=tuple(arguments.values()))

    def _search(self, argument: ArgumentNode | None, within: Mapping[str, str]) -> ValueNode:
        value = None if argument is None else argument.value
        if isinstance(value, VariableNode):
            name = value.name.value
            self.patches.setdefault(name, {}).update(within)
            self._note_default(name)
            return value
        fields = {one.name.value: one for one in value.fields} if isinstance(value, ObjectValueNode) else {}
        for name, text in within.items():
            fields[name] = ObjectFieldNode(name=NameNode(value=name), value=parse_value(text))
        return ObjectValueNode(fields=tuple(fields.values()))

    def _note_default(self, name: str) -> None:
        for definition in self._operation.node.variable_definitions or ():
            if definition.variable.name.value == name and definition.default_value is not None:
                self.defaults[name] = value_from_ast_untyped(definition.default_value)

    def _variable(self, part: str, kind: str) -> str:
        name = self.names.setdefault(part, f"{self._free}{part}")
        self._types[name] = kind
        return name


class _Names(Visitor):
    """The variables and the fragments that something names."""

    def __init__(self) -> None:
        super().__init__()
        self.variables: set[str] = set()
        self.fragments: set[str] = set()

    def enter_variable(self, node: VariableNode, *_: object) -> None:
        self.variables.add(node.name.value)

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: object) -> None:
        self.fragments.add(node.name.value)


def _spread(
    node: OperationDefinitionNode, known: Mapping[str, FragmentDefinitionNode]
) -> tuple[FragmentDefinitionNode, ...]:
    """The fragments that an operation spreads, and those that they do."""
    found: dict[str, FragmentDefinitionNode] = {}
    waiting = [*_named(node).fragments]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = known[name]
            waiting += _named(known[name]).fragments
    return tuple(found.values())


def _variables(operation: OperationDefinitionNode, *fragments: FragmentDefinitionNode) -> set[str]:
    """The variables that are used, not only declared."""
    used = _named(replace(operation, variable_definitions=())).variables
    return used.union(*(_named(one).variables for one in fragments))


def _named(node: OperationDefinitionNode | FragmentDefinitionNode) -> _Names:
    names = _Names()
    visit(node, names)
    return names


def _operation(text: str) -> OperationDefinitionNode:
    node = parse(text).definitions[0]
    assert isinstance(node, OperationDefinitionNode)
    return node


def _argument(name: str, value: ValueNode) -> ArgumentNode:
    return ArgumentNode(name=NameNode(value=name), value=value)


def _free_prefix(operation: Operation) -> str:
    """What no variable of the operation begins with."""
    prefix = "_"
    while any(one.variable.name.value.startswith(prefix) for one in operation.node.variable_definitions or ()):
        prefix += "_"
    return prefix
