"""The control database: keys, links, sheet tokens, views and the secret of this installation, in SQLite."""

import os
import sqlite3
import threading
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import event

from tabular.errors import StoreUnreadable

METADATA = sa.MetaData()

KEYS = sa.Table(
    "keys",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String, nullable=False, unique=True),
    sa.Column("hash", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("created", sa.DateTime, nullable=False),
    sa.Column("expires", sa.DateTime),
    sa.Column("revoked", sa.DateTime),
    sa.Column("tables", sa.JSON(none_as_null=True)),
    sa.Column("hidden", sa.JSON, nullable=False),
    sa.Column("masked", sa.JSON, nullable=False),
    sa.Column("per_minute", sa.Integer),
)

LINKS = sa.Table(
    "links",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("id", sa.String, nullable=False, unique=True),
    sa.Column("hash", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("key", sa.String, sa.ForeignKey(KEYS.c.name), nullable=False, index=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("table", sa.String, nullable=False),
    sa.Column("format", sa.String, nullable=False),
    sa.Column("asked", sa.JSON, nullable=False),
    sa.Column("made", sa.DateTime, nullable=False),
    sa.Column("expires", sa.DateTime, nullable=False),
    sa.Column("revoked", sa.DateTime),
    sa.Column("used", sa.DateTime),
    sqlite_autoincrement=True,
)

SHEET_TOKENS = sa.Table(
    "sheet_tokens",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("id", sa.String, nullable=False, unique=True),
    sa.Column("hash", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("key", sa.String, sa.ForeignKey(KEYS.c.name), nullable=False, index=True),
    sa.Column("spreadsheet", sa.String, nullable=False),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("email", sa.String),
    sa.Column("made", sa.DateTime, nullable=False),
    sa.Column("revoked", sa.DateTime),
    sa.Column("used", sa.DateTime),
    sqlite_autoincrement=True,
)

# Identity tokens that were exchanged, each by the hash of what is signed, until nobody takes them any more.
IDENTITIES = sa.Table(
    "identities",
    METADATA,
    sa.Column("hash", sa.LargeBinary, primary_key=True),
    sa.Column("until", sa.DateTime, nullable=False),
)

VIEWS = sa.Table(
    "views",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("name", sa.String, nullable=False, unique=True),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("source", sa.String, nullable=False),
    sa.Column("asked", sa.JSON, nullable=False),
    sa.Column("columns", sa.JSON, nullable=False),
    sa.Column("title", sa.String, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("made", sa.DateTime, nullable=False),
    sa.Column("changed", sa.DateTime, nullable=False),
    sa.Column("by", sa.String, nullable=False),
    sqlite_autoincrement=True,
)

PUSHES = sa.Table(
    "pushes",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("name", sa.String, nullable=False, unique=True),
    sa.Column("key", sa.String, sa.ForeignKey(KEYS.c.name), nullable=False, index=True),
    sa.Column("wanted", sa.JSON, nullable=False),
    sa.Column("schedule", sa.String, nullable=False),
    sa.Column("paused", sa.Boolean, nullable=False),
    sa.Column("made", sa.DateTime, nullable=False),
    sa.Column("changed", sa.DateTime, nullable=False),
    sa.Column("due", sa.DateTime),
    sa.Column("failures", sa.Integer, nullable=False),
    sqlite_autoincrement=True,
)

# The journal of pushes: what a run that was killed had done, and what it was about to do (`store/pushes.py`).
PUSH_RUNS = sa.Table(
    "push_runs",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("id", sa.String, nullable=False, unique=True),
    sa.Column("push", sa.String, index=True),
    sa.Column("key", sa.String, nullable=False),
    sa.Column("wanted", sa.JSON, nullable=False),
    sa.Column("spreadsheet", sa.String, nullable=False),
    sa.Column("origin", sa.String, nullable=False),
    sa.Column("owner", sa.String, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("phase", sa.String, nullable=False),
    sa.Column("moment", sa.String, nullable=False, default=""),
    sa.Column("staging", sa.Integer),
    sa.Column("order", sa.String, nullable=False, default=""),
    sa.Column("staged", sa.Integer, nullable=False, default=0),
    sa.Column("rows", sa.Integer),
    sa.Column("requests", sa.Integer, nullable=False, default=0),
    sa.Column("began", sa.DateTime, nullable=False),
    sa.Column("ended", sa.DateTime),
    sa.Column("error", sa.String, nullable=False, default=""),
    sa.Column("code", sa.String, nullable=False, default=""),
    sqlite_autoincrement=True,
)

SECRETS = sa.Table(
    "secrets",
    METADATA,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("value", sa.LargeBinary, nullable=False),
)

# What was sent to the upstream, and when it was to be left alone: seconds of the clock of a boot (`store/budget.py`).
REQUESTS = sa.Table(
    "upstream_requests",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("boot", sa.String, nullable=False),
    sa.Column("began", sa.Float, nullable=False),
    sa.Column("ended", sa.Float),
    sqlite_autoincrement=True,
)

PAUSES = sa.Table(
    "upstream_pauses",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("boot", sa.String, nullable=False),
    sa.Column("began", sa.Float, nullable=False),
    sa.Column("until", sa.Float, nullable=False),
)

# What a TVox's GraphQL schema was, as SDL text, and from when to when it was seen (`store/schemas.py`).
SCHEMAS = sa.Table(
    "upstream_schemas",
    METADATA,
    sa.Column("hash", sa.String, primary_key=True),
    sa.Column("seen_first", sa.DateTime, nullable=False),
    sa.Column("seen_last", sa.DateTime, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)

# Whether interactions of a month go on in the next, and when that was asked (`store/edges.py`).
EDGES = sa.Table(
    "upstream_edges",
    METADATA,
    sa.Column("table", sa.String, primary_key=True),
    sa.Column("month", sa.String, primary_key=True),
    sa.Column("asked", sa.DateTime, nullable=False),
    sa.Column("reaches", sa.Boolean, nullable=False),
)


class Control:
    """The control database of a store; several processes may have it open at once.

    Raises StoreUnreadable when the file is no SQLite database.
    """

    def __init__(self, store: Path) -> None:
        path = store.with_name(f"{store.name}.control.sqlite")
        path.parent.mkdir(parents=True, exist_ok=True)
        # It holds what opens the data: nobody but the owner reads it, from its first byte on.
        path.touch(mode=0o600, exist_ok=True)
        self._guard = threading.Lock()
        self._watching = sqlite3.connect(path, check_same_thread=False)
        self.engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})
        event.listen(self.engine, "connect", _write_ahead)
        try:
            _made(self.engine)
            self.secret = self._secret("pseudonyms")
        except sa.exc.DatabaseError as failure:
            self.close()
            raise StoreUnreadable(str(path), str(failure.orig)) from failure

    def changes(self) -> int:
        """A number that is another one after every change of the database by anybody, a command of this machine too.

        To ask for it costs next to nothing: what was read at the same number is still so.
        """
        with self._guard:
            found = self._watching.execute("PRAGMA data_version").fetchone()
        return int(found[0])

    def close(self) -> None:
        """Close every connection."""
        self._watching.close()
        self.engine.dispose()

    def _secret(self, name: str) -> bytes:
        """This installation's secret of that name, made the first time it is asked for."""
        with self.engine.begin() as connection:
            # Two processes may start at once: both offer a secret, the first one stays.
            connection.execute(
                sa.text("INSERT OR IGNORE INTO secrets (name, value) VALUES (:name, :value)"),
                {"name": name, "value": os.urandom(32)},
            )
            found = connection.execute(sa.select(SECRETS.c.value).where(SECRETS.c.name == name)).scalar_one()
            return bytes(found)


def _made(engine: sa.Engine) -> None:
    """Make the tables that are not there; another process that does so at the same moment waits for this one."""
    with engine.connect() as connection:
        if METADATA.tables.keys() <= set(sa.inspect(connection).get_table_names()):
            return
        connection.rollback()
        # The driver begins nothing for a table by itself: each would be written to the disk on its own.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        METADATA.create_all(connection)
        connection.commit()


def _write_ahead(connection: object, _record: object) -> None:
    """Readers and a writer of several processes at once; a commit survives a crash of the process."""
    cursor = connection.cursor()  # type: ignore[attr-defined]  # SQLAlchemy types the DBAPI connection as object
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()
