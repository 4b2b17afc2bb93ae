"""Functions that make texts from texts."""

import hmac

import pyarrow as pa
import pyarrow.compute as pc

from connectors.files.expression import Block, Cells, Expression, gathered, raw, reads
from connectors.files.functions.call import Call, Function
from tabular.table import Type

_HASH_DIGITS = 16


def _col(call: Call) -> Expression:
    return raw(call.literal(0, "the name of a column"))


def _as_text(call: Call, at: int) -> Expression:
    found = call.of(at, Type.TEXT, Type.INTEGER)
    return found if found.type is Type.TEXT else call.computes(Type.TEXT, lambda v: v.cast(pa.string()), [found])


def _join(call: Call) -> Expression:
    parts = [_as_text(call, at) for at in range(call.count())]
    return call.computes(Type.TEXT, lambda *texts: pc.binary_join_element_wise(*texts, ""), parts)


def _strip(call: Call) -> Expression:
    return call.computes(Type.TEXT, pc.utf8_trim_whitespace, [call.of(0, Type.TEXT)])


def _upper(call: Call) -> Expression:
    return call.computes(Type.TEXT, pc.utf8_upper, [call.of(0, Type.TEXT)])


def _lower(call: Call) -> Expression:
    return call.computes(Type.TEXT, pc.utf8_lower, [call.of(0, Type.TEXT)])


def _substring(call: Call) -> Expression:
    first = call.whole(1, "the first character")
    count = call.whole(2, "the count of characters") if call.count() == 3 else None
    if first == 0:
        raise call.wrong(1, "characters are counted from 1, or from -1 at the end")
    if count is not None and count < 1:
        raise call.wrong(2, "a count of characters is at least 1")
    start = first - 1 if first > 0 else first
    stop = None if count is None or (first < 0 and start + count >= 0) else start + count

    def substring(texts: pa.Array) -> pa.Array:
        if first < 0 and stop is not None:
            # Of a text shorter than -first nothing before its own beginning may count.
            return pc.utf8_slice_codeunits(pc.utf8_slice_codeunits(texts, start), 0, count)
        return pc.utf8_slice_codeunits(texts, start, stop)

    return call.computes(Type.TEXT, substring, [call.of(0, Type.TEXT)], first, count)


def _replace(call: Call) -> Expression:
    old, new = call.literal(1, "the text to replace"), call.literal(2, "its replacement")
    if not old:
        raise call.wrong(1, "nothing cannot be replaced")

    def replaced(texts: pa.Array) -> pa.Array:
        return pc.replace_substring(texts, old, new)

    return call.computes(Type.TEXT, replaced, [call.of(0, Type.TEXT)], old, new)


def _matches(call: Call) -> Expression:
    pattern = call.literal(1, "the regular expression")
    try:
        pc.match_substring_regex(pa.array([""]), pattern)
    except pa.ArrowInvalid as error:
        reason = str(error).removeprefix("Invalid regular expression: ")
        raise call.wrong(1, f"{pattern!r} is no regular expression: {reason}", "It is RE2's language.") from None

    def matches(texts: pa.Array) -> pa.Array:
        return pc.match_substring_regex(texts, pattern)

    return call.computes(Type.BOOLEAN, matches, [call.of(0, Type.TEXT)], pattern)


def _hash(call: Call) -> Expression:
    argument = _as_text(call, 0)

    def compute(block: Block) -> Cells:
        cells = block.cells(argument)
        # Only the distinct values of a block are looped over.
        coded = cells.values.dictionary_encode()
        hashed = [_hashed(block.secret, value) for value in coded.dictionary.to_pylist()]
        return gathered([cells], pa.array(hashed, pa.string()).take(coded.indices))

    return Expression(Type.TEXT, call.key([argument]), compute, *reads([argument]))


def _hashed(secret: bytes, value: str) -> str:
    return hmac.digest(secret, value.encode(), "sha256").hex()[:_HASH_DIGITS]


FUNCTIONS = (
    Function("col", "col('name')", 1, 1, "The raw column of that name, where the name is no plain word.", _col),
    Function(
        "join", "join(value, …)", 2, 99, "The texts or integers one after the other; null if one of them is.", _join
    ),
    Function("strip", "strip(text)", 1, 1, "The text without blanks at its ends.", _strip),
    Function("upper", "upper(text)", 1, 1, "The text in capital letters.", _upper),
    Function("lower", "lower(text)", 1, 1, "The text in small letters.", _lower),
    Function(
        "substring",
        "substring(text, first) or substring(text, first, count)",
        2,
        3,
        "The characters from the first on, counted from 1, or from -1 at the end backwards.",
        _substring,
    ),
    Function("replace", "replace(text, 'old', 'new')", 3, 3, "The text with every `old` replaced.", _replace),
    Function(
        "matches",
        "matches(text, 'regular expression')",
        2,
        2,
        "Whether the expression (RE2) matches somewhere in the text.",
        _matches,
    ),
    Function(
        "hash",
        "hash(value)",
        1,
        1,
        "16 hexadecimal digits that stand for the value: equal for equal values, and not to be undone without the "
        "store's secret.",
        _hash,
    ),
)
