"""An entry of `group` or `measures` as a key or a measure: names looked up in a table as the caller's key sees it."""

import re

from tabular.entries import Entry, entries
from tabular.errors import GroupingWrong, nearest, shown
from tabular.grouping.keys import Key, Part
from tabular.grouping.measures import Function, Measure
from tabular.table import Column, Table, Type

_CALL = re.compile(r"([A-Za-z][\w.-]{0,30})\s*\((.*)\)", re.DOTALL)
_PERCENT = re.compile(r"\d{1,3}(?:\.\d{1,3})?", re.ASCII)
_SHORT = re.compile(r"p(\d{1,3}(?:[._]\d{1,3})?)", re.IGNORECASE | re.ASCII)
_OTHER_NAMES = {"countdistinct": Function.DISTINCT, "average": Function.AVG}


class Binding:
    """What entries mean for a table.

    Its methods raise UnknownColumn with the nearest name, GroupingWrong with the place.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def key(self, entry: Entry) -> Key:
        """What an entry of `group` groups by."""
        spelling, _ = entry.renamed()
        call = _CALL.fullmatch(spelling)
        if call is None:
            return Key(self._table.column(spelling))
        name = _plain(call[1])
        if name not in list(Part):
            raise self._no_part(call[1], call[2], entry.offset)
        part = Part(name)
        (source,) = self._arguments(call, 1, "group", entry.offset)
        column = self._table.column(source)
        if column.type is not Type.TIME:
            problem = f"{part} takes a time, and {column.name} is {_of_type(column)}"
            times = ", ".join(one.name for one in self._table.columns if one.type is Type.TIME) or "none"
            raise GroupingWrong("group", entry.offset, problem, f"Times of {self._table.name}: {shown(times)}.")
        return Key(column, part)

    def measure(self, entry: Entry) -> Measure:
        """What an entry of `measures` says of a group."""
        spelling, _ = entry.renamed()
        call, offset = _CALL.fullmatch(spelling), entry.offset
        if call is None and _plain(spelling) == Function.COUNT:
            return Measure(Function.COUNT)
        if call is None:
            raise self._no_measure(spelling, offset)
        function, percent = _function(call[1])
        if function is None:
            raise self._no_function(call[1], call[2], offset)
        if function is Function.COUNT and call[2].strip() in ("", "*"):
            return Measure(function)
        if function is Function.PERCENTILE and percent is None:
            source, said = self._arguments(call, 2, "measures", offset)
            percent = _percent(said)
        else:
            (source,) = self._arguments(call, 1, "measures", offset)
            said = call[1]
        if function is Function.PERCENTILE and percent is None:
            problem = f'there is no percentile "{shown(said)}"'
            raise GroupingWrong(
                "measures", offset, problem, "Percentiles go from 0 to 100: percentile(waitDuration,95)."
            )
        column = self._table.column(source)
        if not function.takes(column.type):
            taken = "numbers, texts and times" if function.takes(Type.TIME) else "numbers"
            problem = f"{function} takes {taken}, and {column.name} is {_of_type(column)}"
            advice = f"count({column.name}) and distinct({column.name}) take all."
            raise GroupingWrong("measures", offset, problem, advice)
        return Measure(function, column, percent)

    def _arguments(self, call: re.Match[str], most: int, parameter: str, offset: int) -> list[str]:
        """What stands in the parentheses."""
        found = [one.text for one in entries(call[2])]
        if len(found) != most or not all(found):
            example = f"{_plain(call[1])}({self._example(call[1])})"
            count = "a column and a number" if most == 2 else "one column"
            raise GroupingWrong(parameter, offset, f"{call[1]} takes {count}", f"Write {example}.")
        return found

    def _example(self, function: str) -> str:
        """A column that a function takes."""
        kinds = (Type.TIME,) if _plain(function) in list(Part) else (Type.INTEGER, Type.NUMBER)
        columns = self._table.columns
        name = next((one.name for one in columns if one.type in kinds), columns[0].name)
        return f"{name},95" if _plain(function) == Function.PERCENTILE else name

    def _no_part(self, name: str, inside: str, offset: int) -> GroupingWrong:
        if _function(name)[0] is not None:
            return GroupingWrong("group", offset, f"{name} is a measure", f"Ask measures={shown(f'{name}({inside})')}.")
        return GroupingWrong("group", offset, f'there is no key "{shown(name)}(…)"', _nearest_of(name, Part))

    def _no_function(self, name: str, inside: str, offset: int) -> GroupingWrong:
        if _plain(name) in list(Part):
            return GroupingWrong("measures", offset, f"{name} is a key", f"Ask group={shown(f'{name}({inside})')}.")
        return GroupingWrong("measures", offset, f'there is no measure "{shown(name)}(…)"', _nearest_of(name, Function))

    def _no_measure(self, spelling: str, offset: int) -> GroupingWrong:
        function, _ = _function(spelling)
        if function is not None:
            advice = f"Write {_plain(spelling)}({self._example(spelling)})."
            return GroupingWrong("measures", offset, f"{shown(spelling)} stands without its column", advice)
        column = self._table.column(spelling)
        word = Function.AVG if Function.AVG.takes(column.type) else Function.DISTINCT
        advice = f"Say what of it: {word}({column.name})."
        return GroupingWrong("measures", offset, f"{shown(spelling)} is a column and no measure", advice)


def _function(name: str) -> tuple[Function | None, float | None]:
    """The function of a name, and which percentile if the name says that.

    >>> _function("Count_Distinct"), _function("p99.9"), _function("p101")
    ((<Function.DISTINCT: 'distinct'>, None), (<Function.PERCENTILE: 'percentile'>, 99.9), (None, None))
    """
    plain = _plain(name)
    short = _SHORT.fullmatch(name)
    if short is not None:
        percent = _percent(short[1].replace("_", "."))
        return (None, None) if percent is None else (Function.PERCENTILE, percent)
    if plain in _OTHER_NAMES:
        return _OTHER_NAMES[plain], None
    return (Function(plain), None) if plain in list(Function) else (None, None)


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def _percent(text: str) -> float | None:
    found = float(text) if _PERCENT.fullmatch(text) else None
    return None if found is None or found > 100 else found


def _of_type(column: Column) -> str:
    return {Type.INTEGER: "a whole number", Type.JSON: "JSON", Type.BOOLEAN: "true or false"}.get(
        column.type, f"a {column.type}"
    )


def _nearest_of(name: str, known: type[Part] | type[Function]) -> str:
    near = nearest(_plain(name), [one.value for one in known])
    return f'Did you mean "{near}"?' if near else f"There are {', '.join(known)}."
