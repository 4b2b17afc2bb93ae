"""Limits: how large a document may be, checked before anything is done that grows faster than its text."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from tabular.errors import DocumentTooLarge

CHARACTERS = 200_000
TOKENS = 10_000
COMMENTS = 1_000
DEPTH = 20
"""Levels of selections; a full introspection has 14."""
FIELDS = 2_000
"""Fields with those of the fragments, as often as they are spread."""
ROOTS = 20
"""Fields of Query: each is a search of its own."""
FRAGMENTS = 100
REPETITIONS = 40_000
"""Pairs of fields that answer under the same name: validation compares them all."""
VALUES = 1_000
"""Values of the comparisons of one request."""


@dataclass(frozen=True, slots=True)
class _Size:
    fields: int = 0
    depth: int = 0

    def beside(self, other: "_Size") -> "_Size":
        """The size of two selections in one set."""
        return _Size(self.fields + other.fields, max(self.depth, other.depth))


def check_size(document: DocumentNode) -> None:
    """Raise DocumentTooLarge for a document that is beyond a limit once its fragments are spread.

    Fragments that spread themselves count once: validation refuses them.
    """
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    _check("fragments", len(fragments), FRAGMENTS)
    pairs = Counter(field.alias.value if field.alias else field.name.value for field in _fields(document))
    _check("pairs of fields that answer under one name", sum(count * count for count in pairs.values()), REPETITIONS)
    sizes: dict[str, _Size] = {}
    for operation in document.definitions:
        if isinstance(operation, OperationDefinitionNode):
            size = _size(operation.selection_set, fragments, sizes, frozenset())
            _check("levels", size.depth, DEPTH)
            _check("fields", size.fields, FIELDS)


def _check(what: str, size: int, most: int) -> None:
    if size > most:
        raise DocumentTooLarge(what, most)


def _fields(document: DocumentNode) -> Iterator[FieldNode]:
    """Every field of the text, without recursion."""
    sets = [
        one.selection_set
        for one in document.definitions
        if isinstance(one, OperationDefinitionNode | FragmentDefinitionNode)
    ]
    while sets:
        for selection in sets.pop().selections:
            if isinstance(selection, FieldNode):
                yield selection
            inner = getattr(selection, "selection_set", None)
            if inner is not None:
                sets.append(inner)


def _size(
    selections: SelectionSetNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    sizes: dict[str, _Size],
    inside: frozenset[str],
) -> _Size:
    size = _Size()
    for selection in selections.selections:
        if isinstance(selection, FragmentSpreadNode):
            name = selection.name.value
            if name not in fragments or name in inside:
                continue
            if name not in sizes:
                sizes[name] = _size(fragments[name].selection_set, fragments, sizes, inside | {name})
            size = size.beside(sizes[name])
            continue
        inner = getattr(selection, "selection_set", None)
        below = _size(inner, fragments, sizes, inside) if inner is not None else _Size()
        own = 1 if isinstance(selection, FieldNode) else 0
        size = size.beside(_Size(below.fields + own, below.depth + 1))
    return size
