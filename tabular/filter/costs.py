"""What a filter costs: how much work it is to prepare it for each month, and then to ask it of each row.

Filters that a person writes cost some dozens; one that is made to cost much is refused before anything is read. The
figures are in proportion to what was measured of DuckDB 1.5.5: each stands for 10 to 20 µs for a month, and for 25 ns
for a row.
"""

import re

from tabular.filter.bound import (
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
    Size,
    SizeRelated,
    SomeRelated,
)
from tabular.table import MaskKind

MOST_COST = 2_000
"""What a filter may cost: as much as some 650 comparisons, or 8 look-ups in all changes of a zone's clocks."""

_PLAIN = 3
_COMPARED_NUMBERS = 10
_LOOKED_UP, _NEARBY = 180, 9
"""A look-up in all changes of a zone's clocks, and one in those that a month has seen."""

_COSTS = {
    **dict.fromkeys((Operation.ADD, Operation.SUB, Operation.MUL, Operation.DIV, Operation.MOD, Operation.NEG), 25),
    **dict.fromkeys((Operation.INTEGER_IN, Operation.DATE_IN, Operation.INTEGER_OF, Operation.MOMENT_AT), 20),
    **dict.fromkeys((Operation.TEXT_OF_NUMBER, Operation.TEXT_OF_MOMENT), 20),
    Operation.SUBSTRING: 40,
    Operation.TRIM: 70,
    Operation.NUMBER_IN: 90,
    **dict.fromkeys((Operation.AND, Operation.OR, Operation.NOT), 1),
}
_MASKED = {MaskKind.HASH: 40, MaskKind.LAST: 12, MaskKind.NULL: 1}

_WITHIN = 2, 8
"""How many times as much it counts what is asked within a list of elements of another element, and of each further
one: what is asked of a row is asked of all their combinations."""

_RELATED = 60
"""What it costs to look for related rows; what is asked of these counts as if it were asked of the row."""

_COLUMN_LETTERS, _LETTERS = 32, 8
"""Letters that a column's text is taken to have, and those that are made for the price of 1: what is made for many
rows at once takes memory."""


def cost(node: Bound, lists: int = 0) -> int:
    """What a bound tree costs; it stands within so many lists of elements."""
    match node:
        case Of(column) | Item(column=column):
            return 0 if column.mask is None else _MASKED[column.mask.kind]
        case Local(moment):
            return cost(moment, lists) + (_NEARBY if _has_extent(moment) else _LOOKED_UP)
        case Choice(pairs):
            return sum(_PLAIN + cost(condition, lists) + cost(value, lists) for condition, value in pairs)
        case Quantifier(condition=condition) | Size(condition=condition):
            times = 1 if not lists else _WITHIN[min(lists, len(_WITHIN)) - 1]
            return _PLAIN + (0 if condition is None else times * cost(condition, lists + 1))
        case SomeRelated(condition=condition) | SizeRelated(condition=condition):
            return _RELATED + (0 if condition is None else cost(condition))
        case OneRelated(_, value):
            return _RELATED + cost(value)
        case Apply(operation, arguments):
            return _of_operation(node, operation) + sum(cost(argument, lists) for argument in arguments)
    return 0


def _has_extent(moment: Bound) -> bool:
    return isinstance(moment, Of) and moment.column.mask is None and moment.column.reading.item is None


def _of_operation(node: Apply, operation: Operation) -> int:
    arguments = node.arguments
    if operation is Operation.IN:
        return _PLAIN + len(arguments) - 1
    if operation is Operation.MATCHES and isinstance(arguments[1], Constant):
        return _PLAIN + cost_of_pattern(str(arguments[1].value))
    if node.kind is Kind.BOOLEAN and arguments[0].kind is Kind.NUMBER:
        return _COMPARED_NUMBERS
    letters = _letters(node) // _LETTERS if node.kind is Kind.TEXT else 0
    return _COSTS.get(operation, _PLAIN) + letters


def _letters(node: Bound) -> int:
    """How many letters a text may have."""
    match node:
        case Constant(value):
            return len(str(value or ""))
        case Apply(Operation.CONCAT, arguments):
            return sum(map(_letters, arguments))
        case Apply(_, arguments) if arguments[0].kind is Kind.TEXT:
            return _letters(arguments[0])
        case Choice(pairs):
            return max(_letters(value) for _, value in pairs)
    return _COLUMN_LETTERS


_PATTERN = re.compile(
    r"""
      (?P<opening>\()
    | (?P<closing>\))
    | \{(?P<least>[0-9]{1,4})(?P<open>,)?(?P<most>[0-9]{1,4})?\}
    | (?P<script>\\[pP](?:\{[^}]{0,40}\}|.)?)
    | (?P<class>\[\^?\]?(?:\\.|\[:\^?[a-z]{1,10}:\]|[^\]\\])*+\]?)
    | (?P<other>\\.|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_SCRIPT, _CLASS, _LETTER = 320, 3, 1


def cost_of_pattern(pattern: str) -> int:
    """What a regular expression costs: in proportion to the program that RE2 makes of it, in which what is repeated
    stands as many times.

    >>> cost_of_pattern("^[0-9]{3,4}$"), cost_of_pattern("((a{100}){100}){2}"), cost_of_pattern(r"\\pL{200}")
    (14, 20202, 64600)
    """
    levels, last = [0], 0
    for token in _PATTERN.finditer(pattern):
        if token["opening"]:
            levels.append(0)
        elif token["closing"] and len(levels) > 1:
            last = levels.pop() + _LETTER
            levels[-1] += last
        elif token["least"]:
            times = max(int(token["least"]) + bool(token["open"]), int(token["most"] or 0), 1)
            levels[-1] += last * (times - 1)
            last *= times
        else:
            scripts = _SCRIPT * (token[0].count(r"\p") + token[0].count(r"\P"))
            last = scripts + (_LETTER if token["other"] not in (None, ".") else _CLASS)
            levels[-1] += last
    return sum(levels)
