"""Searches: the arguments of a root field become a Search."""

from collections.abc import Iterator, Mapping
from datetime import MAXYEAR, UTC, datetime, timedelta

from graphql import GraphQLEnumType, GraphQLInputObjectType, get_named_type

from datamodel.limits import VALUES
from datamodel.roots import column_at, elements_at, is_list
from datamodel.seen import WINDOW
from datamodel.sorting import sorted_by
from tabular.criteria import (
    Among,
    AnyElement,
    Criterion,
    Empty,
    Holding,
    Matching,
    Nothing,
    Null,
    Place,
    Test,
    Within,
)
from tabular.errors import DocumentTooLarge, SearchWrong, UnknownColumn
from tabular.month import Month
from tabular.query import SortKey
from tabular.search import MOST_FOUND, Search
from tabular.table import Column, Table, Type

Given = Mapping[str, object]
"""An input object: the values of its fields by name."""

EXACT = frozenset({"lastUpdateTime"})
"""Times that are compared as instants; all others by their UTC day."""

_PLACES = {"CONTAIN": Place.ANYWHERE, "START_WITH": Place.START, "END_WITH": Place.END}
_ABSENT: dict[str, Test] = {
    "NULL": Null(),
    "NOT_NULL": Null(wanted=False),
    "EMPTY": Empty(),
    "NOT_EMPTY": Empty(wanted=False),
}


class Searching:
    """Reads searches of `table`, whose type in the schema is `kind`."""

    def __init__(self, table: Table, kind: GraphQLInputObjectType) -> None:
        self._table = table
        self._kind = kind
        self._values = 0

    def search(self, given: Given) -> Search:
        """The search that the argument asks for.

        Raises SearchWrong for what the schema cannot say (a month left out, an operator without its value), and
        DocumentTooLarge.
        """
        page = _given(given.get("pagination"))
        return Search(
            table=self._table,
            month=_month(given) if self._table.monthly else None,
            criteria=tuple(self._criteria(self._kind, given, ())),
            last_step=given.get("step") == "LAST",
            sort=self._sort(_given(given.get("sorting"))),
            limit=_within("limit", page.get("limit"), MOST_FOUND, MOST_FOUND),
            offset=_within("offset", page.get("offset"), 0, None),
        )

    def _sort(self, given: Given) -> SortKey | None:
        descending = given.get("direction") == "DESC"
        key, sorting = given.get("key"), get_named_type(self._kind.fields["sorting"].type)
        if key is None:
            return SortKey(self._table.column(self._table.key[0]), True) if descending else None
        assert isinstance(sorting, GraphQLInputObjectType)
        kind = get_named_type(sorting.fields["key"].type)
        assert isinstance(kind, GraphQLEnumType)
        column = sorted_by(kind, str(key), self._table)
        # What no interaction has a value for leaves them in the order of their ids.
        if column is None or (column.name == self._table.key[0] and column.mask is None and not descending):
            return None
        return SortKey(column, descending)

    def _criteria(
        self, kind: GraphQLInputObjectType, given: Given, above: tuple[str, ...]
    ) -> Iterator[Criterion | AnyElement]:
        for name, value in given.items():
            if value is None or (name in WINDOW and not above):
                continue
            inner, path = get_named_type(kind.fields[name].type), (*above, name)
            if not isinstance(inner, GraphQLInputObjectType) or "operator" in inner.fields:
                yield self._criterion(self._column(path), path, value)
                continue
            nested = tuple(self._criteria(inner, _given(value), path))
            if is_list(self._table, path):
                if nested:
                    yield AnyElement(
                        elements_at(self._table, name), tuple(c for c in nested if isinstance(c, Criterion))
                    )
            else:
                yield from nested

    def _criterion(self, column: Column, path: tuple[str, ...], value: object) -> Criterion:
        if isinstance(value, bool):
            return Criterion(column, Among((value,)) if column.type is Type.BOOLEAN else Null(wanted=not value))
        if isinstance(value, list):
            return Criterion(column, Among(tuple(self._counted(value))) if value else Nothing())
        return Criterion(column, self._comparison(column, ".".join(path), _given(value)))

    def _comparison(self, column: Column, path: str, given: Given) -> Test:
        operator = given.get("operator")
        if operator is None:
            raise SearchWrong(f"The comparison of {path} has no operator", "Give one, such as EQUAL or GREATER_THAN")
        name = str(operator)
        if name in _ABSENT:
            return _ABSENT[name]
        if name == "REGEXP":
            return Matching(str(_required(given, "regexp", name, path)))
        if column.type is Type.TEXT:
            return self._text_test(name, self._values_of(given, name, path))
        if name == "BETWEEN":
            left, right = (_required(given, side, name, path) for side in ("valueLeft", "valueRight"))
            return _range(column, left, right)
        value = _required(given, "value", name, path)
        if isinstance(value, list):
            return _number_test(name, self._counted(value))
        return _range(column, value, None) if name == "GREATER_THAN" else _range(column, None, value)

    @staticmethod
    def _text_test(operator: str, values: tuple[str, ...]) -> Test:
        if operator == "NOT_EQUAL":
            return Among(values, wanted=False) if values else Null(wanted=False)
        if not values:
            return Nothing()
        return Among(values) if operator == "EQUAL" else Holding(values, _PLACES[operator])

    def _values_of(self, given: Given, operator: str, path: str) -> tuple[str, ...]:
        values = _required(given, "value", operator, path)
        assert isinstance(values, list)
        return tuple(str(one) for one in self._counted(values))

    def _counted(self, values: list[str | int]) -> list[str | int]:
        """The same values, once each. Raises DocumentTooLarge for too many in one search."""
        self._values += len(values)
        if self._values > VALUES:
            raise DocumentTooLarge("values in one search", VALUES)
        return list(dict.fromkeys(values))

    def _column(self, path: tuple[str, ...]) -> Column:
        column = column_at(self._table, path)
        if column is None:
            raise UnknownColumn(".".join(path), self._table.name, tuple(one.path for one in self._table.columns))
        return column


def _number_test(operator: str, values: list[str | int]) -> Test:
    """A number beside a list: true for any of its values (NOT_EQUAL: for none)."""
    numbers = tuple(int(one) for one in values)
    if operator == "NOT_EQUAL":
        return Among(numbers, wanted=False) if numbers else Null(wanted=False)
    if not numbers:
        return Nothing()
    match operator:
        case "EQUAL":
            return Among(numbers)
        case "CONTAIN":
            return Holding(tuple(str(one) for one in numbers))
        case "GREATER_THAN" | "GREATER_EQUAL_THAN":
            return Within(least=min(numbers), with_least=operator != "GREATER_THAN")
        case _:
            return Within(most=max(numbers), with_most=operator != "LESSER_THAN")


def _range(column: Column, least: object, most: object) -> Within:
    """What lies between two values, both included; times as whole days."""
    if column.type is not Type.TIME or column.name in EXACT:
        return Within(least, most)
    # The last day that can be written has none after it.
    after = _day(most) + timedelta(days=1) if isinstance(most, datetime) and most.year < MAXYEAR else None
    return Within(_day(least) if isinstance(least, datetime) else None, after, with_most=False)


def _day(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _month(given: Given) -> Month:
    year, month = given.get("year"), given.get("month")
    if year is None or month is None:
        missing = " and ".join(name for name in ("year", "month") if given.get(name) is None)
        raise SearchWrong(f"The search lacks {missing}", "Statistics are kept by month: give both year and month")
    if not isinstance(month, int) or not 1 <= month <= 12:
        raise SearchWrong(f"month cannot be {month}", "It takes a number from 1 to 12")
    if not isinstance(year, int) or not 1 <= year <= 9998:
        raise SearchWrong(f"year cannot be {year}", "It takes a year such as 2020")
    return Month(year, month)


def _within(name: str, value: object, default: int, most: int | None) -> int:
    if value is None:
        return default
    assert isinstance(value, int)
    if value < 0 or (most is not None and value > most):
        up_to = f"from 0 to {most}" if most is not None else "from 0"
        raise SearchWrong(f"pagination.{name} cannot be {value}", f"It takes a number {up_to}")
    return value


def _required(given: Given, name: str, operator: str, path: str) -> object:
    value = given.get(name)
    if value is None:
        raise SearchWrong(f"The comparison of {path} by {operator} has no {name}", f"{operator} needs {name}")
    return value


def _given(value: object) -> Given:
    assert value is None or isinstance(value, Mapping)
    return value or {}
