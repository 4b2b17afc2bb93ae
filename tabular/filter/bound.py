"""What a filter means for one table: a tree of typed values, in which every name is a column that the key sees."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

from tabular.criteria import Elements
from tabular.table import Column, Table, Type


class Kind(StrEnum):
    """What a value is, as a sentence names it.

    A MOMENT is kept as UTC without a zone (a local one as the zone's clock shows it), a DURATION as microseconds.
    NULL is the literal alone, before it takes the kind of what stands beside it.
    """

    TEXT = "a text"
    INTEGER = "a whole number"
    NUMBER = "a number"
    BOOLEAN = "true or false"
    MOMENT = "a moment"
    DATE = "a day"
    TIME_OF_DAY = "a time of day"
    DURATION = "a duration"
    NULL = "null"


KIND_OF = {
    Type.TEXT: Kind.TEXT,
    Type.INTEGER: Kind.INTEGER,
    Type.NUMBER: Kind.NUMBER,
    Type.BOOLEAN: Kind.BOOLEAN,
    Type.TIME: Kind.MOMENT,
    Type.DATE: Kind.DATE,
    Type.JSON: Kind.TEXT,
}


class Operation(StrEnum):
    """What is done with values. But for the first two groups it gives null where one of them is null."""

    AND = "and"
    OR = "or"
    NOT = "not"
    HAS = "has"

    EQ = "eq"
    NE = "ne"
    GT = "gt"
    GE = "ge"
    LT = "lt"
    LE = "le"
    IN = "in"

    ADD = "add"
    SUB = "sub"
    MUL = "mul"
    DIV = "div"
    MOD = "mod"
    NEG = "neg"
    NUMBER_ADD = "number add"
    NUMBER_SUB = "number sub"
    NUMBER_MUL = "number mul"
    NUMBER_DIV = "number div"
    NUMBER_MOD = "number mod"
    NUMBER_NEG = "number neg"
    CEILING = "ceiling"
    FLOOR = "floor"
    ROUND = "round"

    NUMBER_OF = "number of integer"
    INTEGER_OF = "integer of number"
    WITHIN = "integer within"
    TEXT_OF_INTEGER = "text of integer"
    TEXT_OF_NUMBER = "text of number"
    TEXT_OF_BOOLEAN = "text of boolean"
    TEXT_OF_DATE = "text of date"
    TEXT_OF_MOMENT = "text of moment"
    TEXT_OF_TIME = "text of time"
    INTEGER_IN = "integer in text"
    NUMBER_IN = "number in text"
    BOOLEAN_IN = "boolean in text"
    DATE_IN = "date in text"

    MICROSECONDS = "microseconds of moment"
    MOMENT_AT = "moment at microseconds"
    MIDNIGHT = "midnight of date"
    DATE_OF = "date of moment"
    TIME_OF = "time of moment"
    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    HOUR = "hour"
    MINUTE = "minute"
    SECOND = "second"
    FRACTION = "fractionalseconds"

    CONCAT = "concat"
    CONTAINS = "contains"
    STARTSWITH = "startswith"
    ENDSWITH = "endswith"
    INDEXOF = "indexof"
    LENGTH = "length"
    SUBSTRING = "substring"
    MATCHES = "matchesPattern"
    LOWER = "tolower"
    UPPER = "toupper"
    TRIM = "trim"


Cell = str | int | float | bool | datetime | date | time | None
"""A value in Python: what `Kind` says of moments and durations holds for it."""

LEAST_INTEGER, MOST_INTEGER = -(2**63), 2**63 - 1
"""What an integer reaches, and the microseconds of a duration: beyond them a result is null."""

EARLIEST = datetime(1, 1, 2)  # noqa: DTZ001  # moments are UTC without a zone, as the store holds them
LATEST = datetime(9999, 12, 30, 23, 59, 59, 999999)  # noqa: DTZ001
"""What moments reach: a day less than Python and the engine, so that each of them has a local time in every zone."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal, or what was made of literals alone."""

    value: Cell
    kind: Kind


@dataclass(frozen=True, slots=True)
class Of:
    """A column of the row."""

    column: Column
    kind: Kind


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the element that a variable stands for; `column` says how the key sees it."""

    variable: int
    name: str
    column: Column
    kind: Kind


@dataclass(frozen=True, slots=True)
class Apply:
    """An operation on values; `in_seconds` where an integer or number counts seconds."""

    operation: Operation
    arguments: tuple["Bound", ...]
    kind: Kind
    in_seconds: bool = False


@dataclass(frozen=True, slots=True)
class Local:
    """A moment as the clocks of a zone show it."""

    moment: "Bound"
    zone: str
    kind: Kind = Kind.MOMENT


@dataclass(frozen=True, slots=True)
class Choice:
    """The value of the first pair whose condition is true, null if none is."""

    pairs: tuple[tuple["Bound", "Bound"], ...]
    kind: Kind


@dataclass(frozen=True, slots=True)
class Quantifier:
    """Whether an element (or each, if `is_all`) meets a condition; without one, whether there is any element."""

    elements: Elements
    variable: int
    is_all: bool
    condition: "Bound | None"
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True, slots=True)
class Size:
    """How many elements meet a condition; without one, how many there are."""

    elements: Elements
    variable: int
    condition: "Bound | None"
    kind: Kind = Kind.INTEGER


@dataclass(frozen=True, slots=True)
class Relation:
    """A way from a row to those of another table whose column `other` equals the row's column `own`; neither is masked.

    There are `many` of them, or one, or none. `lists` are those of the other table, as the key sees them.
    """

    name: str
    table: Table = field(repr=False)
    own: Column
    other: Column
    many: bool
    lists: tuple[Elements, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class SomeRelated:
    """Whether a related row (or each, if `is_all`) meets a condition of its own; without one, whether there is any."""

    relation: Relation
    is_all: bool
    condition: "Bound | None"
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True, slots=True)
class SizeRelated:
    """How many related rows meet a condition of their own; without one, how many there are."""

    relation: Relation
    condition: "Bound | None"
    kind: Kind = Kind.INTEGER


@dataclass(frozen=True, slots=True)
class OneRelated:
    """A value of the one related row, null if there is none."""

    relation: Relation
    value: "Bound"
    kind: Kind


Bound = Constant | Of | Item | Apply | Local | Choice | Quantifier | Size | SomeRelated | SizeRelated | OneRelated


def parts(node: Bound) -> tuple[Bound, ...]:
    """The nodes right below a node."""
    match node:
        case Apply(_, arguments):
            return arguments
        case Local(moment):
            return (moment,)
        case Choice(pairs):
            return tuple(part for pair in pairs for part in pair)
        case Quantifier(condition=condition) | Size(condition=condition) if condition is not None:
            return (condition,)
        case SomeRelated(condition=condition) | SizeRelated(condition=condition) if condition is not None:
            return (condition,)
        case OneRelated(_, value):
            return (value,)
    return ()


def relations(node: Bound) -> tuple[Relation, ...]:
    """The relations that a bound tree leads over, those within others included."""
    found = (node.relation,) if isinstance(node, SomeRelated | SizeRelated | OneRelated) else ()
    return (*found, *(one for part in parts(node) for one in relations(part)))


def counts_seconds(node: Bound) -> bool:
    """Whether an integer or a number is a duration in seconds."""
    if isinstance(node, Of | Item):
        return node.column.unit == "s"
    return isinstance(node, Apply) and node.in_seconds


def patterns(node: Bound) -> tuple[str, ...]:
    """The regular expressions in a bound tree, which only the engine can judge."""
    found = tuple(one for part in parts(node) for one in patterns(part))
    match node:
        case Apply(Operation.MATCHES, (_, Constant(value))):
            return (*found, str(value))
    return found
