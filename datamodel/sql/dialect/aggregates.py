"""Aggregates: functions of the rows of a group, or of a window's."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from datamodel.sql.dialect.comparing import group_key, key, sort_key
from datamodel.sql.dialect.conversions import as_text, number, real, settled, text_of
from datamodel.sql.dialect.functions import Family
from datamodel.sql.dialect.numbers import MORE, bits_of, divided
from datamodel.sql.dialect.values import FREE, Kind, Value, decimal, double, text, whole
from tabular.errors import StatementUnsupported

Aggregate = Callable[[Sequence[Value], bool, str], Value]
"""What an aggregate becomes: of its arguments, of the different ones only, over a window (empty: over the group)."""

_FAMILY = Family("Aggregates")
_FAMILY.syntax("GROUP_CONCAT", "in the order of ORDER BY, else of the texts")


def _count(args: Sequence[Value], distinct: bool, over: str) -> Value:
    if not args:
        return whole(f"count(*){over}")
    if not distinct:
        return whole(f"count({args[0].sql}){over}")
    keys = [group_key(arg) for arg in args]
    if len(keys) == 1:
        return whole(f"count(DISTINCT {keys[0]}){over}")
    known = " AND ".join(f"{one} IS NOT NULL" for one in keys)
    return whole(f"count(DISTINCT CASE WHEN {known} THEN row({', '.join(keys)}) END){over}")


def _sum(args: Sequence[Value], distinct: bool, over: str) -> Value:
    value, different = number(args[0]), "DISTINCT " if distinct else ""
    if value.kind is Kind.DOUBLE:
        return double(f"mdb_finite(sum({different}{value.sql}){over})", value.scale)
    digits = value.digits if value.kind is Kind.DECIMAL else 0
    return decimal(f"CAST(sum({different}{value.sql}){over} AS DECIMAL(38,{digits}))", value.scale, digits)


def _avg(args: Sequence[Value], distinct: bool, over: str) -> Value:
    value, different = number(args[0]), "DISTINCT " if distinct else ""
    total, many = _sum(args, distinct, over), whole(f"count({different}{value.sql}){over}")
    if value.kind is Kind.DOUBLE:
        return double(f"({total.sql} / nullif({many.sql}, 0))", min(value.scale + MORE, FREE))
    return divided(total, many)


def _extreme(least: bool) -> Aggregate:
    name = "min" if least else "max"

    def answer(args: Sequence[Value], distinct: bool, over: str) -> Value:
        value = args[0]
        if value.kind is Kind.BOOLEAN:
            value = number(value)
        if value.kind is not Kind.TEXT:
            return value.plain(f"{name}({value.sql}){over}")
        if value.binary:
            return value.plain(f"{name}({value.sql}){over}")
        if value.rank and value.exact and value.order is None:
            found = value.plain(f"arg_{name}({value.sql}, {value.rank}){over}")
            return replace(found, rank=f"{name}({value.rank}){over}", exact=True, source=value.source)
        # Of several spellings of one text the first in the alphabet of computers is taken, or the last.
        return value.plain(f"arg_{name}({value.sql}, {key(value)} || chr(1) || {value.sql}){over}")

    return answer


def _spread(function: str) -> Aggregate:
    def answer(args: Sequence[Value], distinct: bool, over: str) -> Value:
        value = number(args[0])
        scale = FREE if value.kind is Kind.DOUBLE else 0
        return double(f"{function}({real(value)}){over}", min(scale + value.scale * (scale == 0) + MORE, FREE))

    return answer


def _bits(function: str, empty: str) -> Aggregate:
    def answer(args: Sequence[Value], distinct: bool, over: str) -> Value:
        return whole(f"coalesce(CAST({function}({bits_of(args[0])}){over} AS HUGEINT), {empty})", unsigned=True)

    return answer


AGGREGATES: dict[str, Aggregate] = {
    "COUNT": _count,
    "SUM": _sum,
    "AVG": _avg,
    "MIN": _extreme(least=True),
    "MAX": _extreme(least=False),
    "STD": _spread("stddev_pop"),
    "STDDEV": _spread("stddev_pop"),
    "STDDEV_POP": _spread("stddev_pop"),
    "STDDEV_SAMP": _spread("stddev_samp"),
    "VARIANCE": _spread("var_pop"),
    "VAR_POP": _spread("var_pop"),
    "VAR_SAMP": _spread("var_samp"),
    "BIT_AND": _bits("bit_and", "18446744073709551615"),
    "BIT_OR": _bits("bit_or", "0"),
    "BIT_XOR": _bits("bit_xor", "0"),
}
"""The aggregates by their names; COUNT of several needs DISTINCT."""

_FAMILY.syntax(" ".join(AGGREGATES))
DISTINCT_ONES = frozenset({"COUNT", "SUM", "AVG", "MIN", "MAX"})
"""Those that take DISTINCT."""


def joined(values: Sequence[Value], separator: str, order: Sequence[tuple[Value, bool]], distinct: bool) -> Value:
    """The texts of a group in one (GROUP_CONCAT); `order` are values with whether they descend."""
    said = as_text(values[0]) if len(values) == 1 else text("(" + " || ".join(text_of(one) for one in values) + ")")
    if distinct:
        by = {value.sql for value, _ in order}
        if by - {one.sql for one in values} or len(order) > 1 or len(values) > 1:
            raise StatementUnsupported("DISTINCT and another order in GROUP_CONCAT", advice="Order by what is joined.")
        value = settled(values[0])
        downwards = "DESC" if order and order[0][1] else "ASC"
        keys = f"{{'k': {sort_key(value)}, 'g': {group_key(value)}, 't': {said.sql}}}"
        filtered = (
            f"list({keys} ORDER BY {sort_key(value)} {downwards}, {said.sql}) FILTER (WHERE {said.sql} IS NOT NULL)"
        )
        return text(f"mdb_joined(array_to_string(mdb_different({filtered}), {separator}))")
    if order:
        by_order = ", ".join(f"{sort_key(value)} {'DESC' if down else 'ASC'}" for value, down in order)
    else:
        by_order = f"{key(said)}, {said.sql}"
    return text(f"mdb_joined(string_agg({said.sql}, {separator} ORDER BY {by_order}))")


# Functions of windows

_WINDOWS = Family("Windows")
WINDOWS = {
    "ROW_NUMBER": (0, 0),
    "RANK": (0, 0),
    "DENSE_RANK": (0, 0),
    "PERCENT_RANK": (0, 0),
    "CUME_DIST": (0, 0),
    "NTILE": (0, 1),
    "LAG": (1, 1),
    "LEAD": (1, 1),
    "FIRST_VALUE": (1, 0),
    "LAST_VALUE": (1, 0),
    "NTH_VALUE": (1, 1),
}
"""The functions that need OVER: how many values and then constant numbers they take."""

_WINDOWS.syntax(" ".join(WINDOWS), "with OVER; aggregates take it too")


def windowed(name: str, args: Sequence[Value], numbers: Sequence[int], over: str) -> Value:
    """A function of windows; `numbers` are its constant arguments."""
    match name:
        case "ROW_NUMBER" | "RANK" | "DENSE_RANK":
            return whole(f"{name.lower()}(){over}")
        case "PERCENT_RANK" | "CUME_DIST":
            return double(f"{name.lower()}(){over}", 10)
        case "NTILE":
            return whole(f"ntile({numbers[0]}){over}")
    value = args[0] if args[0].kind is not Kind.BOOLEAN else number(args[0])
    more = "".join(f", {one}" for one in numbers)
    return value.plain(f"{name.lower()}({value.sql}{more}){over}")
