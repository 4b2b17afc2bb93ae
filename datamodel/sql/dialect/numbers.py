"""Numbers: arithmetic with MariaDB's types, and the functions of numbers."""

from dataclasses import replace
from math import ceil

from datamodel.sql.dialect.conversions import fixed, integer, number, real, text_of
from datamodel.sql.dialect.functions import Call, Family
from datamodel.sql.dialect.values import FREE, MOST_DIGITS, Kind, Value, decimal, double, text, whole
from tabular.errors import StatementUnsupported

MORE = 4
"""Places that a division adds (div_precision_increment)."""

_NUMBERS = Family("Numbers")
function = _NUMBERS.function


def added(sign: str, one: Value, other: Value) -> Value:
    """A sum, difference or product."""
    one, other = number(one), number(other)
    if Kind.DOUBLE in (one.kind, other.kind):
        places = one.scale + other.scale if sign == "*" else max(one.scale, other.scale)
        return double(f"mdb_finite({real(one)} {sign} {real(other)})", min(places, FREE))
    if Kind.DECIMAL in (one.kind, other.kind):
        if sign == "*":
            digits = one.digits + other.digits
            _check_digits(digits)
            product = f"{fixed(one, one.digits)} * {fixed(other, other.digits)}"
            return decimal(
                f"CAST({product} AS DECIMAL(38,{digits}))", min(one.scale + other.scale, MOST_DIGITS), digits
            )
        digits = max(one.digits, other.digits)
        both = f"{fixed(one, digits)} {sign} {fixed(other, digits)}"
        return decimal(f"CAST({both} AS DECIMAL(38,{digits}))", max(one.scale, other.scale), digits)
    unsigned = one.unsigned or other.unsigned
    made = f"({one.sql} {sign} {other.sql})"
    return whole(f"mdb_unsigned({made})" if unsigned else made, unsigned)


def _check_digits(digits: int) -> None:
    if digits > MOST_DIGITS - 4:
        raise StatementUnsupported("a decimal of so many places", advice="Round what is multiplied or divided.")


def divided(one: Value, other: Value) -> Value:
    """A quotient: of decimals, with four places more than the dividend shows."""
    one, other = number(one), number(other)
    if Kind.DOUBLE in (one.kind, other.kind):
        places = max(one.scale, other.scale) + MORE
        return double(f"mdb_finite({real(one)} / nullif({real(other)}, 0))", min(places, FREE))
    # MariaDB counts places in words of nine.
    first, second = ceil(one.digits / 9) * 9, ceil(other.digits / 9) * 9
    more = max(0, MORE - (first - one.digits) - (second - other.digits))
    digits = ceil((first + second + more) / 9) * 9
    _check_digits(digits)
    return decimal(_quotient(one, other, digits), min(one.scale + MORE, MOST_DIGITS), digits)


def _quotient(one: Value, other: Value, digits: int) -> str:
    """The quotient of two decimals, cut after so many places."""
    up = digits - one.digits + other.digits
    left, right = _unscaled(one), _unscaled(other)
    if up < 0:
        right = f"({right} * 1{'0' * -up})"
    quotient = f"mdb_divided({left}, {right}, CAST(1{'0' * max(up, 0)} AS HUGEINT))"
    if digits == 0:
        return quotient
    return (
        f"CAST({quotient} * CAST('0.{'0' * (digits - 1)}1' AS DECIMAL({digits + 1},{digits})) AS DECIMAL(38,{digits}))"
    )


def _unscaled(value: Value) -> str:
    """A decimal without its point."""
    if value.digits == 0:
        return f"CAST({value.sql} AS HUGEINT)"
    return f"CAST({fixed(value, value.digits)} * 1{'0' * value.digits} AS HUGEINT)"


def divided_whole(one: Value, other: Value) -> Value:
    """The whole part of a quotient (DIV)."""
    one, other = number(one), number(other)
    if Kind.DOUBLE in (one.kind, other.kind):
        raise StatementUnsupported("DIV of texts or doubles", advice="Write TRUNCATE(a / b, 0).")
    if Kind.DECIMAL not in (one.kind, other.kind):
        return whole(f"({one.sql} // nullif({other.sql}, 0))", one.unsigned or other.unsigned)
    return whole(f"CAST({_quotient(one, other, 0)} AS BIGINT)")


def remainder(one: Value, other: Value) -> Value:
    """What is left after a division (%, MOD)."""
    one, other = number(one), number(other)
    if Kind.DOUBLE in (one.kind, other.kind):
        places = max(one.scale, other.scale)
        return double(f"({real(one)} % nullif({real(other)}, 0))", places)
    if Kind.DECIMAL in (one.kind, other.kind):
        digits = max(one.digits, other.digits)
        both = f"{fixed(one, digits)} % nullif({fixed(other, digits)}, 0)"
        return decimal(f"CAST({both} AS DECIMAL(38,{digits}))", max(one.scale, other.scale), digits)
    return whole(f"({one.sql} % nullif({other.sql}, 0))", one.unsigned)


def negated(value: Value) -> Value:
    """With the other sign."""
    value = number(value)
    if isinstance(value.literal, int) or value.kind is Kind.INTEGER:
        return replace(value.plain(f"(-{value.sql})"), unsigned=False)
    if value.kind is Kind.DECIMAL:
        return value.plain(f"CAST(-{value.sql} AS DECIMAL(38,{value.digits}))")
    return value.plain(f"(-{value.sql})")


def bits(sign: str, one: Value, other: Value) -> Value:
    """An operation on the bits of two whole numbers."""
    left, right = bits_of(one), bits_of(other)
    if sign in ("<<", ">>"):
        power = f"CAST(pow(2, {right}) AS HUGEINT)"
        if sign == ">>":
            moved = f"(CASE WHEN {right} > 63 THEN 0 ELSE CAST({left} AS HUGEINT) // {power} END)"
        else:
            kept = f"(CAST({left} AS HUGEINT) % (18446744073709551616 // {power}))"
            moved = f"(CASE WHEN {right} > 63 THEN 0 ELSE {kept} * {power} END)"
        return whole(f"CASE WHEN {left} IS NULL OR {right} IS NULL THEN NULL ELSE {moved} END", unsigned=True)
    if sign == "^":
        return whole(f"CAST(xor({left}, {right}) AS HUGEINT)", unsigned=True)
    return whole(f"CAST({left} {sign} {right} AS HUGEINT)", unsigned=True)


def bits_of(value: Value) -> str:
    """A whole number as 64 bits."""
    value = number(value)
    if value.kind is Kind.DECIMAL:
        return f"mdb_bits(CAST({fixed(value, 0)} AS BIGINT))"
    if value.kind is not Kind.INTEGER:
        raise StatementUnsupported(f"the bits of a {value.kind}", advice="Take CAST(… AS SIGNED).")
    return f"mdb_bits({value.sql})"


def _places(call: Call, place: int) -> int:
    """An argument that is a constant whole number."""
    node = call.nodes[place]
    said = call.binding.constant(node, f"the places of {call.name}")
    try:
        return max(-MOST_DIGITS, min(int(said), MOST_DIGITS - 8))
    except ValueError:
        raise StatementUnsupported(f"{said} as the places of {call.name}", advice="Write a whole number.") from None


@function("ROUND", 1, 2)
def _round(call: Call) -> Value:
    places = _places(call, 1) if len(call.args) == 2 else 0
    return _to_places(call, places, "round", "mdb_rounded")


@function("TRUNCATE", 2)
def _truncate(call: Call) -> Value:
    return _to_places(call, _places(call, 1), "trunc", "mdb_truncated")


def _to_places(call: Call, places: int, of_decimals: str, of_doubles: str) -> Value:
    value = number(call.args[0])
    if value.kind is Kind.DOUBLE:
        shown = max(places, 0)
        return double(f"{of_doubles}({value.sql}, CAST('1e{places}' AS DOUBLE))", shown)
    if value.kind is Kind.INTEGER:
        if places >= 0:
            return value.plain(value.sql)
        return whole(f"CAST({_cut(fixed(value, 0), 0, places, of_decimals)} AS BIGINT)", value.unsigned)
    shown = max(places, 0)
    cut = _cut(value.sql, value.digits, places, of_decimals)
    return decimal(f"CAST({cut} AS DECIMAL(38,{shown}))", shown)


def _cut(sql: str, digits: int, places: int, how: str) -> str:
    if how == "round" and places >= 0:
        return sql
    if places >= digits:
        return sql
    # A decimal is cut as a whole number: the engine would make a double of it.
    unit = 10 ** (digits - places)
    unscaled = f"CAST({sql} * 1{'0' * digits} AS HUGEINT)" if digits else f"CAST({sql} AS HUGEINT)"
    half = f" + sign({sql}) * {unit // 2}" if how == "round" else ""
    kept = f"CAST(({unscaled}{half}) // {unit} * {unit} AS DECIMAL(38,0))"
    if digits == 0:
        return kept
    return f"{kept} * CAST('0.{'0' * (digits - 1)}1' AS DECIMAL({digits + 1},{digits}))"


@function("CEIL CEILING", 1)
def _ceil(call: Call) -> Value:
    return _whole(call, "ceil")


@function("FLOOR", 1)
def _floor(call: Call) -> Value:
    return _whole(call, "floor")


def _whole(call: Call, how: str) -> Value:
    value = number(call.args[0])
    if value.kind is Kind.DOUBLE:
        return double(f"{how}({value.sql})", 0)
    if value.kind is Kind.INTEGER:
        return value.plain(value.sql)
    return whole(f"CAST({how}({value.sql}) AS BIGINT)")


@function("ABS", 1)
def _abs(call: Call) -> Value:
    value = number(call.args[0])
    made = f"abs({value.sql})"
    return value.plain(f"CAST({made} AS DECIMAL(38,{value.digits}))" if value.kind is Kind.DECIMAL else made)


@function("SIGN", 1)
def _sign(call: Call) -> Value:
    return whole(f"CAST(sign({number(call.args[0]).sql}) AS BIGINT)")


@function("MOD", 2)
def _mod(call: Call) -> Value:
    return remainder(call.args[0], call.args[1])


@function("POW POWER", 2)
def _pow(call: Call) -> Value:
    return double(f"mdb_finite(pow({real(call.args[0])}, {real(call.args[1])}))")


@function("SQRT", 1)
def _sqrt(call: Call) -> Value:
    value = real(call.args[0])
    return double(f"(CASE WHEN {value} >= 0 THEN sqrt({value}) END)")


@function("EXP", 1)
def _exp(call: Call) -> Value:
    return double(f"mdb_finite(exp({real(call.args[0])}))")


@function("LN", 1)
def _ln(call: Call) -> Value:
    return double(_log(real(call.args[0])))


@function("LOG", 1, 2)
def _log_of(call: Call) -> Value:
    if len(call.args) == 1:
        return double(_log(real(call.args[0])))
    base, value = (_log(real(arg)) for arg in call.args)
    return double(f"({value} / nullif({base}, 0))")


@function("LOG10", 1)
def _log10(call: Call) -> Value:
    value = real(call.args[0])
    return double(f"(CASE WHEN {value} > 0 THEN log10({value}) END)")


@function("LOG2", 1)
def _log2(call: Call) -> Value:
    return double(f"({_log(real(call.args[0]))} / {_log('CAST(2 AS DOUBLE)')})")


def _log(sql: str) -> str:
    return f"(CASE WHEN {sql} > 0 THEN ln({sql}) END)"


@function("PI", 0)
def _pi(call: Call) -> Value:
    return double("pi()", 6)


@function("FORMAT", 2, note="with points and commas as in en_US")
def _format(call: Call) -> Value:
    value, places = number(call.args[0]), max(0, min(_places(call, 1), 30))
    rounded = f"mdb_rounded({value.sql}, CAST('1e{places}' AS DOUBLE))" if value.kind is Kind.DOUBLE else None
    if rounded:
        printed = f"format('{{:.{places}f}}', {rounded})"
    else:
        printed = text_of(decimal(f"CAST({fixed(value, max(value.digits, places))} AS DECIMAL(38,{places}))", places))
    whole_part = f"split_part({printed}, '.', 1)"
    grouped = (
        f"regexp_replace(reverse(regexp_replace(reverse({whole_part}), '(\\d{{3}})', '\\1,', 'g')), '^(-?),', '\\1')"
    )
    return text(grouped + (f" || '.' || split_part({printed}, '.', 2)" if places else ""))


@function("HEX", 1)
def _hex(call: Call) -> Value:
    value = call.args[0]
    if value.kind is Kind.TEXT:
        return text(f"hex({value.sql})")
    taken = number(value)
    rounded = taken.sql if taken.kind is Kind.INTEGER else f"CAST(round({taken.sql}) AS BIGINT)"
    return text(f"(CASE WHEN {rounded} = 0 THEN '0' ELSE to_hex(mdb_bits({rounded})) END)")


@function("BIT_COUNT", 1)
def _bit_count(call: Call) -> Value:
    return whole(f"CAST(bit_count(CAST({bits_of(call.args[0])} AS HUGEINT)) AS BIGINT)")


def integer_of(value: Value) -> str:
    """A value as a whole number, as functions take the places and lengths that they are given."""
    taken = number(value)
    match taken.kind:
        case Kind.INTEGER:
            return integer(taken)
        case Kind.DECIMAL:
            return f"CAST({fixed(taken, 0)} AS BIGINT)"
    if value.kind is Kind.TEXT:
        return f"mdb_integer({value.sql})"
    return f"CAST(round_even({taken.sql}, 0) AS BIGINT)"
