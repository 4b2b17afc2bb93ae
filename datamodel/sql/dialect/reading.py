"""Reading: a statement becomes sqlglot's tree, in which functions are names and nothing else."""

import logging
from typing import ClassVar

from sqlglot import exp
from sqlglot.dialects.mysql import MySQL
from sqlglot.errors import SqlglotError

from datamodel.sql.dialect.lexing import Lexed, lexed
from tabular.errors import StatementRefused, StatementTooLarge, StatementUnreadable, StatementUnsupported

# What it warns of is refused here.
logging.getLogger("sqlglot").setLevel(logging.CRITICAL)

_SYNTAX = ("CAST", "CONVERT", "EXTRACT", "GROUP_CONCAT", "TRIM", "SUBSTRING", "SUBSTR", "POSITION")
"""Functions whose arguments are more than a list of expressions."""


class Statement(MySQL):
    """MySQL as sqlglot reads it, but for its knowledge of functions: what they mean is said in this folder."""

    class Parser(MySQL.Parser):  # type: ignore[misc, valid-type, name-defined, unused-ignore]
        """The parser without functions."""

        FUNCTIONS: ClassVar[dict[str, object]] = {}
        FUNCTION_PARSERS: ClassVar = {name: MySQL.Parser.FUNCTION_PARSERS[name] for name in _SYNTAX}
        NO_PAREN_FUNCTION_PARSERS: ClassVar = {
            name: MySQL.Parser.NO_PAREN_FUNCTION_PARSERS[name] for name in ("CASE", "IF")
        }


_REFUSED = {
    "INTO": "INTO",
    "OUTFILE": "OUTFILE",
    "DUMPFILE": "DUMPFILE",
    "PROCEDURE": "PROCEDURE",
    "HANDLER": "HANDLER",
}
_UNSUPPORTED = {
    "STRAIGHT_JOIN": "Write JOIN.",
    "SQL_CALC_FOUND_ROWS": "Count with a statement of its own.",
    "HIGH_PRIORITY": "Leave it out.",
    "SQL_NO_CACHE": "Leave it out.",
    "SQL_CACHE": "Leave it out.",
    "SQL_BUFFER_RESULT": "Leave it out.",
    "SQL_SMALL_RESULT": "Leave it out.",
    "SQL_BIG_RESULT": "Leave it out.",
    "NATURAL": "Write JOIN … USING (…).",
    "RECURSIVE": "Write WITH without it.",
    "SOUNDS": "Compare the texts themselves.",
    "LATERAL": "Join a sub-query.",
    "QUALIFY": "Put the window function into a sub-query.",
    "ILIKE": "Write LIKE: it has no regard to case.",
    "SIMILAR": "Write REGEXP.",
    "GLOB": "Write LIKE.",
    "PIVOT": "Write CASE in aggregates.",
    "UNPIVOT": "Write UNION ALL.",
    "TABLESAMPLE": "Write LIMIT.",
    "CUBE": "Write WITH ROLLUP.",
    "BINARY": "Write COLLATE utf8mb4_bin.",
    "INTERSECT": "Write EXISTS.",
    "EXCEPT": "Write NOT EXISTS.",
}


def read(statement: str) -> tuple[exp.Expression, Lexed]:
    """The tree of the one SELECT that a statement is, and its tokens.

    Raises StatementUnreadable, StatementRefused, StatementUnsupported and StatementTooLarge.
    """
    found = lexed(statement)
    _check_words(found)
    try:
        trees = Statement().parse(found.plain)
    except SqlglotError as failure:
        raise StatementUnreadable(_problem(failure, found)) from failure
    except RecursionError as failure:
        raise StatementTooLarge("levels", 200) from failure
    tree = trees[0] if len(trees) == 1 else None
    if isinstance(tree, exp.Subquery) and not tree.args.get("alias"):
        return tree, found
    if not isinstance(tree, exp.Select | exp.SetOperation):
        raise StatementRefused(f"{found.tokens[0].word.upper()} in place of it")
    return tree, found


def _check_words(found: Lexed) -> None:
    """Refuse the words that say what no advanced query may do, wherever they are no names."""
    first = found.tokens[0].word.upper()
    if first not in ("SELECT", "WITH", "("):
        raise StatementRefused(f"{first} in place of it")
    for place, token in enumerate(found.tokens):
        if token.kind != "word":
            continue
        word, before = token.word.upper(), found.tokens[place - 1].word.upper() if place else ""
        following = found.tokens[place + 1].word.upper() if place + 1 < len(found.tokens) else ""
        if before == "." or following == ".":
            continue
        if word in _REFUSED and before != "AS":
            raise StatementRefused(_REFUSED[word])
        if word == "FOR" and following in ("UPDATE", "SHARE", "SYSTEM_TIME"):
            raise StatementRefused(f"FOR {following}")
        if word == "LOCK" and following == "IN":
            raise StatementRefused("LOCK IN SHARE MODE")
        if word in ("USE", "FORCE", "IGNORE") and following in ("INDEX", "KEY"):
            raise StatementUnsupported(f"{word} {following}", advice="Leave it out.")
        if word in _UNSUPPORTED and before != "AS":
            raise StatementUnsupported(word, advice=_UNSUPPORTED[word])


def _problem(failure: SqlglotError, found: Lexed) -> str:
    """Where reading ended, in the statement's own words."""
    errors = getattr(failure, "errors", None) or [{}]
    held = str(errors[0].get("highlight") or "").strip()
    if not held:
        return "it ends too early, or is none"
    return f'it is not understood at "{found.text(held.strip(chr(39)))}"'
