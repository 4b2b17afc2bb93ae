"""A column as SQL: where its value lies, and the mask in front of it."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

from store.layout import quoted, sql_type
from tabular.numbering import EXACT, HASHED_FROM, PER_SECOND
from tabular.table import Column, MaskKind, Summarise, Table, Type

PATH_SEPARATOR = " > "
"""What stands between the stops of a path."""


class Bound:
    """The literals of a statement, each under a name of its own; the statement holds only the names.

    `zone` is the centre's, whose clocks some columns show.
    """

    def __init__(self, secret: bytes, zone: str = "UTC") -> None:
        self.values: dict[str, object] = {}
        self.zone = zone
        self._names: dict[tuple[type, object], str] = {}
        self._secret = secret

    def literal(self, value: object) -> str:
        """The name that stands for `value` in the statement."""
        name = self._names.setdefault((type(value), value), f"v{len(self.values)}")
        self.values[name] = value
        return f"${name}"

    def sequence(self, values: Sequence[object]) -> str:
        """The name that stands for a list of values in the statement."""
        name = self._names.setdefault((list, tuple(values)), f"v{len(self.values)}")
        self.values[name] = list(values)
        return f"${name}"

    def keyed_hash(self, text: str) -> str:
        """The first 16 hex digits of HMAC-SHA256 of an SQL text under this store's secret (RFC 2104)."""
        key = self._secret if len(self._secret) <= 64 else sha256(self._secret).digest()
        inner = self.literal(bytes(byte ^ 0x36 for byte in key.ljust(64, b"\0")))
        outer = self.literal(bytes(byte ^ 0x5C for byte in key.ljust(64, b"\0")))
        return f"left(sha256({outer} || unhex(sha256({inner} || encode({text})))), 16)"


def value_of(column: Column, table: Table, bound: Bound) -> str:
    """A column of `table` as an SQL expression over its partition (or, in a table of elements, over its unnested list).

    A mask is part of the expression, so whatever sorts or compares the column sees only what the key may see.
    """
    reading = column.reading
    if reading.position:
        return masked("_position", column, bound)
    if reading.index is not None and reading.item is not None:
        return masked(f"{quoted(reading.field)}[{reading.index + 1}].{quoted(reading.item)}", column, bound)
    if reading.every and reading.item is not None:
        return _every(column, bound)
    if reading.item is not None:
        return masked(f"_element.{quoted(reading.item)}", column, bound)
    if reading.numbered:
        return _numbered(column, bound)
    field = next((f for f in table.fields if f.name == reading.field), None)
    if field is not None and field.summarise is Summarise.PATH and column.mask is not None:
        # Each stop of a path is masked by itself, as it is in the table of the steps.
        between = bound.literal(PATH_SEPARATOR)
        stops = f"string_split({quoted(field.name)}, {between})"
        return f"array_to_string(list_transform({stops}, lambda one: {masked('one', column, bound)}), {between})"
    return masked(quoted(reading.field), column, bound)


def _every(column: Column, bound: Bound) -> str:
    """An item of every element of a list joined as in `tabular.jsonpath`, each behind the mask; null for no element."""
    listed = quoted(column.reading.field)
    item = masked(f"CAST(one.{quoted(column.reading.item or '')} AS VARCHAR)", column, bound)
    each = f"list_transform({listed}, lambda one: coalesce({item}, {bound.literal('null')}))"
    return f"CASE WHEN len({listed}) > 0 THEN array_to_string({each}, {bound.literal(',')}) END"


def _numbered(column: Column, bound: Bound) -> str:
    text = quoted(column.reading.field)
    if column.mask is None:
        return number_of(text, bound)
    # The mask lies in front of the text, so that the number tells no more than the masked text does.
    behind = masked(text, replace(column, type=Type.TEXT), bound)
    return f"list_transform([{behind}], lambda one: {number_of('one', bound)})[1]"


def number_of(text: str, bound: Bound) -> str:
    """The name of an SQL text as the number that stands for it: what `tabular.numbering.number_of` says in Python."""
    dot, per_second = bound.literal("."), bound.literal(PER_SECOND)
    seconds, counter = (f"CAST(split_part({text}, {dot}, {bound.literal(place)}) AS BIGINT)" for place in (1, 2))
    hashed = f"CAST(md5_number_lower({text}) >> 2 AS BIGINT) + {bound.literal(HASHED_FROM)}"
    exact = f"WHEN regexp_full_match({text}, {bound.literal(EXACT)}) THEN {seconds} * {per_second} + {counter}"
    return f"CASE {exact} ELSE {hashed} END"


def masked(value: str, column: Column, bound: Bound) -> str:
    """An SQL value of a column behind the column's mask."""
    mask = column.mask
    if mask is None:
        return value
    if mask.kind is MaskKind.NULL or column.type is not Type.TEXT:
        # Only text has a hash or last digits that are still of its type.
        return f"CAST(NULL AS {sql_type(column.type)})"
    if mask.kind is MaskKind.HASH:
        return bound.keyed_hash(value)
    digits = bound.literal(mask.digits)
    kept = f"CASE WHEN length({value}) > {digits} THEN right({value}, {digits}) ELSE '' END"
    return f"(repeat('*', length({value}) - length({kept})) || {kept})"
