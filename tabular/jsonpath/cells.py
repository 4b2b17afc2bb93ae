"""What a cell holds of a value: whole in the native style, shortened as IMPORTJSONAPI does in its own."""

import json
import math
import re
from datetime import UTC, datetime, timedelta

from tabular.jsonpath.columns import Conversion, Style
from tabular.jsonpath.ir import Json
from tabular.jsonpath.limits import Budget

_CONTAINERS = frozenset((dict, list))

SHORT = 50
"""Letters of JSON that IMPORTJSONAPI shows."""

# What a decoder made holds nothing that holds itself.
_WRITER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)

_WRITTEN = 10
"""What it costs to write a value that is too deep for the library."""

_NUMBER = re.compile(r"\s*([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def cell(value: Json, style: Style, budget: Budget) -> Json:
    """A scalar as it is, a list of scalars joined by commas, anything else as JSON text. Raises PathTooCostly and
    TookTooLong: the text of what holds everything is as long as the document."""
    if isinstance(value, list):
        if _CONTAINERS.isdisjoint(map(type, value)):
            text = joined(value)
            budget.spend(1 + len(text) // 8)
            return text
    elif not isinstance(value, dict):
        return value
    text = json_text(value, budget)
    budget.spend(4 + len(text) // 16 + 2 * (text.count("{") + text.count("[")))
    return f"{text[:SHORT]}..." if style is Style.IMPORTJSONAPI and len(text) > SHORT else text


def joined(values: list[Json]) -> str:
    """Scalars as one text.

    >>> joined(["a", None, 2.0, True])
    'a,null,2,true'
    """
    return ",".join(value if isinstance(value, str) else _spelt(value) for value in values)


def _spelt(value: Json) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return json.dumps(value)


def json_text(value: Json, budget: Budget) -> str:
    """Compact JSON, however deep the value is."""
    try:
        return _WRITER.encode(value)
    except RecursionError:
        return "".join(_pieces(value, budget))


def _pieces(value: Json, budget: Budget) -> list[str]:
    found: list[str] = []
    # What is still to be written: texts as they are, and values each in a tuple of its own.
    stack: list[str | tuple[Json]] = [(value,)]
    while stack:
        top = stack.pop()
        if isinstance(top, str):
            found.append(top)
            continue
        budget.spend(_WRITTEN)
        held = top[0]
        if isinstance(held, dict):
            stack.append("}")
            for place, (name, member) in enumerate(reversed(held.items()), 1):
                comma = "," if place < len(held) else ""
                stack += ((member,), f"{comma}{json.dumps(name, ensure_ascii=False)}:")
            stack.append("{")
        elif isinstance(held, list):
            stack.append("]")
            for place, member in enumerate(reversed(held), 1):
                stack += ((member,), "," if place < len(held) else "")
            stack.append("[")
        else:
            found.append(json.dumps(held, ensure_ascii=False))
    return found


def converted(value: Json, conversion: Conversion) -> float | int | datetime | None:
    """A cell as a number or as a moment in UTC; None where it is none."""
    return number(value) if conversion is Conversion.NUMBER else moment(value)


def number(value: Json) -> float | int | None:
    """A number, or the one with which a text begins.

    >>> number("42 s"), number(" 1.5e3"), number("@SUM"), number(True)
    (42, 1500.0, None, None)
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    found = _NUMBER.match(value) if isinstance(value, str) else None
    if found is None:
        return None
    text = found[1]
    return int(text) if re.fullmatch("[+-]?[0-9]{1,15}", text) else _finite(float(text))


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def moment(value: Json) -> datetime | None:
    """An ISO time (UTC where it says no zone), or milliseconds since 1970.

    >>> moment("2026-03-01T10:00:00Z") == moment(1772359200000)
    True
    """
    try:
        if isinstance(value, str):
            found = datetime.fromisoformat(value.strip())
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return _EPOCH + timedelta(milliseconds=value)
    except (ValueError, OverflowError):
        pass
    return None
