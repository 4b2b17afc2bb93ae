"""Statements asked of our engine, and the file that holds those that are compared with MariaDB."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from answers.sql.advanced import AdvancedQueries
from datamodel.sql.words import Area
from store.patience import Patience
from tests.datamodel.sql.awkward import AwkwardRows

NOW, ZONE = "2020-06-01T12:00:05", "Europe/Rome"
_FILE = Path(__file__).with_name("statements.sql")

Rows = list[tuple[str | None, ...]]


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of the file, the area that it asks, and its line."""

    line: int
    area: Area
    sql: str


def statements() -> Iterator[Statement]:
    """Every statement of the file: one a line, below a heading that begins with its area."""
    area = Area.TVOX
    for number, line in enumerate(_FILE.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("--"):
            area = Area(line[3:].partition(":")[0])
        elif line:
            yield Statement(number, area, line)


@dataclass(frozen=True, slots=True)
class Asked:
    """Our engine over the awkward rows."""

    queries: AdvancedQueries
    rows: AwkwardRows

    def answer(self, sql: str, area: Area = Area.TVOX, patience: Patience | None = None) -> tuple[list[str], Rows]:
        """The names of the fields and the rows, as MariaDB's client would give them."""
        now = datetime.fromisoformat(NOW).replace(tzinfo=ZoneInfo(ZONE))
        made, table = self.queries.table(sql, area, self.rows, "all", patience or Patience(), now)
        return list(made.names), list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def in_order(sql: str, rows: Rows) -> Rows:
    """Rows as they came where the statement orders them, else in an order of ours."""
    if re.search(r"(?i)\b(order by|rollup)\b", sql):
        return rows
    return sorted(rows, key=lambda row: [(value is not None, value or "") for value in row])
