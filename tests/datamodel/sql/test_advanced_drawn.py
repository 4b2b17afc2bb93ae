"""Statements that nobody thought of: drawn from a grammar, and answered as MariaDB answers them, or refused."""

import pymysql
import pytest

from datamodel.sql.words import Area
from tabular.errors import StatementFailed, TablesError
from tests.datamodel.sql.asked import Asked
from tests.datamodel.sql.drawing import Drawing
from tests.datamodel.sql.mariadb import MariaDb

SOME, MANY = 60, 1_000


def compared(seeds: range, asked: Asked, maria: MariaDb) -> int:
    """How many statements were answered, each as MariaDB does."""
    answered = 0
    for seed in seeds:
        statement = Drawing(seed).statement()
        try:
            theirs = maria.answer(statement)
        except pymysql.err.MySQLError:
            # What MariaDB refuses, such as numbers beyond their range, is not answered here either.
            with pytest.raises(TablesError):
                asked.answer(statement, Area.SUPPORT)
            continue
        try:
            ours = asked.answer(statement, Area.SUPPORT)
        except StatementFailed:
            continue
        except TablesError as refused:
            assert refused.code == "TT134", (statement, refused)  # noqa: PT017 (the statement is told)
            continue
        assert ours == theirs, statement
        answered += 1
    return answered


def test_drawn_statements_are_answered_as_mariadb_does(asked: Asked, maria: MariaDb) -> None:
    assert compared(range(SOME), asked, maria) > SOME * 0.7


@pytest.mark.prove
def test_many_drawn_statements_are_answered_as_mariadb_does(asked: Asked, maria: MariaDb) -> None:
    assert compared(range(SOME, SOME + MANY), asked, maria) >= 500
