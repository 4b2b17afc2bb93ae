"""Selections: what is asked for of a table's records, as GraphQL text and as the Arrow type in which it comes."""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from connectors.tvox.leaves import Leaf, Wire, fits
from tabular.table import Field, Table

_ARROW = {
    Wire.TEXT: pa.string(),
    Wire.INTEGER: pa.int64(),
    Wire.NUMBER: pa.float64(),
    Wire.BOOLEAN: pa.bool_(),
    # Made text before Arrow reads it.
    Wire.LOOSE: pa.string(),
}

Tree = Mapping[str, "Leaf | Tree"]
"""Leaves by the names of the objects that they lie in."""


@dataclass(frozen=True)
class Selection:
    """What is asked for of a table: each of its fields with the leaf that fills it, None where it stays null.

    `text` is the GraphQL selection in braces, `wire` the type of one record, `loose` the leaves that are any JSON
    value, or lists that hold such.
    """

    table: Table
    fields: tuple[tuple[Field, Leaf | None], ...]
    tree: Tree
    text: str
    wire: pa.StructType
    loose: tuple[Leaf, ...]

    @property
    def lacks_key(self) -> str | None:
        """The first field of the table's key that is not there; nothing can be told apart without it."""
        lacking = {field.name for field, leaf in self.fields if leaf is None}
        return next((name for name in self.table.key if name in lacking), None)


def selection_of(table: Table, leaves: Mapping[str, Leaf]) -> Selection:
    """What is asked for of a table whose records have these leaves, by the names of their fields.

    Names are the same whatever their capitals: where a TVox writes one in another way, the field keeps its own.
    """
    folded = {name.casefold(): leaf for name, leaf in leaves.items()} | dict(leaves)
    filled = {
        field.name: _filling(field, folded.get(field.name) or folded.get(field.name.casefold()))
        for field in table.fields
    }
    asked = [leaf for leaf in filled.values() if leaf is not None]
    tree = _tree(asked)
    return Selection(
        table=table,
        fields=tuple((field, filled[field.name]) for field in table.fields),
        tree=tree,
        text=_text(tree),
        wire=_wire(tree),
        loose=tuple(leaf for leaf in asked if any(one.is_loose for one in (leaf.items or (leaf,)))),
    )


def _filling(field: Field, leaf: Leaf | None) -> Leaf | None:
    """The leaf that fills a field, with the items alone that the field keeps."""
    if leaf is None or not fits(field, leaf):
        return None
    if not leaf.items:
        return leaf
    kept = dict(field.items)
    items = tuple(
        item for item in leaf.items if item.path[0] in kept and fits(Field(item.path[0], kept[item.path[0]]), item)
    )
    return Leaf(leaf.path, leaf.kind, leaf.wire, leaf.shown, items=items) if items else None


def _tree(leaves: list[Leaf]) -> Tree:
    tree: dict[str, Leaf | Tree] = {}
    for leaf in leaves:
        inside = tree
        for name in leaf.path[:-1]:
            inside = inside.setdefault(name, {})  # type: ignore[assignment]  # a name is an object's or a leaf's
        inside[leaf.path[-1]] = leaf
    return tree


def _text(tree: Tree) -> str:
    parts = []
    for name, inside in tree.items():
        if not isinstance(inside, Leaf):
            parts.append(f"{name} {_text(inside)}")
        elif inside.items:
            parts.append(f"{name} {_text(_tree(list(inside.items)))}")
        else:
            parts.append(f"{name} {inside.below}".rstrip())
    return f"{{ {' '.join(parts)} }}"


def _wire(tree: Tree) -> pa.StructType:
    return pa.struct([pa.field(name, _wire_of(inside)) for name, inside in tree.items()])


def _wire_of(inside: "Leaf | Tree") -> pa.DataType:
    if not isinstance(inside, Leaf):
        return _wire(inside)
    if inside.items:
        return pa.list_(_wire(_tree(list(inside.items))))
    return _ARROW[inside.wire]
