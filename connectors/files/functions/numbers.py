"""Functions that read numbers and truths, and keep them within bounds."""

import pyarrow as pa
import pyarrow.compute as pc

from connectors.files.expression import Cells, Expression, any_true, arrow_of, spoiled
from connectors.files.functions.call import Call, Function
from tabular.table import Type

_INTEGER = r"^-?[0-9]{1,18}$"
_NUMBER = r"^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$"
_TRUTHS = {"true": True, "yes": True, "y": True, "1": True, "false": False, "no": False, "n": False, "0": False}


def _read(texts: pa.Array, seen: pa.Array, pattern: str, kind: pa.DataType, because: str) -> Cells:
    # Arrow's own cast would also take 0x1F, inf and nan, and refuses a whole block for one bad cell.
    good = pc.match_substring_regex(texts, pattern)
    bad = pc.invert(good)
    if any_true(bad):
        texts = pc.if_else(good, texts, pa.scalar(None, pa.string()))
    values = texts.cast(kind)
    if pa.types.is_floating(kind):
        bad = pc.or_kleene(bad, pc.invert(pc.is_finite(values)))
    return spoiled(values, bad, seen, because)


def _integer(call: Call) -> Expression:
    def integer(texts: pa.Array) -> Cells:
        return _read(texts, texts, _INTEGER, pa.int64(), "is no integer")

    return call.computes(Type.INTEGER, integer, [call.of(0, Type.TEXT)])


def _number(call: Call) -> Expression:
    decimal = call.literal(1, "the decimal sign") if call.count() == 2 else "."
    if len(decimal) != 1 or decimal.isalnum() or decimal in "+-":
        raise call.wrong(1, f"{decimal!r} is no decimal sign")

    def number(texts: pa.Array) -> Cells:
        # With another decimal sign a point is no part of a number: it may separate thousands.
        plain = texts if decimal == "." else pc.replace_substring(pc.replace_substring(texts, ".", "?"), decimal, ".")
        return _read(plain, texts, _NUMBER, pa.float64(), "is no number")

    return call.computes(Type.NUMBER, number, [call.of(0, Type.TEXT)], decimal)


def _boolean(call: Call) -> Expression:
    truths = _TRUTHS
    if call.count() == 2:
        raise call.wrong(1, "boolean needs what is false, too")
    if call.count() == 3:
        truths = {call.literal(1, "what is true"): True, call.literal(2, "what is false"): False}
    words, values = pa.array(list(truths)), pa.array(list(truths.values()))

    def boolean(texts: pa.Array) -> Cells:
        found = pc.index_in(texts if truths is not _TRUTHS else pc.utf8_lower(texts), value_set=words)
        return spoiled(values.take(found), pc.and_not(pc.is_null(found), pc.is_null(texts)), texts, "is no boolean")

    return call.computes(Type.BOOLEAN, boolean, [call.of(0, Type.TEXT)], truths)


def _bounded(call: Call, *, least: bool) -> Expression:
    value = call.of(0, Type.INTEGER, Type.NUMBER, Type.TIME)
    assert value.type is not None
    if value.type is Type.INTEGER and call.any(1).type is Type.NUMBER:
        value = call.of(0, Type.NUMBER)
    kind = value.type or Type.INTEGER
    beyond = pc.less if least else pc.greater

    def bounded(values: pa.Array, bounds: pa.Array) -> Cells:
        changed = pc.fill_null(beyond(values, bounds), False)
        return Cells(pc.if_else(changed, bounds, values), None, {call.label: changed})

    return call.repairing(kind, bounded, [value, call.of(1, kind)])


def _text(call: Call) -> Expression:
    value = call.of(0, Type.TEXT, Type.INTEGER, Type.NUMBER, Type.BOOLEAN)
    return call.computes(Type.TEXT, lambda values: values.cast(arrow_of(Type.TEXT)), [value])


FUNCTIONS = (
    Function("integer", "integer(text)", 1, 1, "A whole number of up to 18 digits.", _integer),
    Function(
        "number", "number(text) or number(text, decimal sign)", 1, 2, "A number, such as -1.5 or 6.02E+11.", _number
    ),
    Function(
        "boolean",
        "boolean(text) or boolean(text, what is true, what is false)",
        1,
        3,
        "A truth: true, yes, y, 1 or false, no, n, 0 in small or capital letters, or the two words given.",
        _boolean,
    ),
    Function(
        "at_least",
        "at_least(value, bound)",
        2,
        2,
        "The value, or the bound where the value is below it; counted as a repair.",
        lambda call: _bounded(call, least=True),
    ),
    Function(
        "at_most",
        "at_most(value, bound)",
        2,
        2,
        "The value, or the bound where the value is above it; counted as a repair.",
        lambda call: _bounded(call, least=False),
    ),
    Function("text", "text(value)", 1, 1, "A number or a truth as text.", _text),
)
