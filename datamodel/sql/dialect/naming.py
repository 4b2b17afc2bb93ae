"""Naming: what a field is called that was given no name, which is its text as it stands in the statement."""

from collections.abc import Sequence

from datamodel.sql.dialect.lexing import Lexed, Token

_ENDS = frozenset(
    ("FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "UNION", "INTO", "FOR", "WINDOW", "PROCEDURE", "OFFSET")
)
_BEFORE = frozenset({"DISTINCT", "ALL", "DISTINCTROW"})


def names_of(lexed: Lexed) -> list[str]:
    """A name for each field of the first SELECT, in their order."""
    tokens, depth, level = lexed.tokens, 0, 0
    while level < len(tokens) and tokens[level].word == "(":
        level += 1
    begin = None
    for place, token in enumerate(tokens):
        depth += {"(": 1, ")": -1}.get(token.word, 0)
        if begin is None:
            if depth == level and token.kind == "word" and token.word.upper() == "SELECT":
                begin = place + 1
        elif depth < level or (depth == level and token.kind == "word" and token.word.upper() in _ENDS):
            return _split(lexed, tokens[begin:place])
    return [] if begin is None else _split(lexed, tokens[begin:])


def _split(lexed: Lexed, tokens: Sequence[Token]) -> list[str]:
    while tokens and tokens[0].kind == "word" and tokens[0].word.upper() in _BEFORE:
        tokens = tokens[1:]
    depth, begin, items = 0, 0, []
    for place, token in enumerate(tokens):
        depth += {"(": 1, ")": -1}.get(token.word, 0)
        if depth == 0 and token.word == ",":
            items.append(tokens[begin:place])
            begin = place + 1
    items.append(tokens[begin:])
    return [_name(lexed, item) for item in items]


def _name(lexed: Lexed, item: Sequence[Token]) -> str:
    while len(item) > 2 and item[0].word == "(" and item[-1].word == ")" and _is_simple(item[1:-1]):
        item = item[1:-1]
    while len(item) > 1 and item[0].word == "+" and _is_simple(item[1:]):
        item = item[1:]
    if not item:
        return ""
    if len(item) == 1 and item[0].kind == '"':
        return lexed.text(item[0].word.strip("'")).lstrip()
    if len(item) == 1 and item[0].word.upper() in ("NULL", "TRUE", "FALSE"):
        return item[0].word.upper()
    return lexed.statement[item[0].begin : item[-1].end]


def _is_simple(item: Sequence[Token]) -> bool:
    """Whether it is one name or constant, perhaps in parentheses."""
    while len(item) > 2 and item[0].word == "(" and item[-1].word == ")":
        item = item[1:-1]
    names = len(item) % 2 == 1 and all(
        token.word == "." if place % 2 else token.kind != "symbol" for place, token in enumerate(item)
    )
    return names and len(item) <= 3
