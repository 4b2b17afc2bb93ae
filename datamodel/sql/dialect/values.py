"""Values: what an expression of a statement is in the engine's SQL, with the type that MariaDB gives it."""

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

FREE = 31
"""The scale of a double whose places behind the point are as many as it needs."""

MOST_DIGITS = 38
"""Digits of the engine's decimals; MariaDB's have 65."""


class Kind(StrEnum):
    """The types of MariaDB that are told apart, and how the engine holds them.

    BOOLEAN is a truth (an integer to MariaDB), INTEGER a BIGINT or HUGEINT, DECIMAL a DECIMAL(38, digits), TEXT a
    VARCHAR, DATETIME a TIMESTAMP in the centre's zone, TIME the BIGINT of its microseconds.
    """

    NULL = "null"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DOUBLE = "double"
    TEXT = "text"
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"


WHOLE = frozenset({Kind.BOOLEAN, Kind.INTEGER})
NUMBERS = WHOLE | {Kind.DECIMAL, Kind.DOUBLE}
DAYS = frozenset({Kind.DATE, Kind.DATETIME})
TIMES = DAYS | {Kind.TIME}


@dataclass(frozen=True, slots=True)
class Value:
    """An expression: `sql` in the engine's dialect, made of our own names and of bound literals only.

    `scale` is how many places behind the point are shown: of decimals, of doubles (FREE where they vary), of the
    seconds of times. `digits` are those that a decimal holds, which are more after a division. Of text, `key` is what
    is compared in place of it, `rank` an integer in the same order (`exact`: each spelling has its own), `order` what
    it is sorted by where that is neither, and `binary` whether letters count as they are. `literal` is a constant's
    value.
    """

    sql: str
    kind: Kind
    scale: int = 0
    digits: int = 0
    key: str | None = None
    rank: str | None = None
    exact: bool = False
    order: str | None = None
    unsigned: bool = False
    binary: bool = False
    literal: str | int | Decimal | float | None = None
    source: str | None = None
    """Of text with an exact rank: the column whose spellings the ranks are, as `t1.8`."""

    @property
    def is_number(self) -> bool:
        """Whether it is a number, truths included."""
        return self.kind in NUMBERS

    @property
    def is_told_by_rank(self) -> bool:
        """Whether its rank says all, so that the spelling may be looked up at the end."""
        return self.source is not None and self.exact and self.rank is not None and not self.binary

    def plain(self, sql: str) -> "Value":
        """Another expression of the same type."""
        return replace(self, sql=sql, key=None, rank=None, exact=False, order=None, literal=None, source=None)


NULL = Value("NULL", Kind.NULL)


def truth(sql: str) -> Value:
    """An expression that is true, false or null."""
    return Value(sql, Kind.BOOLEAN)


def whole(sql: str, unsigned: bool = False) -> Value:
    """An integer."""
    return Value(sql, Kind.INTEGER, unsigned=unsigned)


def text(sql: str) -> Value:
    """A text."""
    return Value(sql, Kind.TEXT, scale=FREE)


def double(sql: str, scale: int = FREE) -> Value:
    """A double, shown with so many places behind the point."""
    return Value(sql, Kind.DOUBLE, scale=scale)


def decimal(sql: str, scale: int, digits: int | None = None) -> Value:
    """A decimal shown with `scale` places; `sql` has to be of the engine's type of `digits` places."""
    return Value(sql, Kind.DECIMAL, scale=scale, digits=scale if digits is None else digits)


def date(sql: str) -> Value:
    """A day."""
    return Value(sql, Kind.DATE)


def moment(sql: str, scale: int = 0) -> Value:
    """A day with its time."""
    return Value(sql, Kind.DATETIME, scale=scale)


def span(sql: str, scale: int = 0) -> Value:
    """A time of day, or a duration: microseconds."""
    return Value(sql, Kind.TIME, scale=scale)
