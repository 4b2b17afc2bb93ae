"""DAX, as much of it as the starter model says, evaluated over rows: an engine for tests, made from DAX's documents.

Anything else raises NotDax, so that no measure is taken for proved that was not evaluated. BLANK is None.
"""

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from itertools import chain
from typing import Any

Row = dict[str, Any]
Tree = tuple[Any, ...]

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>"(?:[^"]|"")*")|(?P<column>'[^']+'\[[^\]]+\])|(?P<table>'[^']+')
    |(?P<measure>\[[^\]]+\])|(?P<word>[A-Za-z_][A-Za-z_.0-9]*)|(?P<sign>\|\||&&|<>|<=|>=|[-+*/&=<>(),]))""",
    re.VERBOSE,
)
_LEVELS = (("||",), ("&&",), ("=", "<>", "<", "<=", ">", ">="), ("&",), ("+", "-"), ("*", "/"))
_COMPARED = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_BLANK: dict[type, Any] = {str: "", datetime: datetime(1899, 12, 30)}


class NotDax(ValueError):
    """What these tests do not read as DAX, or DAX does not allow."""


@cache
def parsed(text: str) -> Tree:
    """The tree of an expression."""
    tokens, at = [], 0
    while at < len(text.rstrip()):
        found = _TOKEN.match(text, at)
        if found is None:
            raise NotDax(text[at : at + 30])
        tokens.append((found.lastgroup or "", found[0].strip()))
        at = found.end()
    parser = _Parser(tokens)
    tree = parser.expression()
    if parser.rest:
        raise NotDax(f"{parser.rest} is left of {text!r}")
    return tree


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.rest = tokens

    def _next(self, *texts: str) -> bool:
        if self.rest and self.rest[0][1] in texts:
            self.rest = self.rest[1:]
            return True
        return False

    def _take(self) -> tuple[str, str]:
        if not self.rest:
            raise NotDax("The text ends early.")
        taken, self.rest = self.rest[0], self.rest[1:]
        return taken

    def expression(self) -> Tree:
        named = []
        while self._next("VAR"):
            name = self._take()[1]
            if not self._next("="):
                raise NotDax(f"VAR {name} has no value.")
            named.append((name, self.expression()))
        if named and not self._next("RETURN"):
            raise NotDax("VAR without RETURN.")
        body = self._level(0)
        return ("let", tuple(named), body) if named else body

    def _level(self, level: int) -> Tree:
        if level == len(_LEVELS):
            return self._primary()
        left = self._level(level + 1)
        while self.rest and self.rest[0][1] in _LEVELS[level]:
            sign = self._take()[1]
            left = ("sign", sign, left, self._level(level + 1))
        return left

    def _primary(self) -> Tree:
        kind, text = self._take()
        if kind == "number":
            return ("value", float(text) if "." in text else int(text))
        if kind == "text":
            return ("value", text[1:-1].replace('""', '"'))
        if kind == "column":
            table, _, name = text[1:-1].partition("'[")
            return ("column", table, name)
        if kind in ("table", "measure"):
            return (kind, text[1:-1])
        if kind == "word" and self._next("("):
            inner: list[Tree] = []
            while not self._next(")"):
                inner.append(self.expression())
                if not self._next(",") and (not self.rest or self.rest[0][1] != ")"):
                    raise NotDax(f"{text}( has no end.")
            return ("call", text, tuple(inner))
        if kind == "word":
            return ("name", text)
        if text == "(":
            body = self.expression()
            if not self._next(")"):
                raise NotDax("A parenthesis has no end.")
            return body
        raise NotDax(f"{text!r} begins nothing.")


@dataclass(frozen=True)
class Context:
    """What is filtered, the row that is looked at (in a column or a filter), and what variables hold."""

    kept: Mapping[str, tuple[Callable[[Row], bool], ...]] = field(default_factory=dict)
    row: tuple[str, Row] | None = None
    names: Mapping[str, Any] = field(default_factory=dict)

    def keeping(self, table: str, test: Callable[[Row], bool]) -> "Context":
        """The same with one more filter of a table."""
        return replace(self, kept={**self.kept, table: (*self.kept.get(table, ()), test)})


@dataclass
class Model:
    """Tables of rows, measures, and ways from many rows to one: (table, column, table, column)."""

    tables: dict[str, list[Row]]
    measures: dict[str, str]
    ways: list[tuple[str, str, str, str]]

    def measure(self, name: str, context: Context | None = None) -> Any:
        """A measure's value where a report filters so."""
        return self.value(parsed(self.measures[name]), replace(context or Context(), row=None, names={}))

    def rows(self, table: str, context: Context) -> list[Row]:
        """The rows that are left of a table: what is filtered of one row leaves the many that belong to it."""
        tests: list[Callable[[Row], bool]] = list(context.kept.get(table, ()))
        for many, own, one, key in self.ways:
            if many == table and self._is_filtered(one, context):
                left = {row[key] for row in self.rows(one, context)}
                tests.append(lambda row, own=own, left=left: row[own] in left)  # type: ignore[misc]
        return [row for row in self.tables[table] if all(test(row) for test in tests)]

    def _is_filtered(self, table: str, context: Context) -> bool:
        above = (one for many, _, one, _ in self.ways if many == table)
        return bool(context.kept.get(table)) or any(self._is_filtered(one, context) for one in above)

    def value(self, tree: Tree, context: Context) -> Any:
        """What an expression is."""
        match tree:
            case ("value", value):
                return value
            case ("name", name) if name in context.names:
                return context.names[name]
            case ("let", named, body):
                for name, one in named:
                    context = replace(context, names={**context.names, name: self.value(one, context)})
                return self.value(body, context)
            case ("column", table, name):
                if context.row is None or context.row[0] != table:
                    raise NotDax(f"There is no row of {table} to take [{name}] of.")
                return context.row[1][name]
            case ("measure", name):
                if context.row is not None:
                    raise NotDax(f"The measure [{name}] stands in a column or in a filter.")
                return self.measure(name, context)
            case ("sign", sign, left, right):
                return _signed(sign, self.value(left, context), lambda: self.value(right, context))
            case ("call", name, given):
                return self._called(name, given, context)
        raise NotDax(f"{tree!r} has no value.")

    def _called(self, name: str, given: tuple[Tree, ...], context: Context) -> Any:
        if name in _LAZY:
            return _LAZY[name](self, given, context)
        if name in _PLAIN:
            return _PLAIN[name](*(self.value(one, context) if one != ("name", "SECOND") else one for one in given))
        raise NotDax(f"These tests know no {name}.")


def _signed(sign: str, left: Any, right: Callable[[], Any]) -> Any:
    if sign == "||":
        return bool(left) or bool(right())
    if sign == "&&":
        return bool(left) and bool(right())
    other = right()
    if sign == "&":
        return ("" if left is None else str(left)) + ("" if other is None else str(other))
    if sign in _COMPARED:
        # BLANK is as 0, "" or FALSE, whatever it is compared with.
        zero = _BLANK.get(type(other if left is None else left), 0)
        return _COMPARED[sign](zero if left is None else left, zero if other is None else other)
    if sign in "+-":
        if left is None and other is None:
            return None
        return (left or 0) + (other or 0) * (1 if sign == "+" else -1)
    if left is None or other is None:
        return None
    return left * other if sign == "*" else left / other


def _calculate(model: Model, given: tuple[Tree, ...], context: Context) -> Any:
    for one in given[1:]:
        match one:
            case ("call", "KEEPFILTERS", (condition,)):
                columns = set(_columns(condition))
                if len(columns) != 1:
                    raise NotDax(f"A filter is of one column, not of {columns}.")
                ((table, _),) = columns
                inner = context
                context = context.keeping(
                    table,
                    lambda row, condition=condition, inner=inner, table=table: bool(  # type: ignore[misc]
                        model.value(condition, replace(inner, row=(table, row)))
                    ),
                )
            case _:
                raise NotDax("These tests know only filters that keep what a report filters by.")
    return model.value(given[0], context)


def _columns(tree: Any) -> Iterable[tuple[str, str]]:
    if isinstance(tree, tuple) and tree[:1] == ("column",):
        yield tree[1], tree[2]
    elif isinstance(tree, tuple):
        yield from chain.from_iterable(map(_columns, tree))


def _values(model: Model, given: tuple[Tree, ...], context: Context) -> list[Any]:
    """What a column holds in the rows that are left, BLANK aside."""
    match given[0]:
        case ("column", table, name):
            return [row[name] for row in model.rows(table, context) if row[name] is not None]
    raise NotDax("A column is wanted.")


def _extreme(choose: Callable[[list[Any]], Any]) -> Callable[[Model, tuple[Tree, ...], Context], Any]:
    return lambda model, given, context: choose(found) if (found := _values(model, given, context)) else None


def _percentile(model: Model, given: tuple[Tree, ...], context: Context) -> Any:
    found = sorted(_values(model, given[:1], context))
    if not found:
        return None
    place = model.value(given[1], context) * (len(found) - 1)
    below = int(place)
    above = min(below + 1, len(found) - 1)
    return found[below] + (found[above] - found[below]) * (place - below)


def _switch(model: Model, given: tuple[Tree, ...], context: Context) -> Any:
    wanted = model.value(given[0], context)
    for condition, result in zip(given[1::2], given[2::2], strict=False):
        if model.value(condition, context) == wanted:
            return model.value(result, context)
    return model.value(given[-1], context) if len(given) % 2 == 0 else None


def _if(model: Model, given: tuple[Tree, ...], context: Context) -> Any:
    chosen = given[1] if model.value(given[0], context) else given[2]
    return model.value(chosen, context)


def _selected(model: Model, given: tuple[Tree, ...], context: Context) -> Any:
    found = set(_values(model, given, context))
    return found.pop() if len(found) == 1 else model.value(given[1], context)


def _divide(above: Any, below: Any) -> Any:
    return None if above is None or not below else above / below


def _seconds(start: datetime, end: datetime, unit: Tree) -> int:
    if unit != ("name", "SECOND"):
        raise NotDax(f"{unit} is no unit of these tests.")
    return int((end.replace(microsecond=0) - start.replace(microsecond=0)).total_seconds())


def _format(value: Any, pattern: str) -> str:
    if pattern == "hh:nn:ss":
        return str(_BLANK[datetime] + timedelta(days=value))[11:19]
    return str(value.strftime({"yyyy-MM": "%Y-%m", "MMMM": "%B", "dddd": "%A"}[pattern]))


def _coalesce(model: Model, given: tuple[Tree, ...], context: Context) -> Any:
    return next((found for one in given if (found := model.value(one, context)) is not None), None)


def _days(first: datetime, last: datetime) -> list[Row]:
    return [{"Date": first + timedelta(days=one)} for one in range((last - first).days + 1)]


_LAZY: dict[str, Callable[[Model, tuple[Tree, ...], Context], Any]] = {
    "CALCULATE": _calculate,
    "COALESCE": _coalesce,
    "COUNTROWS": lambda model, given, context: len(model.rows(given[0][1], context)) or None,
    "IF": _if,
    "SWITCH": _switch,
    "SELECTEDVALUE": _selected,
    "PERCENTILE.INC": _percentile,
    "SUM": _extreme(sum),
    "MIN": _extreme(min),
    "MAX": _extreme(max),
    "AVERAGE": _extreme(lambda found: sum(found) / len(found)),
}
_PLAIN: dict[str, Callable[..., Any]] = {
    "BLANK": lambda: None,
    "TRUE": lambda: True,
    "NOT": operator.not_,
    "ISBLANK": lambda value: value is None,
    "DIVIDE": _divide,
    "DATE": datetime,
    "YEAR": lambda value: value.year,
    "MONTH": lambda value: value.month,
    "DAY": lambda value: value.day,
    "HOUR": lambda value: value.hour,
    "QUARTER": lambda value: (value.month + 2) // 3,
    "WEEKNUM": lambda value, kind: {21: date.isocalendar(value).week}[kind],
    "WEEKDAY": lambda value, kind: {2: value.isoweekday()}[kind],
    "DATEDIFF": _seconds,
    "FORMAT": _format,
    "CALENDAR": _days,
    "GENERATESERIES": lambda low, high, by: [{"Value": one} for one in range(low, high + 1, by)],
    "ROW": lambda *given: [dict(zip(given[::2], given[1::2], strict=True))],
}
