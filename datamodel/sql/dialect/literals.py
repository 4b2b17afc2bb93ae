"""Literals: numbers as they are written, and what a node of the tree is called in a statement."""

import re
from dataclasses import replace
from decimal import Decimal

from sqlglot import exp

from datamodel.sql.dialect.values import FREE, Value, decimal, double, whole
from tabular.errors import StatementUnreadable, StatementUnsupported


def number_literal(said: str) -> Value:
    """A number as it is written."""
    if re.fullmatch(r"\d+", said):
        value = int(said)
        if value < 1 << 63:
            return replace(whole(f"CAST({value} AS BIGINT)"), literal=value)
        if len(said.lstrip("0")) > 34:
            raise StatementUnsupported("a number of so many digits", advice="34 digits are the most.")
        return replace(decimal(f"CAST({value} AS DECIMAL(38,0))", 0), literal=Decimal(value))
    if re.fullmatch(r"\d*\.\d*", said) and len(said) > 1:
        digits = len(said.partition(".")[2])
        if len(said) > 34 or digits > 28:
            raise StatementUnsupported("a number of so many digits", advice="34 digits are the most.")
        spelt = Decimal(said or "0")
        return replace(decimal(f"CAST('{spelt:f}' AS DECIMAL(38,{digits}))", digits), literal=spelt)
    if re.fullmatch(r"(?:\d+\.?\d*|\.\d+)[eE][+-]?\d{1,4}", said):
        exact = float(said)
        if exact in (float("inf"), float("-inf")):
            raise StatementUnreadable(f"{said} is too large")
        return replace(double(f"CAST('{exact!r}' AS DOUBLE)", FREE), literal=exact)
    raise StatementUnsupported(f"{said} as a number", advice="Write it in decimal digits.")


def spelt(node: exp.Expression) -> str:
    """What a node is called in a statement."""
    name = type(node).__name__
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()
