"""What a filter does with values that are not null, as SQL: null where one of them is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from store.expressions import Bound as Literals
from tabular.filter.bound import EARLIEST, LATEST, Operation
from tabular.filter.zones import MICROSECOND

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  # moments are UTC without a zone
_LEAST, _MOST = (EARLIEST - _EPOCH) // MICROSECOND, (LATEST - _EPOCH) // MICROSECOND
_SPACES = "".join(chr(letter) for letter in range(0x3001) if chr(letter).isspace())
_FARTHEST = 2**31
"""No text is longer: places beyond it would be refused by the engine."""

Build = Callable[[Sequence[str], Literals], str]


@dataclass(frozen=True, slots=True)
class Function:
    """SQL of values; `uses_once` where each stands in it once, so that it may be an expression.

    `is_wide`: what it gives has more than 64 bits, and is null where it does not fit into them. TRY_CAST is not the way
    to say so: DuckDB 1.5.5 undoes it where its result is compared, and keeps rows that it should not
    (duckdb/duckdb#23687).
    """

    build: Build
    uses_once: bool = True
    is_wide: bool = False


def _form(text: str) -> Function:
    """SQL with `{0}` and `{1}` for the values."""
    uses_once = all(text.count(f"{{{number}}}") <= 1 for number in range(3))
    return Function(lambda values, _: text.format(*values), uses_once)


def _integers(operator: str, right: str = "CAST({1} AS HUGEINT)") -> Function:
    """Reckoned with room to spare, so that nothing overflows."""
    return replace(_form(f"(CAST({{0}} AS HUGEINT) {operator} {right})"), is_wide=True)


def _substring(values: Sequence[str], literals: Literals) -> str:
    text, start, *length = values
    far = literals.literal(_FARTHEST)
    first = f"CASE WHEN {start} < 0 THEN greatest(length({text}) + greatest({start}, -{far}), 0) "
    first += f"ELSE least({start}, {far}) END + 1"
    most = f", least(greatest({length[0]}, 0), {far})" if length else ""
    # greatest and least pass over nulls.
    known = " AND ".join(f"{one} IS NOT NULL" for one in (start, *length))
    return f"CASE WHEN {known} THEN substr({text}, {first}{most}) END"


def _moment_at(values: Sequence[str], literals: Literals) -> str:
    at = values[0]
    within = f"{at} BETWEEN {literals.literal(_LEAST)} AND {literals.literal(_MOST)}"
    return f"CASE WHEN {within} THEN make_timestamp({at}) END"


def _spelt(pattern: str, kind: str, special: str = "") -> Function:
    """What a text spells, if it is spelt in that way."""

    def build(values: Sequence[str], literals: Literals) -> str:
        text = values[0]
        right = f"regexp_full_match({text}, {literals.literal(pattern)})"
        return f"CASE {special.format(text)} WHEN {right} THEN TRY_CAST({text} AS {kind}) END"

    return Function(build, uses_once=False)


def _trimmed(values: Sequence[str], literals: Literals) -> str:
    return f"trim({values[0]}, {literals.literal(_SPACES)})"


_NAN = "WHEN {0} = 'NaN' THEN CAST('nan' AS DOUBLE) WHEN {0} = 'INF' THEN CAST('inf' AS DOUBLE) "
_NAN += "WHEN {0} = '-INF' THEN CAST('-inf' AS DOUBLE)"
_NUMBER = r"[+-]?[0-9]{1,300}(\.[0-9]{1,300})?([eE][+-]?[0-9]{1,3})?"
_TEXT_OF_NUMBER = "CASE WHEN isnan({0}) THEN 'NaN' WHEN isinf({0}) THEN CASE WHEN {0} > 0 THEN 'INF' ELSE '-INF' END "
_TEXT_OF_NUMBER += "ELSE CAST({0} AS VARCHAR) END"

# The first number beyond 64 bits is a double; none lies between it and the last one within.
_INTEGER_OF = "CASE WHEN {0} >= -9223372036854775808e0 AND {0} < 9223372036854775808e0 "
_INTEGER_OF += "THEN CAST(round({0}) AS BIGINT) END"

FUNCTIONS: dict[Operation, Function] = {
    Operation.ADD: _integers("+"),
    Operation.SUB: _integers("-"),
    Operation.MUL: _integers("*"),
    # Both round towards zero, so that the remainder has the sign of the left one (part 2, 5.1.1.2.6).
    Operation.DIV: _integers("//", "nullif(CAST({1} AS HUGEINT), 0)"),
    Operation.MOD: _integers("%", "nullif(CAST({1} AS HUGEINT), 0)"),
    Operation.NEG: replace(_form("(- CAST({0} AS HUGEINT))"), is_wide=True),
    Operation.NUMBER_ADD: _form("({0} + {1})"),
    Operation.NUMBER_SUB: _form("({0} - {1})"),
    Operation.NUMBER_MUL: _form("({0} * {1})"),
    Operation.NUMBER_DIV: _form("({0} / nullif({1}, 0))"),
    Operation.NUMBER_MOD: _form("({0} % nullif({1}, 0))"),
    Operation.NUMBER_NEG: _form("(- {0})"),
    Operation.CEILING: _form("ceil({0})"),
    Operation.FLOOR: _form("floor({0})"),
    Operation.ROUND: _form("round({0})"),
    Operation.NUMBER_OF: _form("CAST({0} AS DOUBLE)"),
    Operation.INTEGER_OF: _form(_INTEGER_OF),
    Operation.WITHIN: _form("CASE WHEN {0} BETWEEN {1} AND {2} THEN {0} END"),
    Operation.TEXT_OF_INTEGER: _form("CAST({0} AS VARCHAR)"),
    Operation.TEXT_OF_NUMBER: _form(_TEXT_OF_NUMBER),
    Operation.TEXT_OF_BOOLEAN: _form("CAST({0} AS VARCHAR)"),
    Operation.TEXT_OF_DATE: _form("CAST({0} AS VARCHAR)"),
    Operation.TEXT_OF_MOMENT: _form("(rtrim(rtrim(strftime({0}, '%Y-%m-%dT%H:%M:%S.%f'), '0'), '.') || 'Z')"),
    Operation.TEXT_OF_TIME: _form("CAST({0} AS VARCHAR)"),
    Operation.INTEGER_IN: _spelt("[+-]?[0-9]{1,30}", "BIGINT"),
    Operation.NUMBER_IN: _spelt(_NUMBER, "DOUBLE", _NAN),
    Operation.BOOLEAN_IN: _form("CASE WHEN {0} = 'true' THEN true WHEN {0} = 'false' THEN false END"),
    Operation.DATE_IN: _spelt("(000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-[0-9]{2}-[0-9]{2}", "DATE"),
    Operation.MICROSECONDS: _form("epoch_us({0})"),
    Operation.MOMENT_AT: Function(_moment_at, uses_once=False),
    Operation.MIDNIGHT: _form("CAST({0} AS TIMESTAMP)"),
    Operation.DATE_OF: _form("CAST({0} AS DATE)"),
    Operation.TIME_OF: _form("CAST({0} AS TIME)"),
    Operation.YEAR: _form("year({0})"),
    Operation.MONTH: _form("month({0})"),
    Operation.DAY: _form("day({0})"),
    Operation.HOUR: _form("hour({0})"),
    Operation.MINUTE: _form("minute({0})"),
    Operation.SECOND: _form("second({0})"),
    Operation.FRACTION: _form("(CAST(microsecond({0}) % 1000000 AS DOUBLE) / 1e6)"),
    Operation.CONCAT: _form("({0} || {1})"),
    Operation.CONTAINS: _form("contains({0}, {1})"),
    Operation.STARTSWITH: _form("starts_with({0}, {1})"),
    Operation.ENDSWITH: _form("ends_with({0}, {1})"),
    Operation.INDEXOF: _form("(strpos({0}, {1}) - 1)"),
    Operation.LENGTH: _form("length({0})"),
    Operation.SUBSTRING: Function(_substring, uses_once=False),
    Operation.MATCHES: _form("regexp_matches({0}, {1})"),
    Operation.LOWER: _form("lower({0})"),
    Operation.UPPER: _form("upper({0})"),
    Operation.TRIM: Function(_trimmed),
}
"""Every operation but those of logic and comparison, which mind nulls in ways of their own."""
