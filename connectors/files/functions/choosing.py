"""Functions that choose a value, or exchange one for another."""

import ast
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from connectors.files.choices import first_of
from connectors.files.expression import Cells, Expression, arrow_of, spoiled
from connectors.files.functions.call import Call, Function
from tabular.table import Type

_KINDS: dict[type, Type] = {str: Type.TEXT, int: Type.INTEGER, float: Type.NUMBER, bool: Type.BOOLEAN}


def _coalesce(call: Call) -> Expression:
    return first_of(call.alike())


def _null_if(call: Call) -> Expression:
    value, *others = call.alike()
    try:
        nulls = [ast.literal_eval(node) for node in call.nodes[1:]]
    except ValueError:
        nulls = [None]
    if None in nulls:
        raise call.wrong(1, "null_if needs constants after its value")
    assert value.type is not None
    kind = arrow_of(value.type)
    known = pa.array(nulls, kind)

    def null_if(values: pa.Array) -> pa.Array:
        return pc.if_else(pc.is_in(values, value_set=known), pa.scalar(None, kind), values)

    found = call.computes(value.type, null_if, [value], *(other.key for other in others))
    return replace(found, produces=value.produces)


def _map(call: Call) -> Expression:
    """`map(x, {…})` keeps what it does not know; with a third argument that is what the unknown becomes."""
    texts, table = call.of(0, Type.TEXT), _table(call)
    known = pa.array(list(table))
    if call.count() == 2:
        kind, values = _values(call, list(table.values()))
        if kind is not Type.TEXT:
            raise call.wrong(1, "what stays as it is, is a text: so must the others be", "Or say what others become.")
        other: object = None
    else:
        other = _literal(call, 2)
        kind, values = _values(call, [*table.values(), other])
        values = values.slice(0, len(table))
    rest = pa.scalar(other, arrow_of(kind))

    def mapped(seen: pa.Array) -> pa.Array:
        found = pc.index_in(seen, value_set=known)
        kept = seen if call.count() == 2 else pc.if_else(pc.is_null(seen), pa.scalar(None, rest.type), rest)
        return pc.if_else(pc.is_null(found), kept, values.take(found))

    made = call.computes(kind, mapped, [texts], table, other)
    return replace(made, produces=frozenset(v for v in (*table.values(), other) if isinstance(v, str)))


def _map_known(call: Call) -> Expression:
    """`map_known(x, {…})` refuses what it does not know."""
    texts, table = call.of(0, Type.TEXT), _table(call)
    known = pa.array(list(table))
    kind, values = _values(call, list(table.values()))

    def mapped(seen: pa.Array) -> Cells:
        found = pc.index_in(seen, value_set=known)
        unknown = pc.and_not(pc.is_null(found), pc.is_null(seen))
        return spoiled(values.take(found), unknown, seen, f"is none of {', '.join(table)}")

    made = call.computes(kind, mapped, [texts], table)
    return replace(made, produces=frozenset(v for v in table.values() if isinstance(v, str)))


def _table(call: Call) -> dict[str, object]:
    node = call.nodes[1]
    pairs = _literal(call, 1)
    if not isinstance(node, ast.Dict) or not isinstance(pairs, dict) or not pairs:
        raise call.wrong(1, f"{ast.unparse(node)} is no table like {{'A': 'B'}}")
    if len(pairs) < len(node.keys):
        raise call.wrong(1, "the table names a value twice")
    for name in pairs:
        if not isinstance(name, str):
            raise call.wrong(1, f"{name!r} is no text", "Raw columns are texts: write '1', not 1, before the colon.")
    return pairs


def _literal(call: Call, at: int) -> object:
    try:
        return ast.literal_eval(call.nodes[at])
    except (ValueError, TypeError):
        raise call.wrong(at, f"{ast.unparse(call.nodes[at])} is no constant") from None


def _values(call: Call, values: list[object]) -> tuple[Type, pa.Array]:
    kinds = {_KINDS.get(type(value)) for value in values if value is not None}
    if kinds == {Type.INTEGER, Type.NUMBER}:
        kinds = {Type.NUMBER}
    kind = Type.TEXT if not kinds else kinds.pop() if len(kinds) == 1 else None
    if kind is None:
        raise call.wrong(1, "the values of the table are not of one type")
    return kind, pa.array(values, arrow_of(kind))


FUNCTIONS = (
    Function("coalesce", "coalesce(value, …)", 2, 99, "The first value that is not null.", _coalesce),
    Function(
        "null_if",
        "null_if(value, constant, …)",
        2,
        99,
        "The value, or null where it is one of the constants.",
        _null_if,
    ),
    Function(
        "map",
        "map(text, {'A': 'B', …}) or map(text, {'A': 'B', …}, other)",
        2,
        3,
        "What the table says for the text; a text that is not in it stays, or becomes `other`.",
        _map,
    ),
    Function(
        "map_known",
        "map_known(text, {'A': 'B', …})",
        2,
        2,
        "What the table says for the text; a line whose text is not in it is refused.",
        _map_known,
    ),
)
