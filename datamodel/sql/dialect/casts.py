"""Casts: CAST and CONVERT, to the types that both know."""

from sqlglot import exp

from datamodel.sql.dialect.conversions import as_date, as_moment, as_span, fixed, number, real, text_of
from datamodel.sql.dialect.functions import Family
from datamodel.sql.dialect.numbers import integer_of
from datamodel.sql.dialect.values import FREE, Kind, Value, date, decimal, double, moment, span, text, whole
from tabular.errors import StatementUnsupported

_FAMILY = Family("Casts")
_FAMILY.syntax("CAST CONVERT", "AS SIGNED, UNSIGNED, DECIMAL, DOUBLE, CHAR, DATE, DATETIME and TIME")

_KNOWN = ("SIGNED", "UNSIGNED", "DECIMAL", "DOUBLE", "CHAR", "DATE", "DATETIME", "TIME")


def cast(value: Value, to: exp.Expression, node: exp.Expression) -> Value:
    """A value as another type. Raises StatementUnsupported."""
    name = str(to.this.value if hasattr(to.this, "value") else to.this).upper()
    sizes = [str(one.name) for one in to.expressions]
    if not all(size.isdigit() for size in sizes):
        raise StatementUnsupported("such a size of a type", advice="Write whole numbers.")
    numbers = [int(size) for size in sizes]
    match name:
        case "CHARACTER SET" | "CHARACTER_SET":
            charset = str(to.args["kind"].name).lower()
            if charset not in ("utf8mb4", "utf8"):
                raise StatementUnsupported(f"the character set {charset}", known=("utf8mb4", "utf8"))
            return text(text_of(value))
        case "BIGINT":
            return whole(f"CAST({integer_of(value)} AS BIGINT)")
        case "UBIGINT":
            return whole(f"CAST(mdb_bits({integer_of(value)}) AS HUGEINT)", unsigned=True)
        case "CHAR" | "VARCHAR" | "TEXT":
            return text(f"left({text_of(value)}, {numbers[0]})" if numbers else text_of(value))
        case "DECIMAL":
            return _decimal(value, *(numbers or [10]))
        case "DOUBLE":
            return double(real(value), FREE if value.kind is not Kind.DOUBLE else value.scale)
        case "DATE":
            return date(as_date(value).sql)
        case "DATETIME" | "TIMESTAMP" | "TIMESTAMPTZ":
            return _to_places(as_moment(value), value, numbers, literal=name != "DATETIME")
        case "TIME":
            return _to_span(as_span(value), value, numbers, node)
    raise StatementUnsupported(f"the type {name}", known=_KNOWN)


def _decimal(value: Value, size: int, places: int = 0) -> Value:
    if size > 38 or places > 30 or places > size:
        raise StatementUnsupported(
            f"DECIMAL({size},{places})", advice="38 digits are the most, 30 of them behind the point."
        )
    taken = number(value)
    if value.kind is Kind.TEXT:
        sql = f"CAST(mdb_decimal({value.sql}) AS DECIMAL(38,{places}))"
    elif taken.kind is Kind.DOUBLE:
        sql = f"CAST({taken.sql} AS DECIMAL(38,{places}))"
    else:
        sql = f"CAST({fixed(taken, taken.digits)} AS DECIMAL(38,{places}))"
    most = "9" * (size - places) + ("." + "9" * places if places else "")
    bound = f"CAST('{most or '0'}' AS DECIMAL(38,{places}))"
    return decimal(
        f"(CASE WHEN {sql} > {bound} THEN {bound} WHEN {sql} < -{bound}"
        f" THEN CAST(-{bound} AS DECIMAL(38,{places})) ELSE {sql} END)",
        places,
    )


def _places(numbers: list[int]) -> int:
    places = numbers[0] if numbers else 0
    if places > 6:
        raise StatementUnsupported(f"{places} places of a second", advice="6 are the most.")
    return places


def _to_places(at: Value, value: Value, numbers: list[int], literal: bool) -> Value:
    if literal:
        return at
    unit = 10 ** (6 - _places(numbers))
    if at.scale <= _places(numbers):
        return moment(at.sql, _places(numbers))
    return moment(f"make_timestamp(epoch_us({at.sql}) // {unit} * {unit})", _places(numbers))


def _to_span(at: Value, value: Value, numbers: list[int], node: exp.Expression) -> Value:
    places = _places(numbers)
    if not numbers and value.literal is not None:
        # TIME '23:59:59.5' keeps what it says; CAST would cut it, and both look the same here.
        if at.scale:
            raise StatementUnsupported("a TIME of a text with fractions", advice="Write CAST(… AS TIME(6)).")
        return at
    unit = 10 ** (6 - places)
    return span(f"({at.sql} // {unit} * {unit})", places)
