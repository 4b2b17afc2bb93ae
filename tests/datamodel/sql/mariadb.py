"""A real MariaDB for tests: started in a folder of its own, heard on a socket only, gone with the tests."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic, sleep
from zoneinfo import ZoneInfo

import pyarrow as pa
import pymysql
from pymysql.converters import encoders

from datamodel.sql.words import SqlTable
from tabular.month import Month

INSTALL = "apt install mariadb-server"
_BOOT_SECONDS = 60
_ROWS_AT_ONCE = 200


def server() -> str | None:
    """The program, where it is installed."""
    return shutil.which("mariadbd") or shutil.which("mariadbd", path="/usr/sbin:/usr/local/sbin:/usr/libexec")


class MariaDb:
    """A server with one database, whose clock stands at a moment and shows the time of a zone.

    It has no tables of its own: without them it starts in a fifth of a second, and asks nobody who they are.
    """

    def __init__(self, now: datetime, zone: str, engine: str = "Aria", options: Sequence[str] = ()) -> None:
        # A socket's name has to be short.
        self._folder = Path(mkdtemp(prefix="mdb"))
        (self._folder / "data").mkdir()
        program = server()
        assert program is not None
        innodb = [] if engine == "InnoDB" else ["--skip-innodb"]
        self._process = subprocess.Popen(
            [
                program,
                "--no-defaults",
                f"--datadir={self._folder / 'data'}",
                f"--socket={self._folder / 's'}",
                f"--pid-file={self._folder / 'p'}",
                f"--log-error={self._folder / 'log'}",
                f"--tmpdir={self._folder}",
                "--skip-grant-tables",
                "--skip-networking",
                "--skip-log-bin",
                "--character-set-server=utf8mb4",
                "--collation-server=utf8mb4_general_ci",
                f"--default-storage-engine={engine}",
                *innodb,
                *(["--user=root"] if os.geteuid() == 0 else []),
                *options,
            ],
            env={**os.environ, "TZ": zone},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._connection = self._connected()
        with self._connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE centre")
            cursor.execute("USE centre")
            cursor.execute("SET timestamp = %s", (now.replace(tzinfo=ZoneInfo(zone)).timestamp(),))

    def _connected(self) -> "pymysql.Connection[pymysql.cursors.Cursor]":
        until, at = monotonic() + _BOOT_SECONDS, str(self._folder / "s")
        while not _is_heard(at):
            if self._process.poll() is not None or monotonic() > until:
                said = (self._folder / "log").read_text(errors="replace")[-2_000:]
                self.close()
                raise RuntimeError(f"MariaDB does not start: {said}")
            sleep(0.02)
        # Without converters each value is the text that the server printed.
        return pymysql.connect(unix_socket=at, user="root", charset="utf8mb4", conv=dict(encoders))

    def close(self) -> None:
        """End the server and remove its folder."""
        if hasattr(self, "_connection"):
            self._connection.close()
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def load(self, table: SqlTable, month: Month | None, rows: pa.Table, indexes: Iterable[str] = ()) -> None:
        """Make a documented table and fill it."""
        name = f"`{table.named(month)}`"
        columns = [f"`{column.name}` {_declared(table, column.sql_type, column.values)}" for column in table.columns]
        columns += [f"KEY (`{index}`)" for index in indexes]
        with self._connection.cursor() as cursor:
            cursor.execute(f"CREATE TABLE {name} ({', '.join(columns)})")
            marks = "(" + ", ".join(["%s"] * len(table.columns)) + ")"
            held = list(zip(*(column.to_pylist() for column in rows.columns), strict=True))
            for begin in range(0, len(held), _ROWS_AT_ONCE):
                some = held[begin : begin + _ROWS_AT_ONCE]
                values = [value for row in some for value in row]
                cursor.execute(f"INSERT INTO {name} VALUES {', '.join([marks] * len(some))}", values)
        self._connection.commit()

    def answer(self, statement: str) -> tuple[list[str], list[tuple[str | None, ...]]]:
        """The names of the fields, and the rows. Raises pymysql.MySQLError."""
        with self._connection.cursor() as cursor:
            cursor.execute(statement)
            return [field[0] for field in cursor.description or ()], list(cursor.fetchall())


def _is_heard(at: str) -> bool:
    with socket.socket(socket.AF_UNIX) as knocking:
        return knocking.connect_ex(at) == 0


def _declared(table: SqlTable, sql_type: str, values: Sequence[str]) -> str:
    """The type of a column as a server takes it: a row has at most 65,535 bytes."""
    if sql_type == "enum":
        return f"enum({', '.join(repr(value) for value in values)})"
    if sql_type.startswith("timestamp"):
        return f"{sql_type} NULL DEFAULT NULL"
    if sql_type.startswith("varchar"):
        size = sum(int(column.sql_type[8:-1]) for column in table.columns if column.sql_type.startswith("varchar"))
        return sql_type if size < 15_000 else "varchar(60)" if len(table.columns) > 60 else "text"
    return sql_type
