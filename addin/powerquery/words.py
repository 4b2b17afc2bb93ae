"""Words of M: literals and types, spelled so that no text can be more than a text."""

import re
from collections.abc import Sequence

from tabular.table import Type

_SPECIAL = re.compile(r'["\x00-\x1f\x7f]|#(?=\()')

_WIDTH = 120
"""Characters of a line, as Microsoft's formatter counts them."""

TYPES = {
    Type.TEXT: "type text",
    Type.JSON: "type text",
    Type.INTEGER: "Int64.Type",
    Type.NUMBER: "type number",
    Type.BOOLEAN: "type logical",
    Type.TIME: "type datetime",
    Type.DATE: "type date",
}
"""What a column holds in M. Times are those of the asked zone, without an offset: Power BI's model keeps none."""


def literal(text: str) -> str:
    r'''A text as M writes it.

    >>> print(literal('say "hello"'), literal("#(lf)"), literal("a\nb"))
    "say ""hello""" "#(#)(lf)" "a#(000A)b"
    '''
    return f'"{_SPECIAL.sub(_escaped, text)}"'


def listing(step: str, words: Sequence[str]) -> str:
    """A list as the value of a step of the outermost `let`: on its line where it fits, else an element a line.

    >>> print(listing("Columns", ['"id"', '"step"']))
    {"id", "step"}
    """
    line = "{" + ", ".join(words) + "}"
    if len(f"    {step} = {line},") <= _WIDTH:
        return line
    return "{\n" + ",\n".join(f"        {word}" for word in words) + "\n    }"


def comment(text: str) -> str:
    r"""A text as part of a comment of one line.

    >>> comment("one\ntwo")
    'one two'
    """
    return " ".join(text.split())


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    return {'"': '""', "#": "#(#)"}.get(character, f"#({ord(character):04X})")
