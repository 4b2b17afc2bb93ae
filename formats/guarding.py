"""Cells of a CSV that Excel opens by a double click: what it would change or run, it gets as text."""

import pyarrow as pa
import pyarrow.compute as pc

from formats.format import Excel, Heading, Times
from formats.spelling import has_any, text_of
from tabular.table import Type

_FORMULA = "^(\\s*[=+@＝＋－＠-]|[\t\r])"  # noqa: RUF001  # Excel in Japanese takes the wide signs for the narrow ones
_NUMBER = r"^ *[+(-]? *[.,]?[0-9][^\r\n\"]*$"
"""A number, a date or a phone number, and some texts that only begin so: to them it does no harm."""

_FIGURES = r"^[ +0-9.,:/()-]*$"
"""With a sign before it, only figures make it a phone number; anything else could be a formula: `+1+cmd|…`."""

_LONGEST_FORMULA_TEXT = 250
"""Excel takes 255 characters between the quotes of a formula."""

_LARGEST_INTEGER = 10**15 - 1


def guarded(text: pa.Array) -> pa.Array:
    """A text column as Excel reads it back: unchanged, as text, and never run.

    What looks like a number becomes `="…"`: the one spelling with which Excel keeps a `+` or a `0` at the beginning
    and shows nothing of its own. What looks like a formula gets an apostrophe, which shows, but stays when the file
    is saved: `="…"` would then be the bare formula again.

    >>> guarded(pa.array(["+390432000045", "0432", "-5", "Anna", None])).to_pylist()
    ['="+390432000045"', '="0432"', '="-5"', 'Anna', None]
    >>> guarded(pa.array(["=1+1", "+1+cmd|x", "@SUM(A1)", "\\tx", "-"])).to_pylist()
    ["'=1+1", "'+1+cmd|x", "'@SUM(A1)", "'\\tx", "'-"]
    """
    short = pc.less_equal(pc.utf8_length(text), _LONGEST_FORMULA_TEXT)
    formula = pc.match_substring_regex(text, _FORMULA)
    number = pc.and_(pc.match_substring_regex(text, _NUMBER), short)
    number = pc.and_(number, pc.or_(pc.invert(formula), pc.match_substring_regex(text, _FIGURES)))
    kept = pc.if_else(number, pc.binary_join_element_wise('="', text, '"', ""), text)
    return pc.if_else(pc.and_(formula, pc.invert(number)), pc.binary_join_element_wise("'", text, ""), kept)


def for_excel(heading: Heading, values: pa.Array, times: Times, excel: Excel) -> pa.Array:
    """A column as text in the language of an Excel: its decimal sign, its dates, its texts guarded."""
    kind = heading.column.type
    text = text_of(values, times)
    if kind in (Type.TEXT, Type.JSON):
        return guarded(text)
    if kind is Type.INTEGER:
        # It shows and keeps fifteen digits.
        long = pc.or_(pc.greater(values, _LARGEST_INTEGER), pc.less(values, -_LARGEST_INTEGER))
        return pc.if_else(long, pc.binary_join_element_wise('="', text, '"', ""), text)
    is_decimal = kind is Type.NUMBER or (kind is Type.TIME and times is not Times.ISO)
    if is_decimal and excel.decimal != "." and has_any(text, b"."):
        return pc.replace_substring(text, ".", excel.decimal)
    return text
