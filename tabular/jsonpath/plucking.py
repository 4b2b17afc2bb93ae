"""Columns of rows, a block of rows at a time: each step is taken for the whole block, and shared by like columns.

A block is what the processor's caches hold: taken for all rows at once, each column would fetch every row anew from
memory, which took three times as long.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from tabular.jsonpath.cells import cell, converted
from tabular.jsonpath.columns import Column, Style
from tabular.jsonpath.filters import NOTHING, Run, member_or_length
from tabular.jsonpath.following import TRACING, follow
from tabular.jsonpath.ir import Child, Index, Json, Key, Name, Segment, Up
from tabular.jsonpath.tracing import Link, Walk, steps_of

BLOCK = 256

Cells = list[Json]
_CONTAINERS = frozenset((dict, list))


@dataclass(slots=True)
class Block:
    """Some rows of a document: their values, and their links where a column asks what holds them."""

    values: list[Json]
    links: list[Link]
    run: Run
    members: dict[int, list[Sequence[Json]]] = field(default_factory=dict)


Slots = list[Sequence[Json]]
"""What was taken of a block already, one value a row in each."""

_Take = Callable[[Slots, Block], Sequence[Json]]


def links_read(column: Column) -> int:
    """How many links of each row a column reads (`tracing.first_linked`)."""
    return sum(1 for step in column.steps if isinstance(step, Up | Key))


class Plan:
    """What is taken of each block, in an order in which every step has what it goes on from."""

    def __init__(self, columns: tuple[Column, ...], style: Style) -> None:
        self._style = style
        self._takes: list[_Take] = []
        self._slots: dict[object, int] = {}
        self._names: dict[int, list[str]] = {}
        self._columns = [(self._column(column), column.conversion) for column in columns]

    def cells(self, block: Block) -> list[Sequence[Json]]:
        """The cells of each column. Raises PathTooCostly and TookTooLong."""
        slots: Slots = []
        for take in self._takes:
            slots.append(take(slots, block))
        block.run.budget.spend(len(self._takes) * len(block.values) // 8)
        found: list[Sequence[Json]] = []
        for slot, conversion in self._columns:
            cells = _written(slots[slot], self._style, block.run)
            if conversion is not None:
                cells = [converted(value, conversion) for value in cells]
            found.append(cells)
        return found

    def _column(self, column: Column) -> int:
        steps = list(column.steps)
        has_key = bool(steps) and isinstance(steps[-1], Key)
        if has_key:
            steps.pop()
        base = None if column.from_root else 0
        while base is not None and steps and isinstance(steps[0], Up):
            steps.pop(0)
            base += 1
        single = _single_steps(steps)
        if single is None:
            return self._slot(column.steps, _each_row(column, self._style))
        values = self._values(base, single)
        return self._keys(base, single, values) if has_key else values

    def _slot(self, name: object, take: _Take) -> int:
        if name not in self._slots:
            self._takes.append(take)
            self._slots[name] = len(self._takes) - 1
        return self._slots[name]

    def _values(self, base: int | None, steps: tuple[Name | Index, ...]) -> int:
        """What single steps take of each row, of what holds it `base` levels up, or of the document (None)."""
        if steps:
            before, last = self._values(base, steps[:-1]), steps[-1]
            step = _step(last, self._style)
            if isinstance(last, Index):
                return self._slot((base, steps), lambda slots, _block: step(slots[before]))
            return self._slot((base, steps), self._member(before, last, step))
        if base is None:
            return self._slot(base, lambda _slots, block: [block.run.root] * len(block.values))
        if base == 0:
            return self._slot(base, lambda _slots, block: block.values)
        return self._slot(base, lambda _slots, block: [link[0] for link in _above(block.links, base)])

    def _member(self, before: int, step: Name, alone: "_Step") -> _Take:
        """A member of what a slot holds. Those that other columns take of it come with it, in one look at each object,
        unless some of the objects lack any of them."""
        names = self._names.setdefault(before, [])
        if step.name not in names:
            names.append(step.name)
        place = names.index(step.name)

        def take(slots: Slots, block: Block) -> Sequence[Json]:
            if len(names) == 1:
                return alone(slots[before])
            if before not in block.members:
                try:
                    block.members[before] = list(zip(*map(itemgetter(*names), slots[before]), strict=True))  # type: ignore[arg-type]  # what is no object is told by TypeError
                except (KeyError, TypeError):
                    block.members[before] = []
            members = block.members[before]
            return members[place] if members else alone(slots[before])

        return take

    def _keys(self, base: int | None, steps: tuple[Name | Index, ...], values: int) -> int:
        in_text = self._style is Style.IMPORTJSONAPI

        def keys(slots: Slots, block: Block) -> list[Json]:
            count = len(block.values)
            found: list[Json]
            if steps:
                found = [steps[-1].name if isinstance(steps[-1], Name) else steps[-1].index] * count
            elif base is None:
                found = [None] * count
            else:
                found = [link[1] for link in _above(block.links, base)]
            if in_text:
                found = [None if key is None else str(key) for key in found]
            return [None if value is None else key for value, key in zip(slots[values], found, strict=True)]

        return self._slot(("~", base, steps), keys)


def _above(links: list[Link], levels: int) -> list[Link]:
    for _ in range(levels):
        links = [link[2] or link for link in links]
    return links


def _written(values: Sequence[Json], style: Style, run: Run) -> Sequence[Json]:
    if _CONTAINERS.isdisjoint(map(type, values)):
        return values
    found = []
    for value in values:
        written = value
        if type(value) in _CONTAINERS:
            written = cell(value, style, run.budget)
        found.append(written)
    return found


def _each_row(column: Column, style: Style) -> _Take:
    """A column that takes several values of a row, or goes down and up again: row by row."""
    steps = steps_of(column.steps)
    several = any(isinstance(step, Walk) or (isinstance(step, Child) and not _is_single(step)) for step in steps)
    follow_all = TRACING.trace(steps)

    def nodes(link: Link, run: Run) -> Json:
        values = [found[0] for found in follow_all([link], run)]
        if several and values:
            return cell(values, style, run.budget)
        return values[0] if values else None

    if column.from_root:

        def once(_slots: Slots, block: Block) -> list[Json]:
            found = block.run.found
            if id(column) not in found:
                found[id(column)] = [nodes((block.run.root, None, None), block.run)]
            return found[id(column)] * len(block.values)

        return once
    if links_read(column):
        return lambda _slots, block: [nodes(link, block.run) for link in block.links]
    op = follow(column.steps)

    def take(_slots: Slots, block: Block) -> list[Json]:
        found: list[Json] = []
        for value in block.values:
            values = op([value], block.run)
            found.append(cell(values, style, block.run.budget) if values else None)
        return found

    return take


def _single_steps(steps: list[Segment]) -> tuple[Name | Index, ...] | None:
    found: list[Name | Index] = []
    for step in steps:
        if not isinstance(step, Child) or not _is_single(step):
            return None
        found.append(step.selectors[0])  # type: ignore[arg-type]  # a name or an index, as was just looked at
    return tuple(found)


def _is_single(step: Child) -> bool:
    return len(step.selectors) == 1 and isinstance(step.selectors[0], Name | Index)


_Step = Callable[[Sequence[Json]], list[Json]]


def _step(step: Name | Index, style: Style) -> _Step:
    """A step from each value; None where there is nothing."""
    other = _stopped if style is Style.IMPORTJSONAPI else _nothing
    if isinstance(step, Index):
        return _element(step.index, other, from_the_end=style is Style.NATIVE)
    return _member(step.name, step.script, other)


def _element(index: int, other: Callable[[Json], Json], from_the_end: bool) -> _Step:
    if index < 0 and not from_the_end:
        return lambda values: list(map(other, values))
    least = index + 1 if index >= 0 else -index
    return lambda values: [
        (value[index] if len(value) >= least else None) if type(value) is list else other(value) for value in values
    ]


def _member(name: str, script: bool, other: Callable[[Json], Json]) -> _Step:
    get = itemgetter(name)

    def step(values: Sequence[Json]) -> list[Json]:
        try:
            return list(map(get, values))  # type: ignore[arg-type]  # what is no object is told by TypeError
        except (KeyError, TypeError):
            pass
        if script:
            return [_length(value, name, other) for value in values]
        return [value.get(name) if type(value) is dict else other(value) for value in values]

    return step


def _nothing(_: Json) -> Json:
    return None


def _stopped(value: Json) -> Json:
    """IMPORTJSONAPI goes no further down from 0, false and an empty text, and shows them."""
    return None if value or isinstance(value, list) else value


def _length(value: Json, name: str, other: Callable[[Json], Json]) -> Json:
    found = member_or_length(value, name)
    if found is not NOTHING:
        return found
    return None if isinstance(value, dict) else other(value)
