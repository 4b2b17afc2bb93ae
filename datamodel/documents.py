"""Documents: GraphQL text becomes a checked document, once for every text."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    VariableValues,
    get_variable_values,
    parse,
    validate,
)

from datamodel.faults import Fault, RequestRefused, faults_from
from datamodel.limits import CHARACTERS, COMMENTS, DEPTH, TOKENS, check_size
from tabular.errors import DocumentInvalid, DocumentTooLarge

KEPT = 256
"""Documents that are remembered: checking one again costs a millisecond or two."""

MOST_FAULTS = 5
"""A document with more faults than these is told the first one only."""


_LITERAL = re.compile(r'"""(?:\\"""|[^"]|"(?!""))*"""|"(?:\\.|[^"\\\n])*"|(?<!\w)-?\d[\w.+-]*')


@dataclass(frozen=True, slots=True)
class Document:
    """What a request asks: GraphQL text, values for its variables, and the operation if there are several."""

    source: str
    variables: Mapping[str, object] = field(default_factory=dict)
    operation: str | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation that may be executed, with the fragments of its document and its variables' values.

    `variables` are the values as the schema reads them, `given` as the request gave them. `is_checked`: the document
    itself was validated; else one was that differs from it in the values of its arguments only.
    """

    node: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: VariableValues
    given: Mapping[str, object]
    is_checked: bool


class Documents:
    """The documents of one schema: parsed and checked once, however often they are asked."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._parsed = lru_cache(KEPT)(self._parse)
        self._like = lru_cache(KEPT)(_Like)

    def operation(self, document: Document) -> Operation:
        """The operation that a request asks for. Raises RequestRefused."""
        if len(document.source) > CHARACTERS:
            raise RequestRefused([Fault(DocumentTooLarge("characters", CHARACTERS))])
        parsed, is_checked = self._parsed(document.source)
        node = _chosen(parsed, document.operation)
        fragments = {one.name.value: one for one in parsed.definitions if isinstance(one, FragmentDefinitionNode)}
        values = get_variable_values(
            self._schema, node.variable_definitions or (), dict(document.variables), max_errors=MOST_FAULTS
        )
        if isinstance(values, list):
            if not is_checked:
                self._validate(parsed)
            raise RequestRefused(_few(values))
        return Operation(node, fragments, values, document.variables, is_checked)

    def check(self, document: Document) -> None:
        """Validate a document in which something was found wrong. Raises RequestRefused."""
        self._validate(self._parsed(document.source)[0])

    def _parse(self, source: str) -> tuple[DocumentNode, bool]:
        """The document, and whether it was validated itself. Raises RequestRefused."""
        try:
            document = parse(source, max_lexical_tokens=TOKENS, max_comments=COMMENTS)
        except GraphQLError as failure:
            raise RequestRefused(faults_from([failure])) from failure
        try:
            check_size(document)
        except DocumentTooLarge as failure:
            raise RequestRefused([Fault(failure)]) from failure
        except RecursionError as failure:
            raise RequestRefused([Fault(DocumentTooLarge("levels", DEPTH))]) from failure
        like = self._like(_without_values(source))
        if like.is_valid and _is_plain(document, source):
            return document, False
        self._validate(document)
        like.is_valid = True
        return document, True

    def _validate(self, document: DocumentNode) -> None:
        wrong = validate(self._schema, document, max_errors=MOST_FAULTS)
        if wrong:
            raise RequestRefused(_few(wrong))


class _Like:
    """A document without its values, and whether one like it was found valid."""

    def __init__(self, _: str) -> None:
        self.is_valid = False


def _is_plain(document: DocumentNode, source: str) -> bool:
    """Whether a document's values are all arguments of fields that are answered, each under a name of its own.

    Then reading the arguments finds what is wrong with them, and nothing else depends on values.
    """
    operation = document.definitions[0]
    if len(document.definitions) > 1 or not isinstance(operation, OperationDefinitionNode):
        return False
    fields = [one for one in operation.selection_set.selections if isinstance(one, FieldNode)]
    names = {one.alias.value if one.alias else one.name.value for one in fields}
    only_fields = len(fields) == len(operation.selection_set.selections)
    return only_fields and len(names) == len(fields) and "__" not in source and "@" not in source


def _without_values(source: str) -> str:
    """The document with an empty text for each text and 0 for each number: what pages of one list have in common.

    >>> _without_values('{ calls(from: "2020", limit: 10, not1: -1.5e3) { level1 } }')
    '{ calls(from: "", limit: 0, not1: 0) { level1 } }'
    """
    return _LITERAL.sub(lambda found: '""' if found[0].startswith('"') else "0", source)


def _few(wrong: Sequence[GraphQLError]) -> tuple[Fault, ...]:
    """The faults that are told."""
    return faults_from(wrong[:1] if len(wrong) > MOST_FAULTS else wrong)


def _chosen(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    """The operation of that name, or the only one. Raises RequestRefused."""
    operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    found = [one for one in operations if name is None or (one.name is not None and one.name.value == name)]
    if len(found) != 1:
        names = ", ".join(one.name.value for one in operations if one.name)
        reason = f'The query has no operation named "{name}"' if name else "The query has no operation"
        if len(found) > 1:
            reason = f"The query has several operations, and operationName names none of them: {names}"
        raise RequestRefused([Fault(DocumentInvalid(reason))])
    if found[0].operation is not OperationType.QUERY:
        raise RequestRefused([Fault(DocumentInvalid("The Data Model can only be read: ask a query"))])
    return found[0]
