"""Schemas: what the upstream's own schema was, so that a restart need not ask and nothing once seen is lost."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

import sqlalchemy as sa

from store.control import SCHEMAS, Control


@dataclass(frozen=True, slots=True)
class Remembered:
    """A schema as text, and the moments (UTC) at which it was read for the first and for the last time."""

    hash: str
    seen_first: datetime
    seen_last: datetime
    text: str


class Schemas:
    """The schemas of the upstream that were ever read."""

    def __init__(self, control: Control, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine = control.engine
        self._now = now

    def remember(self, text: str) -> str:
        """Keep that the upstream has this schema now; the hash of its text, which names it."""
        name = sha256(text.encode()).hexdigest()
        at = self._now().astimezone(UTC).replace(tzinfo=None)
        with self._engine.begin() as connection:
            # Two processes may read the same schema at once: the later one only says that it was seen again.
            connection.execute(
                sa.text(
                    "INSERT INTO upstream_schemas (hash, seen_first, seen_last, text) VALUES (:hash, :at, :at, :text) "
                    "ON CONFLICT (hash) DO UPDATE SET seen_last = max(seen_last, excluded.seen_last)"
                ).bindparams(sa.bindparam("at", type_=sa.DateTime)),
                {"hash": name, "at": at, "text": text},
            )
        return name

    def all(self) -> Sequence[Remembered]:
        """Every schema, in the order in which they were seen for the first time."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(SCHEMAS).order_by(SCHEMAS.c.seen_first, sa.text("rowid")))
            return [
                Remembered(row.hash, row.seen_first.replace(tzinfo=UTC), row.seen_last.replace(tzinfo=UTC), row.text)
                for row in rows
            ]
