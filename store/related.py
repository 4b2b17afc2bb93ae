"""Rows that are related to given keys, as one SQL statement: every literal bound, keys handed over as Arrow."""

from dataclasses import dataclass

from store.beside import Beside
from store.expressions import Bound as Literals
from store.expressions import value_of
from store.filtering import filter_test, filter_value
from store.layout import quoted, sql_type
from store.statements import Known, Statement, key_value, partition_name
from tabular.filter.bound import Bound
from tabular.partition import Partition
from tabular.table import Column, Table, Type

KEYS, KEY = "related_keys", "_key"
"""The keys as a table that SQL knows, and its column of them; PLACE is where each of them stands, from 0."""

PLACE, COUNT, SHOWN = "_place", "_count", "_shown"
"""Columns of the answer before those that were asked for: whose row it is; of all rows of that key, how many there are;
and whether a row is one of those shown, since one that only tells the count may come as well."""

MOST_ROWS = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Order:
    """A value to sort by: null lies below all others (OData 4.01 part 1, 11.2.6.2)."""

    value: Bound
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Related:
    """What is asked of the rows of a table whose column `by` equals one of the keys, at a version of the store.

    Only `partitions` are read, and those `beside` them for what is asked of rows that are related in turn. What is
    sorted and cut (`top`, `skip`) is so for each key by itself; the table's key decides ties. `counted` tells how many
    rows there are before they are cut; without columns that is all there is.
    """

    table: Table
    by: Column
    columns: tuple[Column, ...]
    partitions: tuple[Partition, ...]
    version: int
    filter: Bound | None = None
    order: tuple[Order, ...] = ()
    top: int | None = None
    skip: int = 0
    counted: bool = False
    beside: tuple[Partition, ...] = ()

    @property
    def is_cut(self) -> bool:
        """Whether not all related rows are asked for."""
        return self.top is not None or self.skip > 0


def related_statement(related: Related, secret: bytes, known: Known, zone: str = "UTC") -> Statement:
    """The statement of PLACE, of COUNT and SHOWN where rows are counted and cut, and of the columns c0, c1 and so on.

    Rows come in the order of the keys' places, then in that which was asked. Without columns it gives PLACE and COUNT,
    and nothing of keys without rows.
    """
    literals = Literals(secret, zone)
    branches = [_branch(related, number, one, literals, known) for number, one in enumerate(related.partitions)]
    rows = " UNION ALL ".join(branches) or _nothing(related, literals)
    if not related.columns:
        sql = f"SELECT {PLACE}, count(*) AS {COUNT} FROM ({rows}) AS r GROUP BY {PLACE} ORDER BY {PLACE}"
        return Statement(sql, literals.values)
    order = _order(related)
    shown = [PLACE, *(f"c{place}" for place in range(len(related.columns)))]
    tests = ""
    if related.is_cut:
        ranked = f"row_number() OVER (PARTITION BY {PLACE} ORDER BY {', '.join(order)}) AS _rank"
        counted = f", count(*) OVER (PARTITION BY {PLACE}) AS {COUNT}" if related.counted else ""
        rows = f"SELECT *, {ranked}{counted} FROM ({rows}) AS r"
        within = _within(related, literals)
        if related.counted:
            shown[1:1] = [COUNT, f"{within} AS {SHOWN}"]
            within = f"({within} OR _rank = {literals.literal(1)})"
        tests = f" WHERE {within}"
    sql = f"SELECT {', '.join(shown)} FROM ({rows}) AS r{tests} ORDER BY {', '.join([PLACE, *order])}"
    return Statement(sql, literals.values)


def _within(related: Related, literals: Literals) -> str:
    last = MOST_ROWS if related.top is None else min(related.skip + related.top, MOST_ROWS)
    return f"(_rank > {literals.literal(min(related.skip, MOST_ROWS))} AND _rank <= {literals.literal(last)})"


def _order(related: Related) -> list[str]:
    asked = [
        f"s{place} {'DESC NULLS LAST' if one.descending else 'ASC NULLS FIRST'}"
        for place, one in enumerate(related.order)
    ]
    return [*asked, "_part", *(f"k{place}" for place in range(len(related.table.key)))]


def _branch(related: Related, number: int, partition: Partition, literals: Literals, known: Known) -> str:
    table = related.table
    beside = Beside(related.version, partition.month, related.beside)
    values = [f"{value_of(column, table, literals)} AS c{place}" for place, column in enumerate(related.columns)]
    if related.columns:
        values += [
            f"{filter_value(one.value, table, literals, partition.extents, beside)} AS s{place}"
            for place, one in enumerate(related.order)
        ]
        values += [f"{key_value(name, table)} AS k{place}" for place, name in enumerate(table.key)]
        values.append(f"{number} AS _part")
    held = f"{partition_name(partition.table, partition.month)} JOIN {KEYS} ON {_by(related)} = {KEY}"
    tests = []
    if not known.is_unchanged(partition):
        version = literals.literal(related.version)
        tests = [f"_from <= {version}", f"_until > {version}"]
    if table.element:
        listed = quoted(table.element)
        places = f"generate_subscripts({listed}, 1) AS _position"
        held = f"(SELECT *, unnest({listed}) AS _element, {places} FROM {held}{_where(tests)})"
        tests = []
    if related.filter is not None:
        tests.append(filter_test(related.filter, table, literals, partition.extents, beside))
    return f"SELECT {', '.join([PLACE, *values])} FROM {held}{_where(tests)}"


def _by(related: Related) -> str:
    """The column of the keys: it is read as it lies there, for no navigation leads over a masked one."""
    if related.by.mask is not None or related.by.reading.item is not None:
        raise ValueError(f"{related.table.name}.{related.by.name} relates to nothing")
    return quoted(related.by.reading.field)


def _where(tests: list[str]) -> str:
    return f" WHERE {' AND '.join(tests)}" if tests else ""


def _nothing(related: Related, literals: Literals) -> str:
    kinds = [(f"c{place}", sql_type(column.type)) for place, column in enumerate(related.columns)]
    kinds += [(f"s{place}", sql_type(Type.TEXT)) for place in range(len(related.order))]
    kinds += [(f"k{place}", sql_type(Type.TEXT)) for place in range(len(related.table.key))]
    kinds.append(("_part", sql_type(Type.INTEGER)))
    cells = ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in kinds)
    return f"SELECT {PLACE}, {cells} FROM {KEYS} WHERE {literals.literal(False)}"
