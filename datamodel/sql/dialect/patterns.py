"""Patterns: LIKE, and regular expressions as far as MariaDB's and the engine's mean the same."""

import re
from collections.abc import Callable

from datamodel.sql.dialect.conversions import text_of
from datamodel.sql.dialect.functions import Call, Family
from datamodel.sql.dialect.values import Value, text, truth, whole
from tabular.errors import StatementUnsupported

_FAMILY = Family("Patterns")
function = _FAMILY.function
_FAMILY.syntax("LIKE REGEXP RLIKE")


def like(value: Value, pattern: Value, escape: str) -> Value:
    """Whether a text is like a pattern, without regard to case and accents."""
    if isinstance(pattern.literal, str) and _ends_in_escape(pattern.literal, escape):
        raise StatementUnsupported("a LIKE pattern that ends with its escape", advice="Write the escape twice.")
    if len(escape) != 1 or not escape.isascii() or escape.isalnum():
        raise StatementUnsupported(
            f'"{escape}" as an escape', advice="Take one character that is no letter, such as |."
        )
    as_is = value.binary or pattern.binary
    one, other = (text_of(side) if as_is else f"mdb_ci({text_of(side)})" for side in (value, pattern))
    spelt = escape.replace("'", "''")
    return truth(f"({one} LIKE {other} ESCAPE '{spelt}')")


def _ends_in_escape(pattern: str, escape: str) -> bool:
    return (len(pattern) - len(pattern.rstrip(escape))) % 2 == 1 if escape else False


def matching(value: Value, pattern: str, bound: Callable[[str], str]) -> Value:
    """Whether a regular expression is found in a text."""
    return truth(f"regexp_matches({text_of(value)}, {bound(_checked(pattern, value.binary))})")


@function("REGEXP_SUBSTR", 2)
def _substr(call: Call) -> Value:
    pattern = _checked(call.binding.constant(call.nodes[1], "the pattern of REGEXP_SUBSTR"), call.args[0].binary)
    return text(f"regexp_extract({text_of(call.args[0])}, {call.binding.bound(pattern)})")


@function("REGEXP_INSTR", 2)
def _instr(call: Call) -> Value:
    pattern = _checked(call.binding.constant(call.nodes[1], "the pattern of REGEXP_INSTR"), call.args[0].binary)
    said, by = text_of(call.args[0]), call.binding.bound(pattern)
    found = f"instr({said}, regexp_extract({said}, {by}))"
    if any(letter in pattern for letter in "^$"):
        raise StatementUnsupported("an anchor in REGEXP_INSTR", advice="Write REGEXP.")
    return whole(f"(CASE WHEN regexp_matches({said}, {by}) THEN {found} WHEN {said} IS NOT NULL THEN 0 END)")


@function("REGEXP_REPLACE", 3)
def _replace(call: Call) -> Value:
    pattern = _checked(call.binding.constant(call.nodes[1], "the pattern of REGEXP_REPLACE"), call.args[0].binary)
    new = call.binding.constant(call.nodes[2], "the replacement of REGEXP_REPLACE")
    if re.search(r"\\(?!\d)", new):
        raise StatementUnsupported("a backslash in the replacement of REGEXP_REPLACE", advice=r"Groups are \\1.")
    return text(
        f"regexp_replace({text_of(call.args[0])}, {call.binding.bound(pattern)}, {call.binding.bound(new)}, 'g')"
    )


_SPACE = r"\s\x0b\x{85}\p{Z}"
_CLASSES = {
    "d": r"\p{Nd}",
    "D": r"\P{Nd}",
    "w": r"[\p{L}\p{N}_]",
    "W": r"[^\p{L}\p{N}_]",
    "s": f"[{_SPACE}]",
    "S": f"[^{_SPACE}]",
}
_POSIX = {
    "alpha": r"\p{L}",
    "digit": r"\p{Nd}",
    "alnum": r"\p{L}\p{N}",
    "upper": r"\p{Lu}\p{Ll}",
    "lower": r"\p{Lu}\p{Ll}",
    "space": _SPACE,
    "xdigit": "0-9A-Fa-f",
}
_TOKEN = re.compile(r"\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]|\\.|\(\?|[*+?}][+]|\{\d+(?:,\d*)?\}[?+]?|\$|.", re.DOTALL)
_MOST = 1_000


def _checked(pattern: str, binary: bool) -> str:
    """A regular expression in the engine's words. Raises StatementUnsupported for what differs."""
    if len(pattern) > _MOST:
        raise StatementUnsupported(f"a pattern of more than {_MOST:,} characters", advice="Write a shorter one.")
    made = []
    for token in _TOKEN.findall(pattern):
        made.append(_piece(token))
    found = "".join(made)
    # Bounded repetitions of each other would make a machine without bounds.
    if sum(int(number) for number in re.findall(r"\{\d*,?(\d+)\}", pattern)) > 300:
        raise StatementUnsupported("a pattern that repeats so often", advice="Write * or +.")
    return found if binary else f"(?i){found}"


def _piece(piece: str) -> str:
    if piece.startswith("["):
        return _class(piece)
    if piece.startswith("\\"):
        letter = piece[1:]
        if letter in _CLASSES:
            return _CLASSES[letter]
        if (letter.isalnum() and letter not in "nrtf") or letter == "":
            raise StatementUnsupported(
                f"{piece} in a pattern", advice="Write the characters, or a class such as [0-9]."
            )
        return piece
    if piece == "(?":
        raise StatementUnsupported("(? in a pattern", advice="Groups are written ( … ).")
    if len(piece) > 1 and piece.endswith("+") and piece[0] in "*+?}{":
        raise StatementUnsupported(f"{piece} in a pattern", advice="Leave out the second +.")
    # Before a line break at the end, too.
    return r"(?:\n?\z)" if piece == "$" else piece


def _class(token: str) -> str:
    made = token[:1]
    inside = token[1:-1]
    if inside.startswith("^"):
        made, inside = made + "^", inside[1:]
    if inside.startswith("]"):
        made, inside = made + r"\]", inside[1:]
    for part in re.findall(r"\[:\^?\w+:\]|\\.|.", inside, re.DOTALL):
        if part.startswith("[:"):
            known = _POSIX.get(part[2:-2])
            if known is None:
                raise StatementUnsupported(f"{part} in a pattern", advice="Write the characters themselves.")
            made += known
        elif part.startswith("\\") and part[1] in "dws":
            made += _CLASSES[part[1]].strip("[]")
        elif part.startswith("\\") and part[1].isalnum() and part[1] not in "nrtf":
            raise StatementUnsupported(f"{part} in a pattern", advice="Write the characters themselves.")
        elif part == "[":
            made += r"\["
        else:
            made += part
    return made + "]"
