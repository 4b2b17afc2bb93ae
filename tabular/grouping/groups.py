"""`group` and `measures` as a person writes them, and what `columns` and `sort` then choose of the answer."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tabular.entries import MOST_ENTRIES, Entry, check_names, entries
from tabular.errors import AskedWrong, BadValue, GroupingWrong, nearest, shown
from tabular.grouping.binding import Binding
from tabular.grouping.grouping import Grouping
from tabular.grouping.measures import Function
from tabular.query import Selected, SortKey
from tabular.table import Table

MOST = MOST_ENTRIES
"""Keys, and measures, that one question may ask for."""

MOST_DISTINCT = 8
"""Measures among them that count different values: the engine holds these apart for each month, which takes memory."""

_DIRECTED = re.compile(r"(.*\S)\s+(asc|desc)", re.IGNORECASE | re.DOTALL)
_EXAMPLES = {"group": "service,day(startTime)", "measures": "count,avg(waitDuration)"}


@dataclass(frozen=True, slots=True)
class Groups:
    """A grouping, and its columns under the names that they are given."""

    grouping: Grouping
    columns: tuple[Selected, ...]
    table: Table

    def chosen(self, text: str) -> tuple[Selected, ...]:
        """The columns that `columns` picks of the answer, in its order, perhaps under other names; `*` is all.

        Raises BadValue, GroupingWrong with the place.
        """
        picked: list[Selected] = []
        for entry in _listed("columns", text):
            if entry.text == "*":
                picked.extend(self.columns)
                continue
            spelling, name = entry.renamed()
            found = self._found(spelling, "columns", entry.offset)
            picked.append(Selected(found.column, name or found.name))
        _check_names("columns", text, picked)
        return tuple(picked)

    def order(self, text: str) -> tuple[SortKey, ...]:
        """What `sort` names: columns of the answer, `-` before one or `desc` behind it for descending; blank is none.

        Raises BadValue, GroupingWrong with the place.
        """
        keys = []
        for entry in _listed("sort", text) if text.strip() else ():
            directed = _DIRECTED.fullmatch(entry.text)
            spelling = directed[1] if directed and entry.text not in self._names else entry.text
            descending = spelling.startswith("-") or (spelling != entry.text and entry.text.lower().endswith("desc"))
            # "+" before a column arrives as a blank.
            found = self._found(spelling.lstrip("-+ ").strip("'\" "), "sort", entry.offset)
            keys.append(SortKey(found.column, descending))
        return tuple(keys)

    @property
    def _names(self) -> dict[str, Selected]:
        return {one.column.name: one for one in self.columns} | {one.name: one for one in self.columns}

    def _found(self, spelling: str, parameter: str, offset: int) -> Selected:
        """A column of the answer by its name, or spelt as it was asked for."""
        names = self._names
        if spelling in names:
            return names[spelling]
        binding = Binding(self.table)
        for read in (binding.key, binding.measure):
            try:
                column = read(Entry(spelling)).column
            except AskedWrong:
                continue
            found = next((one for one in self.columns if one.column == column), None)
            if found is not None:
                return found
        near, given = nearest(spelling, names), ", ".join(one.name for one in self.columns[:8])
        advice = f'Did you mean "{near}"?' if near else f"The columns of the groups are {shown(given)}."
        raise GroupingWrong(parameter, offset, f'the groups have no column "{shown(spelling)}"', advice)


def groups_of(group: str, measures: str, table: Table, zone: str) -> Groups:
    """What the two parameters ask of a table; either may be blank, not both.

    Raises UnknownColumn with the nearest name, GroupingWrong with the place where there is no such function or a
    column's type does not fit it, BadValue where a name stands twice.
    """
    binding = Binding(table)
    keys = _listed("group", group) if group.strip() else ()
    said = _listed("measures", measures) if measures.strip() else ()
    grouping = Grouping(tuple(map(binding.key, keys)), tuple(map(binding.measure, said)), zone)
    _check_distinct(said, grouping)
    named = zip(grouping.columns, (*keys, *said), strict=True)
    columns = tuple(Selected(column, entry.renamed()[1] or column.name) for column, entry in named)
    _check_names("measures" if said else "group", measures if said else group, columns)
    return Groups(grouping, columns, table)


def _check_distinct(said: Sequence[Entry], grouping: Grouping) -> None:
    counted = [i for i, measure in enumerate(grouping.measures) if measure.function is Function.DISTINCT]
    if len(counted) > MOST_DISTINCT:
        problem = f"more than {MOST_DISTINCT} measures count different values"
        raise GroupingWrong("measures", said[counted[MOST_DISTINCT]].offset, problem, "Ask for fewer at once.")


def _listed(parameter: str, text: str) -> Sequence[Entry]:
    found = entries(text)
    if not all(entry.text for entry in found):
        example = _EXAMPLES.get(parameter, "count,service")
        raise BadValue(parameter, text, f"entries separated by commas, such as {example}")
    if len(found) > MOST:
        problem = f"more than {MOST} entries are asked for"
        raise GroupingWrong(parameter, found[MOST].offset, problem, "Ask for fewer at once.")
    return found


def _check_names(parameter: str, text: str, columns: Sequence[Selected]) -> None:
    new = [one.name for one in columns if one.name != one.column.name]
    check_names(parameter, text, [one.name for one in columns], new)
