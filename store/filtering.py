"""A bound filter as SQL over one partition: every literal bound, every name from the table, masks in front of values.

What is true where the plain reading (`tabular/filter/evaluate.py`) says so is what a law of the tests holds. No
expression stands twice in the text, or a filter nested deeply would make a text that grows with every level.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from store.beside import Beside
from store.expressions import Bound as Literals
from store.expressions import masked, value_of
from store.filter_functions import FUNCTIONS
from store.layout import quoted, sql_type
from tabular.criteria import Elements
from tabular.filter.bound import (
    LATEST,
    LEAST_INTEGER,
    MOST_INTEGER,
    Apply,
    Bound,
    Choice,
    Constant,
    Item,
    Kind,
    Local,
    Of,
    OneRelated,
    Operation,
    Quantifier,
    Relation,
    Size,
    SizeRelated,
    SomeRelated,
    relations,
)
from tabular.filter.zones import FIRST_YEAR, LAST_YEAR, Changes, changes_of
from tabular.partition import Extent
from tabular.table import Table

_TYPES = {
    Kind.TEXT: "VARCHAR",
    Kind.INTEGER: "BIGINT",
    Kind.NUMBER: "DOUBLE",
    Kind.BOOLEAN: "BOOLEAN",
    Kind.MOMENT: "TIMESTAMP",
    Kind.DATE: "DATE",
    Kind.TIME_OF_DAY: "TIME",
    Kind.DURATION: "BIGINT",
    Kind.NULL: "BOOLEAN",
}
_SIGNS = {Operation.GT: ">", Operation.GE: ">=", Operation.LT: "<", Operation.LE: "<="}

FEW_CHANGES = 4
"""So many changes of the clocks are told apart one by one; more are looked up."""


def filter_test(
    condition: Bound, table: Table, literals: Literals, extents: Mapping[str, Extent], beside: Beside | None = None
) -> str:
    """The SQL condition that a row of a partition must meet; `extents` are those of the partition's times, `beside`
    it lies what the condition asks of related rows, without which it may ask nothing of these."""
    return _Filtering(table, literals, extents, beside).test(condition)


def filter_value(
    value: Bound, table: Table, literals: Literals, extents: Mapping[str, Extent], beside: Beside | None = None
) -> str:
    """The SQL value of an expression for a row of a partition, as `filter_test` has it."""
    return _Filtering(table, literals, extents, beside).value(value)


class _Filtering:
    def __init__(self, table: Table, literals: Literals, extents: Mapping[str, Extent], beside: Beside | None) -> None:
        self._table = table
        self._beside = beside
        self._literals = literals
        self._extents = extents
        self._named = 0
        self._lists: dict[tuple[datetime, ...], tuple[int, str, list[str], str]] = {}

    def test(self, node: Bound) -> str:
        """A condition where only being true counts: null may stand for false, so that the engine can skip by it."""
        match node:
            case Apply(Operation.AND | Operation.OR as operation, arguments):
                return f"({f' {operation.upper()} '.join(self.test(one) for one in arguments)})"
            case Apply(Operation.EQ, (left, Constant(value))) if _is_plain(value) and left.kind is not Kind.NUMBER:
                return f"{self.value(left)} = {self._literals.literal(value)}"
            case Apply(operation, (left, right)) if operation in _SIGNS and left.kind is not Kind.NUMBER:
                return f"{self.value(left)} {_SIGNS[operation]} {self.value(right)}"
            case Apply(Operation.IN, (value, *options)) if all(
                isinstance(one, Constant) and _is_plain(one.value) for one in options
            ):
                return f"{self.value(value)} IN ({', '.join(self.value(one) for one in options)})"
            case SomeRelated(relation, False, condition):
                return self._is_among(relation, condition)
        return self.value(node)

    def value(self, node: Bound) -> str:
        """A node as an SQL value."""
        match node:
            case Constant(None, kind):
                return f"CAST(NULL AS {_TYPES[kind]})"
            case Constant(value):
                return self._literals.literal(value)
            case Of(column):
                return value_of(column, self._table, self._literals)
            case Item(variable, name, column):
                return masked(f"_e{variable}.{quoted(name)}", column, self._literals)
            case Local(moment, zone):
                return self._local(moment, zone)
            case Choice(pairs):
                whens = " ".join(f"WHEN {self.test(c)} THEN {self.value(v)}" for c, v in pairs)
                return f"CASE {whens} END"
            case Quantifier(elements, variable, is_all, condition):
                return self._quantified(elements, variable, is_all, condition)
            case Size(elements, variable, condition):
                return f"coalesce(len({self._met(elements, variable, condition)}), 0)"
            case SomeRelated(relation, is_all, condition):
                found = self._is_among(relation, condition, is_all)
                return f"{'(NOT ' if is_all else '('}coalesce({found}, {self._literals.literal(False)}))"
            case SizeRelated(relation, condition):
                return self._of_related(relation, None, condition)
            case OneRelated(relation, value):
                return self._of_related(relation, value, None)
            case Apply(operation, arguments):
                return self._applied(operation, arguments)

    def _applied(self, operation: Operation, arguments: Sequence[Bound]) -> str:
        match operation:
            case Operation.AND | Operation.OR:
                return f"({f' {operation.upper()} '.join(self.value(one) for one in arguments)})"
            case Operation.NOT:
                return f"(NOT {self.value(arguments[0])})"
            case Operation.HAS:
                return f"({self.value(arguments[0])} = {self.value(arguments[1])})"
            case Operation.EQ:
                return self._compared(arguments, _equal)
            case Operation.NE:
                return f"(NOT {self._compared(arguments, _equal)})"
            case Operation.GT | Operation.GE | Operation.LT | Operation.LE:
                return self._compared(arguments, lambda left, right, kind: _ordered(operation, left, right, kind))
            case Operation.IN:
                return self._among(arguments[0], arguments[1:])
        function = FUNCTIONS[operation]
        if function.uses_once:
            built = function.build([self.value(one) for one in arguments], self._literals)
            return self._fitting(built) if function.is_wide else built
        return self._once(arguments, lambda *values: function.build(values, self._literals))

    def _fitting(self, wide: str) -> str:
        """A wide integer as one of 64 bits, null where it does not fit."""
        name = self._name()
        least, most = self._literals.literal(LEAST_INTEGER), self._literals.literal(MOST_INTEGER)
        fitting = f"CASE WHEN {name} BETWEEN {least} AND {most} THEN CAST({name} AS BIGINT) END"
        return f"list_transform([{wide}], lambda {name}: {fitting})[1]"

    def _compared(self, arguments: Sequence[Bound], build: Callable[[str, str, Kind], str]) -> str:
        kind = arguments[0].kind
        if build is _equal and isinstance(arguments[1], Constant) and arguments[1].value is None:
            return f"({self.value(arguments[0])} IS NULL)"
        if kind is Kind.NUMBER:
            # Only these are named twice, to tell NaN apart.
            return self._once(arguments, lambda left, right: build(left, right, kind))
        return build(self.value(arguments[0]), self.value(arguments[1]), kind)

    def _among(self, value: Bound, options: Sequence[Bound]) -> str:
        known = [one for one in options if isinstance(one, Constant) and _is_plain(one.value)]
        others = [one for one in options if one not in known]

        def equal_to_any(found: str, *rest: str) -> str:
            listed = ", ".join(self._literals.literal(one.value) for one in known)
            tests = [f"coalesce({found} IN ({listed}), false)"] if known else []
            tests += [_equal(found, option, value.kind) for option in rest]
            return f"({' OR '.join(tests)})"

        return self._once([value, *others], equal_to_any)

    # Lists

    def _quantified(self, elements: Elements, variable: int, is_all: bool, condition: Bound | None) -> str:
        met = f"coalesce(len({self._met(elements, variable, condition)}), 0)"
        return f"({met} = coalesce(len({quoted(elements.field)}), 0))" if is_all else f"({met} > 0)"

    def _met(self, elements: Elements, variable: int, condition: Bound | None) -> str:
        listed = quoted(elements.field)
        return listed if condition is None else f"list_filter({listed}, lambda _e{variable}: {self.test(condition)})"

    # Related rows

    def _is_among(self, relation: Relation, condition: Bound | None, is_all: bool = False) -> str:
        """Whether the row's own value is among those of related rows that meet a condition (or, `is_all`, do not)."""
        return f"{self._own(relation)} IN ({self._related(relation, None, condition, is_all)})"

    def _of_related(self, relation: Relation, value: Bound | None, condition: Bound | None) -> str:
        """A value of the one related row, or how many there are."""
        rows = self._related(relation, value, condition)
        made = "count(*)" if value is None else "any_value(_value)"
        return f"(SELECT {made} FROM ({rows}) AS _related WHERE _key = {self._own(relation)})"

    def _own(self, relation: Relation) -> str:
        return value_of(relation.own, self._table, self._literals)

    def _related(self, relation: Relation, value: Bound | None, condition: Bound | None, is_not: bool = False) -> str:
        """The keys of related rows, and a value of each, as SQL: within it, names are those of the related rows."""
        table, literals, beside = relation.table, self._literals, self._beside
        if beside is None:
            raise ValueError(f"nobody said where {relation.name} are to be read")
        rows = []
        for partition in beside.holding(self._table, table):
            inner = _Filtering(table, literals, partition.extents, beside.within(partition))
            shown = f"{value_of(relation.other, table, literals)} AS _key"
            shown += f", {inner.value(value)} AS _value" if value is not None else ""
            test = "" if condition is None else f" WHERE {inner.test(condition)}"
            if is_not:
                # Who meets no condition is one that does not; without a condition there is nobody.
                false = literals.literal(False)
                test = f" WHERE {false if condition is None else f'NOT coalesce({inner.value(condition)}, {false})'}"
            rows.append(f"SELECT {shown} FROM {beside.rows(table, partition, literals)} AS _rows{test}")
        if rows:
            return " UNION ALL ".join(rows)
        shown = f"CAST(NULL AS {sql_type(relation.other.type)}) AS _key"
        shown += f", CAST(NULL AS {_TYPES[value.kind]}) AS _value" if value is not None else ""
        return f"SELECT {shown} WHERE {literals.literal(False)}"

    # Zones

    def _local(self, moment: Bound, zone: str) -> str:
        changes = changes_of(zone)
        if isinstance(moment, Of) and moment.column.mask is None and moment.column.reading.item is None:
            extent = self._extents.get(moment.column.reading.field)
            if extent is not None and extent.earliest is not None and extent.latest is not None:
                changes = changes.between(_utc(extent.earliest), _utc(extent.latest))
        shown = lambda at: f"make_timestamp(epoch_us({at}) + {self._offset(at, changes)})"  # noqa: E731
        return self._once([moment], shown)

    def _offset(self, at: str, changes: Changes) -> str:
        """How far the clocks are ahead of UTC: a month has seen one change or none, any moment hundreds."""
        if len(changes.moments) <= FEW_CHANGES:
            offsets = [self._literals.literal(offset) for offset in changes.offsets]
            before = zip(changes.moments, offsets, strict=False)
            whens = " ".join(f"WHEN {at} < {self._literals.literal(moment)} THEN {offset}" for moment, offset in before)
            return f"CASE {whens} ELSE {offsets[-1]} END" if whens else offsets[-1]
        years, first, rows, ahead = self._listed(changes)
        year = f"least(greatest(year({at}) - {FIRST_YEAR - 1}, 1), {years})"
        reached = [f"CAST({at} >= {row}[{year}] AS INTEGER)" for row in rows]
        return f"{ahead}[{first}[{year}] + {' + '.join(reached)}]"

    def _listed(self, changes: Changes) -> tuple[int, str, list[str], str]:
        """How many years there are, and the lists to look up in, bound once: where each year's offsets begin, its first
        changes, its second ones and so on, all offsets."""
        if changes.moments not in self._lists:
            first, rows = _by_year(changes)
            names = [self._literals.sequence(row) for row in rows]
            listed = self._literals.sequence(first), names, self._literals.sequence(changes.offsets)
            self._lists[changes.moments] = (len(first), *listed)
        return self._lists[changes.moments]

    # Text that is needed more than once

    def _name(self) -> str:
        self._named += 1
        return f"_m{self._named}"

    def _once(self, nodes: Sequence[Bound], build: Callable[..., str]) -> str:
        """SQL of values that `build` may name more than once: what is no name gets one, by a list of one value."""
        names: list[str] = []
        given: list[tuple[str, str]] = []
        # No lambda may hold a question of its own: values of related rows are packed into one beside the others.
        packed = f"{self._name()}" if any(map(relations, nodes)) else ""
        for node in nodes:
            text = self.value(node)
            if not _is_name(node):
                name = self._name()
                given.append((name, text))
                text = f"{packed}.{name}" if packed else name
            names.append(text)
        built = build(*names)
        if packed:
            pack = ", ".join(f"{name} := {text}" for name, text in given)
            return f"list_transform([struct_pack({pack})], lambda {packed}: {built})[1]"
        for name, text in reversed(given):
            built = f"list_transform([{text}], lambda {name}: {built})[1]"
        return built


def _is_name(node: Bound) -> bool:
    """Whether a node's SQL is a name, short and cheap wherever it stands."""
    if isinstance(node, Of | Item):
        return node.column.mask is None
    return isinstance(node, Constant)


def _is_plain(value: object) -> bool:
    """Whether a literal equals itself alone: null and NaN do not."""
    return value is not None and not (isinstance(value, float) and math.isnan(value))


def _equal(left: str, right: str, kind: Kind) -> str:
    """OData 4.01: null equals null and nothing else, NaN not even itself (part 2, 5.1.1.1.1)."""
    same = f"({left} IS NOT DISTINCT FROM {right})"
    return f"({same} AND NOT coalesce(isnan({left}), false))" if kind is Kind.NUMBER else same


def _ordered(operation: Operation, left: str, right: str, kind: Kind) -> str:
    test = f"{left} {_SIGNS[operation]} {right}"
    if kind is Kind.NUMBER:
        # The engine has NaN above all numbers; in OData it is neither above nor below any.
        test += f" AND NOT isnan({left}) AND NOT isnan({right})"
    return f"coalesce({test}, false)"


def _by_year(changes: Changes) -> tuple[tuple[int, ...], tuple[tuple[datetime, ...], ...]]:
    """Where each year's offsets begin (from 1), and the first changes of each year, the second ones, and so on."""
    years = [[m for m in changes.moments if m.year == year] for year in range(FIRST_YEAR, LAST_YEAR + 1)]
    first = [1]
    for found in years[:-1]:
        first.append(first[-1] + len(found))
    most = max(len(found) for found in years)
    rows = tuple(tuple(found[i] if i < len(found) else LATEST for found in years) for i in range(most))
    return tuple(first), rows


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
