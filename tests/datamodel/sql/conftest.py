"""The awkward rows in a MariaDB and before our engine, for all tests of advanced queries."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from answers.sql.advanced import AdvancedQueries
from datamodel.sql.tables import SQL_TABLES
from tests.datamodel.sql.asked import NOW, ZONE, Asked
from tests.datamodel.sql.awkward import AwkwardRows, month_of
from tests.datamodel.sql.mariadb import INSTALL, MariaDb, server


@pytest.fixture(scope="session")
def asked() -> Iterator[Asked]:
    """Our answers."""
    queries = AdvancedQueries(ZoneInfo(ZONE), threads=2)
    yield Asked(queries, AwkwardRows())
    queries.close()


@pytest.fixture(scope="session")
def maria(asked: Asked) -> Iterator[MariaDb]:
    """A MariaDB that holds the same rows."""
    if server() is None:
        pytest.skip(f"MariaDB is not here to be compared with: {INSTALL}")
    held = MariaDb(datetime.fromisoformat(NOW), ZONE)
    try:
        for table in SQL_TABLES:
            names = tuple(column.name for column in table.columns)
            held.load(table, month_of(table), asked.rows.rows(table, month_of(table), names))
        held.answer("CREATE TABLE ast_calls_202006 LIKE ast_calls_202005")
        yield held
    finally:
        held.close()
