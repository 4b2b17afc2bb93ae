"""Advanced queries answer as a real MariaDB answers them: the same names, the same texts, in the same order."""

import re

import pytest

from datamodel.sql.dialect.casing import lower, upper
from datamodel.sql.dialect.collation import folded
from datamodel.sql.dialect.functions import FUNCTIONS
from datamodel.sql.tables import SQL_TABLES
from tests.datamodel.sql.asked import Asked, Statement, in_order, statements
from tests.datamodel.sql.mariadb import MariaDb

STATEMENTS = list(statements())


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda one: f"line {one.line}")
def test_a_statement_is_answered_as_mariadb_does(statement: Statement, asked: Asked, maria: MariaDb) -> None:
    names, rows = asked.answer(statement.sql, statement.area)
    their_names, theirs = maria.answer(statement.sql.rstrip(";"))
    assert names == their_names
    assert in_order(statement.sql, rows) == in_order(statement.sql, theirs)


def test_enough_is_compared() -> None:
    """Every table and every function that is supported is met by a statement."""
    assert len(STATEMENTS) >= 120
    text = "\n".join(one.sql for one in STATEMENTS)
    called = {name.upper() for name in re.findall(r"\b(\w+)\s*\(", text)} | {
        word.upper() for word in re.findall(r"\b(?:LIKE|REGEXP|RLIKE|CASE|CURRENT_\w+|LOCALTIME\w*)\b", text)
    }
    assert set(FUNCTIONS) - called == set()
    assert [table.name for table in SQL_TABLES if table.name not in text] == []


def test_every_letter_weighs_and_turns_as_in_mariadb(maria: MariaDb) -> None:
    """Of the first 65,536 letters: what they are compared by, their capitals and small letters."""
    letters = [chr(code) for code in range(1, 0x10000) if not 0xD800 <= code <= 0xDFFF]
    for begin in range(0, len(letters), 4_000):
        some = letters[begin : begin + 4_000]
        whole = "".join(some).replace("\\", "\\\\").replace("'", "\\'")
        said = f"SELECT HEX(WEIGHT_STRING('{whole}')), UPPER('{whole}'), LOWER('{whole}')"
        _, [(weights, capitals, small)] = maria.answer(said)
        assert weights is not None
        assert capitals == upper("".join(some))
        assert small == lower("".join(some))
        assert bytes.fromhex(weights) == folded("".join(some)).encode("utf-16-be")
